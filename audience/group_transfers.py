"""Handing customer groups from one owner to another at WeCom; their journeys and members stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import handing_on
from audience.following import Company
from audience.tables_groups import CustomerGroup
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomChat, WecomGroupTransfer
from store import clock
from store.bulk import among, insert_rows
from store.inbox import NewSignal, put
from store.subjects import of_group
from store.wecom_calls import OURS, look_at

WAITING, ASKING, DONE, FAILED = "waiting", "asking", "done", "failed"
STATES: Final = (WAITING, ASKING, DONE, FAILED)
#: What the group's journeys hear.
HANDED_ON = "group_handed_on"


def groups_of(session: Session, company: Company, staff_key: str) -> list[int]:
    """The groups that a member of staff owns at WeCom, and that are not given up."""
    query = (
        select(CustomerGroup.id)
        .where(
            CustomerGroup.workspace_id == company.workspace_id,
            CustomerGroup.owner == staff_key,
            CustomerGroup.dismissed_at.is_(None),
        )
        .order_by(CustomerGroup.id)
    )
    return list(session.scalars(query))


def ask(
    session: Session, company: Company, group_ids: Sequence[int], gives: Staff, takes: Staff, by: str
) -> tuple[list[int], dict[int, str]]:
    """Put transfers down, to be asked for by a worker; returns the groups and {group id: why not}.

    Why not: `not_owner` (it is not the giver's, or WeCom does not have it), `under_way`. Nothing is committed.
    """
    wanted = list(dict.fromkeys(group_ids))
    keys: dict[int, str] = dict(
        session.execute(
            select(CustomerGroup.id, CustomerGroup.key)
            .join(WecomChat, WecomChat.chat_id == CustomerGroup.key)
            .where(
                CustomerGroup.workspace_id == company.workspace_id,
                WecomChat.connection_id == company.connection_id,
                among(session, CustomerGroup.id, wanted),
                CustomerGroup.owner == gives.key,
                CustomerGroup.dismissed_at.is_(None),
            )
        ).all()
    )
    going = set(
        session.scalars(
            select(WecomGroupTransfer.group_id).where(
                WecomGroupTransfer.workspace_id == company.workspace_id,
                WecomGroupTransfer.ended_at.is_(None),
                among(session, WecomGroupTransfer.group_id, wanted),
            )
        )
    )
    wall = clock.system()
    rows: list[dict[str, Any]] = []
    refused: dict[int, str] = {}
    for number in wanted:
        if number not in keys:
            refused[number] = "not_owner"
        elif number in going:
            refused[number] = "under_way"
        else:
            rows.append(
                {
                    "workspace_id": company.workspace_id, "connection_id": company.connection_id, "group_id": number,
                    "chat_id": keys[number], "from_key": gives.key, "to_key": takes.key,
                    "resigned": not gives.active, "state": WAITING, "reason": None, "by": by, "created_at": wall,
                    "next_at": wall, "ended_at": None,
                }
            )  # fmt: skip
    insert_rows(session, WecomGroupTransfer.__table__, rows)
    return [row["group_id"] for row in rows], refused


def end(session: Session, row: WecomGroupTransfer, state: str, reason: str | None, now: datetime) -> None:
    """Let a transfer end; a group that changed hands is read anew, for WeCom calls nobody about what we did."""
    wall = clock.system()
    row.state, row.reason, row.ended_at = state, reason, wall
    session.flush()
    if state != DONE:
        return
    look_at(session, row.workspace_id, row.connection_id, [("chat", row.chat_id)], wall)
    people = handing_on.both(session, row.workspace_id, row.from_key, row.to_key)
    if people is not None:
        handing_on.tasks_follow(session, StaffTask.group_id == row.group_id, *people, now)
    told = NewSignal(
        row.workspace_id, "event", HANDED_ON, now, {"from": row.from_key, "to": row.to_key},
        contact_id=of_group(row.group_id), event_id=f"{OURS}{row.connection_id}:chat:transfer:{row.id}",
    )  # fmt: skip
    put(session, [told], now)
