"""Events in customer groups: one that names a person and a group is a signal to both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.group_reading import key_problem
from audience.tables_groups import CustomerGroup
from store.bulk import among
from store.inbox import NewSignal
from store.problem import Problem, problem
from store.subjects import GROUP_KEY, of_group

#: The fields of an event that name its group; at most one of them.
NAMES = ("group", "group_id")
#: The property under which a person's event tells in which group it happened, and a group's event who did it.
GROUP, MEMBER = "group", "member"


def of_event(given: Mapping[str, Any], path: str) -> tuple[dict[str, Any], list[Problem]]:
    """Read which group an event names: {"group": key} or {"group_id": number}, empty if none."""
    named = [name for name in NAMES if given.get(name) is not None]
    if not named:
        return {}, []
    if len(named) > 1:
        return {}, [problem(path, "group 与 group_id 只填一个。", "Give either group or group_id.")]
    value = given[named[0]]
    if named == ["group_id"]:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
            return {}, [problem(f"{path}.group_id", "须是正整数。", "Give a positive whole number.")]
        return {"group_id": value}, []
    key = value.get("key") if isinstance(value, Mapping) and value.keys() == {"key"} else value
    wrong = key_problem(key, f"{path}.group")
    return ({}, [wrong]) if wrong else ({"group": key}, [])


def keys_of(session: Session, workspace_id: int, ids: Iterable[int]) -> dict[int, str]:
    """The keys of those groups that the workspace has, by id."""
    query = select(CustomerGroup.id, CustomerGroup.key).where(
        CustomerGroup.workspace_id == workspace_id, among(session, CustomerGroup.id, sorted(set(ids)))
    )
    return dict(session.execute(query).all())


def of_the_group(key: str, group_id: int | None, signal: NewSignal) -> NewSignal:
    """The group's own signal of something that one of its members did; the member stands in it under a cover name."""
    data = {**signal.data, GROUP: key, MEMBER: _cover(signal)}
    event_id = None
    if signal.event_id is not None:
        # A control character in front, so that no event from outside has this id by chance.
        event_id = f"\x1fgroup:{hashlib.sha256(signal.event_id.encode()).hexdigest()}"
    return replace(
        signal,
        data=data,
        event_id=event_id,
        contact_id=None if group_id is None else of_group(group_id),
        identity={GROUP_KEY: key} if group_id is None else None,
    )


def _cover(signal: NewSignal) -> str:
    """The same for the same name of a person, and nothing that leads back to it."""
    kind, value = next(iter(sorted((signal.identity or {"contact": str(signal.contact_id)}).items())))
    text = f"{signal.workspace_id}:{kind}:{value}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
