"""Open slots in a locked text: `{% slot "scene" max: 60 %}usual words{% endslot %}`.

What stands in a slot may be changed by staff; everything outside is the core and stays. A filled slot is put into
the text as a value and never as markup, so nothing that somebody fills in can read, change or hide the core.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.problem import Problem, problem

#: Characters that a slot takes where its author sets no limit, and the most he may set.
USUAL_LONGEST, LONGEST = 60, 500
MOST_SLOTS = 20
#: The root under which the values of filled slots are found; nobody else may write it.
ROOT = "slots"
_NAME = r"[^\s\"'{}%|<>]{1,40}"
_MARK = re.compile(
    r"\{%[ ]{0,10}(?:"
    rf"slot[ ]{{1,10}}(?:\"(?P<double>{_NAME})\"|'(?P<single>{_NAME})')"
    r"(?:[ ]{1,10}max:[ ]{0,10}(?P<max>\d{1,4}))?"
    r"|(?P<end>endslot)"
    r")[ ]{0,10}%\}"
)
_LOOKS_LIKE = re.compile(r"\{%-?[ ]{0,10}(?:end)?slot\b")
_TAG = re.compile(r"\{%")


@dataclass(slots=True, frozen=True)
class Slot:
    """An open place: its name, the words that stand there unless somebody fills it, and how long they may be."""

    name: str
    default: str
    longest: int

    @property
    def value(self) -> str:
        """The variable under which its filling is handed to the text: names may be in any script."""
        return f"{ROOT}.s{self.name.encode('utf-8').hex()}"


def parse(source: str) -> tuple[list[str | Slot], list[Problem]]:
    """Take a text apart into its core and its slots, in their order, and say what is wrong with their marks."""
    pieces: list[str | Slot] = []
    wrong: list[Problem] = []
    at, opened = 0, None
    names: set[str] = set()
    marks = list(_MARK.finditer(source)) if "slot" in source else []
    if len(marks) != sum(1 for _ in _LOOKS_LIKE.finditer(source)):
        wrong.append(
            problem(
                "text",
                '留白的写法是 {% slot "名称" max: 60 %}默认的话{% endslot %}。',
                'Write a slot as {% slot "name" max: 60 %}usual words{% endslot %}.',
            )
        )
    for mark in marks:
        if mark["end"]:
            if opened is None:
                wrong.append(
                    problem("text", "endslot 之前没有 slot。", "There is an endslot without a slot.")
                )
                continue
            name, longest, begin = opened
            opened = None
            slot = Slot(name, source[begin : mark.start()], longest)
            wrong += _slot_problems(slot, names)
            names.add(name)
            pieces.append(slot)
            at = mark.end()
        elif opened is not None:
            wrong.append(problem("text", "留白里不能再有留白。", "A slot cannot stand inside another."))
        else:
            pieces.append(source[at : mark.start()])
            name = mark["double"] or mark["single"]
            opened = name, int(mark["max"] or USUAL_LONGEST), mark.end()
    if opened is not None:
        said = f"留白“{opened[0]}”缺少 endslot。", f"The slot “{opened[0]}” is not closed by endslot."
        wrong.append(problem("text", *said))
    if len(names) > MOST_SLOTS:
        said = f"一段文字最多 {MOST_SLOTS} 处留白。", f"Keep it to {MOST_SLOTS} slots in one text."
        wrong.append(problem("text", *said))
    pieces.append(source[at:])
    return pieces, wrong[:5]


def problems(source: str, path: str) -> list[Problem]:
    """Say what is wrong with the slots of a text."""
    return [Problem(path, said) for _, said in parse(source)[1]]


def has_slots(source: str) -> bool:
    """True if there may be slots in the text: a quick look."""
    return "slot" in source and _LOOKS_LIKE.search(source) is not None


def unfold(source: str, filled: Mapping[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """The text with its slots resolved, and the values that it needs under `slots`.

    A slot that is filled becomes a variable, any other its own words. Fillings that are too long are passed over.
    """
    if not has_slots(source):
        return source, {}
    values: dict[str, str] = {}
    written: list[str] = []
    for piece in parse(source)[0]:
        if isinstance(piece, str):
            written.append(piece)
            continue
        words = (filled or {}).get(piece.name)
        if words is None or len(words) > piece.longest:
            written.append(piece.default)
        else:
            written.append("{{ " + piece.value + " }}")
            values[piece.value.partition(".")[2]] = words
    return "".join(written), values


def of_body(body: Mapping[str, Any]) -> list[Slot]:
    """The slots of all texts of a body, the main text's first; of one name the first."""
    found: dict[str, Slot] = {}

    def look(value: Any) -> None:
        if isinstance(value, str) and has_slots(value):
            for piece in parse(value)[0]:
                if isinstance(piece, Slot):
                    found.setdefault(piece.name, piece)
        elif isinstance(value, Mapping):
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(body.get("text"))
    look(body)
    return list(found.values())


def core(source: str) -> list[str]:
    """The pieces of a text that nobody but its author can change."""
    return [piece for piece in parse(source)[0] if isinstance(piece, str)]


def _slot_problems(slot: Slot, names: set[str]) -> list[Problem]:
    wrong = []
    if slot.name in names:
        said = f"有两处留白都叫“{slot.name}”。", f"Two slots are called “{slot.name}”."
        wrong.append(problem("text", *said))
    if not 1 <= slot.longest <= LONGEST:
        said = f"留白的字数在 1 到 {LONGEST} 之间。", f"A slot takes 1 to {LONGEST} characters."
        wrong.append(problem("text", *said))
    elif len(slot.default) > slot.longest and "{{" not in slot.default:
        said = f"“{slot.name}”的默认话太长。", f"The usual words of “{slot.name}” are too long for it."
        wrong.append(problem("text", *said))
    if _TAG.search(slot.default):
        said = "留白的默认话里不能有标签。", "The usual words of a slot cannot hold tags."
        wrong.append(problem("text", *said))
    return wrong
