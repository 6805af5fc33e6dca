"""Handing customers from one member of staff to another at WeCom; their journeys go on, in the new one's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audience import handing_on
from audience.following import Company, part
from audience.identities import of_contacts
from audience.tables import Event
from audience.tables_people import Staff, StaffRelation
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomFollow, WecomTransfer
from store import clock
from store.bulk import among, insert_rows
from store.inbox import NewSignal, put
from store.wecom_calls import OURS

WAITING, ASKING, ASKED = "waiting", "asking", "asked"
DONE, REFUSED, LIMIT, FAILED = "done", "refused", "limit", "failed"
UNDER_WAY: Final = (WAITING, ASKING, ASKED)
#: How a transfer ended, as an event of the customer.
EVENTS: Final = {
    DONE: "transferred",
    REFUSED: "transfer_failed",
    LIMIT: "transfer_failed",
    FAILED: "transfer_failed",
}
MOST = 1000


def customers_of(session: Session, company: Company, staff_key: str) -> list[int]:
    """The contacts who are customers of a member of staff at WeCom."""
    query = (
        select(WecomFollow.contact_id)
        .where(WecomFollow.connection_id == company.connection_id, WecomFollow.staff_key == staff_key)
        .order_by(WecomFollow.contact_id)
    )
    return list(session.scalars(query))


def ask(
    session: Session,
    company: Company,
    contact_ids: Sequence[int],
    gives: Staff,
    takes: Staff,
    words: str,
    by: str,
) -> tuple[list[int], dict[int, str]]:
    """Put transfers down, to be asked for by a worker; returns the contacts and {contact id: why not}.

    Why not: `no_relation` (not a customer of the one who gives), `under_way`. Nothing is committed.
    """
    wanted = list(dict.fromkeys(contact_ids))
    friends = set(
        session.scalars(
            select(StaffRelation.contact_id).where(
                StaffRelation.workspace_id == company.workspace_id,
                among(session, StaffRelation.contact_id, wanted),
                StaffRelation.staff_id == gives.id,
                StaffRelation.group_key == "",
                StaffRelation.state != "none",
            )
        )
    )
    names = of_contacts(session, company.workspace_id, wanted)
    going = set(
        session.scalars(
            select(WecomTransfer.contact_id).where(
                WecomTransfer.workspace_id == company.workspace_id,
                WecomTransfer.ended_at.is_(None),
                among(session, WecomTransfer.contact_id, wanted),
            )
        )
    )
    wall = clock.system()
    rows: list[dict[str, Any]] = []
    refused: dict[int, str] = {}
    for number in wanted:
        external = (names.get(number) or {}).get("external_userid")
        if number not in friends or not external:
            refused[number] = "no_relation"
        elif number in going:
            refused[number] = "under_way"
        else:
            rows.append(
                {
                    "workspace_id": company.workspace_id, "connection_id": company.connection_id, "contact_id": number,
                    "external_userid": external[0], "from_key": gives.key, "to_key": takes.key,
                    "resigned": not gives.active, "words": words, "state": WAITING, "reason": None, "by": by,
                    "created_at": wall, "asked_at": None, "next_at": wall, "ended_at": None,
                }
            )  # fmt: skip
    insert_rows(session, WecomTransfer.__table__, rows)
    return [row["contact_id"] for row in rows], refused


def end(session: Session, row: WecomTransfer, state: str, reason: str | None, now: datetime) -> None:
    """Let a transfer end as WeCom says; a customer who was handed on is the other one's from then on. Not committed."""
    row.state, row.reason, row.ended_at = state, reason, clock.system()
    session.flush()
    company = Company(row.workspace_id, row.connection_id)
    if state == DONE:
        _handed_on(session, company, row, now)
    if state != DONE and _was_told(session, row):
        return
    data = {"from": row.from_key, "to": row.to_key} | ({} if state == DONE else {"reason": reason or state})
    told = NewSignal(
        row.workspace_id, "event", EVENTS[state], now, data, contact_id=row.contact_id,
        event_id=f"{OURS}{row.connection_id}:transfer:{row.id}",
    )  # fmt: skip
    put(session, [told], now)


def hasten(session: Session, company: Company, contact_id: int) -> None:
    """Ask after a customer's transfer now: something has happened. Nothing is committed."""
    session.execute(
        update(WecomTransfer)
        .where(
            WecomTransfer.connection_id == company.connection_id,
            WecomTransfer.contact_id == contact_id,
            WecomTransfer.state == ASKED,
        )
        .values(next_at=clock.system())
        .execution_options(synchronize_session=False)
    )


def _was_told(session: Session, row: WecomTransfer) -> bool:
    """True if WeCom has called about it, which is the same event."""
    query = select(Event.id).where(
        Event.contact_id == row.contact_id,
        Event.name == EVENTS[FAILED],
        Event.stored_at >= row.created_at,
    )
    return session.scalars(query.limit(1)).first() is not None


def _handed_on(session: Session, company: Company, row: WecomTransfer, now: datetime) -> None:
    """The new one is the friend who came last, so messages go in that name; open tasks change hands with them."""
    people = handing_on.both(session, row.workspace_id, row.from_key, row.to_key)
    if people is None:
        return
    gives, takes = people
    old = session.scalars(
        select(StaffRelation).where(
            StaffRelation.contact_id == row.contact_id,
            StaffRelation.group_key == "",
            among(session, StaffRelation.staff_id, [gives.id, takes.id]),
        )
    ).all()
    by_staff = {one.staff_id: one for one in old}
    before = by_staff.get(gives.id)
    new = by_staff.get(takes.id)
    if new is None:
        new = StaffRelation(
            workspace_id=row.workspace_id, contact_id=row.contact_id, staff_id=takes.id, group_key="",
            remark=before.remark if before else "", source=before.source if before else "",
        )  # fmt: skip
        session.add(new)
    new.state, new.since, new.updated_at = "friend", now, now
    follow = session.get(WecomFollow, (company.connection_id, row.contact_id, row.from_key))
    if (
        follow is not None
        and session.get(WecomFollow, (company.connection_id, row.contact_id, row.to_key)) is None
    ):
        session.add(
            WecomFollow(
                connection_id=company.connection_id, contact_id=row.contact_id, staff_key=row.to_key,
                workspace_id=row.workspace_id, external_userid=row.external_userid, tags=list(follow.tags),
                round=follow.round,
            )
        )  # fmt: skip
    session.flush()
    part(session, company, [(row.contact_id, row.from_key)], now)
    handing_on.tasks_follow(session, StaffTask.contact_id == row.contact_id, gives, takes, now)
