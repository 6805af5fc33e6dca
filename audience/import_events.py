"""Rows of a file become events: taken in as if a sender had sent them, each once however often the file comes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import events
from audience.columns import value_of
from audience.file_rows import misfit
from audience.identities import EXTERNAL
from audience.import_contacts import Taken
from audience.import_errors import Wrong
from audience.staging import clean
from audience.tables_files import Import
from rules.zones import to_utc, zone_of
from store.database import dumps
from store.tables import Workspace

_SECONDS = re.compile(r"\d{9,10}(\.\d{1,6})?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_FIELDS = {"name": "event_name", "event_id": "event_id", "occurred_at": "occurred_at", EXTERNAL: EXTERNAL}
NO_TIME = {
    "zh": "须是时间，例如 2026-03-01 10:00 或 2026-03-01T10:00:00+08:00。",
    "en": "Give a time such as 2026-03-01 10:00 or 2026-03-01T10:00:00+08:00.",
}
NO_JSON = {"zh": "这一行不是 JSON 对象。", "en": "This line is no JSON object."}
TOO_MANY = {"zh": "这一行的单元格比表头多。", "en": "The row has more cells than the header."}


def take(session: Session, running: Import, rows: Sequence[Any], first_row: int, now: datetime) -> Taken:
    """Put the events of some rows into the inbox; `created` are new ones, `updated` those that were here before."""
    zone = _zone(session, running.workspace_id)
    taken = Taken()
    given: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, first_row):
        event, wrong = _of_line(row) if running.form == "jsonl" else _of_row(running, row, zone)
        if wrong:
            taken.problems += [(number, column, said) for column, said in wrong]
            taken.failed += 1
        elif event is not None:
            given.append(event if event.get("event_id") else event | {"event_id": _derived(event)})
            numbers.append(number)
    for first in range(0, len(given), events.MOST_IN_BATCH):
        some = given[first : first + events.MOST_IN_BATCH]
        found = events.take(session, running.workspace_id, some, now)
        taken.created += found.accepted
        taken.updated += found.duplicates
        wrongs = _located(running, found.errors, numbers[first:])
        taken.problems += wrongs
        taken.failed += len({number for number, _, _ in wrongs})
    taken.problems.sort(key=lambda one: one[0])
    return taken


def _of_line(line: str) -> tuple[dict[str, Any] | None, list[tuple[str, dict[str, str]]]]:
    if not line.strip():
        return None, []
    try:
        found = orjson.loads(line)
    except (ValueError, UnicodeEncodeError):
        return None, [("", NO_JSON)]
    return (found, []) if isinstance(found, dict) else (None, [("", NO_JSON)])


def _of_row(
    running: Import, raw: Sequence[str], zone: ZoneInfo
) -> tuple[dict[str, Any] | None, list[tuple[str, dict[str, str]]]]:
    row = [clean(cell) for cell in raw]
    if not any(row):
        return None, []
    if any(row[len(running.columns) :]):
        return None, [("", TOO_MANY)]
    event: dict[str, Any] = {"properties": {}}
    identities: dict[str, str] = {}
    wrong: list[tuple[str, dict[str, str]]] = []
    if running.options.get("event"):
        event["name"] = running.options["event"]
    for column, cell in zip(running.columns, row, strict=False):
        kind, _, rest = str(running.mapping.get(column, "")).partition(":")
        if not cell or not kind:
            continue
        if kind == "identity":
            identities[rest] = cell
        elif kind == "property":
            name, _, type_ = rest.partition(":")
            value = value_of(cell, type_ or "text")
            if value is None:
                wrong.append((column, misfit(type_)))
            event["properties"][name] = value
        elif kind == "occurred_at":
            event["occurred_at"] = moment(cell, zone)
            if event["occurred_at"] is None:
                wrong.append((column, NO_TIME))
        else:
            event["name" if kind == "event_name" else kind] = cell
    # A sender names a contact in one way; of a row that names him in several, the brand's own id is surest.
    if identities and EXTERNAL not in event:
        event["identity"] = identities
    return event, wrong


def moment(cell: str, zone: ZoneInfo) -> datetime | None:
    """Read a time of any habit: ISO with or without a zone, a date, seconds or milliseconds since 1970."""
    if _SECONDS.fullmatch(cell):
        return datetime.fromtimestamp(float(cell), UTC)
    if _MILLISECONDS.fullmatch(cell):
        return datetime.fromtimestamp(int(cell) / 1000, UTC)
    text = value_of(cell, "time") or value_of(cell, "date")
    if text is None:
        return None
    try:
        found = (
            datetime.fromisoformat(text)
            if len(text) > 10
            else datetime.combine(date.fromisoformat(text), datetime.min.time())
        )
        return found.astimezone(UTC) if found.tzinfo else to_utc(found, zone)
    except (ValueError, OverflowError):
        return None


def _derived(event: Mapping[str, Any]) -> str:
    """An id for an event that bears none: the same row is the same event, in this file and in the next."""
    at = event.get("occurred_at")
    said = {**event, "occurred_at": at.isoformat() if isinstance(at, datetime) else at}
    return (
        "file:"
        + hashlib.sha256(dumps(dict(sorted(said.items()))).encode("utf-8", "replace")).hexdigest()[:40]
    )


def _located(running: Import, errors: Sequence[Any], numbers: Sequence[int]) -> list[Wrong]:
    column_of = {":".join(str(target).split(":")[:2]): column for column, target in running.mapping.items()}
    found: list[Wrong] = []
    for path, said in errors:
        _, index, *rest = path.split(".")
        name = _FIELDS.get(rest[0], "") if rest else ""
        if rest and rest[0] in ("properties", "identity") and len(rest) > 1:
            name = f"{'property' if rest[0] == 'properties' else 'identity'}:{rest[1]}"
        found.append((numbers[int(index)], column_of.get(name, rest[0] if rest else ""), said))
    return found


def _zone(session: Session, workspace_id: int) -> ZoneInfo:
    return zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
