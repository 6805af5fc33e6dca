"""What a guard would have done: the messages of the last weeks, and who deleted us or unsubscribed after them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.friends import DELETED
from audience.tables import Event
from audience.tables_people import ConsentChange
from rules.guards import Rule, Seen, judge
from store.bulk import among
from store.tables import Outbox

#: Looked at, at most: the newest messages, and the newest deletions.
MOST_MESSAGES, MOST_ILLS = 100_000, 5_000
DAYS = 30
HOUR = timedelta(hours=1)
PERSONAL = ("wecom_direct", "moments")


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
    if rule.per == "staff":
        return Preview(False, 0, 0, ())
    rows = session.execute(
        select(
            *(Outbox.id, Outbox.contact_id, Outbox.journey_id, Outbox.step, Outbox.content, Outbox.carrier),
            *(Outbox.state, Outbox.sent_at, Outbox.not_before),
        )
        .where(Outbox.workspace_id == workspace_id, Outbox.state.in_(("sent", "delivered", "failed")))
        .order_by(Outbox.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    begin = now - timedelta(days=DAYS)
    rows = [row for row in rows if begin <= (row.sent_at or row.not_before) <= now]
    if rule.measure == "failure":
        hit = {row.id for row in rows if row.state == "failed"}
    else:
        ills = _ills(session, workspace_id, rule.measure, begin)
        hit = {
            row.id
            for row in rows
            for at, carriers in ills.get(row.contact_id, ())
            if row.sent_at is not None
            and timedelta(0) <= at - row.sent_at <= timedelta(hours=rule.within_hours)
            and (not carriers or row.carrier in carriers)
        }
    hours: dict[str, Counter[tuple[int, bool]]] = defaultdict(Counter)
    for row in rows:
        if rule.measure != "failure" and row.state == "failed":
            continue
        hour = int(((row.sent_at or row.not_before) - begin) / HOUR)
        subject = f"{row.journey_id}:{row.step}" if rule.per == "step" else row.content
        hours[subject][hour, row.id in hit] += 1
    found = [
        trip for subject, counts in hours.items() if subject for trip in _played(rule, subject, counts, begin)
    ]
    return Preview(True, len(rows), len(hit), tuple(sorted(found, key=lambda trip: trip.at)))


def _ills(
    session: Session, workspace_id: int, measure: str, begin: datetime
) -> dict[int, list[tuple[datetime, tuple[str, ...]]]]:
    found: dict[int, list[tuple[datetime, tuple[str, ...]]]] = defaultdict(list)
    if measure == "deletion":
        mine = (Event.workspace_id == workspace_id, Event.name == DELETED, Event.occurred_at >= begin)
        query = select(Event.contact_id, Event.occurred_at).where(*mine)
        for contact_id, at in session.execute(query.order_by(Event.occurred_at.desc()).limit(MOST_ILLS)):
            found[contact_id].append((at, PERSONAL))
        return found
    touched = select(Outbox.contact_id).where(Outbox.workspace_id == workspace_id)
    touched = touched.order_by(Outbox.id.desc()).limit(MOST_MESSAGES)
    rows = session.execute(
        select(ConsentChange.contact_id, ConsentChange.at, ConsentChange.topic)
        .where(
            ConsentChange.workspace_id == workspace_id,
            among(session, ConsentChange.contact_id, sorted(set(session.scalars(touched)))),
            ConsentChange.at >= begin,
            ConsentChange.granted.is_(False),
            ConsentChange.topic != "profiling",
            ConsentChange.source.in_(("link", "callback", "hand")),
        )
        .limit(MOST_ILLS)
    )
    for contact_id, at, topic in rows:
        found[contact_id].append((at, () if topic == "marketing" else (topic,)))
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
