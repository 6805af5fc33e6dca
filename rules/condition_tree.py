"""A rule as data: groups and leaves, checked and with every value in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from rules.condition_fields import Field
from rules.duration import Duration
from rules.scene import Reads

#: A rule's value: a number, a text, or for fields that are times a date or time.
Operand = float | str | date | datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison. `values` has as many operands as the operator takes."""

    field: Field
    operator: str
    values: tuple[Operand, ...] = ()
    #: Histories only: what happened within this time before now.
    within: Duration | None = None
    #: Histories only: what the event's own properties must fulfil.
    where: Group | Leaf | None = None
    #: `without` only: for how long the other event was waited for, in seconds.
    after: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all (`and`) or one (`or`) must hold, or the contrary; without parts it holds."""

    combinator: str = "and"
    negated: bool = False
    parts: tuple[Group | Leaf, ...] = ()


Node = Group | Leaf


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf, in drawn order; not those inside `where`."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves(part)


def reads(node: Node) -> Reads:
    """Which facts the rule looks at."""
    found = Reads()
    for leaf in leaves(node):
        found |= _reads(leaf)
    return found


def _reads(leaf: Leaf) -> Reads:
    name = frozenset({leaf.field.name})
    match leaf.field.family:
        case "attribute":
            return Reads(attributes=name)
        case "since" | "until":
            return Reads(attributes=name, uses_now=True)
        case "variable":
            return Reads(variables=name)
        case "event":
            return Reads(event_props=name)
        case "entry":
            return Reads(entry_props=name)
        case "tags":
            return Reads(tags=True)
        case "segments":
            return Reads(segments=frozenset(map(str, leaf.values)))
        case "tier":
            return Reads(tiers=name)
        case "journey":
            return Reads(journeys=name)
        case "scene":
            return Reads(scenes=name, uses_now=True)
        case "stage":
            return Reads(stage=True)
        case "now":
            return Reads(uses_now=True)
        case _:
            if leaf.field.what == "without":
                return Reads(events=frozenset({leaf.field.event}) | name, uses_now=True)
            return Reads(events=frozenset({leaf.field.event}), uses_now=leaf.within is not None)
