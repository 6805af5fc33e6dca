"""What a guard would have done: the messages of the last weeks, and who deleted us or unsubscribed after them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from audience.friends import DELETED
from audience.tables import Event
from audience.tables_people import ConsentChange, Staff
from audience.tables_tasks import StaffTask
from audience.task_acts import SENT
from rules.guards import Rule, Seen, judge
from store.bulk import among
from store.tables import Outbox

#: Looked at, at most: the newest messages, and the newest deletions.
MOST_MESSAGES, MOST_ILLS = 100_000, 5_000
DAYS = 30
HOUR = timedelta(hours=1)
PERSONAL = ("wecom_direct", "moments")
TASK = "task"
#: In whose name a message went.
SENDER = Outbox.rendered["sender"].as_string()


@dataclass(slots=True, frozen=True)
class WouldTrip:
    """A time at which the guard would have tripped."""

    at: datetime
    subject: str
    touches: int
    hits: int


@dataclass(slots=True, frozen=True)
class Preview:
    """What was found; `known` is False where nothing is kept by which it could be told."""

    known: bool
    messages: int
    hits: int
    trips: tuple[WouldTrip, ...]


def preview(session: Session, workspace_id: int, rule: Rule, now: datetime) -> Preview:
    """Play a rule over the last 30 days, hour by hour; whatever tripped begins anew after its hours."""
    begin = now - timedelta(days=DAYS)
    touches = [
        *_messages(session, workspace_id, rule, begin, now),
        *_done(session, workspace_id, rule, begin),
    ]
    if rule.measure == "failure":
        hit = {touch.number for touch in touches if touch.failed}
    else:
        touches = [touch for touch in touches if not touch.failed]
        ills = _ills(session, workspace_id, rule.measure, begin, {touch.contact_id for touch in touches})
        hit = {
            touch.number
            for touch in touches
            for ill in ills.get(touch.contact_id, ())
            if timedelta(0) <= ill.at - touch.at <= timedelta(hours=rule.within_hours)
            and _is_laid_to(ill, touch, rule)
        }
    hours: dict[str, Counter[tuple[int, bool]]] = defaultdict(Counter)
    for touch in touches:
        hours[touch.subject][int((touch.at - begin) / HOUR), touch.number in hit] += 1
    found = [
        trip for subject, counts in hours.items() if subject for trip in _played(rule, subject, counts, begin)
    ]
    known = rule.per != "staff" or any(touch.subject for touch in touches)
    return Preview(known, len(touches), len(hit), tuple(sorted(found, key=lambda trip: trip.at)))


@dataclass(slots=True, frozen=True)
class Touch:
    """A message, or below nought what a member of staff said himself; `subject` is for whom it counts."""

    number: int
    contact_id: int
    subject: str
    carrier: str
    failed: bool
    at: datetime


@dataclass(slots=True, frozen=True)
class Ill:
    """Somebody has deleted us, or wants no more."""

    at: datetime
    carriers: tuple[str, ...]
    staff: str = ""


def _is_laid_to(ill: Ill, touch: Touch, rule: Rule) -> bool:
    """As the guards at work lay it (runtime/guarding.py)."""
    if rule.per == "staff" and ill.staff and ill.staff != touch.subject:
        return False
    return touch.carrier == TASK or not ill.carriers or touch.carrier in ill.carriers


def _messages(
    session: Session, workspace_id: int, rule: Rule, begin: datetime, now: datetime
) -> Iterator[Touch]:
    staff = SENDER if rule.per == "staff" else literal(None)
    rows = session.execute(
        select(
            *(Outbox.id, Outbox.contact_id, Outbox.journey_id, Outbox.step, Outbox.content, Outbox.carrier),
            *(Outbox.state, Outbox.sent_at, Outbox.not_before, staff.label("staff")),
        )
        .where(Outbox.workspace_id == workspace_id, Outbox.state.in_(("sent", "delivered", "failed")))
        .order_by(Outbox.id.desc())
        .limit(MOST_MESSAGES)
    )
    for row in rows:
        at = row.sent_at or row.not_before
        if begin <= at <= now:
            subject = {"step": f"{row.journey_id}:{row.step}", "material": row.content}.get(
                rule.per, row.staff
            )
            yield Touch(row.id, row.contact_id, subject or "", row.carrier, row.state == "failed", at)


def _done(session: Session, workspace_id: int, rule: Rule, begin: datetime) -> Iterator[Touch]:
    rows = session.execute(
        select(
            *(StaffTask.id, StaffTask.contact_id, StaffTask.journey_id, StaffTask.step, StaffTask.content),
            *(StaffTask.closed_at, Staff.key),
        )
        .outerjoin(Staff, Staff.id == StaffTask.staff_id)
        .where(
            StaffTask.workspace_id == workspace_id,
            StaffTask.result == SENT,
            StaffTask.contact_id.is_not(None),
            StaffTask.closed_at >= begin,
        )
        .order_by(StaffTask.id.desc())
        .limit(MOST_MESSAGES)
    )
    for row in rows:
        step = f"{row.journey_id}:{row.step}" if row.journey_id is not None else ""
        subject = {"step": step, "material": row.content}.get(rule.per, row.key)
        yield Touch(-row.id, row.contact_id, subject or "", TASK, False, row.closed_at)


def _ills(
    session: Session, workspace_id: int, measure: str, begin: datetime, people: set[int]
) -> dict[int, list[Ill]]:
    found: dict[int, list[Ill]] = defaultdict(list)
    if measure == "deletion":
        mine = (Event.workspace_id == workspace_id, Event.name == DELETED, Event.occurred_at >= begin)
        query = select(Event.contact_id, Event.occurred_at, Event.properties).where(*mine)
        for contact_id, at, told in session.execute(
            query.order_by(Event.occurred_at.desc()).limit(MOST_ILLS)
        ):
            found[contact_id].append(Ill(at, PERSONAL, str((told or {}).get("staff") or "")[:64]))
        return found
    rows = session.execute(
        select(ConsentChange.contact_id, ConsentChange.at, ConsentChange.topic)
        .where(
            ConsentChange.workspace_id == workspace_id,
            among(session, ConsentChange.contact_id, sorted(people)),
            ConsentChange.at >= begin,
            ConsentChange.granted.is_(False),
            ConsentChange.topic != "profiling",
            ConsentChange.source.in_(("link", "callback", "hand")),
        )
        .limit(MOST_ILLS)
    )
    for contact_id, at, topic in rows:
        found[contact_id].append(Ill(at, () if topic == "marketing" else (topic,)))
    return found


def _played(rule: Rule, subject: str, counts: Counter[tuple[int, bool]], begin: datetime) -> list[WouldTrip]:
    trips: list[WouldTrip] = []
    since = 0
    for hour in sorted({hour for hour, _ in counts}):
        first = max(since, hour - rule.over_hours + 1)
        hits = sum(counts[one, True] for one in range(first, hour + 1))
        seen = Seen(hits + sum(counts[one, False] for one in range(first, hour + 1)), hits)
        if hour >= since and judge(rule, seen, tripped=False) == "trip":
            trips.append(WouldTrip(begin + (hour + 1) * HOUR, subject, seen.touches, seen.hits))
            since = hour + rule.over_hours
    return trips
