"""Rules that never hold, and rules that never hold together: what is said is true, and the plain cases are said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.conditions import Rule, excludes, parse
from tests.rules.people import OWN_FIELDS, leaf, rules, scenes


def rule(*parts: Any, how: str = "and") -> Rule:
    return parse({"combinator": how, "rules": [{"field": f, "operator": o, "value": v} for f, o, v in parts]})


@pytest.mark.parametrize(
    "parts",
    [
        [("attribute.x", "=", 1), ("attribute.x", "=", 2)],
        [("attribute.x", "=", "a"), ("attribute.x", "=", "b")],
        [("attribute.x", "=", "a"), ("attribute.x", "=", 5)],
        [("attribute.x", "=", "a"), ("attribute.x", "!=", "a")],
        [("attribute.x", "=", "a"), ("attribute.x", "null", None)],
        [("attribute.x", "!=", "a"), ("attribute.x", "null", None)],
        [("attribute.x", "null", None), ("attribute.x", "notNull", None)],
        [("attribute.x", ">", 5), ("attribute.x", "<", 3)],
        [("attribute.x", ">", 5), ("attribute.x", "<=", 5)],
        [("attribute.x", ">=", 5), ("attribute.x", "<", 5)],
        [("attribute.x", "=", 5), ("attribute.x", ">", "5")],
        [("attribute.x", "between", [5, 1])],
        [("attribute.x", "between", [1, 5]), ("attribute.x", ">", 5)],
        [("attribute.x", "in", [])],
        [("attribute.x", "in", ["a", "b"]), ("attribute.x", "notIn", ["a", "b", "c"])],
        [("attribute.x", "in", ["a", 5]), ("attribute.x", "=", "b")],
        [("attribute.x", ">", "m"), ("attribute.x", "<", "c")],
        [("attribute.x", "beginsWith", "a"), ("attribute.x", "beginsWith", "b")],
        [("attribute.x", "endsWith", "a"), ("attribute.x", "=", "xyz")],
        [("attribute.x", "contains", "a"), ("attribute.x", "doesNotContain", "a")],
        [("tags", "has", "vip"), ("tags", "hasNot", "vip")],
        [("tags", "hasAny", ["a", "b"]), ("tags", "hasNone", ["b", "a", "c"])],
        [("tags", "hasAny", [])],
        [("tags", "has", "a"), ("tags", "null", None)],
        [("history.paid.count", "<", 0)],
        [("history.paid.count", ">", 1), ("history.paid.count", "<", 2)],
        [("history.paid.count", "null", None)],
        [("now.weekday", "=", 8)],
        [("now.weekday", ">", 7)],
        [("now.is_workday", "=", True), ("now.is_workday", "=", False)],
        [("now.date", ">", "2026-03-02"), ("now.date", "<", "2026-03-01")],
        [("since.x", ">", 3), ("since.x", "<", 4)],
        [("stage", "=", "a"), ("stage", "in", ["b", "c"])],
    ],
)
def test_contradictions_are_found(parts: list[Any]) -> None:
    assert rule(*parts).never


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [("attribute.x", "=", 1), ("attribute.y", "=", 2)],
        [("attribute.x", ">", 3), ("attribute.x", "<", 5)],
        [("attribute.x", ">=", 5), ("attribute.x", "<=", 5)],
        [("attribute.x", ">", 4), ("attribute.x", "<", 5)],  # 4.5
        [("attribute.x", "=", 5), ("attribute.x", "contains", ".")],  # "5.0"
        [("attribute.x", ">", 3), ("attribute.x", ">", "a")],
        [("attribute.x", "beginsWith", "a"), ("attribute.x", "beginsWith", "ab")],
        [("tags", "hasNot", "a"), ("tags", "null", None)],
        [("now.time", "between", ["22:00", "08:00"]), ("now.time", ">", "23:00")],
        [("attribute.x", "null", None)],
    ],
)
def test_what_may_hold_is_not_accused(parts: list[Any]) -> None:
    assert not rule(*parts).never


def test_groups() -> None:
    never = {"combinator": "and", "rules": [{"field": "tags", "operator": "hasAny", "value": []}]}
    maybe = {"field": "tags", "operator": "has", "value": "a"}
    assert parse({"combinator": "or", "rules": [never, never]}).never
    assert not parse({"combinator": "or", "rules": [never, maybe]}).never
    assert parse({"combinator": "and", "rules": [never, maybe]}).never
    assert parse({"not": True, "rules": []}).never
    assert not parse({"not": True, "rules": [never]}).never


def test_tiers_exclude_each_other() -> None:
    low, mid = rule(("attribute.tier", "=", "low")), rule(("attribute.tier", "=", "mid"))
    either = rule(("attribute.tier", "=", "low"), ("attribute.tier", "=", "mid"), how="or")
    assert excludes(low, mid) and not excludes(low, either) and not excludes(low, low)
    denied = parse({"not": True, "rules": [{"field": "attribute.tier", "operator": "=", "value": "low"}]})
    assert excludes(low, denied) and excludes(denied, low) and not excludes(mid, denied)
    assert excludes(rule(("attribute.n", "<", 5)), rule(("attribute.n", ">=", "5")))
    assert not excludes(rule(("attribute.n", "<", 5)), parse(None))


def test_a_very_wide_rule_is_simply_not_known() -> None:
    choice = {
        "combinator": "or",
        "rules": [{"field": "tags", "operator": "has", "value": str(n)} for n in range(40)],
    }
    assert not parse({"combinator": "and", "rules": [choice, choice, choice]}).never


FEW = [
    f for f in OWN_FIELDS if f in ("attribute.a", "attribute.b", "tags", "since.born", "history.viewed.count")
]


@settings(max_examples=max(settings().max_examples, 200))
@given(st.lists(leaf(FEW), min_size=1, max_size=4), rules(FEW, depth=2))
def test_nobody_is_in_a_rule_said_to_hold_never(parts: list[Any], other: Any) -> None:
    one, two = parse({"combinator": "and", "rules": parts}), parse(other)
    together = [facts for facts in scenes().values() if one.holds(facts)]
    assert not (one.never and together)
    assert not (excludes(one, two) and any(two.holds(facts) for facts in together))
