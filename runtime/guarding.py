"""Guards at work: messages counted as they are settled, deletions and refusals laid to the touches before them.

Nothing is counted anew: each settled batch adds to the tally of its ten minutes, and the job reads what is new since its
last look. A workspace without guards costs one empty statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audience.friends import DELETED
from audience.tables import Event
from audience.tables_people import ConsentChange, Staff
from audience.tables_tasks import StaffTask
from audience.task_acts import SENT
from rules import guards
from rules.guards import Rule, Seen
from runtime import guard_words
from runtime.database import Transaction
from runtime.rows import Parcel
from store import audit, touches, trips
from store.bulk import among, insert_rows
from store.tables import Outbox
from store.tables_guards import Guard, GuardCursor, GuardHit, GuardTally, GuardTrip
from store.tables_notices import Notice
from store.touches import BUCKET, GUARDED, ON, bucket_of

#: A touch so long ago has nothing to do with a deletion.
LONGEST = timedelta(hours=guards.MOST_HOURS)
#: Rows are stored a little out of the order of their ids: so many are read again, and counted once.
EVENTS_AGAIN, CONSENTS_AGAIN = 20_000, 1_000
#: Read in one portion.
PORTION = 2_000
#: After whose messages a friend deletes us, and whose words are a complaint of the contact himself.
PERSONAL = ("wecom_direct", "moments")
TASK = "task"
OWN_WORDS = ("link", "callback", "hand")
#: In whose name a message went.
SENDER = Outbox.rendered["sender"].as_string()
#: How long numbers are kept.
TALLY_KEPT, HITS_KEPT = timedelta(days=8), timedelta(days=40)


class Tallies:
    """Counts what one worker settles, in workspaces that have guards."""

    def __init__(self) -> None:
        self.guarded: frozenset[int] = frozenset()

    def refresh(self, tx: Transaction) -> None:
        """Read which workspaces have guards."""
        self.guarded = frozenset(tx.session.scalars(GUARDED))

    def note(
        self,
        tx: Transaction,
        settled: Sequence[tuple[Parcel, str]],
        senders: Mapping[int, str | None],
        at: datetime,
    ) -> None:
        """Count messages that went out or failed; `senders` are the members of staff in whose name some go."""
        counts: Counter[tuple[int, str, str, bool]] = Counter()
        for parcel, state in settled:
            if parcel.workspace_id not in self.guarded or state not in ("sent", "delivered", "failed"):
                continue
            for per, subject in _subjects(parcel, senders.get(parcel.id)):
                counts[parcel.workspace_id, per, subject, state == "failed"] += 1
        touches.add(tx.session, counts, at)


def came_back(tx: Transaction, parcel: Parcel, at: datetime) -> None:
    """A message that had gone out has failed after all."""
    if parcel.workspace_id in set(tx.session.scalars(GUARDED)):
        counts: Counter[tuple[int, str, str, bool]] = Counter()
        sender = tx.session.scalar(select(SENDER).where(Outbox.id == parcel.id))
        for per, subject in _subjects(parcel, sender):
            counts[parcel.workspace_id, per, subject, True] += 1
            counts[parcel.workspace_id, per, subject, False] -= 1
        touches.add(tx.session, counts, at)


def _subjects(parcel: Parcel, sender: str | None) -> list[tuple[str, str]]:
    return touches.subjects_of(parcel.journey_id, parcel.step, parcel.content or "", sender)


@dataclass(slots=True, frozen=True)
class Ill:
    """Somebody has deleted us, or wants no more."""

    contact_id: int
    measure: str
    at: datetime
    #: The carriers of which he has had enough.
    carriers: tuple[str, ...]
    staff: str = ""


def guarded(session: Session) -> list[int]:
    """The workspaces that have guards."""
    return sorted(session.scalars(GUARDED))


def look(session: Session, workspace_id: int, now: datetime) -> int:
    """Read what is new and judge it; returns how many guards tripped or let go. One worker at a time. No commit."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_pg
    session.execute(
        insert(GuardCursor)
        .values(workspace_id=workspace_id, consent_id=0, event_id=0)
        .on_conflict_do_nothing()
    )
    query = select(GuardCursor).where(GuardCursor.workspace_id == workspace_id)
    cursor = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if cursor is None:
        return 0
    _lay(session, workspace_id, [*_deletions(session, cursor, now), *_complaints(session, cursor, now)])
    return _judge(session, workspace_id, now)


def _deletions(session: Session, cursor: GuardCursor, now: datetime) -> list[Ill]:
    rows = session.execute(
        select(Event.id, Event.contact_id, Event.occurred_at, Event.properties)
        .where(
            Event.workspace_id == cursor.workspace_id,
            Event.name == DELETED,
            Event.id > cursor.event_id - EVENTS_AGAIN,
            Event.occurred_at > now - LONGEST,
        )
        .order_by(Event.id)
    ).all()
    cursor.event_id = max([cursor.event_id, *(row.id for row in rows)])
    return [
        Ill(
            row.contact_id,
            "deletion",
            row.occurred_at,
            PERSONAL,
            str((row.properties or {}).get("staff") or "")[:64],
        )
        for row in rows
    ]


def _complaints(session: Session, cursor: GuardCursor, now: datetime) -> list[Ill]:
    rows = session.execute(
        select(ConsentChange.id, ConsentChange.contact_id, ConsentChange.at, ConsentChange.topic)
        .where(
            ConsentChange.workspace_id == cursor.workspace_id,
            ConsentChange.id > cursor.consent_id - CONSENTS_AGAIN,
            ConsentChange.at > now - LONGEST,
            ConsentChange.granted.is_(False),
            ConsentChange.topic != "profiling",
            ConsentChange.source.in_(OWN_WORDS),
        )
        .order_by(ConsentChange.id)
    ).all()
    cursor.consent_id = max([cursor.consent_id, *(row.id for row in rows)])
    return [
        Ill(row.contact_id, "complaint", row.at, () if row.topic == "marketing" else (row.topic,))
        for row in rows
    ]


def _lay(session: Session, workspace_id: int, ills: Sequence[Ill]) -> None:
    """Lay each deletion and refusal to the touches of the days before it."""
    for begin in range(0, len(ills), PORTION):
        some = ills[begin : begin + PORTION]
        touched: dict[int, list[Touch]] = {}
        people, since = sorted({one.contact_id for one in some}), min(one.at for one in some) - LONGEST
        for touch in (
            *_messages(session, workspace_id, people, since),
            *_done(session, workspace_id, people, since),
        ):
            touched.setdefault(touch.contact_id, []).append(touch)
        hits = [
            {
                "workspace_id": workspace_id,
                "measure": one.measure,
                "outbox_id": touch.number,
                "step": touch.step,
                "material": touch.material,
                "staff": one.staff or touch.staff,
                "touched_at": touch.at,
                "after_secs": (one.at - touch.at).total_seconds(),
            }
            for one in some
            for touch in touched.get(one.contact_id, ())
            if one.at - LONGEST < touch.at <= one.at and _is_laid_to(one, touch)
        ]
        insert_rows(session, GuardHit.__table__, hits, skip_known=True)


@dataclass(slots=True, frozen=True)
class Touch:
    """A message that went out, or what a member of staff said himself."""

    number: int
    contact_id: int
    step: str
    material: str
    carrier: str
    staff: str
    at: datetime


def _is_laid_to(ill: Ill, touch: Touch) -> bool:
    if touch.carrier == TASK:
        # What somebody says himself has no carrier of ours, and counts against nobody else.
        return not ill.staff or not touch.staff or ill.staff == touch.staff
    return not ill.carriers or touch.carrier in ill.carriers


def _messages(session: Session, workspace_id: int, people: Sequence[int], since: datetime) -> Iterator[Touch]:
    rows = session.execute(
        select(
            *(Outbox.id, Outbox.contact_id, Outbox.journey_id, Outbox.step, Outbox.content, Outbox.carrier),
            *(Outbox.sent_at, SENDER.label("staff")),
        ).where(
            Outbox.workspace_id == workspace_id,
            among(session, Outbox.contact_id, people),
            Outbox.state.in_(("sent", "delivered")),
            Outbox.sent_at > since,
        )
    )
    for row in rows:
        step = f"{row.journey_id}:{row.step}"
        yield Touch(
            row.id, row.contact_id, step, row.content, row.carrier, (row.staff or "")[:64], row.sent_at
        )


def _done(session: Session, workspace_id: int, people: Sequence[int], since: datetime) -> Iterator[Touch]:
    """What the staff said they have sent; numbered below nought, so that no message has the number."""
    rows = session.execute(
        select(
            *(StaffTask.id, StaffTask.contact_id, StaffTask.journey_id, StaffTask.step, StaffTask.content),
            *(StaffTask.closed_at, Staff.key),
        )
        .outerjoin(Staff, Staff.id == StaffTask.staff_id)
        .where(
            StaffTask.workspace_id == workspace_id,
            among(session, StaffTask.contact_id, people),
            StaffTask.result == SENT,
            StaffTask.closed_at > since,
        )
    )
    for row in rows:
        step = f"{row.journey_id}:{row.step}" if row.journey_id is not None else ""
        yield Touch(-row.id, row.contact_id, step, row.content, TASK, row.key or "", row.closed_at)


def _judge(session: Session, workspace_id: int, now: datetime) -> int:
    done = 0
    mine = select(Guard).where(Guard.workspace_id == workspace_id, Guard.state == ON).order_by(Guard.id)
    for guard in session.scalars(mine).all():
        rule = guards.read(guard.rule)
        past = session.scalars(select(GuardTrip).where(GuardTrip.guard_id == guard.id)).all()
        tripped = {trip.subject: trip for trip in past if trip.until is None}
        ended = {
            trip.subject: trip.until
            for trip in past
            if trip.until is not None and trip.subject not in tripped
        }
        start = max(now - timedelta(hours=rule.over_hours), guard.since)
        found = seen(session, workspace_id, rule, start)
        for subject, until in ended.items():
            if until >= start and subject in found:
                # Whoever released it has judged what was before.
                found |= seen(session, workspace_id, rule, until + BUCKET, subject) or {subject: Seen(0, 0)}
        for subject in sorted(found):
            verdict = guards.judge(rule, found[subject], tripped=subject in tripped)
            if verdict == "trip":
                _trip(session, guard, rule, subject, found[subject], now)
            elif verdict == "release":
                trips.let_go(session, tripped[subject], f"guard:{guard.id}", "", now)
            done += verdict != "stay"
    return done


def seen(
    session: Session, workspace_id: int, rule: Rule, start: datetime, subject: str | None = None
) -> dict[str, Seen]:
    """What was counted since `start` of each step, material or member of staff, or of one."""
    begin = bucket_of(start)
    tally = [GuardTally.workspace_id == workspace_id, GuardTally.per == rule.per, GuardTally.bucket >= begin]
    if subject is not None:
        tally.append(GuardTally.subject == subject)
    counted = session.execute(
        select(GuardTally.subject, func.sum(GuardTally.touches), func.sum(GuardTally.failed))
        .where(*tally)
        .group_by(GuardTally.subject)
    ).all()
    if rule.measure == "failure":
        return {name: Seen(int(went + failed), int(failed)) for name, went, failed in counted}
    column = {"step": GuardHit.step, "material": GuardHit.material, "staff": GuardHit.staff}[rule.per]
    hits: dict[str, int] = dict(
        session.execute(
            select(column, func.count())
            .where(
                GuardHit.workspace_id == workspace_id,
                GuardHit.measure == rule.measure,
                GuardHit.touched_at >= begin,
                GuardHit.after_secs <= rule.within_hours * 3600,
            )
            .group_by(column)
        ).all()
    )
    return {name: Seen(int(went), hits.get(name, 0)) for name, went, _ in counted}


def _trip(session: Session, guard: Guard, rule: Rule, subject: str, found: Seen, now: datetime) -> None:
    row = GuardTrip(
        workspace_id=guard.workspace_id, guard_id=guard.id, per=rule.per, subject=subject, rule=guards.written(rule),
        action=rule.action, at=now, touches=found.touches, hits=found.hits,
        interval_secs=guards.gap_secs(rule, found.touches), released_by="", note="", woken=rule.action == "tell",
    )  # fmt: skip
    session.add(row)
    session.flush()
    note: dict[str, Any] = {
        "guard": guard.name,
        "per": rule.per,
        "subject": subject,
        "action": rule.action,
        "measure": rule.measure,
    }
    note |= {"touches": found.touches, "hits": found.hits}
    audit.record(
        session, guard.workspace_id, f"guard:{guard.id}", "guard.tripped", f"trip:{row.id}", note, now
    )
    guard_words.tell(session, row, guard.name, now)


def sweep(session: Session, now: datetime) -> None:
    """Forget numbers that no guard looks at any more."""
    session.execute(delete(GuardTally).where(GuardTally.bucket < now - TALLY_KEPT))
    session.execute(delete(GuardHit).where(GuardHit.touched_at < now - HITS_KEPT))
    session.execute(delete(Notice).where(Notice.at < now - HITS_KEPT))
