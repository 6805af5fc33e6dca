"""What a person does to one subject by hand: exit, move, skip, retry."""

from __future__ import annotations

from datetime import datetime

from journeys import alarms, moving
from journeys.position import HOLDOUT, STOPPED, WAITING, Signal
from journeys.walk import Walk

EXIT, MOVE, SKIP, RETRY = "exit", "move", "skip", "retry"
ACTS = (EXIT, MOVE, SKIP, RETRY)
#: The result of an exit by hand that names none.
EXITED = "exited"


def by_hand(walk: Walk, signal: Signal, at: datetime) -> None:
    """Carry out an act; one that does not fit any more, because the subject has moved on meanwhile, does nothing."""
    pos, data = walk.pos, signal.data
    act, was_stopped = data.get("act"), pos.status == STOPPED
    if act == EXIT:
        leave(walk, at, str(data.get("result") or EXITED))
    elif pos.status == HOLDOUT:
        return  # whoever is held out takes no step, by nobody's hand
    elif act == MOVE and data.get("to") in walk.plan.targets:
        _move(walk, str(data["to"]), at, was_stopped)
    elif act in (SKIP, RETRY) and pos.step is not None:
        step = walk.plan.steps[pos.step]
        _go_on(walk, was_stopped)
        if act == SKIP:
            moving.run(walk, moving.leave_step(walk, step.kind.skipped(walk) or step.first, at))
        else:
            moving.run(walk, moving.enter_step(walk, step.id, at))


def leave(walk: Walk, at: datetime, result: str) -> None:
    """End the journey for this subject here and now: an interruption of all that it has left open anywhere."""
    walk.pos.state.pop("error", None)
    if walk.pos.stage is not None:
        moving.leave_stage(walk, at, interrupts=True, stops=True)
    moving.leave_place(walk)
    moving.run(walk, moving.end(walk, result, at, None))


def _move(walk: Walk, to: str, at: datetime, was_stopped: bool) -> None:
    pos, target = walk.pos, walk.plan.targets[to]
    moving.remember(walk)
    walk.crumb(at, "moved", to=to)
    if target.kind == "step" and target.stage == pos.stage:
        _go_on(walk, was_stopped)
    else:
        pos.state.pop("error", None)
        if pos.stage is not None:
            moving.leave_stage(walk, at, interrupts=True, stops=target.kind == "end")
    moving.leave_place(walk)
    moving.run(walk, moving.Next(target, at, None))


def _go_on(walk: Walk, was_stopped: bool) -> None:
    """Let somebody who was stopped go on in his stage: its alarms, silent meanwhile, are set again."""
    walk.pos.state.pop("error", None)
    walk.pos.status = WAITING
    if was_stopped:
        alarms.retime(walk)
