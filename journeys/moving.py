"""How a subject moves: leaving a step, following an arrow, entering a stage, finishing, resting, ending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from journeys import alarms
from journeys.plan import ArrowPlan, Target
from journeys.position import ENDED, RESTING, STOPPED, WAITING, Withdraw
from journeys.walk import Walk, iso, moment

#: A run of more timeless steps than this is an error of that one enrollment.
LONGEST_RUN = 200
#: So many entries of one step are allowed within 24 hours of journey time.
MOST_ENTRIES = 50


class Next:
    """The next thing to do in a run: enter a step, or a stage (at a step, at its initial, or at a remembered place)."""

    __slots__ = ("target", "at", "arrow", "place")

    def __init__(self, target: Target, at: datetime, arrow: str | None, place: dict[str, Any] | None = None):
        self.target, self.at, self.arrow, self.place = target, at, arrow, place


def run(walk: Walk, todo: Next | None) -> None:
    """Run to completion: until a step takes time, or the subject rests, ends or is stopped."""
    while todo is not None:
        match todo.target.kind:
            case "end":
                todo = end(walk, todo.target.result, todo.at, todo.arrow)
            case "step" if todo.target.stage == walk.pos.stage and todo.place is None:
                todo = enter_step(walk, todo.target.step or "", todo.at)
            case _:
                todo = enter_stage(walk, todo)


def enter_step(walk: Walk, step_id: str, at: datetime) -> Next | None:
    """Enter a step that is due to begin at `at` and let it begin."""
    pos, step = walk.pos, walk.plan.steps[step_id]
    pos.seq += 1
    pos.step, pos.step_begun, pos.step_due, pos.status = step_id, at, None, WAITING
    drop_standing(walk)
    walk.deed_no = 0
    walk.because = None
    walk.steps_in_run += 1
    if walk.steps_in_run > LONGEST_RUN or (step.loops and too_often(walk, step_id, at)):
        return stop(walk, at, "loop_limit")
    leave = step.kind.begin(walk, at)
    return leave_step(walk, *leave) if leave else None


def leave_step(walk: Walk, exit: str, at: datetime) -> Next | None:
    """Leave the current step by an exit and go where it leads; unconnected, it finishes the stage."""
    pos = walk.pos
    step = walk.plan.steps[pos.step or ""]
    target, arrow = step.ways[exit]
    detail: dict[str, Any] = {}
    if walk.sent_at is not None:
        detail["key"] = f"{pos.seq}:1"
    if walk.because:
        detail["because"] = walk.because
    walk.crumb(at, "step", exit=exit, arrow=arrow, **detail)
    leave_place(walk)
    if target is None:
        return finish(walk, at)
    if arrow in step.to_last:
        place = take_remembered(walk, target.stage)
        if target.stage == pos.stage:
            return come_back(walk, place, at, arrow)
        leave_stage(walk, at, interrupts=False)
        return Next(target, at, arrow, place)
    if target.kind == "step" and target.stage == pos.stage:
        return Next(target, at, arrow)
    leave_stage(walk, at, interrupts=False)
    return Next(target, at, arrow)


def follow(walk: Walk, arrow: ArrowPlan, at: datetime) -> Next | None:
    """Follow a stage arrow; all but `done` interrupt the steps of the stage."""
    pos, target = walk.pos, arrow.target
    see(walk, arrow)
    interrupts = arrow.type != "done"
    if interrupts:
        remember(walk)
    place = take_remembered(walk, target.stage) if arrow.to_last else None
    if target.stage == pos.stage and (target.kind == "step" or arrow.to_last):
        # Within the stage: entered_stage, visit and the stage's alarms are kept.
        if target.kind == "step":
            walk.crumb(at, "jump", arrow=arrow.id, to=target.step)
        leave_place(walk)
        return come_back(walk, place, at, arrow.id) if arrow.to_last else Next(target, at, arrow.id)
    leave_stage(walk, at, interrupts=interrupts)
    leave_place(walk)
    return Next(target, at, arrow.id, place)


def enter_stage(walk: Walk, todo: Next) -> Next | None:
    """Enter a stage: pass through it if a moment has passed or a rule holds, else set its alarms and begin."""
    pos, at = walk.pos, todo.at
    if todo.target.stage != pos.stage:
        walk.skipping(False)
    pos.stage, pos.step, pos.step_due, pos.entered_stage = todo.target.stage, None, None, at
    pos.visit += 1
    pos.status = WAITING
    walk.scene.stage = pos.stage
    forget(walk, pos.stage)
    passed: set[str] = set()
    taken: ArrowPlan | None = None
    for arrow in walk.stage.on_entry:
        if asked_on_entry(walk, arrow, at, passed) and taken is None and not enters_again(walk, arrow, at):
            taken = arrow
    if taken is not None:
        return pass_through(walk, taken, at, todo.arrow, passed)
    change_tags(walk, walk.stage.tags, at)
    walk.crumb(at, "stage", arrow=todo.arrow)
    alarms.set_alarms(walk, passed)
    if todo.place is not None:
        return come_back(walk, todo.place, at, todo.arrow)
    step = todo.target.step or walk.stage.initial
    if step is None:
        return finish(walk, at)
    return enter_step(walk, step, at)


def pass_through(walk: Walk, arrow: ArrowPlan, at: datetime, by: str | None, passed: set[str]) -> Next | None:
    """Leave a stage on entering it; an arrow to a place in the stage itself begins there instead of at its initial."""
    see(walk, arrow)
    walk.crumb(at, "through", arrow=arrow.id, by=by)
    target = arrow.target
    place = take_remembered(walk, target.stage) if arrow.to_last else None
    if target.stage == walk.pos.stage and (target.kind == "step" or arrow.to_last):
        change_tags(walk, walk.stage.tags, at)
        alarms.set_alarms(walk, passed)
        return come_back(walk, place, at, arrow.id) if arrow.to_last else Next(target, at, arrow.id)
    leave_stage(walk, at, interrupts=False)
    return Next(target, at, arrow.id, place)


def asked_on_entry(walk: Walk, arrow: ArrowPlan, at: datetime, passed: set[str]) -> bool:
    """True if this arrow takes the subject at once on entering; a passed moment rings no more in this visit."""
    if arrow.type == "when":
        same = arrow.target.stage == walk.pos.stage
        return not same and arrow.when is not None and walk.holds(arrow.when) and where_holds(walk, arrow)
    timed = arrow.timed
    if timed is None or timed.moment.repeats:
        return False
    due, _ = alarms.resolve(walk, arrow, at)
    if due is None or due > at:
        return False
    passed.add(arrow.id)
    return arrow.asks_past and where_holds(walk, arrow)


def enters_again(walk: Walk, arrow: ArrowPlan, at: datetime) -> bool:
    """Within one signal no stage is entered twice by done, when and passed at arrows; the second is passed over."""
    stage = arrow.target.stage
    if not stage or (stage == walk.pos.stage and (arrow.target.kind == "step" or arrow.to_last)):
        return False
    if stage in walk.silent:
        walk.crumb(at, "passed_over", arrow=arrow.id)
        return True
    walk.silent.add(stage)
    return False


def where_holds(walk: Walk, arrow: ArrowPlan) -> bool:
    """True if the arrow has no `where`, or it holds."""
    return arrow.where is None or walk.holds(arrow.where)


def see(walk: Walk, arrow: ArrowPlan) -> None:
    """Keep what the rules of an arrow saw that has been taken."""
    for rule in (arrow.when, arrow.where):
        if rule is not None:
            walk.see(rule)


def finish(walk: Walk, at: datetime) -> Next | None:
    """The steps of the stage are finished: take the first done arrow that may be taken, else rest."""
    for arrow in walk.stage.done:
        if where_holds(walk, arrow) and not enters_again(walk, arrow, at):
            return follow(walk, arrow, at)
    return rest(walk, at)


def rest(walk: Walk, at: datetime) -> Next | None:
    """Stand in the stage at no step."""
    pos = walk.pos
    pos.step, pos.step_due, pos.step_begun, pos.status = None, None, at, RESTING
    walk.crumb(at, "rest")
    return settle(walk, at)


def settle(walk: Walk, at: datetime) -> Next | None:
    """End as completed if the subject rests where no arrow of the stage itself can still be taken."""
    stage = walk.stage
    if walk.pos.status != RESTING or stage.stay or stage.listens or alarms.can_still_ring(walk):
        return None
    leave_stage(walk, at, interrupts=False)
    return end(walk, "completed", at, None)


def end(walk: Walk, result: str, at: datetime, arrow: str | None) -> None:
    """The journey is over for this subject."""
    pos = walk.pos
    change_tags(walk, (), at)
    pos.step, pos.step_due, pos.stage_due = None, None, None
    walk.crumb(at, "end", arrow=arrow, result=result)
    pos.status, pos.result, pos.ended_at = ENDED, result, at
    for key in ("alarms", "remembered", "loops", "skipping", "hold", "from", "sent", "late", "task"):
        pos.state.pop(key, None)


def stop(walk: Walk, at: datetime, error: str) -> None:
    """An error of this one enrollment: it stands, is listed under needs attention, and only a hand moves it on."""
    pos = walk.pos
    pos.status, pos.step_due, pos.stage_due = STOPPED, None, None
    walk.note("error", error)
    walk.crumb(at, "stop", error=error)


def leave_place(walk: Walk) -> None:
    """Be at no step any more."""
    walk.pos.step, walk.pos.step_due = None, None
    drop_standing(walk)
    walk.because = None


def drop_standing(walk: Walk) -> None:
    """Forget what the step just left was waiting for."""
    state = walk.pos.state
    for key in ("hold", "from", "sent", "late", "task"):
        state.pop(key, None)


def leave_stage(walk: Walk, at: datetime, *, interrupts: bool, stops: bool = False) -> None:
    """Leave the stage: its alarms and bound journeys end; an interruption also withdraws its messages and tasks.

    If it `stops`, those of all stages before are withdrawn, too.
    """
    pos, stage = walk.pos, walk.stage
    worn = walk.trail and walk.trail[-1].op == "through"
    walk.off = walk.off if worn else tuple(dict.fromkeys((*walk.off, *stage.tags)))
    alarms.clear(walk)
    if interrupts:
        pos.void_seq = pos.seq
    if stops:
        walk.deeds.append(Withdraw(at, pos.visit, messages=True, tasks=True, whole=True))
        return
    messages, tasks = interrupts and stage.sends, interrupts and stage.tasks
    if messages or tasks or stage.bounds:
        walk.deeds.append(Withdraw(at, pos.visit, messages, tasks))


def change_tags(walk: Walk, tags: tuple[str, ...], at: datetime) -> None:
    """Take off the tags of the stages left, and put on those of the stage entered."""
    off = tuple(t for t in walk.off if t not in tags)
    walk.off = ()
    if off or tags:
        walk.tag(tags, off, at)


def remember(walk: Walk) -> None:
    """Note the place at which an interrupting arrow meets the subject, if some arrow comes back to its stage."""
    pos = walk.pos
    stage = pos.stage or ""
    remembered = pos.state.get("remembered") or {}
    if stage not in walk.plan.remembers or stage in remembered:
        return
    place: dict[str, Any] = {"step": pos.step}
    if pos.step is not None:
        place |= {"begun": iso(pos.step_begun), "due": iso(pos.step_due), "from": pos.state.get("from")}
    walk.note("remembered", {**remembered, stage: place})


def take_remembered(walk: Walk, stage: str) -> dict[str, Any] | None:
    """The place remembered for a stage; using it clears it."""
    place = (walk.pos.state.get("remembered") or {}).get(stage)
    forget(walk, stage)
    return place


def forget(walk: Walk, stage: str) -> None:
    """Clear what is remembered for a stage."""
    remembered = walk.pos.state.get("remembered")
    if remembered and stage in remembered:
        walk.note("remembered", {k: v for k, v in remembered.items() if k != stage} or None)


def come_back(walk: Walk, place: dict[str, Any] | None, at: datetime, arrow: str | None) -> Next | None:
    """Stand again where an interruption met the subject; a wait keeps its begin and its alarm.

    With nothing remembered, the stage's initial step begins, or the stage is finished if it has none.
    """
    pos = walk.pos
    if place is None:
        walk.crumb(at, "back", arrow=arrow)
        initial = walk.stage.initial
        return finish(walk, at) if initial is None else enter_step(walk, initial, at)
    step_id = place["step"]
    if step_id is None:
        walk.crumb(at, "back", arrow=arrow)
        return rest(walk, at)
    kind = walk.plan.steps[step_id].kind
    if kind.kind not in ("wait", "wait_event") or place.get("anew"):
        # A message that was held or on its way has been withdrawn: the step is done again.
        return enter_step(walk, step_id, at)
    pos.seq += 1
    pos.step, pos.status = step_id, WAITING
    pos.step_begun, pos.step_due = moment(place["begun"]), moment(place["due"])
    walk.note("from", place.get("from"))
    if pos.step_due is None:
        # Its anchor was missing; it may have come since.
        kind.retime(walk, at)
    walk.crumb(at, "back", arrow=arrow)
    return None


def too_often(walk: Walk, step_id: str, at: datetime) -> bool:
    """Count an entry of a step that lies in a loop; True past the limit within 24 hours of journey time."""
    a_day_ago = at - timedelta(hours=24)
    loops: dict[str, list[Any]] = {}
    for step, (since, count) in (walk.pos.state.get("loops") or {}).items():
        if (begun := moment(since)) is not None and begun > a_day_ago:
            loops[step] = [since, count]
    since, count = loops.get(step_id, (iso(at), 0))
    loops[step_id] = [since, count + 1]
    walk.note("loops", loops)
    return bool(count + 1 > MOST_ENTRIES)
