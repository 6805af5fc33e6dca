"""Every check finds what it is there for, on the very node, and is silent where nothing is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.checks import check, publishable
from journeys.problems import Catalogue
from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when
from tests.journeys.example import example

DIRECT = {"carrier": "wecom_direct", "content": "hello"}
STAY = {"stay": True}


def found(raw: Any, has: Catalogue | None = None) -> set[tuple[str, str]]:
    """(code, node) of everything but infos."""
    return {(p.code, p.node) for p in check(raw, has) if p.severity != "info"}


def simple(**more: Any) -> dict[str, Any]:
    """A journey in which nothing is wrong."""
    drawn = chart({"a": "s", "b": STAY}, {"s": ("a", "send", DIRECT)}, [("a", after("P1D"), "b")])
    return drawn | more


def test_nothing_is_wrong_with_the_example():
    assert found(example()) == set()
    assert found(simple()) == set()


def test_nothing_drawn_yet():
    empty = simple(stages=[], steps=[], arrows=[], entries=[])
    assert found(empty) == {("no-stage", "")}
    assert ("no-entry", "") in found(simple(entries=[]))


def test_unreachable_stages_and_steps():
    raw = chart(
        {"a": "s", "b": "t", "c": "u"},
        {
            "s": ("a", "send", DIRECT),
            "t": ("b", "send", DIRECT),
            "u": ("c", "send", DIRECT),
            "v": ("a", "send", DIRECT),
        },
        [("a", after("P1D"), "b")],
    )
    assert found(raw) == {("unreachable", "c"), ("unreachable", "u"), ("unreachable", "v")}


def test_an_entry_into_a_step_makes_its_stage_and_arrows_reachable():
    raw = chart(
        {"a": None, "b": STAY},
        {"s": ("a", "send", DIRECT)},
        [("a", after("P1D"), "b")],
        to="s",
    )
    assert found(raw) == set()


def test_dead_ends():
    raw = chart({"a": None}, {}, [("a", event("paid"), "a")])
    assert found(raw) == {("dead-end", "a")}
    raw["stages"][0]["stay"] = True
    assert found(raw) == set()
    waits = {"events": [{"exit": "yes", "event": "paid", "where": None}]}
    raw = chart({"a": "w"}, {"w": ("a", "wait_event", waits)}, [])
    assert found(raw) == {("dead-end", "w"), ("endless-wait", "w")}


def test_loops_without_time():
    raw = chart(
        {"a": "s", "x": STAY},
        {"s": ("a", "send", DIRECT), "t": ("a", "tag", {"add": ["x"]})},
        [("s", "sent", "t"), ("t", "next", "s"), ("a", after("P1D"), "x")],
    )
    assert found(raw) == {("loop-without-time", "s")}
    raw["steps"].append({"id": "w", "stage": "a", "kind": "wait", "config": wait(at="20:00")})
    raw["arrows"][1]["to"] = "w"
    raw["arrows"].append({"id": "a9", "from": "w", "exit": "next", "to": "s"})
    assert found(raw) == set()


def test_a_loop_over_stages_without_time():
    raw = chart(
        {"a": "s", "b": "t"},
        {"s": ("a", "send", DIRECT), "t": ("b", "send", DIRECT)},
        [("s", "sent", "b"), ("t", "sent", "a")],
    )
    assert ("loop-without-time", "s") in found(raw)


def test_silent_loops_need_a_rule():
    raw = chart({"a": None, "b": None}, {}, [("a", DONE, "b"), ("b", DONE, "a")])
    assert ("loop-without-rule", "a1") in found(raw)
    raw["arrows"][0]["where"] = rule("tags", "has", "x")
    assert ("loop-by-rules", "a1") in found(raw)
    low, high = when("attribute.tier", "=", "low"), when("attribute.tier", "=", "high")
    raw = chart({"a": STAY, "b": STAY}, {}, [("a", low, "b"), ("b", high, "a")])
    assert found(raw) == set()


def test_shadowed_arrows_and_alarms_that_never_come_first():
    raw = chart({"a": STAY, "b": STAY}, {}, [("a", event("paid"), "b"), ("a", event("paid"), "b")])
    assert found(raw) == {("shadowed", "a2")}
    raw = chart(
        {"a": STAY, "b": STAY, "c": STAY}, {}, [("a", after("P7D"), "b"), ("a", at(offset="P21D"), "c")]
    )
    assert ("alarm-never-first", "a2") in found(raw)


def test_a_wait_longer_than_its_stage():
    raw = chart(
        {"a": "w", "b": STAY}, {"w": ("a", "wait", wait(**{"for": "P9D"}))}, [("a", after("P7D"), "b")]
    )
    assert found(raw) == {("wait-too-long", "w")}
    raw["steps"][0]["config"]["until"] = {"for": "P6D"}
    assert found(raw) == set()


def test_when_on_what_changes_by_time_and_into_its_own_stage():
    raw = chart({"a": STAY, "b": STAY}, {}, [("a", when("now.weekday", "=", 1), "b")])
    assert found(raw) == {("when-by-time", "a1")}
    raw = chart({"a": STAY}, {}, [("a", when("attribute.x", "=", "1"), "a")])
    assert ("when-same-stage", "a1") in found(raw)


def test_rules_that_contradict_themselves():
    never = {"combinator": "and", "rules": [rule("attribute.x", "=", "1"), rule("attribute.x", "=", "2")]}
    raw = chart({"a": STAY, "b": STAY}, {}, [("a", event("paid"), "b", {"where": never})])
    assert found(raw) == {("never-holds", "a1")}


def test_exits_with_two_arrows_and_unknown_exits():
    raw = simple()
    raw["arrows"] += [
        {"id": "x1", "from": "s", "exit": "sent", "to": "b"},
        {"id": "x2", "from": "s", "exit": "sent", "to": "b"},
        {"id": "x3", "from": "s", "exit": "maybe", "to": "b"},
    ]
    assert found(raw) == {("two-arrows", "s"), ("unknown-exit", "x3")}


def test_open_exits_say_what_they_do():
    told = {p.node: p.message.en for p in check(simple()) if p.code == "open-exit"}
    assert told == {
        "s": 'The exit "sent" is open: after it people rest in the stage until one of its arrows takes them.'
    }


def test_missing_parts_are_told_beside_everything_else():
    raw = simple()
    raw["steps"][0]["config"] = {}
    raw["stages"].append({"id": "lonely"})
    assert found(raw) == {("shape", "s"), ("unreachable", "lonely")}
    assert not publishable(check(raw))


def test_names_are_held_against_the_workspace():
    raw = simple()
    raw["arrows"].append({"id": "e1", "from": "a", "on": event("paidd"), "to": "b"})
    raw["arrows"][0]["where"] = rule("attribute.citty", "=", "x")
    has = Catalogue(
        events=frozenset({"paid"}),
        attributes=frozenset({"city"}),
        contents={},
        carriers=frozenset(),
        journeys={},
    )
    assert found(raw, has) == {("unknown-event", "e1"), ("unknown-attribute", "a1"), ("missing-content", "s")}
    assert ("sandbox", "s") in {(p.code, p.node) for p in check(raw, has)}
    has = Catalogue(contents={"hello": "sms"})
    assert found(simple(), has) == {("content-of-other-carrier", "s")}


def test_goals_holdout_and_reentry_agree():
    assert ("no-key", "") in found(simple(settings={"reentry": {"mode": "many"}}))
    assert ("holdout-without-goal", "") in found(simple(settings={"holdout_percent": 5}))
    assert ("goal-without-event", "g") in found(simple(goals=[{"id": "g"}]))
    raw = simple()
    raw["steps"][0] |= {"kind": "goal", "config": {"goal": "nothing"}}
    assert ("unknown-goal", "s") in found(raw)


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_problems_have_a_sentence_in_both_languages(severity):
    raw = chart(
        {"a": None, "b": None, "c": "s"}, {"s": ("c", "send", DIRECT)}, [("a", DONE, "b"), ("b", DONE, "a")]
    )
    for problem in check(raw):
        words = problem.json()["message"]
        assert words["zh"] != words["en"] and len(words["en"]) > 20


def test_a_bell_that_names_a_window_but_no_time():
    window = ["09:00", "18:00"]
    raw = chart({"a": STAY, "b": STAY}, {}, [("a", at(window=window), "b")])
    assert ("bell-without-time", "a1") in found(raw)
    timed = chart({"a": STAY, "b": STAY}, {}, [("a", at(window=window, at="09:30"), "b")])
    assert ("bell-without-time", "a1") not in found(timed)
