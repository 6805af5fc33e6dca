"""Files on their way in: looked at first, then taken a part at a time, so that a kill loses and repeats nothing."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from audience import (
    csv_text,
    import_contacts,
    import_events,
    import_lists,
    import_parts,
    import_workbooks,
    json_lines,
    workbooks,
)
from audience.columns import suggest
from audience.csv_stream import Records, open_text
from audience.csv_text import BadFile
from audience.import_errors import BadImport, errors_csv, note
from audience.plain_rows import Read
from audience.staging import ROWS_IN_PART, bad, clean, header, stage
from audience.tables_files import FilePiece, Import, ImportPart
from store.database import begin_write
from store.pace import LONG_SECS, SHORT_SECS, SMALLER

SAMPLE = 10
WAITING, RUNNING, PAUSED, CANCELLED, DONE, FAILED = (
    "waiting", "running", "paused", "cancelled", "done", "failed",
)  # fmt: skip
OPEN = (WAITING, RUNNING)
OVER = (CANCELLED, DONE, FAILED)
#: Rows taken in one transaction; a part has as many at most.
FEWEST, MOST = 50, ROWS_IN_PART

__all__ = ["BadImport", "errors_csv"]


@dataclass(slots=True, frozen=True)
class Preview:
    """The beginning of a file: `rows` are its first ten, `mapping` what each column probably means.

    JSON lines say themselves what everything means: their mapping is empty.
    """

    columns: list[str]
    rows: list[list[str]]
    mapping: dict[str, str]
    encoding: str
    delimiter: str
    form: str = "csv"


def preview(content: bytes | IO[bytes], filename: str = "", kind: str = "contacts") -> Preview:
    """Look at the beginning of a file, which for CSV may be its beginning only; raises BadImport."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    form = workbooks.form_of(file, filename)
    try:
        if form == "xlsx":
            columns, rows = workbooks.beginning(file, SAMPLE)
            return Preview(columns, rows, suggest(columns, kind), "xlsx", "", form)
        opened = open_text(file)
        if form == "jsonl":
            columns, rows = json_lines.beginning(file, opened.encoding, SAMPLE)
            return Preview(columns, rows, {}, opened.encoding, "", form)
        records = iter(Records(file, opened))
        columns = header(records)
        sample: list[list[str]] = []
        for record in records:
            if any(record.cells):
                row = [clean(cell)[: csv_text.LONGEST_CELL] for cell in record.cells]
                sample.append((row + [""] * len(columns))[: len(columns)])
            if len(sample) == SAMPLE:
                break
    except BadFile as error:
        raise bad(error) from error
    return Preview(columns, sample, suggest(columns, kind), opened.encoding, opened.delimiter, form)


def create(
    session: Session,
    workspace_id: int,
    *,
    filename: str,
    content: bytes,
    mapping: Mapping[str, str],
    now: datetime,
    by: str = "",
    kind: str = "contacts",
    options: Mapping[str, Any] | None = None,
) -> Import:
    """Keep a small file for import in one transaction; raises BadImport. Nothing is committed."""
    made = stage(
        session,
        workspace_id,
        filename=filename,
        file=io.BytesIO(content),
        mapping=mapping,
        now=now,
        by=by,
        kind=kind,
        options=options,
    )
    return begin(session, made, now)


def begin(session: Session, made: Import, now: datetime) -> Import:
    """Let workers take an import that has arrived as a whole."""
    made.state = WAITING
    if made.cut and not made.rows:
        made.state, made.finished_at = DONE, now
    session.flush()
    return made


def run_chunk(session: Session, import_id: int, now: datetime) -> bool:
    """Take some rows of an import in one transaction; True while there are more.

    The caller commits: rows and their effects are gone or kept together, so that an import goes on after a
    kill where it stood. False also while another worker is at it. How many rows is found by how long they took.
    """
    begin_write(session)
    under_way = or_(Import.state.in_(OPEN), and_(*import_workbooks.waiting()))
    query = select(Import).where(Import.id == import_id, under_way)
    running = session.scalar(
        query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if running is None:
        return False
    if not running.cut:
        import_workbooks.cut_some(session, running)
        if running.state in OPEN:
            running.state = RUNNING
        session.flush()
        return running.state in OPEN or not running.cut
    part = session.scalar(
        select(ImportPart).where(ImportPart.import_id == import_id).order_by(ImportPart.first_row).limit(1)
    )
    if part is not None:
        begun = time.monotonic()
        taken = _take_some(session, running, part, now)
        _adapt(running, taken, time.monotonic() - begun)
    finished = part is None or running.done >= running.rows
    running.state = DONE if finished else RUNNING
    running.finished_at = now if finished else None
    session.flush()
    return not finished


def _take_some(session: Session, running: Import, part: ImportPart, now: datetime) -> int:
    held = import_parts.read(running, part.cells)
    import_parts.read_ahead(session, running, part)
    some = held.rows[part.taken : part.taken + running.pace]
    read = held.read if len(some) == len(held.rows) else None
    _take(session, running, part.first_row + part.taken, some, now, read)
    running.done += len(some)
    part.taken += len(some)
    if part.taken >= len(held.rows):
        session.execute(
            delete(ImportPart).where(
                ImportPart.import_id == running.id, ImportPart.first_row == part.first_row
            ),
            execution_options={"synchronize_session": False},
        )
        session.expunge(part)
    return len(some)


def _take(
    session: Session,
    running: Import,
    first_row: int,
    rows: Sequence[Any],
    now: datetime,
    read: Read | None = None,
) -> None:
    """Take some rows by what the file is of, and note what was wrong with them."""
    by = f"import:{running.id}"
    if running.kind == "events":
        taken = import_events.take(session, running, rows, first_row, now)
    else:
        taken = import_contacts.take(
            session, running.workspace_id, running.columns, running.mapping, rows, first_row, now, by, read
        )
    if running.kind == "list":
        import_lists.put(session, running, taken.ids, now)
    running.created += taken.created
    running.updated += taken.updated
    running.failed += taken.failed
    note(session, running, taken.problems)


def _adapt(running: Import, rows: int, took: float) -> None:
    """Take as many rows next time as fit, as `store/pace.py` does, but known to every process."""
    if took > LONG_SECS:
        middle = (SHORT_SECS + LONG_SECS) / 2
        running.pace = max(FEWEST, int(rows * max(SMALLER, middle / took)))
    elif took < SHORT_SECS and rows >= running.pace:
        running.pace = min(MOST, running.pace * 2)


def fail(session: Session, import_id: int, reason: str, now: datetime) -> None:
    """Give up an import that cannot be gone on with; what was taken stays. The caller commits."""
    begin_write(session)
    values = {"state": FAILED, "reason": reason[:500], "finished_at": now}
    session.execute(update(Import).where(Import.id == import_id, Import.state.not_in(OVER)).values(values))
    _forget(session, import_id)


def _forget(session: Session, import_id: int) -> None:
    gone = session.get(Import, import_id)
    if gone is not None and gone.options != (left := import_workbooks.bare(gone.options)):
        gone.options = left
    session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))
    session.execute(delete(FilePiece).where(FilePiece.owner == "import", FilePiece.owner_id == import_id))


def pause(session: Session, running: Import) -> bool:
    """Let an import stand where it is; False if it is not under way. The caller commits."""
    if running.state not in OPEN:
        return False
    running.state = PAUSED
    return True


def resume(session: Session, running: Import) -> bool:
    """Let a paused import go on; False if it is not paused. The caller commits."""
    if running.state != PAUSED:
        return False
    running.state = WAITING
    return True


def cancel(session: Session, running: Import, now: datetime) -> bool:
    """Stop an import for good: what was taken stays, the rest is forgotten; False if it is over. Not committed."""
    if running.state in OVER:
        return False
    running.state, running.finished_at = CANCELLED, now
    _forget(session, running.id)
    return True


def abandon(session: Session, before: datetime) -> int:
    """Give up what has been arriving since before that time: its sender is gone. The caller commits."""
    query = select(Import).where(Import.state == "arriving", Import.created_at < before).limit(20)
    gone = list(session.scalars(query))
    for one in gone:
        one.state, one.reason, one.finished_at = FAILED, "The upload broke off.", before
        _forget(session, one.id)
    session.flush()
    return len(gone)


def pending(session: Session, most: int = 10) -> list[int]:
    """Return the ids of imports that are not finished, oldest first, of all workspaces: the worker's list."""
    under_way = or_(Import.state.in_(OPEN), and_(*import_workbooks.waiting()))
    return list(session.scalars(select(Import.id).where(under_way).order_by(Import.id).limit(most)))


def get(session: Session, workspace_id: int, import_id: int) -> Import | None:
    """Return one import of the workspace, with its progress."""
    return session.scalar(select(Import).where(Import.workspace_id == workspace_id, Import.id == import_id))


def page(
    session: Session, workspace_id: int, *, before: int | None = None, limit: int = 50
) -> tuple[list[Import], int | None]:
    """Return imports, newest first, below the id `before`, and the id to continue with, None at the end."""
    query = select(Import).where(Import.workspace_id == workspace_id)
    if before is not None:
        query = query.where(Import.id < before)
    size = max(1, min(limit, 200))
    rows = list(session.scalars(query.order_by(Import.id.desc()).limit(size + 1)))
    return rows[:size], rows[size - 1].id if len(rows) > size else None
