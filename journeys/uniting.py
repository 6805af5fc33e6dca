"""What becomes of enrollments when two contacts turn out to be one person, and when a person is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from journeys.outgoing import withdraw_all
from journeys.position import ENDED, NEW
from journeys.tables import Enrollment, MovedPerson, Trail
from store.bulk import among
from store.inbox import NewSignal, put
from store.tables import Outbox

#: The results with which the engine lets people go here.
MERGED, ERASED = "merged", "erased"
LONGEST_KEY = 200
#: What a position must go on knowing until its end; the rest may speak of a person.
PLAIN_STATE = frozenset({"alarms", "loops", "remembered", "standing", "hold", "skipping", "error"})
#: What numbers are counted from, and what versions are compared by.
PLAIN_DETAIL = frozenset(
    {"by", "entry", "goal", "result", "key", "enters", "to", "until", "because", "act", "from", "error"}
)


def unite(session: Session, workspace_id: int, keep: int, drop: int, now: datetime) -> list[tuple[int, int]]:
    """Give the enrollments of `drop` to `keep`; of two who are in one journey at once, the younger one ends.

    It ends with the result `merged`: what no carrier has seen of it is withdrawn now, no alarm of it rings any more,
    and the engine lets it go as by hand. Returns (journey, enrollment) of those. The rows are locked first: call it
    before contacts are locked. Nothing is committed.
    """
    rows = _lock(session, workspace_id, (keep, drop))
    ending = [(row.journey_id, row.id) for row in _younger(rows)]
    for row in rows:
        if (row.journey_id, row.id) in ending:
            _stand_back(session, row)
    session.execute(
        update(Enrollment)
        .where(_of(workspace_id, drop))
        .values(subject_id=keep, epoch=Enrollment.epoch + 1)
        .execution_options(synchronize_session=False)
    )
    _let_go(session, workspace_id, [number for _, number in ending], MERGED, now)
    session.expire_all()
    return ending


def clashes(session: Session, workspace_id: int, keep: int, drop: int) -> list[tuple[int, int]]:
    """The (journey, enrollment) that a merge would end."""
    query = select(Enrollment).where(_of(workspace_id, keep, drop)).order_by(Enrollment.id)
    return [(row.journey_id, row.id) for row in _younger(session.scalars(query).all())]


def erase(session: Session, workspace_id: int, contact_id: int, now: datetime) -> None:
    """Let somebody go everywhere with the result `erased`, and empty what his enrollments say of him.

    What is left are numbers: which step was passed and when. Nothing is committed.
    """
    rows = _lock(session, workspace_id, (contact_id,))
    _let_go(session, workspace_id, [row.id for row in rows if row.status != ENDED], ERASED, now)
    empty(session, workspace_id, contact_id)


def empty(session: Session, workspace_id: int, contact_id: int) -> None:
    """Take out of trails and positions of this contact whatever may speak of the person."""
    rows = _lock(session, workspace_id, (contact_id,))
    ids = [row.id for row in rows]
    for row in rows:
        plain = {name: value for name, value in row.state.items() if name in PLAIN_STATE}
        key = f"{ERASED} {row.id}" if row.key else ""
        if plain != row.state or key != row.key:
            row.state, row.key, row.epoch = plain, key, row.epoch + 1
    session.flush()
    mine = among(session, Trail.enrollment_id, ids)
    lines = session.execute(select(Trail.id, Trail.detail).where(mine, Trail.detail.is_not(None))).all()
    for number, detail in lines:
        plain = {name: value for name, value in detail.items() if name in PLAIN_DETAIL}
        if plain != detail:
            change = update(Trail).where(Trail.id == number, mine).values(detail=plain or None)
            session.execute(change.execution_options(synchronize_session=False))
    session.execute(delete(MovedPerson).where(among(session, MovedPerson.enrollment_id, ids)))
    session.expire_all()


def _lock(session: Session, workspace_id: int, contacts: Sequence[int]) -> Sequence[Enrollment]:
    query = select(Enrollment).where(_of(workspace_id, *contacts)).order_by(Enrollment.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _of(workspace_id: int, *contacts: int) -> ColumnElement[bool]:
    return (
        (Enrollment.workspace_id == workspace_id)
        & (Enrollment.subject_kind == "contact")
        & Enrollment.subject_id.in_(contacts)
    )


def _younger(rows: Sequence[Enrollment]) -> list[Enrollment]:
    """Of those who are in one journey at once, under one key: all but who entered first."""
    active = sorted((row for row in rows if row.status != ENDED), key=lambda r: (r.entered_journey, r.id))
    seen: set[tuple[int, str]] = set()
    found = []
    for row in active:
        name = (row.journey_id, row.key)
        if name in seen:
            found.append(row)
        seen.add(name)
    return found


def _stand_back(session: Session, row: Enrollment) -> None:
    """Free the place of one that is about to end: under a key of its own, without alarms."""
    row.key = f"{row.key[:LONGEST_KEY]} {MERGED} {row.id}".strip()
    row.epoch += 1
    if row.status != NEW:
        row.step_due = row.stage_due = row.due_at = None
    session.flush()


def _let_go(session: Session, workspace_id: int, ids: Sequence[int], result: str, now: datetime) -> None:
    if not ids:
        return
    withdraw_all(session, among(session, Outbox.enrollment_id, ids))
    act = {"act": "exit", "by": "", "result": result}
    letters = [NewSignal(workspace_id, "hand", "exit", now, act, enrollment_id=number) for number in ids]
    put(session, letters, now)
