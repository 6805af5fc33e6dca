"""Where a database is at home: a restored copy finds itself elsewhere, and sends nothing until a person says so."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from store.tables import Sending

ONLY_ROW = 1
COPIED = "This database was restored or copied from another place."
#: A cluster and a database in it; a server restarted, upgraded in place or failed over to a replica keeps both.
_CLUSTER = "SELECT system_identifier FROM pg_control_system()"
_NUMBER = "SELECT oid FROM pg_database WHERE datname = current_database()"


def place(session: Session) -> str:
    """What tells this database from every copy: cluster and number on PostgreSQL, the file's inode on SQLite."""
    bind = session.connection()
    if bind.dialect.name == "sqlite":
        path = bind.engine.url.database
        return str(os.stat(path).st_ino) if path and path != ":memory:" else "memory"
    try:
        with session.begin_nested():
            return str(session.execute(text(f"SELECT ({_CLUSTER}) || ':' || ({_NUMBER})")).scalar_one())
    except ProgrammingError:  # a server that keeps its cluster's number to itself
        return str(session.execute(text(f"SELECT ({_NUMBER})::text")).scalar_one())


def held(session: Session) -> str | None:
    """Why nothing may be sent, or None if all may go."""
    row = session.execute(select(Sending.held, Sending.why).where(Sending.id == ONLY_ROW)).first()
    return (row.why or COPIED) if row is not None and row.held else None


def settled(session: Session, here: str) -> bool:
    """True if this database knows itself at home here."""
    return session.scalar(select(Sending.home).where(Sending.id == ONLY_ROW)) == here


def settle_in(session: Session, here: str) -> None:
    """Note the place at the first start; hold all sending if the database woke up in another one. Not committed."""
    now = datetime.now(UTC)
    row = {"id": ONLY_ROW, "home": here, "held": False, "why": None, "changed_at": now}
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_pg
    session.execute(insert(Sending).values(row).on_conflict_do_nothing())
    session.execute(
        update(Sending)
        .where(Sending.id == ONLY_ROW, Sending.home != here)
        .values(home=here, held=True, why=COPIED, changed_at=now)
    )


def decide(session: Session, *, hold: bool, why: str | None = None) -> None:
    """Hold all sending, or let it go on, here and now. Not committed."""
    settle_in(session, place(session))
    session.execute(
        update(Sending)
        .where(Sending.id == ONLY_ROW)
        .values(held=hold, why=why if hold else None, changed_at=datetime.now(UTC))
    )
