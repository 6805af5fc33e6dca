"""Many rows in one statement, on SQLite and on PostgreSQL, without an object for each.

On PostgreSQL the rows travel as one JSON text and are taken apart by the server, which costs the process a
few microseconds a row; on SQLite they are the parameters of one prepared statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from sqlalchemy import ARRAY, Boolean, Column, ColumnElement, Table, any_, bindparam, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.columns import SQLITE_TIME, Json, UTCDateTime
from store.database import SERVER_SETTINGS, dumps

#: From so many rows on, keeping a plan costs less than planning the check of a foreign key for each.
MANY = 50


class NoTimeZone(ValueError):
    """A moment needs a time zone; one of these rows has a moment without."""


def among(session: Session, column: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that `column` is one of `values`, as one parameter however many they are."""
    given = list(values)
    if _is_sqlite(session):
        each = func.json_each(dumps(given)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(None, given, type_=ARRAY(column.type)))


def insert_rows(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    skip_known: bool = False,
    key: str | None = None,
) -> int:
    """Insert rows that all have the keys of the first, in order; return how many were stored.

    With `skip_known` a row whose unique key is taken, also by one before it, is left out. Two such
    batches that overlap wait for each other; with `key`, the column that may be taken, they never do so in a
    circle: ids follow the order of `rows`, but the rows are stored in the order of the key. Raises NoTimeZone.
    """
    if not rows:
        return 0
    names = tuple(rows[0])
    if _is_sqlite(session):
        return _many(session, _sqlite_insert(table, names, skip_known), table, names, rows)
    statement = text(_postgres_insert(table, names, skip_known, key))
    with _checked(session, table, rows):
        return session.connection().execute(statement, {"rows": _as_json(table, rows)}).rowcount


def insert_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows as `insert_rows` does and return their new ids in the same order. Raises NoTimeZone.

    On SQLite only within a transaction that writes already: nobody else may insert meanwhile.
    """
    if not rows:
        return []
    names, connection = tuple(rows[0]), session.connection()
    if _is_sqlite(session):
        highest = f"SELECT coalesce(max(id), 0) FROM {_quoted(table.name)}"
        before = connection.exec_driver_sql(highest).scalar_one()
        insert_rows(session, table, rows)
        fresh = f"SELECT id FROM {_quoted(table.name)} WHERE id > ? ORDER BY id"
        return list(connection.exec_driver_sql(fresh, (before,)).scalars())
    # The sequence is asked in the order of the rows, so that sorted ids are in their order too.
    statement = text(_postgres_insert_new(table, names))
    with _checked(session, table, rows):
        return sorted(connection.execute(statement, {"rows": _as_json(table, rows)}).scalars())


def update_rows(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ("id",)
) -> int:
    """Set the other columns of each row, found by its `keys`; return how many there were.

    Raises NoTimeZone.
    """
    if not rows:
        return 0
    names = tuple(rows[0])
    if _is_sqlite(session):
        ordered = tuple(name for name in names if name not in keys) + tuple(keys)
        return _many(session, _sqlite_update(table, ordered, tuple(keys)), table, ordered, rows)
    statement = text(_postgres_update(table, names, tuple(keys)))
    return session.connection().execute(statement, {"rows": _as_json(table, rows)}).rowcount


@contextmanager
def keeping_plans(session: Session) -> Iterator[None]:
    """Let PostgreSQL plan the check of a foreign key once, and not for each row that is stored meanwhile.

    Statements of ours are planned for their values each time; for such a check, which finds one row by its key, that
    costs more than the check itself.
    """
    if _is_sqlite(session):
        yield
        return
    connection = session.connection()
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = auto")
    yield  # after an error the transaction is over, and the setting with it
    connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {SERVER_SETTINGS['plan_cache_mode']}")


@contextmanager
def _checked(session: Session, table: Table, rows: Sequence[object]) -> Iterator[None]:
    if len(rows) < MANY or not table.foreign_keys:
        yield
        return
    with keeping_plans(session):
        yield


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _as_json(table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    for name in (name for name in rows[0] if isinstance(table.c[name].type, UTCDateTime)):
        if any(row[name] is not None and row[name].tzinfo is None for row in rows):
            raise NoTimeZone(NoTimeZone.__doc__)
    return orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS).decode()


def _many(
    session: Session, statement: str, table: Table, names: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> int:
    writers = [(name, _writer(table.c[name])) for name in names]
    values = [tuple(write(row[name]) if write else row[name] for name, write in writers) for row in rows]
    return session.connection().exec_driver_sql(statement, values).rowcount


def _writer(column: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, UTCDateTime):
        return _sqlite_time
    if column.type is Json:
        return _sqlite_json
    return int if isinstance(column.type, Boolean) else None


def _sqlite_json(value: Any) -> str | None:
    return None if value is None else dumps(value)


@lru_cache(maxsize=4096)  # the rows of one batch share a few moments
def _sqlite_time(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise NoTimeZone(NoTimeZone.__doc__)
    return value.astimezone(UTC).strftime(SQLITE_TIME)


@cache
def _sqlite_insert(table: Table, names: tuple[str, ...], skip_known: bool) -> str:
    holes = ", ".join("?" * len(names))
    ending = " ON CONFLICT DO NOTHING" if skip_known else ""
    return f"INSERT INTO {_quoted(table.name)} ({_listed(names)}) VALUES ({holes}){ending}"


@cache
def _sqlite_update(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(name)} = ?" for name in names if name not in keys)
    found = " AND ".join(f"{_quoted(key)} = ?" for key in keys)
    return f"UPDATE {_quoted(table.name)} SET {changes} WHERE {found}"


@cache
def _postgres_insert(table: Table, names: tuple[str, ...], skip_known: bool, key: str | None) -> str:
    ending = " ON CONFLICT DO NOTHING" if skip_known else ""
    columns, given = _listed(names), _recordset(table, names)
    if key is not None:
        number = f"nextval('{table.name}_id_seq') AS id"
        given = f"(SELECT {number}, {columns} FROM {given}) AS numbered ORDER BY {_quoted(key)}"
        columns = f"id, {columns}"
    return f"INSERT INTO {_quoted(table.name)} ({columns}) SELECT {columns} FROM {given}{ending}"


@cache
def _postgres_insert_new(table: Table, names: tuple[str, ...]) -> str:
    columns = _listed(names)
    call, _, shape = _recordset(table, names).partition(" AS r")
    given = f"ROWS FROM ({call} AS {shape}) WITH ORDINALITY AS r({columns}, given_order)"
    return (
        f"INSERT INTO {_quoted(table.name)} ({columns}) SELECT {columns} FROM {given}"
        " ORDER BY given_order RETURNING id"
    )


@cache
def _postgres_update(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(name)} = r.{_quoted(name)}" for name in names if name not in keys)
    found = " AND ".join(f"t.{_quoted(key)} = r.{_quoted(key)}" for key in keys)
    return f"UPDATE {_quoted(table.name)} t SET {changes} FROM {_recordset(table, names)} WHERE {found}"


def _recordset(table: Table, names: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()
    columns = ", ".join(f"{_quoted(name)} {table.c[name].type.compile(dialect)}" for name in names)
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({columns})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(_quoted(name) for name in names)
