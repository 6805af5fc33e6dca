"""Acts by hand over the API, carried out by the real engine."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.inside_rows import enter, publish, work
from tests.web.test_journeys_api import DEFINITION

AWAITING = copy.deepcopy(DEFINITION)
AWAITING["entries"] = [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}]


@pytest.fixture
def owner(house: House) -> Any:
    return house.client()


def place(owner: Any, number: int) -> tuple[str, str | None, str | None]:
    told = owner.get(f"enrollments/{number}").json
    return told["result"] or told["status"], told["stage"], told["step"]


def test_each_act_on_one(house: House, owner: Any) -> None:
    publish(owner, AWAITING)
    one, two, three, four = enter(house, owner, 4)
    for number, act, body in (
        (one, "exit", {"result": "unsubscribed"}),
        (two, "move", {"to": "bought"}),
        (three, "skip", None),
        (four, "retry", {}),
    ):
        answer = (
            owner.post(f"enrollments/{number}/{act}", json=body)
            if body is not None
            else owner.post(f"enrollments/{number}/{act}")
        )
        assert answer.status_code == 202, answer.text
        assert answer.json == {"accepted": 1, "on_resuming": False, "errors": []}
    work(house)
    assert place(owner, one) == ("unsubscribed", "trust", None)
    assert place(owner, two) == ("resting", "bought", None)
    assert place(owner, three) == ("resting", "bought", None)
    assert place(owner, four) == ("waiting", "trust", "pause")
    lines = owner.get("audit").json["items"][:4]
    assert [line["action"] for line in lines] == [
        f"enrollment.{a}" for a in ("retry", "skip", "move", "exit")
    ]
    assert lines[3]["target"] == f"enrollment:{one}" and lines[3]["detail"]["result"] == "unsubscribed"
    assert owner.post(f"enrollments/{one}/exit").json["code"] == "ended"
    assert owner.post(f"enrollments/{two}/retry").json["code"] == "no-step"


def test_a_place_that_its_version_does_not_have_is_refused_with_those_it_has(
    house: House, owner: Any
) -> None:
    publish(owner, AWAITING)
    (one,) = enter(house, owner, 1)
    answer = owner.post(f"enrollments/{one}/move", json={"to": "moon"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422 and answer.json["errors"][0]["path"] == "to"
    assert "trust, bought, pause, lost" in answer.json["errors"][0]["message"]
    assert {place["id"]: place["part"] for place in answer.json["places"]} == {
        "trust": "stage", "bought": "stage", "pause": "step", "lost": "end",
    }  # fmt: skip
    for wrong in ({}, {"to": "a1"}, {"to": 3}, {"to": "bought", "more": 1}):
        assert owner.post(f"enrollments/{one}/move", json=wrong).status_code == 422, wrong
    assert owner.post(f"enrollments/{one}/exit", json={"result": " "}).status_code == 422
    assert house.client(slug="other").post(f"enrollments/{one}/exit").status_code == 404
    assert house.client("viewer").post(f"enrollments/{one}/exit").status_code == 403


def test_many_at_once_by_id_or_by_place(house: House, owner: Any) -> None:
    number = publish(owner, AWAITING)
    ids = enter(house, owner, 5)
    many = f"journeys/{number}/enrollments"
    told = owner.post(f"{many}/move", json={"ids": [*ids[:2], 999_999], "to": "bought"})
    assert told.status_code == 202 and told.json["accepted"] == 2
    assert told.json["errors"][0]["path"] == "ids[2]"
    work(house)
    assert owner.post(f"{many}/skip", json={"where": {"stage": "bought"}}).json["accepted"] == 0
    assert owner.post(f"{many}/exit", json={"where": {"stage": "trust", "version": 1}}).json["accepted"] == 3
    work(house)
    assert [place(owner, one)[0] for one in ids] == ["resting"] * 2 + ["exited"] * 3
    assert owner.post(f"{many}/exit", json={"where": {}}).json["accepted"] == 2
    for wrong in (
        {},
        {"ids": [1], "where": {}},
        {"ids": []},
        {"where": {"status": "ended"}},
        {"where": {"x": 1}},
    ):
        assert owner.post(f"{many}/exit", json=wrong).status_code == 422, wrong
    assert owner.post(f"{many}/exit", json={"where": {"version": 7}}).status_code == 404
    bad = owner.post(f"{many}/move", json={"ids": ids[:1], "to": "moon"})
    assert bad.status_code == 422 and bad.json["version"] == 1


def test_more_than_a_thousand_are_confirmed_by_number(house: House, owner: Any) -> None:
    number = publish(owner, AWAITING)
    enter(house, owner, 1003)
    address = f"journeys/{number}/enrollments/exit"
    asked = owner.post(address, json={"where": {}})
    assert (
        asked.status_code == 409 and asked.json["code"] == "confirm-needed" and asked.json["people"] == 1003
    )
    assert owner.post(address, json={"where": {}, "confirm": 800}).status_code == 409
    archive = owner.post(f"journeys/{number}/archive", json={"inside": "exit"})
    assert archive.status_code == 409 and archive.json["people"] == 1003
    assert owner.post(address, json={"where": {}, "confirm": 1000}).json["accepted"] == 1003
    work(house)
    assert owner.get(f"journeys/{number}").json["inside"] == 0


def test_in_a_pause_exit_works_at_once_and_the_rest_on_resuming(house: House, owner: Any) -> None:
    number = publish(owner, AWAITING)
    one, two = enter(house, owner, 2)
    owner.post(f"journeys/{number}/pause", json={})
    assert owner.post(f"enrollments/{two}/skip").json["on_resuming"] is True
    assert owner.post(f"enrollments/{one}/exit").json["on_resuming"] is False
    work(house)
    assert place(owner, one)[0] == "exited" and place(owner, two)[2] == "pause"
    resumed = owner.post(f"journeys/{number}/resume", json={"on_resume": "late"})
    assert resumed.status_code == 200 and resumed.json["on_resume"] == "late"
    work(house)
    assert place(owner, two) == ("resting", "bought", None)


def test_archiving_with_everybody_leaving(house: House, owner: Any) -> None:
    number = publish(owner, AWAITING)
    ids = enter(house, owner, 3)
    refused = owner.post(f"journeys/{number}/archive")
    assert refused.status_code == 409 and refused.json["code"] == "still-inside"
    done = owner.post(f"journeys/{number}/archive", json={"inside": "exit"})
    assert done.status_code == 200 and done.json["status"] == "archived"
    work(house)
    assert {place(owner, one)[0] for one in ids} == {"archived"}
    assert owner.get(f"journeys/{number}").json["inside"] == 0


def test_cloned_and_imported(house: House, owner: Any) -> None:
    number = publish(owner, AWAITING, "新客")
    copied = owner.post(f"journeys/{number}/clone")
    assert copied.status_code == 201 and copied.json["name"] == "新客（副本）"
    assert copied.json["status"] == "draft" and copied.json["id"] != number
    named = owner.post(f"journeys/{number}/clone", json={"name": "另一个"}).json
    assert (
        named["name"] == "另一个"
        and owner.get(f"journeys/{named['id']}/draft").json["definition"] == AWAITING
    )
    exported = owner.get(f"journeys/{number}/export?version=1").json
    taken = owner.post("journeys/import", json={"definition": exported, "name": "搬来的"})
    assert taken.status_code == 201 and taken.json["name"] == "搬来的"
    assert owner.get(f"journeys/{taken.json['id']}/draft").json["definition"] == AWAITING
    assert owner.post("journeys/import", json={"definition": exported}).json["name"] == "导入的旅程"
    broken = {**exported, "steps": [{"id": "x", "stage": "nowhere", "kind": "wait", "config": {}}]}
    refused = owner.post("journeys/import", json={"definition": broken})
    assert refused.status_code == 422 and refused.json["errors"][0]["path"] == "definition.stages[0].initial"
    assert owner.post("journeys/import", json={}).status_code == 422
