"""The definition as directed graphs, for the questions that are about graphs."""

from __future__ import annotations

import networkx as nx

from journeys.definition import ANY, Journey
from journeys.kinds.registry import all_kinds


def sources(journey: Journey, source: str | tuple[str, ...], not_from: tuple[str, ...] = ()) -> list[str]:
    """The stages that a stage arrow leaves."""
    if source == ANY:
        return [s.id for s in journey.stages if s.id not in not_from]
    return [source] if isinstance(source, str) else list(source)


def walkable(journey: Journey) -> nx.DiGraph:
    """Who can come where: stages, steps and ends as nodes; a stage leads to its initial, a step's exits onwards.

    A stage arrow leaves the stage and each of its steps, for it interrupts them all.
    """
    graph = nx.DiGraph()
    steps = {s.id: s for s in journey.steps}
    for stage in journey.stages:
        graph.add_node(stage.id)
        if stage.initial:
            graph.add_edge(stage.id, stage.initial)
    for step in journey.steps:
        graph.add_node(step.id)
    graph.add_nodes_from(e.id for e in journey.ends)
    inside: dict[str, list[str]] = {}
    for step in journey.steps:
        inside.setdefault(step.stage, []).append(step.id)
    for arrow in journey.arrows:
        if arrow.on is None:
            if isinstance(arrow.source, str) and arrow.source in steps:
                graph.add_edge(arrow.source, arrow.to)
            continue
        for stage_id in sources(journey, arrow.source, arrow.not_from):
            graph.add_edge(stage_id, arrow.to)
            graph.add_edges_from((step, arrow.to) for step in inside.get(stage_id, ()))
    return graph


def timeless(journey: Journey) -> nx.DiGraph:
    """Where a subject can come within one moment by steps that take no time: exits of timeless steps,
    stages to their initial, and `done` arrows."""
    kinds = all_kinds()
    graph = nx.DiGraph()
    steps = {s.id: s for s in journey.steps}
    for stage in journey.stages:
        graph.add_node(stage.id)
        if stage.initial:
            graph.add_edge(stage.id, stage.initial)
    for arrow in journey.arrows:
        if arrow.on is None and isinstance(arrow.source, str) and arrow.source in steps:
            step = steps[arrow.source]
            if step.kind in kinds and not stops(step.kind):
                graph.add_edge(step.id, arrow.to)
    return graph


def stops(kind: str) -> bool:
    """True if a step of this kind always lets time pass; a send may go through at once."""
    return kind in ("wait", "wait_event")
