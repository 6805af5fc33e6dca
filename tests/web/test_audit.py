"""The audit: every write that succeeds leaves one line, one that fails none, and no secret stands in any."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from store.database import db
from store.receipts import suppress
from store.tables import Audit
from tests.web import content_rows
from tests.web.code_rows import CODE
from tests.web.conftest import PASSWORD, House
from tests.web.connection_rows import FORM as MAIL_FORM
from tests.web.guard_rows import GUARD
from tests.web.matching_rows import SCENE, SHEET, STAGES
from tests.web.reward_rows import writes as reward_writes
from tests.web.rows import furnish
from tests.web.test_journeys_api import DEFINITION
from tests.web.tier_rows import LEVELS

MATERIAL = {"key": "hi", "name": "嗨", "carrier": "sms", "body": {"text": "嗨"}}
TAG_RULE = {
    "name": "老客",
    "rule": {"field": "attribute.age", "operator": ">", "value": 3},
    "holding": {"add": ["old"]},
}
#: Each write with what makes it succeed, in an order in which each can.
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", "session/workspace", {"json": {"workspace_id": 0}}),
    ("PATCH", "workspaces/{workspace_id}", {"json": {"name": "新名字", "quiet_hours": ["21:00", "09:00"]}}),
    ("POST", "api-keys", {"json": {"name": "k", "role": "viewer"}}),
    ("DELETE", "api-keys/{key_id}", {}),
    ("POST", "connections", {"json": {"connector": "email", "name": "邮箱", "settings": MAIL_FORM}}),
    ("PATCH", "connections/{connection_id}", {"json": {"state": "off"}}),
    ("POST", "connections/{connection_id}/test", {"json": {"to": "lin@example.com"}}),
    ("DELETE", "connections/{connection_id}", {}),
    ("POST", "connections/{connection_id}/sync", {}),
    ("POST", "stop", {"json": {"reason": "发错了"}}),
    ("DELETE", "stop", {}),
    ("POST", "guards", {"json": {"name": "删好友", "rule": GUARD}}),
    ("PATCH", "guards/{guard_id}", {"json": {"rule": {**GUARD, "percent": 9}}}),
    ("POST", "guards/trips/{trip_id}/release", {"json": {"note": "文案改了"}}),
    ("DELETE", "guards/{guard_id}", {}),
    ("PUT", "policies", {"json": {"revision": 0, "caps": [{"most": 3, "per": "P7D"}]}}),
    (
        "POST",
        "contacts/batch",
        {"json": {"contacts": [{"external_id": "n", "identities": {"phone": "13700137000"}}]}},
    ),
    ("PATCH", "contacts/{contact_id}", {"json": {"name": "改"}}),
    (
        "POST",
        "contacts/{contact_id}/suppressions/lift",
        {"json": {"carrier": "sms", "reason": "号码恢复了"}},
    ),
    ("POST", "contacts/{contact_id}/consent", {"json": {"topics": {"sms": False}, "note": "电话里说的"}}),
    ("POST", "staff", {"json": {"key": "li", "name": "李"}}),
    ("PATCH", "staff/{staff_id}", {"json": {"team": "售后"}}),
    ("PUT", "contacts/{contact_id}/staff/{staff_id}", {"json": {"state": "deleted"}}),
    ("POST", "transfers", {"json": {"all": True}}),
    ("POST", "group-transfers", {"json": {"all": True}}),
    ("POST", "tasks", {"json": {"title": "准备会员日", "staff_id": 0}}),
    ("POST", "tasks/{task_id}/seen", {}),
    ("POST", "tasks/{task_id}/confirm", {}),
    ("POST", "tasks/{task_id}/note", {"json": {"note": "下午再打"}}),
    ("POST", "tasks/{task_id}/hand-over", {"json": {"team": "教务", "note": "已成交"}}),
    ("POST", "tasks/reassign", {"json": {"ids": [0], "staff_id": 0}}),
    ("POST", "tasks/{task_id}/not-suitable", {"json": {"reason": "刚投诉过"}}),
    ("POST", "tasks/{task_id}/result", {"json": {"result": "not_suitable"}}),
    ("POST", "unusual-cases/{case_id}/review", {"json": {"verdict": "kept"}}),
    ("PUT", "attributes/{name}", {"json": {"type": "text", "strict": True}}),
    ("DELETE", "attributes/{name}", {}),
    ("POST", "contacts/merge", {"json": {"keep": 0, "merge": 0}}),
    ("POST", "groups/batch", {"json": {"groups": [{"key": "chat-n", "name": "新群"}]}}),
    ("PATCH", "groups/{group_id}", {"json": {"name": "改"}}),
    ("POST", "groups/{group_id}/members", {"json": {"left": [{"external_id": "c-main"}]}}),
    ("POST", "journeys", {"json": {"name": "x", "definition": DEFINITION}}),
    ("PATCH", "journeys/{journey_id}", {"json": {"name": "y"}}),
    (
        "PUT",
        "journeys/{draft_id}/draft",
        {"json": {"definition": DEFINITION}, "headers": {"If-Match": '"1"'}},
    ),
    ("POST", "journeys/{draft_id}/publish", {"json": {"revision": 2}}),
    (
        "PUT",
        "journeys/{draft_id}/draft",
        {"json": {"definition": {**DEFINITION, "arrows": []}}, "headers": {"If-Match": '"2"'}},
    ),
    ("POST", "journeys/{journey_id}/publish", {"json": {"revision": 1}}),
    ("POST", "journeys/{draft_id}/publish", {"json": {"revision": 3}}),
    (
        "POST",
        "journeys/{draft_id}/move",
        {"json": {"to": 2, "groups": [{"version": 1, "mode": "move"}]}},
    ),
    ("POST", "journeys/{draft_id}/rollback", {"json": {"to": 1}}),
    ("POST", "journeys/{draft_id}/pause", {"json": {}}),
    ("POST", "journeys/{draft_id}/resume", {"json": {}}),
    ("POST", "journeys/{draft_id}/archive", {"json": {}}),
    ("POST", "journeys/{journey_id}/clone", {"json": {"name": "z"}}),
    ("POST", "journeys/import", {"json": {"definition": DEFINITION}}),
    ("POST", "journeys/{journey_id}/enroll", {"json": {"external_ids": ["c-main"]}}),
    ("POST", "enrollments/{enrollment_id}/move", {"json": {"to": "bought"}}),
    ("POST", "enrollments/{enrollment_id}/skip", {}),
    ("POST", "enrollments/{enrollment_id}/retry", {}),
    ("POST", "enrollments/{enrollment_id}/exit", {"json": {"result": "gone"}}),
    ("POST", "journeys/{journey_id}/enrollments/move", {"json": {"where": {}, "to": "bought"}}),
    ("POST", "journeys/{journey_id}/enrollments/skip", {"json": {"where": {}}}),
    ("POST", "journeys/{journey_id}/enrollments/retry", {"json": {"where": {}}}),
    ("POST", "journeys/{journey_id}/enrollments/exit", {"json": {"where": {}}}),
    ("POST", "contents", {"json": MATERIAL}),
    *content_rows.WRITES,
    ("DELETE", "contents/{content_id}", {}),
    ("POST", "templates/beauty/clone", {"json": {}}),
    ("POST", "segments", {"json": {"name": "名单", "key": "spare", "kind": "static"}}),
    ("PATCH", "segments/{segment_key}", {"json": {"name": "新"}, "headers": {"If-Match": '"1"'}}),
    ("POST", "segments/{segment_key}/contacts", {"json": {"external_ids": ["c-main"]}}),
    ("POST", "segments/{segment_key}/upload", {}),
    ("DELETE", "segments/{segment_key}", {}),
    ("POST", "tiers", {"json": {"name": "互动", "levels": LEVELS}}),
    ("PUT", "tiers/order", {"json": {"keys": []}}),
    ("PUT", "tiers/{dimension_key}", {"json": {"name": "互动", "levels": LEVELS}}),
    ("DELETE", "tiers/overrides/{override_id}", {}),
    (
        "POST",
        "tiers/overrides",
        {"json": {"contact_id": 0, "dimension": "", "level": "high", "days": 7}},
    ),
    ("DELETE", "tiers/{dimension_key}", {}),
    ("POST", "codes", {"json": CODE}),
    ("PUT", "codes/{code_key}", {"json": CODE}),
    ("POST", "scenes", {"json": SCENE}),
    ("PUT", "scenes/{scene_key}", {"json": SCENE}),
    ("POST", "scenes/{scene_key}/upload", {}),
    ("DELETE", "scenes/{scene_key}", {}),
    ("POST", "lifecycles", {"json": {"name": "车主", "stages": STAGES}}),
    ("PUT", "lifecycles/{lifecycle_key}", {"json": {"name": "车主", "stages": STAGES}}),
    ("DELETE", "lifecycles/{lifecycle_key}", {}),
    ("PUT", "rfm", {"json": {"event": "order_paid"}}),
    ("POST", "rfm/runs", {}),
    ("POST", "tags/categories", {"json": {"title": "生命周期", "key": "life"}}),
    ("DELETE", "tags/categories/{category_key}", {}),
    ("POST", "tags/definitions", {"json": {"name": "style", "values": [{"value": "casual"}]}}),
    ("PUT", "tags/definitions/{definition_id}", {"json": {"title": "新名", "days": 30}}),
    ("DELETE", "tags/definitions/{definition_id}", {}),
    ("POST", "contacts/{contact_id}/tags", {"json": {"add": ["hot"]}}),
    ("POST", "tags/adopt", {"json": {"names": ["hot"]}}),
    ("DELETE", "tags/refused", {}),
    ("POST", "tags/rules", {"json": TAG_RULE}),
    ("PUT", "tags/rules/{rule_id}", {"json": TAG_RULE}),
    ("POST", "tags/rules/{rule_id}/stop", {}),
    ("POST", "tags/rules/{rule_id}/start", {}),
    ("DELETE", "tags/rules/{rule_id}", {}),
    ("POST", "tags/jobs", {"json": {"add": ["hot"], "segment": "spare"}}),
    ("POST", "tags/jobs/{job_id}/pause", {}),
    ("POST", "tags/jobs/{job_id}/resume", {}),
    ("POST", "tags/jobs/{job_id}/cancel", {}),
    ("POST", "tags/jobs/upload", {}),
    ("POST", "imports", {}),
    ("POST", "imports/{import_id}/pause", {}),
    ("POST", "imports/{import_id}/resume", {}),
    ("POST", "imports/{import_id}/cancel", {}),
    ("POST", "exports", {"json": {"kind": "contacts"}}),
    ("POST", "exports/{export_id}/pause", {}),
    ("POST", "exports/{export_id}/resume", {}),
    ("POST", "exports/{export_id}/cancel", {}),
    ("PATCH", "event-catalogue/{event_name}", {"json": {"title": "已付款"}}),
    ("POST", "event-catalogue/warnings/{warning_id}/dismiss", {}),
    ("DELETE", "contacts/{contact_id}", {}),
    ("POST", "test/clock", {"json": {"advance": "P1D"}}),
    ("DELETE", "session", {}),
]
#: Events are the customers' doing and have a log of their own, the inbox; deleting a draft is tried below.
ELSEWHERE = {
    content_rows.COUNTED,
    ("POST", "journeys/{journey_id}/enroll-groups"),
    *((method, path.replace("spare", "{pool_key}")) for method, path, _ in reward_writes(0, "", "")),
    ("POST", "events"),
    ("POST", "event-sources/{source}"),
    ("DELETE", "journeys/{journey_id}"),
    ("POST", "session"),
}


def lines(house: House) -> int:
    with house.app.app_context():
        return db.session.scalars(select(func.count()).select_from(Audit)).one()


def test_every_write_is_in_the_list(house: House) -> None:
    document = house.nobody().get("openapi.json").json
    known = {(method, path.replace("{draft_id}", "{journey_id}")) for method, path, _ in WRITES} | ELSEWHERE
    known |= {("POST", "templates/{slug}/clone")}
    for path, item in document["paths"].items():
        for method in set(item) - {"parameters", "get"}:
            if not path.endswith(
                ("/check", "/simulate", "/preview", "/what-if", "/count", "/overlap", "/try", "/plan")
            ):
                assert (method.upper(), path.removeprefix("/api/v1/")) in known, f"{method} {path}"


def test_each_write_leaves_one_line(house: House) -> None:
    rows = furnish(house, "main")
    browser = house.browser()
    WRITES[0][2]["json"]["workspace_id"] = rows.workspace_id
    pair = next(options["json"] for _, path, options in WRITES if path == "contacts/merge")
    given = next(options["json"] for _, path, options in WRITES if path == "tiers/overrides")
    given |= {"contact_id": rows.contact_id, "dimension": rows.dimension_key}
    assert browser.post("contacts/batch", json={"contacts": [{"external_id": "twin"}]}).status_code == 200
    twin = browser.get("contacts?q=twin").json["items"][0]["id"]
    for _, path, options in WRITES:
        if path in ("tasks", "tasks/reassign"):
            options["json"] |= {"staff_id": rows.staff_id}
        if path in ("transfers", "group-transfers"):
            options["json"] |= {"from_staff_id": rows.staff_id, "to_staff_id": rows.taker_id}
        if path == "tasks/reassign":
            options["json"] |= {"ids": [rows.task_id]}
    pair |= {"keep": rows.contact_id, "merge": twin}
    with house.app.app_context():
        suppress(db.session(), rows.workspace_id, "sms", "13800138000", "no such number", datetime.now(UTC))
        db.session.commit()
    for method, path, options in WRITES:
        options = dict(options)
        if path == "imports" or path.endswith("/upload"):
            form = {
                "file": (
                    io.BytesIO((SHEET if "scenes" in path else "手机\n13800138000\n").encode()),
                    "a.csv",
                ),
                "mapping": '{"手机": "identity:phone"}',
                "job": '{"add": ["hot"], "kind": "phone"}',
            }
            options = {"data": form, "content_type": "multipart/form-data"}
        before = lines(house)
        asked = f"connections/{rows.wecom_id}/sync" if path.endswith("/sync") else rows.path(path)
        answer = browser.call(method, asked, **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        assert lines(house) == before + 1, f"{method} {path}"
    with house.app.app_context():
        kept = " ".join(str(tuple(row)) for row in db.session.execute(select(Audit)))
    assert "13700137000" not in kept and "rb_" not in kept.replace("rb_spare", "").split("prefix")[0]


def test_deleting_a_draft_leaves_a_line_that_outlives_it(house: House) -> None:
    rows = furnish(house, "main")
    owner, before = house.client(), lines(house)
    assert owner.delete(f"journeys/{rows.draft_id}").status_code == 204
    assert lines(house) == before + 1
    assert owner.get("audit").json["items"][0]["action"] == "journey.deleted"


def test_a_refused_write_leaves_none(house: House) -> None:
    rows = furnish(house, "main")
    owner, before = house.client(), lines(house)
    for method, path, body in (
        ("POST", "journeys", {"name": ""}),
        ("POST", f"journeys/{rows.draft_id}/publish", {"revision": 9}),
        ("PATCH", f"contacts/{rows.contact_id}", {"timezone": "Mars/Olympus"}),
        ("POST", f"journeys/{rows.journey_id}/archive", {}),
    ):
        assert owner.call(method, path, json=body).status_code >= 400, path
    assert lines(house) == before


def test_nothing_personal_is_logged(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    phone, mail, union = "13912345678", "secret.person@example.com", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
    with caplog.at_level(logging.DEBUG):
        owner = house.client()
        person = {
            "external_id": union,
            "identities": {"phone": phone, "email": mail, "unionid": union},
            "name": phone,
        }
        assert owner.post("contacts/batch", json={"contacts": [person]}).status_code == 200
        owner.get("contacts", query_string={"q": phone})
        owner.post("contacts/batch", json={"contacts": [{**person, "hat": phone}]})
        owner.post(
            "events", json={"name": "order_paid", "identity": {"phone": phone}, "properties": {"mail": mail}}
        )
        house.nobody().post("session", json={"email": mail, "password": PASSWORD})
        owner.post("journeys", data=f'{{"name": "{phone}'.encode(), content_type="application/json")
    told = capsys.readouterr().err
    written = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [line["route"] for line in written][-1] == "/api/v1/journeys" and written[-1]["status"] == 400
    assert len(written) == 6 and all(line["request_id"] and line["ms"] >= 0 for line in written)
    for planted in (phone, mail, union, PASSWORD):
        assert planted not in caplog.text + told, planted


def test_who_did_it_is_found_among_the_members(house: House) -> None:
    browser = house.browser()
    members = {f"account:{member['account_id']}": member for member in browser.get("members").json["items"]}
    actor = browser.get("audit").json["items"][0]["actor"]
    assert members[actor]["email"] == browser.get("session").json["account"]["email"]
