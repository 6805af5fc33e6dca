"""Channel codes over the API: what they may name, what they promise, and who got whom."""

from __future__ import annotations

from typing import Any

import pytest

from audience.tables_channels import ChannelCode, ChannelJoin
from store import clock
from store.database import db
from tests.web.conftest import Caller, House

ROUTE = {"mode": "round_robin", "staff": [{"key": "zhangsan", "cap": 2}, {"key": "lisi"}], "fallback": []}


@pytest.fixture
def owner(house: House) -> Caller:
    client = house.client()
    for key in ("zhangsan", "lisi"):
        assert client.post("staff", json={"key": key, "name": f"员工 {key}"}).status_code == 201
    body = {"text": "我是你的顾问，先送你新人礼包。"}
    material = {"key": "hello", "name": "欢迎语", "carrier": "wecom_direct", "body": body}
    assert client.post("contents", json=material).status_code == 201
    return client


def made(owner: Caller, **more: Any) -> Any:
    return owner.post("codes", json={"name": "夏季海报", "route": ROUTE, **more})


def test_a_code_is_made_and_says_what_its_greeting_does_not_keep(owner: Caller) -> None:
    answer = made(owner, greeting="hello", promised=["新人礼包", "免费检测"], tags=["夏季"])
    assert answer.status_code == 201, answer.text
    assert answer.json["key"] == "code_1" and len(answer.json["state"]) <= 30
    assert answer.json["unsaid"] == ["免费检测"]
    changed = owner.put(
        "codes/code_1",
        json={"name": "夏季", "route": ROUTE, "greeting": "hello", "promised": ["新人礼包"]},
    )
    assert changed.json["unsaid"] == [] and changed.json["state"] == answer.json["state"]
    assert [one["key"] for one in owner.get("codes").json["items"]] == ["code_1"]


@pytest.mark.parametrize(
    "wrong, path",
    [
        ({"route": {**ROUTE, "staff": [{"key": "nobody"}]}}, "route"),
        ({"route": {**ROUTE, "staff": []}}, "route.staff"),
        ({"route": {**ROUTE, "mode": "attribute"}}, "route.attribute"),
        ({"route": {**ROUTE, "mode": "guess"}}, "route.mode"),
        ({"greeting": "nothing"}, "greeting"),
        ({"key": "Not A Key"}, "key"),
    ],
)
def test_a_code_names_only_what_is_there(owner: Caller, wrong: dict[str, Any], path: str) -> None:
    answer = made(owner, **wrong)
    assert answer.status_code == 422
    assert path in {one["path"] for one in answer.json["errors"]}


def test_who_got_whom_and_how_many_a_day(house: House, owner: Caller) -> None:
    made(owner, key="summer")
    person = owner.post("contacts/batch", json={"contacts": [{"external_id": "c1", "name": "林"}]})
    assert person.status_code == 200
    with house.app.app_context():
        session, now = db.session(), clock.system()
        code = session.query(ChannelCode).one()
        for number, staff in enumerate(("zhangsan", "zhangsan", "lisi")):
            join = ChannelJoin(
                workspace_id=code.workspace_id, code_id=code.id, contact_id=1, event_id=str(number), staff_key=staff,
                adviser=staff, at=now,
            )  # fmt: skip
            session.add(join)
        session.commit()
    told = owner.get("codes/summer/joins").json
    assert [(one["key"], one["cap"], one["today"]) for one in told["staff"]] == [
        ("zhangsan", 2, 2), ("lisi", None, 1),
    ]  # fmt: skip
    assert len(told["days"]) == 30 and told["days"][-1]["joins"] == 3
    assert [one["contact"]["name"] for one in told["newest"]] == ["林"] * 3
    assert owner.get("codes/summer").json["joins_today"] == 3


def test_nobody_sees_the_codes_of_another_workspace(house: House, owner: Caller) -> None:
    made(owner, key="summer")
    other = house.client(slug="other")
    assert other.get("codes").json["items"] == []
    assert other.get("codes/summer").status_code == 404


def test_a_greeting_is_checked_against_what_its_codes_promise(owner: Caller) -> None:
    promised = {"name": "门店码", "greeting": "hello", "promised": ["小样", "满减券"]}
    assert made(owner, **promised).status_code == 201
    asked = {"carrier": "wecom_direct", "body": {"text": "你好，送你小样"}}

    def said(**more: Any) -> list[str]:
        found = owner.post("contents/check", json=asked | more).json["findings"]
        return [one["message"]["zh"] for one in found if one["code"] == "code-promise"]

    assert said() == [] and said(key="other") == []
    assert said(key="hello") == [
        "渠道码“门店码”承诺了“满减券”，这段欢迎语里没有提到。请补上，或改渠道码的承诺。"
    ]
    assert said(key="hello", body={"text": "小样和满减券都在这里"}) == []
