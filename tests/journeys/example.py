"""The example of the format's documentation, as a definition."""

from __future__ import annotations

from typing import Any


def example() -> dict[str, Any]:
    """A fresh copy of the documented example."""
    direct = "wecom_direct"
    return {
        "format": 1,
        "subject": "contact",
        "entries": [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}],
        "stages": [
            {"id": "trust", "name": "T+0 建信任", "initial": "welcome"},
            {"id": "first_order", "name": "W1 促首单", "initial": "groupbuy"},
            {"id": "bought", "name": "已购复购", "anchor": {"event": ["order_paid"]}, "initial": "day7", "stay": True},
        ],
        "steps": [
            {"id": "welcome", "stage": "trust", "kind": "send", "name": "1v1 欢迎语",
             "config": {"carrier": direct, "content": "welcome-beauty"}},
            {"id": "groupbuy", "stage": "first_order", "kind": "send",
             "config": {"carrier": direct, "content": "newcomer-groupbuy"}},
            {"id": "day7", "stage": "bought", "kind": "wait", "config": {"until": {"offset": "P7D", "at": "20:00"}}},
            {"id": "recommend", "stage": "bought", "kind": "send",
             "config": {"carrier": direct, "content": "match-1v1"}},
        ],
        "arrows": [
            {"id": "a1", "from": "trust", "on": {"type": "after", "duration": "P7D"}, "to": "first_order"},
            {"id": "a2", "from": ["trust", "first_order", "bought"], "on": {"type": "event", "name": "order_paid"},
             "where": None, "to": "bought"},
            {"id": "a3", "from": "day7", "exit": "next", "to": "recommend"},
            {"id": "a4", "from": "*", "on": {"type": "event", "name": "friend_deleted"}, "to": "lost"},
        ],
        "ends": [{"id": "lost", "name": "已流失", "result": "lost"}],
        "goals": [{"id": "g1", "name": "首单", "event": "order_paid", "where": None, "within": "P30D"}],
        "settings": {
            "reentry": {"mode": "after_exit", "after": "P30D"},
            "timezone": "Asia/Shanghai",
            "quiet_hours": "inherit",
            "holdout_percent": 5,
        },
        "layout": {"trust": {"x": 0, "y": 0, "w": 320, "h": 480}, "welcome": {"x": 24, "y": 64}},
        "notes": [{"id": "n1", "text": "…", "x": 0, "y": 0}],
    }  # fmt: skip
