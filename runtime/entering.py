"""Who may enter a journey: entries and re-entry are judged by the kernel, on what the engine knows of a subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from journeys import entering
from journeys.plan import EntryPlan, Plan
from journeys.position import ENDED, Facts
from runtime.rows import Arrived, Place

#: A signal stored later than this after it happened counts from when it was stored.
A_DAY = timedelta(hours=24)


def signal_time(row: Arrived) -> datetime:
    """When an opening counts as having happened: its own time, unless it is a day old or still to come."""
    if row.stored_at - row.occurred_at > A_DAY:
        return row.stored_at
    return min(row.occurred_at, row.stored_at)


def may_enter(plan: Plan, at: datetime, before: Iterable[Place]) -> bool:
    """True if a subject with these enrollments of the same journey and key may be let in at `at`."""
    ended: datetime | None = None
    been = False
    for place in before:
        been = True
        if place.status != ENDED:
            return False
        if place.ended_at is not None:
            ended = place.ended_at if ended is None else max(ended, place.ended_at)
    return entering.may_reenter(plan, at, been, ended)


def may_end_in_time(plan: Plan, due: datetime, at: datetime) -> bool:
    """True if an enrollment that moves next at `due` could end early enough to be followed by one at `at`."""
    return entering.may_reenter(plan, at, True, due)


def properties(row: Arrived) -> dict[str, Any]:
    """What `entry.*` means for the signal that opens."""
    if row.kind == "enroll":
        return dict(row.data.get("properties") or {})
    return {**row.data, "name": row.name if row.kind == "event" else row.kind}


def pick(plan: Plan, row: Arrived, named: str | None, facts: Facts, at: datetime) -> EntryPlan | None:
    """The entry by which this signal lets the subject in at `at`; `named` is the one an `enroll` signal means."""
    data: Mapping[str, Any] = row.data
    if row.kind == "event":
        return entering.entry_by_event(plan, row.name, data, facts, at)
    if row.kind == "changed":
        return entering.entry_by_change(plan, row.name, data, facts, at)
    return entering.entry_named(plan, (), named, properties(row), facts, at)
