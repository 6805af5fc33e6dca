"""Heartbeats: every worker says now and then that it lives, in a table that everybody who watches can read."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text

from runtime.database import Database
from store.tables import WorkerBeat

#: How often a worker says so.
BEAT_SECS = 10.0
#: After so long without a word its row goes away.
FORGOTTEN = timedelta(hours=1)

_BEAT = """INSERT INTO worker_beat (owner, host, roles, started_at, seen_at)
VALUES (:owner, :host, :roles, {now}, {now}) ON CONFLICT (owner) DO UPDATE SET seen_at = {now}"""


class Heart:
    """The heart of one worker."""

    def __init__(self, database: Database, roles: Collection[str]) -> None:
        self.database, self.roles = database, ",".join(roles)
        self.host = socket.gethostname()[:64]
        self.owner = f"{self.host[:30]}:{os.getpid()}:{os.urandom(4).hex()}"
        self._beaten = -BEAT_SECS

    def beat(self) -> None:
        """Say that this worker lives, if it is time to; raises what the database raises."""
        if time.monotonic() - self._beaten < BEAT_SECS:
            return
        now = ":now" if self.database.is_sqlite else "clock_timestamp()"
        values = {"owner": self.owner, "host": self.host, "roles": self.roles}
        if self.database.is_sqlite:
            values["now"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        with self.database.transaction() as tx:
            tx.session.execute(text(_BEAT.format(now=now)), values)
        self._beaten = time.monotonic()

    def stop(self) -> None:
        """Say goodbye, so that nobody wonders."""
        with self.database.transaction() as tx:
            tx.session.execute(delete(WorkerBeat).where(WorkerBeat.owner == self.owner))


def forget(database: Database, now: datetime) -> None:
    """Remove workers that were not heard of for long."""
    with database.transaction() as tx:
        tx.session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < now - FORGOTTEN))
