"""What handing customers and groups on at WeCom have in common: both members of staff, and the tasks that follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tasks import OPEN_STATES, hand_to
from store.bulk import among


def both(session: Session, workspace_id: int, from_key: str, to_key: str) -> tuple[Staff, Staff] | None:
    """Who gives and who takes, by the keys WeCom has for them; None if one of them is no longer known."""
    query = select(Staff).where(
        Staff.workspace_id == workspace_id, among(session, Staff.key, [from_key, to_key])
    )
    people = {one.key: one for one in session.scalars(query)}
    gives, takes = people.get(from_key), people.get(to_key)
    return None if gives is None or takes is None else (gives, takes)


def tasks_follow(
    session: Session, whose: ColumnElement[bool], gives: Staff, takes: Staff, now: datetime
) -> None:
    """Give the open tasks that went to the one by relationship to the other; nothing is committed."""
    open_ = session.scalars(
        select(StaffTask)
        .where(
            StaffTask.workspace_id == gives.workspace_id,
            whose,
            StaffTask.staff_id == gives.id,
            StaffTask.assign == "relationship",
            among(session, StaffTask.state, OPEN_STATES),
        )
        .order_by(StaffTask.id)
        .with_for_update()
    )
    for task in open_:
        hand_to(task, takes, now, by="wecom")
    session.flush()
