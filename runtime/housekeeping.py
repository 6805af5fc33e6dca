"""Housekeeping: entries that look for people, imports in chunks, and what has served its time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import settings
from audience import (
    attribute_history,
    exports,
    import_workbooks,
    imports,
    keeping,
    segments,
    tag_expiry,
    tag_history,
    tag_jobs,
)
from insights import variants
from journeys.tables import Knock
from runtime import beats, faults, guarding
from runtime.advance import uncollected
from runtime.database import Database, passes
from runtime.forgetting import Forgetting
from runtime.routes import Routes
from runtime.schedules import Schedules
from runtime.trail_months import TrailMonths, later, start_of
from runtime.upkeep import Upkeep
from store import wecom_calls
from store.tables import Idempotency, Inbox, LoginAttempt, LoginSession, Workspace

log = logging.getLogger(__name__)

#: How often old rows are looked for.
SWEEP_SECS = 60.0
RECOUNT_SECS = 86_400.0
#: Events are known again by their id at least so long.
INBOX_KEPT = timedelta(days=7)
ANSWERS_KEPT = timedelta(hours=48)
ATTEMPTS_KEPT = timedelta(days=1)
#: An upload that takes longer has no sender any more.
ARRIVING_AT_MOST = timedelta(hours=6)
#: Rows removed in one transaction.
CHUNK = 5000


class Housekeeping:
    """What must be done now and then; `run` does at most one chunk of each."""

    def __init__(self, database: Database, routes: Routes, now: Callable[[Session], datetime]) -> None:
        self.database, self.now = database, now
        self.forgetting = Forgetting(database, now)
        self.schedules = Schedules(database, routes, now)
        self.upkeep = Upkeep(database, now)
        self._swept = time.monotonic()
        self._recounted = time.monotonic()
        self._trail: TrailMonths | None = None

    def run(self) -> None:
        """Sweep, if it is time to."""
        self.forgetting.run()
        if time.monotonic() - self._swept >= SWEEP_SECS:
            self._swept = time.monotonic()
            self.sweep()

    def sweep(self) -> None:
        """Remove expired sessions, remembered answers, failed sign-ins and signals long taken."""
        with self.database.transaction() as tx:
            session = tx.session
            # People sign in by the wall clock, wherever the journeys' clock was turned to.
            now = datetime.now(UTC)
            session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
            session.execute(delete(Idempotency).where(Idempotency.created_at < now - ANSWERS_KEPT))
            exports.sweep(session, self.now(session))
            wecom_calls.sweep(session)
            guarding.sweep(session, self.now(session))
            imports.abandon(session, self.now(session) - ARRIVING_AT_MOST)
            session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - ATTEMPTS_KEPT))
        beats.forget(self.database, now)
        while self._sweep_inbox():
            pass
        with self.database.transaction() as tx:
            variants.choose(tx.session, self.now(tx.session))
        self._recount_tags()
        while self._sweep_histories():
            pass
        if self._trail is None:
            self._trail = TrailMonths(self.database, self.now, settings.load().trail_months)
        self._trail.keep()

    def _sweep_inbox(self) -> bool:
        """Remove a chunk of signals that everybody they were meant for has heard."""
        with self.database.transaction() as tx:
            first = select(Inbox.id).order_by(Inbox.id).limit(CHUNK)
            gone = tx.session.execute(
                delete(Inbox).where(
                    Inbox.id.in_(first),
                    # SQLite gives the highest number again once its row is gone; events are numbered by it.
                    Inbox.id < select(func.max(Inbox.id)).scalar_subquery(),
                    Inbox.state != "new",
                    Inbox.stored_at < self.now(tx.session) - INBOX_KEPT,
                    ~select(Knock.id).where(Knock.signal_id == Inbox.id).exists(),
                )
            )
        return int(gone.rowcount) == CHUNK

    def _sweep_histories(self) -> bool:
        """Forget a chunk of stays in segments that ended long ago, and of changes of attributes as old."""
        kept, more = settings.load(), False
        for months, forget in (
            (kept.segment_months, segments.forget),
            (kept.attribute_months, attribute_history.forget),
        ):
            if months:
                with self.database.transaction() as tx:
                    before = later(start_of(self.now(tx.session)), -months)
                    more |= forget(tx.session, before) == CHUNK
        return more

    def keep_rules(self) -> bool:
        """Ask the rules of segments, tags and tiers again for some of those to whom something happened."""
        with self.database.transaction() as tx:
            more = keeping.look(tx.session, self.now(tx.session))
            faults.hit("keeping.mid_batch")
        return more

    def keep_tags(self) -> bool:
        """Take off tags whose time is over, and go on with tagging many; a portion of each."""
        done = False
        for act in (tag_expiry.run_some, tag_jobs.run_some):
            try:
                with self.database.transaction() as tx:
                    done |= act(tx.session, self.now(tx.session))
                    faults.hit("tags.mid_batch")
            except Exception as error:
                if passes(error) or act is tag_expiry.run_some:
                    raise
                log.exception("a tag job cannot be gone on with")
                with self.database.transaction() as tx:
                    tag_jobs.fail(tx.session, self.now(tx.session), type(error).__name__)
        return done

    def _recount_tags(self) -> None:
        """Count once a day, one workspace after the other, who wears which tags: erased contacts told nobody."""
        if time.monotonic() - self._recounted < RECOUNT_SECS:
            return
        self._recounted = time.monotonic()
        with self.database.reading() as tx:
            numbers = list(tx.session.scalars(select(Workspace.id)))
        for number in numbers:
            with self.database.transaction() as tx:
                if tx.sql.take_turn(tx.cursor):
                    tag_history.recount(tx.session, number)

    def import_some(self) -> bool:
        """Take a chunk of each import that waits, and write one of each export; True while there is more of any."""
        with self.database.reading() as tx:
            books = import_workbooks.uncut(tx.session)
            # One workbook after the other: a process has one open.
            later_ones = {number for number, _ in books[1:]}
            waiting = [number for number in imports.pending(tx.session) if number not in later_ones]
        more = self._export_some()
        for import_id in waiting:
            try:
                for number, reached in books[:1]:
                    if number == import_id:
                        self._read_workbook(number, reached)
                with uncollected(), self.database.transaction() as tx:
                    more |= imports.run_chunk(tx.session, import_id, self.now(tx.session))
                    faults.hit("import.mid_batch")
            except Exception as error:
                if passes(error):
                    raise
                log.exception("import %s cannot be gone on with", import_id)
                with self.database.transaction() as tx:
                    imports.fail(tx.session, import_id, type(error).__name__, self.now(tx.session))
        return more

    def _read_workbook(self, import_id: int, reached: int) -> None:
        """Read rows of a workbook with no transaction open; the next portion stores them."""
        with self.database.reading() as tx:
            file = import_workbooks.fetched(tx.session, import_id)
        with uncollected():
            import_workbooks.read_ahead(import_id, reached, file)

    def _export_some(self) -> bool:
        with self.database.reading() as tx:
            waiting = exports.pending(tx.session)
        more = False
        for export_id in waiting:
            try:
                with uncollected(), self.database.transaction() as tx:
                    more |= exports.run_chunk(tx.session, export_id, self.now(tx.session))
                    faults.hit("export.mid_batch")
            except Exception as error:
                if passes(error):
                    raise
                log.exception("export %s cannot be gone on with", export_id)
                with self.database.transaction() as tx:
                    exports.fail(tx.session, export_id, type(error).__name__, self.now(tx.session))
        return more
