"""The API of the reach policy: set as a whole, said in words, tried on a contact, planned ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audience.tables import Contact
from journeys.tables import Enrollment, Version
from store.database import db
from store.tables import Outbox
from store.tables_reach import AskAgain
from tests.web.conftest import House
from tests.web.rows import furnish

CAP = {"most": 1, "per": "P7D", "carriers": ["sms"], "who": None, "when_full": "hold"}
EMPTY: dict[str, Any] = {"revision": 0}


def test_policies_are_read_set_as_a_whole_and_said_in_words(house: House) -> None:
    owner = house.client()
    before = owner.get("policies").json
    assert before["revision"] == 0 and before["policies"]["caps"] == []
    assert [one["kind"] for one in before["list"]] == ["consent", "blocked", "quiet_hours", "window"]
    given = {
        **EMPTY,
        "quiet_hours": ["22:00", "08:00"],
        "one_a_minute": True,
        "hours": [{"carriers": ["sms"], "window": {"from": "09:00", "to": "18:00", "workdays": True}}],
        "quotas": [{"carriers": ["wecom_direct"], "day": 1, "month": 4, "monthdays": [1, -1]}],
        "caps": [CAP],
    }
    after = owner.put("policies", json=given)
    assert after.status_code == 200, after.text
    assert after.json["revision"] == 1 and after.json["quiet_hours"] == ["22:00", "08:00"]
    kinds = [one["kind"] for one in after.json["list"]]
    assert kinds[4:] == ["hours", "one_a_minute", "quota", "cap"]
    said = {one["kind"]: one["words"] for one in after.json["list"]}
    assert said["cap"]["zh"] == "每位客户：短信任意 7 天内最多 1 次；满了就等到有空位"
    assert "22:00" in said["quiet_hours"]["zh"] and "4" in said["quota"]["en"]
    moved = owner.put("policies", json=given)
    assert (moved.status_code, moved.json["code"], moved.json["theirs"]) == (409, "policies-moved", 1)
    assert house.client("owner", "other").get("policies").json["revision"] == 0


def test_after_a_change_those_who_are_held_are_to_be_asked_again(house: House) -> None:
    owner = house.client()

    def wanted() -> list[tuple[int, int | None, int]]:
        with house.app.app_context():
            rows = db.session.scalars(select(AskAgain))
            return [(row.workspace_id, row.message, row.up_to) for row in rows]

    here = owner.get("workspaces").json["items"][0]["id"]
    assert owner.put("policies", json={**EMPTY, "caps": [CAP]}).status_code == 200
    assert wanted() == [(here, 0, 0)]
    with house.app.app_context():
        db.session.execute(update(AskAgain).values(message=None, up_to=77))
        db.session.commit()
    assert owner.patch(f"workspaces/{here}", json={"quiet_hours": None}).status_code == 200
    assert wanted() == [(here, 0, 0)], "under way, and begun anew"


def test_what_is_wrong_is_said_at_its_place(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    tier = {"tier": rows.dimension_key, "level": "none"}
    for wrong, path in (
        ({"caps": [{**CAP, "per": "P1M"}]}, "caps[0].per"),
        ({"caps": [{**CAP, "most": -1}]}, "caps[0].most"),
        ({"caps": [{**CAP, "carriers": ["pigeon"]}]}, "caps[0].carriers[0]"),
        ({"caps": [CAP, {**CAP, "who": tier}]}, "caps[1].who"),
        ({"caps": [{**CAP, "who": {"tag": "a", "tier": "b"}}]}, "caps[0].who"),
        ({"quotas": [{"carriers": []}]}, "quotas[0]"),
        ({"quotas": [{"carriers": [], "monthdays": [0]}]}, "quotas[0].monthdays[0]"),
        ({"hours": [{"window": {"from": "9", "to": "18:00"}}]}, "hours[0].window.window[0]"),
        ({"priority": {"hours": 4, "journeys": ["none"]}}, "priority.journeys[0]"),
        ({"quiet_hours": ["22:00"]}, "quiet_hours"),
        ({"caps": [CAP] * 61}, "caps"),
    ):
        bad = owner.put("policies", json=EMPTY | wrong)
        assert bad.status_code == 422, (wrong, bad.text)
        assert path in {error["path"] for error in bad.json["errors"]}, (wrong, bad.json["errors"])
    assert owner.get("policies").json["revision"] == 0


def test_templates_begin_with_the_workspace_s_own_tiers(house: House) -> None:
    assert [one["key"] for one in house.client().get("policies/templates").json["items"]] == [
        "wecom",
        "gentle",
    ]
    furnish(house, "main")
    owner = house.client()
    made = {one["key"]: one for one in owner.get("policies/templates").json["items"]}
    most = [cap["most"] for cap in made["by_tier"]["policies"]["caps"] if cap["who"]]
    assert most == sorted(most, reverse=True) and most[0] == 5 and most[-1] == 1
    for one in made.values():
        kept = owner.put(
            "policies", json={"revision": owner.get("policies").json["revision"], **one["policies"]}
        )
        assert kept.status_code == 200, kept.text


def test_a_policy_is_tried_on_a_contact_before_it_is_saved(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    now = datetime(2026, 3, 3, 4, tzinfo=UTC)
    with house.app.app_context():
        session: Session = db.session()
        session.add(_message(house.ids["main"], rows.contact_id, now - timedelta(days=1), "sms"))
        session.commit()
    asked = {"contact_id": rows.contact_id, "carrier": "sms", "at": now.isoformat()}
    assert owner.post("policies/try", json=asked).json["answer"]["act"] == "go"
    found = owner.post("policies/try", json={**asked, "policies": {"caps": [CAP]}}).json
    assert found["answer"]["act"] == "hold" and found["answer"]["because"] == "cap-full"
    assert found["answer"]["until"].startswith("2026-03-09T04:00")
    assert found["asked"][-1]["answer"]["act"] == "hold" and found["asked"][0]["answer"]["act"] == "go"
    assert {"at": (now - timedelta(days=1)).isoformat(), "carrier": "sms"} in found["touches"]
    other = owner.post("policies/try", json={**asked, "carrier": "email", "policies": {"caps": [CAP]}})
    assert other.json["answer"]["act"] == "go"
    assert house.client("owner", "other").post("policies/try", json=asked).status_code == 404


def test_the_planner_tells_what_would_be_held(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    with house.app.app_context():
        session: Session = db.session()
        session.get_one(Contact, rows.contact_id)
        assert session.query(Enrollment).count() and session.query(Version).count()
    told = owner.post("policies/plan", json={"days": 7})
    assert told.status_code == 200, told.text
    assert len(told.json["days"]) == 8 and told.json["of"] >= told.json["sample"]
    for one in told.json["carriers"]:
        assert len(one["per_day"]) == 8 and set(one["per_day"][0]) == {"sent", "moved", "held", "refused"}


def _message(workspace: int, contact: int, at: datetime, carrier: str) -> Outbox:
    return Outbox(
        workspace_id=workspace, key="k:1:1", journey_id=1, version_id=1, enrollment_id=1, contact_id=contact,
        step="s", visit=1, seq=1, carrier=carrier, content="hello", due_at=at, not_before=at, state="sent",
    )  # fmt: skip
