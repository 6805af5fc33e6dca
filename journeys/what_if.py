"""What would become of one subject if these things happened: where he comes in, and his course from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from journeys.entering import entry_by_event, entry_named, may_reenter, scene_of
from journeys.foreseeing import Course, live_on, remember
from journeys.pauses import Pause
from journeys.plan import EntryPlan, Plan
from journeys.position import Facts, Position, Signal, fresh
from journeys.words import Words
from rules.conditions import Rule
from rules.explain import Reason, explain


@dataclass(frozen=True, slots=True)
class Past:
    """Of somebody who is not inside: whether he ever was, and when he left last."""

    been: bool = False
    ended: datetime | None = None


@dataclass(slots=True)
class Answer:
    """What came of it; without a course he never got in, and `why` says so."""

    course: Course | None
    entry: EntryPlan | None = None
    entered: datetime | None = None
    why: Words | None = None
    #: What the entry's rule saw that kept him out.
    reasons: tuple[Reason, ...] = ()


def goes_on(
    plan: Plan,
    position: Position,
    facts: Facts,
    now: datetime,
    until: datetime,
    events: Sequence[Signal],
    pauses: Sequence[Pause] = (),
) -> Answer:
    """The course of somebody who is inside, from where he stands."""
    return Answer(live_on(plan, Course(position, facts), now, until, events, pauses))


def comes_in(
    plan: Plan,
    facts: Facts,
    past: Past,
    now: datetime,
    until: datetime,
    events: Sequence[Signal],
    entry_id: str | None = None,
) -> Answer:
    """The course of somebody who is not inside: he comes in by the first event that opens an entry.

    If no entry waits for any of these events, or `entry_id` names one, he is put in by hand at `now`. He comes in
    once: what would let him in again after his end is not played.
    """
    awaited = {name for entry in plan.entries if entry.type == "event" for name in entry.names}
    if entry_id is not None or not any(event.name in awaited for event in events):
        entry_id = entry_id or (plan.entries[0].id if plan.entries else None)
        entry = entry_named(plan, (), entry_id, {}, facts, now)
        if entry is None:
            return _kept_out(plan, facts, now, entry_id)
        return _begin(plan, entry, now, facts, past, until, events, None)
    known = Course(fresh("", now), facts)
    for place, event in enumerate(events):
        remember(plan, known, [event])
        entry = entry_by_event(plan, event.name, event.data, known.facts, event.at)
        if entry is not None:
            return _begin(plan, entry, event.at, known.facts, past, until, events[place + 1 :], event)
    refusing = next(event for event in events if event.name in awaited)
    named = next(e for e in plan.entries if e.type == "event" and refusing.name in e.names)
    return _kept_out(plan, facts, refusing.at, named.id, refusing)


def _begin(
    plan: Plan,
    entry: EntryPlan,
    at: datetime,
    facts: Facts,
    past: Past,
    until: datetime,
    events: Sequence[Signal],
    by: Signal | None,
) -> Answer:
    if not may_reenter(plan, at, past.been, past.ended):
        why = Words(
            "他之前进入过这个旅程，重新进入的设置现在不允许。",
            "He was inside before, and the settings do not let him in again yet.",
        )
        return Answer(None, entry, None, why)
    told = {**by.data, "name": by.name} if by is not None else {"name": "enroll"}
    position = fresh(entry.id, at, told, holdout=plan.holdout(facts.subject))
    return Answer(live_on(plan, Course(position, facts), at, until, events), entry, at)


def _kept_out(
    plan: Plan, facts: Facts, at: datetime, entry_id: str | None, by: Signal | None = None
) -> Answer:
    entry = next((e for e in plan.entries if e.id == entry_id), None)
    if entry is None:
        return Answer(None, None, None, Words("这张图没有这个入口。", "The drawing has no such entry."))
    event = {**by.data, "name": by.name} if by is not None else {"name": ""}
    rule: Rule | None = entry.where
    reasons = tuple(explain(rule, scene_of(plan, facts, at, event))) if rule is not None else ()
    why = Words(
        "入口的条件不满足，进不来。", "The condition of the entry does not hold, so he does not get in."
    )
    return Answer(None, entry, None, why, reasons)
