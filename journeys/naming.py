"""What the parts of one definition are called: the author's name where there is one, else what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeys.definition import ANY
from journeys.forms import CLOSING
from journeys.kinds.base import SIDE_TITLES, Kind
from journeys.kinds.registry import all_kinds
from journeys.value_words import Titles, joined, quoted, trigger
from journeys.words import Words

PARTS = ("stages", "steps", "arrows", "entries", "ends", "goals")


class Drawing:
    """An index of one definition, finished or not."""

    def __init__(self, definition: Mapping[str, Any], titles: Titles | None = None) -> None:
        self.raw, self.titles = definition, titles or Titles()
        self.parts: dict[str, dict[str, Mapping[str, Any]]] = {
            key: {part["id"]: part for part in definition.get(key) or ()} for key in PARTS
        }
        #: What every id is: stages, steps, …
        self.kind_of = {id_: key for key, parts in self.parts.items() for id_ in parts}
        self.by_exit: dict[str, dict[str, Mapping[str, Any]]] = {}
        for arrow in self.parts["arrows"].values():
            if arrow.get("on") is None and isinstance(arrow.get("from"), str) and arrow.get("exit"):
                self.by_exit.setdefault(arrow["from"], {}).setdefault(arrow["exit"], arrow)

    def part(self, node: str | None) -> Mapping[str, Any] | None:
        """A part of any sort by its id."""
        key = self.kind_of.get(node or "")
        return self.parts[key][node or ""] if key else None

    def label(self, node: Any) -> Words:
        """What a node is called, in quotation marks; several stages, or any stage, for the source of an arrow."""
        if node == ANY:
            return Words("任意阶段", "any stage")
        if isinstance(node, list | tuple):
            return joined([self.label(one) for one in node], "、", ", ")
        part = self.part(node)
        if part is None:
            return quoted(str(node))
        if part.get("name"):
            return quoted(part["name"])
        if self.kind_of[node] == "arrows":
            return self.arrow_label(part)
        if self.kind_of[node] == "entries" and part.get("on"):
            return quoted(trigger(part["on"], self.titles))
        kind = all_kinds().get(part.get("kind", "")) if self.kind_of[node] == "steps" else None
        if kind is not None:
            return Words(f"「{kind.title} {node}」", f'"{kind.title.en} {node}"')
        return quoted(str(node))

    def name(self, node: str) -> str:
        """As the API names it beside the id: the author's name, else the id."""
        part = self.part(node)
        return str((part or {}).get("name") or node)

    def exit_title(self, step_id: str, exit: str) -> Words:
        """What an exit of a step is called."""
        step = self.parts["steps"].get(step_id) or {}
        kind = all_kinds().get(step.get("kind", ""))
        config = step.get("config") or {}
        for way in (way for part in ("rules", "variants", "results") for way in config.get(part) or ()):
            if isinstance(way, Mapping) and way.get("exit") == exit and way.get("name"):
                return Words(str(way["name"]), str(way["name"]))
        for awaited in config.get("events") or ():
            if isinstance(awaited, Mapping) and awaited.get("exit") == exit and awaited.get("event"):
                name = self.titles.event(awaited["event"])
                return Words(name, name)
        return _fixed_title(kind, exit) or Words(exit, exit)

    def arrow_label(self, arrow: Mapping[str, Any]) -> Words:
        """An arrow by where it begins and what it waits for."""
        source = self.label(arrow.get("from"))
        if arrow.get("on") is None:
            exit = self.exit_title(str(arrow.get("from")), str(arrow.get("exit")))
            return Words(f"{source}的“{exit}”箭头", f'the arrow "{exit.en}" of {source.en}')
        said = trigger(arrow["on"], self.titles)
        return Words(f"{source}上“{said}”的箭头", f"the arrow {said.en} of {source.en}")


def _fixed_title(kind: type[Kind] | None, exit: str) -> Words | None:
    """The title of an exit that the kind itself names."""
    if kind is not None:
        found = (kind.exits or {}).get(exit) or kind.side_exits.get(exit)
        if found is not None:
            return found
        for closing in CLOSING.get(kind.kind, []):
            if closing["id"] == exit:
                return Words(closing["title"]["zh"], closing["title"]["en"])
    return SIDE_TITLES.get(exit)
