"""Two drawings side by side: differences in words, and numbers of versions next to one another."""

from __future__ import annotations

import copy
from typing import Any

from tests.web.conftest import House
from tests.web.rows import furnish
from tests.web.test_journeys_api import DEFINITION, made


def saved(owner: Any, number: int, definition: dict[str, Any], revision: int) -> None:
    answer = owner.put(
        f"journeys/{number}/draft", json={"definition": definition}, headers={"If-Match": str(revision)}
    )
    assert answer.status_code == 200, answer.text


def longer() -> dict[str, Any]:
    new = copy.deepcopy(DEFINITION)
    new["steps"][0]["config"]["until"]["for"] = "P2D"
    new["layout"] = {}
    return new


def test_the_draft_against_the_live_version(house: House) -> None:
    owner, number = made(house)
    first = owner.get(f"journeys/{number}/diff").json
    assert first["from"] == {"number": None, "label": {"zh": "尚未发布", "en": "Not published yet"}}
    assert first["counts"]["added"] == 9 and not first["same_meaning"]
    owner.post(f"journeys/{number}/publish", json={"revision": 1})
    same = owner.get(f"journeys/{number}/diff").json
    assert same["same_meaning"] and same["changes"] == [] and same["from"]["number"] == 1
    saved(owner, number, longer(), 1)
    told = owner.get(f"journeys/{number}/diff").json
    step, drawing = told["changes"]
    assert step["words"] == {
        "zh": "步骤「等待 pause」的等待：1 天后 → 2 天后",
        "en": 'Step "Wait pause": wait: after 1 day → after 2 days',
    }
    assert (step["node"], step["what"], step["change"]) == ("pause", "step", "changed")
    assert step["fields"][0]["path"] == "config.until"
    assert drawing["what"] == "note" and told["counts"] == {
        "added": 0,
        "removed": 0,
        "changed": 1,
        "moved": 0,
    }
    assert told["definitions"] == {"from": DEFINITION, "to": longer()}


def test_materials_and_fields_are_told_by_their_names(house: House) -> None:
    owner, number = made(house)
    new = copy.deepcopy(DEFINITION)
    material = {"key": "hi", "name": "问候", "carrier": "sms", "body": {"text": "嗨"}}
    assert owner.post("contents", json=material).status_code == 201
    config = {"carrier": "sms", "content": "hi"}
    new["steps"].append({"id": "greet", "stage": "bought", "kind": "send", "name": "回访", "config": config})
    saved(owner, number, new, 1)
    told = owner.get(f"journeys/{number}/diff").json["changes"]
    assert "新增步骤「回访」（发送消息：「问候」）" in [change["words"]["zh"] for change in told]


def test_versions_by_number_and_back(house: House) -> None:
    owner, number = made(house)
    owner.post(f"journeys/{number}/publish", json={"revision": 1})
    saved(owner, number, longer(), 1)
    owner.post(f"journeys/{number}/publish", json={"revision": 2})
    back = owner.get(f"journeys/{number}/diff?from=2&to=1").json
    assert back["changes"][0]["words"]["zh"].endswith("2 天后 → 1 天后")
    assert back["from"]["label"]["zh"] == "第 2 版（线上）" and back["to"]["label"]["en"] == "Version 1"
    assert owner.get(f"journeys/{number}/diff?from=9").status_code == 404
    for wrong in ("from=newest", "to=-1", "to=1.5", "from=1&from=2"):
        assert owner.get(f"journeys/{number}/diff?{wrong}").status_code == 422, wrong


def test_numbers_of_versions_side_by_side(house: House) -> None:
    rows = furnish(house, "main")
    viewer = house.client("viewer")
    (only,) = viewer.get(f"journeys/{rows.journey_id}/compare?versions=1").json["versions"]
    assert viewer.get(f"journeys/{rows.journey_id}/compare").json["versions"] == [only]
    assert (only["number"], only["entered"], only["inside"]) == (1, 1, 1)
    assert only["ended"] == {"lost": 2} and only["exits"] == {"pause:next": 4} and only["arrows"] == {"a1": 4}
    assert only["nodes"]["trust"] == {"here": 1, "passed": 1} and only["goals"] == {}
    assert viewer.get(f"journeys/{rows.journey_id}/compare?versions=1,2").status_code == 404
    for wrong in ("versions=", "versions=a", "versions=1,2,3,4,5,6,7"):
        assert viewer.get(f"journeys/{rows.journey_id}/compare?{wrong}").status_code == 422, wrong


def test_goals_are_counted_without_those_held_out(house: House) -> None:
    from journeys.tables import Counter, GoalHit, Version
    from store.database import begin_write, db

    drawn = {**DEFINITION, "goals": [{"id": "g", "event": "order_paid", "within": "P9D"}]}
    owner, number = made(house, drawn)
    owner.post(f"journeys/{number}/publish", json={"revision": 1})
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        version = session.query(Version).filter_by(journey_id=number).one()
        here = version.workspace_id
        session.add(Counter(version_id=version.id, node="in-1", workspace_id=here, here=0, passed=8))
        for enrollment, held_out in ((1, 0), (2, 0), (3, 1)):
            session.add(
                GoalHit(
                    enrollment_id=enrollment, goal="g", workspace_id=here, version_id=version.id,
                    at=version.published_at, holdout=held_out,
                )
            )  # fmt: skip
        session.commit()
    (only,) = owner.get(f"journeys/{number}/compare?versions=1").json["versions"]
    assert only["goals"] == {"g": {"hit": 2, "rate": 0.25}} and only["entered"] == 8
