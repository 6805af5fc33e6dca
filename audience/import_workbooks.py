"""Taking the rows out of an uploaded workbook, some at a time, until it can be taken in like any other file.

To open a workbook and to read its rows is slow, so that the worker does it with no transaction open (`read_ahead`);
`cut_some` then stores what is ready.
"""

from __future__ import annotations

import csv
import io
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audience import staging, workbooks
from audience.columns import Guess
from audience.csv_stream import Record
from audience.csv_text import BadFile
from audience.erasing_files import is_of, kinds_of
from audience.import_errors import note
from audience.staging import Cutter, guesses_of, typed
from audience.tables_files import FilePiece, Import

#: How long rows are read before it is somebody else's turn.
READING_SECS = 0.5
#: What `Import.options` holds while a workbook is cut: the types found so far, and the names of people erased meanwhile.
WHILE_CUTTING = ("left", "forget")


@dataclass(slots=True)
class _Reading:
    """A workbook that this process has open: how many rows were cut, and those read beyond."""

    file: IO[bytes]
    rows: Iterator[list[str]]
    cut: int = 0
    ahead: list[Record] = field(default_factory=list)
    letters: int = 0
    ended: bool = False
    wrong: BadFile | None = None

    def go_on(self, reached: int) -> None:
        """Go to the row that others have come to, and read rows beyond it; for a short while."""
        until = time.monotonic() + READING_SECS
        self.drop(min(len(self.ahead), reached - self.cut))
        try:
            while (
                not self.ended
                and len(self.ahead) < staging.ROWS_IN_PART
                and self.letters < staging.LETTERS_IN_PART
                and time.monotonic() < until
            ):
                row = next(self.rows, None)
                if row is None:
                    self.ended = True
                elif self.cut < reached:
                    self.cut += 1
                else:
                    self.ahead.append(Record(row, _as_csv(row)))
                    self.letters += len(self.ahead[-1].text)
        except BadFile as error:
            self.wrong, self.ended = error, True

    def drop(self, count: int) -> None:
        """Forget rows that were cut."""
        self.letters -= sum(len(one.text) for one in self.ahead[:count])
        del self.ahead[:count]
        self.cut += count


#: The one workbook that this process reads; another process, or this one after a kill, begins anew and skips.
_open: dict[int, _Reading] = {}
_one_at_a_time = threading.Lock()


def uncut(session: Session) -> list[tuple[int, int]]:
    """Imports that wait for their rows to be taken out of a workbook, and how many of them are; oldest first."""
    query = select(Import.id, Import.rows).where(*waiting()).order_by(Import.id)
    return [(number, rows) for number, rows in session.execute(query)]


def waiting() -> tuple[Any, ...]:
    """Which imports have arrived as a workbook that is still to be cut; also while they are paused.

    So that whoever is erased is found in its rows.
    """
    return Import.cut.is_(False), Import.state.in_(("waiting", "running", "paused"))


def pieces(session: Session, import_id: int) -> Iterator[bytes]:
    """What is kept of the workbook, piece by piece."""
    mine = (FilePiece.owner == "import", FilePiece.owner_id == import_id)
    for number in session.scalars(select(FilePiece.number).where(*mine).order_by(FilePiece.number)).all():
        yield session.scalar(select(FilePiece.body).where(*mine, FilePiece.number == number)) or b""


def fetched(session: Session, import_id: int) -> IO[bytes] | None:
    """A workbook that this process has not open yet, as a file; None if it has."""
    return None if import_id in _open else _file(pieces(session, import_id))


def read_ahead(import_id: int, reached: int, file: IO[bytes] | None) -> None:
    """Read the next rows of a workbook; `file` is what `fetched` gave. To be called with no transaction open."""
    with _one_at_a_time:
        reading = _open.get(import_id)
        if file is not None:
            reading = _begin(import_id, file)
        elif reading is not None and reading.cut > reached:  # what was cut last was not committed
            reading = _begin(import_id, reading.file)
        if reading is not None:
            reading.go_on(reached)


def cut_some(session: Session, running: Import) -> None:
    """Cut the next rows of a workbook into parts; at its end the import is `cut`. The caller commits."""
    if not _one_at_a_time.acquire(blocking=False):
        return  # it is being read just now: no transaction waits for that
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
    finally:
        _one_at_a_time.release()


def _cut_some(session: Session, running: Import) -> None:
    reading = _open.get(running.id)
    if reading is None or reading.cut > running.rows:
        reading = _begin(running.id, _file(pieces(session, running.id)))
    if reading.cut < running.rows or not (reading.ahead or reading.ended):
        reading.go_on(running.rows)
    if reading.cut < running.rows and not reading.ended:
        return  # still on the way to where somebody else has come
    if reading.wrong is not None and not reading.ahead:
        raise reading.wrong
    guesses = guesses_of(running.columns, running.mapping)
    for number, left in running.options.get("left", {}).items():
        guesses[int(number)] = Guess(left["types"], left["seen"])
    cutter = Cutter(session, running, guesses)
    count = len(reading.ahead)
    for record in _without(running, reading.ahead):
        cutter.add(record)
    cutter.flush()
    reading.drop(count)
    left = {str(number): {"types": guess.left, "seen": guess.seen} for number, guess in guesses.items()}
    running.options = {**running.options, "left": left}
    if reading.ended and reading.wrong is None:
        running.mapping = typed(running.columns, running.mapping, guesses)
        forget(running.id)
        _finish(session, running)


def _without(running: Import, rows: Iterable[Record]) -> Iterator[Record]:
    """The rows, of people who were erased meanwhile empty ones."""
    names = [(kind, value) for kind, value in running.options.get("forget", ())]
    kinds = kinds_of(running.columns, running.mapping)
    for one in rows:
        yield Record([], "\n") if names and is_of(one.cells, kinds, names) else one


def bare(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without what is kept only while a workbook is cut."""
    return {name: value for name, value in options.items() if name not in WHILE_CUTTING}


def _finish(session: Session, running: Import) -> None:
    running.options = bare(running.options)
    running.cut = True
    session.execute(delete(FilePiece).where(FilePiece.owner == "import", FilePiece.owner_id == running.id))


def _file(blocks: Iterable[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 `forget` closes it
    file.writelines(blocks)
    return file


def _begin(import_id: int, file: IO[bytes]) -> _Reading:
    """Read a workbook from its beginning."""
    for other, reading in list(_open.items()):
        if reading.file is not file:
            forget(other)
    rows = workbooks.rows_of(file)
    reading = _open[import_id] = _Reading(file, rows)
    try:
        next((row for row in rows if any(cell.strip() for cell in row)), None)  # the header
    except BadFile as error:
        reading.wrong, reading.ended = error, True
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
