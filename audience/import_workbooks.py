"""Taking the rows out of an uploaded workbook, some at a time, until it can be taken in like any other file."""

from __future__ import annotations

import csv
import io
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audience import workbooks
from audience.columns import Guess
from audience.csv_stream import Record
from audience.csv_text import BadFile
from audience.import_errors import note
from audience.staging import Cutter, guesses_of, typed
from audience.tables_files import FilePiece, Import

ROWS_AT_ONCE = 5000


@dataclass(slots=True)
class _Reading:
    """A workbook that this process has open, and how many of its rows were read."""

    file: IO[bytes]
    rows: Iterator[list[str]]
    read: int = 0


#: The one workbook that this process reads; another process, or this one after a kill, begins anew and skips.
_open: dict[int, _Reading] = {}
_one_at_a_time = threading.Lock()


def cut_some(session: Session, running: Import) -> None:
    """Cut the next rows of a workbook into parts; at its end the import is `cut`. The caller commits."""
    with _one_at_a_time:
        try:
            _cut_some(session, running)
        except BadFile as error:
            forget(running.id)
            note(session, running, [(running.rows + 2, "", error.words)])
            running.failed += 1
            _finish(session, running)
        except BaseException:
            forget(running.id)
            raise


def _cut_some(session: Session, running: Import) -> None:
    reading = _open.get(running.id)
    if reading is None or reading.read != running.rows:
        reading = _opened(session, running)
    guesses = guesses_of(running.columns, running.mapping)
    for number, left in running.options.get("left", {}).items():
        guesses[int(number)] = Guess(left["types"], left["seen"])
    cutter = Cutter(session, running, guesses)
    ended = True
    for row in reading.rows:
        reading.read += 1
        if cutter.add(Record(row, _as_csv(row))):
            ended = False
            break
    cutter.flush()
    left = {str(number): {"types": guess.left, "seen": guess.seen} for number, guess in guesses.items()}
    running.options = {**running.options, "left": left}
    if ended:
        running.mapping = typed(running.columns, running.mapping, guesses)
        forget(running.id)
        _finish(session, running)


def _finish(session: Session, running: Import) -> None:
    running.options = {name: value for name, value in running.options.items() if name != "left"}
    running.cut = True
    session.execute(delete(FilePiece).where(FilePiece.owner == "import", FilePiece.owner_id == running.id))


def _opened(session: Session, running: Import) -> _Reading:
    """Open the workbook anew, and go past what was cut already."""
    for other in list(_open):
        forget(other)
    file = tempfile.TemporaryFile()  # noqa: SIM115 `forget` closes it
    pieces = select(FilePiece.number).where(FilePiece.owner == "import", FilePiece.owner_id == running.id)
    for number in session.scalars(pieces.order_by(FilePiece.number)).all():
        body = select(FilePiece.body).where(
            FilePiece.owner == "import", FilePiece.owner_id == running.id, FilePiece.number == number
        )
        file.write(session.scalar(body) or b"")
    rows = workbooks.rows_of(file)
    next((row for row in rows if any(cell.strip() for cell in row)), None)  # the header
    reading = _open[running.id] = _Reading(file, rows)
    while reading.read < running.rows and next(rows, None) is not None:
        reading.read += 1
    return reading


def forget(import_id: int) -> None:
    """Close a workbook that this process has open."""
    reading = _open.pop(import_id, None)
    if reading is not None:
        reading.file.close()


def _as_csv(row: list[str]) -> str:
    line = io.StringIO(newline="")
    while row and not row[-1]:
        row.pop()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()
