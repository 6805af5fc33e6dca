"""Publishing over people: looked at before, moved by the real engine, watched, and taken back."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest

from journeys.tables import Enrollment
from store.database import db
from tests.web.conftest import House
from tests.web.inside_rows import enter, publish, work
from tests.web.test_comparing_api import saved

ENTRY = [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}]
MATERIAL = {"key": "hi", "name": "嗨", "carrier": "wecom_direct", "body": {"text": "嗨"}}
SEND = {"carrier": "wecom_direct", "content": "hi"}
OLD: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": ENTRY,
    "stages": [{"id": "trust", "name": "建信任", "initial": "pause"}, {"id": "bought", "stay": True}],
    "steps": [
        {
            "id": "pause",
            "stage": "trust",
            "kind": "wait",
            "name": "等一天",
            "config": {"until": {"for": "P1D"}},
        },
        {"id": "offer", "stage": "trust", "kind": "send", "name": "送券", "config": SEND},
    ],
    "arrows": [
        {"id": "a1", "from": "pause", "exit": "next", "to": "offer"},
        {"id": "a2", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "to": "bought"},
        {"id": "a3", "from": "*", "on": {"type": "event", "name": "friend_deleted"}, "to": "lost"},
    ],
    "ends": [{"id": "lost", "result": "lost"}],
    "goals": [],
    "settings": {"quiet_hours": None},
}


def drawn(*, without_pause: bool = False, longer: str | None = None) -> dict[str, Any]:
    new = copy.deepcopy(OLD)
    if longer:
        new["steps"][0]["config"]["until"]["for"] = longer
    if without_pause:
        new["steps"] = new["steps"][1:]
        new["stages"][0]["initial"] = "offer"
        new["arrows"] = new["arrows"][1:]
    return new


@pytest.fixture
def owner(house: House) -> Any:
    caller = house.client()
    assert caller.post("contents", json=MATERIAL).status_code == 201
    return caller


@pytest.fixture
def journey(house: House, owner: Any) -> int:
    """A live journey with five people at its wait, one of whom has bought."""
    number = publish(owner, OLD)
    enter(house, owner, 5)
    assert owner.post("events", json={"name": "order_paid", "external_id": "p4"}).status_code == 202
    work(house)
    return number


def stands(house: House, number: int) -> list[tuple[int, str | None, str | None]]:
    """(version's number, stage, step) of everybody, in the order of their coming."""
    from journeys.tables import Version

    with house.app.app_context():
        rows = db.session.execute(
            db.select(Version.number, Enrollment.stage, Enrollment.step)
            .join(Version, Version.id == Enrollment.version_id)
            .where(Enrollment.journey_id == number)
            .order_by(Enrollment.id)
        )
        return [tuple(row) for row in rows]


def publish_over(owner: Any, number: int, revision: int, *groups: dict[str, Any], **more: Any) -> Any:
    return owner.post(
        f"journeys/{number}/publish", json={"revision": revision, "inside": list(groups), **more}
    )


def test_looking_before_moving(house: House, owner: Any, journey: int) -> None:
    saved(owner, journey, drawn(without_pause=True), 1)
    told = owner.post(f"journeys/{journey}/move/preview")
    assert told.status_code == 200, told.text
    seen = told.json
    assert seen["to"]["number"] is None and seen["people"] == 0 and not seen["needs_confirm"]
    (group,) = seen["groups"]
    assert (group["version"], group["inside"], group["mode"], group["missing"]) == (1, 5, "stay", [])
    places = {place["place"]: place for place in group["places"]}
    assert places["pause"] == {
        "place": "pause", "stage": "trust", "stage_name": "建信任", "step": "pause", "step_name": "等一天",
        "kind": "wait", "here": 4, "kept": False, "changed": False, "target": "offer", "target_name": "送券",
        "suggestion": "offer",
    }  # fmt: skip
    assert (
        places["bought"]["kept"] and places["bought"]["target"] is None and places["bought"]["step"] is None
    )
    assert seen["before"] == {"trust": 4, "pause": 4, "bought": 1} == seen["after"]
    # Nothing is chosen yet, so the dry run shows what moving would do.
    run = seen["dry_run"]
    assert (run["sample"], run["of"], run["days"]) == (5, 5, 7)
    assert run["stay"]["messages"] == 4 and run["stay"]["messages_first_hour"] == 0
    assert run["move"]["messages_first_hour"] == 4 and run["move"]["per_day"] == [4, 0, 0, 0, 0, 0, 0]
    # They came in a moment ago, so their day is over just within one day from now.
    assert run["stay"]["per_day"] == [4, 0, 0, 0, 0, 0, 0]


def test_what_is_chosen_is_counted(house: House, owner: Any, journey: int) -> None:
    saved(owner, journey, drawn(without_pause=True), 1)
    address = f"journeys/{journey}/move/preview"
    chosen = {"version": 1, "mode": "move", "targets": {"pause": "lost"}}
    seen = owner.post(address, json={"groups": [chosen], "days": 3}).json
    assert seen["people"] == 5 and seen["after"] == {"lost": 4, "bought": 1}
    assert seen["dry_run"]["move"]["ended"] == {"lost": 4} and seen["dry_run"]["days"] == 3
    bare = owner.post(address, json={"groups": [{"version": 1, "mode": "move"}]}).json
    assert (
        bare["groups"][0]["missing"] == ["pause"] and bare["groups"][0]["places"][1]["suggestion"] == "offer"
    )
    assert bare["after"]["pause"] == 4 and bare["dry_run"]["move"] == bare["dry_run"]["stay"]
    wrong = {"version": 1, "mode": "move", "targets": {"pause": "moon"}}
    assert owner.post(address, json={"groups": [wrong]}).json["groups"][0]["missing"] == ["pause"]
    # A drawing that is not saved yet, with a longer wait and its waits reckoned anew.
    later = {"definition": drawn(longer="P3D"), "groups": [{"version": 1, "mode": "recompute"}]}
    told = owner.post(address, json=later).json
    pause = next(place for place in told["groups"][0]["places"] if place["place"] == "pause")
    assert pause["kept"] and pause["changed"] and told["after"] == told["before"]
    assert sum(told["dry_run"]["move"]["per_day"][:2]) == 0 and told["dry_run"]["move"]["messages"] == 4
    assert (
        owner.post(address, json={"groups": [{"version": 7}]}).json["errors"][0]["path"] == "groups.0.version"
    )
    twice = {"groups": [{"version": 1}, {"version": 1}]}
    assert owner.post(address, json=twice).json["errors"][0]["path"] == "groups.1.version"


def test_a_drawing_that_cannot_be_played_is_still_looked_at(owner: Any, journey: int) -> None:
    broken = drawn()
    broken["steps"][0]["config"] = {}
    seen = owner.post(f"journeys/{journey}/move/preview", json={"definition": broken}).json
    assert seen["dry_run"] is None and any(p["code"] == "shape" for p in seen["problems"])
    assert seen["groups"][0]["places"]


def test_published_over_people_who_move_and_one_click_back(house: House, owner: Any, journey: int) -> None:
    saved(owner, journey, drawn(without_pause=True), 1)
    lacks = publish_over(owner, journey, 2, {"version": 1, "mode": "move"})
    assert lacks.status_code == 422 and lacks.json["code"] == "target-missing"
    assert lacks.json["errors"][0]["path"] == "inside.0.targets.pause"
    wrong = publish_over(owner, journey, 2, {"version": 1, "mode": "move", "targets": {"pause": "moon"}})
    assert wrong.json["errors"][0]["path"] == "inside.0.targets.pause"
    assert owner.get(f"journeys/{journey}").json["live_version"]["number"] == 1
    done = publish_over(owner, journey, 2, {"version": 1, "mode": "move", "targets": {"pause": "offer"}})
    assert done.status_code == 200, done.text
    (begun,) = done.json["moves"]
    assert (begun["from_version"], begun["to_version"], begun["mode"], begun["state"]) == (
        1,
        2,
        "move",
        "running",
    )
    assert (begun["total"], begun["moved"], begun["left"], begun["back"], begun["undoable"]) == (
        5,
        0,
        5,
        False,
        True,
    )
    work(house)
    (kept,) = owner.get(f"journeys/{journey}/moves").json["items"]
    assert (kept["state"], kept["moved"], kept["left"]) == ("done", 5, 0) and kept["ended_at"]
    assert owner.get(f"journeys/{journey}/moves/{kept['id']}").json == kept
    assert stands(house, journey) == [(2, "trust", None)] * 4 + [(2, "bought", None)]
    wrong = {"to": 1, "people": "back", "targets": {"offer": "moon"}}
    lost = owner.post(f"journeys/{journey}/rollback", json=wrong)
    assert lost.status_code == 422 and lost.json["errors"][0]["path"] == "targets.offer"
    # One click back: everybody where he was.
    back = owner.post(f"journeys/{journey}/rollback", json={"to": 1, "people": "back"})
    assert back.status_code == 200 and back.json["version"] == 1, back.text
    assert back.json["moves"][0]["back"] and not back.json["moves"][0]["undoable"]
    work(house)
    assert stands(house, journey)[-1] == (1, "bought", None)
    assert [number for number, _, _ in stands(house, journey)] == [1] * 5
    assert owner.get(f"journeys/{journey}").json["live_version"]["number"] == 1
    assert [m["state"] for m in owner.get(f"journeys/{journey}/moves").json["items"]] == ["done", "undone"]
    again = owner.post(f"journeys/{journey}/rollback", json={"to": 1, "people": "back"})
    assert again.status_code == 200 and again.json["moves"] == []
    actions = [line["action"] for line in owner.get("audit").json["items"]]
    assert {"journey.rolled_back", "journey.move", "journey.move_back"} <= set(actions)


def test_long_work_is_listed_for_everybody_until_an_hour_after_its_end(
    house: House, owner: Any, journey: int
) -> None:
    assert owner.get("work").json == {"items": []}
    saved(owner, journey, drawn(without_pause=True), 1)
    done = publish_over(owner, journey, 2, {"version": 1, "mode": "move", "targets": {"pause": "offer"}})
    number = done.json["moves"][0]["id"]
    file = {"file": (io.BytesIO("编号\nx1\nx2\n".encode()), "新客.csv"), "mapping": '{"编号": "external_id"}'}
    assert owner.post("imports", data=file, content_type="multipart/form-data").status_code < 300
    somebody = house.client("viewer")
    move, job = somebody.get("work").json["items"]
    assert (move["kind"], move["id"], move["journey_id"]) == ("move", number, journey)
    assert (move["running"], move["state"], move["done"], move["total"]) == (True, "running", 0, 5)
    assert (job["kind"], job["name"], job["running"]) == ("import", "新客.csv", True)
    work(house, ("intake", "advance", "housekeeping"))
    (move,) = somebody.get("work").json["items"]
    assert (move["running"], move["state"], move["done"], move["back"]) == (False, "done", 5, False)
    assert owner.post("test/clock", json={"advance": "PT61M"}).status_code == 200
    assert somebody.get("work").json == {"items": []}


def test_those_who_stayed_can_be_moved_later(house: House, owner: Any, journey: int) -> None:
    saved(owner, journey, drawn(longer="P9D"), 1)
    done = publish_over(owner, journey, 2, {"version": 1, "mode": "stay"})
    assert done.status_code == 200 and done.json["moves"] == []
    assert {number for number, _, _ in stands(house, journey)} == {1}
    later = owner.post(
        f"journeys/{journey}/move", json={"to": 2, "groups": [{"version": 1, "mode": "recompute"}]}
    )
    assert later.status_code == 202 and len(later.json["moves"]) == 1, later.text
    running = owner.post(
        f"journeys/{journey}/move", json={"to": 2, "groups": [{"version": 1, "mode": "move"}]}
    )
    assert running.status_code == 409 and running.json["code"] == "move-running"
    work(house)
    assert stands(house, journey) == [(2, "trust", "pause")] * 4 + [(2, "bought", None)]
    same = owner.post(f"journeys/{journey}/move", json={"to": 2, "groups": [{"version": 2, "mode": "move"}]})
    assert same.status_code == 422 and same.json["errors"][0]["path"] == "groups.0.version"
    assert (
        owner.post(f"journeys/{journey}/move", json={"to": 9, "groups": [{"version": 1}]}).status_code == 404
    )
    assert owner.post(f"journeys/{journey}/rollback", json={"to": 9}).status_code == 404
    stay = owner.post(f"journeys/{journey}/rollback", json={"to": 1})
    assert stay.json == {"version": 1, "moves": []}
    assert {number for number, _, _ in stands(house, journey)} == {2}


def test_many_people_are_confirmed(house: House, owner: Any) -> None:
    number = publish(owner, OLD)
    enter(house, owner, 1001)
    saved(owner, number, drawn(longer="P2D"), 1)
    group = {"version": 1, "mode": "move"}
    seen = owner.post(f"journeys/{number}/move/preview", json={"groups": [group]}).json
    assert seen["people"] == 1001 and seen["needs_confirm"]
    assert seen["dry_run"]["sample"] <= 500 and seen["dry_run"]["of"] == 1001
    asked = publish_over(owner, number, 2, group)
    assert (
        asked.status_code == 409 and asked.json["code"] == "confirm-needed" and asked.json["people"] == 1001
    )
    assert owner.get(f"journeys/{number}").json["live_version"]["number"] == 1
    assert publish_over(owner, number, 2, group, confirm=1000).status_code == 200
    work(house)
    back = owner.post(f"journeys/{number}/rollback", json={"to": 1, "people": "back"})
    assert back.status_code == 409 and back.json["people"] == 1001
    assert owner.get(f"journeys/{number}").json["live_version"]["number"] == 2
    sure = owner.post(f"journeys/{number}/rollback", json={"to": 1, "people": "back", "confirm": 1001})
    assert sure.status_code == 200
    work(house)
    assert {version for version, _, _ in stands(house, number)} == {1}


def test_a_preview_writes_nothing_and_needs_no_editor(house: House, owner: Any, journey: int) -> None:
    from tests.web.test_isolation import everything

    before = everything(house)
    viewer = house.client("viewer")
    assert viewer.post(f"journeys/{journey}/move/preview", json={"to": "live"}).status_code == 200
    assert viewer.post(f"journeys/{journey}/move", json={"to": 1, "groups": []}).status_code == 403
    assert viewer.post(f"journeys/{journey}/rollback", json={"to": 1}).status_code == 403
    assert everything(house) == before


def test_whoever_has_gone_on_is_led_back_by_a_target(house: House, owner: Any) -> None:
    """On the newer version they come to a step that the older one lacks; the author says where it leads there."""
    number = publish(owner, OLD)
    enter(house, owner, 3)
    newer = drawn(without_pause=True)
    newer["steps"].append(
        {"id": "later", "stage": "trust", "kind": "wait", "name": "再等", "config": {"until": {"for": "P5D"}}}
    )
    newer["arrows"].append({"id": "b1", "from": "offer", "exit": "sent", "to": "later"})
    saved(owner, number, newer, 1)
    done = publish_over(owner, number, 2, {"version": 1, "mode": "move", "targets": {"pause": "lost"}})
    assert done.status_code == 200
    halted = owner.post(f"journeys/{number}/rollback", json={"to": 1, "people": "back"})
    # The move had not begun: nobody has to come back, and nobody is lost.
    work(house)
    assert halted.status_code == 200 and [one[0] for one in stands(house, number)] == [1, 1, 1]
    again = owner.post(
        f"journeys/{number}/move",
        json={"to": 2, "groups": [{"version": 1, "mode": "move", "targets": {"pause": "offer"}}]},
    )
    assert again.status_code == 202, again.text
    work(house)
    assert stands(house, number) == [(2, "trust", "later")] * 3
    owner.post(f"enrollments/{enrollments(house, number)[0]}/retry")
    work(house)
    asked = {"to": 1, "people": "back", "targets": {"later": "offer"}}
    assert owner.post(f"journeys/{number}/rollback", json=asked).status_code == 200
    work(house)
    # The first has begun his wait once more and is led; the others are exactly where they were.
    assert stands(house, number) == [(1, "trust", None)] + [(1, "trust", "pause")] * 2


def enrollments(house: House, number: int) -> list[int]:
    with house.app.app_context():
        return list(
            db.session.scalars(
                db.select(Enrollment.id).where(Enrollment.journey_id == number).order_by(Enrollment.id)
            )
        )
