"""Tags over the API: defined, worn with reasons, adopted, set by rules, and put on many."""

from __future__ import annotations

import io
from typing import Any

import pytest

from audience import keeping, tag_history, tag_jobs
from store import clock
from store.database import db
from store.tables import Inbox
from tests.web.conftest import Caller, House

STYLE = {
    "name": "style",
    "title": "风格",
    "category": "interest",
    "values": [{"value": "business", "title": "商务"}, {"value": "casual", "title": "休闲"}],
    "exclusive": True,
    "days": 30,
}
LOCAL = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "杭州"}]}


@pytest.fixture
def owner(house: House) -> Caller:
    """An owner who is signed in, of a workspace with a and b in 杭州, a in casual clothes, and c in 上海."""
    people = [
        {
            "external_id": name,
            "name": f"客户{name}",
            "identities": {"phone": f"1380013800{number}"},
            "attributes": {"city": "上海" if name == "c" else "杭州"},
            "tags": ["style=casual"] if name == "a" else ["vip"],
        }
        for number, name in enumerate("abc")
    ]
    made = house.browser()
    assert made.post("contacts/batch", json={"contacts": people}).status_code == 200
    worked(house)
    return made


def worked(house: House) -> None:
    """Let the worker's part be done."""
    with house.app.app_context():
        session = db.session()
        more = True
        while more:
            rows = session.query(Inbox).filter(Inbox.state == "new").order_by(Inbox.id).all()
            tag_history.record(session, [row.id for row in rows if row.name == "tags"])
            for row in rows:
                keeping.heard(session, [(row.workspace_id, row.contact_id, row.name)])
                row.state = "done"
            session.flush()
            now = clock.now(session)
            more = bool(rows) | tag_jobs.run_some(session, now) | keeping.look(session, now)
            session.commit()


def ids(owner: Caller) -> dict[str, int]:
    return {row["external_id"]: row["id"] for row in owner.get("contacts").json["items"]}


def made(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json


def test_a_definition_says_what_may_be_worn(house: House, owner: Caller) -> None:
    definition = made(owner.post("tags/definitions", json=STYLE))
    assert [(one["tag"], one["worn"]) for one in definition["values"]] == [
        ("style=business", 0), ("style=casual", 1),
    ]  # fmt: skip
    assert made(owner.get("tags/undefined"))["items"] == [{"tag": "vip", "title": "", "worn": 2}]
    suggested = {row["name"]: row for row in made(owner.get("tags"))["items"]}
    assert suggested["style=business"] == {
        "name": "style=business", "title": "风格：商务", "worn": 0, "category": "interest",
    }  # fmt: skip
    wrong = owner.post(f"contacts/{ids(owner)['a']}/tags", json={"add": ["vip", "style=sporty"]})
    assert wrong.status_code == 422
    assert [error["path"] for error in wrong.json["errors"]] == ["add[1]"]
    batch = owner.post("contacts/batch", json={"contacts": [{"external_id": "a", "tags": ["style=sporty"]}]})
    assert batch.json["errors"][0]["path"] == "contacts[0].tags[0]"
    number = definition["id"]
    assert owner.put(f"tags/definitions/{number}", json={**STYLE, "values": []}).status_code == 422
    assert made(owner.put(f"tags/definitions/{number}", json={**STYLE, "title": "衣着"}))["title"] == "衣着"
    assert owner.post("tags/definitions", json=STYLE).json["errors"][0]["path"] == "name"
    assert owner.delete(f"tags/definitions/{number}").status_code == 204


def test_a_profile_tells_since_when_by_whom_and_until_when(house: House, owner: Caller) -> None:
    made(owner.post("tags/definitions", json=STYLE))
    number = ids(owner)["a"]
    made(owner.post(f"contacts/{number}/tags", json={"add": ["style=business"]}))
    worked(house)
    (worn,) = made(owner.get(f"contacts/{number}/tags"))["items"]
    assert (worn["tag"], worn["title"], worn["category"]) == ("style=business", "风格：商务", "interest")
    assert worn["source"]["kind"] == "hand" and worn["source"]["words"]["zh"].startswith("成员 ")
    assert worn["since"] and worn["until"] and worn["by_hand"]
    lines = made(owner.get(f"contacts/{number}/tags/history"))["items"]
    assert [(line["tag"], line["put_on"]) for line in lines] == [
        ("style=business", True), ("style=casual", False), ("style=casual", True),
    ]  # fmt: skip
    (of_tag,) = made(owner.get("tags/history?tag=style=business"))["items"]
    assert of_tag["contact_name"] == "客户a"
    assert owner.get("tags/history").status_code == 422


def test_by_hand_only_who_may(house: House, owner: Caller) -> None:
    made(owner.post("tags/definitions", json={"name": "score", "by_hand": "nobody"}))
    made(owner.post("tags/definitions", json={"name": "vip", "by_hand": "owner"}))
    number = ids(owner)["b"]
    assert owner.post(f"contacts/{number}/tags", json={"add": ["score"]}).status_code == 403
    editor = house.browser("editor")
    assert editor.post(f"contacts/{number}/tags", json={"remove": ["vip"]}).json["code"] == "by-hand"
    assert editor.patch(f"contacts/{number}", json={"tags": []}).status_code == 403
    assert owner.patch(f"contacts/{number}", json={"tags": []}).status_code == 200
    given = {"contacts": [{"external_id": "b", "tags": ["score"]}]}
    assert house.client("editor").post("contacts/batch", json=given).status_code == 200


def test_tags_that_came_in_are_adopted_with_one_click(house: House, owner: Caller) -> None:
    rows = made(owner.post("tags/adopt", json={"names": ["style=casual", "vip"], "category": "interest"}))[
        "items"
    ]
    assert [(row["name"], [one["tag"] for one in row["values"]], row["worn"]) for row in rows] == [
        ("style", ["style=casual"], 1), ("vip", ["vip"], 2),
    ]  # fmt: skip
    assert made(owner.get("tags/undefined"))["items"] == []
    assert owner.post("tags/adopt", json={"names": ["nobody"]}).status_code == 422


def test_a_rule_is_tried_before_it_is_saved(house: House, owner: Caller) -> None:
    made(owner.post("tags/definitions", json=STYLE))
    wanted = {"rule": LOCAL, "holding": {"add": ["style=business"], "remove": ["vip"]}}
    seen = made(owner.post("tags/rules/preview", json=wanted))
    assert seen["holds"] == 2
    assert seen["gets"] == {"style=business": 2}
    assert seen["loses"] == {"vip": 1, "style=casual": 1}
    assert "杭州" in seen["words"]
    rule = made(owner.post("tags/rules", json={"name": "Local people", **wanted}))
    assert (rule["key"], rule["filling"], rule["holds_for"]) == ("local_people", True, 0)
    worked(house)
    (rule,) = made(owner.get("tags/rules"))["items"]
    assert (rule["filling"], rule["holds_for"], rule["state"]) == (False, 2, "on")
    (worn,) = made(owner.get(f"contacts/{ids(owner)['a']}/tags"))["items"]
    assert worn["source"] == {"kind": "rule", "words": {"zh": "规则“Local people”", "en": "rule “Local people”"},
                              "id": "local_people"}  # fmt: skip
    looping = {"rule": {"field": "tags", "operator": "has", "value": "style=casual"},
               "holding": {"add": ["style=business"]}}  # fmt: skip
    assert owner.post("tags/rules/preview", json=looping).json["errors"][0]["path"] == "rule"
    other = {"rule": LOCAL, "holding": {"add": ["style=casual"]}}
    (warning,) = made(owner.post("tags/rules/preview", json=other))["warnings"]
    assert "Local people" in warning["en"]
    number = rule["id"]
    assert made(owner.post(f"tags/rules/{number}/stop"))["state"] == "off"
    assert made(owner.post(f"tags/rules/{number}/start"))["state"] == "on"
    assert owner.delete(f"tags/rules/{number}").status_code == 204


@pytest.mark.parametrize("job", ["3", "null", "[1]", "{", "", '{"kind": 7}'])
def test_an_order_beside_a_file_that_cannot_be_read_is_told(owner: Caller, job: str) -> None:
    form = {"file": (io.BytesIO(b"13800138002\n"), "a.csv"), "job": job}
    answer = owner.post("tags/jobs/upload", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert all(one["path"].split(".")[0] == "job" for one in answer.json["errors"])


def test_many_are_tagged_by_rule_and_by_file(house: House, owner: Caller) -> None:
    job = made(owner.post("tags/jobs", json={"rule": LOCAL, "add": ["near"], "name": "杭州"}))
    assert (job["state"], job["total"]) == ("waiting", 3)
    text = "手机\n13800138002\n13800138000\n\n13900000000\n13800138000\n"
    form = {
        "file": (io.BytesIO(text.encode("gb18030")), "a.csv"),
        "job": '{"add": ["listed"], "kind": "phone"}',
    }
    upload = made(owner.post("tags/jobs/upload", data=form, content_type="multipart/form-data"))
    assert upload["total"] == 3
    worked(house)
    jobs = made(owner.get("tags/jobs"))["items"]
    seen = [(job["whom"], job["state"], job["done"], job["changed"], job["missing"]) for job in jobs]
    assert seen == [("upload", "done", 3, 2, 1), ("rule", "done", 3, 2, 0)]
    worn = {row["name"]: row["worn"] for row in made(owner.get("tags"))["items"]}
    assert (worn["near"], worn["listed"]) == (2, 2)
    assert owner.post(f"tags/jobs/{job['id']}/pause").status_code == 409
    assert owner.post("tags/jobs", json={"add": ["x"]}).status_code == 422
    assert owner.post("tags/jobs", json={"rule": LOCAL}).json["errors"][0]["path"] == "add"


def test_categories_of_ones_own(owner: Caller) -> None:
    own = made(owner.post("tags/categories", json={"title": "渠道", "key": "channel"}))
    assert own["own"]
    keys = [row["key"] for row in made(owner.get("tags/categories"))["items"]]
    assert keys == ["basic", "behaviour", "interest", "channel"]
    made(owner.post("tags/definitions", json={"name": "wechat", "category": "channel"}))
    assert owner.delete("tags/categories/channel").status_code == 422
    assert owner.post("tags/definitions", json={"name": "y", "category": "none"}).status_code == 422
    assert owner.delete("tags/categories/basic").status_code == 404
