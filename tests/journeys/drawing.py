"""Definitions in a few words, for examples that a reader should take in at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def chart(
    stages: Mapping[str, Any],
    steps: Mapping[str, tuple[Any, ...]],
    arrows: Sequence[tuple[Any, ...]],
    ends: Mapping[str, str] | None = None,
    to: str | None = None,
) -> dict[str, Any]:
    """A definition with one entry `in`, by hand.

    `stages`: {id: initial, or {"initial": …, "stay": …}}; `steps`: {id: (stage, kind, config?)};
    `arrows`: (from, exit or `on`, to, more?), named a1, a2, … as drawn; `ends`: {id: result}.
    """
    return {
        "format": 1,
        "subject": "contact",
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": to or next(iter(stages))}],
        "stages": [
            {"id": k, "name": k, **(v if isinstance(v, Mapping) else {"initial": v} if v else {})}
            for k, v in stages.items()
        ],
        "steps": [
            {"id": k, "stage": v[0], "kind": v[1], "config": v[2] if len(v) > 2 else send(k)}
            for k, v in steps.items()
        ],
        "arrows": [_arrow(f"a{n}", *a) for n, a in enumerate(arrows, 1)],
        "ends": [{"id": k, "name": k, "result": v} for k, v in (ends or {}).items()],
        "settings": {"timezone": "Asia/Shanghai"},
    }


def _arrow(id_: str, source: Any, by: Any, to: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    how = {"exit": by} if isinstance(by, str) else {"on": by}
    return {"id": id_, "from": source, **how, "to": to, **(more or {})}


def send(content: str) -> dict[str, Any]:
    return {"carrier": "sandbox", "content": content}


def event(*names: str) -> dict[str, Any]:
    return {"type": "event", "name": names[0] if len(names) == 1 else list(names)}


def after(duration: str) -> dict[str, Any]:
    return {"type": "after", "duration": duration}


def at(**moment: Any) -> dict[str, Any]:
    return {"type": "at", **moment}


def when(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "when", "rule": rule(field, operator, value)}


def rule(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


def wait(**moment: Any) -> dict[str, Any]:
    return {"until": moment}


DONE = {"type": "done"}
