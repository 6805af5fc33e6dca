"""What a rule looked at: the value of each field at the moment at which it was judged, small enough to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from math import fsum
from typing import Any
from zlib import crc32

import orjson

from rules.condition_tests import PRESENT, SUM_DECIMALS, chosen_of, past_of, without_of
from rules.condition_tree import Leaf, Node, leaves
from rules.condition_values import number_of
from rules.dates import read_day
from rules.scene import Scene
from rules.zones import local

#: Longer texts are cut; what was cut ends with an ellipsis.
LONGEST = 120
#: Of tags that no comparison names, so many are kept.
MOST_TAGS = 10
CUT = "…"

#: Fields that are sets of names.
SETS = ("tags", "segments")

Get = Callable[[Scene], Any]
#: One look: under which name its value is kept, and where it is found.
Look = tuple[str, Get]


def looks(node: Node) -> tuple[Look, ...]:
    """The looks of a rule, each name once, in drawn order."""
    found: dict[str, Get] = {}
    for leaf in leaves(node):
        name = key_of(leaf)
        if leaf.field.family in SETS and name in found:
            found[name] = _of_set(node, leaf.field.family)
        elif name not in found:
            found[name] = _get(leaf)
    return tuple(found.items())


def key_of(leaf: Leaf) -> str:
    """The name under which a leaf's value is kept: its field, and how a history was narrowed."""
    key = leaf.field.written
    if leaf.after:
        key += f" after {leaf.after}s"
    if leaf.within is not None:
        key += f" within {leaf.within}"
    if leaf.where is not None:
        # Two histories of one event narrowed differently are two values.
        key += f" where {crc32(repr(leaf.where).encode()):08x}"
    return key


def small(value: Any) -> Any:
    """A value as it is kept: plain JSON of at most `LONGEST` characters."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}{CUT}"
    if value is None or kind is int or kind is float or kind is bool:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = orjson.dumps(value, default=str).decode()
    return value if len(text) <= LONGEST else f"{text[: LONGEST - 1]}{CUT}"


def _get(leaf: Leaf) -> Get:
    family, name = leaf.field.family, leaf.field.name
    match family:
        case "attribute":
            return lambda scene: scene.attributes.get(name)
        case "variable":
            return lambda scene: scene.variables.get(name)
        case "event":
            return lambda scene: scene.event.get(name) if scene.event else None
        case "entry":
            return lambda scene: scene.entry.get(name) if scene.entry else None
        case "stage":
            return lambda scene: scene.stage
        case "tags" | "segments":
            return _of_set(leaf, family)
        case "tier":
            return lambda scene: scene.tiers.get(name)
        case "journey":
            return lambda scene: scene.journeys.get(name, "never")
        case "scene":
            return chosen_of(leaf)
        case "since" | "until":
            return _days(leaf)
        case "history":
            return _history(leaf)
    return PRESENT[name]


def _of_set(node: Node, family: str) -> Get:
    """Which of the tags or segments that the rule names there are; some of all tags if it asks for any."""
    wanted = frozenset(str(v) for leaf in leaves(node) if leaf.field.family == family for v in leaf.values)
    if family == "segments":
        return lambda scene: sorted(wanted.intersection(scene.segments))
    if any(leaf.field.family == "tags" and not leaf.values for leaf in leaves(node)):
        return lambda scene: sorted(scene.tags)[:MOST_TAGS]
    return lambda scene: sorted(wanted.intersection(scene.tags))


def _days(leaf: Leaf) -> Get:
    name, sign = leaf.field.name, 1 if leaf.field.family == "since" else -1

    def days(scene: Scene) -> int | None:
        day = read_day(scene.attributes.get(name), scene.zone)
        return None if day is None else sign * (local(scene.now, scene.zone).toordinal() - day.toordinal())

    return days


def _history(leaf: Leaf) -> Get:
    past, name, what = past_of(leaf), leaf.field.name, leaf.field.what
    if what == "count":
        return lambda scene: len(past(scene))
    if what == "without":
        return without_of(leaf)
    if what == "sum":
        return lambda scene: _total(past(scene), name)
    if name:
        return lambda scene: found[-1][1].get(name) if (found := past(scene)) else None
    place = 0 if what == "first" else -1
    return lambda scene: found[place][0].isoformat() if (found := past(scene)) else None


def _total(past: Sequence[tuple[datetime, Mapping[str, Any]]], name: str) -> float:
    numbers = (number_of(properties.get(name)) for _, properties in past)
    return round(fsum(n for n in numbers if n is not None), SUM_DECIMALS)
