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


def redrawn(**parts: Any) -> dict[str, Any]:
    return {**DEFINITION, **parts}


def test_a_draft_is_saved_by_its_revision_or_not_at_all(house: House) -> None:
    owner, number = made(house)
    address, named = f"journeys/{number}/draft", redrawn(goals=[{"id": "g", "event": "order_paid"}])
    assert owner.put(address, json={"definition": named}).status_code == 428
    saved = owner.put(address, json={"definition": named}, headers={"If-Match": '"1"'})
    assert saved.json == {"revision": 2} and saved.headers["ETag"] == '"2"'
    late = owner.put(address, json={"definition": DEFINITION}, headers={"If-Match": '"1"'})
    assert late.status_code == 409 and late.json["code"] == "draft-moved"
    assert (late.json["theirs"], late.json["yours"]) == (2, 1)
    assert owner.get(address).json["definition"] == named
    for nonsense in ('"x"', "*", '"1.5"', '"' + "9" * 30 + '"'):
        assert (
            owner.put(address, json={"definition": named}, headers={"If-Match": nonsense}).status_code == 422
        )


def test_a_drawing_with_errors_is_not_published_and_says_why(house: House) -> None:
    steps = [
        {"id": "hello", "stage": "trust", "kind": "send", "config": {"carrier": "sms", "content": "nowhere"}}
    ]
    stages = [*DEFINITION["stages"][1:], {"id": "trust", "initial": "hello"}]
    owner, number = made(house, redrawn(steps=steps, arrows=[], stages=stages))
    refused = owner.post(
        f"journeys/{number}/publish", json={"revision": 1}, headers={"Accept-Language": "en"}
    )
    assert refused.status_code == 422 and refused.json["code"] == "not-publishable"
    errors = [p for p in refused.json["problems"] if p["severity"] == "error"]
    assert any(p["node"] == "hello" for p in errors)
    assert {"zh", "en"} == set(errors[0]["message"])
    assert refused.json["detail"].isascii()
    assert owner.get(f"journeys/{number}").json["status"] == "draft"
    moved = owner.post(f"journeys/{number}/publish", json={"revision": 7})
    assert moved.status_code == 409 and moved.json["code"] == "draft-moved"


def test_a_life(house: House) -> None:
    owner, number = made(house)
    early = owner.post(f"journeys/{number}/pause", json={})
    assert early.status_code == 409 and early.json["code"] == "not-allowed" and "草稿" in early.json["detail"]
    owner.post(f"journeys/{number}/publish", json={"revision": 1})
    assert owner.get(f"journeys/{number}").json["can"] == ["publish", "pause", "archive"]
    paused = owner.post(f"journeys/{number}/pause", json={"on_resume": "shift"}).json
    assert paused["status"] == "paused" and paused["on_resume"] == "shift" and paused["paused_at"]
    assert owner.post(f"journeys/{number}/enroll", json={"external_ids": ["x"]}).json["code"] == "not-live"
    assert owner.post(f"journeys/{number}/resume").json["status"] == "live"
    assert owner.delete(f"journeys/{number}").json["code"] == "not-a-draft"
    assert owner.post(f"journeys/{number}/archive", json={}).json["status"] == "archived"
    assert owner.post(f"journeys/{number}/resume", json={}).status_code == 409
    lines = [line["action"] for line in owner.get("audit").json["items"]]
    assert lines == [
        "journey.archived",
        "journey.resumed",
        "journey.paused",
        "journey.published",
        "journey.created",
    ]


def test_numbers_of_a_version_come_from_what_is_kept(house: House) -> None:
    from tests.web.rows import furnish

    rows = furnish(house, "main")
    told = house.client("viewer").get(f"journeys/{rows.journey_id}/stats").json
    assert told["version"] == 1 and told["inside"] == 1 and told["entered"] == 1
    assert told["nodes"]["trust"] == {"here": 1, "passed": 1, "median_secs": None}
    assert told["exits"] == {"pause:next": 4} and told["arrows"] == {"a1": 4}
    assert told["ended"] == {"lost": 2} and told["resting"] == {"bought": 3}
    assert house.client().get(f"journeys/{rows.draft_id}/stats").json["version"] is None


def test_why_somebody_stands_where_he_stands(house: House) -> None:
    from tests.web.rows import furnish

    rows = furnish(house, "main")
    viewer = house.client("viewer")
    one = viewer.get(f"enrollments/{rows.enrollment_id}").json
    assert one["stage_name"] == "T+0 建信任" and one["contact_name"] == "林-main"
    assert one["waiting_for"]["zh"].startswith("等到 2026-03-03 10:00")
    assert one["waiting_for"]["en"].startswith("Waits until 2026-03-03 10:00")
    assert (
        one["moved_by"] == {"zh": "支付订单；删除好友", "en": "order paid; friend deleted"}
        and one["next_at"] == "2026-03-03T02:00:00+00:00"
    )
    assert viewer.get(f"enrollments/{rows.enrollment_id}/history").json["items"][0]["op"] == "stage"
    inside = f"journeys/{rows.journey_id}/enrollments"
    assert len(viewer.get(inside, query_string={"stage": "trust", "status": "waiting"}).json["items"]) == 1
    assert viewer.get(inside, query_string={"step": "other"}).json["items"] == []
    assert len(viewer.get(inside, query_string={"version": 1}).json["items"]) == 1
    assert viewer.get(inside, query_string={"version": 2}).status_code == 404
    assert viewer.get(f"contacts/{rows.contact_id}/enrollments").json["items"][0]["id"] == rows.enrollment_id


def test_people_are_put_in_by_hand_and_by_program(house: House) -> None:
    from sqlalchemy import select

    from store.database import db
    from store.tables import Inbox
    from tests.web.rows import furnish

    rows = furnish(house, "main")
    address = f"journeys/{rows.journey_id}/enroll"
    told = house.client().post(address, json={"external_ids": ["c-main", "stranger"], "entry": "in-2"}).json
    assert told["accepted"] == 1 and told["errors"][0]["path"] == "external_ids[1]"
    assert house.browser().post(address, json={"contact_ids": [rows.contact_id]}).json["accepted"] == 1
    with house.app.app_context():
        query = select(Inbox).where(Inbox.kind == "enroll", Inbox.contact_id == rows.contact_id)
        signals = [s for s in db.session.scalars(query.order_by(Inbox.id)) if s.data]
        assert [s.data for s in signals] == [{"by": "api", "entry": "in-2"}, {"by": "hand", "entry": None}]
        assert {s.contact_id for s in signals} == {rows.contact_id} and {s.state for s in signals} == {"new"}
    refused = house.client().post(address, json={"contact_ids": [rows.contact_id], "entry": "nowhere"})
    assert refused.status_code == 422 and refused.json["errors"][0]["path"] == "entry"
    assert house.client().post(address, json={}).status_code == 422


def test_a_drawing_leaves_as_a_file(house: House) -> None:
    owner, number = made(house)
    as_json = owner.get(f"journeys/{number}/export")
    assert as_json.json == DEFINITION and "attachment" in as_json.headers["Content-Disposition"]
    mermaid = owner.get(f"journeys/{number}/export?as=mermaid").text
    assert "stateDiagram" in mermaid and "trust" in mermaid
    assert owner.get(f"journeys/{number}/export?as=scxml").text.lstrip().startswith("<")
    assert owner.get(f"journeys/{number}/export?version=1").status_code == 404
    assert owner.get(f"journeys/{number}/export?as=exe").status_code == 422


def test_kinds_come_with_forms_exits_and_words(house: House) -> None:
    told = house.client("viewer").get("kinds").json
    kinds = {kind["kind"]: kind for kind in told["items"]}
    assert set(kinds) >= {"wait", "wait_event", "branch", "split", "send", "update", "tag", "goal", "enroll"}
    assert all({"zh", "en"} == set(kind["title"]) for kind in kinds.values())
    assert all("failed" in {e["id"] for e in kind["side_exits"]} for kind in kinds.values())
    ways = {"event", "segment", "channel", "tag", "date", "schedule", "hand", "api"}
    assert {entry["type"] for entry in told["entries"]} == ways
    assert {"event", "after", "at", "when", "changed", "done"} == {arrow["type"] for arrow in told["arrows"]}
    operators = {operator["operator"] for operator in told["rule"]["operators"]}
    assert all(set(field["operators"]) <= operators for field in told["rule"]["fields"])


def test_a_simulation_is_the_same_for_the_same_seed_and_bounded(house: House) -> None:
    owner, number = made(house)
    asked = {"contacts": 30, "days": 20, "seed": 7, "start": "2026-03-01T00:00:00Z"}
    first = owner.post(f"journeys/{number}/simulate", json=asked).json
    assert first == owner.post(f"journeys/{number}/simulate", json=asked).json
    assert first["paths"][0]["trail"][0]["op"] == "open"
    much = owner.post(f"journeys/{number}/simulate", json={"contacts": 5000, "days": 1500})
    assert much.status_code == 422 and much.json["code"] == "too-much"
