"""The oracle alone on examples worked out by hand, for each paragraph of the rules that it knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.charts import START
from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when
from tests.journeys.oracle.lines import Signal
from tests.journeys.oracle.walk import Oracle, play
from tests.journeys.telling import becomes, happens, words


def told(walk: Oracle) -> list[str]:
    """A walk in short words: hour, what, where, by."""
    return [words(line) for line in walk.path]


@pytest.fixture(params=["jump", "tick"])
def walk(request: pytest.FixtureRequest) -> Any:
    """Plays a definition from START on; both clocks of the oracle are tried."""

    def plays(definition: Any, *signals: Signal, hours: float = 100, **more: Any) -> Oracle:
        until = START + timedelta(hours=hours)
        return play(definition, signals, until, opened=START, clock=request.param, **more)

    return plays


def test_1_at_one_instant_an_event_comes_before_the_step_and_the_step_before_the_stage(walk):
    drawn = chart(
        {"a": "w", "b": {"stay": True}, "c": {"stay": True}, "d": {"stay": True}},
        {"w": ("a", "wait", wait(**{"for": "PT2H"}))},
        [("a", after("PT2H"), "b"), ("a", event("paid"), "c"), ("w", "next", "d")],
    )
    assert told(walk(drawn, happens("paid", 2)))[1:] == ["2 stage c a2"]
    assert told(walk(drawn))[1:] == ["2 step w next", "2 stage d a3"]


def test_1_what_a_step_changes_is_a_signal_after_the_run_that_made_it(walk):
    drawn = chart(
        {"a": "t", "b": {"stay": True}},
        {"t": ("a", "tag", {"add": ["vip"]}), "s": ("a", "send")},
        [("t", "next", "s"), ("a", {"type": "changed", "field": "tags"}, "b")],
    )
    assert told(walk(drawn)) == ["0 stage a", "0 step t next", "0 step s sent", "0 stage b a2"]


def test_2_the_step_is_asked_first_then_its_stage_then_any_stage(walk):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": rule("event.amount", ">", 5)}]}
    drawn = chart(
        {"a": "w", "b": {"stay": True}, "c": {"stay": True}, "d": {"stay": True}, "e": {"stay": True}},
        {"w": ("a", "wait_event", waits)},
        [
            ("*", event("paid"), "b"),
            (["a", "b"], event("paid"), "c", {"where": rule("event.amount", ">", 3)}),
            ("a", event("paid"), "d", {"where": rule("event.amount", ">", 2)}),
            ("w", "yes", "e"),
        ],
    )
    by_amount = {9: "e", 4: "c", 3: "d", 1: "b"}
    assert {n: walk(drawn, happens("paid", 1, amount=n)).stage for n in by_amount} == by_amount


def test_2_an_arrow_from_any_stage_restarts_its_own_target_unless_told_not_to(walk):
    drawn = chart({"a": {"stay": True}}, {}, [("*", event("paid"), "a")])
    assert told(walk(drawn, happens("paid", 1))) == ["0 stage a", "1 stage a a1"]
    drawn["arrows"][0]["not_from"] = ["a"]
    assert told(walk(drawn, happens("paid", 1))) == ["0 stage a"]


def test_2_when_and_done_from_any_stage_never_lead_into_the_same_one(walk):
    drawn = chart(
        {"a": {"stay": True}},
        {},
        [("*", when("attribute.tier", "=", "high"), "a"), ("*", DONE, "a")],
    )
    assert told(walk(drawn, becomes("attribute.tier", 1, "high"))) == ["0 stage a"]


def test_3_passed_moments_and_rules_that_hold_lead_silently_down_the_chain(walk):
    offset = {"anchor": {"attribute": "born"}}
    drawn = chart(
        {"a": "a1", "b": "b1", "c": "c1"},
        {"a1": ("a", "send"), "b1": ("b", "send"), "c1": ("c", "wait", wait(**{"for": "P1D"}))},
        [
            ("a", at(offset="P1M", **offset), "b"),
            ("b", at(offset="P2M", **offset), "c"),
            ("c", at(offset="P9M", **offset), "a"),
        ],
    )
    walked = walk(drawn, attributes={"born": "2025-12-01"}, hours=2)
    assert told(walked) == ["0 through a a1", "0 through b a2", "0 stage c a2"]
    assert walked.place == ("waiting", "c", "c1")
    drawn["arrows"][0]["on"]["if_past"] = "ignore"
    assert told(walk(drawn, attributes={"born": "2025-12-01"}, hours=2))[:2] == [
        "0 stage a",
        "0 step a1 sent",
    ]


def test_4_steps_without_time_run_at_once_and_then_the_stage_is_finished(walk):
    drawn = chart(
        {"a": "a1", "b": {"stay": True}},
        {"a1": ("a", "send"), "a2": ("a", "send")},
        [("a1", "sent", "a2"), ("a", DONE, "b")],
    )
    assert told(walk(drawn)) == ["0 stage a", "0 step a1 sent", "0 step a2 sent", "0 stage b a2"]


def test_4_a_journey_is_completed_where_nothing_of_the_stage_itself_can_come(walk):
    drawn = chart(
        {"a": "a1"},
        {"a1": ("a", "send")},
        [("a", after("PT3H"), "x", {"where": rule("tags", "has", "no")})],
        {"x": "lost"},
    )
    drawn["arrows"].append({"id": "z", "from": "*", "on": event("gone"), "to": "x"})
    assert told(walk(drawn))[1:] == ["0 step a1 sent", "3 end  completed"]
    drawn["stages"][0]["stay"] = True
    assert walk(drawn).place == ("resting", "a", None)


def test_4_a_missing_anchor_keeps_the_journey_open(walk):
    drawn = chart(
        {"a": None}, {}, [("a", at(anchor={"attribute": "due"}, offset="P1D"), "x")], {"x": "expired"}
    )
    assert walk(drawn).place == ("resting", "a", None)
    assert told(walk(drawn, becomes("attribute.due", 3, "2026-03-03")))[-1] == "32 end  expired"


def test_5_a_late_wait_skips_touches_up_to_the_next_wait(walk):
    late = wait(anchor={"attribute": "due"}, offset="P1D", at="10:00")
    drawn = chart(
        {"a": "w1"},
        {
            "w1": ("a", "wait", late),
            "s1": ("a", "send"),
            "w2": ("a", "wait", wait(**{"for": "PT1H"})),
            "s2": ("a", "send"),
        },
        [("w1", "next", "s1"), ("s1", "sent", "w2"), ("w2", "next", "s2")],
    )
    past = {"attributes": {"due": "2026-01-01"}}
    assert told(walk(drawn, **past))[1:5] == [
        "0 step w1 next",
        "0 step s1 skipped",
        "1 step w2 next",
        "1 step s2 sent",
    ]
    drawn["steps"][0]["config"]["if_past"] = "now"
    assert "0 step s1 sent" in told(walk(drawn, **past))
    drawn["steps"][0]["config"]["if_past"] = "next"
    assert "18 step w1 next" in told(walk(drawn, **past))
    drawn["arrows"].append({"id": "z", "from": "w1", "exit": "late", "to": "s2"})
    assert told(walk(drawn, **past))[1:3] == ["0 step w1 late", "0 step s2 sent"]


def test_5_a_wait_counts_from_when_it_was_due_and_days_keep_the_clock_time(walk):
    drawn = chart(
        {"a": "w1"},
        {"w1": ("a", "wait", wait(**{"for": "P1D", "at": "10:00"})), "w2": ("a", "wait", wait(at="10:00"))},
        [("w1", "next", "w2")],
    )
    assert told(walk(drawn))[1:3] == ["18 step w1 next", "42 step w2 next"]


def test_5_an_anchor_that_moves_sets_the_alarms_anew(walk):
    drawn = chart(
        {"a": {"initial": "w", "anchor": {"event": ["paid"]}}},
        {"w": ("a", "wait", wait(offset="PT5H"))},
        [("a", at(offset="PT9H"), "x", {"where": rule("tags", "has", "never")})],
        {"x": "expired"},
    )
    assert told(walk(drawn)) == ["0 stage a"]
    paid = happens("paid", 1), happens("paid", 4)
    assert told(walk(drawn, *paid)) == ["0 stage a", "9 step w next", "13 end  completed"]


def test_6_an_event_answers_one_wait_only(walk):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": None}], "longest": {"for": "PT3H"}}
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait_event", waits)},
        [("w", "yes", "w"), ("w", "timeout", "x")],
        {"x": "lost"},
    )
    assert told(walk(drawn, happens("paid", 1), happens("paid", 1))) == [
        "0 stage a", "1 step w yes", "1 step w yes", "4 step w timeout", "4 end  lost",
    ]  # fmt: skip


def test_7_when_is_asked_on_entering_and_after_a_signal_that_touches_it(walk):
    drawn = chart(
        {"a": "u", "b": None},
        {"u": ("a", "update", {"set": [{"target": "variable", "name": "n", "value": 3}]})},
        [("a", when("variable.n", ">", 2), "b"), ("b", when("history.paid.count", ">=", 2), "x")],
        {"x": "converted"},
    )
    walked = walk(drawn, happens("paid", 1), happens("paid", 2))
    assert told(walked) == ["0 stage a", "0 step u next", "0 stage b a1", "2 end  converted"]


def test_8_an_event_counts_itself_and_empty_compares_false(walk):
    drawn = chart(
        {"a": {"stay": True}, "b": "q", "c": {"stay": True}, "d": {"stay": True}},
        {"q": ("b", "branch", {"rules": [{"exit": "one", "rule": rule("history.paid.count", "=", 1)}]})},
        [("a", event("paid"), "b"), ("q", "one", "c"), ("q", "else", "d")],
    )
    assert walk(drawn, happens("paid", 1)).stage == "c"
    drawn["steps"][0]["config"]["rules"][0]["rule"] = rule("attribute.none", "!=", 1)
    assert walk(drawn, happens("paid", 1)).stage == "d"


def test_10_the_remembered_place_is_gone_back_to_with_its_begin_and_alarm(walk):
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(**{"for": "PT9H"})), "thank": ("a", "send")},
        [("a", event("referred"), "thank"), ("thank", "sent", "a", {"enter": "last"}), ("w", "next", "x")],
        {"x": "completed"},
    )
    assert told(walk(drawn, happens("referred", 4))) == [
        "0 stage a", "4 step thank sent", "9 step w next", "9 end  completed",
    ]  # fmt: skip


def test_10_later_interruptions_do_not_overwrite_the_place_and_using_it_clears_it(walk):
    drawn = chart(
        {"a": "w", "b": "v"},
        {"w": ("a", "wait", wait(**{"for": "PT9H"})), "v": ("b", "wait", wait(**{"for": "PT2H"}))},
        [("a", event("help"), "b"), ("v", "next", "a", {"enter": "last"}), ("w", "next", "x")],
        {"x": "completed"},
    )
    walked = walk(drawn, happens("help", 8))
    assert told(walked)[1:] == [
        "8 stage b a1",
        "10 step v next",
        "10 stage a a2",
        "10 step w next",
        "10 end  completed",
    ]


def test_13_no_stage_is_entered_twice_in_one_signal_by_arrows_that_need_none(walk):
    drawn = chart(
        {"a": {"stay": True}, "b": {"stay": True}, "c": {"stay": True}},
        {},
        [("a", event("go"), "b"), ("b", DONE, "c"), ("c", DONE, "b")],
    )
    # b is entered by the event, c by done, b by done for the first time; c would be the second time.
    assert told(walk(drawn, happens("go", 1)))[1:] == ["1 stage b a1", "1 stage c a2", "1 stage b a3"]


def test_13_a_loop_that_never_takes_time_is_stopped(walk):
    late = wait(anchor={"attribute": "due"}, offset="P1D")
    drawn = chart({"a": "w"}, {"w": ("a", "wait", late)}, [("w", "next", "w")])
    assert walk(drawn, attributes={"due": "2026-01-01"}).place == ("stopped", "a", "w")
