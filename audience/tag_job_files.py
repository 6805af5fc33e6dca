"""Reading who is to be tagged out of a file: one name a line, in the first column."""

from __future__ import annotations

from audience.columns import suggest
from audience.csv_text import decode, delimiter_of, plain, read


def lines_of(content: bytes) -> list[str]:
    """The names in the first column, each once and in their order, without a heading; raises csv_text.BadFile."""
    text, _ = decode(content)
    found: dict[str, None] = {}
    for cells in read(text, delimiter_of(text)):
        name = plain(cells[0]).strip() if cells else ""
        if name:
            found.setdefault(name)
    names = list(found)
    heading = suggest(names[:1]).get(names[0], "") if names else ""
    return names[1:] if heading == "external_id" or heading.startswith("identity:") else names
