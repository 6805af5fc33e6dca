"""Who gets in: entries judged on a signal, and re-entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from journeys.plan import EntryPlan, Plan
from journeys.position import Facts
from rules.conditions import Scene

#: The event of a new friend; its `channel` is the key of the code by which he came.
FRIEND_ADDED = "friend_added"


def scene_of(plan: Plan, facts: Facts, at: datetime, event: Mapping[str, Any]) -> Scene:
    """What a rule sees of a subject that is not inside: `event` is the one at hand, with its `name`."""
    return Scene(
        attributes=facts.attributes,
        tags=set(facts.tags),
        segments=facts.segments,
        tiers=facts.tiers,
        matchings=facts.matchings,
        variables={},
        event=event,
        entry=event,
        stage="",
        history={name: [(when, data) for when, _, data in rows] for name, rows in facts.history.items()},
        now=at,
        zone=facts.zone or plan.zone,
        workdays=plan.workdays,
    )


def entry_by_event(
    plan: Plan, name: str, data: Mapping[str, Any], facts: Facts, at: datetime
) -> EntryPlan | None:
    """The first entry, in drawn order, that an event opens: of its name, or of the code by which a friend came."""
    code = data.get("channel") if name == FRIEND_ADDED else None
    found = [
        e
        for e in plan.entries
        if (e.type == "event" and name in e.names) or (e.type == "channel" and code in e.names)
    ]
    return _first(plan, found, name, data, facts, at)


def entry_by_change(
    plan: Plan, field: str, data: Mapping[str, Any], facts: Facts, at: datetime
) -> EntryPlan | None:
    """The first entry that a changed field opens: a tag just put on, a segment just entered."""
    if field.startswith("segment.") and data.get("new"):
        key = field.removeprefix("segment.")
        found = [e for e in plan.entries if e.type == "segment" and key in e.names]
        return _first(plan, found, "changed", data, facts, at)
    if field != "tags":
        return None
    added = set(data.get("new") or ()) - set(data.get("old") or ())
    entries = [e for e in plan.entries if e.type == "tag" and e.names & added]
    return _first(plan, entries, "changed", data, facts, at)


def entry_named(
    plan: Plan,
    types: tuple[str, ...],
    entry_id: str | None,
    data: Mapping[str, Any],
    facts: Facts,
    at: datetime,
) -> EntryPlan | None:
    """The entry with this id, or the first of these types, if its rule lets the subject in."""
    entries = [e for e in plan.entries if (e.id == entry_id if entry_id else e.type in types)]
    return _first(plan, entries or [], str(data.get("name", "")), data, facts, at)


def may_reenter(plan: Plan, at: datetime, begun_before: bool, ended_at: datetime | None) -> bool:
    """True if somebody who was inside before (and left at `ended_at`) may enter again at `at`."""
    if not begun_before:
        return True
    if plan.reentry == "never":
        return False
    if plan.reentry == "after_exit" and plan.reentry_after is not None and ended_at is not None:
        return at >= plan.reentry_after.add(ended_at, plan.zone)
    return True


def _first(
    plan: Plan, entries: list[EntryPlan], name: str, data: Mapping[str, Any], facts: Facts, at: datetime
) -> EntryPlan | None:
    if not entries:
        return None
    if all(e.where is None for e in entries):
        return entries[0]
    scene = scene_of(plan, facts, at, {**data, "name": name})
    return next((e for e in entries if e.where is None or e.where.holds(scene)), None)
