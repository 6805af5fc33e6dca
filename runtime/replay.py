"""The CDNOW sample as events of a virtual life: read, ordered, and replayed through the engine day by day."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import contacts
from content import materials
from journeys import drafts, versions
from journeys.tables import Draft, Enrollment, Journey
from rules.zones import to_utc
from runtime.database import Database
from runtime.waking import wake
from store import clock
from store.inbox import NewSignal, put
from store.tables import Workspace
from store.workspaces import create_workspace

FOLDER = Path(__file__).parent / "samples" / "cdnow"
SAMPLE = FOLDER / "CDNOW_sample.txt"
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Once the last purchase is known, so long the journey still goes on.
AFTERWARDS = timedelta(days=120)
#: Contacts made at once.
CHUNK = 1000
ACTOR = "demo"


class NotEmpty(RuntimeError):
    """This database already has a workspace: give the demo a database of its own."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the sample."""

    at: datetime
    customer: str
    name: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the replay takes place."""

    workspace_id: int
    journey_id: int
    #: Contact ids by the customer's number in the sample.
    people: dict[str, int]


def read_sample(path: Path = SAMPLE) -> list[Happened]:
    """The sample as events in order of time: becoming a friend with the first purchase, then the purchases."""
    lines = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
    seen: dict[tuple[str, str], int] = {}
    friends: set[str] = set()
    events: list[Happened] = []
    for _, customer, day, items, amount in lines:
        number = seen[customer, day] = seen.get((customer, day), -1) + 1
        reading = datetime.strptime(day, "%Y%m%d").replace(hour=10, minute=number)
        at = to_utc(reading, SHANGHAI)
        if customer not in friends:
            friends.add(customer)
            events.append(Happened(at, customer, "friend_added", {"channel": "cdnow"}))
        events.append(Happened(at, customer, "order_paid", {"amount": float(amount), "items": int(items)}))
    # Sorting is stable: a customer's events of one moment stay in their order.
    return sorted(events, key=lambda event: event.at)


def set_up(database: Database, events: Sequence[Happened]) -> Stage:
    """Make a workspace with the sample's published journey and all customers, just before the first event.

    The journey lies beside the sample and does not change with the templates, so that figures can be compared.
    """
    start = events[0].at - timedelta(hours=2)
    with database.transaction() as tx:
        session = tx.session
        if session.scalar(select(func.count()).select_from(Workspace)):
            raise NotEmpty(NotEmpty.__doc__)
        clock.set_now(session, start)
        workspace = create_workspace(session, "CDNOW", "cdnow", start)
        for one in _read("materials.json"):
            materials.create(session, workspace.id, **one, now=start, by=ACTOR)
        journey = drafts.create(
            session, workspace.id, "CDNOW", _read("journey.json"), now=start, actor=ACTOR, key="cdnow"
        )
        revision = session.scalars(select(Draft.revision).where(Draft.journey_id == journey.id)).one()
        versions.publish(session, journey, revision, lambda _: [], now=start, actor=ACTOR)
        workspace_id, journey_id = workspace.id, journey.id
    customers = list(dict.fromkeys(event.customer for event in events))
    people: dict[str, int] = {}
    for begin in range(0, len(customers), CHUNK):
        some = customers[begin : begin + CHUNK]
        with database.transaction() as tx:
            made = contacts.upsert(tx.session, workspace_id, [{"external_id": one} for one in some], start)
            people |= {one: number for one, number in zip(some, made.ids, strict=True) if number}
    return Stage(workspace_id, journey_id, people)


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def moments(events: Sequence[Happened]) -> Iterator[tuple[datetime, list[Happened]]]:
    """Every time at which the clock is set, with what happens then: each event's own, and each evening."""
    by_time: dict[datetime, list[Happened]] = {}
    for event in events:
        by_time.setdefault(event.at, []).append(event)
    day = events[0].at.astimezone(SHANGHAI).date()
    last = (events[-1].at + AFTERWARDS).astimezone(SHANGHAI).date()
    while day <= last:
        evening = datetime(day.year, day.month, day.day, 21, 0)
        by_time.setdefault(to_utc(evening, SHANGHAI), [])
        day += timedelta(days=1)
    for at in sorted(by_time):
        yield at, by_time[at]


def play(
    database: Database,
    stage: Stage,
    events: Sequence[Happened],
    work: Callable[[], None],
    on_day: Callable[[datetime, int], None] = lambda at, count: None,
) -> float:
    """Turn the clock through all moments, put what happens into the inbox, and `work` each off; returns seconds."""
    began = time.perf_counter()
    done = 0
    for at, happening in moments(events):
        with database.transaction() as tx:
            clock.set_now(tx.session, at)
            put(tx.session, [_signal(stage, event, number) for number, event in enumerate(happening)], at)
            wake(tx)
        work()
        done += len(happening)
        on_day(at, done)
    return time.perf_counter() - began


def _signal(stage: Stage, event: Happened, number: int) -> NewSignal:
    return NewSignal(
        stage.workspace_id,
        "event",
        event.name,
        event.at,
        event.data,
        contact_id=stage.people[event.customer],
        event_id=f"cdnow:{event.at.isoformat()}:{number}",
    )


def entered(session: Session, journey_id: int) -> int:
    """How many enrollments the journey has ever had."""
    return session.scalars(
        select(func.count()).select_from(Enrollment).where(Enrollment.journey_id == journey_id)
    ).one()


def definition_of(session: Session, journey_id: int) -> tuple[str, dict[str, Any]]:
    """The key and the live definition of the journey."""
    journey = session.get(Journey, journey_id)
    assert journey is not None
    version = versions.live_version(session, journey)
    assert version is not None
    return journey.key, version.definition


def utc(text: str) -> datetime:
    """An ISO time in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def draft_of(session: Session, journey: Journey) -> Draft:
    """The draft of a journey."""
    return drafts.opened(session, journey)
