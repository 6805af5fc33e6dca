"""Contacts nobody knows yet, many at once: written by COPY on PostgreSQL, by one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import orjson
from sqlalchemy.orm import Session

from audience import keeping, known
from audience.identities import EXTERNAL
from audience.plain_rows import Plain
from audience.tables import Contact, Identity
from store.bulk import keeping_plans
from store.columns import SQLITE_TIME
from store.database import dumps
from store.inbox import NewSignal, put
from store.tables import Inbox

_CONTACT = (
    "id", "workspace_id", "external_id", "name", "timezone", "attributes", "tags", "created_at", "updated_at",
)  # fmt: skip
_LAST_ON_SQLITE = """SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'contact'), 0),
  (SELECT coalesce(max(id), 0) FROM contact))"""
_IDENTITY = ("workspace_id", "contact_id", "kind", "value")
#: Rows sent to COPY at once.
AT_ONCE = 500
_INBOX = ("workspace_id", "kind", "name", "contact_id", "occurred_at", "stored_at", "data", "state")


def add(
    session: Session,
    workspace_id: int,
    people: Sequence[Plain],
    types: Mapping[known.Name, known.Types],
    now: datetime,
    by: str | None,
) -> list[int]:
    """Store contacts as `contacts.upsert` stores new ones, with the same signals; return their ids in order.

    Their names must be nobody's yet, and the workspace's turn taken (`identities.wait_for_turn`). Not committed.
    """
    if not people:
        return []
    ids = _numbers(session, len(people))
    at = _moment(session, now)
    write(
        session,
        Contact.__tablename__,
        _CONTACT,
        [
            (number, workspace_id, one.external_id, one.name, one.timezone, one.attributes, one.tags, at, at)
            for number, one in zip(ids, people, strict=True)
        ],
    )
    write(
        session,
        Identity.__tablename__,
        _IDENTITY,
        [
            (workspace_id, number, kind, value)
            for number, one in zip(ids, people, strict=True)
            for kind, value in one.keys
            if kind != EXTERNAL
        ],
    )
    keeping.newcomers(session, workspace_id, ids)
    tags = _tell(session, workspace_id, ids, people, now, by)
    met = [*types.items(), *((("tag", tag), {}) for tag in sorted(tags))]
    known.learn(session, workspace_id, met, now)
    return ids


def _tell(
    session: Session,
    workspace_id: int,
    ids: Sequence[int],
    people: Sequence[Plain],
    now: datetime,
    by: str | None,
) -> set[str]:
    """Let the inbox hear of the tags that new contacts wear; return all of them."""
    worn = {one.tags: orjson.loads(one.tags) for one in people if one.tags != "[]"}
    data = {
        text: {"field": "tags", "old": [], "new": tags} | ({} if by is None else {"by": by})
        for text, tags in worn.items()
    }
    if not worn:
        return set()
    wearing = [(number, one.tags) for number, one in zip(ids, people, strict=True) if one.tags != "[]"]
    if session.get_bind().dialect.name == "sqlite":
        put(
            session,
            [
                NewSignal(workspace_id, "changed", "tags", now, data[text], contact_id=number)
                for number, text in wearing
            ],
            now,
        )
    else:
        at = _moment(session, now)
        texts = {text: dumps(one) for text, one in data.items()}
        rows = [
            (workspace_id, "changed", "tags", number, at, at, texts[text], "new") for number, text in wearing
        ]
        write(session, Inbox.__tablename__, _INBOX, rows)
    return {tag for tags in worn.values() for tag in tags}


def _numbers(session: Session, count: int) -> list[int]:
    connection = session.connection()
    if session.get_bind().dialect.name == "sqlite":
        first = connection.exec_driver_sql(_LAST_ON_SQLITE).scalar_one() + 1
        return list(range(first, first + count))
    drawn = "SELECT nextval('contact_id_seq') FROM generate_series(1, %s)"
    return sorted(connection.exec_driver_sql(drawn, (count,)).scalars())


def _moment(session: Session, now: datetime) -> str:
    if session.get_bind().dialect.name == "sqlite":
        return now.astimezone(UTC).strftime(SQLITE_TIME)
    return now.astimezone(UTC).isoformat()


def write(
    session: Session, table: str, columns: Sequence[str], rows: Sequence[tuple[int | str | None, ...]]
) -> None:
    """Store rows of numbers and texts (JSON and moments as text) in the quickest way there is; none may be taken."""
    if not rows:
        return
    listed = ", ".join(columns)
    connection = session.connection()
    if session.get_bind().dialect.name == "sqlite":
        holes = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({holes})", list(rows))
        return
    cursor = connection.connection.cursor()
    try:
        with keeping_plans(session), cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for first in range(
                0, len(rows), AT_ONCE
            ):  # the server stores some while the next are written down
                copy.write(copied(rows[first : first + AT_ONCE]))
    finally:
        cursor.close()


def copied(rows: Iterable[tuple[int | str | None, ...]]) -> str:
    """Rows as COPY reads them."""
    return "".join([_line(row) for row in rows])


def _line(row: tuple[int | str | None, ...]) -> str:
    line = "\t".join([r"\N" if value is None else str(value) for value in row])
    plain = line.count("\t") == len(row) - 1 and line.count("\\") == row.count(None)
    if plain and "\n" not in line and "\r" not in line:
        return line + "\n"
    return "\t".join([_escaped(value) for value in row]) + "\n"


def _escaped(value: int | str | None) -> str:
    if value is None:
        return r"\N"
    text = str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
