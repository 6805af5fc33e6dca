"""Paragraphs 14 to 17: pauses, versions, re-entry, goals and holdout."""

from __future__ import annotations

from tests.journeys.drawing import after, chart, event, rule, wait
from tests.stories.story import Story

STAY = {"stay": True}


def waiting(config):
    """A journey of one wait with a send behind it."""
    return chart({"a": "w"}, {"w": ("a", "wait", config), "s": ("a", "send")}, [("w", "next", "s")])


def test_3_14_an_event_that_came_in_time_beats_the_timeout_after_it(story: Story):
    waits = {"events": [{"exit": "yes", "event": "paid", "where": None}], "longest": {"for": "PT6H"}}
    drawn = chart(
        {"a": "w", "b": STAY, "c": STAY},
        {"w": ("a", "wait_event", waits)},
        [("w", "yes", "b"), ("w", "timeout", "c")],
    )
    story.of(drawn).enters().paused(2, 20, "skip", ("paid", 5))
    assert story.told()[1:3] == ["5 step w yes", "5 stage b a1"]


def test_3_14_stage_alarms_and_longest_run_at_their_own_time(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", after("PT4H"), "b")])
    story.of(drawn).enters().paused(2, 20)
    assert story.told()[2] == "4 stage b a1"


def test_3_14_by_default_waits_leave_on_resuming_and_count_as_late(story: Story):
    story.of(waiting(wait(**{"for": "PT5H"}))).enters().paused(2, 20)
    assert story.told()[1:3] == ["20 step w next", "20 step s skipped"]


def test_3_14_run_late_lets_waits_ring_at_their_own_time(story: Story):
    story.of(waiting(wait(**{"for": "PT5H"}))).enters().paused(2, 20, "late")
    assert story.told()[1:3] == ["5 step w next", "5 step s sent"]


def test_3_14_shift_moves_what_counts_from_a_begin_by_the_length_of_the_pause(story: Story):
    story.of(waiting(wait(**{"for": "PT5H"}))).enters().paused(2, 20, "shift").until(40)
    assert story.told()[1:3] == ["23 step w next", "23 step s sent"]
    story.of(waiting(wait(**{"for": "PT30H"}))).enters().paused(2, 20, "shift").until(60)
    assert story.told()[1:3] == ["48 step w next", "48 step s sent"]


def test_3_14_shift_leaves_clock_times_where_they_are(story: Story):
    # 20:00 on Monday is hour 4 and has passed: as skip. 20:00 on Tuesday, hour 28, has not.
    story.of(waiting(wait(at="20:00"))).enters().paused(2, 20, "shift").until(40)
    assert story.told()[1:3] == ["20 step w next", "20 step s skipped"]
    story.of(waiting(wait(**{"for": "P1D", "at": "20:00"}))).enters().paused(2, 20, "shift").until(40)
    assert story.told()[1:3] == ["28 step w next", "28 step s sent"]


def test_3_14_a_wait_that_is_not_due_yet_is_not_touched_by_a_pause(story: Story):
    story.of(waiting(wait(**{"for": "PT30H"}))).enters().paused(2, 20).until(60)
    assert story.told()[1:3] == ["30 step w next", "30 step s sent"]


def entered_by(name, settings=None, arrows=None, goals=None):
    """A journey entered by an event, ended by `out`."""
    drawn = chart({"a": STAY}, {}, arrows or [("a", event("out"), "x")], {"x": "lost"})
    drawn["entries"] = [{"id": "in", "on": {"type": "event", "name": name}, "to": "a"}]
    drawn["settings"] |= settings or {}
    drawn["goals"] = goals or []
    return drawn


def test_3_16_one_active_enrollment_a_subject(story: Story):
    story.of(entered_by("go")).event("go", 0).event("go", 1)
    assert len(story.driver.places()) == 1


def test_3_16_never_lets_nobody_in_twice(story: Story):
    story.of(entered_by("go", {"reentry": {"mode": "never"}})).event("go", 0).event("out", 1).event("go", 2)
    assert len(story.driver.places()) == 1


def test_3_16_after_exit_may_ask_for_a_time_in_between(story: Story):
    drawn = entered_by("go", {"reentry": {"mode": "after_exit", "after": "PT5H"}})
    story.of(drawn).event("go", 0).event("out", 1).event("go", 4).event("go", 6)
    assert [place[0] for place in story.driver.places()] == ["ended", "resting"]
    assert story.told()[0] == "6 stage a"


def test_3_16_many_opens_one_a_key_and_an_event_with_the_key_reaches_that_one_only(story: Story):
    drawn = entered_by("ordered", {"reentry": {"mode": "many", "key": "event.order"}})
    story.of(drawn).event("ordered", 0, order="A").event("ordered", 1, order="B").event(
        "ordered", 2, order="A"
    )
    assert len(story.driver.places()) == 2
    story.event("out", 3, order="A")
    assert [place[0] for place in story.driver.places()] == ["ended", "resting"]
    story.event("out", 4)
    assert [place[0] for place in story.driver.places()] == ["ended", "ended"]


def test_3_16_the_opening_event_is_not_offered_and_the_ending_event_opens_nothing(story: Story):
    drawn = entered_by("go", arrows=[("a", event("go"), "x")])
    story.of(drawn).event("go", 0)
    assert story.place == ("resting", "a", None)
    story.event("go", 1)
    assert [place[0] for place in story.driver.places()] == ["ended"]


def test_3_16_entries_are_judged_in_drawn_order(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", event("x"), "b")])
    on = {"type": "event", "name": "go"}
    drawn["entries"] = [
        {"id": "first", "on": on, "to": "b", "where": rule("event.amount", ">", 5)},
        {"id": "second", "on": on, "to": "a"},
    ]
    story.of(drawn).event("go", 0, amount=9)
    assert story.place == ("resting", "b", None)
    story.of(drawn).event("go", 0, amount=1)
    assert story.place == ("resting", "a", None)


def goal(**more):
    return {"id": "g", "name": "首单", "event": "paid", "within": "PT10H", **more}


def test_3_17_a_goal_counts_once_and_also_after_the_end(story: Story):
    story.of(entered_by("go", goals=[goal()])).event("go", 0).event("out", 1).event("paid", 5).event(
        "paid", 6
    )
    assert story.told() == ["0 stage a", "0 rest a", "1 end lost", "5 goal g"]


def test_3_17_a_goal_has_its_time_and_its_rule(story: Story):
    drawn = entered_by("go", goals=[goal(where=rule("event.amount", ">", 5))])
    story.of(drawn).event("go", 0).event("paid", 2, amount=1).event("paid", 11, amount=9)
    assert "goal" not in " ".join(story.told())
    story.event("paid", 12, stored=13, amount=9)
    assert "goal" not in " ".join(story.told())


def test_3_17_a_goal_is_never_reached_by_the_opening_event(story: Story):
    story.of(entered_by("paid", goals=[goal()])).event("paid", 0)
    assert story.told() == ["0 stage a", "0 rest a"]


def test_3_17_a_held_out_subject_stands_still_counts_goals_and_ends_as_holdout(story: Story):
    drawn = entered_by("go", {"holdout_percent": 100}, goals=[goal()])
    story.of(drawn).event("go", 0).event("out", 1).event("paid", 3)
    assert story.place[0] == "holdout" and story.told() == ["3 goal g"]
    story.until(30)
    assert story.told()[-1] == "10 end holdout"
