"""Segments over the API: their life, their people, what they overlap, and who uses them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from audience import keeping
from store import clock
from store.database import db
from store.tables import Inbox
from tests.web.conftest import Caller, House
from tests.web.test_journeys_api import DEFINITION

RULE = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "杭州"}]}


@pytest.fixture
def owner(house: House) -> Caller:
    """An owner of a workspace with a, b in 杭州 and c in 上海."""
    people = [
        {
            "external_id": name,
            "name": f"客户{name}",
            "identities": {"phone": f"1380013800{number}"},
            "attributes": {"city": "上海" if name == "c" else "杭州"},
        }
        for number, name in enumerate("abc")
    ]
    made = house.client()
    assert made.post("contacts/batch", json={"contacts": people}).status_code == 200
    return made


def filled(house: House) -> None:
    """Let the worker's part be done."""
    with house.app.app_context():
        session = db.session()
        more = True
        while more:
            for row in session.query(Inbox).filter(Inbox.state == "new"):
                keeping.heard(session, [(row.workspace_id, row.contact_id, row.name)])
                row.state = "done"
            more = keeping.look(session, clock.now(session))
            session.commit()


def make(owner: Caller, **given: Any) -> dict[str, Any]:
    answer = owner.post("segments", json=given)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_the_life_of_a_segment(house: House, owner: Caller) -> None:
    made = make(owner, name="杭州客户", key="hangzhou", kind="rule", rule=RULE)
    assert (made["state"], made["count"], made["revision"]) == ("filling", 0, 1)
    assert "杭州" in made["words"]
    filled(house)
    one = owner.get("segments/hangzhou")
    assert one.headers["ETag"] == '"1"'
    assert (one.json["state"], one.json["progress"], one.json["count"]) == ("kept", 1.0, 2)
    assert one.json["trend"][-1] == 2
    changed = owner.patch("segments/hangzhou", json={"name": "新名字"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.json["revision"] == 2
    late = owner.patch("segments/hangzhou", json={"name": "x"}, headers={"If-Match": '"1"'})
    assert late.status_code == 409 and late.json["code"] == "segment-moved" and late.json["theirs"] == 2
    assert owner.patch("segments/hangzhou", json={"name": "x"}).status_code == 428
    assert [row["key"] for row in owner.get("segments?q=新").json["items"]] == ["hangzhou"]
    assert owner.get("segments?kind=static").json["items"] == []
    assert owner.delete("segments/hangzhou").status_code == 204
    assert owner.get("segments/hangzhou").status_code == 404


def test_a_rule_is_counted_while_it_is_written(house: House, owner: Caller) -> None:
    found = owner.post("segments/count", json={"rule": RULE}).json
    assert (found["count"], found["exact"]) == (2, True) and "杭州" in found["words"]
    assert owner.post("segments/count", json={"rule": {}}).json["count"] == 3
    wrong = owner.post("segments/count", json={"rule": {"field": "stage", "operator": "=", "value": "x"}})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["path"] == "rule"
    viewer = house.client("viewer")
    assert viewer.post("segments/count", json={"rule": RULE}).status_code == 200
    some = viewer.post("segments/preview", json={"rule": RULE}).json["items"]
    assert [one["external_id"] for one in some] == ["b", "a"]
    assert some[0]["identities"]["phone"] == "138****8001"
    assert owner.post("segments/preview", json={"rule": {"field": "x"}}).status_code == 422


def test_people_are_put_on_lists_and_taken_off(owner: Caller) -> None:
    make(owner, name="名单", key="list", kind="static")
    put = owner.post("segments/list/contacts", json={"external_ids": ["a", "b", "nobody"]})
    assert put.json["added"] == 2 == put.json["count"]
    assert [wrong["path"] for wrong in put.json["errors"]] == ["external_ids[2]"]
    page = owner.get("segments/list/contacts?limit=1").json
    assert page["items"][0]["external_id"] == "b" and page["next"]
    rest = owner.get(f"segments/list/contacts?cursor={page['next']}").json
    assert [one["external_id"] for one in rest["items"]] == ["a"] and rest["next"] is None
    off = owner.post(
        "segments/list/contacts", json={"act": "remove", "identities": [{"phone": "138 0013 8000"}]}
    )
    assert (off.json["removed"], off.json["count"]) == (1, 1)
    assert owner.post("segments/list/contacts", json={}).status_code == 422
    make(owner, name="规则", key="rule", kind="rule", rule=RULE)
    assert owner.post("segments/rule/contacts", json={"external_ids": ["a"]}).status_code == 422


def test_a_file_of_people(house: House, owner: Caller) -> None:
    make(owner, name="名单", key="list", kind="static")
    content = "手机号\n13800138000\n13999999999\n13800138001\n".encode("gb18030")
    form = {"file": (io.BytesIO(content), "vip.csv")}
    done = owner.post("segments/list/upload", data=form, content_type="multipart/form-data").json
    assert (done["kind"], done["rows"], done["added"], done["failed"], done["count"]) == ("phone", 3, 2, 1, 2)
    assert [(wrong["row"], wrong["cell"]) for wrong in done["errors"]] == [(3, "13999999999")]
    bad = owner.post(
        "segments/list/upload", data={"file": (io.BytesIO(b""), "x.csv")}, content_type="multipart/form-data"
    )
    assert bad.status_code == 422 and bad.json["errors"][0]["path"] == "file"
    assert owner.post("segments/list/upload", json={}).status_code == 415
    lines = owner.get("audit").json["items"]
    assert lines[0]["action"] == "segment.uploaded" and "138" not in str(lines[0]["detail"])


def test_viewers_see_people_masked(house: House, owner: Caller) -> None:
    make(owner, name="名单", key="list", kind="static")
    owner.post("segments/list/contacts", json={"external_ids": ["a"]})
    seen = house.client("viewer").get("segments/list/contacts").json["items"][0]
    assert seen["identities"]["phone"] == "138****8000"


def test_overlaps_and_their_regions(owner: Caller) -> None:
    for key, ids in (("x", ["a", "b"]), ("y", ["b", "c"])):
        make(owner, name=key, key=key, kind="static")
        owner.post(f"segments/{key}/contacts", json={"external_ids": ids})
    found = owner.post("segments/overlap", json={"keys": ["x", "y"]}).json
    assert {tuple(one["inside"]): one["count"] for one in found["regions"]} == {
        ("x",): 1, ("y",): 1, ("x", "y"): 1,
    }  # fmt: skip
    assert [one["count"] for one in found["segments"]] == [2, 2]
    only = owner.get("segments/x/contacts?out=y").json["items"]
    both = owner.get("segments/x/contacts?also=y").json["items"]
    assert [one["external_id"] for one in only] == ["a"] and [one["external_id"] for one in both] == ["b"]
    for keys in (["x"], ["x", "x"], ["x", "y", "z", "w", "v"], ["x", "no"]):
        assert owner.post("segments/overlap", json={"keys": keys}).status_code == 422
    assert owner.get("segments/x/contacts?also=no").status_code == 422


def test_what_is_used_cannot_be_deleted(house: House, owner: Caller) -> None:
    make(owner, name="底", key="base", kind="static")
    make(owner, name="组合的", key="made", kind="combined", combine={"all": ["base"]})
    branch = {"id": "b1", "stage": "trust", "kind": "branch", "name": "", "config": {
        "rules": [{"exit": "in", "rule": {"field": "segments", "operator": "has", "value": "base"}}]}}  # fmt: skip
    drawn = {**DEFINITION, "steps": [*DEFINITION["steps"], branch]}
    journey = owner.post("journeys", json={"name": "用人群的旅程", "definition": drawn})
    assert journey.status_code == 201, journey.text
    uses = owner.get("segments/base/usage").json["items"]
    assert [(use["kind"], use["name"], use["live"]) for use in uses] == [
        ("segment", "组合的", True),
        ("journey", "用人群的旅程", False),
    ]
    refused = owner.delete("segments/base")
    assert refused.status_code == 409 and refused.json["code"] == "segment-in-use"
    assert "组合的" in refused.json["detail"] and "用人群的旅程" in refused.json["detail"]
    assert owner.delete(f"journeys/{journey.json['id']}").status_code == 204
    assert owner.delete("segments/made").status_code == 204
    assert owner.delete("segments/base").status_code == 204


def test_rules_are_said_with_titles_and_scenes_use_segments(house: House, owner: Caller) -> None:
    make(owner, name="底", key="base", kind="static")
    gold = {"field": "attribute.points", "operator": ">", "value": 9}
    levels = [{"key": "gold", "name": "金卡", "rule": gold}, {"key": "plain", "name": "普卡"}]
    made = owner.post("tiers", json={"name": "会员价值", "key": "worth", "levels": levels})
    assert made.status_code == 201, made.text
    rules = [
        {"field": "segments", "operator": "has", "value": "base"},
        {"field": "tier.worth", "operator": "=", "value": "gold"},
        {"field": "attribute.gender", "operator": "=", "value": "女"},
        {"field": "history.order_paid.count", "operator": ">=", "value": 2, "within": "P14D"},
    ]
    said = make(owner, name="会员", key="members", kind="rule", rule={"combinator": "and", "rules": rules})[
        "words"
    ]
    assert said == (
        "在人群 “底” 中，且 “会员价值”等级 等于 “金卡”，且 性别 等于 “女”，且 “支付订单”的次数（近 14 天内）至少为 2 次"
    ), said
    scene = {
        "name": "每日推荐",
        "moments": [{"key": "noon", "name": "午休", "from": "12:00", "to": "13:30"}],
        "rows": [{"product": {"key": "mask", "name": "面膜"}, "moments": ["noon"], "who": rules[0]}],
    }
    kept = owner.post("scenes", json=scene)
    assert kept.status_code == 201, kept.text
    uses = {(use["kind"], use["name"]) for use in owner.get("segments/base/usage").json["items"]}
    assert uses == {("scene", "每日推荐"), ("segment", "会员")}
    assert owner.delete("segments/base").json["code"] == "segment-in-use"


def test_groups_have_attributes_of_their_own(owner: Caller) -> None:
    groups = {one["name"]: one["title"] for one in owner.get("attribute-types?subject=group").json["items"]}
    assert groups["member_count"] == "群人数"
    assert "member_count" not in {one["name"] for one in owner.get("attribute-types").json["items"]}


def test_days_of_a_segment(house: House, owner: Caller) -> None:
    make(owner, name="杭州", key="hangzhou", kind="rule", rule=RULE)
    filled(house)
    owner.post("contacts/batch", json={"contacts": [{"external_id": "c", "attributes": {"city": "杭州"}}]})
    filled(house)
    days = owner.get("segments/hangzhou/history?days=7").json["items"]
    assert [(day["entered"], day["left"], day["count"]) for day in days] == [(1, 0, 3)]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "", "kind": "rule", "rule": RULE}, "name"),
        ({"name": "x", "kind": "odd"}, "kind"),
        ({"name": "x", "kind": "rule"}, "rule"),
        ({"name": "x", "kind": "combined", "combine": {"all": ["no"]}}, "combine"),
        ({"name": "x", "kind": "static", "key": "1"}, "key"),
        ({"name": "x", "kind": "static", "count": 7}, "count"),
        ({"name": "x", "kind": "static", "workspace_id": 2}, "workspace_id"),
    ],
)
def test_what_is_refused(owner: Caller, body: dict[str, Any], path: str) -> None:
    answer = owner.post("segments", json=body)
    assert answer.status_code == 422 and [wrong["path"] for wrong in answer.json["errors"]] == [path]
