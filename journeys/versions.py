"""Versions: publishing freezes a draft for good; pausing, resuming and archiving a journey."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from journeys import lifecycle
from journeys.definition import CONTACT, digest
from journeys.drafts import note, opened
from journeys.errors import DraftMoved, JourneyError, NotPublishable
from journeys.outgoing import withdraw_all
from journeys.problems import Problem, error
from journeys.tables import Draft, Enrollment, Journey, JourneyMove, JourneyPause, Schedule, Version
from journeys.words import Words
from store.tables import Outbox

#: Entries that go and look for people, each with a row in `schedule`.
LOOKING = ("schedule", "date")
ON_RESUME = ("late", "skip", "shift")


class StillInside(JourneyError):
    """People are still inside this journey; let them finish or end their way, then archive it."""

    code = "still-inside"

    def __init__(self, inside: int):
        self.inside = inside
        self.words = Words(
            f"还有 {inside:,} 人在这个旅程里；等他们走完，或先让他们退出，再归档。",
            f"{inside:,} people are still inside this journey; let them finish, or end their way, then archive it.",
        )
        super().__init__(self.words.en)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing gave: the live version, and whether it is a new one."""

    version: Version
    new: bool


#: Judges a definition: its problems, each with `severity`; those of severity "error" forbid publishing.
Check = Callable[[Mapping[str, Any]], list[Any]]


def publish(
    session: Session, journey: Journey, revision: int, check: Check, *, now: datetime, actor: str
) -> Published:
    """Freeze the draft at `revision` as version n+1 and make it the live one.

    A draft that means the same as the live version makes no new one. Raises DraftMoved when the draft is not at
    `revision` any more, NotPublishable with every problem, NotAllowed in a status that forbids it.
    """
    _take(session, journey, now)
    status = lifecycle.after(journey.status, "publish")
    draft = opened(session, journey)
    if draft.revision != revision:
        raise DraftMoved(theirs=draft.revision, yours=revision)
    live = live_version(session, journey)
    problems = [*check(draft.definition), *_other_subject(draft, live)]
    if any(problem.severity == "error" for problem in problems):
        raise NotPublishable(problems)
    meaning = digest(draft.definition)
    if live is not None and live.digest == meaning:
        note(session, journey, "journey.unchanged", now, actor, {"version": live.number})
        return Published(live, new=False)
    version = _freeze(session, journey, draft, meaning, now, actor)
    journey.status = status
    journey.live_version_id = version.id
    _look(session, journey, version, live, now)
    note(session, journey, "journey.published", now, actor, {"version": version.number, "digest": meaning})
    session.flush()
    return Published(version, new=True)


def _other_subject(draft: Draft, live: Version | None) -> list[Problem]:
    """Those inside, and what is counted, are of one kind for good: the subject never changes."""
    if live is None or draft.definition.get("subject", CONTACT) == live.definition.get("subject", CONTACT):
        return []
    zh = "旅程发布后不能再更换主体；请复制一份，在新的旅程里更换。"
    en = "The subject of a journey cannot change once it was published; make a copy and change it there."
    return [error("subject-changed", "", zh, en, "subject")]


def go_live(session: Session, journey: Journey, version: Version, *, now: datetime, actor: str) -> None:
    """Make a version published before the live one again; its number stays, and nobody inside is moved by this.

    Raises NotAllowed in a status in which nothing can be published.
    """
    _take(session, journey, now)
    lifecycle.after(journey.status, "publish")
    before = live_version(session, journey)
    if before is not None and before.id == version.id:
        return
    journey.live_version_id = version.id
    _look(session, journey, version, before, now)
    detail = {"version": version.number, "before": before.number if before else None}
    note(session, journey, "journey.rolled_back", now, actor, detail)
    session.flush()


def pause(
    session: Session, journey: Journey, *, now: datetime, actor: str, on_resume: str | None = None
) -> None:
    """Hold everybody where they are; `on_resume` says what waits do afterwards (late, skip or shift)."""
    _take(session, journey, now)
    journey.status = lifecycle.after(journey.status, "pause")
    journey.paused_at = now
    if on_resume is not None:
        journey.on_resume = on_resume
    session.add(
        JourneyPause(
            journey_id=journey.id, since=now, workspace_id=journey.workspace_id, on_resume=journey.on_resume
        )
    )
    note(session, journey, "journey.paused", now, actor, {"on_resume": journey.on_resume})
    session.flush()


def resume(
    session: Session, journey: Journey, *, now: datetime, actor: str, on_resume: str | None = None
) -> None:
    """Let everybody go on; `on_resume` may still change what waits that rang meanwhile do about it."""
    _take(session, journey, now)
    journey.status = lifecycle.after(journey.status, "resume")
    since = journey.paused_at.isoformat() if journey.paused_at else None
    journey.paused_at = None
    if on_resume is not None:
        journey.on_resume = on_resume
    session.execute(
        update(JourneyPause)
        .where(JourneyPause.journey_id == journey.id, JourneyPause.until.is_(None))
        .values(until=now, on_resume=journey.on_resume)
        .execution_options(synchronize_session=False)
    )
    note(
        session, journey, "journey.resumed", now, actor, {"paused_at": since, "on_resume": journey.on_resume}
    )
    session.flush()


def archive(session: Session, journey: Journey, *, now: datetime, actor: str, leave: bool = False) -> int:
    """Put a journey away for good and return how many were inside; raises StillInside while it holds people.

    With `leave` they all leave: the engine ends everybody with the result `archived` as soon as it comes to it, no
    step of theirs runs any more, and what no carrier has seen yet is withdrawn.
    """
    _take(session, journey, now)
    status = lifecycle.after(journey.status, "archive")
    people = inside(session, journey)
    if people and not leave:
        raise StillInside(people)
    journey.status, journey.paused_at = status, None
    session.execute(delete(Schedule).where(Schedule.journey_id == journey.id))
    quietly = {"synchronize_session": False}
    session.execute(
        update(JourneyPause)
        .where(JourneyPause.journey_id == journey.id, JourneyPause.until.is_(None))
        .values(until=now)
        .execution_options(**quietly)
    )
    session.execute(
        update(JourneyMove)
        .where(JourneyMove.journey_id == journey.id, JourneyMove.state == "running")
        .values(state="done", ended_at=now)
        .execution_options(**quietly)
    )
    if people:
        session.execute(
            update(Enrollment)
            .where(
                Enrollment.workspace_id == journey.workspace_id,
                Enrollment.journey_id == journey.id,
                Enrollment.status != "ended",
            )
            .values(due_at=now)
            .execution_options(**quietly)
        )
        withdraw_all(session, Outbox.journey_id == journey.id)
    note(session, journey, "journey.archived", now, actor, {"people": people} if people else {})
    session.flush()
    return people


def live_version(session: Session, journey: Journey) -> Version | None:
    """The version that newcomers enter, or None before the first publishing."""
    if journey.live_version_id is None:
        return None
    return session.scalars(
        select(Version).where(
            Version.id == journey.live_version_id, Version.workspace_id == journey.workspace_id
        )
    ).one()


def inside(session: Session, journey: Journey) -> int:
    """How many are in the journey now, on any version of it."""
    return session.scalars(
        select(func.count()).where(
            Enrollment.workspace_id == journey.workspace_id,
            Enrollment.journey_id == journey.id,
            Enrollment.status != "ended",
        )
    ).one()


def _take(session: Session, journey: Journey, now: datetime) -> None:
    """Hold the journey's row until the end of the transaction, so that two acts on it come one after the other."""
    session.execute(
        update(Journey)
        .where(Journey.id == journey.id, Journey.workspace_id == journey.workspace_id)
        .values(updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(journey)


def _freeze(
    session: Session, journey: Journey, draft: Draft, meaning: str, now: datetime, actor: str
) -> Version:
    last = session.scalar(select(func.max(Version.number)).where(Version.journey_id == journey.id)) or 0
    version = Version(
        workspace_id=journey.workspace_id,
        journey_id=journey.id,
        number=last + 1,
        digest=meaning,
        definition=draft.definition,
        published_at=now,
        published_by=actor,
    )
    session.add(version)
    session.flush()
    return version


def _look(
    session: Session, journey: Journey, version: Version, before: Version | None, now: datetime
) -> None:
    """Set the entries that look for people to look at once; one that was there before goes on where it was.

    One that fetches those who are in a segment does so once, however many versions follow.
    """
    fetching, fetched = _fetching(version), _fetching(before)
    wanted = {e["id"] for e in version.definition.get("entries", ()) if e["on"]["type"] in LOOKING}
    there = {
        row.entry_id: row
        for row in session.scalars(select(Schedule).where(Schedule.journey_id == journey.id)).all()
    }
    for entry_id in there.keys() - wanted - fetching.keys():
        session.delete(there[entry_id])
    for entry_id in wanted | fetching.keys():
        row = there.get(entry_id)
        if row is not None and entry_id in fetching and fetching[entry_id] == fetched.get(entry_id):
            row.version_id = version.id
            continue
        if row is None:
            row = Schedule(journey_id=journey.id, entry_id=entry_id, workspace_id=journey.workspace_id)
            row.done_until = now
            session.add(row)
        elif entry_id in fetching:
            row.done_until = now
        row.version_id = version.id
        row.next_at = now


def _fetching(version: Version | None) -> dict[str, str]:
    """The entries that fetch everybody who is in a segment on publishing, each with its segment."""
    entries = version.definition.get("entries", ()) if version is not None else ()
    return {
        e["id"]: e["on"]["segment"]
        for e in entries
        if e["on"]["type"] == "segment" and e["on"].get("mode") == "being_in"
    }
