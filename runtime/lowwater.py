"""Where the queues begin on PostgreSQL, so that what is dead before it need not be walked past.

While somebody holds a snapshot (a backup, a forgotten console), nothing that is done with can be taken out of an index, and
whoever asks a queue for its first entries passes all of it, each time. A look at the queues tells where each begins. When
such looks have become slow, the next ones start there; one from the very beginning is made again after some times as long
as it took, and whenever nothing at all was found, so that looking never takes more than a small share of the time. Meanwhile
what comes to lie before the begin – the clocks of two hosts differ, a transaction took long – waits for it, some seconds at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A look that walks past nothing takes a tenth of this.
SLOW_SECS = 0.005
#: So many times as long as it took, and no longer than so many seconds, the next looks start where it ended.
REST, LONGEST_SECS = 20, 10.0
#: Signals get their numbers a little before they are stored, and hosts their time from clocks of their own.
SLACK_IDS, SLACK = 1000, timedelta(seconds=1)


@dataclass(slots=True, frozen=True)
class Begins:
    """The first signal, due time, message and lease there may be; None where nobody knows."""

    signal: int | None = None
    due: datetime | None = None
    message: datetime | None = None
    lease: datetime | None = None


@dataclass(slots=True, frozen=True)
class Firsts:
    """What a look found first in each queue, and when that signal was stored; None where the queue is empty."""

    signal: int | None
    stored_at: datetime | None
    due: datetime | None
    message: datetime | None
    lease: datetime | None


ANYWHERE = Begins()


class LowWater:
    """Remembers for one process where the queues began; threads may share it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._begins, self._until = ANYWHERE, 0.0
        #: What the look before the last took; one alone may be slow because a plan was made, or nobody had a processor.
        self._took = 0.0

    def begins(self) -> Begins:
        """From where to look now."""
        return self._begins if self._seconds() < self._until else ANYWHERE

    def looked(
        self, start: Begins, took: float, firsts: Firsts, now: datetime, *, past: bool = False
    ) -> None:
        """Learn from a look that started there, took so many seconds and found these; `now` is the journeys' time.

        `past` if there is work that lets people come due, and say things, at times long past: a schedule that catches up.
        """
        if start is ANYWHERE:
            took, self._took = min(took, self._took), took
            if took < SLOW_SECS:
                self._until = 0.0
                return
            self._until = self._seconds() + min(took * REST, LONGEST_SECS)
        # Nobody comes due earlier than the next signal was stored, and nothing is said earlier than somebody is due.
        due = message = None
        if not past:
            due = min(at for at in (firsts.due, firsts.stored_at, now) if at is not None) - SLACK
            message = min(due, firsts.message - SLACK) if firsts.message is not None else due
        old = self._begins
        self._begins = Begins(
            old.signal if firsts.signal is None else firsts.signal - SLACK_IDS,
            due,
            message,
            old.lease if firsts.lease is None else firsts.lease - SLACK,
        )
