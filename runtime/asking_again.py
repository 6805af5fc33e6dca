"""Asking again those whom a policy holds, once the policies have changed: in portions, and not all at one instant.

Whoever is held has a time at which he is asked by himself. Here that time is only brought forward, so that a worker that dies
in between, or somebody who is asked twice, changes nothing: the policies decide as they always do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from journeys.position import WAITING
from journeys.tables import Enrollment
from rules.contact_policy import REASONS
from store.bulk import among
from store.tables import Outbox
from store.tables_reach import AskAgain

#: Enrollments looked through in one transaction, and held ones asked again in it.
LOOKED, PORTION = 20_000, 2_000
#: They are asked again at this rate, so that nobody's gates are stormed.
PER_SECOND = 100
#: A step's own window is drawn in the journey, and no policy: nothing about it has changed.
OF_POLICIES = sorted(set(REASONS) - {"window-closed"})
#: Messages held when they were about to leave wait for the end of quiet hours, a day at the most.
A_DAY = timedelta(days=1)


#: True if somebody may have to be asked again.
DUE = select(AskAgain.workspace_id).exists()


def ask_some(session: Session, now: datetime) -> bool:
    """Bring a portion of those who are held forward; False if somebody else is at it."""
    query = select(AskAgain).order_by(AskAgain.workspace_id).limit(1).with_for_update(skip_locked=True)
    row = session.scalar(query)
    if row is None:
        return False
    if row.message is not None:
        _messages(session, row, now)
    else:
        _enrollments(session, row, now)
    return True


def _enrollments(session: Session, row: AskAgain, now: datetime) -> None:
    if not row.last:
        row.last = session.scalar(select(func.max(Enrollment.id))) or 0
    upper = min(row.up_to + LOOKED, row.last)
    reason = Enrollment.state["hold"]["because"].as_string()
    held = session.execute(
        select(Enrollment.id, Enrollment.step_due, Enrollment.stage_due, Enrollment.due_at)
        .where(
            *(Enrollment.id > row.up_to, Enrollment.id <= upper, Enrollment.workspace_id == row.workspace_id),
            *(Enrollment.status == WAITING, Enrollment.step_due > now, reason.in_(OF_POLICIES)),
        )
        .order_by(Enrollment.id)
        .limit(PORTION)
        .with_for_update()
    ).all()
    rows = [_sooner(one, now, row.asked + place) for place, one in enumerate(held)]
    if rows:
        session.execute(update(Enrollment), rows)
        # Whoever has read one of them without a lock finds that it has changed.
        mine = among(session, Enrollment.id, [one["id"] for one in rows])
        raised = update(Enrollment).where(mine).values(epoch=Enrollment.epoch + 1)
        session.execute(raised.execution_options(synchronize_session=False))
    row.asked += len(rows)
    row.up_to = held[-1].id if len(held) == PORTION else upper
    if row.up_to >= row.last:
        session.delete(row)
    session.flush()


def _sooner(one: Any, now: datetime, place: int) -> dict[str, Any]:
    step_due = min(one.step_due, now + timedelta(seconds=place / PER_SECOND))
    due = min(step_due, one.stage_due) if one.stage_due is not None else step_due
    # Who came due in a pause has left the queue until it is over.
    return {"id": one.id, "step_due": step_due, "due_at": None if one.due_at is None else due}


def _messages(session: Session, row: AskAgain, now: datetime) -> None:
    """Bring messages forward that were let go by their journeys and met quiet hours at the very end."""
    ids = session.scalars(
        select(Outbox.id)
        .where(
            *(Outbox.state == "pending", Outbox.not_before > now, Outbox.not_before <= now + A_DAY),
            *(
                Outbox.workspace_id == row.workspace_id,
                Outbox.reason == "quiet-hours",
                Outbox.id > row.message,
            ),
        )
        .order_by(Outbox.id)
        .limit(PORTION)
        .with_for_update()
    ).all()
    if ids:
        sooner = update(Outbox).where(among(session, Outbox.id, ids)).values(not_before=now)
        session.execute(sooner.execution_options(synchronize_session=False))
    row.message = ids[-1] if len(ids) == PORTION else None
    session.flush()
