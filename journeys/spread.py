"""Which values the rules of a drawing tell apart: so that invented people go all of its ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: What a rule looks at, in `Spread`: ("attribute", name), ("tags", ""), ("event", event, property).
Looked = tuple[str, ...]
OTHER = "其他"


class Spread:
    """For each field that some rule of a definition looks at, values on both sides of what it asks."""

    def __init__(self, *definitions: Mapping[str, Any]):
        self.values: dict[Looked, list[Any]] = {}
        for definition in definitions:
            for events, leaf in _leaves(definition, ()):
                for looked in _looked(str(leaf.get("field", "")), events):
                    known = self.values.setdefault(looked, [])
                    known += [v for v in _sides(leaf) if v not in known]

    def attributes(self) -> dict[str, list[Any]]:
        """Values by attribute."""
        return {key[1]: values for key, values in self.values.items() if key[0] == "attribute"}

    def tags(self) -> list[str]:
        """Tags that some rule asks for."""
        return [str(tag) for tag in self.values.get(("tags", ""), ()) if tag not in (OTHER, None, "")]

    def segments(self) -> list[str]:
        """Segments that some rule asks for."""
        return [str(key) for key in self.values.get(("segments", ""), ()) if key not in (OTHER, None, "")]

    def tiers(self) -> dict[str, list[Any]]:
        """Levels by dimension."""
        return {key[1]: values for key, values in self.values.items() if key[0] == "tier"}

    def properties(self, event: str) -> dict[str, list[Any]]:
        """Values by property of an event."""
        return {key[2]: values for key, values in self.values.items() if key[:2] == ("event", event)}


def _leaves(part: Any, events: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every comparison, each with the events whose properties `event.` means there."""
    if isinstance(part, list):
        for one in part:
            yield from _leaves(one, events)
    elif isinstance(part, dict):
        events = _named(part) or events
        if isinstance(part.get("field"), str) and "operator" in part:
            yield events, part
            family, _, rest = part["field"].partition(".")
            if family == "history":
                events = (rest.partition(".")[0],)
        for key, one in part.items():
            if key not in ("layout", "notes"):
                yield from _leaves(one, events)


def _named(part: Mapping[str, Any]) -> tuple[str, ...]:
    on = part.get("on")
    name = on.get("name") if isinstance(on, dict) and on.get("type") == "event" else part.get("event")
    names = [name] if isinstance(name, str) else name if isinstance(name, list) else []
    return tuple(one for one in names if isinstance(one, str))


def _looked(field: str, events: tuple[str, ...]) -> list[Looked]:
    family, _, name = field.partition(".")
    if family == "attribute":
        return [("attribute", name)]
    if family in ("tags", "segments"):
        return [(family, "")]
    if family == "tier":
        return [("tier", name)]
    if family in ("event", "entry") and name not in ("", "name"):
        return [("event", event, name) for event in events]
    if family == "history":
        event, _, rest = name.partition(".")
        what, _, prop = rest.partition(".")
        return [("event", event, prop)] if prop and what in ("sum", "last") else []
    return []


def _sides(leaf: Mapping[str, Any]) -> list[Any]:
    """Values for which the comparison holds and for which it does not."""
    operator, value = str(leaf.get("operator")), leaf.get("value")
    if operator in ("null", "notNull"):
        return [None, OTHER]
    asked = value if isinstance(value, list) else [value]
    found: list[Any] = []
    for one in asked:
        number = _number(one)
        if isinstance(one, bool):
            found += [True, False]
        elif number is not None and operator in ("<", "<=", ">", ">=", "between", "notBetween", "=", "!="):
            step = max(1.0, abs(number) / 4)
            found += [_whole(number - step), _whole(number), _whole(number + step)]
        elif one is not None:
            found += [one]
    return found if any(_number(v) is not None for v in found) else [*found, OTHER]


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) and value.strip() else None
    except ValueError:
        return None


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else round(value, 2)
