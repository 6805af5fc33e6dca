"""Paragraphs 1 and 2 of the statechart's rules: run to completion, and who is asked first."""

from __future__ import annotations

from tests.journeys.drawing import after as after_
from tests.journeys.drawing import chart, event, rule, wait
from tests.stories.story import Story

STAY = {"stay": True}


def paid_wait(**more):
    return {"events": [{"exit": "yes", "event": "paid", "where": None}], **more}


def test_3_1_signals_are_taken_one_at_a_time_in_the_order_of_their_time(story: Story):
    story.of(
        chart({"a": STAY, "b": STAY, "c": STAY}, {}, [("a", event("one"), "b"), ("b", event("two"), "c")])
    ).enters()
    story.event("one", 1).event("two", 2)
    assert story.told() == ["0 stage a", "0 rest a", "1 stage b a1", "1 rest b", "2 stage c a2", "2 rest c"]


def test_3_1_at_the_same_instant_an_event_comes_before_the_steps_alarm_and_that_before_the_stages(
    story: Story,
):
    drawn = chart(
        {"a": "w", "b": STAY, "c": STAY, "d": STAY},
        {"w": ("a", "wait", wait(**{"for": "PT2H"}))},
        [("a", after_("PT2H"), "b"), ("a", event("paid"), "c"), ("w", "next", "d")],
    )
    story.of(drawn).enters().event("paid", 2)
    assert story.place == ("resting", "c", None)
    story.of(drawn).enters().until(3)
    assert story.place == ("resting", "d", None)


def test_3_1_a_late_event_is_offered_where_the_subject_stands_now_and_undoes_nothing(story: Story):
    drawn = chart(
        {"a": STAY, "b": STAY, "c": STAY}, {}, [("a", event("go"), "b"), (["a", "b"], event("paid"), "c")]
    )
    story.of(drawn).enters().event("go", 3).event("paid", 1, stored=5)
    # It happened before the move at hour 3, so it is taken at the time it was stored.
    assert story.told()[2:] == ["3 stage b a1", "3 rest b", "5 stage c a2", "5 rest c"]


def test_3_1_what_was_stored_more_than_a_day_later_moves_at_the_time_it_was_stored(story: Story):
    drawn = chart(
        {"a": STAY, "b": "w"}, {"w": ("b", "wait", wait(**{"for": "PT1H"}))}, [("a", event("paid"), "b")]
    )
    story.of(drawn).enters().event("paid", 1, stored=30).until(40)
    assert story.told()[2:4] == ["30 stage b a1", "31 step w next"]


def test_3_1_a_late_event_answers_the_wait_that_was_open_then(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY, "c": STAY},
        {"w": ("a", "wait_event", paid_wait(longest={"for": "PT9H"}))},
        [("w", "yes", "b"), ("w", "timeout", "c")],
    )
    story.of(drawn).enters().event("paid", 2, stored=6).until(20)
    assert story.place == ("resting", "b", None)


def test_3_2_the_step_is_asked_first_then_the_stage_in_drawn_order_then_any_stage(story: Story):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": rule("event.amount", ">", 5)}]}
    drawn = chart(
        {"a": "w", "b": STAY, "c": STAY, "d": STAY, "e": STAY},
        {"w": ("a", "wait_event", waits)},
        [
            ("*", event("paid"), "b"),
            (["a", "b"], event("paid"), "c", {"where": rule("event.amount", ">", 3)}),
            ("a", event("paid"), "d", {"where": rule("event.amount", ">", 2)}),
            ("w", "yes", "e"),
        ],
    )
    for amount, stage in {9: "e", 4: "c", 3: "d", 1: "b"}.items():
        story.of(drawn).enters().event("paid", 1, amount=amount)
        assert story.place == ("resting", stage, None)


def test_3_2_an_arrow_from_any_stage_restarts_the_stage_it_leads_to_unless_told_not_to(story: Story):
    drawn = chart({"a": STAY}, {}, [("*", event("paid"), "a")])
    story.of(drawn).enters().event("paid", 1)
    assert story.told() == ["0 stage a", "0 rest a", "1 stage a a1", "1 rest a"]
    drawn["arrows"][0]["not_from"] = ["a"]
    story.of(drawn).enters().event("paid", 1)
    assert story.told() == ["0 stage a", "0 rest a"]


def test_3_2_what_a_step_changes_is_a_signal_taken_after_the_run_that_made_it(story: Story):
    drawn = chart(
        {"a": "t", "b": STAY},
        {"t": ("a", "tag", {"add": ["vip"]}), "s": ("a", "send")},
        [("t", "next", "s"), ("a", {"type": "changed", "field": "tags"}, "b")],
    )
    story.of(drawn).enters()
    assert story.told() == [
        "0 stage a",
        "0 step t next",
        "0 step s sent",
        "0 rest a",
        "0 stage b a2",
        "0 rest b",
    ]
    assert story.driver.tags() == ["vip"]
