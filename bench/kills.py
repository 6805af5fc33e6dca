"""kills: how late alarms ring while workers are killed with SIGKILL again and again, and how soon work goes on.

People wait, each for a moment of his own, as in `timers`; two workers of the product run beside, and every few seconds one
of them is killed and another started in its place.
"""

from __future__ import annotations

import subprocess
import threading
from contextlib import ExitStack
from typing import Any

import psycopg

from bench import postgres
from bench.serving import furnish, process
from bench.timers import LEAD_SECS, PATIENCE_SECS, WAITING, WORKING, Early, rung

TIMERS, QUICK_TIMERS = 50_000, 6_000
SPAN_SECS, QUICK_SPAN_SECS = 60.0, 15.0
BETWEEN_SECS = 2.0
BEATS = "SELECT max(started_at) FROM worker_beat"


class Killer(threading.Thread):
    """Keeps two workers running on a database and kills one after the other."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.kills, self.over = url, 0, threading.Event()
        self.ready, self.begin = threading.Event(), threading.Event()

    def run(self) -> None:
        with ExitStack() as stack, psycopg.connect(self.url, autocommit=True) as connection:
            living = [self._start(stack, connection) for _ in range(2)]
            self.ready.set()
            self.begin.wait()
            while not self.over.wait(BETWEEN_SECS):
                living.pop(0).kill()
                self.kills += 1
                living.append(self._start(stack, connection))

    def _start(self, stack: ExitStack, connection: psycopg.Connection[Any]) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it has said that it lives, so that one always does."""
        before = connection.execute(BEATS).fetchone()
        running, _ = stack.enter_context(process(WORKING, self.url))
        while connection.execute(BEATS).fetchone() == before and not self.over.wait(0.05):
            pass
        return running


def run(quick: bool) -> dict[str, Any]:
    """Figures: lateness in seconds, the worst of it being how long a kill held anybody up; nobody early, nobody lost."""
    timers, span = (QUICK_TIMERS, QUICK_SPAN_SECS) if quick else (TIMERS, SPAN_SECS)
    with postgres.server() as server:
        url = postgres.fresh(server, "kills")
        furnish(url, timers)
        killer = Killer(url)
        killer.start()
        with psycopg.connect(url, autocommit=True) as connection:
            if not killer.ready.wait(PATIENCE_SECS):
                raise TimeoutError("The workers did not start.")
            connection.execute(WAITING, {"lead": LEAD_SECS, "span": span})
            connection.execute("ANALYZE enrollment")
            due = dict(
                connection.execute("SELECT id, extract(epoch FROM due_at)::float8 FROM enrollment").fetchall()
            )
            killer.begin.set()
            late = rung(connection, due, LEAD_SECS + span + PATIENCE_SECS)
        killer.over.set()
        killer.join(30)
    if any(each < 0 for each in late) or len(late) < timers:
        raise Early(f"{Early.__doc__} {timers - len(late)} of {timers} never moved.")
    moved = sorted(late)
    return {
        "timers": timers,
        "over_seconds": span,
        "kills": killer.kills,
        "p50_seconds": round(moved[len(moved) // 2], 3),
        "p99_seconds": round(moved[int(len(moved) * 0.99)], 3),
        "worst_seconds": round(moved[-1], 3),
        "early": 0,
        "never": 0,
    }
