"""Advance: claim who is due, let the kernel move them, write the answer back; one short transaction a batch."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from journeys.position import STOPPED, Crumb
from runtime import faults
from runtime.database import Database, Transaction, passes
from runtime.moving import Moving
from runtime.routes import Routes
from runtime.rows import Standing
from store import tracing

log = logging.getLogger(__name__)

#: Enrollments moved in one transaction; with 5,000 it still stays under a second.
BATCH = 2000
#: So many failing alone, and none going well, tell that something is wrong with us and not with them.
TELLING = 10
A_MOMENT = timedelta(microseconds=1)


@contextmanager
def uncollected() -> Iterator[None]:
    """Leave garbage alone meanwhile: a batch makes many objects, all of which live until its end and none in circles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def horizon(
    tx: Transaction, routes: Routes, clock: Callable[[Session], datetime]
) -> tuple[datetime, datetime]:
    """Before which time enrollments are due, and up to when they live.

    Nobody lives past the moment at which the oldest unread signal was stored: it may be for them. What that
    moment itself brings comes after the signal, but what knocked just before may be heard.
    """
    routes.refresh(tx)
    now = clock(tx.session)
    unread = tx.sql.oldest_unread(tx.cursor)
    if unread is not None and unread <= now:
        return unread, unread - A_MOMENT
    return now + A_MOMENT, now


class Advance:
    """Moves due enrollments; any number of workers may do so at the same time."""

    def __init__(self, database: Database, routes: Routes, now: Callable[[Session], datetime]) -> None:
        self.database, self.routes, self.now = database, routes, now
        self._claimed: list[int] = []
        #: Those of them who leave a paused journey by hand.
        self._leaving: set[int] = set()

    def run(self, limit: int = BATCH) -> int:
        """Move one batch and return how many it held; one whose move fails is stopped and holds nobody else."""
        self._claimed, self._leaving = [], set()
        try:
            # Around the whole batch: where it is still at hand, collecting again would first look through all of it.
            with uncollected():
                return self._batch(limit)
        except Exception as error:
            if passes(error) or not self._claimed:
                raise
            return self._apart(self._claimed, error)

    def _batch(self, limit: int) -> int:
        with self.database.transaction() as tx:
            before, until = horizon(tx, self.routes, self.now)
            self._wake_the_resumed(tx, until)
            paused = self.routes.paused
            if paused:
                self._leaving = set(tx.sql.leaving(tx.cursor, before, paused, limit))
                tx.sql.park(tx.cursor, before, paused)
            standings = tx.sql.claim(tx.cursor, before, limit, paused)
            if self._leaving:
                standings += tx.sql.claim_some(tx.cursor, sorted(self._leaving))
            self._claimed = [standing.id for standing in standings]
            if standings:
                with tracing.span("advance", enrollments=len(standings)):
                    Moving(tx, self.routes, until).move(standings)
                faults.hit("counter.before_commit")
        if standings:
            faults.hit("claim.after_commit")
        return len(standings)

    def _wake_the_resumed(self, tx: Transaction, now: datetime) -> None:
        """Put those who came due in a pause back into the queue once it is over."""
        for journey_id in tx.sql.resumed(tx.cursor):
            tx.sql.unpark(tx.cursor, journey_id, now)
            tx.sql.woken(tx.cursor, journey_id)

    def _apart(self, ids: Sequence[int], error: Exception) -> int:
        """Move a batch that failed in ever smaller parts, and stop those that cannot be moved even alone.

        When nobody at all can be moved the fault is not theirs: it is raised, and nobody is stopped.
        """
        failed: dict[int, Exception] = {}
        parts: list[tuple[Sequence[int], Exception]] = [(ids, error)]
        moved = 0
        while parts:
            part, why = parts.pop()
            if len(part) == 1:
                failed[part[0]] = why
                if not moved and len(failed) >= TELLING:
                    raise why
                continue
            middle = len(part) // 2
            for half in (part[:middle], part[middle:]):
                try:
                    self._some(half)
                    moved += len(half)
                except Exception as worse:
                    if passes(worse):
                        raise
                    parts.append((half, worse))
        for number, why in failed.items():
            self._stop(number, why)
        return len(ids)

    def _some(self, ids: Sequence[int]) -> None:
        with self.database.transaction() as tx:
            before, until = horizon(tx, self.routes, self.now)
            standings = tx.sql.claim_some(tx.cursor, ids)
            paused = set(self.routes.paused)
            due = [
                s
                for s in standings
                if s.due_at and s.due_at < before and (s.journey_id not in paused or s.id in self._leaving)
            ]
            if due:
                Moving(tx, self.routes, until).move(due)

    def _stop(self, number: int, error: Exception) -> None:
        """Leave an enrollment standing, for a person to look at; its signals stay in the history."""
        # The kind of error says enough; its text may quote what a person wrote.
        reason = type(error).__name__
        log.error("enrollment %s cannot be moved: %s", number, reason)
        with self.database.transaction() as tx:
            _, until = horizon(tx, self.routes, self.now)
            for standing in tx.sql.claim_some(tx.cursor, [number]):
                tx.sql.knocks(tx.cursor, [number])
                self._write_stop(tx, standing, reason, until)

    def _write_stop(self, tx: Transaction, standing: Standing, reason: str, at: datetime) -> None:
        position = standing.position
        stopped = replace(
            position, status=STOPPED, step_due=None, stage_due=None, state={**position.state, "error": reason}
        )
        crumb = Crumb(
            *(max(at, position.taken_at), "stop", position.stage, position.step, None, None),
            *(position.visit, position.seq, {"error": reason}),
        )
        Moving(tx, self.routes, at).write_one(standing, stopped, crumb)
