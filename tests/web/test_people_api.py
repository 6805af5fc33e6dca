"""Contacts and events from outside: taken in, found, changed, told in one line of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from store.database import db
from store.tables import Audit, Inbox
from tests.web.conftest import House
from tests.web.rows import furnish

LIN = {
    "external_id": "c1",
    "name": "林",
    "identities": {"phone": "+86 138 0013 8000", "email": "Lin@Example.com"},
    "attributes": {"city": "杭州", "age": 30},
    "tags": ["vip"],
}


def inbox(house: House) -> list[tuple[str, str]]:
    with house.app.app_context():
        return [tuple(row) for row in db.session.execute(select(Inbox.kind, Inbox.name).order_by(Inbox.id))]


def test_a_batch_is_created_then_updated(house: House) -> None:
    owner = house.client()
    assert owner.post("contacts/batch", json={"contacts": [LIN]}).json == {
        "created": 1,
        "updated": 0,
        "errors": [],
        "merged": 0,
    }
    again = {"external_id": "c1", "attributes": {"city": "苏州", "age": None}, "tags": ["new"]}
    assert owner.post("contacts/batch", json={"contacts": [again]}).json["updated"] == 1
    one = owner.get("contacts").json["items"][0]
    assert one["attributes"] == {"city": "苏州"} and one["tags"] == ["new", "vip"]
    assert one["identities"] == {"phone": "13800138000", "email": "lin@example.com"}


@pytest.mark.parametrize("q", ["林", "c1", "13800138000", "138 0013 8000", "LIN@example.com"])
def test_everybody_is_found_by_name_and_by_whole_identities(house: House, q: str) -> None:
    owner = house.client()
    other = {"external_id": "c2", "name": "100%_sure"}
    owner.post("contacts/batch", json={"contacts": [LIN, other]})
    assert [c["external_id"] for c in owner.get("contacts", query_string={"q": q}).json["items"]] == ["c1"]
    assert owner.get("contacts", query_string={"q": "%_"}).json["items"][0]["external_id"] == "c2"
    assert owner.get("contacts", query_string={"q": "%%"}).json["items"] == []


def test_lists_go_by_cursor_to_the_end_and_miss_nobody(house: House) -> None:
    owner = house.client()
    owner.post("contacts/batch", json={"contacts": [{"external_id": f"c{n}"} for n in range(23)]})
    seen, cursor = [], None
    for _ in range(10):
        page = owner.get("contacts", query_string={"limit": 5, **({"cursor": cursor} if cursor else {})}).json
        seen += [c["external_id"] for c in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"c{n}" for n in reversed(range(23))]


def test_a_change_is_a_signal(house: House) -> None:
    owner = house.client()
    owner.post("contacts/batch", json={"contacts": [LIN]})
    number = owner.get("contacts").json["items"][0]["id"]
    before = len(inbox(house))
    changed = owner.patch(
        f"contacts/{number}", json={"attributes": {"city": "上海"}, "tags": ["gold"], "name": "林某"}
    )
    assert changed.status_code == 200, changed.text
    assert changed.json["attributes"] == {"city": "上海", "age": 30}
    assert changed.json["tags"] == ["gold"] and changed.json["name"] == "林某"
    assert sorted(inbox(house)[before:]) == [("changed", "attribute.city"), ("changed", "tags")]
    bad = owner.patch(f"contacts/{number}", json={"name": "x", "attributes": {"a": {"b": 1}}})
    assert bad.status_code == 422 and bad.json["errors"][0]["path"] == "attributes.a"
    assert owner.get(f"contacts/{number}").json["name"] == "林某", "half of a bad change was kept"


def test_a_contact_without_an_external_id_can_be_changed(house: House) -> None:
    owner = house.client()
    owner.post("contacts/batch", json={"contacts": [{"identities": {"phone": "13900139000"}}]})
    number = owner.get("contacts").json["items"][0]["id"]
    assert owner.patch(f"contacts/{number}", json={"name": "周"}).json["name"] == "周"


@pytest.mark.parametrize(
    ("role", "phone"), [("viewer", "138****8000"), ("analyst", "138****8000"), ("editor", "13800138000")]
)
def test_identities_are_masked_for_who_only_looks(house: House, role: str, phone: str) -> None:
    house.client().post("contacts/batch", json={"contacts": [LIN]})
    one = house.client(role).get("contacts").json["items"][0]
    assert one["identities"]["phone"] == phone
    assert set(one) == {
        "id", "external_id", "name", "timezone", "attributes", "tags", "tiers", "identities",
        "created_at", "updated_at",
    }  # fmt: skip


def test_events_are_durable_counted_and_told_apart(house: House) -> None:
    owner = house.client()
    one = {"event_id": "e1", "name": "order_paid", "external_id": "c1", "properties": {"amount": 99.5}}
    first = owner.post("events", json=one)
    assert first.status_code == 202 and first.json == {"accepted": 1, "duplicates": 0, "errors": []}
    assert inbox(house) == [("event", "order_paid")], "the answer came before the event was stored"
    many = [one, {**one, "event_id": "e2"}, {"name": "x y", "external_id": "c1"}, {"name": "ok", "hat": 1}]
    told = owner.post("events", json={"events": many}).json
    assert (told["accepted"], told["duplicates"]) == (1, 1)
    assert {e["path"].split(".")[0] for e in told["errors"]} == {"events[2]", "events[3]"}


def test_an_event_of_now_needs_no_time_and_one_of_tomorrow_is_refused(house: House) -> None:
    owner = house.client()
    tomorrow = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    event = {"name": "order_paid", "external_id": "c1"}
    single = owner.post("events", json={**event, "occurred_at": tomorrow})
    assert single.status_code == 422 and single.json["errors"][0]["path"] == "occurred_at"
    batch = owner.post("events", json={"events": [event, {**event, "occurred_at": tomorrow}]})
    assert batch.status_code == 422 and batch.json["errors"][0]["path"] == "events[1].occurred_at"
    naive = owner.post("events", json={**event, "occurred_at": "2026-01-01T10:00:00"})
    assert naive.status_code == 422 and naive.json["errors"][0]["path"] == "occurred_at"
    assert inbox(house) == []
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    assert (
        owner.post("events", json={"events": [event, {**event, "occurred_at": soon}]}).json["accepted"] == 2
    )


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ({"name": "order_paid"}, ""),
        ({"name": "order_paid", "external_id": "a", "contact_id": 1}, ""),
        ({"external_id": "a"}, "name"),
        ({"name": "changed", "external_id": "a"}, "name"),
        ({"name": "a", "external_id": ""}, "external_id"),
        ({"name": "a", "identity": {}}, "identity"),
        ({"events": []}, "events"),
        ({"events": [{}] * 1001}, "events"),
        ({"events": [1]}, "events[0]"),
        ({"events": [], "name": "a"}, ""),
    ],
)
def test_events_that_cannot_be_taken(house: House, event: dict[str, Any], path: str) -> None:
    answer = house.client().post("events", json=event)
    assert answer.status_code == 422, answer.text
    assert path in {error["path"] for error in answer.json["errors"]}, answer.json
    assert inbox(house) == []


def test_the_timeline_tells_everything_in_one_line(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    told = owner.get(f"contacts/{rows.contact_id}/timeline").json["items"]
    first = {entry["type"]: entry for entry in reversed(told)}
    assert {"trail", "segment", "message", "event"} <= set(first)
    assert first["trail"]["stage_name"] == "T+0 建信任" and first["message"]["rendered"] == {"text": "你好"}
    seen, cursor = [], None
    while True:
        page = owner.get(
            f"contacts/{rows.contact_id}/timeline",
            query_string={"limit": 1, **({"cursor": cursor} if cursor else {})},
        ).json
        seen += [(entry["type"], entry["id"]) for entry in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted((entry["type"], entry["id"]) for entry in told)


def test_the_timeline_tells_of_segments_entered_and_left(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    made = [owner.post("segments", json={"name": name, "kind": "static"}).json for name in ("常客", "短暂")]
    for one in made:
        people = f"segments/{one['key']}/contacts"
        assert owner.post(people, json={"contact_ids": [rows.contact_id]}).status_code == 200
        owner.post(people, json={"contact_ids": [rows.contact_id], "act": "remove"})
    owner.post(f"segments/{made[0]['key']}/contacts", json={"contact_ids": [rows.contact_id]})
    owner.delete(f"segments/{made[1]['key']}")
    line = f"contacts/{rows.contact_id}/timeline"
    told = owner.get(line, query_string={"kind": "segment"}).json["items"]
    assert sorted((one["segment_name"] or "", one["entered"]) for one in told) == [
        ("", False), ("", True), ("名单", True), ("常客", False), ("常客", True), ("常客", True),
    ]  # fmt: skip
    gone = [one["entered"] for one in told if one["segment_name"] is None]
    assert gone == [False, True], "newest first"
    assert {one["segment"] for one in told if one["segment_name"] is None} == {None}
    assert len(owner.get(f"contacts/{rows.contact_id}/export").json["tables"]["segment_stay"]) == 2


def test_suggestions_are_what_really_came(house: House) -> None:
    owner = house.client()
    owner.post("contacts/batch", json={"contacts": [LIN, {"external_id": "c2", "attributes": {"city": "x"}}]})
    owner.patch(
        f"contacts/{owner.get('contacts').json['items'][0]['id']}", json={"attributes": {"tier": "gold"}}
    )
    names = {a["name"]: a["type"] for a in owner.get("attribute-types").json["items"]}
    assert names["city"] == "text" and names["age"] == "number" and names["tier"] == "text"
    assert [t["name"] for t in owner.get("tags").json["items"]] == ["vip"]
    carriers = {c["carrier"]: c for c in owner.get("carriers").json["items"]}
    assert carriers["wecom_direct"]["goes_to"] == "sandbox" and not carriers["sms"]["has_account"]


def test_each_write_of_people_is_one_line_of_the_audit(house: House) -> None:
    owner = house.client()
    owner.post("contacts/batch", json={"contacts": [LIN]})
    owner.patch(f"contacts/{owner.get('contacts').json['items'][0]['id']}", json={"name": "x\nforged line"})
    lines = owner.get("audit").json["items"]
    assert [line["action"] for line in lines] == ["contact.changed", "contacts.taken"]
    assert all(line["actor"].startswith("key:") for line in lines)
    assert "13800138000" not in str(lines) and "forged" not in str(lines)
    with house.app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Audit)).one() == 2
