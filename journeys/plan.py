"""A definition compiled into flat tables that can be walked quickly; made once per version, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import networkx as nx

from journeys.anchors import Anchor
from journeys.definition import ANY, Arrow, Entry, Goal, Journey, read
from journeys.graph import walkable
from journeys.kinds.base import Kind
from journeys.kinds.registry import all_kinds
from journeys.kinds.split import draw
from journeys.reading import ENTERED_STAGE, Reading, Reads, Timed
from rules.conditions import Rule
from rules.duration import Duration
from rules.reach import OPEN, Reach
from rules.workdays import CHINA, WorkCalendar
from rules.zones import zone_of

#: Under which key an entry says what it is about; the names of a schedule are its segment.
NAMED_BY = {"event": "name", "segment": "segment", "schedule": "segment", "channel": "code"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an arrow leads: a stage, a step in its stage, or an end."""

    #: stage | step | end
    kind: str
    stage: str = ""
    step: str | None = None
    end: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class ArrowPlan:
    """A stage arrow, compiled."""

    id: str
    #: event | after | at | when | changed | done
    type: str
    target: Target
    where: Rule | None
    when: Rule | None = None
    timed: Timed | None = None
    #: False for an `at` arrow that does not look at moments past on entering.
    asks_past: bool = True
    #: True if it leads back to the remembered place.
    to_last: bool = False


@dataclass(slots=True)
class StagePlan:
    """A stage with its arrows sorted by what they wait for, own arrows before those from any stage."""

    id: str
    initial: str | None
    stay: bool
    tags: tuple[str, ...]
    by_event: dict[str, tuple[ArrowPlan, ...]] = field(default_factory=dict)
    by_change: dict[str, tuple[ArrowPlan, ...]] = field(default_factory=dict)
    #: All of them in the order in which they are asked.
    arrows: tuple[ArrowPlan, ...] = ()
    #: `after` and `at`.
    alarms: tuple[ArrowPlan, ...] = ()
    #: `at` and `when`, asked on entering.
    on_entry: tuple[ArrowPlan, ...] = ()
    done: tuple[ArrowPlan, ...] = ()
    #: True if an event, changed or when arrow of its own can still take somebody who rests here.
    listens: bool = False
    own_alarms: frozenset[str] = frozenset()
    #: True if an interruption may have something to withdraw: messages and calls of systems, tasks, journeys bound.
    sends: bool = False
    tasks: bool = False
    bounds: bool = False


@dataclass(slots=True)
class StepPlan:
    """A step with what it does and where each exit leads (None: it finishes the stage) by which arrow."""

    id: str
    stage: str
    kind: Kind
    ways: dict[str, tuple[Target | None, str | None]]
    connected: frozenset[str]
    first: str
    #: Arrows of its exits that come back to a remembered place.
    to_last: frozenset[str] = frozenset()
    #: True if it lies in a loop, so that its entries are counted.
    loops: bool = False


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """An entry, compiled; `on` as the definition writes it."""

    id: str
    type: str
    names: frozenset[str]
    on: Mapping[str, Any]
    where: Rule | None
    target: Target
    timed: Timed | None = None


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """A goal, compiled."""

    id: str
    names: frozenset[str]
    where: Rule | None
    within: Duration | None


@dataclass(slots=True)
class Plan:
    """Everything the kernel needs of one version."""

    key: str
    subject: str
    zone: ZoneInfo
    workdays: WorkCalendar
    quiet_hours: tuple[str, str] | None
    stages: dict[str, StagePlan]
    steps: dict[str, StepPlan]
    entries: tuple[EntryPlan, ...]
    goals: tuple[GoalPlan, ...]
    targets: dict[str, Target]
    #: Stages that some arrow comes back to.
    remembers: frozenset[str]
    reads: Reads
    #: Event names that can matter to an enrollment that is open, or still counts goals.
    listens: frozenset[str]
    #: Fields whose change can matter: `attribute.NAME`, `tags`, `variable.NAME`, `segment.KEY`, `tier.DIMENSION`.
    hears: frozenset[str]
    anchor_events: frozenset[str]
    anchor_fields: frozenset[str]
    #: never | after_exit | many
    reentry: str
    reentry_after: Duration | None
    #: Of `many`: the property of the opening event that tells enrollments apart.
    key_field: str | None
    holdout_percent: float
    #: The workspace's policies for reaching people.
    reach: Reach = OPEN
    #: True if it sends by policies that remember: then its subjects are asked for by one worker at a time.
    reserves: bool = False

    def entries_for(self, type: str, name: str = "") -> list[EntryPlan]:
        """The entries of a type in drawn order; of events, those that name this one."""
        return [e for e in self.entries if e.type == type and (not e.names or name in e.names)]

    def key_of(self, properties: Mapping[str, Any]) -> str:
        """The enrollment's key that an event carries; empty if it carries none."""
        value = properties.get(self.key_field) if self.key_field else None
        return "" if value is None else str(value)[:255]

    def holdout(self, subject: str) -> bool:
        """True if this subject is held out: drawn once by a stable hash."""
        return self.holdout_percent > 0 and draw(f"holdout:{self.key}:{subject}") < self.holdout_percent

    def about_to_send(self, step_id: str | None) -> bool:
        """True if a message is what comes next at this step: it is held there, or follows the end of its wait."""
        step = self.steps.get(step_id or "")
        if step is None:
            return False
        targets = [target for target, _ in step.ways.values() if target is not None and target.step]
        follows = step.kind.takes_time and any(
            self.steps[t.step].kind.kind == "send" for t in targets if t.step in self.steps
        )
        return step.kind.kind == "send" or follows

    def goals_until(self, entered: datetime) -> datetime | None:
        """Until when a goal may still be reached after entering; None if no goal has a limit."""
        ends = [g.within.add(entered, self.zone) for g in self.goals if g.within]
        return max(ends) if ends else None


def compile_plan(
    definition: Mapping[str, Any] | Journey,
    *,
    journey_key: str = "journey",
    workspace_zone: str = "Asia/Shanghai",
    quiet_hours: Sequence[str] | None = None,
    reach: Reach = OPEN,
) -> Plan:
    """Compile a definition that has passed `schema.load` and its checks; quiet hours and reach are the workspace's."""
    journey = definition if isinstance(definition, Journey) else read(definition)
    reading = Reading(journey_key, reach)
    settings = journey.settings
    targets = _targets(journey)
    anchors = {s.id: reading.anchor(s.anchor) if s.anchor else ENTERED_STAGE for s in journey.stages}
    steps = _steps(journey, targets, anchors, reading)
    arrows = [a for a in journey.arrows if a.on is not None]
    stages = {s.id: StagePlan(s.id, s.initial, s.stay, s.tags) for s in journey.stages}
    for stage in stages.values():
        reading.tags |= bool(stage.tags)
        reading.stage_anchor = anchors[stage.id]
        _stage_arrows(stage, arrows, targets, reading)
    asks = False
    for step in steps.values():
        reaches = step.kind.kind == "send" or bool(step.kind.config.get("fallback_content"))
        asks |= reaches
        stages[step.stage].sends |= reaches or step.kind.kind == "webhook"
        stages[step.stage].tasks |= step.kind.kind == "task"
        stages[step.stage].bounds |= bool(step.kind.config.get("bound"))
    _mark_loops(journey, steps, stages)
    reading.stage_anchor = ENTERED_STAGE
    entries = tuple(_entry(e, targets, reading) for e in journey.entries)
    goals = tuple(_goal(g, reading) for g in journey.goals)
    reentry = settings.get("reentry") or {}
    quiet = settings.get("quiet_hours", "inherit")
    hours = quiet_hours if quiet == "inherit" else quiet
    key = str(reentry.get("key") or "")
    return Plan(
        key=journey_key,
        subject=journey.subject,
        zone=zone_of(settings.get("timezone"), zone_of(workspace_zone)),
        workdays=CHINA,
        quiet_hours=(hours[0], hours[1]) if hours else None,
        stages=stages,
        steps=steps,
        entries=entries,
        goals=goals,
        targets=targets,
        remembers=frozenset(targets[a.to].stage for a in journey.arrows if a.enter == "last"),
        reads=reading.reads(),
        listens=frozenset(reading.listens),
        hears=frozenset(reading.hears),
        anchor_events=frozenset(reading.anchor_events),
        anchor_fields=frozenset(reading.anchor_fields),
        reentry=reentry.get("mode", "after_exit"),
        reentry_after=Duration.parse(reentry["after"]) if reentry.get("after") else None,
        key_field=key.removeprefix("event.") if reentry.get("mode") == "many" and key else None,
        holdout_percent=float(settings.get("holdout_percent") or 0),
        reach=reach,
        reserves=reach.reserves and asks,
    )


def _targets(journey: Journey) -> dict[str, Target]:
    found = {s.id: Target("stage", stage=s.id) for s in journey.stages}
    found |= {s.id: Target("step", stage=s.stage, step=s.id) for s in journey.steps}
    found |= {e.id: Target("end", end=e.id, result=e.result) for e in journey.ends}
    return found


def _steps(
    journey: Journey, targets: Mapping[str, Target], anchors: Mapping[str, Anchor], reading: Reading
) -> dict[str, StepPlan]:
    drawn: dict[str, dict[str, Arrow]] = {}
    for arrow in journey.arrows:
        if arrow.on is None and isinstance(arrow.source, str) and arrow.exit:
            drawn.setdefault(arrow.source, {}).setdefault(arrow.exit, arrow)
    kinds = all_kinds()
    steps: dict[str, StepPlan] = {}
    for step in journey.steps:
        cls = kinds[step.kind]
        reading.step_id, reading.stage_anchor = step.id, anchors[step.stage]
        exits = cls.exits_of(step.config)
        arrows = drawn.get(step.id, {})
        way = {name: (targets[a.to], a.id) for name, a in arrows.items()}
        ways: dict[str, tuple[Target | None, str | None]] = {e: way.get(e, (None, None)) for e in exits}
        for side in (*cls.side_exits, "failed"):
            like = cls.failed_like if side == "failed" and cls.failed_like in ways else exits[0]
            ways[side] = way.get(side) or ways[like]
        to_last = frozenset(a.id for a in arrows.values() if a.enter == "last")
        steps[step.id] = StepPlan(
            step.id, step.stage, cls(step.config, reading), ways, frozenset(way), exits[0], to_last
        )
    return steps


def _stage_arrows(
    stage: StagePlan, arrows: Sequence[Arrow], targets: Mapping[str, Target], reading: Reading
) -> None:
    own = [
        a
        for a in arrows
        if stage.id == a.source
        or (a.source != ANY and stage.id in a.source and not isinstance(a.source, str))
    ]
    stars = [a for a in arrows if a.source == ANY and _star_leaves(a, stage.id, targets)]
    by_event: dict[str, list[ArrowPlan]] = {}
    by_change: dict[str, list[ArrowPlan]] = {}
    compiled: list[ArrowPlan] = []
    for arrow in (*own, *stars):
        assert arrow.on is not None
        plan = _stage_arrow(arrow, targets, reading)
        compiled.append(plan)
        for name in _names(arrow.on.get("name")) if plan.type == "event" else ():
            by_event.setdefault(name, []).append(plan)
        if plan.type == "changed":
            by_change.setdefault(arrow.on["field"], []).append(plan)
        if plan.when is not None:
            for name in plan.when.reads.events:
                by_event.setdefault(name, []).append(plan)
            for changed in _fields(plan.when):
                by_change.setdefault(changed, []).append(plan)
    stage.by_event = {k: tuple(v) for k, v in by_event.items()}
    stage.by_change = {k: tuple(v) for k, v in by_change.items()}
    stage.arrows = tuple(compiled)
    stage.alarms = tuple(a for a in compiled if a.type in ("after", "at"))
    stage.on_entry = tuple(a for a in compiled if a.type in ("at", "when"))
    stage.done = tuple(a for a in compiled if a.type == "done")
    stage.own_alarms = frozenset(a.id for a in compiled[: len(own)] if a.type in ("after", "at"))
    stage.listens = any(a.type in ("event", "changed", "when") for a in compiled[: len(own)])
    reading.listen(by_event)
    reading.hears |= set(by_change)


def _star_leaves(arrow: Arrow, stage: str, targets: Mapping[str, Target]) -> bool:
    if stage in arrow.not_from:
        return False
    silent = arrow.on is not None and arrow.on["type"] in ("when", "done")
    return not (silent and targets[arrow.to].stage == stage)


def _stage_arrow(arrow: Arrow, targets: Mapping[str, Target], reading: Reading) -> ArrowPlan:
    on = arrow.on or {}
    timed = None
    if on["type"] == "after":
        timed = reading.moment({"for": on["duration"]})
    elif on["type"] == "at":
        timed = reading.moment({k: v for k, v in on.items() if k not in ("type", "if_past")})
    return ArrowPlan(
        id=arrow.id,
        type=on["type"],
        target=targets[arrow.to],
        where=reading.rule(arrow.where),
        when=reading.rule(on.get("rule")) if on["type"] == "when" else None,
        timed=timed,
        asks_past=on.get("if_past") != "ignore",
        to_last=arrow.enter == "last",
    )


def _mark_loops(journey: Journey, steps: dict[str, StepPlan], stages: Mapping[str, StagePlan]) -> None:
    for loop in nx.strongly_connected_components(walkable(journey)):
        if len(loop) > 1:
            for node in loop & set(steps):
                steps[node].loops = True


def _entry(entry: Entry, targets: Mapping[str, Target], reading: Reading) -> EntryPlan:
    on = entry.on
    timed = None
    if on["type"] == "schedule":
        timed = reading.moment({k: v for k, v in on.items() if k not in ("type", "segment")})
    names = _names(on.get(NAMED_BY.get(on["type"], "tag")))
    return EntryPlan(
        entry.id, on["type"], frozenset(names), on, reading.rule(entry.where), targets[entry.to], timed
    )


def _goal(goal: Goal, reading: Reading) -> GoalPlan:
    reading.listen(goal.event)
    within = Duration.parse(goal.within) if goal.within else None
    return GoalPlan(goal.id, frozenset(goal.event), reading.rule(goal.where), within)


def _fields(rule: Rule) -> set[str]:
    reads = rule.reads
    fields = {f"attribute.{a}" for a in reads.attributes} | {f"variable.{v}" for v in reads.variables}
    fields |= {f"segment.{key}" for key in reads.segments} | {f"tier.{name}" for name in reads.tiers}
    return fields | ({"tags"} if reads.tags else set())


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
