"""The simulator's report: the same moves as the engine's, told as numbers that add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from journeys.lives import invent
from journeys.plan import compile_plan
from journeys.played import report
from journeys.simulate import Life
from tests.journeys.drawing import DONE, chart, event, wait
from tests.journeys.example import example

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_an_arrow_that_leaves_a_step_for_a_stage_is_counted_once():
    drawn = chart(
        {"a": "w", "b": {"stay": True}, "c": {"stay": True}},
        {"w": ("a", "wait", wait(**{"for": "PT1H"}))},
        [("w", "next", "b"), ("b", event("go"), "c"), ("c", DONE, "b")],
    )
    drawn["entries"] = [{"id": "in", "on": {"type": "event", "name": "in"}, "to": "a"}]
    lives = [Life("1", [(START, "in", {}), (START + timedelta(hours=5), "go", {})])]
    told = report(compile_plan(drawn), lives, START - timedelta(hours=1), 2)
    assert told["arrows"] == {"a1": 1, "a2": 1, "a3": 1}
    assert told["nodes"]["b"] == {"here": 1, "passed": 2}


def test_the_same_seed_gives_the_same_report_and_another_one_another():
    plan = compile_plan(example())
    once, again, other = (report(plan, invent(plan, 80, START, 30, seed=n), START, 30) for n in (1, 1, 2))
    assert once == again and once != other


def test_numbers_add_up():
    plan = compile_plan(example())
    told = report(plan, invent(plan, 200, START, 40), START, 40)
    assert sum(told["messages_per_day"]) == told["messages"] == sum(told["carriers"].values())
    inside = sum(number["here"] for node, number in told["nodes"].items() if node in plan.stages)
    ended = sum(told["ended"].values())
    # Those held out stand at their entry, in no stage.
    assert inside + ended <= told["entered"] == 200
    assert len(told["days"]) == 40 and told["days"][-1]["entered"] == 200
