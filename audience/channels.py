"""Newcomers by channel codes: what each brings with him, who got him, and who is to have the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import channel_routing, contacts
from audience.changes import Change
from audience.tables import Contact
from audience.tables_channels import ChannelCode, ChannelJoin
from audience.tables_people import Staff, StaffRelation
from rules.zones import zone_of
from store.bulk import among, insert_rows
from store.tables import Workspace
from store.wecom_calls import OURS

if TYPE_CHECKING:
    from audience.friends import Step

TOLD_BY_WECOM = OURS


def joined(session: Session, workspace_id: int, steps: Sequence[Step], now: datetime) -> dict[str, str]:
    """Note who came by which code, with its tags and attributes; returns {event id: name of the code}.

    Nothing is committed.
    """
    keys = {key for step in steps if isinstance(key := step.data.get("channel"), str)}
    if not keys:
        return {}
    rows = session.scalars(
        select(ChannelCode).where(
            ChannelCode.workspace_id == workspace_id, among(session, ChannelCode.key, sorted(keys))
        )
    )
    codes = {row.key: row for row in rows}
    came = [(step, codes[step.data["channel"]]) for step in steps if step.data.get("channel") in codes]
    places = _places(session, came)
    joins = [
        {
            "workspace_id": workspace_id,
            "code_id": code.id,
            "contact_id": step.contact_id,
            "event_id": step.event_id,
            "staff_key": step.staff_key,
            "adviser": channel_routing.adviser(code.route, places.get(step.contact_id, {}), step.staff_key),
            "at": step.at,
        }
        for step, code in came
    ]
    insert_rows(session, ChannelJoin.__table__, joins, skip_known=True)
    changes = [
        Change(workspace_id, step.contact_id, now, attributes=code.attributes, add=code.tags)
        for step, code in came
        if code.attributes or code.tags
    ]
    contacts.change(session, changes, now)
    return {step.event_id: code.name for step, code in came}


def takers(session: Session, code: ChannelCode, now: datetime) -> list[str]:
    """Whom WeCom should give the next newcomer to, by the route of the code and what each has taken today."""
    wanted = channel_routing.everybody(code.route)
    active = set(
        session.scalars(
            select(Staff.key).where(
                Staff.workspace_id == code.workspace_id,
                among(session, Staff.key, sorted(wanted)),
                Staff.active.is_(True),
            )
        )
    )
    today, last = taken(session, code, now)
    friends = load(session, code.workspace_id, wanted) if code.route.get("mode") == "least_load" else {}
    return channel_routing.takers(code.route, active, today, friends, last)


def taken(session: Session, code: ChannelCode, now: datetime) -> tuple[dict[str, int], str | None]:
    """How many newcomers each has taken by this code today, and who took the last one."""
    begin = start_of_day(session, code.workspace_id, now)
    query = (
        select(ChannelJoin.staff_key, func.count())
        .where(ChannelJoin.code_id == code.id, ChannelJoin.at >= begin)
        .group_by(ChannelJoin.staff_key)
    )
    last = session.scalar(
        select(ChannelJoin.staff_key)
        .where(ChannelJoin.code_id == code.id)
        .order_by(ChannelJoin.at.desc(), ChannelJoin.id.desc())
        .limit(1)
    )
    return dict(session.execute(query).all()), last


def load(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, int]:
    """How many friends each of these has."""
    query = (
        select(Staff.key, func.count())
        .join(StaffRelation, StaffRelation.staff_id == Staff.id)
        .where(
            Staff.workspace_id == workspace_id,
            among(session, Staff.key, sorted(set(keys))),
            StaffRelation.state == "friend",
            StaffRelation.group_key == "",
        )
        .group_by(Staff.key)
    )
    return dict(session.execute(query).all())


def start_of_day(session: Session, workspace_id: int, now: datetime) -> datetime:
    """When the workspace's day began."""
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    local = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return local.astimezone(now.tzinfo)


def days(
    session: Session, code: ChannelCode, now: datetime, zone: ZoneInfo, number: int = 30
) -> list[dict[str, Any]]:
    """How many came on each of the last days of the workspace, the oldest first, also where nobody did."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=number - 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    query = select(ChannelJoin.at).where(ChannelJoin.code_id == code.id, ChannelJoin.at >= begin)
    counts: dict[Any, int] = {first + timedelta(days=n): 0 for n in range(number)}
    for at in session.scalars(query):
        day = at.astimezone(zone).date()
        if day in counts:
            counts[day] += 1
    return [{"day": day, "joins": count} for day, count in counts.items()]


def _places(session: Session, came: Sequence[tuple[Step, ChannelCode]]) -> dict[int, Mapping[str, Any]]:
    """The attributes of those whose adviser depends on one."""
    ids = {step.contact_id for step, code in came if code.route.get("mode") == "attribute"}
    if not ids:
        return {}
    rows = session.execute(select(Contact.id, Contact.attributes).where(among(session, Contact.id, ids)))
    return {number: attributes or {} for number, attributes in rows}
