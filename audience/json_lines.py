"""The beginning of a file of JSON lines, shown as the table that it would be."""

from __future__ import annotations

import io
from typing import IO, Any

import orjson


def beginning(file: IO[bytes], encoding: str, most: int) -> tuple[list[str], list[list[str]]]:
    """The names that its first objects have between them, and those objects as rows; other lines are passed over."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace")
    seen: list[dict[str, Any]] = []
    try:
        for line in text:
            found = _object(line)
            if found is not None:
                seen.append(found)
            if len(seen) == most:
                break
    finally:
        text.detach()
        file.seek(0)
    columns = list(dict.fromkeys(name for one in seen for name in one))
    return columns, [[_cell(one.get(name)) for name in columns] for one in seen]


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
