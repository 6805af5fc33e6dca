"""Why a rule held: every comparison with what it saw, from a scene and from what was kept of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from rules.condition_tests import compile_node
from rules.condition_tree import Group, Node, leaves
from rules.conditions import Scene, parse
from rules.explain import explain, told
from rules.seeing import LONGEST, key_of
from tests.rules.people import rules, scenes

NOW = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def scene(**facts: Any) -> Scene:
    return Scene(
        attributes=facts.pop("attributes", {}), tags=frozenset(facts.pop("tags", ())), now=NOW, **facts
    )


def leaf(field: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value, **more}


def test_each_comparison_tells_what_it_asked_and_what_it_saw() -> None:
    rule = parse(
        {
            "combinator": "or",
            "rules": [
                leaf("attribute.city", "=", "上海"),
                leaf("attribute.level", "in", [1, 2]),
                leaf("tags", "hasAny", ["vip", "new"]),
            ],
        }
    )
    found = explain(rule, scene(attributes={"city": "杭州"}, tags=("vip", "old")), {"attribute.city": "城市"})
    assert [reason.json() for reason in found] == [
        {"field": "attribute.city", "name": {"zh": "城市", "en": "城市"}, "operator": "=", "value": "上海",
         "saw": "杭州", "held": False},
        {"field": "attribute.level", "name": {"zh": "level", "en": "level"}, "operator": "in",
         "value": [1, 2], "saw": None, "held": False},
        {"field": "tags", "name": {"zh": "标签", "en": "tags"}, "operator": "hasAny", "value": ["vip", "new"],
         "saw": ["vip"], "held": True},
    ]  # fmt: skip


PAST = {"paid": [(NOW - 9 * DAY, {"amount": 3}), (NOW - DAY, {"amount": 4.5, "kind": "gift"})]}


@pytest.mark.parametrize(
    ("written", "saw", "held"),
    [
        (leaf("history.paid.count", ">=", 2), 2, True),
        (leaf("history.paid.count", ">=", 2, within="P7D"), 1, False),
        (leaf("history.paid.sum.amount", "=", 7.5), 7.5, True),
        (leaf("history.paid.last", ">", "2026-03-06"), "2026-03-07T04:00:00+00:00", True),
        (leaf("history.paid.first", "null"), "2026-02-27T04:00:00+00:00", False),
        (leaf("history.asked.last", "null"), None, True),
        (leaf("history.paid.last.kind", "=", "gift"), "gift", True),
        (leaf("since.joined", "<", 10), 7, True),
        (leaf("now.time", "between", ["22:00", "13:00"]), "12:00", True),
        (leaf("now.is_workday", "=", True), False, False),
        (leaf("event.amount", ">", 10), 12, True),
        (leaf("entry.channel", "=", "qr"), None, False),
        (leaf("variable.n", "!=", 1), 2, True),
        (leaf("stage", "=", "trust"), "trust", True),
        (leaf("tags", "null"), ["a"], False),
    ],
)
def test_every_family_of_fields(written: dict[str, Any], saw: Any, held: bool) -> None:
    facts = scene(
        attributes={"joined": "2026-03-01"}, tags=("a",), variables={"n": 2}, event={"amount": 12},
        stage="trust", history=PAST,
    )  # fmt: skip
    (reason,) = explain(parse(written), facts)
    assert (reason.saw, reason.held) == (saw, held)


def test_long_values_are_cut_and_then_say_nothing() -> None:
    rule = parse(leaf("attribute.note", "=", "x" * 200))
    kept: dict[str, Any] = {}
    rule.see(scene(attributes={"note": "x" * 200}), kept)
    assert len(kept["attribute.note"]) == LONGEST
    (reason,) = told(rule, kept)
    assert reason.held is None
    (present,) = told(parse(leaf("attribute.note", "notNull")), kept)
    assert present.held is True


def test_two_windows_of_one_history_are_two_values() -> None:
    rule = parse(
        {
            "rules": [
                leaf("history.paid.count", ">", 0, within="P7D"),
                leaf("history.paid.count", ">", 0, where=leaf("event.kind", "=", "gift")),
                leaf("history.paid.count", ">", 0, where=leaf("event.amount", "=", 99)),
                leaf("history.paid.count", ">", 0),
            ]
        }
    )
    assert [reason.saw for reason in explain(rule, scene(history=PAST))] == [1, 1, 0, 2]


def test_of_what_nothing_was_kept_nothing_is_told() -> None:
    rule = parse({"rules": [leaf("attribute.a", "=", 1), leaf("attribute.b", "=", 1)]})
    assert [reason.field for reason in told(rule, {"attribute.b": 1})] == ["attribute.b"]


def judged(node: Node, held: dict[str, list[bool | None]]) -> bool | None:
    """A tree judged by what its leaves are said to be."""
    if not isinstance(node, Group):
        return held[repr(node)][0]
    parts = [judged(part, held) for part in node.parts]
    if None in parts:
        return None
    together = all(parts) if node.combinator == "and" or not parts else any(parts)
    return together != node.negated


@given(tree=rules())
def test_what_was_kept_tells_the_same_as_the_rule_itself(tree: Any) -> None:
    rule = parse(tree)
    for here in list(scenes().values())[:60]:
        kept: dict[str, Any] = {}
        rule.see(here, kept)
        again = json.loads(json.dumps(kept))
        held: dict[str, list[bool | None]] = {}
        for part, reason in zip(leaves(rule.node), told(rule, again, here.zone), strict=True):
            assert reason.field == key_of(part)
            assert reason.held in (None, compile_node(part)(here)), (part, reason)
            held.setdefault(repr(part), []).append(reason.held)
        assert judged(rule.node, held) in (None, rule.holds(here))
