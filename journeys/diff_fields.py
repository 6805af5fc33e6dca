"""Differences of one part, field by field: what a field is called, and its value before and after, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from journeys.forms import form
from journeys.kinds.registry import all_kinds
from journeys.value_words import NOTHING, Titles, joined, plain, say
from journeys.words import Words
from rules.conditions import parse
from rules.errors import NotUnderstood

EMPTY: tuple[Any, ...] = (None, "", [], {}, (), False)
#: A field whose title reads badly in a sentence of differences.
SHORTER = {("wait", "until"): Words("等待", "wait")}
ORDER = Words("顺序", "order")
VALUE = Words("设置", "setting")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: its path within the part, its title, its value before and after."""

    path: str
    name: Words
    before: Words
    after: Words

    @property
    def words(self) -> Words:
        """等待：1 天后 → 2 天后."""
        return Words(
            f"{self.name}：{self.before} → {self.after}",
            f"{self.name.en}: {self.before.en} → {self.after.en}",
        )

    def json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "path": self.path,
            "name": self.name.json(),
            "before": self.before.json(),
            "after": self.after.json(),
        }


@dataclass(frozen=True, slots=True)
class ExitChange:
    """A way out that a step's config names, and that came or went."""

    exit: str
    #: added | removed
    change: str
    words: Words


def alike(kind: str, old: Any, new: Any) -> bool:
    """True if two values of a form's field mean the same; nothing is nothing, however it is written."""
    if old == new or (_empty(old) and _empty(new)):
        return True
    if kind == "rule":
        try:
            return parse(old).node == parse(new).node
        except (NotUnderstood, TypeError, ValueError):
            return False
    return False


def compare(
    specs: Iterable[Mapping[str, Any]],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    titles: Titles,
    path: str = "",
) -> Iterator[FieldChange | ExitChange]:
    """What differs between two objects of one form, in the form's order; keys that no form names come last."""
    known = set()
    for spec in specs:
        name = str(spec["name"])
        known.add(name)
        before, after = old.get(name, spec.get("default")), new.get(name, spec.get("default"))
        if alike(str(spec["type"]), before, after):
            continue
        at = f"{path}{name}"
        if spec["type"] == "list" and _of_objects(before) and _of_objects(after):
            yield from _lists(spec, before or (), after or (), titles, at)
        else:
            yield _changed(spec, before, after, titles, at)
    for name in sorted({*old, *new} - known):
        if not alike("", old.get(name), new.get(name)):
            yield FieldChange(f"{path}{name}", Words(name, name), plain(old.get(name)), plain(new.get(name)))


def of_step(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], titles: Titles
) -> Iterator[FieldChange | ExitChange]:
    """What differs between two configs of one kind of step."""
    for change in compare(form_of(kind), old, new, titles, "config."):
        if isinstance(change, FieldChange):
            name = SHORTER.get((kind, change.path.removeprefix("config.")), change.name)
            yield FieldChange(change.path, name, change.before, change.after)
        else:
            yield change


@cache
def form_of(kind: str) -> tuple[Mapping[str, Any], ...]:
    """The form of a kind; nothing for a kind that is not installed."""
    found = all_kinds().get(kind)
    return tuple(form(found.schema)) if found else ()


def _changed(spec: Mapping[str, Any], old: Any, new: Any, titles: Titles, path: str) -> FieldChange:
    options = {
        one["value"]: Words(one["title"]["zh"], one["title"]["en"]) for one in spec.get("options") or ()
    }
    before, after = (say(str(spec["type"]), value, titles, options) for value in (old, new))
    if before == after:
        # Two values that are said alike, such as rules with other ids, are shown as they are written.
        before, after = plain(old), plain(new)
    return FieldChange(path, _title(spec), before, after)


def _lists(
    spec: Mapping[str, Any],
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    titles: Titles,
    path: str,
) -> Iterator[FieldChange | ExitChange]:
    """Lists of objects, paired by what tells them apart: the exit, or the name that is set."""
    parts = spec.get("of") or ()
    before, after = _keyed(old), _keyed(new)
    for key, item in before.items():
        if key not in after:
            yield _came(parts, key, item, "removed", titles, path, spec)
    for key, item in after.items():
        if key not in before:
            yield _came(parts, key, item, "added", titles, path, spec)
            continue
        for change in compare(parts, before[key], item, titles, f"{path}[{_shown(key)}]."):
            if isinstance(change, FieldChange):
                which = item.get("name") or _shown(key)
                name = Words(f"“{which}”的{change.name}", f'{change.name.en} of "{which}"')
                yield FieldChange(change.path, name, change.before, change.after)
    stayed = [key for key in before if key in after]
    moved = [key for key in after if key in before]
    if stayed != moved:
        yield FieldChange(path, ORDER, _in_order(stayed, before), _in_order(moved, after))


def _came(
    parts: Iterable[Mapping[str, Any]],
    key: tuple[str, ...],
    item: Mapping[str, Any],
    change: str,
    titles: Titles,
    path: str,
    spec: Mapping[str, Any],
) -> FieldChange | ExitChange:
    said = _item(parts, item, titles)
    if "exit" in item:
        name = item.get("name") or item["exit"]
        return ExitChange(str(item["exit"]), change, Words(f"“{name}”（{said}）", f'"{name}" ({said.en})'))
    before, after = (NOTHING, said) if change == "added" else (said, NOTHING)
    return FieldChange(f"{path}[{_shown(key)}]", _title(spec), before, after)


def _item(parts: Iterable[Mapping[str, Any]], item: Mapping[str, Any], titles: Titles) -> Words:
    """An object of a list in a few words; its exit and its name are told beside it."""
    said = []
    for part in parts:
        value = item.get(part["name"])
        if (part["name"] in ("exit", "name") and "exit" in item) or value in (None, "", [], {}):
            continue
        options = {o["value"]: Words(o["title"]["zh"], o["title"]["en"]) for o in part.get("options") or ()}
        words = say(str(part["type"]), value, titles, options)
        title = _title(part)
        said.append(Words(f"{title} {words}", f"{title.en} {words.en}"))
    return joined(said, "，", ", ") if said else NOTHING


def _keyed(items: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for item in items:
        named = (str(item["exit"]),) if "exit" in item else (str(item.get("target")), str(item.get("name")))
        key, again = named, 1
        while key in found:
            again += 1
            key = (*named, str(again))
        found[key] = item
    return found


def _in_order(keys: Iterable[tuple[str, ...]], items: Mapping[tuple[str, ...], Mapping[str, Any]]) -> Words:
    said = [str(items[key].get("name") or _shown(key)) for key in keys]
    return Words("、".join(said), ", ".join(said))


def _shown(key: tuple[str, ...]) -> str:
    return " ".join(key)


def _title(spec: Mapping[str, Any]) -> Words:
    title = spec.get("title") or {}
    return Words(title["zh"], title["en"]) if title else VALUE


def _of_objects(value: Any) -> bool:
    return value is None or (
        isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)
    )


def _empty(value: Any) -> bool:
    return any(value is one or (value == one and type(value) is type(one)) for one in EMPTY)
