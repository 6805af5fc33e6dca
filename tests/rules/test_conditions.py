"""The condition language: what holds, what is refused, what a rule reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import ALWAYS, BadRule, Reads, Scene, parse
from rules.zones import SHANGHAI
from tests.rules.people import rules, scenes

#: Monday 2 March 2026, 10:00 in Shanghai.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def leaf(field: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value, **more}


def scene(attributes: Mapping[str, Any] | None = None, **more: Any) -> Scene:
    return Scene(**({"attributes": attributes or {}, "tags": frozenset(), "now": NOW} | more))


def holds(value: Any, operator: str, wanted: Any = None) -> bool:
    return parse(leaf("attribute.x", operator, wanted)).holds(scene({"x": value}))


@pytest.mark.parametrize(
    ("value", "operator", "wanted", "expected"),
    [
        ("gold", "=", "gold", True),
        ("gold", "=", "Gold", False),
        ("gold", "!=", "silver", True),
        (5, "=", "5", True),
        ("5", "=", 5, True),
        ("5.0", "=", 5, True),
        ("05", "=", 5, False),  # a code, not a number
        (True, "=", True, True),
        (True, "=", "true", True),
        ("true", "=", True, True),
        (True, "=", 1, False),
        (1, "=", True, False),
        (10, ">", 9, True),
        ("10", ">", "9", True),  # as numbers
        ("b", ">", "a", True),
        ("abc", ">", 5, False),
        ("abc", "<", 5, False),
        ("abc", "!=", 5, True),
        (5, "<", "abc", False),
        (5, ">", "abc", False),
        ("2026-03-02", "<", "2026-03-10", True),
        (date(2026, 3, 2), "<", "2026-03-10", True),
        (3, "between", [1, 3], True),
        (3, "between", "1, 3", True),
        (3, "between", [3, 1], False),
        (0, "notBetween", [1, 3], True),
        ("abc", "notBetween", [1, 3], False),
        ("a", "in", ["a", "b"], True),
        ("a", "in", "a，b", True),
        (5, "in", ["5", "x"], True),
        ("c", "in", [], False),
        ("c", "notIn", ["a"], True),
        ("c", "notIn", [], True),
        ("100%", "contains", "%", True),
        ("100", "contains", "%", False),
        ("会员金卡", "beginsWith", "会员", True),
        ("会员金卡", "endsWith", "金卡", True),
        ("abc", "contains", "B", False),
        (13800001111, "beginsWith", "138", True),
        (13800001111, "beginsWith", 138, True),
        (5.5, "contains", "5", False),
        (5.0, "beginsWith", "5", True),
        ("abc", "doesNotContain", "x", True),
        ("abc", "doesNotBeginWith", "a", False),
        ("abc", "doesNotEndWith", "c", False),
        ([1], "=", 1, False),
        ([1], "!=", 1, False),
        ([1], "notNull", None, True),
        ([], "null", None, True),
        ({}, "null", None, True),
        ({"a": 1}, "contains", "a", False),
        (2**60, "=", 5, False),
        (2**60, "!=", 5, False),
        (2**60, "notNull", None, True),
        (float("nan"), "!=", 5, False),
        (float("inf"), ">", 5, False),
        (0, "null", None, False),
        (False, "null", None, False),
        (" ", "null", None, False),
    ],
)
def test_one_comparison(value: Any, operator: str, wanted: Any, expected: bool) -> None:
    assert holds(value, operator, wanted) is expected


NEEDS_A_VALUE = (
    "= != < <= > >= contains beginsWith endsWith doesNotContain doesNotBeginWith doesNotEndWith in notIn between"
    " notBetween notNull"
)


@pytest.mark.parametrize("empty", [None, "", [], {}])
@pytest.mark.parametrize("operator", NEEDS_A_VALUE.split())
def test_nothing_makes_every_comparison_false(empty: Any, operator: str) -> None:
    wanted = ["a", "b"] if operator in ("in", "notIn", "between", "notBetween") else "a"
    assert not holds(empty, operator, wanted)
    assert not parse(leaf("attribute.y", operator, wanted)).holds(scene())
    assert holds(empty, "null")


def test_not_before_a_group_denies_plainly() -> None:
    inner = leaf("attribute.x", "=", "gold")
    assert parse({"not": True, "rules": [inner]}).holds(scene())
    assert not parse({"not": True, "rules": []}).holds(scene())


@pytest.mark.parametrize(
    "tree", [None, {}, {"rules": []}, {"combinator": "or", "rules": []}, {"combinator": "and"}]
)
def test_an_empty_rule_holds_always(tree: Any) -> None:
    assert parse(tree).holds(scene()) and ALWAYS.holds(scene())
    assert parse({"combinator": "or", "rules": [tree or {}, leaf("attribute.x", "=", 1)]}).holds(scene())


def test_groups() -> None:
    yes, no = leaf("attribute.x", "=", 1), leaf("attribute.x", "=", 2)
    facts = scene({"x": 1})

    def group(how: str, *parts: Any) -> bool:
        return parse({"combinator": how, "rules": list(parts)}).holds(facts)

    assert group("and", yes, yes) and not group("and", yes, no)
    assert group("or", no, yes) and not group("or", no, no)
    assert group("and", {"combinator": "or", "rules": [no, yes]}, yes)


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("has", "vip", True),
        ("has", "new", False),
        ("hasNot", "new", True),
        ("hasAny", ["new", "vip"], True),
        ("hasAny", "new, vip", True),
        ("hasAny", [], False),
        ("hasNone", ["new"], True),
        ("hasNone", ["vip", "new"], False),
        ("hasNone", [], True),
        ("null", None, False),
        ("notNull", None, True),
    ],
)
def test_tags(operator: str, value: Any, expected: bool) -> None:
    assert parse(leaf("tags", operator, value)).holds(scene(tags=frozenset({"vip"}))) is expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("variable.points", ">=", 10, True),
        ("event.amount", ">", 50, True),
        ("event.name", "=", "order_paid", True),
        ("entry.channel", "=", "douyin", True),
        ("stage", "=", "first_order", True),
        ("stage", "in", ["trust"], False),
        ("now.weekday", "=", 1, True),
        ("now.weekday", "in", [6, 7], False),
        ("now.monthday", "=", 2, True),
        ("now.is_month_end", "=", False, True),
        ("now.is_workday", "=", "true", True),
        ("now.time", "=", "10:00", True),
        ("now.time", "between", ["09:00", "12:00"], True),
        ("now.time", "between", ["22:00", "08:00"], False),
        ("now.time", "between", ["22:00", "10:00"], True),
        ("now.time", "notBetween", ["22:00", "08:00"], True),
        ("now.date", ">=", "2026-03-02", True),
    ],
)
def test_fields_of_the_moment(field: str, operator: str, value: Any, expected: bool) -> None:
    facts = scene(
        variables={"points": 10},
        event={"name": "order_paid", "amount": 99},
        entry={"channel": "douyin"},
        stage="first_order",
    )
    assert parse(leaf(field, operator, value)).holds(facts) is expected


def test_without_an_event_its_properties_are_empty() -> None:
    assert parse(leaf("event.amount", "null")).holds(scene())
    assert parse(leaf("entry.amount", "null")).holds(scene())
    assert parse(leaf("stage", "null")).holds(scene())


@pytest.mark.parametrize(
    ("value", "since"),
    [
        ("2026-03-02", 0),
        ("2026-03-01", 1),
        ("2026-03-03", -1),
        ("2026-03-01T23:59", 1),  # the subject's own clock
        ("2026-03-01T15:59:59Z", 1),  # 23:59 in Shanghai
        ("2026-03-01T16:00:00Z", 0),  # midnight there
        ("2026-03-02 00:30:00+09:00", 1),
        (date(2026, 2, 1), 29),
        ("2026-02-30", None),
        ("yesterday", None),
        (20260302, None),
    ],
)
def test_days_since_and_until_are_local_days(value: Any, since: int | None) -> None:
    facts = scene({"d": value})
    if since is None:
        assert parse(leaf("since.d", "null")).holds(facts)
        assert not parse(leaf("since.d", "!=", 0)).holds(facts)
    else:
        assert parse(leaf("since.d", "=", since)).holds(facts)
        assert parse(leaf("until.d", "=", -since)).holds(facts)


DAY = timedelta(days=1)
HISTORY = {
    "order_paid": [
        (NOW - 40 * DAY, {"amount": 100, "sku": "a"}),
        (NOW - 30 * DAY, {"amount": "50.5", "sku": "b"}),
        (NOW - DAY, {"amount": "x", "sku": "a"}),
        (NOW, {"amount": 0.1}),
        (NOW + DAY, {"amount": 1000, "sku": "z"}),  # stored already, but not yet happened
    ]
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (leaf("history.order_paid.count", "=", 4), True),
        (leaf("history.order_paid.count", "=", 3, within="P30D"), True),  # the first instant included
        (leaf("history.order_paid.count", "=", 2, within="PT719H"), True),
        (leaf("history.order_paid.count", "=", 2, where=leaf("event.sku", "=", "a")), True),
        (leaf("history.order_paid.count", "=", 1, within="P30D", where=leaf("event.sku", "=", "a")), True),
        (leaf("history.viewed.count", "=", 0), True),
        (leaf("history.viewed.count", "null"), False),
        (leaf("history.order_paid.sum.amount", "=", 150.6), True),
        (leaf("history.viewed.sum.amount", "=", 0), True),
        (leaf("history.order_paid.last", "=", "2026-03-02"), True),
        (leaf("history.order_paid.last", ">", "2026-03-01"), True),
        (leaf("history.order_paid.last", ">", "2026-03-02"), False),
        (leaf("history.order_paid.last", ">=", "2026-03-02T10:00"), True),
        (leaf("history.order_paid.last", "=", "2026-03-02T02:00:00Z"), True),
        (leaf("history.order_paid.last", "between", ["2026-03-02", "2026-03-02"]), True),
        (leaf("history.order_paid.first", "<", "2026-01-21"), False),
        (leaf("history.order_paid.first", "<=", "2026-01-21"), True),
        (leaf("history.viewed.last", "null"), True),
        (leaf("history.viewed.last", "!=", "2026-03-02"), False),
        (leaf("history.order_paid.last.sku", "null"), True),
        (leaf("history.order_paid.last.sku", "=", "a", where=leaf("event.sku", "notNull")), True),
        (leaf("history.order_paid.last.amount", "<", 1), True),
        (leaf("history.viewed.last.sku", "!=", "a"), False),
    ],
)
def test_histories(written: dict[str, Any], expected: bool) -> None:
    assert parse(written).holds(scene(history=HISTORY)) is expected


def test_the_window_of_a_history_is_local_days() -> None:
    new_york = ZoneInfo("America/New_York")
    now = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)  # noon, on the day that has 23 hours
    paid = {"paid": [(now - timedelta(hours=24), {})]}
    rule = parse(leaf("history.paid.count", "=", 1, within="P1D"))
    assert not rule.holds(scene(history=paid, now=now, zone=new_york))  # 11:00 of the day before
    assert rule.holds(scene(history=paid, now=now, zone=SHANGHAI))


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ([], ""),
        ("x", ""),
        (5, ""),
        ({"foo": 1}, "foo"),
        ({"combinator": "xor", "rules": []}, "combinator"),
        ({"not": "yes", "rules": []}, "not"),
        ({"rules": {}}, "rules"),
        ({"rules": [None]}, "rules[0]"),
        ({"rules": ["and"]}, "rules[0]"),
        ({"rules": [leaf("x", "=", 1)]}, "rules[0].field"),
        ({"rules": [{"rules": [leaf("attribute.x", "~", 1)]}]}, "rules[0].rules[0].operator"),
        ({"field": "attribute.x"}, "operator"),
        ({"operator": "="}, "field"),
        (leaf(5, "=", 1), "field"),  # type: ignore[arg-type]
        (leaf("attribute.", "=", 1), "field"),
        (leaf("attribute", "=", 1), "field"),
        (leaf('attribute.a"b', "=", 1), "field"),
        (leaf("attribute.a\\b", "=", 1), "field"),
        (leaf("attribute.a\0b", "=", 1), "field"),
        (leaf("attribute.\ud800", "=", 1), "field"),
        (leaf("history.order paid.count", "=", 1), "field"),
        (leaf("history.paid", "=", 1), "field"),
        (leaf("history.paid.sum", "=", 1), "field"),
        (leaf("history.paid.count.x", "=", 1), "field"),
        (leaf("now.year", "=", 1), "field"),
        (leaf("tags.x", "has", "a"), "field"),
        (leaf("tags", "=", "a"), "operator"),
        (leaf("attribute.x", "has", "a"), "operator"),
        (leaf("attribute.x", "=", None), "value"),
        (leaf("attribute.x", "=", ""), "value"),
        (leaf("attribute.x", "=", ["a"]), "value"),
        (leaf("attribute.x", "=", {"a": 1}), "value"),
        (leaf("attribute.x", "=", "a\0"), "value"),
        (leaf("attribute.x", "=", "\udfff"), "value"),
        (leaf("attribute.x", "=", "金" * 1366), "value"),
        (leaf("attribute.x", "=", 2**53), "value"),
        (leaf("attribute.x", "=", float("nan")), "value"),
        (leaf("attribute.x", "=", 10**400), "value"),
        (leaf("attribute.x", "in", None), "value"),
        (leaf("attribute.x", "in", ["a", None]), "value[1]"),
        (leaf("attribute.x", "in", list(range(501))), "value"),
        (leaf("attribute.x", "between", [1]), "value"),
        (leaf("attribute.x", "between", 5), "value"),
        (leaf("history.paid.count", ">", "many"), "value"),
        (leaf("since.x", ">", 1.5), "value"),
        (leaf("since.x", ">", 10**6), "value"),
        (leaf("now.is_workday", "=", "maybe"), "value"),
        (leaf("now.time", "=", "8:30"), "value"),
        (leaf("now.date", "=", "2026-02-30"), "value"),
        (leaf("history.paid.last", "<", "soon"), "value"),
        (leaf("tags", "has", 5), "value"),
        (leaf("attribute.x", "=", "a", within="P1D"), "within"),
        (leaf("attribute.x", "=", "a", where=leaf("event.x", "=", 1)), "where"),
        (leaf("history.paid.count", "=", 1, within="month"), "within"),
        (leaf("history.paid.count", "=", 1, within="-P1D"), "within"),
        (leaf("history.paid.count", "=", 1, within="P0D"), "within"),
        (leaf("history.paid.count", "=", 1, where=leaf("attribute.x", "=", 1)), "where.field"),
        (leaf("history.paid.count", "=", 1, where=leaf("history.a.count", "=", 1)), "where.field"),
        (leaf("attribute.x", "=", "attribute.y", valueSource="field"), "valueSource"),
        (leaf("attribute.x", "=", 1, extra=True), "extra"),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(tree: Any, path: str) -> None:
    with pytest.raises(BadRule) as refused:
        parse(tree, "config.rule")
    assert [place for place, _ in refused.value.problems] == [f"config.rule.{path}".rstrip(".")]
    assert all(said["zh"].endswith("。") and said["en"].endswith(".") for _, said in refused.value.problems)


def test_all_problems_are_told_at_once() -> None:
    bad = [leaf("nowhere", "=", 1), leaf("attribute.x", "?", 1), leaf("attribute.x", "=", "")]
    with pytest.raises(BadRule) as refused:
        parse({"combinator": "nand", "rules": bad})
    assert [path for path, _ in refused.value.problems] == [
        "combinator", "rules[0].field", "rules[1].operator", "rules[2].value",
    ]  # fmt: skip


def nested(depth: int) -> Any:
    tree: Any = leaf("attribute.x", "=", 1)
    for _ in range(depth):
        tree = {"combinator": "and", "rules": [tree]}
    return tree


def test_size_is_limited() -> None:
    assert parse(nested(31)).holds(scene({"x": 1}))
    for depth in (32, 900):
        with pytest.raises(BadRule, match="nest at most"):
            parse(nested(depth))
    assert parse({"rules": [leaf("attribute.x", "=", 1)] * 500})
    with pytest.raises(BadRule, match="at most 500"):
        parse({"rules": [leaf("attribute.x", "=", 1)] * 501})
    with pytest.raises(BadRule) as refused:
        parse({"rules": [5] * 10_000})
    assert len(refused.value.problems) <= 200


def test_what_the_editor_adds_is_ignored() -> None:
    written = {"id": "g", "combinator": "and", "not": False, "rules": [leaf("attribute.x", "=", "1", id="r")]}
    assert parse(written | {"rules": [leaf("attribute.x", "=", "1", id="r", valueSource="value")]}).holds(
        scene({"x": 1})
    )


def test_what_it_reads_is_known() -> None:
    rule = parse(
        {
            "rules": [
                leaf("attribute.city", "=", "上海"),
                leaf("since.born", ">", 1),
                leaf("tags", "has", "vip"),
                leaf("variable.n", "=", 1),
                leaf("event.amount", ">", 1),
                leaf("entry.channel", "=", "x"),
                leaf("stage", "=", "a"),
                {
                    "combinator": "or",
                    "rules": [leaf("history.paid.count", ">", 1, where=leaf("event.sku", "=", "a"))],
                },
            ]
        }
    )
    assert rule.reads == Reads(
        attributes=frozenset({"city", "born"}),
        tags=True,
        events=frozenset({"paid"}),
        variables=frozenset({"n"}),
        uses_now=True,
        event_props=frozenset({"amount"}),
        entry_props=frozenset({"channel"}),
        stage=True,
    )


@pytest.mark.parametrize(
    ("written", "by_time"),
    [
        (leaf("attribute.x", "=", 1), False),
        (leaf("history.paid.count", ">", 1), False),
        (leaf("history.paid.count", ">", 1, within="P30D"), True),
        (leaf("now.weekday", "=", 1), True),
        (leaf("until.due", "<", 7), True),
    ],
)
def test_what_changes_by_time_alone_is_known(written: dict[str, Any], by_time: bool) -> None:
    assert parse(written).reads.uses_now is by_time


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.just("\ud800"),
        st.binary(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["field", "operator", "value", "rules", "combinator", "not", "within", "where", "id"])
ODD = st.recursive(
    ANYTHING | st.sampled_from(["attribute.x", "tags", "=", "between", "in", "and", "history.a.count"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(ODD)
def test_whatever_is_written_is_read_or_refused(tree: Any) -> None:
    try:
        parse(tree)
    except BadRule as refused:
        assert refused.problems


@given(tree=rules(), value=ANYTHING)
def test_whatever_the_facts_are_nothing_is_raised(tree: Any, value: Any) -> None:
    names = ("a", "b", "born", "会员 等级", "a.b")
    facts = scene(dict.fromkeys(names, value), history={"viewed": [(NOW, {"sku": value, "amount": value})]})
    assert parse(tree).holds(facts) in (True, False)


@given(rules())
def test_a_rule_and_its_denial_share_the_crowd(tree: Any) -> None:
    rule, denied = parse(tree), parse({"not": True, "rules": [tree]})
    assert all(rule.holds(facts) != denied.holds(facts) for facts in scenes().values())
