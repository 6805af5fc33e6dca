"""Small journeys for tests of the engine."""

from __future__ import annotations

from typing import Any


def journey(
    *,
    stages: list[dict[str, Any]],
    steps: list[dict[str, Any]] = (),  # type: ignore[assignment]
    arrows: list[dict[str, Any]] = (),  # type: ignore[assignment]
    entries: list[dict[str, Any]] | None = None,
    ends: list[dict[str, Any]] | None = None,
    goals: list[dict[str, Any]] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """A definition; one entry by `joined` to the first stage unless others are given."""
    first = stages[0]["id"]
    return {
        "format": 1,
        "subject": "contact",
        "entries": entries or [{"id": "in-1", "on": {"type": "event", "name": "joined"}, "to": first}],
        "stages": stages,
        "steps": list(steps),
        "arrows": list(arrows),
        "ends": ends
        if ends is not None
        else [{"id": "lost", "result": "lost"}, {"id": "won", "result": "converted"}],
        "goals": goals or [],
        "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None, **settings},
    }


def step(id: str, stage: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"id": id, "stage": stage, "kind": kind, "config": config}


def send(id: str, stage: str, content: str = "hello", **config: Any) -> dict[str, Any]:
    return step(id, stage, "send", carrier="wecom_direct", content=content, **config)


def wait(id: str, stage: str, **until: Any) -> dict[str, Any]:
    return step(id, stage, "wait", until=until)


def exits(id: str, source: str, exit: str, to: str) -> dict[str, Any]:
    return {"id": id, "from": source, "exit": exit, "to": to}


def on_event(id: str, source: Any, name: str, to: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "from": source, "on": {"type": "event", "name": name}, "to": to, **more}


def after(id: str, source: Any, duration: str, to: str) -> dict[str, Any]:
    return {"id": id, "from": source, "on": {"type": "after", "duration": duration}, "to": to}


def rule(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {
        "combinator": "and",
        "not": False,
        "rules": [{"field": field, "operator": operator, "value": value}],
    }


#: Greets, waits two days, offers; buying at any time leads to `bought`, where a week later is asked; deleting ends.
SHOP = journey(
    stages=[
        {"id": "trust", "initial": "greet"},
        {"id": "bought", "initial": "thank", "stay": True},
    ],
    steps=[
        send("greet", "trust", "welcome"),
        wait("two-days", "trust", **{"for": "P2D", "at": "10:00"}),
        send("offer", "trust", "offer"),
        send("thank", "bought", "thanks"),
        wait("week", "bought", **{"for": "P7D"}),
        send("ask", "bought", "how-is-it"),
    ],
    arrows=[
        exits("a1", "greet", "sent", "two-days"),
        exits("a2", "two-days", "next", "offer"),
        exits("a3", "thank", "sent", "week"),
        exits("a4", "week", "next", "ask"),
        on_event("a5", ["trust", "bought"], "order_paid", "bought"),
        on_event("a6", "*", "friend_deleted", "lost"),
        after("a7", "trust", "P30D", "lost"),
    ],
    goals=[{"id": "first-order", "event": "order_paid", "within": "P30D"}],
    reentry={"mode": "after_exit"},
)
