"""Two workspaces share a database and nothing else: every id of the one, sent by an owner of the other, is 404."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from store.database import db
from store.tables import LoginSession
from tests.web import content_rows
from tests.web.code_rows import CODE
from tests.web.conftest import House
from tests.web.matching_rows import SCENE, STAGES
from tests.web.reward_rows import writes as reward_writes
from tests.web.rows import Rows, furnish
from tests.web.test_journeys_api import DEFINITION
from tests.web.tier_rows import LEVELS

#: A body with which each write would succeed on a row of one's own.
BODIES: dict[str, Any] = {
    "PATCH /api/v1/workspaces/{workspace_id}": {"name": "Taken"},
    "PATCH /api/v1/contacts/{contact_id}": {"name": "Taken"},
    "PATCH /api/v1/groups/{group_id}": {"name": "Taken"},
    "POST /api/v1/groups/{group_id}/members": {"joined": [{"external_id": "c-main"}]},
    "POST /api/v1/journeys/{journey_id}/enroll-groups": {"where": {}},
    "PATCH /api/v1/journeys/{journey_id}": {"name": "Taken"},
    "PUT /api/v1/journeys/{journey_id}/draft": {"definition": DEFINITION},
    "POST /api/v1/journeys/{journey_id}/publish": {"revision": 1},
    "POST /api/v1/journeys/{journey_id}/clone": {"name": "Copy"},
    "POST /api/v1/journeys/{journey_id}/check": {},
    "POST /api/v1/journeys/{journey_id}/simulate": {"contacts": 1, "days": 1},
    "POST /api/v1/journeys/{journey_id}/pause": {},
    "POST /api/v1/journeys/{journey_id}/resume": {},
    "POST /api/v1/journeys/{journey_id}/archive": {},
    "POST /api/v1/journeys/{journey_id}/enroll": {"external_ids": ["c-main", "c-other"]},
    "POST /api/v1/journeys/{journey_id}/move": {"to": 1, "groups": [{"version": 1}]},
    "POST /api/v1/journeys/{journey_id}/move/preview": {},
    "PUT /api/v1/lifecycles/{lifecycle_key}": {"name": "x", "stages": STAGES},
    "PUT /api/v1/codes/{code_key}": CODE,
    "PUT /api/v1/scenes/{scene_key}": SCENE,
    "POST /api/v1/scenes/{scene_key}/try": {"contact_id": 1},
    "POST /api/v1/journeys/{journey_id}/rollback": {"to": 1},
    "POST /api/v1/journeys/{journey_id}/what-if": {"contact_id": 1},
    "PATCH /api/v1/segments/{segment_key}": {"name": "Taken"},
    "POST /api/v1/segments/{segment_key}/contacts": {"external_ids": ["c-main", "c-other"]},
    "POST /api/v1/enrollments/{enrollment_id}/exit": {},
    "POST /api/v1/enrollments/{enrollment_id}/move": {"to": "bought"},
    "POST /api/v1/enrollments/{enrollment_id}/skip": {},
    "POST /api/v1/enrollments/{enrollment_id}/retry": {},
    "POST /api/v1/journeys/{journey_id}/enrollments/exit": {"where": {}},
    "POST /api/v1/journeys/{journey_id}/enrollments/move": {"where": {}, "to": "bought"},
    "POST /api/v1/journeys/{journey_id}/enrollments/skip": {"where": {}},
    "POST /api/v1/journeys/{journey_id}/enrollments/retry": {"where": {}},
    "PUT /api/v1/tiers/{dimension_key}": {"name": "Taken", "levels": LEVELS},
    "PUT /api/v1/contents/{content_id}": {
        "key": "hello",
        "name": "Taken",
        "carrier": "sms",
        "body": {"text": "x"},
    },
}
BODIES |= {
    "PATCH /api/v1/guards/{guard_id}": {"name": "Taken"},
    "POST /api/v1/guards/trips/{trip_id}/release": {"note": "x"},
    "POST /api/v1/tasks/{task_id}/result": {"result": "sent"},
    "POST /api/v1/tasks/{task_id}/note": {"note": "x"},
    "POST /api/v1/tasks/{task_id}/hand-over": {"team": "service"},
    "POST /api/v1/tasks/{task_id}/not-suitable": {"reason": "x"},
    "POST /api/v1/unusual-cases/{case_id}/review": {"verdict": "kept"},
    **content_rows.BODIES,
    "POST /api/v1/contacts/{contact_id}/suppressions/lift": {"carrier": "email", "reason": "r"},
    "POST /api/v1/contacts/{contact_id}/consent": {"topics": {"marketing": False}},
    "PUT /api/v1/contacts/{contact_id}/staff/{staff_id}": {"state": "friend"},
    "POST /api/v1/contacts/{contact_id}/tags": {"add": ["taken"]},
    "PUT /api/v1/tags/definitions/{definition_id}": {"title": "Taken"},
    "PUT /api/v1/tags/rules/{rule_id}": {
        "name": "Taken",
        "rule": {"field": "attribute.age", "operator": ">", "value": 3},
        "holding": {"add": ["taken"]},
    },
}
BODIES |= {"POST /api/v1/connections/{connection_id}/sync": {}}
BODIES |= {
    f"{method} /api/v1/{path}": options.get("json", {})
    for method, path, options in reward_writes(1, "nothing", "x")
    if "{" in path
}
#: These name no row of a workspace, or say by name what the asker's own workspace is to have.
SHARED = {
    "/api/v1/event-sources/{source}",
    "/api/v1/templates/{slug}",
    "/api/v1/templates/{slug}/clone",
    "/api/v1/attributes/{name}",
}


def everything(house: House) -> dict[str, list[Any]]:
    """All rows of all tables that are somebody's, as they stand."""
    with house.app.app_context():
        kept = {}
        for table in db.metadata.sorted_tables:
            if table.name not in ("login_session", "login_attempt", "api_key", "idempotency"):
                kept[table.name] = [
                    tuple(row) for row in db.session.execute(select(table).order_by(text("1")))
                ]
        db.session.rollback()
        return json.loads(json.dumps(kept, default=str))


def addresses(house: House) -> list[tuple[str, str]]:
    document = house.nobody().get("openapi.json").json
    return [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters" and "{" in path and path not in SHARED
    ]


def test_every_path_with_the_other_workspaces_ids(house: House) -> None:
    furnish(house, "main")
    theirs = furnish(house, "other")
    owner, before = house.client("owner", "main"), everything(house)
    tried = addresses(house)
    assert len(tried) > 20
    wrong = []
    for method, path in tried:
        body = BODIES.get(f"{method} {path}")
        headers = {"If-Match": '"1"'} if path.endswith("/draft") else {}
        options = {} if body is None else {"json": body}
        answer = owner.call(method, theirs.path(path), headers=headers, **options)
        never = owner.call(method, Rows(*[10**9] * 10).path(path), headers=headers, **options)
        if (answer.status_code, never.status_code) != (404, 404):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            continue
        told = {key: value for key, value in answer.json.items() if key != "request_id"}
        if told != {key: value for key, value in never.json.items() if key != "request_id"}:
            wrong.append(f"{method} {path}: tells theirs from nobody's")
    assert not wrong, "\n".join(wrong)
    assert everything(house) == before


def test_the_same_paths_are_there_for_their_owner(house: House) -> None:
    """Else the test above would pass on an API that finds nothing at all."""
    furnish(house, "main")
    theirs = furnish(house, "other")
    owner = house.client("owner", "other")
    gets = [path for method, path in addresses(house) if method == "GET" and "import" not in path]
    found = {path: owner.call("GET", theirs.path(path)).status_code for path in gets}
    # 409 where it is there and not ready, as an export's file.
    assert {path: status for path, status in found.items() if status not in (200, 204, 409)} == {}


@pytest.mark.parametrize(
    "address",
    [
        "events?contact_id={contact_id}",
        "messages?contact_id={contact_id}",
        "messages?journey_id={journey_id}",
    ],
)
def test_ids_in_queries(house: House, address: str) -> None:
    furnish(house, "main")
    theirs = furnish(house, "other")
    assert house.client("owner", "main").get(theirs.path(address)).status_code == 404
    assert house.client("owner", "other").get(theirs.path(address)).json["items"]


def test_ids_in_bodies(house: House) -> None:
    mine, theirs = furnish(house, "main"), furnish(house, "other")
    owner, before = house.client("owner", "main"), everything(house)
    event = owner.post("events", json={"name": "order_paid", "contact_id": theirs.contact_id})
    assert event.status_code == 422 and event.json["errors"][0]["path"] == "contact_id"
    into = owner.post(f"journeys/{mine.journey_id}/enroll", json={"contact_ids": [theirs.contact_id]})
    assert into.status_code == 422 and into.json["errors"][0]["path"] == "contact_ids[0]"
    assert everything(house) == before
    asked = owner.post(f"journeys/{mine.journey_id}/what-if", json={"contact_id": theirs.contact_id})
    assert asked.status_code == 404
    acted = owner.post(f"journeys/{mine.journey_id}/enrollments/exit", json={"ids": [theirs.enrollment_id]})
    assert acted.status_code == 202 and acted.json["accepted"] == 0
    look = owner.post("contents/preview", json={"body": {"text": "x"}, "contact_id": theirs.contact_id})
    assert look.status_code == 404
    browser = house.browser("owner", "main")
    assert browser.put("session/workspace", json={"workspace_id": theirs.workspace_id}).status_code == 404
    with house.app.app_context():
        assert set(db.session.scalars(select(LoginSession.workspace_id))) == {mine.workspace_id}


def test_lists_hold_only_ones_own(house: House) -> None:
    mine, _ = furnish(house, "main"), furnish(house, "other")
    owner = house.client("owner", "main")
    document = owner.get("openapi.json").json
    lists = [path for path, item in document["paths"].items() if "get" in item and "{" not in path]
    for path in lists:
        answer = owner.get(path)
        if answer.is_json and isinstance(answer.json.get("items"), list):
            assert "-other" not in answer.text and "Other" not in answer.text, path
    assert [c["id"] for c in owner.get("contacts").json["items"]] == [mine.contact_id]
