"""Small lives on which readings of the rules can differ: kernel and oracle agree, and on what is said here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.journeys import drive
from tests.journeys.charts import START, Life
from tests.journeys.comparison import disagreement
from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when
from tests.journeys.oracle.lines import Signal
from tests.journeys.telling import becomes, happens, words

NINE_HOURS = wait(**{"for": "PT9H"})


def told(definition: Any, *signals: Signal, hours: float = 30, **attributes: Any) -> list[str]:
    """The kernel's walk in short words, once it is sure that the oracle tells the same."""
    lived = Life(definition, list(signals), START + timedelta(hours=hours), attributes=attributes)
    assert not disagreement(lived)
    return [words(line) for line in drive.promptly(lived).path]


def test_an_exit_leads_back_within_its_own_stage_and_the_stage_runs_on():
    drawn = chart(
        {"a": {"initial": "w", "stay": True}},
        {"w": ("a", "wait", NINE_HOURS), "thank": ("a", "send")},
        [
            ("a", event("referred"), "thank"),
            ("thank", "sent", "a", {"enter": "last"}),
            ("a", after("PT12H"), "x"),
        ],
        {"x": "expired"},
    )
    walk = told(drawn, happens("referred", 4))
    assert walk == ["0 stage a", "4 step thank sent", "9 step w next", "12 end  expired"]


def test_an_exit_leads_back_to_a_place_in_another_stage():
    drawn = chart(
        {"a": "w", "b": "s"},
        {"w": ("a", "wait", NINE_HOURS), "s": ("b", "send")},
        [("a", event("referred"), "b"), ("s", "sent", "a", {"enter": "last"}), ("w", "next", "x")],
        {"x": "completed"},
    )
    assert told(drawn, happens("referred", 4))[3:] == ["4 stage a a2", "9 step w next", "9 end  completed"]


def test_resting_is_a_place_to_come_back_to():
    drawn = chart(
        {"a": {"initial": "hello", "stay": True}, "b": "s"},
        {"hello": ("a", "send"), "s": ("b", "send")},
        [("a", event("referred"), "b"), ("s", "sent", "a", {"enter": "last"})],
    )
    walk = told(drawn, happens("referred", 4))
    assert walk == ["0 stage a", "0 step hello sent", "4 stage b a1", "4 step s sent", "4 stage a a2"]


def test_with_nothing_remembered_the_way_back_within_the_stage_goes_to_its_first_step():
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(**{"for": "PT3H"}))},
        [("w", "next", "a", {"enter": "last"}), ("a", after("PT5H"), "x")],
        {"x": "expired"},
    )
    assert told(drawn) == ["0 stage a", "3 step w next", "5 end  expired"]


def test_an_anchor_moved_into_the_past_rings_when_it_moves_and_not_before():
    drawn = chart(
        {"a": None}, {}, [("a", at(anchor={"attribute": "due"}, offset="PT3H"), "x")], {"x": "expired"}
    )
    assert told(drawn, becomes("attribute.due", 13, "2026-02-28")) == ["0 stage a", "13 end  expired"]


def test_of_two_alarms_moved_into_the_past_the_earlier_rings_first():
    drawn = chart(
        {"a": {"initial": "w", "anchor": {"attribute": "due"}}, "b": {"stay": True}, "c": {"stay": True}},
        {"w": ("a", "wait", wait(offset="PT5H"))},
        [("a", at(offset="PT3H"), "b"), ("w", "next", "c")],
    )
    assert told(drawn, becomes("attribute.due", 13, "2026-03-02T08:00:00+00:00"))[1:] == ["13 stage b a1"]


def test_a_moment_that_leads_to_a_step_of_the_stage_just_entered_leaves_its_other_alarms_set():
    drawn = chart(
        {"a": {"stay": True}, "b": None},
        {"w": ("b", "wait", wait(**{"for": "PT3H"}))},
        [("*", at(anchor="entered_journey", offset="PT1H"), "w"), ("b", after("PT8H"), "x")],
        {"x": "expired"},
    )
    assert told(drawn)[-2:] == ["4 step w next", "9 end  expired"]


def test_a_late_wait_goes_on_skipping_when_its_own_stage_is_restarted():
    late = wait(anchor={"attribute": "due"}, offset="PT2H")
    drawn = chart(
        {"a": {"initial": "s", "stay": True}},
        {"s": ("a", "send"), "w": ("a", "wait", late)},
        [("w", "next", "a")],
        to="w",
    )
    assert told(drawn, due="2026-02-21") == ["0 stage a", "0 step w next", "0 stage a a1", "0 step s skipped"]


def test_a_date_that_came_while_away_is_there_on_coming_back():
    drawn = chart(
        {"a": "w", "b": {"stay": True}},
        {"w": ("a", "wait", wait(anchor={"attribute": "due"}, offset="PT3H"))},
        [("a", event("away"), "b"), ("b", event("back"), "a", {"enter": "last"}), ("w", "next", "x")],
        {"x": "completed"},
    )
    signals = happens("away", 1), becomes("attribute.due", 2, "2026-03-02T09:00:00+00:00"), happens("back", 3)
    assert told(drawn, *signals)[2:] == ["3 stage a a2", "4 step w next", "4 end  completed"]


def test_an_arrow_that_leads_back_to_the_same_rest_has_taken_its_signal():
    drawn = chart(
        {"a": {"stay": True}},
        {},
        [
            ("a", {"type": "changed", "field": "attribute.tier"}, "a", {"enter": "last"}),
            ("a", event("paid"), "a"),
        ],
    )
    paid = Signal("event", "paid", START + timedelta(hours=2), {}, stored=START + timedelta(hours=6))
    assert told(drawn, becomes("attribute.tier", 4, "high"), paid) == ["0 stage a", "6 stage a a2"]


def test_a_wait_sees_an_event_that_was_heard_before_it_stood_there():
    answers = {"events": [{"exit": "yes", "event": "viewed", "where": None}], "longest": {"for": "PT9H"}}
    drawn = chart(
        {"a": {"stay": True}},
        {"w": ("a", "wait_event", answers)},
        [("a", event("paid"), "w"), ("w", "yes", "x")],
        {"x": "converted"},
    )
    paid = Signal("event", "paid", START + timedelta(hours=2), {}, stored=START + timedelta(hours=6))
    assert told(drawn, happens("viewed", 4), paid) == ["0 stage a", "4 step w yes", "4 end  converted"]


def test_what_a_step_has_changed_does_not_change_back_while_its_signal_waits():
    def sets(tier: str) -> dict[str, Any]:
        return {"set": [{"target": "attribute", "name": "tier", "value": tier}]}

    drawn = chart(
        {"a": {"initial": "u", "stay": True}},
        {"u": ("a", "update", sets("mid")), "v": ("a", "update", sets("high"))},
        [("u", "next", "v"), ("a", when("attribute.tier", "=", "mid"), "x")],
        {"x": "lost"},
    )
    assert told(drawn) == ["0 stage a", "0 step u next", "0 step v next"]


def test_done_may_restart_its_own_stage_and_a_rule_may_stop_it():
    drawn = chart(
        {"a": {"initial": "w", "stay": True}},
        {"w": ("a", "wait", wait(**{"for": "PT9H"}))},
        [("a", DONE, "a", {"where": rule("tags", "hasNot", "t1")})],
    )
    walk = told(drawn, becomes("tags", 10, ["t1"]))
    assert walk == ["0 stage a", "9 step w next", "9 stage a a1", "18 step w next"]
