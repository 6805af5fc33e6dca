"""Reading tables of text as people save them, and writing them so that no spreadsheet runs a cell."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

DELIMITERS = ",\t;|"
LONGEST_CELL = 32_768
#: Letters of one record at most, also where a whole file is read from a stream (csv_stream.py).
LONGEST_RECORD = 32 * 1024 * 1024
csv.field_size_limit(LONGEST_RECORD)  # one figure for the whole process, so it is set once
MOST_COLUMNS = 200
#: What a spreadsheet may take for the beginning of a formula, also in full width.
_FORMULA = frozenset("=+-@\t\r\n\x00＝＋－＠")
_PADDING = " \u00a0\ufeff\u3000"
_QUOTE = "'"
_LINE_END = re.compile(r"(\r\n|\r|\n)")


class BadFile(ValueError):
    """The file cannot be read; `words` says why in zh and en."""

    def __init__(self, zh: str, en: str) -> None:
        self.words = {"zh": zh, "en": en}
        super().__init__(en)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 with a mark, or GB18030 (and so GBK).

    Raises BadFile.
    """
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    marked = [name for mark, name in marks if content.startswith(mark)]
    for name in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(name), name
        except UnicodeDecodeError:
            continue
    raise BadFile(
        "无法识别文件的编码，请另存为 UTF-8 的 CSV。",
        "The file's encoding is not known: save it as CSV in UTF-8.",
    )


def delimiter_of(text: str) -> str:
    """Return what separates the cells of the first row: the most frequent candidate outside quotes."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for letter in text[:65_536]:
        if letter == '"':
            quoted = not quoted
        elif letter in "\r\n" and not quoted:
            if any(counts.values()):
                break
        elif letter in counts and not quoted:
            counts[letter] += 1
    best = max(DELIMITERS, key=lambda one: (counts[one], -DELIMITERS.index(one)))
    return best if counts[best] else ","


def read(text: str, delimiter: str) -> Iterator[list[str]]:
    """Give the rows, quotes and line ends within cells taken care of. Raises BadFile in the middle."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unreadable(number) from error
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise _unreadable(number)
        yield row


def _unreadable(number: int) -> BadFile:
    return BadFile(
        f"第 {number} 行无法读取，单元格可能过长或引号不成对。",
        f"Row {number} cannot be read: a cell may be too long, or a quote left open.",
    )


def header(row: Sequence[str]) -> list[str]:
    """Return the column names of the first row: cleaned, none empty, none twice. Raises BadFile."""
    cells = [" ".join("".join(c if c.isprintable() else " " for c in cell).split())[:120] for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        raise BadFile("文件没有表头。", "The file has no header row.")
    if len(cells) > MOST_COLUMNS:
        raise BadFile(f"最多 {MOST_COLUMNS} 列。", f"Keep the file to {MOST_COLUMNS} columns.")
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = cell or f"第 {number} 列"
        while name in names:
            name += "'"
        names.append(name)
    return names


def write(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give the lines of a CSV that begins with UTF-8's mark and whose cells no spreadsheet takes for formulas."""
    yield "\ufeff"
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(str(cell)) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def safe(cell: str) -> str:
    """Put a quote before each line of `cell` that a spreadsheet could take for a formula."""
    return _guarded(_each_later_line(cell, _guarded))


def plain(cell: str) -> str:
    """Give back what `safe` was given; other cells stay as they are."""
    return _each_later_line(_bare(cell), _bare)


def _each_later_line(cell: str, change: Callable[[str], str]) -> str:
    if "\n" not in cell and "\r" not in cell:
        return cell
    first, *rest = _LINE_END.split(cell)  # lines and, between them, their ends
    return first + "".join(part if number % 2 == 0 else change(part) for number, part in enumerate(rest))


def _guarded(text: str) -> str:
    return _QUOTE + text if _starts_formula(text.lstrip(_QUOTE)) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith(_QUOTE) and _starts_formula(text.lstrip(_QUOTE)) else text


def _starts_formula(text: str) -> bool:
    bare = text.lstrip(_PADDING)
    if bare[:1] in _FORMULA and bare:
        return True
    # A quote mark first does not stop every spreadsheet from reading on.
    return bare[:1] == '"' and bare[1:].lstrip(_PADDING)[:1] in _FORMULA and len(bare) > 1
