"""What any draft must be, however unfinished: lists of nodes that the canvas can draw again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from journeys.words import Words

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
#: Each list of a definition with the most members it may have and the keys by which a member is drawn.
PARTS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "entries": (100, ("id",)),
    "stages": (200, ("id",)),
    "steps": (2000, ("id", "stage", "kind")),
    "arrows": (5000, ("id",)),
    "ends": (100, ("id",)),
    "goals": (100, ("id",)),
}
OBJECTS = ("settings", "layout")
MOST_NOTES = 500
PLAIN = ("format", "subject", "notes")

Found = tuple[str, Words]


def problems_of(definition: Any) -> list[Found]:
    """Every reason why this cannot even be drawn, as (path, sentence); [] for a usable sketch."""
    if not isinstance(definition, Mapping):
        return [("", Words("旅程定义应该是一个对象 {…}。", "A definition should be an object {…}."))]
    found = list(_unknown(definition))
    if definition.get("format", 1) != 1:
        found.append(("format", Words("格式版本只能是 1。", "The format must be 1.")))
    seen: dict[str, str] = {}
    for part, (most, needed) in PARTS.items():
        found += _list(part, definition.get(part, []), most, needed, seen)
    for key in OBJECTS:
        if not isinstance(definition.get(key, {}), Mapping):
            found.append((key, Words("这里应该是一个对象 {…}。", "This should be an object {…}.")))
    notes = definition.get("notes", [])
    if not isinstance(notes, list) or len(notes) > MOST_NOTES:
        found.append(
            ("notes", Words(f"备注应该是至多 {MOST_NOTES} 项的列表。", f"Notes are a list of at most {MOST_NOTES}."))
        )
    return found


def _unknown(definition: Mapping[Any, Any]) -> Iterator[Found]:
    for key in definition:
        if key not in PARTS and key not in OBJECTS and key not in PLAIN:
            yield (
                str(key),
                Words("不认识这个字段；请删掉它或检查拼写。", "Unknown field; remove it or check its spelling."),
            )


def _list(part: str, value: Any, most: int, needed: tuple[str, ...], seen: dict[str, str]) -> Iterator[Found]:
    if not isinstance(value, list):
        yield part, Words("这里应该是一个列表 […]。", "This should be a list […].")
        return
    if len(value) > most:
        yield (
            part,
            Words(
                f"最多 {most} 项，这里有 {len(value)} 项；请拆成几个旅程。",
                f"At most {most}; this has {len(value)}. Split it into several journeys.",
            ),
        )
        return
    for index, member in enumerate(value):
        yield from _member(f"{part}[{index}]", member, needed, seen)


def _member(path: str, member: Any, needed: tuple[str, ...], seen: dict[str, str]) -> Iterator[Found]:
    if not isinstance(member, Mapping):
        yield path, Words("这里应该是一个对象 {…}。", "This should be an object {…}.")
        return
    for key in needed:
        if not isinstance(member.get(key), str):
            yield f"{path}.{key}", Words("这里必须填写文字。", "This must be given as text.")
            return
    own = member["id"]
    if not ID.fullmatch(own):
        yield (
            f"{path}.id",
            Words(
                "编号只能用小写字母、数字、- 和 _，以字母或数字开头，最多 64 个字符。",
                "An id has small letters, digits, - and _, begins with a letter or digit, and has at most 64.",
            ),
        )
    elif own in seen:
        yield (
            f"{path}.id",
            Words(f"编号“{own}”已经被 {seen[own]} 用了。", f'The id "{own}" is taken by {seen[own]}.'),
        )
    seen.setdefault(own, path)
