"""Journeys whose subject is a customer group: a cold start by days, and a mature group's daily rhythm."""

from __future__ import annotations

from typing import Any

from tests.runtime.charts import exits, journey, on_event, rule, step, wait


def say(id: str, stage: str) -> dict[str, Any]:
    return step(id, stage, "send", carrier="wecom_group", content=id)


def cold_start() -> dict[str, Any]:
    """Day 1 welcome, rules and form; day 3 the first topic; then a hook that three check-ins complete."""
    hook = {
        "events": [{"exit": "yes", "event": "checked_in", "where": None}],
        "longest": {"for": "P1D", "at": "21:00"},
    }
    drawn = journey(
        entries=[{"id": "new", "on": {"type": "event", "name": "group_created"}, "to": "day1"}],
        stages=[
            {"id": "day1", "initial": "welcome"},
            {"id": "day3", "initial": "w3"},
            {"id": "hook", "initial": "ask"},
        ],
        steps=[
            *(
                say("welcome", "day1"),
                say("rules", "day1"),
                wait("w1", "day1", **{"for": "PT1H"}),
                say("form", "day1"),
            ),
            wait("w3", "day3", offset="P2D", at="20:00", anchor="entered_journey"),
            say("topic", "day3"),
            say("ask", "hook"),
            step("checks", "hook", "wait_event", **hook),
            step(
                "enough",
                "hook",
                "branch",
                rules=[{"exit": "3", "rule": rule("history.checked_in.count", ">=", 3)}],
            ),
            step("done", "hook", "tag", add=["三天打卡"], remove=[]),
            say("remind", "hook"),
        ],
        arrows=[
            *(
                exits("x1", "welcome", "sent", "rules"),
                exits("x2", "rules", "sent", "w1"),
                exits("x3", "w1", "next", "form"),
            ),
            {"id": "d1", "from": "day1", "on": {"type": "done"}, "to": "day3"},
            exits("x4", "w3", "next", "topic"),
            {"id": "d3", "from": "day3", "on": {"type": "done"}, "to": "hook"},
            *(exits("x5", "ask", "sent", "checks"), exits("x6", "checks", "yes", "enough")),
            *(exits("x7", "enough", "3", "done"), exits("x8", "enough", "else", "checks")),
            *(exits("x9", "checks", "timeout", "remind"), exits("x10", "remind", "sent", "checks")),
            exits("x11", "done", "next", "won"),
            on_event("gone", "*", "group_dismissed", "lost"),
        ],
    )
    return drawn | {"subject": "group"}


def daily(entries: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Every day at 08:30, 15:00 and 20:00, for ever."""
    steps, arrows = [], []
    times = {"morning": "08:30", "noon": "15:00", "evening": "20:00"}
    for name, clock in times.items():
        steps += [wait(f"w-{name}", "run", at=clock), say(name, "run")]
        arrows.append(exits(f"x-{name}", f"w-{name}", "next", name))
    following = dict(zip(times, [*list(times)[1:], "morning"], strict=True))
    arrows += [exits(f"y-{name}", name, "sent", f"w-{then}") for name, then in following.items()]
    drawn = journey(
        entries=entries or [{"id": "in", "on": {"type": "hand"}, "to": "run"}],
        stages=[{"id": "run", "initial": "w-morning"}],
        steps=steps,
        arrows=[*arrows, on_event("gone", "*", "group_dismissed", "lost")],
    )
    return drawn | {"subject": "group"}
