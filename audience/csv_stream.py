"""Reading a table of text from a stream, record by record, with the text of each, however broken some of them are."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from audience.csv_text import LONGEST_RECORD, BadFile, delimiter_of

#: A record of more lines is none that a person wrote: its quote is left open, or its cell too long.
MOST_LINES = 1000
#: So many letters further the end of such a cell is looked for.
FURTHEST = 12 * 1024 * 1024
AHEAD = 64 * 1024
#: A quote in a cell is written twice; alone it ends the cell.
QUOTE = re.compile('""|"')
#: So often a quote left open is made up for; a file with more of them is no table.
MOST_TORN = 1000
#: So many bytes that are no text are a few broken rows, and not another encoding.
FEW_TORN = 20
BLOCK = 1024 * 1024

TORN = {
    "zh": "这一行的引号没有配对，已跳过；其后的行照常读取。",
    "en": "A quote is left open in this row: it was left out, and the rows after it are read.",
}
TOO_LONG = {
    "zh": f"这一行超过 {LONGEST_RECORD // 1024 // 1024} MiB，已跳过。",
    "en": f"This row is longer than {LONGEST_RECORD // 1024 // 1024} MiB: it was left out.",
}
MANY_LINES = {
    "zh": f"这一行的单元格超过 {MOST_LINES} 行文字，已跳过。",
    "en": f"A cell of this row has more than {MOST_LINES} lines of text: the row was left out.",
}


@dataclass(slots=True, frozen=True)
class Opened:
    """A file found to be text: how it is encoded, and what separates its cells."""

    encoding: str
    delimiter: str


@dataclass(slots=True)  # not frozen, which would make each row dearer than reading it
class Record:
    """One row with its text as it stands in the file; `wrong` says why it cannot be read, in zh and en."""

    cells: list[str]
    text: str
    wrong: dict[str, str] | None = None


class _Torn:
    """Counts bytes that are no text, and leaves half a character in their place, which the row is refused for."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        self.count += 1
        return "\udcff", max(error.end, error.start + 1)


codecs.register_error("torn", _Torn())


def open_text(file: IO[bytes]) -> Opened:
    """Find encoding and separator, reading the file once in blocks and leaving it at its beginning.

    UTF-8 and UTF-16 by their marks, else UTF-8 if it is that but for some torn places, else GB18030 (and so GBK).
    Raises BadFile.
    """
    file.seek(0)
    head = file.read(BLOCK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    else:
        encoding = _unmarked(file)
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(errors="torn")
    text = decoder.decode(head[:65_536])
    file.seek(0)
    return Opened(encoding, delimiter_of(text))


def _unmarked(file: IO[bytes]) -> str:
    torn, foreign = _wrong_places(file, "utf-8")
    if torn == 0:
        return "utf-8"
    if torn * 20 < foreign:
        return "utf-8"  # whole but for a few places: each costs its own row only
    other, chinese = _wrong_places(file, "gb18030")
    if other * 20 <= chinese:
        return "gb18030"
    if torn <= FEW_TORN:
        return "utf-8"
    raise BadFile(
        "无法识别文件的编码，请另存为 UTF-8 的 CSV。",
        "The file's encoding is not known: save it as CSV in UTF-8.",
    )


def _wrong_places(file: IO[bytes], encoding: str) -> tuple[int, int]:
    """How many places are no text in this encoding, and how many letters are not ASCII; stops where it is clear."""
    counted = _Torn()
    name = f"torn-{id(counted)}"
    codecs.register_error(name, counted)
    decoder = codecs.getincrementaldecoder(encoding)(errors=name)
    file.seek(0)
    foreign = 0
    while block := file.read(BLOCK):
        text = decoder.decode(block)
        if not text.isascii():
            foreign += len(text) - len(text.encode("ascii", "ignore"))
        if counted.count > 1000 and counted.count * 20 >= foreign:
            break
    else:
        decoder.decode(b"", final=True)
    return counted.count, max(0, foreign - counted.count)


class _Kept(io.RawIOBase):
    """The file for a reader that must not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        found = self.file.read(len(view))
        view[: len(found)] = found
        return len(found)


class Records:
    """The records of an opened file from its beginning; a record is a row, whose cells may hold line ends."""

    def __init__(self, file: IO[bytes], opened: Opened) -> None:
        file.seek(0)
        buffered = io.BufferedReader(_Kept(file), BLOCK)
        self._text = io.TextIOWrapper(buffered, opened.encoding, errors="torn", newline="")
        self._delimiter = opened.delimiter
        self._again: list[str] = []  # lines to be read once more, last first
        self._ahead: io.StringIO | None = None  # what was read to see where a cell ends, after those lines
        self._taken: list[str] = []
        self._open = self._long = self._folded = False
        self._torn = 0

    def __iter__(self) -> Iterator[Record]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        while True:
            taken: list[str] = []
            self._taken = taken
            try:
                cells = next(reader)
            except StopIteration:
                if not self._long:
                    return
                cells = []
            except csv.Error:
                cells, self._long = [], True
            if self._long:
                self._long = self._open = self._folded = False
                yield Record([], "\n", TOO_LONG)
            elif self._open and len(taken) > 0:
                self._folded = False
                yield self._torn_one(taken)
            elif self._folded:
                self._folded = False
                yield Record([], "\n", MANY_LINES)
            else:
                yield Record(cells, taken[0] if len(taken) == 1 else "".join(taken))
                continue
            reader = csv.reader(self._lines(), delimiter=self._delimiter)

    def _torn_one(self, taken: list[str]) -> Record:
        self._open = False
        self._torn += 1
        if self._torn > MOST_TORN:
            raise BadFile(
                "文件里有太多不成对的引号，请检查后重新导出。",
                "Too many quotes are left open in the file: check how it was written.",
            )
        self._again += reversed(taken[1:])
        return Record([], "\n", TORN)

    def _lines(self) -> Iterator[str]:
        readline, again, letters = self._text.readline, self._again, 0
        taken = self._taken
        while True:
            line = again.pop() if again else readline(LONGEST_RECORD) if self._ahead is None else self._next()
            if taken is not self._taken:
                taken, letters = self._taken, 0
            if line and len(taken) >= MOST_LINES and self._ends(line):
                self._folded = True
                line = self._next()
            elif not line or len(taken) >= MOST_LINES:
                if line and self._ahead is None:
                    again.append(line)
                self._open = bool(taken)
                return
            letters += len(line)
            if letters >= LONGEST_RECORD:
                self._skip(line)
                self._long = True
                return
            taken.append(line)
            yield line

    def _next(self) -> str:
        """The next line, of those that were read ahead first."""
        if self._again:
            return self._again.pop()
        if self._ahead is not None:
            line = self._ahead.readline()
            if line:
                return line
            self._ahead = None
        return self._text.readline(LONGEST_RECORD)

    def _ends(self, line: str) -> bool:
        """Look from this line on for the quote that ends a cell, and if it is one go on there; else read all of it
        again. The quote that begins the next cell of that kind has no separator behind it.
        """
        before = self._ahead.read() if self._ahead is not None else ""
        chunks = [line, *reversed(self._again), before]
        self._again.clear()
        text, letters, found = "".join(chunks), 0, None
        read: list[str] = []
        while text and letters < FURTHEST:
            found = next((one for one in QUOTE.finditer(text) if len(one.group()) == 1), None)
            if found is not None:
                break
            read.append(text)
            letters += len(text)
            text = self._text.read(AHEAD)
            text += "" if text.endswith("\n") else self._text.readline(LONGEST_RECORD)
        closes = found is not None and text[found.end() : found.end() + 1] in (
            "",
            self._delimiter,
            "\r",
            "\n",
        )
        if found is not None and closes:
            text, read = text[found.start() :], []
        self._ahead = io.StringIO("".join([*read, text]), newline="")
        return closes

    def _skip(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._next()
