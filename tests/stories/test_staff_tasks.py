"""Staff tasks: what came of them leads on, in time or not, interrupted or paused."""

from __future__ import annotations

from typing import Any

from tests.journeys.drawing import chart, event, wait
from tests.stories.story import Story

STAY = {"stay": True}


def task(**config: Any) -> dict[str, Any]:
    results = [{"exit": "sent", "name": "已发送"}, {"exit": "not_friend", "name": "不是好友"}]
    return {"title": "致电", "team": "顾问", "due": {"for": "PT8H"}, "results": results, **config}


def drawn(**config: Any) -> dict[str, Any]:
    return chart(
        {"a": "call", "b": STAY, "c": STAY},
        {"call": ("a", "task", task(**config)), "w": ("a", "wait", wait(**{"for": "P9D"}))},
        [("call", "sent", "w"), ("a", event("bought"), "b"), ("b", event("task_done"), "c")],
    )


def test_the_result_is_the_exit(story: Story):
    story.of(drawn()).enters().task("sent", 3).until(9)
    assert story.told() == ["0 stage a", "3 step call sent"] and story.place == ("waiting", "a", "w")


def test_nobody_did_it(story: Story):
    story.of(drawn()).enters().until(9)
    assert story.told()[1] == "8 step call timeout"


def test_what_the_customer_did_meanwhile_wins(story: Story):
    story.of(drawn()).enters().event("bought", 2).until(20)
    assert story.place == ("resting", "b", None)


def test_in_a_pause_a_result_that_came_in_time_beats_the_due_moment(story: Story):
    # The due moment fell into the pause and rings at its own time; nobody had answered by then.
    story.of(drawn()).enters().paused(4, 12).until(20)
    assert story.told()[1].endswith("step call timeout")


def test_escalated_it_has_more_time(story: Story):
    longer = {"fallback": "escalate", "escalate_to": "主管", "escalate_for": "PT4H"}
    story.of(drawn(**longer)).enters().until(9).task("sent", 11).until(20)
    assert story.told()[1] == "11 step call sent"


def test_without_waiting_the_result_is_an_event(story: Story):
    awaited = {"events": [{"exit": "did", "event": "task_done"}], "longest": {"for": "P2D"}}
    drawing = chart(
        {"a": "call"},
        {"call": ("a", "task", task(wait=False)), "e": ("a", "wait_event", awaited), "s": ("a", "send")},
        [("call", "next", "e"), ("e", "did", "s")],
    )
    story.of(drawing).enters().task("not_friend", 5).until(6)
    assert story.told()[1:4] == ["0 step call next", "5 step e did", "5 step s sent"]
