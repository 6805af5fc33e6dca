"""Taking a file in: its rows are cut into parts and kept in the database, where any worker on any host finds them.

Nothing is held in memory but the part at hand. A file that has arrived only in part is never taken.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from sqlalchemy.orm import Session

from audience import csv_text, workbooks
from audience.columns import Guess, is_typeless, mapping_problems
from audience.csv_stream import Opened, Record, Records, open_text
from audience.csv_text import BadFile
from audience.import_errors import BadImport, note
from audience.tables_files import FilePiece, Import, ImportPart
from store.database import begin_write
from store.problem import Problem

ROWS_IN_PART = 5000
LETTERS_IN_PART = 1024 * 1024
MOST_ROWS = 5_000_000
PIECE = 1024 * 1024
#: Cells of a column that are remembered, so as to look at each once.
MOST_MET = 20_000
#: Pieces or parts written in one transaction.
STEP = 2
TOO_MANY_CELLS = {
    "zh": f"一行最多 {csv_text.MOST_COLUMNS} 列。",
    "en": f"A row has {csv_text.MOST_COLUMNS} cells at most.",
}


def stage(
    session: Session,
    workspace_id: int,
    *,
    filename: str,
    file: IO[bytes],
    mapping: Mapping[str, str],
    now: datetime,
    by: str = "",
    kind: str = "contacts",
    options: Mapping[str, Any] | None = None,
    step: Callable[[], None] | None = None,
) -> Import:
    """Keep a file in the state `arriving`; raises BadImport. `step` is called often and may commit.

    An attribute of `mapping` without a type gets the narrowest that all its cells fit.
    """
    begin_write(session)
    form = workbooks.form_of(file, filename)
    try:
        if form == "xlsx":
            columns = workbooks.header_of(file)
        elif form == "jsonl":
            columns, opened, records = [], Opened("utf-8", "\t"), _lines(file, kind)
        else:
            opened = open_text(file)
            records = iter(Records(file, opened))
            columns = header(records)
    except BadFile as error:
        raise bad(error) from error
    wrong = [] if form == "jsonl" else mapping_problems(columns, mapping, kind, options or {})
    if wrong:
        raise BadImport(wrong)
    clean = "".join(letter if letter.isprintable() else " " for letter in filename)
    made = Import(
        workspace_id=workspace_id,
        kind=kind,
        form=form,
        filename=clean[-255:],
        delimiter="," if form == "xlsx" else opened.delimiter,
        columns=columns,
        mapping=dict(mapping),
        options=dict(options or {}),
        state="arriving",
        cut=form != "xlsx",
        created_at=now,
        created_by=by[:120],
        **dict.fromkeys(("rows", "done", "created", "updated", "failed", "problems", "size"), 0),
    )
    session.add(made)
    session.flush()
    go_on = step or session.flush
    if form == "xlsx":
        made.size = _keep_whole(session, made, file, go_on)
    else:
        try:
            _keep_parts(session, made, records, go_on)
        except BadFile as error:
            raise bad(error) from error
        made.size = _size(file)
    session.flush()
    return made


def bad(error: BadFile) -> BadImport:
    """What is wrong with the file itself, as a problem of the field `file`."""
    return BadImport([Problem("file", error.words)])


def header(records: Iterator[Record]) -> list[str]:
    """Read the column names: the first row that is not empty. Raises BadFile."""
    for record in records:
        if any(cell.strip() for cell in record.cells):
            return csv_text.header(record.cells)
    raise BadFile("文件是空的。", "The file is empty.")


def guesses_of(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[int, Guess]:
    """A guess for each column that becomes an attribute whose type nobody named."""
    return {number: Guess() for number, column in enumerate(columns) if is_typeless(mapping.get(column, ""))}


def typed(columns: Sequence[str], mapping: Mapping[str, str], guesses: Mapping[int, Guess]) -> dict[str, str]:
    """The mapping with the types that were found."""
    found = {columns[number]: f"{mapping[columns[number]]}:{guess.type}" for number, guess in guesses.items()}
    return {**mapping, **found}


class Cutter:
    """Writes records away in parts, looks at what their columns hold, and notes those that cannot be read."""

    def __init__(self, session: Session, made: Import, guesses: Mapping[int, Guess]) -> None:
        self.session, self.made, self.guesses = session, made, guesses
        self.met: dict[int, set[str]] = {number: set() for number in guesses}
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.letters = 0
        self.count = made.rows
        self.kept = 0

    def add(self, record: Record) -> bool:
        """Take a record; True if a part was written with it. Raises BadFile when there are too many."""
        self.count += 1
        if self.count > MOST_ROWS:
            raise BadFile(
                f"最多 {MOST_ROWS} 行，请分成几个文件。", f"Split the file: {MOST_ROWS} rows at most."
            )
        wrong, text = record.wrong, record.text
        if wrong is None and len(record.cells) > 2 * csv_text.MOST_COLUMNS:
            wrong = TOO_MANY_CELLS
        if wrong is None and len(text) > csv_text.LONGEST_CELL:
            wrong = self._long_cell(record.cells)
        if wrong is not None:
            note(self.session, self.made, [(self.count + 1, wrong.get("column", ""), wrong)])
            self.made.failed += 1
            self.texts.append("\n")
            self.rows.append([])
        else:
            self.texts.append(text)
            self.rows.append(record.cells)
            self.letters += len(text)
        if len(self.texts) < ROWS_IN_PART and self.letters < LETTERS_IN_PART:
            return False
        self.flush()
        return True

    def _long_cell(self, cells: Sequence[str]) -> dict[str, str] | None:
        for number, cell in enumerate(cells):
            if len(cell) > csv_text.LONGEST_CELL:
                column = self.made.columns[number] if number < len(self.made.columns) else ""
                return {
                    "column": column,
                    "zh": f"单元格最长 {csv_text.LONGEST_CELL} 个字符。",
                    "en": f"Keep a cell to {csv_text.LONGEST_CELL} characters.",
                }
        return None

    def flush(self) -> None:
        """Write the part at hand."""
        if not self.texts:
            return
        self.made.rows = self.count
        part = ImportPart(
            import_id=self.made.id,
            workspace_id=self.made.workspace_id,
            first_row=self.count - len(self.texts) + 2,  # the header is row 1
            cells=self._packed(),
            taken=0,
        )
        self.session.add(part)
        self.session.flush()
        self.session.expunge(part)
        self._look()
        self.rows, self.texts, self.letters = [], [], 0
        self.kept += 1

    def _packed(self) -> bytes:
        """The text as it stands in the file; where reading that again could give other rows, the rows themselves."""
        text = "".join(self.texts)
        if self.made.form != "jsonl" and ('"' in text or "\r" in text or not text.endswith("\n")):
            again = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.made.delimiter))
            if again != self.rows:
                return json.dumps(self.rows).encode()
        return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)

    def _look(self) -> None:
        for number, guess in self.guesses.items():
            if not guess.left:
                continue  # a text, whatever follows
            met = self.met[number]
            for cell in {row[number] for row in self.rows if number < len(row)} - met:
                guess.look(clean(cell))
                if len(met) < MOST_MET:
                    met.add(cell)


def clean(cell: str) -> str:
    """A cell without blanks around it and without the quote by which exports keep spreadsheets from running it."""
    return csv_text.plain(cell.strip(" \t\u00a0\u3000"))


def _lines(file: IO[bytes], kind: str) -> Iterator[Record]:
    """The lines of a file of JSON lines, which are events."""
    if kind != "events":
        raise BadFile("JSON Lines 文件只能用来导入事件。", "A file of JSON lines can bring events only.")
    file.seek(0)
    # No line of ours is longer than an event may be with room for its names.
    for line in iter(lambda: file.readline(csv_text.LONGEST_CELL * 4), b""):
        text = line.decode("utf-8-sig", "torn").rstrip("\r\n")
        yield Record([text], text + "\n")


def _keep_parts(session: Session, made: Import, records: Iterable[Record], go_on: Callable[[], None]) -> None:
    mapping, columns = dict(made.mapping), list(made.columns)
    cutter = Cutter(session, made, guesses_of(columns, mapping))
    for record in records:
        if cutter.add(record) and cutter.kept % STEP == 0:
            go_on()
            begin_write(session)
    cutter.flush()
    made.mapping = typed(columns, mapping, cutter.guesses)


def _keep_whole(session: Session, made: Import, file: IO[bytes], go_on: Callable[[], None]) -> int:
    file.seek(0)
    size = number = 0
    while block := file.read(PIECE):
        piece = FilePiece(
            owner="import", owner_id=made.id, number=number, workspace_id=made.workspace_id, body=block
        )
        session.add(piece)
        session.flush()
        session.expunge(piece)
        size, number = size + len(block), number + 1
        if number % STEP == 0:
            go_on()
            begin_write(session)
    return size


def _size(file: IO[bytes]) -> int:
    file.seek(0, 2)
    return file.tell()
