"""Is history whole? Reads trail, outbox, counters and queues, and lists whatever should not be."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from journeys.lifecycle import PAUSED
from journeys.position import ENDED, NEW
from journeys.tables import Counter, Enrollment, Journey, Knock, Trail, Version
from runtime.counting import SETTLED, WRITTEN, count_trail, of_messages, standing_at
from runtime.trail_months import kept_since
from store import clock
from store.tables import Inbox, Outbox

#: Who is due for longer than this and was not claimed is stuck.
STUCK = timedelta(seconds=60)
#: Rows read at a time.
CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: a code, the row or node it is about, and a sentence."""

    code: str
    about: str
    sentence: str


def verify(session: Session, now: datetime | None = None) -> list[Finding]:
    """Check the whole history; an empty list means that it is whole."""
    now = now or clock.now(session)
    since = kept_since(session)
    found = [*_trails(session, since), *_messages(session), *_counters(session, since), *_stuck(session, now)]
    return found + list(_doubles(session))


def _trails(session: Session, since: datetime | None) -> Iterator[Finding]:
    """Each trail begins with its opening, ends with its end, and its steps and visits have no gap.

    Of who entered before the trail's first month that is still kept, only what is left can be judged.
    """
    cut = set(
        session.scalars(select(Enrollment.id).where(Enrollment.entered_journey < since)) if since else ()
    )
    query = (
        select(Trail.enrollment_id, Trail.op, Trail.visit, Trail.seq, Trail.detail)
        .order_by(Trail.enrollment_id, Trail.id)
        .execution_options(yield_per=CHUNK)
    )
    current: int | None = None
    crumbs: list[tuple[str, int, int]] = []
    for enrollment_id, op, visit, seq, detail in session.execute(query):
        if op == "moved" and detail and detail.get("enters"):
            op = "stage"  # brought back into a stage left since
        if enrollment_id != current and current is not None:
            yield from _one_trail(current, crumbs, current in cut)
            crumbs = []
        current = enrollment_id
        crumbs.append((op, visit, seq))
    if current is not None:
        yield from _one_trail(current, crumbs, current in cut)
    without = select(Enrollment.id).where(
        Enrollment.status != NEW, ~exists().where(Trail.enrollment_id == Enrollment.id)
    )
    if since:
        without = without.where(Enrollment.taken_at >= since)
    for number in session.scalars(without):
        yield Finding("no-trail", f"enrollment {number}", "This enrollment has moved and left no trail.")


def _one_trail(number: int, crumbs: list[tuple[str, int, int]], cut: bool) -> Iterator[Finding]:
    about = f"enrollment {number}"
    if not cut and crumbs[0][0] not in ("open", "stop"):
        yield Finding("no-opening", about, "Its trail does not begin with its opening.")
    if sum(op == "open" for op, _, _ in crumbs) > 1:
        yield Finding("opened-twice", about, "It was opened more than once.")
    left = [seq for op, _, seq in crumbs if op == "step"]
    if len(left) != len(set(left)):
        yield Finding("step-twice", about, "One entry of a step was left more than once.")
    seqs = [seq for _, _, seq in crumbs]
    if seqs != sorted(seqs):
        yield Finding("seq-back", about, "Its steps are not in the order in which they were entered.")
    entered = [visit for op, visit, _ in crumbs if op in ("stage", "through")]
    last = max(visit for _, visit, _ in crumbs)
    # Who lost the beginning of the trail may have lost every visit but the one that is still going on.
    first = (entered[0] if entered else last + 1) if cut else 1
    if entered != list(range(first, last + 1)):
        yield Finding(
            "visit-gap", about, "Its visits are not 1, 2, 3 and so on: one is missing or there twice."
        )
    ends = [place for place, (op, _, _) in enumerate(crumbs) if op == "end"]
    after = crumbs[ends[0] :] if ends else []
    if len(ends) > 1 or any(op not in ("goal", "end") for op, _, _ in after):
        yield Finding("after-end", about, "It went on after its end.")


def _messages(session: Session) -> Iterator[Finding]:
    """Every step that says it sent has its message, and every message comes from a step that was entered."""
    said = (
        select(Trail.enrollment_id, Trail.detail)
        .where(Trail.op == "step", Trail.detail.is_not(None))
        .execution_options(yield_per=CHUNK)
    )
    keys = {
        f"{number}:{detail['key']}" for number, detail in session.execute(said) if detail and "key" in detail
    }
    sent = set(session.scalars(select(Outbox.key).execution_options(yield_per=CHUNK)))
    for key in sorted(keys - sent):
        yield Finding(
            "message-lost", f"message {key}", "The trail says that it was sent, but it is not in the outbox."
        )
    stray = (
        select(Outbox.key)
        .outerjoin(Enrollment, Enrollment.id == Outbox.enrollment_id)
        .where(or_(Enrollment.id.is_(None), Enrollment.seq < Outbox.seq))
    )
    for key in session.scalars(stray):
        yield Finding("message-stray", f"message {key}", "It belongs to no step that was ever entered.")


def _counters(session: Session, since: datetime | None) -> Iterator[Finding]:
    """The kept numbers equal a new count; once old lines are gone, what was passed is at least that."""
    kept = {
        (version, node): (here, passed)
        for version, node, here, passed in session.execute(
            select(Counter.version_id, Counter.node, Counter.here, Counter.passed)
        )
    }
    counted = recount(session)
    for version, node in sorted({*kept, *counted}):
        ours, real = kept.get((version, node), (0, 0)), counted.get((version, node), (0, 0))
        if ours != real and not (since and ours[0] == real[0] and ours[1] > real[1]):
            yield Finding(
                "counter-drift",
                f"version {version} {node}",
                f"Kept are {ours[0]} here and {ours[1]} passed; the trail gives {real[0]} and {real[1]}.",
            )


def recount(session: Session) -> dict[tuple[int, str], tuple[int, int]]:
    """What the counters should be, from the positions and the whole trail."""
    here: dict[int, Tally[str]] = defaultdict(Tally)
    rows = session.execute(
        select(
            Enrollment.version_id, Enrollment.status, Enrollment.entry_id, Enrollment.stage, Enrollment.step,
            func.count(),
        )
        .where(Enrollment.status != ENDED)
        .group_by(
            Enrollment.version_id, Enrollment.status, Enrollment.entry_id, Enrollment.stage, Enrollment.step
        )
    )  # fmt: skip
    for version, status, entry, stage, step, count in rows:
        for node in standing_at(status, entry, stage, step):
            here[version][node] += count
    passed: dict[int, Tally[str]] = defaultdict(Tally)
    ends = {
        version: _ends(definition)
        for version, definition in session.execute(select(Version.id, Version.definition))
    }
    query = (
        select(
            Trail.enrollment_id, Trail.version_id, Trail.op, Trail.stage, Trail.step, Trail.exit, Trail.arrow,
            Trail.detail,
        )
        .order_by(Trail.enrollment_id, Trail.id)
        .execution_options(yield_per=CHUNK)
    )  # fmt: skip
    current: tuple[int, int] | None = None
    crumbs: list[Any] = []
    for enrollment, version, *crumb in session.execute(query):
        if (enrollment, version) != current and current is not None:
            count_trail(crumbs, ends.get(current[1], {}), passed[current[1]])
            crumbs = []
        current = (enrollment, version)
        crumbs.append(crumb)
    if current is not None:
        count_trail(crumbs, ends.get(current[1], {}), passed[current[1]])
    for version, step, state, count in session.execute(
        select(Outbox.version_id, Outbox.step, Outbox.state, func.count()).group_by(
            Outbox.version_id, Outbox.step, Outbox.state
        )
    ):
        passed[version][of_messages(step, WRITTEN)] += count
        if state in SETTLED:
            passed[version][of_messages(step, state)] += count
    return {
        (version, node): (here[version][node], passed[version][node])
        for version in {*here, *passed}
        for node in {*here[version], *passed[version]}
    }


def _ends(definition: dict[str, Any]) -> dict[str, str]:
    ends = {end["id"] for end in definition.get("ends", ())}
    return {arrow["id"]: arrow["to"] for arrow in definition.get("arrows", ()) if arrow["to"] in ends}


def _stuck(session: Session, now: datetime) -> Iterator[Finding]:
    """Nobody of a running journey is due and forgotten, and nobody waits for nothing."""
    running = (Journey.id == Enrollment.journey_id, Journey.status != PAUSED)
    late = select(Enrollment.id).join(Journey, and_(*running)).where(Enrollment.due_at < now - STUCK)
    for number in session.scalars(late):
        yield Finding(
            "stuck", f"enrollment {number}", "It has been due for more than a minute and nobody took it."
        )
    unheard = (
        select(Enrollment.id)
        .join(Journey, and_(*running))
        .where(Enrollment.due_at.is_(None))
        .where(
            or_(
                Enrollment.status == NEW,
                Enrollment.step_due.is_not(None),
                Enrollment.stage_due.is_not(None),
                exists(select(literal(1)).where(Knock.enrollment_id == Enrollment.id)),
            )
        )
    )
    for number in session.scalars(unheard):
        yield Finding(
            "asleep", f"enrollment {number}", "It has an alarm or a signal to hear, and is not due."
        )
    old = select(Inbox.id).where(Inbox.state == "new", Inbox.stored_at < now - STUCK)
    for number in session.scalars(old):
        yield Finding(
            "unread", f"signal {number}", "It has been stored for more than a minute and nobody took it."
        )


def _doubles(session: Session) -> Iterator[Finding]:
    """Nobody is in one journey twice under one key, and no position lies beyond its trail."""
    twice = (
        select(Enrollment.journey_id, Enrollment.subject_id, Enrollment.key)
        .where(Enrollment.status != ENDED)
        .group_by(Enrollment.journey_id, Enrollment.subject_id, Enrollment.key)
        .having(func.count() > 1)
    )
    for journey, subject, _ in session.execute(twice):
        yield Finding("inside-twice", f"contact {subject}", f"It is in journey {journey} more than once.")
    last = (
        select(Trail.enrollment_id, func.max(Trail.visit).label("visit"))
        .group_by(Trail.enrollment_id)
        .subquery()
    )
    beyond = (
        select(Enrollment.id)
        .join(last, last.c.enrollment_id == Enrollment.id)
        .where(Enrollment.visit != last.c.visit)
    )
    for number in session.scalars(beyond):
        yield Finding(
            "beyond-trail", f"enrollment {number}", "Its position and its trail tell different visits."
        )
