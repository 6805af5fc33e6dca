"""The trail by month: on PostgreSQL parts are made ahead and dropped whole, on SQLite old lines go in chunks.

What lies outside of every month made so far is taken by a default part, so no line is ever refused; a month made later
takes its lines out of it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from journeys.tables import Trail, TrailKept
from runtime.database import Database, passes

log = logging.getLogger(__name__)

#: Months that are there before anybody needs them, the running one among them.
AHEAD = 4
#: Lines removed in one transaction where no whole part can be dropped.
CHUNK = 5000
MONTH = re.compile(r"trail_(\d{4})_(\d\d)")
#: Whoever would have to wait longer for everybody else's transactions lets it be until the next time.
LOCK_MS = 500
#: One at a time makes parts.
TURN = 728_365

PARTS = """SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'trail'::regclass ORDER BY c.relname"""
#: Up to when the part reaches that holds what was there before the trail was kept by month.
BEFORE_ENDS = """SELECT (regexp_match(pg_get_expr(relpartbound, oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz
FROM pg_class WHERE oid = 'trail_before'::regclass"""


class TrailMonths:
    """Keeps the parts of the trail; `months` is how many whole months stay besides the running one, 0 all."""

    def __init__(self, database: Database, now: Callable[[Session], datetime], months: int) -> None:
        self.database, self.now, self.months = database, now, months

    def keep(self) -> None:
        """Make the months to come, and let go what is older than wanted; what is in use meanwhile waits for next time."""
        try:
            self._keep()
        except DBAPIError as error:
            if not passes(error):
                raise
            log.info("the trail's parts are in use: next time")

    def _keep(self) -> None:
        with self.database.reading() as tx:
            month = start_of(self.now(tx.session))
        if not self.database.is_sqlite:
            for ahead in range(AHEAD):
                self._make(later(month, ahead))
        if self.months:
            self._let_go(later(month, -self.months))

    def _make(self, month: datetime) -> None:
        name = part_of(month)
        with self.database.transaction() as tx:
            tx.session.execute(text(f"SELECT pg_advisory_xact_lock({TURN})"))
            if name in self._parts(tx.session) or month < self._before_ends(tx.session):
                return
            tx.session.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
            given = {"first": month, "last": later(month, 1)}
            # Made apart, filled and then attached: the default part may hold lines of this month already.
            tx.session.execute(text(f"CREATE TABLE {name} (LIKE trail INCLUDING DEFAULTS INCLUDING INDEXES)"))
            tx.session.execute(text("LOCK TABLE trail_default IN ACCESS EXCLUSIVE MODE"))
            moved = "DELETE FROM trail_default WHERE at >= :first AND at < :last RETURNING *"
            tx.session.execute(text(f"WITH moved AS ({moved}) INSERT INTO {name} SELECT * FROM moved"), given)
            bounds = f"FROM ('{month.isoformat()}') TO ('{later(month, 1).isoformat()}')"
            tx.session.execute(text(f"ALTER TABLE trail ATTACH PARTITION {name} FOR VALUES {bounds}"))

    def _let_go(self, before: datetime) -> None:
        """Forget every line before a month; says first since when the trail is kept, so that it is known as cut."""
        with self.database.transaction() as tx:
            since = tx.session.scalar(select(TrailKept.since))
            oldest = tx.session.scalar(select(func.min(Trail.at))) if since is None else None
            if since is None and (oldest is None or oldest >= before):
                return
            if since is None or since < before:
                tx.session.merge(TrailKept(id=1, since=before))
        if not self.database.is_sqlite:
            self._drop(before)
        while self._remove(before):
            pass

    def _drop(self, before: datetime) -> None:
        with self.database.transaction() as tx:
            parts = self._parts(tx.session)
            old = [name for name in parts if MONTH.fullmatch(name) and name < part_of(before)]
            if "trail_before" in parts and self._before_ends(tx.session) <= before:
                old.append("trail_before")
            if old:
                tx.session.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
                tx.session.execute(text(f"DROP TABLE {', '.join(old)}"))
                log.info("the trail before %s is gone: %s", before.date(), ", ".join(old))

    def _remove(self, before: datetime) -> bool:
        """Remove a chunk of old lines that lie in no part of their own; they are the ones with the lowest numbers."""
        if self.database.is_sqlite:
            first = select(Trail.id).order_by(Trail.id).limit(CHUNK)
            statement = delete(Trail).where(Trail.id.in_(first), Trail.at < before)
            with self.database.transaction() as tx:
                return int(tx.session.connection().execute(statement).rowcount) == CHUNK
        chunk = f"SELECT ctid FROM trail_default WHERE at < :before LIMIT {CHUNK}"
        with self.database.transaction() as tx:
            gone = tx.session.connection().execute(
                text(f"DELETE FROM trail_default WHERE ctid = ANY(ARRAY({chunk}))"), {"before": before}
            )
            return int(gone.rowcount) == CHUNK

    def _parts(self, session: Session) -> list[str]:
        return list(session.execute(text(PARTS)).scalars())

    def _before_ends(self, session: Session) -> datetime:
        if "trail_before" not in self._parts(session):
            return datetime.min.replace(tzinfo=UTC)
        found: datetime = session.execute(text(BEFORE_ENDS)).scalar_one()
        return found


def kept_since(session: Session) -> datetime | None:
    """Since when the trail is whole; None if nothing of it was ever let go."""
    return session.scalar(select(TrailKept.since))


def start_of(moment: datetime) -> datetime:
    """The beginning of the month, in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def later(month: datetime, by: int) -> datetime:
    """The beginning of the month so many months later."""
    number = month.year * 12 + month.month - 1 + by
    return month.replace(year=number // 12, month=number % 12 + 1)


def part_of(month: datetime) -> str:
    """The name of a month's part."""
    return f"trail_{month:%Y_%m}"
