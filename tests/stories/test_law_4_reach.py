"""Paragraphs 9 to 13: holds, interruption, coming back, exactly once, nobody stuck, loops."""

from __future__ import annotations

from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when
from tests.stories.story import QUIET, Story

STAY = {"stay": True}
DIRECT = {"carrier": "wecom_direct", "content": "hello"}


def test_3_9_quiet_hours_hold_the_subject_at_the_send_and_what_follows_counts_from_then(story: Story):
    drawn = chart(
        {"a": "w"},
        {
            "w": ("a", "wait", wait(at="23:00")),
            "s": ("a", "send", DIRECT),
            "w2": ("a", "wait", wait(**{"for": "PT1H"})),
        },
        [("w", "next", "s"), ("s", "sent", "w2")],
    )
    story.of(drawn, quiet_hours=QUIET).enters().until(40)
    told = story.told()
    # Monday 23:00 is hour 7, Tuesday 08:00 hour 16, and people are spread over some minutes after it.
    assert told[1] == "7 step w next" and told[2] == "7 hold s quiet-hours"
    sent, following = float(told[3].split()[0]), float(told[4].split()[0])
    assert told[3].endswith("step s sent") and 16 <= sent < 16.2
    assert told[4].endswith("step w2 next") and abs(following - sent - 1) < 1e-9


def test_3_9_a_refused_message_leaves_by_skipped(story: Story):
    drawn = chart(
        {"a": "s"},
        {"s": ("a", "send", DIRECT), "t": ("a", "tag", {"add": ["unreached"]})},
        [("s", "skipped", "t")],
    )
    story.of(drawn).knows(no_marketing=True).enters()
    assert story.told()[1:3] == ["0 step s skipped", "0 step t next"]


def test_3_9_a_hold_that_would_end_after_valid_until_leaves_by_skipped_at_once(story: Story):
    config = {**DIRECT, "valid_until": {"for": "PT2H"}}
    drawn = chart(
        {"a": "w"}, {"w": ("a", "wait", wait(at="23:00")), "s": ("a", "send", config)}, [("w", "next", "s")]
    )
    story.of(drawn, quiet_hours=QUIET).enters().until(40)
    assert story.told()[1:3] == ["7 step w next", "7 step s skipped"]


def test_3_9_with_failed_leading_elsewhere_the_subject_stands_until_the_carrier_answers(story: Story):
    drawn = chart(
        {"a": "s"},
        {"s": ("a", "send", DIRECT), "t": ("a", "tag", {"add": ["bounced"]})},
        [("s", "failed", "t")],
    )
    story.of(drawn).enters().until(1)
    assert story.place == ("waiting", "a", "s")
    story.receipt("failed", 2)
    assert "0 step s failed" in story.told() and story.driver.tags() == ["bounced"]


def test_3_9_until_delivered_waits_for_the_receipt_and_counts_from_it(story: Story):
    config = {**DIRECT, "until": "delivered", "longest": {"for": "P1D"}}
    drawn = chart(
        {"a": "s"},
        {"s": ("a", "send", config), "w": ("a", "wait", wait(**{"for": "PT1H"}))},
        [("s", "sent", "w")],
    )
    story.of(drawn).enters().receipt("sent", 1)
    assert story.place == ("waiting", "a", "s")
    story.receipt("delivered", 3).until(10)
    assert story.told()[1:3] == ["3 step s sent", "4 step w next"]
    story.of(drawn).enters().until(30)
    assert "24 step s failed" in story.told()


def test_3_10_an_interrupting_arrow_drops_the_hold(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY},
        {"w": ("a", "wait", wait(at="23:00")), "s": ("a", "send", DIRECT)},
        [("w", "next", "s"), ("a", event("paid"), "b")],
    )
    story.of(drawn, quiet_hours=QUIET).enters().event("paid", 10).until(40)
    assert story.told()[2:] == ["7 hold s quiet-hours", "10 stage b a2", "10 rest b"]
    assert story.driver.messages() == []


def test_3_10_enter_last_goes_back_to_the_wait_with_its_old_alarm(story: Story):
    drawn = chart(
        {"a": "w", "b": "s"},
        {"w": ("a", "wait", wait(**{"for": "PT10H"})), "s": ("b", "send"), "done": ("a", "send")},
        [("a", event("referred"), "b"), ("b", DONE, "a", {"enter": "last"}), ("w", "next", "done")],
    )
    story.of(drawn).enters().event("referred", 4).until(20)
    assert story.told() == [
        "0 stage a",
        "4 stage b a1",
        "4 step s sent",
        "4 stage a a2",
        "4 back a a2",
        "10 step w next",
        "10 step done sent",
        "10 rest a",
    ]


def test_3_10_an_alarm_that_passed_while_away_rings_at_once_and_is_not_late(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY},
        {"w": ("a", "wait", wait(**{"for": "PT5H"})), "s": ("a", "send")},
        [("a", event("away"), "b"), ("b", event("back"), "a", {"enter": "last"}), ("w", "next", "s")],
    )
    story.of(drawn).enters().event("away", 2).event("back", 9)
    assert story.told()[-3:] == ["9 step w next", "9 step s sent", "9 rest a"]


def test_3_10_a_later_interruption_does_not_overwrite_the_remembered_place(story: Story):
    drawn = chart(
        {"a": "w1", "b": STAY},
        {"w1": ("a", "wait", wait(**{"for": "PT9H"})), "w2": ("a", "wait", wait(**{"for": "PT9H"}))},
        [
            ("a", event("other"), "w2"),
            ("a", event("away"), "b"),
            ("b", event("back"), "a", {"enter": "last"}),
        ],
    )
    story.of(drawn).enters().event("other", 1).event("away", 2).event("back", 3)
    assert story.place == ("waiting", "a", "w1")


def test_3_10_leaving_through_an_exit_is_no_interruption(story: Story):
    drawn = chart(
        {"a": "s", "b": STAY}, {"s": ("a", "send", DIRECT)}, [("s", "sent", "b"), ("b", event("x"), "a")]
    )
    story.of(drawn).enters().until(1)
    assert story.driver.messages() == [("hello", "sent")]


def test_3_11_visit_counts_stages_and_seq_counts_steps(story: Story):
    drawn = chart(
        {"a": "s", "b": "t"},
        {"s": ("a", "send"), "t": ("b", "send"), "u": ("b", "send")},
        [("a", DONE, "b"), ("t", "sent", "u"), ("b", event("x"), "b")],
    )
    story.of(drawn).enters().event("x", 1)
    steps = [(c.visit, c.seq, c.step) for c in story.driver.trail()[-1] if c.op == "step"]
    assert steps == [(1, 1, "s"), (2, 2, "t"), (2, 3, "u"), (3, 4, "t"), (3, 5, "u")]


def test_3_12_every_place_waits_for_something_that_can_be_named(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY},
        {"w": ("a", "wait", wait(anchor={"attribute": "due"}))},
        [("w", "next", "b")],
    )
    story.of(drawn).enters().until(50)
    assert story.place == ("waiting", "a", "w")


def test_3_13_a_loop_does_and_sends_again(story: Story):
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(at="20:00")), "s": ("a", "send")},
        [("w", "next", "s"), ("s", "sent", "w")],
    )
    story.of(drawn).enters().until(24 * 365 * 3)
    assert sum(" step s sent" in line for line in story.told()) == 365 * 3


def test_3_13_a_run_of_more_than_200_timeless_steps_is_stopped(story: Story):
    drawn = chart(
        {"a": "s"}, {"s": ("a", "send"), "t": ("a", "send")}, [("s", "sent", "t"), ("t", "sent", "s")]
    )
    story.of(drawn).enters()
    assert story.place[0] == "stopped" and story.told()[-1].endswith("loop_limit")


def test_3_13_more_than_50_entries_of_one_step_within_a_day_are_stopped(story: Story):
    drawn = chart(
        {"a": "w"},
        {"w": ("a", "wait", wait(**{"for": "PT10M"})), "s": ("a", "send")},
        [("w", "next", "s"), ("s", "sent", "w")],
    )
    story.of(drawn).enters().until(24)
    assert story.place[0] == "stopped"
    assert sum(" step s sent" in line for line in story.told()) == 50


def test_3_13_within_one_signal_no_stage_is_entered_twice_by_silent_arrows(story: Story):
    drawn = chart(
        {"a": STAY, "b": None, "c": None},
        {},
        [("a", event("go"), "b"), ("b", DONE, "c"), ("c", DONE, "b", {"where": rule("tags", "hasNot", "x")})],
    )
    story.of(drawn).enters().event("go", 1)
    assert story.told()[2:] == [
        "1 stage b a1",
        "1 stage c a2",
        "1 stage b a3",
        "1 passed_over b a2",
        "1 rest b",
        "1 end completed",
    ]


def test_3_13_when_arrows_that_hold_together_pass_people_round_once(story: Story):
    drawn = chart(
        {"a": STAY, "b": STAY},
        {},
        [
            ("a", when("attribute.x", "=", "1"), "b"),
            ("b", when("attribute.x", "notNull", None), "a"),
            ("a", after("P9D"), "b"),
        ],
    )
    story.of(drawn).enters().changes("attribute.x", 1, "1")
    assert [line for line in story.told() if line.startswith("1 ")] == [
        "1 through b a2",
        "1 passed_over a a1",
        "1 stage a a2",
        "1 rest a",
    ]


def test_2_stage_alarms_by_a_moment_and_their_where(story: Story):
    drawn = chart(
        {"a": STAY, "b": STAY}, {}, [("a", at(offset="PT3H"), "b", {"where": rule("tags", "has", "vip")})]
    )
    story.of(drawn).enters().until(9)
    assert story.place == ("resting", "a", None)
    story.of(drawn).knows("vip").enters().until(9)
    assert story.place == ("resting", "b", None)
