"""One database as the engine works on it: short transactions, its own statements, and what may be tried again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from runtime.postgresql import PostgreSQL
from runtime.sqlite import SQLite
from runtime.statements import Fenced, Statements
from store.database import begin_write, engine_options

#: A worker that stands still inside a transaction loses it, and with it every lock, after so long.
IDLE_IN_TRANSACTION_SECS = 10
#: No statement of the engine may take longer.
STATEMENT_SECS = 60


@dataclass(slots=True)
class Transaction:
    """A transaction under way: the mapper's session for other rooms, the driver's cursor for our statements."""

    session: Session
    cursor: Any
    sql: Statements


class Database:
    """Opens transactions on one database."""

    def __init__(
        self, url: str, *, idle_secs: float = IDLE_IN_TRANSACTION_SECS, direct_url: str | None = None
    ) -> None:
        self.url = url
        #: Past a pooler: notifications belong to a session, which only a direct connection has.
        self.direct_url = direct_url or url
        self.engine = _open(url, idle_secs)
        self._looking = _open_to_look(url) or self.engine
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.sql: Statements = SQLite() if self.is_sqlite else PostgreSQL()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that writes; committed at the end, rolled back on any error."""
        session = Session(self.engine, expire_on_commit=False, autoflush=False)
        try:
            begin_write(session)
            yield Transaction(session, self._cursor(session), self.sql)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads, so that on SQLite nobody has to wait for it."""
        session = Session(self.engine, expire_on_commit=False, autoflush=False)
        try:
            yield Transaction(session, self._cursor(session), self.sql)
            if not self.is_sqlite:
                # Past the session, so that nothing is written: a rollback would forget every prepared statement of the link.
                session.connection().connection.commit()
        finally:
            session.close()

    @contextmanager
    def looking(self) -> Iterator[Transaction]:
        """A link on which to ask the same few questions many times a second; each is a transaction of its own."""
        if self._looking is self.engine:
            with self.reading() as tx:
                yield tx
            return
        with Session(self._looking, expire_on_commit=False, autoflush=False) as session:
            yield Transaction(session, self._cursor(session), self.sql)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        self._looking.dispose()

    def _cursor(self, session: Session) -> Any:
        return session.connection().connection.cursor()


def _open(url: str, idle_secs: float) -> Engine:
    options = engine_options(url)
    if url.startswith("postgresql"):
        arguments = dict(options.get("connect_args") or {})
        if (
            "options" in arguments
        ):  # a pooler takes none: what store.database asks in each transaction is enough
            arguments["options"] += (
                f" -c idle_in_transaction_session_timeout={int(idle_secs * 1000)}"
                f" -c statement_timeout={STATEMENT_SECS}s"
            )
        options["connect_args"] = arguments
    return create_engine(url, **options)


def _open_to_look(url: str) -> Engine | None:
    """Links whose statements are planned once; None where a link keeps nothing, and on SQLite, where it costs nothing.

    Planning `LOOK` takes several times as long as executing it. A plan that is kept must suit tables of any size: it never
    reads a whole one, and what its steps seem to cost for that reason must not make the server compile it.
    """
    options = engine_options(url)
    arguments = dict(options.get("connect_args") or {})
    if "options" not in arguments:
        return None
    arguments["options"] += " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
    options["connect_args"] = arguments
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, **options)


#: Errors that say nothing about the rows: the same work may succeed when it is tried again.
_PASSING = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DiskFull,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.CannotConnectNow,
    psycopg.errors.TooManyConnections,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)


def passes(error: BaseException) -> bool:
    """True if `error` comes from the database's state and not from the rows at hand."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or passes(error.orig) if error.orig else False
    if isinstance(error, (Fenced, *_PASSING)):
        return True
    if not isinstance(error, psycopg.Error):
        return False
    # A lost connection has no code of its own; class 42 is a statement that does not fit the schema.
    state = error.sqlstate or ""
    return state.startswith("42") or (isinstance(error, psycopg.OperationalError) and not state)
