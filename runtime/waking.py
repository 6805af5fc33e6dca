"""How an idle worker is woken: by NOTIFY on PostgreSQL, by looking again on SQLite."""

from __future__ import annotations

import time
from typing import Protocol

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from runtime.database import Database, Transaction
from store.database import LINK_SETTINGS

#: Writers of the inbox may say `NOTIFY roadbook` so that an idle worker looks at once.
CHANNEL = "roadbook"
#: How often SQLite's file is looked at for a change by another process, which costs microseconds.
LOOK_SECS = 0.02


def wake(tx: Transaction) -> None:
    """Wake idle workers when this transaction commits; on SQLite they see the commit itself."""
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.execute(text(f"NOTIFY {CHANNEL}"))


class Alarm(Protocol):
    """Something to sleep on."""

    def wait(self, secs: float) -> None:
        """Sleep at most so long."""

    def close(self) -> None:
        """Sleep no more."""


class FileAlarm:
    """Wakes when another process has changed the SQLite file."""

    def __init__(self, database: Database) -> None:
        self.connection = database.engine.raw_connection()
        self.seen = self._version()

    def wait(self, secs: float) -> None:
        deadline = time.monotonic() + secs
        while time.monotonic() < deadline:
            version = self._version()
            if version != self.seen:
                self.seen = version
                return
            time.sleep(LOOK_SECS)

    def close(self) -> None:
        self.connection.close()

    def _version(self) -> int:
        cursor = self.connection.cursor()
        found: int = cursor.execute("PRAGMA data_version").fetchone()[0]
        return found


class NotifyAlarm:
    """Wakes when somebody says NOTIFY on `channel`; a lost link is opened anew, and meanwhile the clock wakes."""

    def __init__(self, database: Database, channel: str) -> None:
        self.database, self.channel = database, channel
        self.connection: psycopg.Connection | None = None

    def wait(self, secs: float) -> None:
        try:
            connection = self._listening()
            for _ in connection.notifies(timeout=secs, stop_after=1):
                return
        except psycopg.Error:
            self.close()
            time.sleep(secs)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _listening(self) -> psycopg.Connection:
        if self.connection is None:
            url = make_url(self.database.direct_url).set(drivername="postgresql")
            self.connection = psycopg.connect(
                url.render_as_string(hide_password=False), autocommit=True, **LINK_SETTINGS
            )
            self.connection.execute(f"LISTEN {self.channel}")
        return self.connection


def open_alarm(database: Database, channel: str = CHANNEL) -> Alarm:
    """The alarm that suits a database; SQLite's wakes at every change, whatever the channel."""
    return FileAlarm(database) if database.is_sqlite else NotifyAlarm(database, channel)
