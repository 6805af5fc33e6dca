"""Journeys from outside: drawn, saved, checked, simulated, published, watched."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import House

DEFINITION: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [
        {"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"},
        {"id": "in-2", "on": {"type": "hand"}, "to": "trust"},
    ],
    "stages": [
        {"id": "trust", "name": "T+0 建信任", "initial": "pause"},
        {"id": "bought", "name": "已购", "stay": True},
    ],
    "steps": [{"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P1D"}}}],
    "arrows": [
        {"id": "a1", "from": "pause", "exit": "next", "to": "bought"},
        {"id": "a2", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "to": "bought"},
        {"id": "a3", "from": "*", "on": {"type": "event", "name": "friend_deleted"}, "to": "lost"},
    ],
    "ends": [{"id": "lost", "name": "已流失", "result": "lost"}],
    "goals": [],
    "settings": {},
    "layout": {"trust": {"x": 0, "y": 0}},
}


def made(house: House, definition: dict[str, Any] | None = None, name: str = "新客") -> tuple[Any, int]:
    owner = house.client()
    answer = owner.post("journeys", json={"name": name, "definition": definition or DEFINITION})
    assert answer.status_code == 201, answer.text
    return owner, answer.json["id"]


def test_from_the_drawing_to_a_live_version(house: House) -> None:
    owner, number = made(house)
    draft = owner.get(f"journeys/{number}/draft")
    assert draft.json["revision"] == 1 and draft.headers["ETag"] == '"1"'
    found = owner.post(f"journeys/{number}/check", json={}).json
    assert found["counts"]["error"] == 0, found
    played = owner.post(f"journeys/{number}/simulate", json={"contacts": 20, "days": 10, "seed": 3}).json
    assert played["entered"] > 0 and len(played["days"]) == 10
    answer = owner.post(f"journeys/{number}/publish", json={"revision": 1})
    assert answer.status_code == 200 and answer.json["version"] == 1 and answer.json["new"], answer.text
    seen = owner.get(f"journeys/{number}").json
    assert seen["status"] == "live" and seen["live_version"]["number"] == 1 and seen["inside"] == 0
    assert owner.get(f"journeys/{number}/versions/1").json["definition"] == DEFINITION
    assert owner.get(f"journeys/{number}/stats").json["version"] == 1
