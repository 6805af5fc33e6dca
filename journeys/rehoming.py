"""Bringing those inside to another version: places kept by id or led to a target, waits as they were or reckoned anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journeys import alarms, moving
from journeys.advance import live
from journeys.kinds.base import Kind
from journeys.pauses import Pause
from journeys.plan import ArrowPlan, Plan
from journeys.position import ENDED, HOLDOUT, NEW, RESTING, STOPPED, WAITING, Facts, Move, Position
from journeys.walk import Walk, iso, moment

#: What of a state belongs to the place, and goes back with it.
OF_THE_PLACE = ("alarms", "remembered", "hold", "from", "sent", "late", "task", "skipping", "loops")


@dataclass(frozen=True, slots=True)
class Rehoming:
    """How those inside come over.

    `targets` leads a place (a step's id, or a stage's for those who rest in it) to a step, stage or end of the new
    drawing; a place that is not named stays where it is by its id. With `recompute` waits and alarms follow the new
    drawing. While the journey is `paused` nothing rings. `note` (from, to: version numbers) goes into the trail.
    """

    targets: Mapping[str, str] = field(default_factory=dict)
    recompute: bool = False
    paused: bool = False
    pauses: Sequence[Pause] = ()
    note: Mapping[str, Any] = field(default_factory=dict)


def place_of(position: Position) -> str:
    """The step at which somebody stands, or the stage in which he rests; the entry of one who is held out."""
    return position.step or position.stage or position.entry_id


def has_place(new: Plan, place: str, targets: Mapping[str, str]) -> bool:
    """True if whoever stands at `place` has somewhere to be in the new drawing."""
    led = targets.get(place)
    return led in new.targets if led is not None else place in new.steps or place in new.stages


def rehome(
    old: Plan, new: Plan, positions: Sequence[Position], facts: Sequence[Facts], now: datetime, how: Rehoming
) -> list[Move | None]:
    """Bring a batch standing on `old` to `new` at `now`; None for whoever has no place there and stays.

    Nothing due before `now` may be left undone. Whoever was only just opened, or has ended, has no place either.
    """
    return [
        _rehome_one(old, new, position, known, now, how)
        for position, known in zip(positions, facts, strict=True)
    ]


def _rehome_one(
    old: Plan, new: Plan, position: Position, facts: Facts, now: datetime, how: Rehoming
) -> Move | None:
    place = place_of(position)
    if position.status in (NEW, ENDED):
        return None
    if position.status != HOLDOUT and not has_place(new, place, how.targets):
        return None
    walk = Walk(new, position, (), facts, now, how.pauses)
    walk.scene.now = walk.earliest = now
    target = how.targets.get(place)
    _map_remembered(walk, old, how)
    if position.status == HOLDOUT:
        walk.crumb(now, "moved", **how.note)
        walk.pos.step_due = new.goals_until(position.entered_journey)
    elif target is not None:
        _lead(walk, old, target, now, how)
    else:
        _keep(walk, old, now, how)
    if not how.paused:
        live(walk)
    return Move(walk.pos, walk.trail, walk.deeds, walk.goals)


def _keep(walk: Walk, old: Plan, now: datetime, how: Rehoming) -> None:
    """Stand where one stood: at the same step, wherever it now lies, or resting in the same stage."""
    pos = walk.pos
    before = pos.stage or ""
    if pos.step is not None:
        pos.stage = walk.plan.steps[pos.step].stage
        walk.scene.stage = pos.stage
    walk.crumb(now, "moved", **how.note)
    if pos.status == STOPPED:
        _wear(walk, old.stages[before].tags, now)
        return
    taken = _settle_in(walk, old, before, now, how)
    if taken is not None:
        moving.run(walk, moving.follow(walk, taken, now))
    elif pos.step is not None:
        _stand(walk, old.steps[pos.step].kind, now, how)
    elif not how.paused:
        moving.run(walk, moving.settle(walk, now))


def _stand(walk: Walk, was: Kind, now: datetime, how: Rehoming) -> None:
    """Go on at a step: as it was, or reckoned anew; a step that has become another one begins."""
    pos = walk.pos
    kind = walk.plan.steps[pos.step or ""].kind
    if kind.kind != was.kind:
        both_wait = kind.group == was.group == "time"
        begin = pos.step_begun if both_wait and pos.step_begun else now
        pos.taken_at = max(now, pos.taken_at)
        moving.run(walk, moving.enter_step(walk, pos.step or "", begin))
    elif how.recompute:
        leave = kind.recompute(walk, now)
        if leave is not None:
            pos.taken_at = max(now, pos.taken_at)
            moving.run(walk, moving.leave_step(walk, *leave))


def _lead(walk: Walk, old: Plan, to: str, now: datetime, how: Rehoming) -> None:
    """Go to the target that the author named for this place, and begin there."""
    pos, new = walk.pos, walk.plan
    target, before = new.targets[to], pos.stage or ""
    walk.crumb(now, "moved", target=to, **how.note)
    pos.taken_at = max(now, pos.taken_at)
    pos.state.pop("error", None)
    pos.status = WAITING
    if target.kind == "step" and target.stage == before:
        taken = _settle_in(walk, old, before, now, how)
        moving.leave_place(walk)
        if taken is not None:
            moving.run(walk, moving.follow(walk, taken, now))
            return
    else:
        walk.plan = old
        moving.leave_stage(walk, now, interrupts=True)
        walk.plan = new
        moving.leave_place(walk)
    moving.run(walk, moving.Next(target, now, None))


def _settle_in(walk: Walk, old: Plan, before: str, now: datetime, how: Rehoming) -> ArrowPlan | None:
    """Wear the stage's tags and set its alarms; the arrow that takes the subject on at once, if there is one."""
    old_stage = old.stages[before]
    _wear(walk, old_stage.tags, now)
    were = {arrow.id: arrow for arrow in old_stage.alarms}
    kept: dict[str, alarms.Alarm] = dict(walk.pos.state.get("alarms") or {})
    anew: dict[str, alarms.Alarm] = {}
    taken: ArrowPlan | None = None
    for arrow in walk.stage.arrows:
        asked = False
        if arrow.timed is not None:
            if arrow.id in kept and arrow.id in were and not how.recompute:
                anew[arrow.id] = kept[arrow.id]
            else:
                anew[arrow.id] = _alarm(walk, arrow, were.get(arrow.id), kept.get(arrow.id), now)
                if not how.paused and _passed(anew[arrow.id], now):
                    anew[arrow.id] = [anew[arrow.id][0], anew[arrow.id][1], 1]
                    asked = arrow.asks_past and moving.where_holds(walk, arrow)
        elif arrow.type == "when" and not how.paused:
            asked = moving.asked_on_entry(walk, arrow, now, set())
        if asked and taken is None and not moving.enters_again(walk, arrow, now):
            taken = arrow
    alarms.keep(walk, anew)
    return taken


def _alarm(
    walk: Walk, arrow: ArrowPlan, was: ArrowPlan | None, kept: alarms.Alarm | None, now: datetime
) -> alarms.Alarm:
    """An alarm reckoned by the new drawing; one that has rung rings again only if its moment has become another."""
    begun = walk.pos.entered_stage or now
    assert arrow.timed is not None
    due, anchor = alarms.resolve(walk, arrow, begun)
    if arrow.timed.moment.repeats:
        if due is not None and due <= now:
            due, anchor = alarms.resolve(walk, arrow, now, again=True)
        return [iso(due), anchor, 0]
    if kept is not None and kept[2] and was is not None and was.timed is not None:
        if due == alarms.resolve(walk, was, begun)[0]:
            return kept
    return [iso(due), anchor, 0]


def _passed(alarm: alarms.Alarm, now: datetime) -> bool:
    due = moment(alarm[0])
    return due is not None and not alarm[2] and due <= now


def _wear(walk: Walk, tags: Sequence[str], now: datetime) -> None:
    """Put on what the stage's subjects wear in the new drawing, and take off what they wore in the old one."""
    worn = walk.stage.tags
    off = tuple(tag for tag in tags if tag not in worn)
    if off or worn:
        walk.tag(worn, off, now)


def _map_remembered(walk: Walk, old: Plan, how: Rehoming) -> None:
    """Map remembered places as places are mapped; one that has none any more is forgotten."""
    remembered = walk.pos.state.get("remembered")
    if not remembered:
        return
    new, mapped = walk.plan, {}
    for stage, place in remembered.items():
        step = place["step"]
        led = how.targets.get(step or stage)
        if led is not None and led in new.steps and new.steps[led].stage == stage:
            mapped[stage] = {"step": led, "anew": True}
        elif led is None and stage in new.stages and (step is None or _same_step(old, new, stage, step)):
            mapped[stage] = place
    walk.note("remembered", mapped or None)


def _same_step(old: Plan, new: Plan, stage: str, step: str) -> bool:
    there = new.steps.get(step)
    return there is not None and there.stage == stage and there.kind.kind == old.steps[step].kind.kind


def bring_back(
    newer: Plan, older: Plan, position: Position, before: Position, facts: Facts, now: datetime, how: Rehoming
) -> Move:
    """Undo the coming over of somebody who has not moved since: exactly where he was, with the alarms he had.

    `newer` is the version he stands on, `before` what he was on `older`. Counters of visits and steps never go back,
    so that no key of a message is ever used twice.
    """
    walk = Walk(older, position, (), facts, now, how.pauses)
    walk.scene.now = walk.earliest = now
    pos = walk.pos
    worn = newer.stages[pos.stage].tags if pos.stage in newer.stages else ()
    again, entered = before.seq != pos.seq, before.visit != pos.visit
    pos.status, pos.stage, pos.step = before.status, before.stage, before.step
    pos.entered_stage, pos.step_begun = before.entered_stage, before.step_begun
    pos.step_due, pos.stage_due = before.step_due, before.stage_due
    pos.visit += entered
    pos.seq += again
    walk.scene.stage = pos.stage or ""
    for key in (*OF_THE_PLACE, "error"):
        walk.note(key, before.state.get(key))
    enters: dict[str, Any] = {"enters": True} if entered else {}
    walk.crumb(now, "moved", back=True, **enters, **how.note)
    if pos.stage is not None:
        _wear(walk, worn, now)
    if again and walk.sent_at is not None and pos.step is not None and pos.status == WAITING:
        # Its receipt would be for a step entered earlier: what it waited for cannot come any more.
        moving.run(walk, moving.leave_step(walk, older.steps[pos.step].first, now))
    elif again and pos.step and pos.status == WAITING and older.steps[pos.step].kind.kind == "task":
        # Its task was given for a step entered earlier, and nobody can answer that one any more.
        moving.run(walk, moving.enter_step(walk, pos.step, now))
    elif pos.status == RESTING and not how.paused:
        moving.run(walk, moving.settle(walk, now))
    if not how.paused:
        live(walk)
    return Move(pos, walk.trail, walk.deeds, walk.goals)
