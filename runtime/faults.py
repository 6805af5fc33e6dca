"""Named places at which tests may kill, break or delay the engine; nothing at all outside test mode."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Every place, in the order in which a signal meets them.
POINTS = (
    "event.after_persist",
    "event.before_match",
    "wait.before_register",
    "wait.after_register",
    "timer.before_insert",
    "task.before_commit",
    "task.mid_batch",
    "counter.before_commit",
    "claim.after_commit",
    "render.before",
    "send.before",
    "send.after_provider_ok",
    "result.before_commit",
    "result.after_commit",
    "import.mid_batch",
    "export.mid_batch",
    "tiers.mid_batch",
    "asking.mid_batch",
    "tags.mid_batch",
    "rewards.mid_batch",
    "schedule.mid_batch",
    "keeping.mid_batch",
    "publish.mid",
    "migration.mid",
    "erase.mid",
    "wecom.mid_staff",
    "wecom.mid_page",
    "wecom.mid_chats",
    "wecom.mid_look",
    "wecom.marked",
    "wecom.transferred",
    "wecom.told",
)

ACTS = ("kill", "stop", "raise", "sleep")


class Broken(RuntimeError):
    """A test broke the engine here on purpose."""


@dataclass(slots=True)
class Fault:
    """What happens at the `after`-th visit of `point`: kill, stop (as SIGSTOP), raise, or sleep for some seconds."""

    point: str
    act: str = "kill"
    after: int = 1
    secs: float = 0.0


_armed: dict[str, Fault] = {}
#: Called at every point while a test listens; tells which points a run really passes.
_heard: list[Callable[[str], None]] = []


def hit(name: str) -> None:
    """Pass a named point; does nothing unless a test armed it."""
    if not _armed and not _heard:
        return
    for tell in _heard:
        tell(name)
    fault = _armed.get(name)
    if fault is None:
        return
    fault.after -= 1
    if fault.after > 0:
        return
    del _armed[name]
    if fault.act == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault.act == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif fault.act == "sleep":
        time.sleep(fault.secs)
    else:
        raise Broken(f"{Broken.__doc__} ({name})")


def arm(fault: Fault) -> None:
    """Let something happen at a point; raises ValueError for a point or an act that does not exist."""
    if fault.point not in POINTS or fault.act not in ACTS:
        raise ValueError(f"There is no fault {fault.act} at {fault.point}: use one of {', '.join(POINTS)}.")
    _armed[fault.point] = fault


def arm_from(words: str) -> None:
    """Arm faults written as `point:act:after`, separated by commas; test mode reads them from the environment."""
    for word in filter(None, words.split(",")):
        point, act, after = (*word.strip().split(":"), "kill", "1")[:3]
        arm(Fault(point, act, int(after)))


def arm_from_environment() -> None:
    """Arm what ROADBOOK_FAULTS says; only ever called in test mode."""
    arm_from(os.environ.get("ROADBOOK_FAULTS", ""))


def listen(tell: Callable[[str], None]) -> None:
    """Hear of every point passed from now on."""
    _heard.append(tell)


def disarm() -> None:
    """Forget everything that was armed."""
    _armed.clear()
    _heard.clear()
