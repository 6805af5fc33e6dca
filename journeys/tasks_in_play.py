"""Staff tasks in a play: done after a drawn time with a drawn result, or not at all; drawn once for each task."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from journeys.kinds.split import draw
from journeys.kinds.task import RESULTS, TASK_DONE
from journeys.position import GiveTask, Signal

#: The happening by which a played task is done: {"number": of the enrollment, "seq", "result"}.
ANSWER: Final = "\x1ftask"
#: Of a hundred tasks so many are done, and of those so many with the first result.
DONE, WELL = 85.0, 70.0
#: Within which time a task without a due moment is done.
USUAL = timedelta(days=1)


def answer(play: str, deed: GiveTask) -> tuple[datetime, str] | None:
    """When a task is done and with which result; None if nobody does it. `play` tells enrollments apart."""
    salt = f"task:{play}:{deed.step}:{deed.seq}"
    if draw(f"{salt}:done") >= DONE:
        return None
    within = (deed.due - deed.at) if deed.due is not None else USUAL
    share = 0.05 + 0.9 * draw(f"{salt}:when") / 100
    results = [one["exit"] for one in deed.config.get("results") or RESULTS]
    which = draw(f"{salt}:what")
    if which < WELL or len(results) == 1:
        return deed.at + within * share, results[0]
    rest = results[1:]
    place = int((which - WELL) / (100 - WELL) * len(rest))
    return deed.at + within * share, rest[min(place, len(rest) - 1)]


def signal_of(number: int, at: datetime, seq: int, result: str) -> Signal:
    """The result as the engine would bring it."""
    return Signal(number, "task", TASK_DONE, at, at, {"seq": seq, "result": result})
