"""Stop and guards over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audience.tables import Event
from store import clock
from store.database import begin_write, db
from store.tables import Outbox
from store.tables_guards import Breaker
from tests.web.conftest import House
from tests.web.guard_rows import GUARD
from tests.web.rows import furnish


def test_stop_and_let_go(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    assert owner.get("stop").json["state"] == "sending"
    told = owner.post("stop", json={"reason": "价格写错了"}).json
    assert (told["state"], told["reason"]) == ("stopped", "价格写错了")
    again = owner.post("stop", json={"reason": "另一个理由"}).json
    assert (again["state"], again["reason"], again["since"]) == ("stopped", "价格写错了", told["since"])
    assert house.client("viewer").get("stop").json["state"] == "stopped"
    assert house.client("owner", "other").get("stop").json["state"] == "sending"
    assert owner.delete("stop", query_string={"note": "改好了"}).json["state"] == "releasing"
    assert owner.delete("stop").status_code == 409
    (kept,) = owner.get("stop").json["history"]
    assert (kept["reason"], kept["note"]) == ("价格写错了", "改好了")
    assert rows.workspace_id


@pytest.mark.parametrize("role", ["viewer", "analyst", "editor"])
def test_only_owners_stop(house: House, role: str) -> None:
    assert house.client(role).post("stop", json={"reason": "x"}).status_code == 403
    assert house.client(role).delete("stop").status_code == 403


def test_a_reason_is_needed(house: House) -> None:
    for body in ({}, {"reason": " "}, {"reason": 1}, {"reason": "x", "more": 1}, {"reason": "x" * 501}):
        assert house.client().post("stop", json=body).status_code == 422, body


def test_ready_while_stopped_and_counted_in_metrics(house: House) -> None:
    house.client().post("stop", json={"reason": "x"})
    nobody = house.nobody()
    assert nobody.get("/metrics").text.count("roadbook_workspaces_stopped 1.0") == 1


def test_a_guard_is_made_changed_and_taken_away(house: House) -> None:
    owner = house.client()
    offered = owner.get("guards").json["offered"]
    assert {one["key"] for one in offered} >= {"deletion_pause", "complaint_pause", "failure_tell"}
    for one in offered:
        made = owner.post("guards", json={"name": one["name"]["zh"], "rule": one["rule"]})
        assert made.status_code == 201, made.text
    number = made.json["id"]
    assert owner.patch(f"guards/{number}", json={"state": "off"}).json["state"] == "off"
    assert owner.delete(f"guards/{number}").status_code == 204
    assert owner.patch(f"guards/{number}", json={"state": "on"}).status_code == 404
    assert len(owner.get("guards").json["items"]) == len(offered) - 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "luck"}, {"percent": 0}, {"percent": None}, {"minimum": 0}, {"factor": 1},
        {"within_hours": 1000}, {"per": "people"}, {"over_hours": 1.5}, {"more": 1}, {"percent": 1e308 * 10},
    ],
)  # fmt: skip
def test_odd_rules_are_refused(house: House, wrong: dict[str, object]) -> None:
    for path in ("guards", "guards/preview"):
        body = {"name": "x", "rule": {**GUARD, **wrong}} if path == "guards" else {"rule": {**GUARD, **wrong}}
        assert house.client().post(path, json=body).status_code in (400, 422), (path, wrong)


def test_trips_are_listed_by_name_and_released_with_a_note(house: House) -> None:
    rows = furnish(house, "main")
    editor = house.client("editor")
    (trip,) = editor.get("guards/trips", query_string={"state": "open", "journey_id": rows.journey_id}).json[
        "items"
    ]
    assert (trip["journey_id"], trip["step"], trip["held"]) == (rows.journey_id, "pause", True)
    assert trip["title"].startswith("活的 · ") and trip["guard"] == "删好友"
    assert editor.post(f"guards/trips/{trip['id']}/release", json={"note": ""}).status_code == 422
    told = editor.post(f"guards/trips/{trip['id']}/release", json={"note": "换了文案"}).json
    assert told["note"] == "换了文案" and told["released_by"]
    assert editor.post(f"guards/trips/{trip['id']}/release", json={"note": "x"}).status_code == 409
    assert editor.get("guards/trips", query_string={"state": "open"}).json["items"] == []
    assert editor.get("guards/trips", query_string={"journey_id": 10**9}).json["items"] == []


def test_the_preview_counts_what_would_have_tripped(house: House) -> None:
    rows = furnish(house, "main")
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        now = clock.now(session)
        for number in range(60):
            at = now - timedelta(days=3, minutes=number)
            session.add(
                Outbox(
                    workspace_id=rows.workspace_id, key=f"9:{number}:1", journey_id=rows.journey_id, version_id=1,
                    enrollment_id=rows.enrollment_id, contact_id=9000 + number, step="pause", visit=1, seq=1,
                    carrier="wecom_direct", content="hello", scene={}, due_at=at, not_before=at, state="delivered",
                    sent_at=at,
                )
            )  # fmt: skip
        for number in range(4):
            at = now - timedelta(days=3) + timedelta(minutes=10)
            session.add(
                Event(
                    id=90_000 + number, workspace_id=rows.workspace_id, contact_id=9000 + number,
                    name="friend_deleted", occurred_at=at, stored_at=at, properties={},
                )
            )  # fmt: skip
        session.commit()
    owner = house.client()
    told = owner.post("guards/preview", json={"rule": GUARD}).json
    assert (told["known"], told["count"], told["hits"]) == (True, 1, 4)
    assert told["trips"][0]["hits"] == 4 and told["trips"][0]["title"].startswith("活的")
    assert owner.post("guards/preview", json={"rule": {**GUARD, "percent": 10}}).json["count"] == 0
    assert owner.post("guards/preview", json={"rule": {**GUARD, "measure": "complaint"}}).json["count"] == 0
    assert owner.post("guards/preview", json={"rule": {**GUARD, "measure": "failure"}}).json["count"] == 0
    staff = {**GUARD, "per": "staff", "action": "tell"}
    assert owner.post("guards/preview", json={"rule": staff}).json["known"] is False


def test_a_connection_tells_of_its_breaker(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    assert owner.get(f"connections/{rows.connection_id}").json["breaker"] is None
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        now = clock.now(session)
        session.add(
            Breaker(
                workspace_id=rows.workspace_id, carrier="email", state="open", failures=5, pause_secs=10.0,
                until=now, opened_at=now, last_key="1:1:1", last_error="Retryable: 503 was answered", changed_at=now,
            )
        )  # fmt: skip
        session.commit()
    told = owner.get(f"connections/{rows.connection_id}").json["breaker"]
    assert (told["state"], told["carrier"], told["failures"]) == ("open", "email", 5)
    assert 'roadbook_breakers_open{carrier="email"} 1.0' in house.nobody().get("/metrics").text


def test_the_language_of_what_members_are_told_is_chosen_by_the_owner(house: House) -> None:
    owner, here = house.client(), house.ids["main"]

    def now() -> str:
        return str(
            next(one for one in owner.get("workspaces").json["items"] if one["id"] == here)["language"]
        )

    assert now() == "zh"
    assert owner.patch(f"workspaces/{here}", json={"language": "en"}).json["language"] == "en" == now()
    assert owner.patch(f"workspaces/{here}", json={"language": "fr"}).status_code == 422
    assert house.client("editor").patch(f"workspaces/{here}", json={"language": "zh"}).status_code == 403
    assert now() == "en"
