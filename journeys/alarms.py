"""A stage's alarms: setting them on entering, ringing them, and setting them anew when their anchor moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from journeys.plan import ArrowPlan
from journeys.walk import Walk, iso, moment

#: state["alarms"][arrow id] = [due or null, anchor or null, 1 if it has rung and rings no more in this visit]
Alarm = list[Any]


def set_alarms(walk: Walk, passed: set[str]) -> None:
    """Set every alarm of the stage just entered; those in `passed` were asked on entering and ring no more."""
    alarms: dict[str, Alarm] = {}
    begun = walk.pos.entered_stage
    assert begun is not None
    for arrow in walk.stage.alarms:
        due, anchor = resolve(walk, arrow, begun)
        alarms[arrow.id] = [iso(due), anchor, 1] if arrow.id in passed else [iso(due), anchor, 0]
    keep(walk, alarms)


def resolve(
    walk: Walk, arrow: ArrowPlan, begun: datetime, *, again: bool = False
) -> tuple[datetime | None, str | None]:
    """When an alarm counted from `begun` rings, and the anchor it counts from; (None, None) while that is missing."""
    timed = arrow.timed
    assert timed is not None
    anchor = None
    if timed.anchor is not None:
        anchor = timed.anchor.value(walk)
        if anchor is None:
            return None, None
    if again and timed.moment.every is None:
        return timed.moment.next_opening(begun, walk.zone, walk.plan.workdays), iso(anchor)
    return timed.moment.resolve(begun, anchor, walk.zone, walk.plan.workdays), iso(anchor)


def ring(walk: Walk, at: datetime) -> ArrowPlan | None:
    """The arrow whose alarm rings first of those due by now, drawn order on a tie; it is marked as rung."""
    alarms: dict[str, Alarm] = dict(walk.pos.state.get("alarms") or {})
    first: tuple[str, ArrowPlan] | None = None
    for arrow in walk.stage.alarms:
        due, _, rung = alarms.get(arrow.id, (None, None, 1))
        if due is not None and not rung and (first is None or moment(due) < moment(first[0])):  # type: ignore[operator]
            first = (due, arrow)
    if first is None:
        return None
    due, arrow = first
    if arrow.timed is not None and arrow.timed.moment.repeats:
        rung_at = moment(due)
        assert rung_at is not None
        following, anchor = resolve(walk, arrow, rung_at, again=True)
        alarms[arrow.id] = [iso(following), anchor, 0 if following else 1]
    else:
        alarms[arrow.id] = [None, alarms[arrow.id][1], 1]
    keep(walk, alarms)
    return arrow


def retime(walk: Walk) -> None:
    """Set those alarms anew whose anchor is no longer what it was."""
    begun = walk.pos.entered_stage
    old: dict[str, Alarm] = walk.pos.state.get("alarms") or {}
    if begun is None or not old:
        return
    alarms = dict(old)
    for arrow in walk.stage.alarms:
        if arrow.id not in alarms or arrow.timed is None:
            continue
        due, anchor = resolve(walk, arrow, begun)
        if anchor != alarms[arrow.id][1]:
            alarms[arrow.id] = [iso(due), anchor, 0]
        elif walk.zone_moved and not alarms[arrow.id][2]:
            alarms[arrow.id] = [iso(due), anchor, 0]
    keep(walk, alarms)


def can_still_ring(walk: Walk) -> bool:
    """True if an alarm of the stage's own arrows is set, or waits for its anchor."""
    for arrow_id, (due, anchor, rung) in (walk.pos.state.get("alarms") or {}).items():
        if arrow_id in walk.stage.own_alarms and not rung:
            if due is not None or anchor is None:
                return True
    return False


def clear(walk: Walk) -> None:
    """Drop all alarms of the stage being left."""
    walk.note("alarms", None)
    walk.pos.stage_due = None


def keep(walk: Walk, alarms: dict[str, Alarm]) -> None:
    """Keep the alarms, and the earliest of them as the stage's."""
    walk.note("alarms", alarms or None)
    dues = [moment(due) for due, _, rung in alarms.values() if due is not None and not rung]
    walk.pos.stage_due = min((d for d in dues if d is not None), default=None)
