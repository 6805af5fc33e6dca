"""The one SQLAlchemy handle, and how an app is tied to a database."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, MetaData, event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import Session

from store.patience import connect

#: Names for every constraint, so that migrations on SQLite and PostgreSQL call them alike.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: What every session asks of PostgreSQL; times in milliseconds.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "random_page_cost": 1.1,
    "plan_cache_mode": "force_custom_plan",
    "statement_timeout": 60_000,
    "idle_in_transaction_session_timeout": 60_000,
}

#: With these a link whose other end is gone without a word is given up within 11 seconds, and within 16 it is known that no
#: other can be had; tcp_user_timeout is in ms.
LINK_SETTINGS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
#: How SERVER_SETTINGS are asked for where a pooler hands out another server connection each time.
SERVER_SETTINGS_ASKED = ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in SERVER_SETTINGS.items()
)

db = SQLAlchemy(metadata=MetaData(naming_convention=NAMING))


def dumps(value: Any) -> str:
    """Write a value as compact JSON text; datetimes become ISO 8601."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


class _Mode:
    pooled = False


def configure(*, pooled: bool) -> None:
    """Say whether a pooler in transaction mode, such as PgBouncer, stands before this process's PostgreSQL.

    Nothing then outlives a transaction: settings are asked for in each, and no statement is prepared.
    """
    _Mode.pooled = pooled


def attach(app: Flask, url: str) -> None:
    """Tie `app` to the database at `url` (sqlite:///… or postgresql://…)."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)


def engine_options(url: str) -> dict[str, Any]:
    """The options with which every process of ours opens the database at `url`."""
    # What a statement was given may be somebody's phone number: errors and logs show the statement alone.
    options: dict[str, Any] = {
        "json_serializer": dumps,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,
    }
    if url.startswith("postgresql"):
        options["pool_pre_ping"] = True
        # Keepalives and limits notice a half-open link and a process that stopped in the middle; the planner
        # hints are those under which the engine's claims keep their index at any size.
        options["connect_args"] = dict(LINK_SETTINGS)
        if _Mode.pooled:
            options["connect_args"]["prepare_threshold"] = None
        else:
            asked = " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items())
            options["connect_args"]["options"] = asked
    return options


@event.listens_for(Engine, "do_connect")
def _connect(dialect: Dialect, _record: Any, args: tuple[Any, ...], given: dict[str, Any]) -> Any:
    """Make every link to PostgreSQL one that is not waited on for ever."""
    return connect(given) if dialect.name == "postgresql" and not args else None


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver would begin by itself and only at the first write; _begin does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16384",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif _Mode.pooled and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT {SERVER_SETTINGS_ASKED}")


def begin_write(session: Session) -> None:
    """Start the transaction as a writer: on SQLite it takes its turn now; elsewhere this changes nothing.

    Call it before the first read of a transaction that will write: SQLite refuses to turn a reader into a
    writer when somebody has written meanwhile. Within a transaction that has begun already it does nothing.
    """
    if not session.in_transaction() and session.get_bind().dialect.name == "sqlite":
        session.connection(execution_options={"writing": True})
