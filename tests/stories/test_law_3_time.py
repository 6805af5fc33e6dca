"""Paragraphs 5, 6, 7 and 8: time, late waits, moving anchors, events that race a wait, rules and facts."""

from __future__ import annotations

from tests.journeys.drawing import after, at, chart, event, rule, wait, when
from tests.stories.story import Story

STAY = {"stay": True}


def test_3_5_a_wait_counts_from_when_it_was_due_however_late_the_worker(story: Story):
    drawn = chart(
        {"a": "w1"},
        {
            "w1": ("a", "wait", wait(**{"for": "PT2H"})),
            "w2": ("a", "wait", wait(**{"for": "PT3H"})),
            "s": ("a", "send"),
        },
        [("w1", "next", "w2"), ("w2", "next", "s")],
    )
    # Nothing runs between hour 0 and hour 4: the outage delays, and shifts nothing.
    story.of(drawn).enters().until(4).until(9)
    assert story.told()[1:4] == ["2 step w1 next", "5 step w2 next", "5 step s sent"]


def test_3_5_days_keep_the_clock_time_and_next_is_strictly_after(story: Story):
    drawn = chart(
        {"a": "w1"},
        {"w1": ("a", "wait", wait(**{"for": "P1D", "at": "10:00"})), "w2": ("a", "wait", wait(at="10:00"))},
        [("w1", "next", "w2")],
    )
    story.of(drawn).enters().until(100)
    # 16:00 + 1 day at 10:00 is hour 18; the next 10:00 strictly after that is tomorrow.
    assert story.told()[1:3] == ["18 step w1 next", "42 step w2 next"]


def test_3_5_t_plus_7_at_20_is_on_day_7_also_after_a_purchase_at_21(story: Story):
    drawn = chart(
        {"a": STAY, "b": {"initial": "w", "anchor": {"event": ["paid"]}}},
        {"w": ("b", "wait", wait(offset="P7D", at="20:00"))},
        [("a", event("paid"), "b")],
    )
    story.of(drawn).enters().event("paid", 5).until(400)
    # Paid on Monday at 21:00 (hour 5); Monday in a week at 20:00 is hour 172.
    assert "172 step w next" in story.told()


def test_3_5_a_late_wait_skips_the_touches_up_to_the_next_wait(story: Story):
    late = wait(anchor={"attribute": "due"}, offset="P1D", at="10:00")
    drawn = chart(
        {"a": "w1"},
        {
            "w1": ("a", "wait", late),
            "s1": ("a", "send"),
            "t1": ("a", "tag", {"add": ["ran"]}),
            "w2": ("a", "wait", wait(**{"for": "PT1H"})),
            "s2": ("a", "send"),
        },
        [("w1", "next", "s1"), ("s1", "sent", "t1"), ("t1", "next", "w2"), ("w2", "next", "s2")],
    )
    story.of(drawn).knows(due="2026-01-01").enters().until(3)
    assert story.told()[1:6] == [
        "0 step w1 next",
        "0 step s1 skipped",
        "0 step t1 next",
        "1 step w2 next",
        "1 step s2 sent",
    ]
    assert story.driver.tags() == ["ran"]


def test_3_5_if_past_now_goes_on_and_next_waits_for_the_next_such_time(story: Story):
    late = wait(anchor={"attribute": "due"}, offset="P1D", at="10:00")
    drawn = chart(
        {"a": "w1"},
        {"w1": ("a", "wait", {**late, "if_past": "now"}), "s1": ("a", "send")},
        [("w1", "next", "s1")],
    )
    story.of(drawn).knows(due="2026-01-01").enters().until(3)
    assert story.told()[1:3] == ["0 step w1 next", "0 step s1 sent"]
    drawn["steps"][0]["config"]["if_past"] = "next"
    story.of(drawn).knows(due="2026-01-01").enters().until(30)
    assert story.told()[1:3] == ["18 step w1 next", "18 step s1 sent"]


def test_3_5_a_late_exit_that_is_drawn_is_taken(story: Story):
    late = wait(anchor={"attribute": "due"}, offset="P1D")
    drawn = chart(
        {"a": "w1"},
        {"w1": ("a", "wait", late), "s1": ("a", "send"), "s2": ("a", "send")},
        [("w1", "next", "s1"), ("w1", "late", "s2")],
    )
    story.of(drawn).knows(due="2026-01-01").enters().until(3)
    assert story.told()[1:3] == ["0 step w1 late", "0 step s2 sent"]


def test_3_5_anchors_move_and_alarms_with_them(story: Story):
    drawn = chart(
        {"a": {"initial": "w", "anchor": {"event": ["paid"]}}},
        {"w": ("a", "wait", wait(offset="PT5H"))},
        [("a", at(offset="PT9H"), "x")],
        {"x": "expired"},
    )
    story.of(drawn).enters().event("paid", 1).event("paid", 4).until(30)
    assert story.told() == ["0 stage a", "9 step w next", "9 rest a", "13 end expired"]


def test_3_5_a_delivery_date_that_moves_times_its_wait_anew(story: Story):
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(anchor={"attribute": "delivery"}, offset="-P1D", at="10:00"))},
        [("a", event("x"), "a")],
    )
    story.of(drawn).enters().until(2)
    assert story.place == ("waiting", "a", "w")
    # While the date is missing nothing rings; 10 March - 1 day at 10:00 is hour 162, 6 March - 1 day hour 66.
    story.changes("attribute.delivery", 10, "2026-03-10").changes(
        "attribute.delivery", 20, "2026-03-06"
    ).until(300)
    assert story.told()[1] == "66 step w next"


def test_3_5_a_missing_date_can_be_passed_by(story: Story):
    config = {**wait(anchor={"attribute": "delivery"}, offset="-P1D"), "if_missing": "next"}
    drawn = chart({"a": "w"}, {"w": ("a", "wait", config), "s": ("a", "send")}, [("w", "next", "s")])
    story.of(drawn).enters()
    assert story.told()[1:3] == ["0 step w next", "0 step s sent"]


def test_3_5_a_longest_before_the_begin_is_a_timeout_at_once(story: Story):
    waits = {
        "events": [{"exit": "yes", "event": "paid", "where": None}],
        "longest": {"anchor": {"attribute": "due"}, "offset": "P0D"},
    }
    drawn = chart({"a": "w"}, {"w": ("a", "wait_event", waits), "s": ("a", "send")}, [("w", "timeout", "s")])
    story.of(drawn).knows(due="2026-01-01").enters()
    assert story.told()[1:3] == ["0 step w timeout", "0 step s sent"]


def test_3_6_a_wait_sees_what_happened_after_it_was_due_but_before_it_stood(story: Story):
    # The step before stands until the carrier answers, so the reply overtakes the receipt.
    waits = {"events": [{"exit": "yes", "event": "replied", "where": None}], "longest": {"for": "P1D"}}
    drawn = chart(
        {"a": "s", "b": STAY, "c": STAY},
        {"s": ("a", "send"), "w": ("a", "wait_event", waits)},
        [("s", "sent", "w"), ("s", "failed", "c"), ("w", "yes", "b"), ("w", "timeout", "c")],
    )
    story.of(drawn).enters().event("replied", 1).receipt("sent", 2)
    assert story.told()[1:4] == ["0 step s sent", "1 step w yes", "1 stage b a3"]


def test_3_6_an_event_that_answered_one_wait_never_answers_the_next(story: Story):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": None}], "longest": {"for": "PT3H"}}
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait_event", waits)},
        [("w", "yes", "w"), ("w", "timeout", "x")],
        {"x": "completed"},
    )
    story.of(drawn).enters().event("paid", 1).event("paid", 2).until(20)
    assert story.told()[1:] == ["1 step w yes", "2 step w yes", "5 step w timeout", "5 end completed"]


def test_3_6_what_happened_before_the_wait_was_due_never_answers_it(story: Story):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": None}], "longest": {"for": "PT3H"}}
    drawn = chart(
        {"a": "w0"},
        {"w0": ("a", "wait", wait(**{"for": "PT2H"})), "w": ("a", "wait_event", waits)},
        [("w0", "next", "w"), ("w", "timeout", "x")],
        {"x": "completed"},
    )
    story.of(drawn).enters().event("paid", 1).until(20)
    assert story.told()[-2:] == ["5 step w timeout", "5 end completed"]


def test_3_7_when_is_asked_after_every_signal_that_touches_its_fields(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", when("attribute.tier", "=", "high"), "b")])
    story.of(drawn).enters().changes("attribute.city", 1, "上海").changes("attribute.tier", 2, "high")
    assert story.told()[2:] == ["2 stage b a1", "2 rest b"]


def test_3_7_when_is_never_taken_into_the_stage_where_the_subject_stands(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("*", when("attribute.tier", "=", "high"), "a")])
    story.of(drawn).enters().changes("attribute.tier", 1, "high")
    assert story.told() == ["0 stage a", "0 rest a"]


def test_3_8_an_event_counts_itself(story: Story):
    twice = {"combinator": "and", "rules": [{"field": "history.paid.count", "operator": ">=", "value": 2}]}
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", event("paid"), "b", {"where": twice})])
    story.of(drawn).enters().event("paid", 1).event("paid", 2)
    assert story.told()[2:] == ["2 stage b a1", "2 rest b"]


def test_3_8_a_tag_step_is_seen_by_the_branch_behind_it(story: Story):
    ways = {"rules": [{"exit": "vip", "rule": rule("tags", "has", "vip")}]}
    drawn = chart(
        {"a": "t"},
        {"t": ("a", "tag", {"add": ["vip"]}), "b": ("a", "branch", ways), "s": ("a", "send")},
        [("t", "next", "b"), ("b", "vip", "s")],
    )
    story.of(drawn).enters()
    assert story.told()[2:4] == ["0 step b vip", "0 step s sent"]


def test_3_8_update_reads_the_event_and_counts(story: Story):
    sets = {
        "set": [
            {"target": "attribute", "name": "last_amount", "from": "event.amount"},
            {"target": "variable", "name": "orders", "add": 1},
        ]
    }
    ways = {"rules": [{"exit": "two", "rule": rule("variable.orders", ">=", 2)}]}
    drawn = chart(
        {"a": STAY, "b": "u"},
        {"u": ("b", "update", sets), "n": ("b", "branch", ways), "s": ("b", "send")},
        [(["a", "b"], event("paid"), "b"), ("u", "next", "n"), ("n", "two", "s")],
    )
    story.of(drawn).enters().event("paid", 1, amount=7).event("paid", 2, amount=9)
    assert "1 step n else" in story.told() and "2 step n two" in story.told()


def test_2_alarms_with_every_ring_again_while_the_visit_lasts(story: Story):
    drawn = chart({"a": STAY}, {"s": ("a", "send")}, [("a", at(offset="PT2H", every="PT3H"), "s")])
    story.of(drawn).enters().until(9)
    assert [t for t in story.told() if " step " in t] == ["2 step s sent", "5 step s sent", "8 step s sent"]


def test_2_after_rings_once_in_a_visit(story: Story):
    drawn = chart({"a": STAY}, {"s": ("a", "send")}, [("a", after("PT2H"), "s")])
    story.of(drawn).enters().until(50)
    assert [t for t in story.told() if " step " in t] == ["2 step s sent"]
