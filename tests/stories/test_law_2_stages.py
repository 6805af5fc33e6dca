"""Paragraphs 3 and 4: entering a stage, steps without time, side exits, finishing, resting, completed."""

from __future__ import annotations

from tests.journeys.drawing import DONE, after, at, chart, event, rule, wait, when
from tests.stories.story import Story

STAY = {"stay": True}


def test_3_3_a_passed_moment_leads_silently_down_the_chain_of_stages(story: Story):
    born = {"anchor": {"attribute": "born"}}
    drawn = chart(
        {"a": "sa", "b": {"initial": "sb", "tags": ["baby"]}, "c": "sc"},
        {"sa": ("a", "send"), "sb": ("b", "send"), "sc": ("c", "wait", wait(**{"for": "P1D"}))},
        [
            ("a", at(offset="P1M", **born), "b"),
            ("b", at(offset="P2M", **born), "c"),
            ("c", at(offset="P9M", **born), "a"),
        ],
    )
    story.of(drawn).knows(born="2025-12-01").enters().until(2)
    assert story.told() == ["0 through a a1", "0 through b a2", "0 stage c a2"]
    # None of the steps ran, and the tags of the stage passed through were not put on.
    assert story.driver.messages() == [] and story.driver.tags() == []


def test_3_3_a_moment_past_on_entering_can_be_ignored(story: Story):
    drawn = chart(
        {"a": "sa", "b": STAY},
        {"sa": ("a", "send")},
        [
            ("a", at(anchor={"attribute": "born"}, offset="P1M", if_past="ignore"), "b"),
            ("a", event("x"), "b"),
        ],
    )
    story.of(drawn).knows(born="2025-12-01").enters().until(5)
    assert story.told() == ["0 stage a", "0 step sa sent", "0 rest a"]


def test_3_3_a_rule_that_holds_on_entering_takes_the_subject_at_once(story: Story):
    drawn = chart(
        {"a": "sa", "b": STAY}, {"sa": ("a", "send")}, [("a", when("attribute.tier", "=", "high"), "b")]
    )
    story.of(drawn).knows(tier="high").enters()
    assert story.told() == ["0 through a a1", "0 stage b a1", "0 rest b"]


def test_3_3_stage_tags_are_worn_while_inside_and_come_off_on_every_way_out(story: Story):
    drawn = chart(
        {"a": {"stay": True, "tags": ["new", "both"]}, "b": {"stay": True, "tags": ["both"]}},
        {},
        [("a", event("go"), "b"), ("b", event("gone"), "x")],
        {"x": "lost"},
    )
    story.of(drawn).knows("vip").enters()
    assert story.driver.tags() == ["both", "new", "vip"]
    story.event("go", 1)
    assert story.driver.tags() == ["both", "vip"]
    story.event("gone", 2)
    assert story.driver.tags() == ["vip"]


def test_3_4_steps_without_time_run_at_once_and_the_last_open_exit_finishes_the_stage(story: Story):
    drawn = chart(
        {"a": "sa", "b": STAY},
        {"sa": ("a", "send"), "sa2": ("a", "send")},
        [("sa", "sent", "sa2"), ("a", DONE, "b")],
    )
    story.of(drawn).enters()
    assert story.told() == ["0 stage a", "0 step sa sent", "0 step sa2 sent", "0 stage b a2", "0 rest b"]


def test_3_4_an_open_side_exit_goes_where_the_first_exit_goes(story: Story):
    drawn = chart(
        {"a": "sa"}, {"sa": ("a", "send"), "sa2": ("a", "tag", {"add": ["seen"]})}, [("sa", "sent", "sa2")]
    )
    story.of(drawn).knows(no_marketing=True).enters()
    assert story.told()[:3] == ["0 stage a", "0 step sa skipped", "0 step sa2 next"]
    assert story.driver.tags() == ["seen"]


def test_3_4_a_journey_is_completed_where_nothing_of_the_stage_itself_can_come(story: Story):
    drawn = chart(
        {"a": "sa"},
        {"sa": ("a", "send")},
        [("a", after("PT3H"), "x", {"where": rule("tags", "has", "no")}), ("*", event("gone"), "x")],
        {"x": "lost"},
    )
    story.of(drawn).enters().until(5)
    assert story.told()[1:] == ["0 step sa sent", "0 rest a", "3 end completed"]
    drawn["stages"][0]["stay"] = True
    story.of(drawn).enters().until(5)
    assert story.place == ("resting", "a", None)


def test_3_4_an_alarm_that_waits_for_its_anchor_keeps_the_journey_open(story: Story):
    drawn = chart(
        {"a": None}, {}, [("a", at(anchor={"attribute": "due"}, offset="P1D"), "x")], {"x": "expired"}
    )
    story.of(drawn).enters().until(24)
    assert story.place == ("resting", "a", None)
    story.changes("attribute.due", 30, "2026-03-04").until(100)
    # 4 March 00:00 in Shanghai is hour 32; a day later it is hour 56.
    assert story.told()[-1] == "56 end expired"


def test_3_4_a_stage_without_steps_is_finished_on_entering(story: Story):
    drawn = chart({"a": None, "b": STAY}, {}, [("a", DONE, "b")])
    story.of(drawn).enters()
    assert story.told() == ["0 stage a", "0 stage b a1", "0 rest b"]


def test_1_an_arrow_to_a_step_of_the_same_stage_keeps_visit_and_alarms(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY},
        {"w": ("a", "wait", wait(**{"for": "P9D"})), "s": ("a", "send")},
        [("a", event("jump"), "s"), ("a", after("PT5H"), "b")],
    )
    story.of(drawn).enters().event("jump", 2).until(9)
    assert story.told() == [
        "0 stage a",
        "2 jump a a1",
        "2 step s sent",
        "2 rest a",
        "5 stage b a2",
        "5 rest b",
    ]


def test_1_an_arrow_to_the_stage_itself_restarts_it(story: Story):
    drawn = chart(
        {"a": "w", "b": STAY},
        {"w": ("a", "wait", wait(**{"for": "PT4H"}))},
        [("a", event("again"), "a"), ("a", after("PT6H"), "b")],
    )
    story.of(drawn).enters().event("again", 3).until(20)
    assert story.told() == [
        "0 stage a",
        "3 stage a a1",
        "7 step w next",
        "7 rest a",
        "9 stage b a2",
        "9 rest b",
    ]


def test_1_a_step_of_another_stage_is_entered_in_place_of_its_initial(story: Story):
    drawn = chart(
        {"a": STAY, "b": "sb"},
        {"sb": ("b", "send"), "sb2": ("b", "send")},
        [("a", event("go"), "sb2"), ("b", event("x"), "a")],
    )
    story.of(drawn).enters().event("go", 1)
    assert story.told()[2:] == ["1 stage b a1", "1 step sb2 sent", "1 rest b"]
