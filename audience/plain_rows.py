"""Plain rows: those of a file that can be read column by column, because nothing about them needs a second look.

A row is plain only if reading it cell by cell (`file_rows.contact_of`, then `contacts.upsert`) takes it too, and makes
the same contact of it; everything else is left to that reading, which says what, if anything, is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audience import known
from audience.columns import parts, value_of
from audience.identities import EXTERNAL, LONGEST, MOST_IDENTITIES, Key, normal
from audience.staging import clean
from audience.values import MOST_TAGS, tag_problem, type_of, value_problem, zone_problem
from store.database import dumps

LONGEST_NAME = 200


@dataclass(slots=True)
class Plain:
    """A row as a contact that may be new: JSON of attributes and tags as they will be stored."""

    keys: list[Key]
    external_id: str | None = None
    name: str = ""
    timezone: str | None = None
    attributes: str = "{}"
    tags: str = "[]"
    #: Where it stands in the lists of `Read.types`.
    place: int = 0


@dataclass(slots=True)
class Read:
    """What a glance at some rows found: plain ones by their place, and per attribute the types of its values."""

    plain: dict[int, Plain] = field(default_factory=dict)
    types: dict[str, list[str | None]] = field(default_factory=dict)

    def taught_by(self, some: Iterable[Plain]) -> dict[known.Name, known.Types]:
        """What the workspace learns of attributes from some of the rows."""
        places = [one.place for one in some]
        met: dict[known.Name, known.Types] = {}
        for name, types in self.types.items():
            for kind in sorted({types[place] or "" for place in places} - {""}):
                known.merge(met.setdefault(("attribute", name), {}), {"": kind})
        return met


class _Column:
    """One column read: a value for each cell, None for an empty one; `bad` are the places to be looked at closely."""

    def __init__(self, cells: Sequence[str], read: Callable[[str], Any]) -> None:
        made = {cell: read(cell) if cell else None for cell in set(cells)}
        self.values = [made[cell] for cell in cells]
        refused = {cell for cell, value in made.items() if value is None and cell}
        self.bad = [number for number, cell in enumerate(cells) if cell in refused] if refused else []


def glance(columns: Sequence[str], mapping: Mapping[str, str], rows: Sequence[list[str]]) -> Read:
    """Read the plain ones of some rows."""
    width = len(columns)
    places = [number for number, row in enumerate(rows) if len(row) == width]
    if not places:
        return Read()
    cells = zip(*(rows[number] for number in places), strict=True)
    made = [Plain([], place=number) for number in range(len(places))]
    bad: set[int] = set()
    types: dict[str, list[str | None]] = {}
    attributes: list[list[str | None]] = []
    tags: list[list[list[str] | None]] = []
    for column, raw in zip(columns, cells, strict=True):
        kind, _, rest = mapping.get(column, "").partition(":")
        if not kind:
            continue
        name, _, type_ = rest.partition(":")
        read = _Column(_cleaned(raw), _reader(kind, name, type_ or "text"))
        bad.update(read.bad)
        if kind == "attribute":
            attributes.append([None if value is None else value[0] for value in read.values])
            types[name] = [None if value is None else value[1] for value in read.values]
        elif kind == "tags":
            tags.append(read.values)
        else:
            _put(made, kind if kind != "identity" else "", rest, read.values)
    _join(made, attributes, tags, bad)
    plain = {
        places[number]: one
        for number, one in enumerate(made)
        if number not in bad and 0 < len(one.keys) <= MOST_IDENTITIES
    }
    return Read(plain, types)


def _put(made: Sequence[Plain], field_name: str, kind: str, values: Sequence[str | None]) -> None:
    key_of = EXTERNAL if field_name == EXTERNAL else kind
    for one, value in zip(made, values, strict=True):
        if value is None:
            continue
        if field_name:
            setattr(one, field_name, value)
        if not field_name or field_name == EXTERNAL:
            one.keys.append((key_of, value))


def _join(
    made: Sequence[Plain],
    attributes: Sequence[Sequence[str | None]],
    tags: Sequence[Sequence[list[str] | None]],
    bad: set[int],
) -> None:
    if attributes:
        for one, some in zip(made, zip(*attributes, strict=True), strict=True):
            one.attributes = "{" + ",".join([text for text in some if text is not None]) + "}"
    if tags:
        for number, (one, lists) in enumerate(zip(made, zip(*tags, strict=True), strict=True)):
            worn = sorted({tag for some in lists if some for tag in some})
            if worn:
                one.tags = dumps(worn)
            if len(worn) > MOST_TAGS:
                bad.add(number)


def _cleaned(raw: Sequence[str]) -> Sequence[str]:
    whole = "".join(raw)
    if "'" in whole or "\n" in whole or "\r" in whole:
        return [clean(cell) for cell in raw]
    if whole.isascii() and " " not in whole and "\t" not in whole:
        return raw
    return [cell.strip(" \t\u00a0\u3000") for cell in raw]


def _reader(kind: str, name: str, type_: str) -> Callable[[str], Any]:
    """How cells of such a column are read; what answers None is not plain."""
    if kind == "attribute":
        start = dumps(name) + ":"

        def attribute(cell: str) -> tuple[str, str] | None:
            value = value_of(cell, type_) if _is_storable(cell) else None
            if value is None or value_problem(value, "") is not None:
                return None
            return start + dumps(value), type_of(value)

        return attribute
    if kind == "identity":
        return lambda cell: _key(name, cell)
    if kind == "tags":
        return _tags
    if kind == "timezone":
        return lambda cell: cell if zone_problem(cell, "") is None else None
    longest = LONGEST if kind == EXTERNAL else LONGEST_NAME
    return lambda cell: cell if len(cell) <= longest and _is_storable(cell) else None


def _key(kind: str, cell: str) -> str | None:
    if kind == "phone" and len(cell) == 11 and cell.isascii() and cell.isdigit():
        return cell
    value = normal(kind, cell) if _is_storable(cell) else ""
    return value if 1 <= len(value) <= LONGEST else None


def _tags(cell: str) -> list[str] | None:
    found = parts(cell)
    return found if all(tag_problem(tag, "") is None for tag in found) else None


def _is_storable(cell: str) -> bool:
    if "\x00" in cell:
        return False
    if cell.isascii():
        return True
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True
