"""The facts about WeCom that the connector obeys and the fake WeCom enforces: facts.json, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

#: S: seen in WeCom's own pages or a source file; 3: on a page of others; R: reasoned; -: no text was found.
MARKS = ("S", "3", "R", "-")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `value` is its number where it has one, `test` shows it (file::function)."""

    id: str
    mark: str
    value: Any
    test: str
    zh: str
    en: str

    @property
    def is_setting(self) -> bool:
        """True if nobody has it from WeCom itself, so that its value may have to be set anew."""
        return self.mark != "S"


@cache
def facts() -> Mapping[str, Fact]:
    """All facts by id, in the order of their table."""
    rows = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
    return {row["id"]: Fact(**row) for row in rows}


def value(name: str) -> Any:
    """The value of a fact; raises KeyError."""
    return facts()[name].value


def table() -> str:
    """The facts as a table of a page, and how many there are."""
    said = {"S": "WeCom", "3": "others", "R": "reasoned", "-": "not found"}
    rows = ["| Fact | Known from | Value | Shown by |", "|---|---|---|---|"]
    for fact in facts().values():
        shown = (
            "" if fact.value is None else f"{fact.value:,}" if type(fact.value) is int else str(fact.value)
        )
        function = fact.test.partition("::")[2]
        rows.append(f"| {fact.zh} {fact.en} | {said[fact.mark]} | {shown} | `{function}` |")
    return "\n".join(rows)
