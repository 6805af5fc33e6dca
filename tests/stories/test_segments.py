"""Segments and tiers in journeys: coming in by them, hearing of them, asking for them."""

from __future__ import annotations

from typing import Any

from tests.journeys.drawing import after, chart, rule, wait, when
from tests.stories.story import Story

STAY = {"stay": True}


def entered_by(key: str, drawn: dict[str, Any], mode: str = "entering") -> dict[str, Any]:
    entry = {
        "id": "seg",
        "on": {"type": "segment", "segment": key, "mode": mode},
        "to": drawn["entries"][0]["to"],
    }
    return {**drawn, "entries": [*drawn["entries"], entry]}


def went(story: Story) -> list[str]:
    """The trail without the lines that say that he rests."""
    return [line for line in story.told() if " rest " not in line]


def test_2_entering_a_segment_lets_in(story: Story):
    drawn = entered_by("big", chart({"a": "s"}, {"s": ("a", "send")}, []))
    story.of(drawn).changes("segment.big", 1, True)
    assert went(story)[:2] == ["1 stage a", "1 step s sent"]


def test_2_another_segment_or_leaving_one_lets_nobody_in(story: Story):
    drawn = entered_by("big", chart({"a": STAY}, {}, []))
    story.of(drawn).changes("segment.small", 1, True).changes("segment.small", 2, False)
    assert story.driver.places() == []


def test_2_an_entry_by_segment_asks_its_rule(story: Story):
    drawn = entered_by("big", chart({"a": STAY}, {}, []))
    drawn["entries"][1]["where"] = rule("attribute.level", "=", "gold")
    story.of(drawn).changes("segment.big", 1, True)
    assert story.driver.places() == []
    story.changes("attribute.level", 2, "gold").changes("segment.big", 3, False).changes(
        "segment.big", 4, True
    )
    assert went(story) == ["4 stage a"]


def test_3_7_a_when_arrow_on_a_segment_is_taken_on_entering_it(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", when("segments", "has", "big"), "b")])
    story.of(drawn).enters().changes("segment.small", 1, True).changes("segment.big", 2, True)
    assert went(story) == ["0 stage a", "2 stage b a1"]


def test_3_7_a_when_arrow_is_taken_on_leaving_a_segment(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", when("segments", "hasNone", ["big", "small"]), "b")])
    story.of(drawn).changes("segment.big", 0, True).enters(1).changes("segment.big", 2, False)
    assert went(story) == ["1 stage a", "2 stage b a1"]


def test_3_7_a_when_arrow_on_a_tier(story: Story):
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", when("tier.value", "=", "high"), "b")])
    story.of(drawn).enters().changes("tier.value", 1, "low").changes("tier.value", 2, "high")
    assert went(story) == ["0 stage a", "2 stage b a1"]


def test_3_2_a_changed_arrow_hears_of_a_segment_both_ways(story: Story):
    changed = {"type": "changed", "field": "segment.big"}
    drawn = chart({"a": STAY, "b": STAY}, {}, [("a", changed, "b"), ("b", changed, "a")])
    story.of(drawn).enters().changes("segment.big", 1, True).changes("segment.big", 2, False)
    assert went(story) == ["0 stage a", "1 stage b a1", "2 stage a a2"]


def test_3_8_a_branch_knows_the_segment_as_it_is_then(story: Story):
    rules = {"rules": [{"exit": "yes", "rule": rule("segments", "has", "big")}]}
    steps = {"w": ("a", "wait", wait(**{"for": "PT5H"})), "b": ("a", "branch", rules), "s": ("a", "send")}
    drawn = chart({"a": "w"}, steps, [("w", "next", "b"), ("b", "yes", "s")])
    story.of(drawn).enters().changes("segment.big", 1, True).until(6)
    assert went(story)[1:4] == ["5 step w next", "5 step b yes", "5 step s sent"]
    story.of(drawn).enters().changes("segment.big", 1, True).changes("segment.big", 2, False).until(6)
    assert went(story)[1:3] == ["5 step w next", "5 step b else"]


def test_3_10_leaving_a_segment_interrupts(story: Story):
    drawn = chart(
        {"a": STAY, "out": STAY},
        {},
        [("a", when("segments", "hasNot", "big"), "out"), ("a", after("P1D"), "out")],
    )
    story.of(drawn).changes("segment.big", 0, True).enters(1).changes("segment.big", 3, False).until(40)
    assert went(story) == ["1 stage a", "3 stage out a1"]
