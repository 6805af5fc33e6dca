"""Lives in which staff are asked: waits for events become tasks, and results come, in time or when nobody asks any more."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.journeys.charts import HALF_HOUR, Life, life, likely
from tests.journeys.oracle.lines import Signal

TASK_DONE = "task_done"
#: A result never comes at the instant of something else: which of them was first is not what is tried here.
ASIDE = HALF_HOUR / 2


def life_with_tasks(r: Random) -> Life:
    """A life as `charts` draws it, with tasks in place of many waits and results given by the staff."""
    lived = life(r)
    drawn = lived.definition
    results: set[str] = set()
    for step in drawn["steps"]:
        config = step["config"]
        if step["kind"] == "wait_event" and likely(r, 4, 5):
            exits, due = [each["exit"] for each in config["events"]], config.get("longest")
        elif step["kind"] == "wait" and likely(r, 2, 3):
            exits, due = ["done"], config["until"]
            _leave_by(drawn, step["id"], "next", "done")
        else:
            continue
        results.update(exits)
        asked = {"title": "call", "team": "t", "results": [{"exit": one, "name": ""} for one in exits]}
        step.update(kind="task", config={**asked, "due": due})
    for arrow in drawn["arrows"]:
        if (arrow.get("on") or {}).get("type") == "event" and likely(r, 1, 2):
            arrow["on"] = {"type": "event", "name": TASK_DONE}
    if results:
        lived.signals = told(r, lived, sorted(results))
    return lived


def _leave_by(drawn: dict[str, Any], step: str, old: str, new: str) -> None:
    """Lead an exit's arrow from another exit; a task has none called `late`."""
    mine = [a for a in drawn["arrows"] if a["from"] == step]
    drawn["arrows"] = [a for a in drawn["arrows"] if a not in mine or a["exit"] != "late"]
    for arrow in mine:
        if arrow["exit"] == old:
            arrow["exit"] = new


def told(r: Random, lived: Life, results: list[str]) -> list[Signal]:
    """The life's signals with results among them, each at an instant of its own."""
    given, at = [], lived.opened
    while at < lived.until:
        at += r.choice((1, 2, 3, 6)) * HALF_HOUR
        if likely(r, 1, 2):
            data = {"result": r.choice(results), "old": likely(r, 1, 5)}
            given.append(Signal("task", TASK_DONE, at + ASIDE, data))
    return sorted([*lived.signals, *given], key=lambda signal: signal.arrives)
