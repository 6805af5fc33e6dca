"""What `group` calls say about customer groups: the group as it is now, and whoever says so as its member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import groups
from audience.group_members import JOINED
from audience.identities import locate
from audience.tables_groups import CustomerGroup, GroupMember
from store.bulk import among
from store.problem import Problem
from web.segment.calls import Call


def take(session: Session, workspace_id: int, calls: Sequence[Call], now: datetime) -> list[Problem]:
    """Make and change the groups, and let calls of contacts who are no members yet be the event `group_joined`.

    Returns what could not be kept. Nothing is committed.
    """
    wanted = [call for call in calls if call.group is not None]
    if not wanted:
        return []
    result = groups.upsert(session, workspace_id, [call.group or {} for call in wanted], now)
    inside = _inside(session, workspace_id, wanted)
    for call in wanted:
        key = (call.group or {})["key"]
        if (call.keys[0], key) in inside:
            continue
        inside.add((call.keys[0], key))
        joined: dict[str, Any] = {"event_id": call.message_id, "occurred_at": call.at, "properties": {}}
        call.event = {"name": JOINED, "group": {"key": key}, **joined}
    return [_told(wrong, wanted) for wrong in result.errors]


def _inside(session: Session, workspace_id: int, calls: Sequence[Call]) -> set[tuple[Any, str]]:
    """Whose name is that of a member already, and of which group."""
    found = locate(session, workspace_id, {call.keys[0] for call in calls})
    people = {person[0]: key for key, person in found.items()}
    query = (
        select(GroupMember.contact_id, CustomerGroup.key)
        .join(CustomerGroup, CustomerGroup.id == GroupMember.group_id)
        .where(
            GroupMember.workspace_id == workspace_id,
            GroupMember.left_at.is_(None),
            among(session, GroupMember.contact_id, set(people)),
            among(session, CustomerGroup.key, {(call.group or {})["key"] for call in calls}),
        )
    )
    return {(people[contact], key) for contact, key in session.execute(query)}


def _told(wrong: Problem, calls: Sequence[Call]) -> Problem:
    _, number, rest = wrong.path.split(".", 2)
    field = rest.replace("attributes", "traits", 1) if rest.startswith("attributes") else f"traits.{rest}"
    return Problem(f"{calls[int(number)].path}{field}", wrong.words)
