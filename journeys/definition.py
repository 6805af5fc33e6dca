"""A journey's definition as frozen data, read from its JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Whom a journey is about.
CONTACT, GROUP = "contact", "group"
#: The source of an arrow that leaves every stage.
ANY = "*"
#: Keys that mean nothing to the runtime.
DRAWING = ("layout", "notes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A composite state of the lifecycle."""

    id: str
    name: str = ""
    initial: str | None = None
    anchor: Any = None
    stay: bool = False
    tags: tuple[str, ...] = ()
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A node inside a stage that does something, takes time or chooses."""

    id: str
    stage: str
    kind: str
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """What leads on: from a step's exit, or from a stage, several stages or any, on something that happens."""

    id: str
    #: A step's or stage's id, a tuple of stage ids, or "*".
    source: str | tuple[str, ...]
    to: str
    exit: str | None = None
    on: Mapping[str, Any] | None = None
    where: Mapping[str, Any] | None = None
    not_from: tuple[str, ...] = ()
    enter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a journey is over, with its result."""

    id: str
    name: str = ""
    result: str = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who gets in, and to which stage or step."""

    id: str
    on: Mapping[str, Any]
    to: str
    where: Mapping[str, Any] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What counts as success; it moves nobody."""

    id: str
    name: str = ""
    event: tuple[str, ...] = ()
    where: Mapping[str, Any] | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A whole definition, in drawn order."""

    subject: str
    entries: tuple[Entry, ...]
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    arrows: tuple[Arrow, ...]
    ends: tuple[End, ...]
    goals: tuple[Goal, ...]
    settings: Mapping[str, Any]


def read(raw: Mapping[str, Any]) -> Journey:
    """Turn a definition that has passed `schema.load` into frozen data."""
    return Journey(
        subject=raw.get("subject", "contact"),
        entries=tuple(Entry(**e) for e in raw.get("entries", ())),
        stages=tuple(Stage(**{**s, "tags": tuple(s.get("tags") or ())}) for s in raw.get("stages", ())),
        steps=tuple(Step(**s) for s in raw.get("steps", ())),
        arrows=tuple(_arrow(a) for a in raw.get("arrows", ())),
        ends=tuple(End(**e) for e in raw.get("ends", ())),
        goals=tuple(Goal(**{**g, "event": _names(g.get("event"))}) for g in raw.get("goals", ())),
        settings=raw.get("settings") or {},
    )


def canonical(raw: Mapping[str, Any]) -> str:
    """The definition without its drawing, as text that is equal for equal meaning."""
    meant = {k: v for k, v in raw.items() if k not in DRAWING}
    return json.dumps(meant, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(raw: Mapping[str, Any]) -> str:
    """SHA-256 of `canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


def _arrow(raw: Mapping[str, Any]) -> Arrow:
    source = raw["from"]
    rest = {k: v for k, v in raw.items() if k not in ("from", "not_from")}
    return Arrow(
        source=tuple(source) if isinstance(source, list) else source,
        not_from=tuple(raw.get("not_from") or ()),
        **rest,
    )


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
