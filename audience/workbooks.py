"""Reading XLSX as people fill it in, row by row, and refusing what only looks like it."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from audience import csv_text
from audience.csv_text import BadFile

LARGEST = 50 * 1024 * 1024
MOST_ENTRIES = 1000
#: So many times as large as packed, at most: a table packs to a tenth, a bomb to a thousandth.
MOST_RATIO = 100
#: Bytes of all texts that a workbook shares, which must be held in memory while it is read.
LARGEST_TEXTS = 64 * 1024 * 1024
_STRINGS = "xl/sharedStrings.xml"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

NO_WORKBOOK = (
    "这不是能读取的 XLSX 文件，请重新另存为 XLSX 或 CSV。",
    "This is no XLSX file that can be read: save it anew as XLSX or CSV.",
)


def form_of(file: IO[bytes], filename: str) -> str:
    """Tell csv, xlsx and jsonl apart by how the file begins, and by its name; leaves it at its beginning."""
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head == b"PK\x03\x04" or head == _OLD_EXCEL:
        return "xlsx"
    return "jsonl" if filename.lower().endswith((".jsonl", ".ndjson")) else "csv"


def header_of(file: IO[bytes]) -> list[str]:
    """Return the names of the columns of the first sheet. Raises BadFile."""
    return csv_text.header(_first(rows_of(file)))


def beginning(file: IO[bytes], most: int) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the first rows that are not empty. Raises BadFile."""
    rows = rows_of(file)
    columns = csv_text.header(_first(rows))
    found: list[list[str]] = []
    for row in rows:
        if any(row):
            found.append((row + [""] * len(columns))[: len(columns)])
        if len(found) == most:
            break
    return columns, found


def _first(rows: Iterator[list[str]]) -> list[str]:
    found = next((row for row in rows if any(cell.strip() for cell in row)), None)
    if found is None:
        raise BadFile("文件是空的。", "The file is empty.")
    return found


def rows_of(file: IO[bytes]) -> Iterator[list[str]]:
    """Give the rows of the first sheet as texts, as a person would type them. Raises BadFile, also in the middle."""
    from openpyxl import load_workbook  # takes a quarter of a second, and most processes never read one

    _refuse_bombs(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says about its size is not always so
        for row in sheet.iter_rows(values_only=True):
            yield [shown(value) for value in row[: 2 * csv_text.MOST_COLUMNS]]
    except BadFile:
        raise
    except Exception as error:  # what a broken file makes the library raise is any of a dozen kinds
        raise BadFile(*NO_WORKBOOK) from error


def _refuse_bombs(file: IO[bytes]) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > LARGEST:
        raise BadFile(
            f"XLSX 文件最大 {LARGEST >> 20} MiB，更大的请另存为 CSV。",
            f"An XLSX file has {LARGEST >> 20} MiB at most: save a larger one as CSV.",
        )
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile(*NO_WORKBOOK) from error
    whole = sum(entry.file_size for entry in entries)
    texts = sum(entry.file_size for entry in entries if entry.filename == _STRINGS)
    if (
        len(entries) > MOST_ENTRIES
        or whole > MOST_RATIO * max(size, 10_000)
        or texts > LARGEST_TEXTS
        or any(entry.flag_bits & 1 for entry in entries)
    ):
        raise BadFile(
            "这个 XLSX 文件展开后过大、条目过多或有密码，请另存为 CSV。",
            "This XLSX file unpacks to too much, has too many entries or a password: save it as CSV.",
        )


def shown(value: Any) -> str:
    """Write a cell's value as text: whole numbers without a point, dates and times as ISO, errors as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value.startswith("#") and value in _ERRORS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date().isoformat() if midnight else value.replace(microsecond=0).isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else ""


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


_ERRORS = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NULL!", "#NUM!"})
