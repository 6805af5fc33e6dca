"""Every check on a drawing, all at once: each problem with its node, a severity, and a sentence saying what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from journeys import check_audience, check_graph, check_names, check_staff, check_time
from journeys.definition import Journey, read
from journeys.errors import BadDefinition
from journeys.problems import ERROR, INFO, WARNING, Catalogue, Problem, error
from journeys.schema import load

Check = Callable[[Journey, Catalogue], Iterator[Problem]]

#: Asked in this order; each looks at the whole journey.
CHECKS: tuple[Check, ...] = (
    *check_graph.CHECKS,
    *check_time.CHECKS,
    *check_names.CHECKS,
    *check_audience.CHECKS,
    *check_staff.CHECKS,
)
SEVERITIES = (ERROR, WARNING, INFO)


def check(definition: Mapping[str, Any], catalogue: Catalogue | None = None) -> list[Problem]:
    """All problems of a definition, errors first.

    Problems of shape come alone: what does not read as a journey cannot be looked at further. Missing parts of
    steps are told together with everything else.
    """
    try:
        load(definition, draft=True)
    except BadDefinition as bad:
        return [_of_shape(definition, path, words) for path, words in bad.problems]
    problems: list[Problem] = []
    try:
        load(definition)
    except BadDefinition as bad:
        problems += [_of_shape(definition, path, words) for path, words in bad.problems]
    incomplete = {p.node for p in problems}
    journey = read(definition)
    for ask in CHECKS:
        problems += ask(_complete(journey, incomplete), catalogue or Catalogue())
    return sorted(problems, key=lambda p: SEVERITIES.index(p.severity))


def publishable(problems: list[Problem]) -> bool:
    """True if nothing found stops publishing."""
    return all(p.severity != ERROR for p in problems)


def _of_shape(definition: Mapping[str, Any], path: str, words: Any) -> Problem:
    return error("shape", node_at(definition, path), str(words), getattr(words, "en", str(words)), path)


def node_at(definition: Any, path: str) -> str:
    """The id of the part that a path such as `steps[3].config.until` leads into; empty if there is none."""
    found = re.match(r"(\w+)\[(\d+)\]", path)
    if not found or not isinstance(definition, Mapping):
        return ""
    parts = definition.get(found[1])
    index = int(found[2])
    if isinstance(parts, list) and index < len(parts) and isinstance(parts[index], Mapping):
        return str(parts[index].get("id", ""))
    return ""


def _complete(journey: Journey, incomplete: set[str]) -> Journey:
    """The journey, for checks that look into configs: incomplete arrows are left out, incomplete steps emptied."""
    if not incomplete:
        return journey
    from dataclasses import replace

    return replace(
        journey,
        arrows=tuple(a for a in journey.arrows if a.id not in incomplete),
        entries=tuple(e for e in journey.entries if e.id not in incomplete),
        steps=tuple(
            replace(s, config={**s.config, "_incomplete": True}) if s.id in incomplete else s
            for s in journey.steps
        ),
    )
