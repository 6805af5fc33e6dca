"""What a figure was measured on, and how two ways of doing one thing are measured fairly."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """One measurement: seconds of wall clock, seconds of CPU of this process, things done."""

    wall: float
    cpu: float
    done: int

    @property
    def per_second(self) -> float:
        return self.done / self.wall

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU of this process for each thing done."""
        return self.cpu * 1e6 / self.done


def taken(work: Callable[[], int]) -> Taken:
    """Measure `work`, which returns how many things it did."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    return Taken(time.perf_counter() - wall, time.process_time() - cpu, done)


def alternated(ways: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, list[Taken]]:
    """Measure each way once per round, A-B-A-B, so that a slow minute of the machine hits all alike."""
    results: dict[str, list[Taken]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways.items())
        for name, work in order if number % 2 == 0 else reversed(order):
            results[name].append(taken(work))
    return results


def median(found: list[Taken], figure: Callable[[Taken], float]) -> float:
    return statistics.median(figure(each) for each in found)


def described() -> dict[str, Any]:
    """The machine in a few words, without its name or any path."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": [round(load, 1) for load in os.getloadavg()],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip() or None,
    }
