"""A person's lines in files that are kept: in exports, among what was wrong, and in imports that wait to be taken."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select, text, tuple_, update
from sqlalchemy.orm import Session

from audience.identities import EXTERNAL, Key, normal
from audience.staging import clean
from audience.tables_files import FilePiece, Import, ImportPart
from store.database import begin_write, dumps

#: Shorter names are looked for where names stand only: "12" stands in many a cell that says nothing of anybody.
LONG = 6
#: Parts looked through in one transaction.
AT_ONCE = 10

#: Which part of which import: (import id, first row).
Part = tuple[int, int]


def clean_exports(session: Session, workspace_id: int, names: Sequence[Key]) -> None:
    """Take the person's lines out of the exports that are kept, and out of what was wrong with files."""
    values = [value for _, value in names]
    query = select(FilePiece).where(FilePiece.workspace_id == workspace_id, FilePiece.owner == "export")
    needles = [dumps(value)[1:-1].encode() for value in values]
    for piece in session.scalars(query.execution_options(yield_per=20)):
        body = zlib.decompress(piece.body)
        if any(needle in body for needle in needles):
            kept = [row for row in orjson.loads(body) if not _speaks(row, values)]
            piece.body = zlib.compress(orjson.dumps(kept))
    session.flush()
    for value in values:
        like = f"%{dumps(value)[1:-1]}%"
        drop = text(
            "DELETE FROM import_problem WHERE workspace_id = :workspace AND CAST(reason AS text) LIKE :like"
        )
        session.execute(drop, {"workspace": workspace_id, "like": like})


def clean_imports(
    session: Session,
    workspace_id: int,
    names: Sequence[Key],
    *,
    seen: Collection[Part] = (),
    go_on: Callable[[], None] | None = None,
) -> set[Part]:
    """Empty the person's rows in parts that wait, and return which parts were looked through; `seen` are left out.

    `go_on` is called after every few of them and may commit, so that no transaction grows long over a large file.
    An emptied row is nobody: it is counted, and nothing is made of it. A workbook that no part was made of yet is cut
    without the person's rows, by the worker and soon, and is gone then.
    """
    # Before the parts: what is cut meanwhile is a part by then, or it is cut without these rows.
    if names:
        _keep_in_mind(session, workspace_id, names)
    looked: set[Part] = set()
    last: Part = (0, 0)
    while names:
        begin_write(session)
        place = tuple_(ImportPart.import_id, ImportPart.first_row)
        query = select(ImportPart.import_id, ImportPart.first_row).where(
            ImportPart.workspace_id == workspace_id, place > last
        )
        ahead = session.execute(query.order_by(ImportPart.import_id, ImportPart.first_row).limit(AT_ONCE))
        parts = [(number, row) for number, row in ahead]
        for part in parts:
            if part not in seen:
                _empty(session, part, names)
        looked.update(parts)
        if go_on is not None:
            go_on()
        if len(parts) < AT_ONCE:
            break
        last = parts[-1]
    return looked


def _keep_in_mind(session: Session, workspace_id: int, names: Sequence[Key]) -> None:
    """Say in workbooks that are still to be cut whose rows are to be left out."""
    begin_write(session)
    query = select(Import).where(
        Import.workspace_id == workspace_id, Import.cut.is_(False), Import.finished_at.is_(None)
    )
    for one in session.scalars(query.with_for_update().execution_options(populate_existing=True)):
        known = one.options.get("forget", [])
        fresh = [list(name) for name in names if list(name) not in known]
        if fresh:
            one.options = {**one.options, "forget": known + fresh}
    session.flush()


def _empty(session: Session, part: Part, names: Sequence[Key]) -> None:
    its = (ImportPart.import_id == part[0], ImportPart.first_row == part[1])
    query = select(ImportPart.cells, Import.form, Import.delimiter, Import.columns, Import.mapping)
    found = session.execute(query.join(Import, Import.id == ImportPart.import_id).where(*its)).one_or_none()
    if found is None:
        return  # taken meanwhile
    cells, form, delimiter, columns, mapping = found
    fresh = emptied(cells, form, delimiter, columns, mapping, names)
    if fresh is not None:
        session.execute(
            update(ImportPart).where(*its).values(cells=fresh),
            execution_options={"synchronize_session": False},
        )


def emptied(
    cells: bytes,
    form: str,
    delimiter: str,
    columns: Sequence[str],
    mapping: dict[str, str],
    names: Sequence[Key],
) -> bytes | None:
    """A part without the rows that bear one of these names, which stay as empty ones; None if there are none."""
    is_json = cells.startswith(b"[")
    body = cells.decode() if is_json else zlib.decompress(cells).decode("utf-8", "surrogatepass")
    if form == "jsonl":
        lines = body.split("\n")
        kept = ["" if _is_of_line(line, names) else line for line in lines]
        return None if kept == lines else zlib.compress("\n".join(kept).encode("utf-8", "surrogatepass"), 1)
    if is_json:
        rows = json.loads(body)
    elif _may_stand_in(body, names):
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter))
    else:
        return None
    kinds = kinds_of(columns, mapping)
    left = [[] if is_of(row, kinds, names) else row for row in rows]
    return None if left == rows else json.dumps(left).encode()


def _may_stand_in(body: str, names: Sequence[Key]) -> bool:
    """A quick look: False only if no cell can be one of the names, however it is written."""
    low = body.lower().replace('""', '"')
    if any(value.lower() in low for _, value in names):
        return True
    phones = [value for kind, value in names if kind == "phone"]
    return bool(phones) and any(value in normal("phone", low) for value in phones)


def _kind(target: str) -> str:
    kind, _, rest = target.partition(":")
    return EXTERNAL if kind == EXTERNAL else rest.partition(":")[0] if kind == "identity" else ""


def kinds_of(columns: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """What sort of name each column holds; empty for what is no name."""
    return [_kind(mapping.get(column, "")) for column in columns]


def is_of(row: Sequence[str], kinds: Sequence[str], names: Sequence[Key]) -> bool:
    """True if one of these names stands in a row; a short one only where such names belong."""
    for number, raw in enumerate(row):
        cell = clean(raw)
        if not cell:
            continue
        own = kinds[number] if number < len(kinds) else ""
        for kind, value in names:
            if (own == kind or len(value) >= LONG) and normal(kind, cell) == value:
                return True
    return False


def _is_of_line(line: str, names: Sequence[Key]) -> bool:
    try:
        said = orjson.loads(line)
    except (ValueError, UnicodeEncodeError):
        return any(len(value) >= LONG and value in line for _, value in names)
    return _bears(said, "", names)


def _bears(said: Any, key: str, names: Sequence[Key]) -> bool:
    if isinstance(said, dict):
        return any(_bears(value, name, names) for name, value in said.items())
    if isinstance(said, list):
        return any(_bears(value, key, names) for value in said)
    if not isinstance(said, str):
        return False
    return any((key == kind or len(value) >= LONG) and normal(kind, said) == value for kind, value in names)


def _speaks(row: Sequence[Any], values: Sequence[str]) -> bool:
    cells = [cell for cell in row if isinstance(cell, str)]
    return any(
        value == clean(cell) or (len(value) >= LONG and value in cell) for cell in cells for value in values
    )
