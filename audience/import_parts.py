"""The parts that an import was cut into, read again: each once, and the next one while the database is at work."""

from __future__ import annotations

import csv
import io
import json
import zlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import staging
from audience.plain_rows import Read, glance
from audience.reading_ahead import Ahead
from audience.tables_files import Import, ImportPart

#: Bytes of a compressed part that is remembered from one transaction to the next.
LARGEST_KEPT = 1024 * 1024


@dataclass(slots=True, frozen=True)
class Held:
    """The rows of a part, and what a glance at all of them found, if there was one."""

    rows: list[Any]
    read: Read | None = None


#: The part that this process read last, and the one after it, by what they are made of.
_last: dict[object, Held] = {}
_next: Ahead[Held] = Ahead()


def read(running: Import, cells: bytes) -> Held:
    """Read a part of an import; the last one is remembered."""
    key = _key(running, cells)
    held = _last.get(key)
    if held is None:
        held = _next.take(key, lambda: Held(_rows(cells, running.form, running.delimiter)))
        _last.clear()
        if len(cells) < LARGEST_KEPT:
            _last[key] = held
    return held


def read_ahead(session: Session, running: Import, part: ImportPart) -> None:
    """Begin to read the part after this one, if it will be taken as a whole."""
    if running.kind == "events" or running.pace < staging.ROWS_IN_PART:
        return
    following = select(ImportPart.cells).where(
        ImportPart.import_id == running.id, ImportPart.first_row > part.first_row
    )
    cells = session.scalar(following.order_by(ImportPart.first_row).limit(1))
    if cells is None or len(cells) >= LARGEST_KEPT:
        return
    form, delimiter = running.form, running.delimiter
    columns, mapping = list(running.columns), dict(running.mapping)

    def make() -> Held:
        rows = _rows(cells, form, delimiter)
        return Held(rows, glance(columns, mapping, rows))

    _next.begin(_key(running, cells), make)


def _key(running: Import, cells: bytes) -> object:
    return running.id, running.form, running.delimiter, tuple(running.mapping.items()), cells


def _rows(cells: bytes, form: str, delimiter: str) -> list[Any]:
    if cells.startswith(b"["):
        return list(json.loads(cells))
    text = zlib.decompress(cells).decode("utf-8", "surrogatepass")
    if form == "jsonl":
        return text.split("\n")[:-1]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
