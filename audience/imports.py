"""Contacts from a file: looked at first, then taken a part at a time, so that a kill loses and repeats nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from audience import csv_text
from audience.columns import Guess, mapping_problems, suggest
from audience.contacts import Result, upsert
from audience.csv_text import BadFile
from audience.file_rows import contact_of, problems_of
from audience.tables_files import Import, ImportPart, ImportProblem
from store.bulk import insert_rows
from store.database import begin_write
from store.problem import Problem

ROWS_IN_PART = 500
SAMPLE = 10
MOST_ROWS = 1_000_000
MOST_PROBLEMS = 10_000
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class BadImport(ValueError):
    """The file cannot be imported like this; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


@dataclass(slots=True, frozen=True)
class Preview:
    """The beginning of a file: `rows` are its first ten, `mapping` what each column probably means."""

    columns: list[str]
    rows: list[list[str]]
    mapping: dict[str, str]
    encoding: str
    delimiter: str


def preview(content: bytes) -> Preview:
    """Look at the beginning of a file; raises BadImport if it cannot be read."""
    encoding, delimiter, columns, rows = _opened(content)
    sample: list[list[str]] = []
    try:
        for row in rows:
            if any(row):
                sample.append((row + [""] * len(columns))[: len(columns)])
            if len(sample) == SAMPLE:
                break
    except BadFile as error:
        raise _bad(error) from error
    return Preview(columns, sample, suggest(columns), encoding, delimiter)


def create(
    session: Session,
    workspace_id: int,
    *,
    filename: str,
    content: bytes,
    mapping: Mapping[str, str],
    now: datetime,
    by: str = "",
) -> Import:
    """Keep a file for import, cut into parts; raises BadImport. Nothing is committed.

    `mapping` is {column: target} as `preview` suggests it; an attribute without a type gets the narrowest that
    all its cells fit.
    """
    begin_write(session)
    _, _, columns, rows = _opened(content)
    wrong = mapping_problems(columns, mapping)
    if wrong:
        raise BadImport(wrong)
    clean = "".join(letter if letter.isprintable() else " " for letter in filename)
    made = Import(
        workspace_id=workspace_id,
        filename=clean[-255:],
        columns=columns,
        mapping={},
        state=WAITING,
        created_at=now,
        created_by=by[:120],
    )
    session.add(made)
    session.flush()
    guesses = {
        number: Guess()
        for number, column in enumerate(columns)
        if mapping.get(column, "").startswith("attribute:") and mapping[column].count(":") == 1
    }
    try:
        made.rows = _keep_parts(session, made, rows, guesses)
    except BadFile as error:
        raise _bad(error) from error
    typed = {columns[number]: f"{mapping[columns[number]]}:{guess.type}" for number, guess in guesses.items()}
    made.mapping = {**mapping, **typed}
    if not made.rows:
        made.state, made.finished_at = DONE, now
    session.flush()
    return made


def run_chunk(session: Session, import_id: int, now: datetime) -> bool:
    """Take the next 500 rows of an import in one transaction; True while there are more.

    The caller commits: a part and its rows' effects are gone or kept together, so that an import goes on after a
    kill where it stood. False also while another worker is at it.
    """
    begin_write(session)
    query = select(Import).where(Import.id == import_id, Import.state.in_((WAITING, RUNNING)))
    running = session.scalar(
        query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if running is None:
        return False
    part = session.scalar(
        select(ImportPart).where(ImportPart.import_id == import_id).order_by(ImportPart.first_row).limit(1)
    )
    if part is not None:
        rows = orjson.loads(part.cells)
        _take(session, running, part.first_row, rows, now)
        running.done += len(rows)
        session.execute(
            delete(ImportPart).where(
                ImportPart.import_id == import_id, ImportPart.first_row == part.first_row
            ),
            execution_options={"synchronize_session": False},
        )
        session.expunge(part)
    finished = running.done >= running.rows
    running.state = DONE if finished else RUNNING
    running.finished_at = now if finished else None
    session.flush()
    return not finished


def fail(session: Session, import_id: int, reason: str, now: datetime) -> None:
    """Give up an import that cannot be gone on with; what was taken stays. The caller commits."""
    begin_write(session)
    values = {"state": FAILED, "reason": reason[:500], "finished_at": now}
    session.execute(update(Import).where(Import.id == import_id, Import.state != DONE).values(values))
    session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))


def pending(session: Session, most: int = 10) -> list[int]:
    """Return the ids of imports that are not finished, oldest first, of all workspaces: the worker's list."""
    query = select(Import.id).where(Import.state.in_((WAITING, RUNNING))).order_by(Import.id).limit(most)
    return list(session.scalars(query))


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


def errors_csv(session: Session, workspace_id: int, import_id: int, lang: str = "zh") -> Iterator[str]:
    """Give the rows that could not be taken as CSV text: row, column, reason; safe to open in a spreadsheet."""
    titles = ("行", "列", "原因") if lang == "zh" else ("row", "column", "reason")
    query = (
        select(ImportProblem.row, ImportProblem.column, ImportProblem.reason)
        .where(ImportProblem.workspace_id == workspace_id, ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
    )
    found = session.execute(query).all()
    return csv_text.write([titles, *((row, column, said.get(lang, "")) for row, column, said in found)])


def _opened(content: bytes) -> tuple[str, str, list[str], Iterator[list[str]]]:
    try:
        text, encoding = csv_text.decode(content)
        delimiter = csv_text.delimiter_of(text)
        rows = csv_text.read(text, delimiter)
        first = next((row for row in rows if any(cell.strip() for cell in row)), None)
        if first is None:
            raise BadFile("文件是空的。", "The file is empty.")
        columns = csv_text.header(first)
    except BadFile as error:
        raise _bad(error) from error
    return encoding, delimiter, columns, ([_clean(cell) for cell in row] for row in rows)


def _clean(cell: str) -> str:
    return csv_text.plain(cell.strip(" \t\u00a0\u3000"))


def _bad(error: BadFile) -> BadImport:
    return BadImport([Problem("file", error.words)])


def _keep_parts(
    session: Session, made: Import, rows: Iterator[list[str]], guesses: Mapping[int, Guess]
) -> int:
    """Write the rows away in parts and return how many there are."""
    count = 0
    waiting: list[list[str]] = []

    def keep() -> None:
        cells = orjson.dumps(waiting)
        first_row = count - len(waiting) + 2  # the header is row 1
        part = ImportPart(import_id=made.id, workspace_id=made.workspace_id, first_row=first_row, cells=cells)
        session.add(part)
        session.flush()
        session.expunge(part)
        waiting.clear()

    for row in rows:
        count += 1
        if count > MOST_ROWS:
            raise BadFile(
                f"最多 {MOST_ROWS} 行，请分成几个文件。", f"Split the file: {MOST_ROWS} rows at most."
            )
        waiting.append(row)
        for number, guess in guesses.items():
            if number < len(row):
                guess.look(row[number])
        if len(waiting) == ROWS_IN_PART:
            keep()
    if waiting:
        keep()
    return count


def _take(
    session: Session, running: Import, first_row: int, rows: Sequence[list[str]], now: datetime
) -> None:
    """Upsert one part's rows and note what was wrong with them."""
    problems: list[tuple[int, str, dict[str, str]]] = []
    contacts: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, first_row):
        if not any(row):
            continue  # an empty line is nobody
        contact, wrong = contact_of(running.columns, running.mapping, row)
        if wrong:
            problems += [(number, column, said) for column, said in wrong]
        else:
            contacts.append(contact)
            numbers.append(number)
    result = upsert(session, running.workspace_id, contacts, now)
    problems += problems_of(running.mapping, result.errors, numbers)
    refused = {number for number, _, _ in problems if number not in _taken(result, numbers)}
    running.created += result.created
    running.updated += result.updated
    running.failed += len(refused)
    _note(session, running, sorted(problems, key=lambda one: one[0]))


def _taken(result: Result, numbers: Sequence[int]) -> set[int]:
    return {number for number, taken in zip(numbers, result.ids, strict=True) if taken is not None}


def _note(session: Session, running: Import, problems: Sequence[tuple[int, str, dict[str, str]]]) -> None:
    if not problems:
        return
    kept = session.scalar(
        select(func.count()).select_from(ImportProblem).where(ImportProblem.import_id == running.id)
    )
    rows = [
        {
            "workspace_id": running.workspace_id,
            "import_id": running.id,
            "row": number,
            "column": column,
            "reason": said,
        }
        for number, column, said in problems[: max(0, MOST_PROBLEMS - (kept or 0))]
    ]
    insert_rows(session, ImportProblem.__table__, rows)
