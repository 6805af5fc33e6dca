"""The API of lifecycles: ready models, stages checked at their places, and the board."""

from __future__ import annotations

from tests.web.conftest import House
from tests.web.matching_rows import STAGES
from tests.web.rows import furnish


def test_every_ready_model_can_be_taken_over(house: House) -> None:
    owner = house.client()
    models = owner.get("lifecycles/models").json["items"]
    assert [one["key"] for one in models] == [
        "cars", "education", "mother_baby", "finance", "certification", "beauty",
    ]  # fmt: skip
    for model in models:
        made = owner.post(
            "lifecycles",
            json={"key": model["key"], "model": model["key"]}
            | {name: model[name] for name in ("name", "dates", "stages")},
        )
        assert made.status_code == 201, made.text
        assert [one["key"] for one in made.json["stages"]] == [one["key"] for one in model["stages"]]
        assert all(one["criteria"] for one in made.json["stages"])
    assert len(owner.get("lifecycles").json["items"]) == 6
    # They are dimensions of tiers: any rule may ask for them, but they are changed here alone.
    assert {one["kind"] for one in owner.get("tiers").json["items"]} == {"lifecycle"}
    refused = owner.delete("tiers/cars")
    assert (refused.status_code, refused.json["code"]) == (409, "is-lifecycle")


def test_a_lifecycle_is_changed_and_deleted(house: House) -> None:
    owner = house.client()
    key = owner.post("lifecycles", json={"name": "车主之路", "stages": STAGES}).json["key"]
    assert key == "lifecycle_1"
    body = {"name": "新名字", "stages": STAGES[::-1], "revision": 1}
    changed = owner.put(f"lifecycles/{key}", json=body).json
    assert [stage["key"] for stage in changed["stages"]] == ["owner", "lead"]
    moved = owner.put(f"lifecycles/{key}", json=body)
    assert (moved.status_code, moved.json["code"]) == (409, "lifecycle-moved")
    assert owner.delete(f"lifecycles/{key}").status_code == 204
    assert owner.get(f"lifecycles/{key}").status_code == 404


def test_what_is_wrong_with_a_stage_is_said_at_its_place(house: House) -> None:
    bad_rule = {"field": "stage", "operator": "=", "value": "x"}
    stages = [STAGES[0], STAGES[1], {"name": "末", "rule": bad_rule}]
    bad = house.client().post("lifecycles", json={"name": "x", "stages": stages})
    assert bad.status_code == 422
    assert [error["path"] for error in bad.json["errors"]] == ["stages[2].rule"]
    days = [{"name": "a", "from_days": 10}, {"name": "b", "from_days": 0}]
    bad = house.client().post(
        "lifecycles", json={"name": "x", "stages": days, "dates": {"due": "due_date", "birth": "birth_date"}}
    )
    assert [error["path"] for error in bad.json["errors"]] == ["stages[1].from_days"]


def test_the_board_counts_people_and_says_in_which_journeys_they_stand(house: House) -> None:
    rows = furnish(house, "main")
    viewer = house.client("viewer")
    board = viewer.get(f"lifecycles/{rows.lifecycle_key}/board").json
    assert board["people"] == 1
    assert [(one["stage"], one["people"], one["share"]) for one in board["columns"]] == [
        ("lead", 0, 0.0),
        ("owner", 1, 1.0),
    ]
    assert board["columns"][0]["days"] is None and board["columns"][1]["days"] >= 0
    inside = viewer.get(f"lifecycles/{rows.lifecycle_key}/journeys").json["items"]
    assert [(one["stage"], one["journey_id"], one["people"]) for one in inside] == [
        ("owner", rows.journey_id, 1)
    ]
    people = viewer.get(f"tiers/{rows.lifecycle_key}/people?level=owner").json["items"]
    assert [one["contact_id"] for one in people] == [rows.contact_id]
