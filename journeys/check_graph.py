"""Checks that are questions about graphs: what cannot be reached, what is never left, what turns without time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import networkx as nx

from journeys.definition import ANY, Arrow, Journey
from journeys.graph import sources, stops, walkable
from journeys.kinds.registry import all_kinds
from journeys.problems import Catalogue, Problem, error, info, warning
from rules.conditions import excludes, parse


def begins_somewhere(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """There is a stage, and a way in."""
    if not journey.stages:
        yield error(
            "no-stage",
            "",
            "还没有阶段；从左侧拖一个阶段到画布上。",
            "There is no stage yet; drag one onto the canvas.",
        )
    elif not journey.entries:
        yield error(
            "no-entry",
            "",
            "还没有入口，谁也进不来；请加一个触发条件。",
            "There is no entry, so nobody gets in; add one.",
        )


def can_be_reached(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Every stage and step can be reached from an entry."""
    graph = walkable(journey)
    reached: set[str] = set()
    for entry in journey.entries:
        reached |= {entry.to} | nx.descendants(graph, entry.to)
        step = next((s for s in journey.steps if s.id == entry.to), None)
        if step is not None:
            reached |= {step.stage} | _by_arrows(journey, graph, step.stage)
    # Standing at a step means being in its stage, whose arrows can then be taken.
    grown = True
    while grown:
        inside = {s.stage for s in journey.steps if s.id in reached} - reached
        grown = bool(inside)
        for stage_id in inside:
            reached |= {stage_id} | _by_arrows(journey, graph, stage_id)
    if not journey.entries:
        return
    for stage in journey.stages:
        if stage.id not in reached:
            yield warning(
                "unreachable",
                stage.id,
                "没有入口或箭头通向这个阶段；请连上箭头或删掉它。",
                "No entry or arrow leads to this stage; connect it or remove it.",
            )
    for step in journey.steps:
        if step.id not in reached:
            yield warning(
                "unreachable",
                step.id,
                "没有箭头通向这个步骤，它永远不会执行；请连上或删掉。",
                "No arrow leads to this step, so it never runs; connect it or remove it.",
            )


def _by_arrows(journey: Journey, graph: nx.DiGraph, stage: str) -> set[str]:
    found: set[str] = set()
    for arrow in journey.arrows:
        if arrow.on is not None and stage in sources(journey, arrow.source, arrow.not_from):
            found |= {arrow.to} | nx.descendants(graph, arrow.to)
    return found


def can_be_left(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """No stage holds people for ever unless it says so."""
    kinds = all_kinds()
    for stage in journey.stages:
        if stage.stay:
            continue
        inside = {s.id for s in journey.steps if s.stage == stage.id}
        own = [
            a
            for a in journey.arrows
            if a.on is not None and stage.id in sources(journey, a.source, a.not_from)
        ]
        out = [a for a in own if a.to != stage.id and a.to not in inside]
        out += [
            a
            for a in journey.arrows
            if a.on is None and a.source in inside and a.to not in inside | {stage.id}
        ]
        if out:
            continue
        listening = [
            a for a in own if a.source != ANY and a.on and a.on["type"] in ("event", "changed", "when", "at")
        ]
        if listening:
            yield warning(
                "dead-end",
                stage.id,
                "进入这个阶段的人会一直留在这里；请画一个离开的箭头，或勾选“允许停留”。",
                "Whoever comes here stays for ever; draw an arrow that leads out, or say that staying is meant.",
            )
        for step in journey.steps:
            endless = step.kind == "wait_event" and not step.config.get("longest")
            if step.id in inside and step.kind in kinds and endless and not listening:
                yield warning(
                    "dead-end",
                    step.id,
                    "如果事件一直不来，人会永远停在这里；请设置“最多等到”，或给阶段画一个离开的箭头。",
                    "If the event never comes, people stand here for ever; set a longest time or an arrow out of the stage.",
                )


def loops_take_time(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """A loop of steps contains one that takes time."""
    graph = nx.DiGraph()
    steps = {s.id: s for s in journey.steps}
    for stage in journey.stages:
        if stage.initial:
            graph.add_edge(stage.id, stage.initial)
    for arrow in journey.arrows:
        if arrow.on is None and isinstance(arrow.source, str) and arrow.source in steps:
            if not stops(steps[arrow.source].kind):
                graph.add_edge(arrow.source, arrow.to)
    for loop in nx.strongly_connected_components(graph):
        first = next((s.id for s in journey.steps if s.id in loop), None)
        if first is not None and (len(loop) > 1 or graph.has_edge(first, first)):
            yield error(
                "loop-without-time",
                first,
                "这个循环里没有等待，客户会不停地转；请在循环里加一个等待。",
                "This loop has no wait in it and would turn without end; put a wait into it.",
            )


def silent_loops(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """Loops of done, when and passed at arrows need a rule."""
    graph = nx.MultiDiGraph()
    begins = {s.id: s.stage for s in journey.steps} | {s.id: s.id for s in journey.stages}
    for arrow in journey.arrows:
        on = arrow.on
        if (
            on is None
            or on["type"] not in ("done", "when", "at")
            or arrow.to not in begins
            or on.get("every")
        ):
            continue
        for stage in sources(journey, arrow.source, arrow.not_from):
            same = begins[arrow.to] == stage
            if on["type"] == "done" and not _finishes_at_once(journey, stage):
                continue
            if not (same and (arrow.source == ANY or on["type"] == "when")):
                graph.add_edge(stage, begins[arrow.to], arrow=arrow)
    for loop in nx.strongly_connected_components(graph):
        arrows = [d["arrow"] for a, b, d in graph.edges(data=True) if a in loop and b in loop]
        if not arrows or (len(loop) == 1 and not graph.has_edge(*(list(loop) * 2))):
            continue
        rules = [rule for a in arrows for rule in (a.where, (a.on or {}).get("rule")) if rule]
        node = arrows[0].id
        if not rules:
            yield error(
                "loop-without-rule",
                node,
                "这些箭头会让客户在阶段之间空转；请给其中一个加上条件。",
                "These arrows pass people round and round without doing anything; give one of them a rule.",
            )
        elif not any(excludes(parse(a), parse(b)) for a, b in pairwise([*rules, rules[0]]) if a is not b):
            yield warning(
                "loop-by-rules",
                node,
                "如果这些条件同时成立，客户会在阶段之间空转一圈；请让条件互相排斥。",
                "If these rules hold together, people are passed round once for nothing; let the rules exclude each other.",
            )


def _finishes_at_once(journey: Journey, stage_id: str) -> bool:
    """True if the steps of a stage can be finished without time going by."""
    stage = next(s for s in journey.stages if s.id == stage_id)
    steps = {s.id: s for s in journey.steps}
    kinds = all_kinds()
    todo, seen = [stage.initial], set()
    while todo:
        step_id = todo.pop()
        if step_id is None:
            return True
        if (
            step_id in seen
            or step_id not in steps
            or stops(steps[step_id].kind)
            or steps[step_id].stage != stage_id
        ):
            continue
        seen.add(step_id)
        ways = {a.exit: a.to for a in journey.arrows if a.on is None and a.source == step_id}
        kind = kinds.get(steps[step_id].kind)
        for exit in kind.exits_of(steps[step_id].config) if kind else ():
            todo.append(ways.get(exit))
    return False


def exits(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """One arrow an exit; an exit without one is told what it does."""
    kinds = all_kinds()
    for step in journey.steps:
        kind = kinds.get(step.kind)
        if kind is None or step.config.get("_incomplete"):
            continue
        drawn = [a for a in journey.arrows if a.on is None and a.source == step.id]
        known = (*kind.exits_of(step.config), *kind.side_exits, "failed")
        names = [a.exit for a in drawn]
        for arrow in drawn:
            if arrow.exit not in known:
                yield error(
                    "unknown-exit",
                    arrow.id,
                    f"步骤没有“{arrow.exit}”这个出口；请重新连接。",
                    f'The step has no exit "{arrow.exit}"; connect this arrow anew.',
                )
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            yield error(
                "two-arrows",
                step.id,
                f"出口“{name}”连了两个箭头；只能留一个。",
                f'The exit "{name}" has two arrows; keep one.',
            )
        for name in kind.exits_of(step.config):
            if name not in names:
                yield info("open-exit", step.id, *_what_finishing_does(journey, step.stage, name))


def _what_finishing_does(journey: Journey, stage_id: str, exit: str) -> tuple[str, str]:
    own = [a for a in journey.arrows if a.on and stage_id in sources(journey, a.source, a.not_from)]
    if any(a.on and a.on["type"] == "done" for a in own):
        return (
            f"出口“{exit}”没有连接：走到这里后按“阶段完成”的箭头离开。",
            f'The exit "{exit}" is open: after it the stage is done and its done arrow is taken.',
        )
    stage = next(s for s in journey.stages if s.id == stage_id)
    if stage.stay or any(a.source != ANY for a in own):
        return (
            f"出口“{exit}”没有连接：走到这里后停留在阶段里，等阶段的箭头。",
            f'The exit "{exit}" is open: after it people rest in the stage until one of its arrows takes them.',
        )
    return (
        f"出口“{exit}”没有连接：走到这里旅程就完成了。",
        f'The exit "{exit}" is open: after it the journey is completed.',
    )


def crossings(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """An exit's arrow to the initial step of another stage says less than one to the stage itself."""
    steps = {s.id: s for s in journey.steps}
    initials = {s.initial: s.id for s in journey.stages if s.initial}
    for arrow in journey.arrows:
        if arrow.on is None and arrow.source in steps and arrow.to in initials and arrow.to in steps:
            if steps[arrow.to].stage != steps[str(arrow.source)].stage:
                yield info(
                    "crossing",
                    arrow.id,
                    "箭头指向了另一个阶段的起始步骤；指向阶段本身就够了。",
                    "This arrow leads to the first step of another stage; leading to the stage itself is enough.",
                )


def shadows(journey: Journey, _: Catalogue) -> Iterator[Problem]:
    """An arrow behind an unconditional one for the same event is never taken."""
    seen: set[str] = set()
    for stage in journey.stages:
        taken: dict[str, Arrow] = {}
        own = [
            a for a in journey.arrows if a.on and a.source != ANY and stage.id in sources(journey, a.source)
        ]
        stars = [a for a in journey.arrows if a.on and a.source == ANY and stage.id not in a.not_from]
        for arrow in (*own, *stars):
            on = arrow.on or {}
            name = on.get("name")
            for event in (name,) if isinstance(name, str) else tuple(name or ()):
                if event in taken and arrow.id not in seen and arrow.source != ANY:
                    seen.add(arrow.id)
                    yield warning(
                        "shadowed",
                        arrow.id,
                        f"前面的箭头 {taken[event].id} 已无条件接住“{event}”，这个箭头永远轮不到；请调整顺序或加条件。",
                        f'The arrow {taken[event].id} before it takes every "{event}", so this one never is; reorder or add a rule.',
                    )
                if not arrow.where:
                    taken.setdefault(event, arrow)


CHECKS = (
    begins_somewhere,
    can_be_reached,
    can_be_left,
    loops_take_time,
    silent_loops,
    exits,
    crossings,
    shadows,
)
