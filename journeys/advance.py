"""The one pure function that moves subjects: the engine, the simulator and the tests all call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from journeys import acting, alarms, moving
from journeys.kinds.task import TASK_DONE, Task
from journeys.kinds.wait import Wait
from journeys.pauses import Pause
from journeys.plan import ArrowPlan, Plan
from journeys.position import ENDED, HOLDOUT, NEW, RESTING, STOPPED, Facts, Move, Position, Signal
from journeys.walk import Queued, Walk, moment

#: Signals and alarms of one subject taken in one call; beyond it something repeats faster than time goes by.
MOST_TURNS = 20_000


def advance(
    plan: Plan,
    positions: Sequence[Position],
    signals: Sequence[Sequence[Signal]],
    facts: Sequence[Facts],
    now: datetime,
    pauses: Sequence[Pause] = (),
) -> list[Move]:
    """Move a batch of subjects of one plan as far as their signals and alarms carry them by `now`.

    The three sequences are aligned, one element a subject. Nothing given is changed; the answer has a new position,
    the trail, and the deeds to be done, for each. All times are aware UTC.
    """
    return [
        _advance_one(plan, position, heard, known, now, pauses)
        for position, heard, known in zip(positions, signals, facts, strict=True)
    ]


def _advance_one(
    plan: Plan,
    position: Position,
    signals: Sequence[Signal],
    facts: Facts,
    now: datetime,
    pauses: Sequence[Pause],
) -> Move:
    walk = Walk(plan, position, signals, facts, now, pauses)
    pos = walk.pos
    if pos.status == NEW:
        _open(walk)
    elif pauses and pos.step is not None:
        _after_pause(walk)
    live(walk)
    return Move(pos, walk.trail, walk.deeds, walk.goals)


def expel(
    plan: Plan,
    position: Position,
    signals: Sequence[Signal],
    facts: Facts,
    now: datetime,
    result: str,
) -> Move:
    """End the journey for one subject at `now`, whatever is due: nothing rings, nothing is taken, goals still count.

    For those who leave during a pause, and for everybody inside a journey that is archived.
    """
    walk = Walk(plan, position, [s for s in signals if s.kind == "event"], facts, now)
    pos = walk.pos
    if pos.status != ENDED:
        if pos.status == NEW:
            held_out: dict[str, Any] = {"holdout": True} if pos.state.pop("holdout", False) else {}
            walk.crumb(pos.entered_journey, "open", entry=pos.entry_id, **held_out)
        walk.scene.now = pos.taken_at = max(now, pos.taken_at)
        acting.leave(walk, pos.taken_at, result)
    _goals_only(walk)
    return Move(pos, walk.trail, walk.deeds, walk.goals)


def live(walk: Walk) -> None:
    """Take the signals and ring the alarms of one subject, in the order of their time, as far as its now."""
    pos = walk.pos
    for _ in range(MOST_TURNS):
        if pos.status == ENDED:
            _goals_only(walk)
            break
        due = pos.due_at
        head = walk.queue[0] if walk.queue else None
        if (
            due is not None
            and due <= walk.now
            and (head is None or max(due, pos.taken_at, walk.earliest) < head[0])
        ):
            _ring(walk)
        elif head is not None:
            walk.queue.pop(0)
            _take(walk, head)
        else:
            break
    else:
        moving.stop(walk, pos.taken_at, "loop_limit")


def _open(walk: Walk) -> None:
    """Enter the journey through its entry; a held-out subject stands there instead."""
    pos, at = walk.pos, walk.pos.entered_journey
    entry = next((e for e in walk.plan.entries if e.id == pos.entry_id), None)
    if pos.state.pop("holdout", False):
        pos.status, pos.step_due = HOLDOUT, walk.plan.goals_until(at)
        walk.crumb(at, "open", entry=pos.entry_id, holdout=True)
        return
    walk.scene.now = at
    if entry is None:
        moving.stop(walk, at, "entry_gone")
        return
    walk.crumb(at, "open", entry=pos.entry_id)
    moving.run(walk, moving.Next(entry.target, at, None))


def _begin_turn(walk: Walk, at: datetime) -> None:
    walk.scene.now = at
    walk.silent.clear()
    walk.steps_in_run = 0
    walk.because = None


def _ring(walk: Walk) -> None:
    """Let the earlier alarm ring, the step's before the stage's on a tie."""
    pos = walk.pos
    step_first = pos.step_due is not None and (pos.stage_due is None or pos.step_due <= pos.stage_due)
    due = pos.step_due if step_first else pos.stage_due
    assert due is not None
    at = max(due, pos.taken_at, walk.earliest)
    _begin_turn(walk, at)
    pos.taken_at = at
    if pos.status == HOLDOUT:
        moving.end(walk, "holdout", at, None)
    elif step_first:
        pos.step_due = None
        walk.rung_late = bool(pos.state.pop("late", False))
        leave = walk.plan.steps[pos.step or ""].kind.ring(walk, at)
        if leave is not None:
            moving.run(walk, moving.leave_step(walk, *leave))
    else:
        arrow = alarms.ring(walk, at)
        if arrow is not None and moving.where_holds(walk, arrow):
            moving.run(walk, moving.follow(walk, arrow, at))
        elif pos.status == RESTING:
            moving.run(walk, moving.settle(walk, at))


def _take(walk: Walk, queued: Queued) -> None:
    """Take one signal: let it be seen, let it move anchors and reach goals, then offer it inside out."""
    at, _, _, signal, only = queued
    pos = walk.pos
    if only and only != pos.seq:
        return
    if signal.kind == "task" and not _answers(walk, signal):
        # The subject has gone on meanwhile: what the staff did is an event like any other.
        signal = replace(signal, kind="event", name=TASK_DONE)
    at = max(at, pos.taken_at) if not only else at
    _begin_turn(walk, at)
    if not only:
        _apply(walk, signal, at)
    if pos.status == STOPPED and signal.kind != "hand":
        return
    if pos.status == HOLDOUT and signal.kind != "hand":
        return
    seq, visit, step, taken = pos.seq, pos.visit, pos.step, False
    if signal.kind == "hand":
        acting.by_hand(walk, signal, at)
    else:
        before = walk.scene.event
        walk.scene.event = {**signal.data, "name": signal.name}
        taken = _offer(walk, signal, at, bool(only))
        if not taken:
            walk.scene.event = before
    if taken or (pos.seq, pos.visit, pos.step) != (seq, visit, step):
        pos.taken_at = max(at, pos.taken_at)


def _answers(walk: Walk, signal: Signal) -> bool:
    kind = walk.plan.steps[walk.pos.step].kind if walk.pos.step else None
    return isinstance(kind, Task) and kind.answers(walk, signal)


def _apply(walk: Walk, signal: Signal, at: datetime) -> None:
    """Make the signal part of the facts: history, changed fields, anchors, goals."""
    pos = walk.pos
    anchored = False
    if signal.kind == "event":
        walk.remember_event(signal)
        anchored = signal.name in walk.plan.anchor_events
        _count_goals(walk, signal)
    elif signal.kind == "changed":
        if signal.id:
            # What a step has changed is known already, and may have changed again in the same run.
            walk.apply(signal, "new")
        anchored = signal.name in walk.plan.anchor_fields
    elif signal.kind == "retimed":
        anchored = walk.zone_moved = True
    if anchored and pos.status not in (STOPPED, HOLDOUT):
        # What has been moved into the past rings behind this signal, at its time.
        walk.earliest = at
        alarms.retime(walk)
        if pos.step is not None and not walk.held:
            walk.plan.steps[pos.step].kind.retime(walk, at)
        walk.zone_moved = False


def _offer(walk: Walk, signal: Signal, at: datetime, step_only: bool) -> bool:
    """Offer a signal to the current step, then to the arrows of its stage, then to those of any stage."""
    pos = walk.pos
    if pos.step is not None:
        leave = walk.plan.steps[pos.step].kind.hear(walk, signal, at)
        if leave is not None:
            walk.note("event", dict(walk.scene.event or {}))
            moving.run(walk, moving.leave_step(walk, *leave))
            return True
    if step_only or signal.kind == "receipt":
        return False
    for arrow in _arrows(walk, signal):
        if arrow.type == "when":
            if arrow.target.stage == pos.stage or arrow.when is None or not walk.holds(arrow.when):
                continue
        if not moving.where_holds(walk, arrow):
            continue
        if arrow.type == "when" and moving.enters_again(walk, arrow, at):
            continue
        walk.note("event", dict(walk.scene.event or {}))
        moving.run(walk, moving.follow(walk, arrow, at))
        return True
    if pos.status == RESTING:
        moving.run(walk, moving.settle(walk, at))
    return False


def _arrows(walk: Walk, signal: Signal) -> Sequence[ArrowPlan]:
    by = walk.stage.by_change if signal.kind == "changed" else walk.stage.by_event
    return by.get(signal.name, ())


def _after_pause(walk: Walk) -> None:
    """Set the wait at which the subject stands anew if a pause has fallen into it."""
    pos, last = walk.pos, walk.pauses[-1].until
    seen = moment(pos.state.get("resumed"))
    kind = walk.plan.steps[pos.step or ""].kind
    if not isinstance(kind, Wait) or pos.step_due is None or (seen is not None and last <= seen):
        return
    walk.note("resumed", last.isoformat())
    walk.scene.now = walk.now
    kind.set(walk, walk.now)


def _count_goals(walk: Walk, signal: Signal) -> None:
    """Count the goals that this event reaches: by its own time, once each, never by another key's event."""
    pos, plan = walk.pos, walk.plan
    for goal in plan.goals:
        if signal.name not in goal.names or signal.at < pos.entered_journey:
            continue
        if goal.within is not None and signal.at > goal.within.add(pos.entered_journey, walk.zone):
            continue
        if plan.key_field and plan.key_of(signal.data) != plan.key_of(pos.state.get("entry") or {}):
            continue
        if goal.where is None or walk.holds_of(goal.where, signal.name, signal.data):
            walk.reach(goal.id, signal.at)


def _goals_only(walk: Walk) -> None:
    """After the end only goals are still counted."""
    for _, _, _, signal, _ in walk.queue:
        if signal.kind == "event":
            walk.scene.now = signal.at
            walk.remember_event(signal)
            _count_goals(walk, signal)
    walk.queue.clear()
