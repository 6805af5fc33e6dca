"""A contact's story over the API: every line in words, with what the rules saw when the engine judged them."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import House
from tests.web.inside_rows import publish, work

ANY = {"combinator": "and", "rules": [{"field": "event.amount", "operator": ">", "value": 10}]}
EAST = {
    "combinator": "and",
    "rules": [{"field": "attribute.city", "operator": "in", "value": ["上海", "杭州"]}],
}
DRAWN: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "name": "加好友", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}],
    "stages": [
        {"id": "trust", "name": "建信任", "initial": "where", "stay": True},
        {"id": "bought", "name": "已购", "stay": True},
    ],
    "steps": [
        {"id": "where", "stage": "trust", "kind": "branch", "name": "看城市",
         "config": {"rules": [{"exit": "east", "name": "华东", "rule": EAST}]}},
        {"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P1D"}}},
    ],
    "arrows": [
        {"id": "a1", "from": "where", "exit": "east", "to": "pause"},
        {"id": "a2", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "where": ANY, "to": "bought"},
    ],
    "ends": [],
    "goals": [],
    "settings": {},
}  # fmt: skip


def test_the_story_of_one(house: House) -> None:
    owner = house.client()
    publish(owner, DRAWN)
    person = {"external_id": "lin", "name": "林", "attributes": {"city": "上海"}}
    assert owner.post("contacts/batch", json={"contacts": [person]}).status_code == 200
    for name, properties in (
        ("friend_added", {}),
        ("order_paid", {"amount": 3}),
        ("order_paid", {"amount": 30}),
    ):
        event = {"name": name, "external_id": "lin", "properties": properties}
        assert owner.post("events", json=event).status_code == 202
        work(house)
    (contact,) = owner.get("contacts?q=lin").json["items"]
    (one,) = owner.get(f"contacts/{contact['id']}/enrollments").json["items"]
    lines = owner.get(f"enrollments/{one['id']}/history").json["items"]
    assert [line["words"]["zh"] for line in lines] == [
        "由入口「加好友」进入旅程",
        "进入阶段「建信任」",
        "因为 city = 上海，走「华东」",
        "因为 事件的 amount = 30，发生 order_paid：进入阶段「已购」",
        "在阶段「已购」停留",
    ]
    assert lines[2]["words"]["en"] == 'took "华东" at "看城市", because city = 上海'
    assert lines[2]["saw"] == [
        {
            "field": "attribute.city",
            "name": {"zh": "city", "en": "city"},
            "operator": "in",
            "value": ["上海", "杭州"],
            "saw": "上海",
            "held": True,
        }
    ]
    assert lines[2]["detail"] == {"saw": {"attribute.city": "上海"}}
    assert [line["saw"] for line in lines if line["op"] in ("open", "rest")] == [[], []]
    told = owner.get(f"contacts/{contact['id']}/timeline").json["items"]
    trail = [entry for entry in told if entry["type"] == "trail"]
    assert {entry["words"]["zh"] for entry in trail} == {line["words"]["zh"] for line in lines}


def test_what_was_seen_does_not_change_with_the_contact(house: House) -> None:
    owner = house.client()
    publish(owner, DRAWN)
    person = {"external_id": "lin", "attributes": {"city": "杭州"}}
    owner.post("contacts/batch", json={"contacts": [person]})
    owner.post("events", json={"name": "friend_added", "external_id": "lin"})
    work(house)
    (contact,) = owner.get("contacts?q=lin").json["items"]
    owner.patch(f"contacts/{contact['id']}", json={"attributes": {"city": "北京"}})
    work(house)
    (one,) = owner.get(f"contacts/{contact['id']}/enrollments").json["items"]
    lines = owner.get(f"enrollments/{one['id']}/history").json["items"]
    assert next(line for line in lines if line["op"] == "step")["saw"][0]["saw"] == "杭州"
