"""Who is in which customer group: kept by the events that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import groups
from audience.tables_groups import GroupMember
from store.bulk import among, insert_rows, update_rows
from store.inbox import put

JOINED, LEFT, SPOKE = "group_joined", "group_left", "group_message"
#: After these there is one member more or less.
MOVES = frozenset({JOINED, LEFT})


@dataclass(slots=True, frozen=True)
class Step:
    """A contact's step into a group or out of it."""

    key: str
    contact_id: int
    name: str
    at: datetime
    data: Mapping[str, Any]


def keep(session: Session, workspace_id: int, steps: Sequence[Step], now: datetime) -> None:
    """Keep the members of groups by what happened, in the order of its time; what is older than known is passed over.

    How many members a group has is a changed attribute of it. Nothing is committed.
    """
    ids = groups.resolve(session, workspace_id, {step.key for step in steps}, now)
    known = _members(session, [(ids[s.key], s.contact_id) for s in steps if s.key in ids])
    fresh: set[tuple[int, int]] = set()
    touched: set[tuple[int, int]] = set()
    for step in sorted(steps, key=lambda one: one.at):
        if step.key not in ids:
            continue
        place = ids[step.key], step.contact_id
        row = known.get(place)
        if row is None:
            fresh.add(place)
            row = known[place] = _row(workspace_id, place, step.at)
        elif max(row["joined_at"], row["left_at"] or row["joined_at"]) > step.at:
            continue
        _step(row, step)
        touched.add(place)
    new = [{k: v for k, v in known[place].items() if k != "id"} for place in sorted(fresh)]
    insert_rows(session, GroupMember.__table__, new)
    update_rows(session, GroupMember.__table__, [known[place] for place in sorted(touched - fresh)])
    changed = {group for group, _ in touched}
    put(session, groups.recount(session, workspace_id, _counts(session, changed), now), now)


def _step(row: dict[str, Any], step: Step) -> None:
    if step.name == LEFT:
        row["left_at"] = step.at
        return
    if row["left_at"] is not None:
        row["joined_at"], row["left_at"] = step.at, None
    for name, longest in (("role", 32), ("invited_by", 255)):
        value = step.data.get(name)
        if isinstance(value, str) and value:
            row[name] = value[:longest]


def _row(workspace_id: int, place: tuple[int, int], at: datetime) -> dict[str, Any]:
    group_id, contact_id = place
    return {
        "workspace_id": workspace_id,
        "group_id": group_id,
        "contact_id": contact_id,
        "role": "member",
        "invited_by": "",
        "joined_at": at,
        "left_at": None,
    }


def _members(session: Session, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    pairs = set(places)
    if not pairs:
        return {}
    columns = [column for column in GroupMember.__table__.columns if column.name != "workspace_id"]
    query = select(*columns).where(
        among(session, GroupMember.group_id, {group for group, _ in pairs}),
        among(session, GroupMember.contact_id, {contact for _, contact in pairs}),
    )
    rows = [dict(row) for row in session.execute(query).mappings()]
    return {(row["group_id"], row["contact_id"]): row for row in rows}


def _counts(session: Session, group_ids: Iterable[int]) -> dict[int, int]:
    wanted = set(group_ids)
    query = (
        select(GroupMember.group_id, func.count())
        .where(among(session, GroupMember.group_id, wanted), GroupMember.left_at.is_(None))
        .group_by(GroupMember.group_id)
    )
    return dict.fromkeys(wanted, 0) | dict(session.execute(query).all())
