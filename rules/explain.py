"""Why a rule held or did not: leaf by leaf, what it asked, what it saw, and whether that was enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.condition_tests import time_holds, value_test
from rules.condition_tree import Leaf, Node, Operand, leaves
from rules.condition_words import OPERATOR_WORDS, Titles, field_words
from rules.conditions import Rule
from rules.dates import span
from rules.scene import Scene
from rules.seeing import CUT, LONGEST, SETS, key_of
from rules.zones import SHANGHAI


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison of a rule and how it went."""

    field: str
    #: What the field is called, in Chinese and in English.
    name: tuple[str, str]
    operator: str
    #: Its words, in Chinese and in English.
    operator_words: tuple[str, str]
    #: One operand, a list of them, or None for operators that take none.
    value: Any
    saw: Any
    #: None if what was kept of a long value does not tell.
    held: bool | None

    def json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "field": self.field,
            "name": {"zh": self.name[0], "en": self.name[1]},
            "operator": self.operator,
            "value": self.value,
            "saw": self.saw,
            "held": self.held,
        }


def explain(rule: Rule, scene: Scene, titles: Titles | None = None) -> list[Reason]:
    """Judge every leaf of a rule in a scene, whether or not it decided."""
    seen: dict[str, Any] = {}
    rule.see(scene, seen)
    return told(rule, seen, scene.zone, titles)


def told(
    rule: Rule, seen: Mapping[str, Any], zone: ZoneInfo = SHANGHAI, titles: Titles | None = None
) -> list[Reason]:
    """The same from what was kept when the rule was judged; leaves of which nothing was kept are left out."""
    return [_reason(leaf, seen[key], zone, titles or {}) for leaf, key in _kept(rule.node, seen)]


def _kept(node: Node, seen: Mapping[str, Any]) -> list[tuple[Leaf, str]]:
    return [(leaf, key) for leaf in leaves(node) if (key := key_of(leaf)) in seen]


def _reason(leaf: Leaf, saw: Any, zone: ZoneInfo, titles: Titles) -> Reason:
    values = [_shown(value) for value in leaf.values]
    many = leaf.operator in ("in", "notIn", "between", "notBetween", "hasAny", "hasNone")
    return Reason(
        key_of(leaf),
        (field_words(leaf.field, True, titles), field_words(leaf.field, False, titles)),
        leaf.operator,
        OPERATOR_WORDS[leaf.operator],
        values if many else values[0] if values else None,
        saw,
        _held(leaf, saw, zone),
    )


def _held(leaf: Leaf, saw: Any, zone: ZoneInfo) -> bool | None:
    how = leaf.operator
    if leaf.field.family in SETS:
        return _tags_held(how, frozenset(map(str, leaf.values)), saw or [])
    if isinstance(saw, str) and len(saw) == LONGEST and saw.endswith(CUT) and how not in ("null", "notNull"):
        return None
    if leaf.field.type == "time":
        if how in ("null", "notNull"):
            return (saw is None) == (how == "null")
        if saw is None:
            return False
        spans = [span(value, zone) for value in leaf.values if isinstance(value, date)]
        return time_holds(how, datetime.fromisoformat(saw).astimezone(UTC), spans)
    return value_test(leaf.field, how, leaf.values)(saw)


def _tags_held(how: str, wanted: frozenset[str], worn: Any) -> bool:
    if how in ("null", "notNull"):
        return (not worn) == (how == "null")
    return wanted.isdisjoint(worn) == (how in ("hasNot", "hasNone"))


def _shown(value: Operand) -> Any:
    if isinstance(value, float):
        return int(value) if value == int(value) else value
    return value.isoformat() if isinstance(value, date) else value
