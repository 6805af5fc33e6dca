"""The trail tells what the rules saw that decided the way: branches, arrows and waits with a condition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Crumb, Facts, Position, Signal, fresh
from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def trail(
    definition: dict[str, Any],
    *events: tuple[float, str, dict[str, Any]],
    attributes: dict[str, Any] | None = None,
    tags: tuple[str, ...] = (),
    hours: float = 1000,
) -> list[Crumb]:
    signals = [
        Signal(n, "event", name, START + h * HOUR, START + h * HOUR, data)
        for n, (h, name, data) in enumerate(events, 1)
    ]
    facts = Facts("s", attributes or {}, tags)
    plan = compile_plan(definition)
    (move,) = advance(plan, [fresh("in", START)], [signals], [facts], START + hours * HOUR)
    return move.trail


def saw(crumbs: list[Crumb]) -> list[tuple[str, str | None, dict[str, Any]]]:
    return [
        (c.op, c.step or c.stage, dict(c.detail["saw"])) for c in crumbs if c.detail and "saw" in c.detail
    ]


WAYS = {
    "rules": [
        {"exit": "east", "rule": rule("attribute.city", "=", "上海")},
        {"exit": "vip", "rule": rule("tags", "has", "vip")},
    ]
}
BRANCH = chart(
    {"a": "b"}, {"b": ("a", "branch", WAYS)}, [("b", "east", "x"), ("b", "vip", "x")], {"x": "lost"}
)


def test_a_branch_tells_what_it_judged_up_to_the_way_it_took() -> None:
    assert saw(trail(BRANCH, attributes={"city": "上海"})) == [("step", "b", {"attribute.city": "上海"})]
    both = {"attribute.city": "杭州", "tags": ["vip"]}
    assert saw(trail(BRANCH, attributes={"city": "杭州"}, tags=("vip", "new"))) == [("step", "b", both)]
    assert saw(trail(BRANCH)) == [("step", "b", {"attribute.city": None, "tags": []})]


def test_long_values_are_cut() -> None:
    ((_, _, seen),) = saw(trail(BRANCH, attributes={"city": "长" * 500}))
    assert len(seen["attribute.city"]) == 120


def test_an_arrow_tells_it_where_it_arrives() -> None:
    drawn = chart(
        {"a": "", "b": {"stay": True}},
        {},
        [("a", event("paid"), "b", {"where": rule("event.amount", ">", 10)}), ("a", after("P90D"), "b")],
    )
    assert saw(trail(drawn, (1, "paid", {"amount": 5}), (2, "paid", {"amount": 12}), hours=9)) == [
        ("stage", "b", {"event.amount": 12})
    ]


def test_arrows_to_an_end_and_within_the_stage() -> None:
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(**{"for": "P9D"})), "z": ("a", "wait", wait(**{"for": "P9D"}))},
        [
            ("a", event("again"), "z", {"where": rule("event.n", "=", 1)}),
            ("a", event("off"), "x", {"where": rule("event.n", "=", 2)}),
        ],
        {"x": "lost"},
    )
    crumbs = trail(drawn, (1, "again", {"n": 1}), (2, "off", {"n": 2}))
    assert saw(crumbs) == [("jump", "w", {"event.n": 1}), ("end", "a", {"event.n": 2})]


def test_a_wait_for_an_event_with_a_condition() -> None:
    awaited = {"events": [{"exit": "big", "event": "paid", "where": rule("event.amount", ">", 10)}]}
    drawn = chart({"a": "w"}, {"w": ("a", "wait_event", awaited)}, [("w", "big", "x")], {"x": "lost"})
    crumbs = trail(drawn, (1, "paid", {"amount": 3}), (2, "paid", {"amount": 30}))
    assert saw(crumbs) == [("step", "w", {"event.amount": 30})]


def test_rules_asked_on_entering_and_on_finishing() -> None:
    drawn = chart(
        {"a": "", "b": {"stay": True}, "c": {"stay": True}, "d": {"stay": True}},
        {},
        [
            ("a", DONE, "b", {"where": rule("attribute.n", "=", 1)}),
            ("b", when("attribute.tier", "=", "high"), "c"),
            ("c", at(offset="P0D"), "d", {"where": rule("attribute.n", "<", 9)}),
        ],
    )
    crumbs = trail(drawn, attributes={"n": 1, "tier": "high"})
    assert saw(crumbs) == [
        ("through", "b", {"attribute.n": 1, "attribute.tier": "high"}),
        ("through", "c", {"attribute.n": 1}),
    ]


def test_an_arrow_passed_over_keeps_nothing_back() -> None:
    """What a rule saw never sticks to a later line that it has not decided."""
    drawn = chart(
        {"a": "", "b": ""},
        {},
        [
            ("a", DONE, "b", {"where": rule("attribute.n", "=", 1)}),
            ("b", DONE, "a", {"where": rule("attribute.n", "=", 1)}),
            ("a", event("paid"), "x"),
            ("b", event("paid"), "x"),
        ],
        {"x": "lost"},
    )
    crumbs = trail(drawn, (1, "paid", {}), attributes={"n": 1})
    told = {c.op for c in crumbs if c.detail and "saw" in c.detail}
    assert "passed_over" in {c.op for c in crumbs} and told == {"stage"}


def test_without_rules_nothing_is_kept() -> None:
    drawn = chart(
        {"a": "w"}, {"w": ("a", "wait", wait(**{"for": "P1D"}))}, [("w", "next", "x")], {"x": "lost"}
    )
    assert saw(trail(drawn)) == []
    assert isinstance(fresh("in", START), Position)
