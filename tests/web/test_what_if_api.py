"""What if: a real contact, invented events, and not one row written."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.inside_rows import publish, work
from tests.web.test_isolation import everything

HI = {"key": "hi", "name": "问候", "carrier": "wecom_direct", "body": {"text": "{{ contact.name }}，你好"}}
EAST = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "上海"}]}
BIG = {"combinator": "and", "rules": [{"field": "event.amount", "operator": ">", "value": 10}]}
DRAWN: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [
        {"id": "in-1", "name": "加好友", "on": {"type": "event", "name": "friend_added"}, "to": "trust"},
    ],
    "stages": [
        {"id": "trust", "name": "建信任", "initial": "where"},
        {"id": "bought", "name": "已购", "stay": True},
    ],
    "steps": [
        {"id": "where", "stage": "trust", "kind": "branch", "name": "看城市",
         "config": {"rules": [{"exit": "east", "name": "华东", "rule": EAST}]}},
        {"id": "hello", "stage": "trust", "kind": "send", "name": "问好",
         "config": {"carrier": "wecom_direct", "content": "hi"}},
        {"id": "pause", "stage": "trust", "kind": "wait", "name": "等两天", "config": {"until": {"for": "P2D"}}},
    ],
    "arrows": [
        {"id": "a1", "from": "where", "exit": "east", "to": "hello"},
        {"id": "a5", "from": "where", "exit": "else", "to": "pause"},
        {"id": "a2", "from": "hello", "exit": "sent", "to": "pause"},
        {"id": "a3", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "where": BIG, "to": "bought"},
        {"id": "a4", "from": "pause", "exit": "next", "to": "lost"},
    ],
    "ends": [{"id": "lost", "name": "已流失", "result": "lost"}],
    "goals": [{"id": "first", "name": "首单", "event": "order_paid", "within": "P30D"}],
    "settings": {"quiet_hours": None},
}  # fmt: skip


@pytest.fixture
def owner(house: House) -> Any:
    caller = house.client()
    assert caller.post("contents", json=HI).status_code == 201
    person = {"external_id": "lin", "name": "林", "attributes": {"city": "上海"}}
    other = {"external_id": "wu", "name": "吴", "attributes": {"city": "北京"}}
    assert caller.post("contacts/batch", json={"contacts": [person, other]}).status_code == 200
    return caller


def who(owner: Any, name: str = "lin") -> int:
    return int(owner.get(f"contacts?q={name}").json["items"][0]["id"])


def ask(owner: Any, journey: int, name: str = "lin", **asked: Any) -> Any:
    return owner.post(f"journeys/{journey}/what-if", json={"contact_id": who(owner, name), **asked})


def days(answer: dict[str, Any], at: str) -> float:
    begun, then = (datetime.fromisoformat(text) for text in (answer["now"], at))
    return round((then - begun).total_seconds() / 86400, 3)


def test_somebody_who_comes_in_by_an_event(house: House, owner: Any) -> None:
    number = publish(owner, DRAWN)
    before = everything(house)
    events = [
        {"name": "order_paid", "after": "P2D", "properties": {"amount": 30}},
        {"name": "friend_added", "after": "PT24H"},
    ]
    told = ask(owner, number, events=events, days=10)
    assert told.status_code == 200, told.text
    answer = told.json
    assert answer["standing"] is None and answer["kept_out"] is None and answer["ends"] is None
    assert answer["entered"]["entry"] == "in-1" and days(answer, answer["entered"]["at"]) == 1
    assert [(line["words"]["zh"], days(answer, line["at"])) for line in answer["trail"]] == [
        ("由入口「加好友」进入旅程", 1),
        ("进入阶段「建信任」", 1),
        ("因为 city = 上海，走「华东」", 1),
        ("步骤「问好」：已发送", 1),
        ("达成目标「首单」", 2),
        ("因为 事件的 amount = 30，发生 order_paid：进入阶段「已购」", 2),
        ("在阶段「已购」停留", 2),
    ]
    assert answer["trail"][2]["saw"][0]["held"] is True
    (message,) = answer["messages"]
    assert (message["state"], message["text"], message["carrier"]) == ("sent", "林，你好", "wecom_direct")
    assert message["step_name"] == "问好" and days(answer, message["at"]) == 1
    assert [goal["name"] for goal in answer["goals"]] == ["首单"]
    assert answer["place"] == {"status": "resting", "stage": "bought", "step": None, "next_at": None}
    assert everything(house) == before


def test_somebody_who_is_inside_goes_on_from_his_real_place(house: House, owner: Any) -> None:
    number = publish(owner, DRAWN)
    owner.post("events", json={"name": "friend_added", "external_id": "wu"})
    work(house)
    before = everything(house)
    answer = ask(owner, number, "wu", days=5).json
    standing = answer["standing"]
    assert (standing["version"], standing["step_name"], standing["status"]) == (1, "等两天", "waiting")
    assert answer["ends"]["result"] == "lost" and days(answer, answer["ends"]["at"]) <= 2
    assert answer["trail"][-1]["words"]["zh"] == "到达终点「已流失」，离开旅程（流失）"
    # On a drawing of which the step is gone he is led on, as a move would lead him.
    new = copy.deepcopy(DRAWN)
    new["steps"] = [step for step in new["steps"] if step["id"] != "pause"]
    new["arrows"] = [arrow for arrow in new["arrows"] if "pause" not in (arrow["from"], arrow["to"])]
    led = ask(owner, number, "wu", definition=new).json
    assert led["ends"]["result"] == "lost" and days(led, led["ends"]["at"]) == 0
    new["ends"], new["arrows"] = [], [arrow for arrow in new["arrows"] if arrow["to"] != "lost"]
    nowhere = ask(owner, number, "wu", definition=new)
    assert nowhere.status_code == 409 and nowhere.json["code"] == "no-place"
    assert everything(house) == before


def test_holds_and_refusals_are_told_with_their_reasons(house: House, owner: Any) -> None:
    new = copy.deepcopy(DRAWN)
    new["settings"] = {"quiet_hours": ["00:00", "23:59"]}
    number = publish(owner, new)
    held = ask(owner, number, events=[{"name": "friend_added"}], days=3).json["messages"]
    assert [line["state"] for line in held] in (["held", "sent"], ["sent"])
    if len(held) == 2:
        assert "免打扰" in held[0]["because"]["zh"] and held[0]["until"] == held[1]["at"]
    owner.patch(f"contacts/{who(owner)}", json={"attributes": {"no_marketing": True}})
    refused = ask(owner, number, events=[{"name": "friend_added"}]).json["messages"]
    assert [line["state"] for line in refused] == ["skipped"] and refused[0]["because"]["zh"]
    assert refused[0]["text"] is None


def test_why_somebody_would_not_get_in(house: House, owner: Any) -> None:
    new = copy.deepcopy(DRAWN)
    new["entries"][0]["where"] = EAST
    new["settings"]["reentry"] = {"mode": "never"}
    number = publish(owner, new)
    answer = ask(owner, number, "wu", events=[{"name": "friend_added"}]).json
    assert answer["entered"] is None and answer["trail"] == [] and answer["messages"] == []
    out = answer["kept_out"]
    assert out["entry"] == "in-1" and "条件" in out["words"]["zh"]
    assert (out["saw"][0]["saw"], out["saw"][0]["held"]) == ("北京", False)
    # Without events he is put in at once; the entry's own rule is asked all the same.
    assert ask(owner, number, "wu").json["kept_out"]["saw"][0]["saw"] == "北京"
    assert ask(owner, number, entry="nowhere").json["kept_out"]["entry"] is None
    owner.post("events", json={"name": "friend_added", "external_id": "lin"})
    work(house)
    assert ask(owner, number).json["standing"] is not None
    owner.post(f"enrollments/{ask(owner, number).json['standing']['enrollment_id']}/exit")
    work(house)
    again = ask(owner, number, events=[{"name": "friend_added"}]).json
    assert "之前" in again["kept_out"]["words"]["zh"]


def test_history_is_what_the_contact_really_did(house: House, owner: Any) -> None:
    new = copy.deepcopy(DRAWN)
    count = {"field": "history.order_paid.count", "operator": ">=", "value": 2}
    new["steps"][0]["config"]["rules"][0]["rule"] = {"combinator": "and", "rules": [count]}
    number = publish(owner, new)
    owner.post("events", json={"name": "order_paid", "external_id": "lin", "properties": {"amount": 5}})
    work(house)
    once = ask(owner, number, events=[{"name": "friend_added", "after": "P1D"}]).json
    line = next(line for line in once["trail"] if line["step"] == "where")
    assert (line["exit"], line["saw"][0]["saw"]) == ("else", 1)
    events = [{"name": "order_paid", "after": "PT1H"}, {"name": "friend_added", "after": "P1D"}]
    twice = ask(owner, number, events=events).json
    line = next(line for line in twice["trail"] if line["step"] == "where")
    assert (line["exit"], line["saw"][0]["saw"], line["words"]["zh"]) == (
        "east", 2, "因为 “order_paid”的次数 = 2，走「华东」"
    )  # fmt: skip


def test_what_is_wrong_is_told_with_its_place(house: House, owner: Any) -> None:
    number = publish(owner, DRAWN)
    late = ask(owner, number, events=[{"name": "x", "after": "P1D"}, {"name": "x", "after": "P60D"}])
    assert late.status_code == 422 and late.json["errors"][0]["path"] == "events[1].after"
    both = ask(owner, number, events=[{"name": "x", "after": "P1D", "at": "2026-03-01T00:00:00Z"}])
    assert both.status_code == 422
    assert ask(owner, number, definition=DRAWN, version=1).status_code == 422
    assert ask(owner, number, version=9).status_code == 404
    broken = copy.deepcopy(DRAWN)
    broken["steps"][2]["config"] = {}
    assert ask(owner, number, definition=broken).json["code"] == "not-playable"
    stranger = owner.post(f"journeys/{number}/what-if", json={"contact_id": 10**9})
    assert stranger.status_code == 404
    assert (
        house.client(slug="other")
        .post(f"journeys/{number}/what-if", json={"contact_id": who(owner)})
        .status_code
        == 404
    )
