"""What a contact's attributes were before: told in the line of time, covered where they are, gone with the contact."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from audience import attribute_history, imports
from audience.contacts import Change, change
from audience.tables_people import AttributeChange
from store import clock
from store.database import db
from tests.web.conftest import Caller, House
from tests.web.rows import furnish
from tests.web.test_segment import sender

LIN = {"external_id": "c1", "name": "林", "attributes": {"city": "杭州", "age": 30}}


def made(house: House, **given: Any) -> int:
    owner = house.client()
    assert owner.post("contacts/batch", json={"contacts": [LIN | given]}).json["created"] == 1
    return int(owner.get("contacts?q=c1").json["items"][0]["id"])


def told(client: Caller, number: int) -> list[tuple[str, Any, Any, str | None]]:
    """What the line says of attributes, oldest first."""
    items = client.get(f"contacts/{number}/timeline?kind=attribute").json["items"]
    assert {one["type"] for one in items} <= {"attribute"}
    return [(one["field"], one["old"], one["new"], one["by"]) for one in reversed(items)]


def test_what_a_contact_comes_with_is_no_change(house: House) -> None:
    number = made(house, timezone="Asia/Tokyo")
    assert told(house.client(), number) == []
    same = {"attributes": {"city": "杭州"}, "name": "林"}
    assert house.client().patch(f"contacts/{number}", json=same).status_code == 200
    assert told(house.client(), number) == []


def test_each_change_has_its_line_with_what_it_was(house: House) -> None:
    number, owner = made(house), house.client()
    owner.patch(f"contacts/{number}", json={"attributes": {"city": "上海"}})
    owner.patch(f"contacts/{number}", json={"name": "林某", "timezone": "Asia/Tokyo"})
    owner.patch(f"contacts/{number}", json={"attributes": {"age": None, "vip": False}})
    owner.post("contacts/batch", json={"contacts": [{"external_id": "c1", "attributes": {"vip": True}}]})
    me = owner.get("audit").json["items"][0]["actor"]
    assert told(owner, number) == [
        ("attribute.city", "杭州", "上海", me),
        ("name", "林", "林某", me),
        ("timezone", None, "Asia/Tokyo", me),
        ("attribute.age", 30, None, me),
        ("attribute.vip", None, False, me),
        ("attribute.vip", False, True, me),
    ]
    assert "attribute" in {one["type"] for one in owner.get(f"contacts/{number}/timeline").json["items"]}
    assert len(owner.get(f"contacts/{number}/export").json["tables"]["attribute_change"]) == 6


def test_consent_is_told_once_and_with_its_own_words(house: House) -> None:
    number, owner = made(house), house.client()
    owner.patch(f"contacts/{number}", json={"attributes": {"no_sms": True}})
    assert told(owner, number) == []
    assert len(owner.get(f"contacts/{number}/timeline?kind=consent").json["items"]) == 1


def test_identify_of_segment_says_which_key_it_was(house: House) -> None:
    number = made(house)
    call = {"userId": "c1", "traits": {"city": "苏州", "name": "林一"}, "messageId": "m1"}
    assert sender(house).post("/v1/identify", json=call).status_code == 200
    assert sorted((one[0], one[1], one[2]) for one in told(house.client(), number)) == [
        ("attribute.city", "杭州", "苏州"),
        ("name", "林", "林一"),
    ]
    assert {(by or "")[:4] for *_, by in told(house.client(), number)} == {"key:"}


def test_an_import_that_changes_people_is_told(house: House) -> None:
    number, owner = made(house), house.client()
    file = io.BytesIO("id,城市\nc1,成都\nc2,北京\n".encode())
    mapping = json.dumps({"id": "external_id", "城市": "attribute:city:text"})
    form = {"file": (file, "a.csv"), "mapping": mapping}
    answer = owner.post("imports", data=form, content_type="multipart/form-data")
    assert answer.status_code in (201, 202), answer.text
    with house.app.app_context():
        session = db.session()
        while imports.run_chunk(session, answer.json["id"], clock.now(session)):
            session.commit()
        session.commit()
    assert told(owner, number) == [("attribute.city", "杭州", "成都", f"import:{answer.json['id']}")]
    other = owner.get("contacts?q=c2").json["items"][0]["id"]
    assert told(owner, other) == [], "nobody knew what a new contact was before"


def test_a_step_names_its_journey(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    with house.app.app_context():
        session = db.session()
        at = datetime(2026, 3, 2, tzinfo=UTC)
        changed = Change(
            house.ids["main"], rows.contact_id, at, {"city": "上海"}, source_id=rows.enrollment_id
        )
        assert change(session, [changed], at) == []
        session.commit()
    (line,) = owner.get(f"contacts/{rows.contact_id}/timeline?kind=attribute").json["items"]
    assert (line["journey_name"], line["enrollment_id"], line["by"]) == ("活的", rows.enrollment_id, None)


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_what_a_role_may_not_see_it_does_not_see_in_the_past_either(house: House, role: str) -> None:
    number, owner = made(house), house.client()
    assert owner.put("attributes/skin", json={"type": "text", "seen_by": "personal"}).status_code < 300
    for values in ({"skin": "干"}, {"skin": "油", "birthday": "1994-05-20"}, {"wechat": "lin@x.cn"}):
        owner.patch(f"contacts/{number}", json={"attributes": values})
    line = house.client(role).get(f"contacts/{number}/timeline")
    assert not [one for one in ("干", "油", "1994", "lin@x.cn") if one in line.text]
    seen = [one[:3] for one in told(house.client(role), number)]
    assert ("attribute.skin", None, "***") in seen and ("attribute.skin", "***", "***") in seen
    assert ("attribute.skin", "干", "油") in [one[:3] for one in told(owner, number)]


def test_a_merge_takes_both_pasts_and_tells_what_it_changed(house: House) -> None:
    number, owner = made(house), house.client()
    owner.patch(f"contacts/{number}", json={"attributes": {"city": "上海"}})
    owner.post("contacts/batch", json={"contacts": [{"external_id": "c2", "attributes": {"city": "广州"}}]})
    other = owner.get("contacts?q=c2").json["items"][0]["id"]
    owner.patch(f"contacts/{other}", json={"attributes": {"city": "深圳"}})
    merged = owner.post("contacts/merge", json={"keep": number, "merge": other})
    assert merged.status_code == 200, merged.text
    assert [one[:3] for one in told(owner, number)] == [
        ("attribute.city", "杭州", "上海"),
        ("attribute.city", "广州", "深圳"),
        ("attribute.city", "上海", "深圳"),
    ]
    assert all(by for *_, by in told(owner, number))


def test_erasing_leaves_nothing_of_it(house: House) -> None:
    number, owner = made(house), house.client()
    owner.patch(f"contacts/{number}", json={"attributes": {"city": "上海"}})
    owner.delete(f"contacts/{number}", json={"confirm": "林"})
    with house.app.app_context():
        assert db.session.scalars(select(AttributeChange)).all() == []


def test_what_is_too_old_is_forgotten(house: House) -> None:
    number, owner = made(house), house.client()
    for city in ("上海", "苏州"):
        owner.patch(f"contacts/{number}", json={"attributes": {"city": city}})
    with house.app.app_context():
        session = db.session()
        first = select(AttributeChange.id).order_by(AttributeChange.id).limit(1).scalar_subquery()
        old = datetime(2020, 1, 1, tzinfo=UTC)
        session.execute(update(AttributeChange).where(AttributeChange.id == first).values(at=old))
        assert attribute_history.forget(session, datetime(2021, 1, 1, tzinfo=UTC)) == 1
        session.commit()
    assert [one[1:3] for one in told(owner, number)] == [("上海", "苏州")]
