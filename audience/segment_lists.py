"""Static lists: people put in and taken out by hand, by names, or by a file of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import csv_text
from audience.columns import suggest
from audience.csv_text import BadFile
from audience.identities import EXTERNAL, KIND, Key, locate, normal
from audience.segment_making import STATIC, BadSegment
from audience.segments import Moved, move
from audience.tables import Contact
from audience.tables_segments import Segment
from store.bulk import among
from store.database import begin_write
from store.problem import Problem, problem

#: Names looked up, and people moved, by one statement.
CHUNK = 5000
MOST_ROWS = 200_000
#: Rows that could not be taken which the answer names; the others are counted.
MOST_ERRORS = 200
#: What to look people up by when a file does not say, likeliest first.
NAMES = (EXTERNAL, "phone", "email", "unionid", "openid", "external_userid")

NOBODY = {
    "zh": "没有客户用这个标识；请先导入这位客户。",
    "en": "No contact goes by this; import the contact first.",
}
EMPTY = {"zh": "这一格是空的。", "en": "This cell is empty."}


@dataclass(slots=True)
class Uploaded:
    """What became of a file: `errors` are (row, cell, words), rows counted from 1 with the header."""

    column: str
    kind: str
    rows: int = 0
    added: int = 0
    already: int = 0
    failed: int = 0
    errors: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)

    def refuse(self, row: int, cell: str, words: dict[str, str]) -> None:
        """Count a row that could not be taken, and keep the first ones to show."""
        self.failed += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append((row, cell, words))


def find(
    session: Session, workspace_id: int, people: Mapping[str, Sequence[Any]]
) -> tuple[list[int], list[Problem]]:
    """The contacts named by {"contact_ids": …, "external_ids": …, "identities": [{kind: value}]}, and who is not there."""
    found: list[int] = []
    problems: list[Problem] = []
    ids = people.get("contact_ids", ())
    mine = Contact.workspace_id == workspace_id
    there = (
        set(session.scalars(select(Contact.id).where(mine, among(session, Contact.id, ids))))
        if ids
        else set()
    )
    for number, one in enumerate(ids):
        if one in there:
            found.append(one)
        else:
            problems.append(Problem(f"contact_ids.{number}", NOBODY))
    keys: dict[str, Key] = {
        f"external_ids.{number}": (EXTERNAL, one) for number, one in enumerate(people.get("external_ids", ()))
    }
    for number, one in enumerate(people.get("identities", ())):
        place = f"identities.{number}"
        if len(one) != 1 or not all(isinstance(part, str) for pair in one.items() for part in pair):
            words = 'Give one name, such as {"phone": "13800138000"}.'
            problems.append(problem(place, '请给出一个标识，例如 {"phone": "13800138000"}。', words))
            continue
        kind, value = next(iter(one.items()))
        keys[place] = kind, normal(kind, value)
    known = locate(session, workspace_id, keys.values()) if keys else {}
    for place, key in keys.items():
        if key in known:
            found.append(known[key][0])
        else:
            problems.append(Problem(place, NOBODY))
    return list(dict.fromkeys(found)), problems


def add(session: Session, segment: Segment, ids: Iterable[int], now: datetime) -> Moved:
    """Put contacts of the workspace on a list; who is new on it is a signal. Raises BadSegment; commits nothing."""
    _must_be_list(segment)
    begin_write(session)
    return move(session, segment.workspace_id, segment.key, now, inside=set(ids))


def take_off(session: Session, segment: Segment, ids: Iterable[int], now: datetime) -> Moved:
    """Take contacts off a list; who was on it is a signal. Raises BadSegment; commits nothing."""
    _must_be_list(segment)
    begin_write(session)
    return move(session, segment.workspace_id, segment.key, now, outside=set(ids))


def upload(
    session: Session, segment: Segment, content: bytes, now: datetime, *, column: str = "", kind: str = ""
) -> Uploaded:
    """Put everybody whom a CSV names on a list; raises BadSegment for what is no such file. Commits nothing.

    `column` and `kind` (external_id, phone, …) say how the file names people; else its headings and cells do.
    """
    _must_be_list(segment)
    begin_write(session)
    try:
        columns, below = _opened(content)
        place, kind, rows = _names(columns, below, column, kind)
        done = Uploaded(columns[place], kind)
        inside: set[int] = set()
        for some in _chunks(_cells(rows, place, done)):
            inside |= _take(session, segment.workspace_id, some, done)
    except BadFile as bad:
        raise BadSegment([Problem("file", bad.words)]) from bad
    everybody = sorted(inside)
    for first in range(0, len(everybody), CHUNK):
        part = everybody[first : first + CHUNK]
        done.added += len(move(session, segment.workspace_id, segment.key, now, inside=part).entered)
    done.already = len(everybody) - done.added
    return done


def _must_be_list(segment: Segment) -> None:
    if segment.kind != STATIC:
        words = (
            "这个人群由条件决定，不能手动增减。",
            "Conditions decide who is in this segment; nobody can be put in or out by hand.",
        )
        raise BadSegment([problem("", *words)])


def _opened(content: bytes) -> tuple[list[str], Iterator[list[str]]]:
    text, _ = csv_text.decode(content)
    rows = csv_text.read(text, csv_text.delimiter_of(text))
    first = next((row for row in rows if any(cell.strip() for cell in row)), None)
    if first is None:
        raise BadFile("文件是空的。", "The file is empty.")
    return csv_text.header(first), rows


def _names(
    columns: list[str], rows: Iterator[list[str]], column: str, kind: str
) -> tuple[int, str, Iterator[tuple[int, list[str]]]]:
    """Which column names people and by what; a file without a heading begins with somebody."""
    if column and column not in columns:
        raise BadFile(f"文件中没有这一列：{column}。", f"The file has no column {column}.")
    if kind and kind != EXTERNAL and not KIND.fullmatch(kind):
        raise BadFile("不认识这种标识。", "There is no such kind of name.")
    numbered = enumerate(rows, 2)
    meant = suggest(columns)
    by_heading = {meant[one].removeprefix("identity:"): number for number, one in enumerate(columns)}
    if column:
        told = meant[column].removeprefix("identity:")
        place = columns.index(column)
        return place, kind or (told if told in NAMES else _looks_like([])), numbered
    for name in (kind,) if kind else NAMES:
        if name in by_heading:
            return by_heading[name], name, numbered
    if _looks_like([columns[0]]) != EXTERNAL:
        return 0, kind or _looks_like([columns[0]]), _with_first(columns, numbered)
    sample = [next(numbered, (0, [""]))]
    found = kind or _looks_like([row[0] for _, row in sample if row])
    return 0, found, _chained(sample, numbered)


def _with_first(columns: list[str], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    return _chained([(1, columns)], rest)


def _chained(
    first: Iterable[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield from (pair for pair in first if pair[0])
    yield from rest


def _looks_like(cells: Sequence[str]) -> str:
    """What kind of name these cells seem to be."""
    if cells and "@" in cells[0]:
        return "email"
    bare = normal("phone", cells[0]) if cells else ""
    return "phone" if bare.isdigit() and len(bare) == 11 and bare.startswith("1") else EXTERNAL


def _cells(rows: Iterator[tuple[int, list[str]]], place: int, done: Uploaded) -> Iterator[tuple[int, str]]:
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue  # an empty line is nobody
        done.rows += 1
        if done.rows > MOST_ROWS:
            raise BadFile(
                f"最多 {MOST_ROWS} 行，请分成几个文件。", f"Split the file: {MOST_ROWS} rows at most."
            )
        cell = csv_text.plain(row[place].strip(" \t\u00a0\u3000")) if place < len(row) else ""
        if cell and "\0" not in cell:
            yield number, cell
        else:
            done.refuse(number, "", EMPTY)


def _chunks(cells: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    waiting: list[tuple[int, str]] = []
    for cell in cells:
        waiting.append(cell)
        if len(waiting) == CHUNK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _take(session: Session, workspace_id: int, cells: Sequence[tuple[int, str]], done: Uploaded) -> set[int]:
    keys = {cell: (done.kind, normal(done.kind, cell)) for _, cell in cells}
    known = locate(session, workspace_id, keys.values())
    for number, cell in cells:
        if keys[cell] not in known:
            done.refuse(number, cell[:120], NOBODY)
    return {known[key][0] for key in keys.values() if key in known}
