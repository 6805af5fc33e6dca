"""P17: a drawing with a circle in which no time passes is refused, whatever it looks like; one through a wait is not."""

from __future__ import annotations

import random
from typing import Any

from journeys.checks import check, publishable
from tests.journeys.drawing import after, chart, wait

TIMELESS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("send", {"carrier": "wecom_direct", "content": "hello"}, "sent"),
    ("tag", {"add": ["x"]}, "next"),
    ("update", {"set": [{"target": "variable", "name": "n", "add": 1}]}, "next"),
)


def circle(dice: random.Random, *, through_a_wait: bool) -> dict[str, Any]:
    """Two to nine steps over one to three stages in a circle, with a tail of steps that leads into it."""
    size = dice.randint(2, 9)
    stages = [f"stage{number}" for number in range(dice.randint(1, min(size, 3)))]
    steps: dict[str, Any] = {}
    exits: list[tuple[str, str]] = []
    for number in range(size + dice.randint(0, 3)):
        kind, config, exit = dice.choice(TIMELESS)
        steps[f"s{number}"] = (stages[number % len(stages)], kind, config)
        exits.append((f"s{number}", exit))
    if through_a_wait:
        at = dice.randrange(size)
        steps[f"s{at}"] = (stages[at % len(stages)], "wait", wait(at="20:00"))
        exits[at] = (f"s{at}", "next")
    arrows: list[Any] = [(name, exit, f"s{(int(name[1:]) + 1) % size}") for name, exit in exits[:size]]
    arrows += [(name, exit, f"s{dice.randrange(size)}") for name, exit in exits[size:]]
    # Every stage can be left in time, so that nothing but the circle is wrong.
    arrows += [(stage, after("P1D"), "rest") for stage in stages]
    initial: dict[str, Any] = {stage: f"s{number}" for number, stage in enumerate(stages)}
    return chart({**initial, "rest": {"stay": True}}, steps, arrows)


def test_p17_two_hundred_circles_without_time_are_refused_and_with_a_wait_they_are_not() -> None:
    for seed in range(200):
        problems = check(circle(random.Random(seed), through_a_wait=False), None)
        assert any(p.code == "loop-without-time" and p.severity == "error" for p in problems), seed
        assert not publishable(problems), seed
        problems = check(circle(random.Random(seed), through_a_wait=True), None)
        assert not any(p.code == "loop-without-time" for p in problems), seed
