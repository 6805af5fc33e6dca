"""Kernel and oracle, side by side on one life."""

from __future__ import annotations

import json
from collections.abc import Callable
from zoneinfo import ZoneInfo

from tests.journeys import drive
from tests.journeys.charts import Life
from tests.journeys.oracle.walk import Oracle, play
from tests.journeys.shrinking import smallest


def walked(life: Life, clock: str = "jump") -> Oracle:
    """The oracle's walk of a life."""
    return play(
        life.definition,
        life.signals,
        life.until,
        opened=life.opened,
        zone=ZoneInfo(life.zone),
        attributes=life.attributes,
        clock=clock,
    )


def disagreement(
    life: Life, drive_: Callable[[Life], drive.Driven] = drive.promptly, clock: str = "jump"
) -> str:
    """What kernel and oracle tell differently of this life, in words; empty if they agree."""
    oracle = walked(life, clock)
    driven = drive_(life)
    paths = [driven.path, oracle.path]
    if driven.place == oracle.place and oracle.stopped:
        # Both were stopped at one step: after how many rounds is left to the guard.
        paths = [path[: min(map(len, paths)) - 1] for path in paths]
    said = list(drive.differences(*paths))
    if not said and driven.place != oracle.place:
        said = [f"kernel: at {driven.place}", f"oracle: at {oracle.place}"]
    return "\n".join(said)


def report(life: Life, drive_: Callable[[Life], drive.Driven] = drive.promptly, clock: str = "jump") -> str:
    """A disagreement on the smallest life that still shows it, with all that is needed to see why."""

    def fails(smaller: Life) -> bool:
        try:
            return bool(disagreement(smaller, drive_, clock))
        except (KeyError, IndexError, StopIteration, TypeError, AttributeError, ValueError, AssertionError):
            return False

    least = smallest(life, fails) if fails(life) else life
    drawn = least.definition
    told = [f"{p['id']} in {p['stage']}: {p['kind']} {json.dumps(p['config'])}" for p in drawn["steps"]]
    told += [json.dumps(a) for a in drawn["arrows"]]
    told += [f"{s.at:%m-%d %H:%M} {s.kind} {s.name} {s.data}" for s in least.signals]
    return "\n".join([
        disagreement(least, drive_, clock), f"entry to {drawn['entries'][0]['to']}, zone {least.zone}",
        f"opened {least.opened}, until {least.until}, {least.attributes}", json.dumps(drawn["stages"]), *told,
    ])  # fmt: skip
