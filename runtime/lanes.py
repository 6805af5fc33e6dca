"""Advance in two lanes: while the database writes one batch, this process works out the next one.

Each lane has a connection and transactions of its own, as another worker would have; a batch costs the server two to
three times what it costs Python, so two lanes keep both at work. SQLite has one writer, and so one lane.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy.orm import Session

from runtime.advance import BATCH, Advance
from runtime.database import Database
from runtime.routes import Routes

LANES = 2


class Lanes:
    """Moves due enrollments as `Advance` does, in as many lanes as there is work for."""

    def __init__(
        self, database: Database, routes: Routes, now: Callable[[Session], datetime], lanes: int = LANES
    ) -> None:
        self.first = Advance(database, routes, now)
        # What a lane knows of the journeys is its own: it is read anew in each transaction.
        self.others = [Advance(database, Routes(), now) for _ in range(1, 1 if database.is_sqlite else lanes)]
        self._threads = ThreadPoolExecutor(lanes, "lane") if self.others else None
        self._crowded = False

    def run(self, limit: int = BATCH) -> int:
        """Move a batch in each lane and return how many they held; one lane only while the last was not full.

        Every lane has come to its end when this returns or raises.
        """
        if not self._crowded or self._threads is None:
            done = self.first.run(limit)
            self._crowded = done >= limit
            return done
        self._crowded = False
        beside = [self._threads.submit(lane.run, limit) for lane in self.others]
        try:
            counts = [self.first.run(limit)]
        finally:
            for lane in beside:
                lane.exception()  # waits
        counts += [lane.result() for lane in beside]
        self._crowded = min(counts) >= limit
        return sum(counts)

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown()
