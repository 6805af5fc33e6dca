"""The protocol's `group`: it makes a customer group, changes it, and whoever it is about is its member, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audience.tables import Event
from audience.tables_groups import CustomerGroup, GroupMember
from store.database import db
from tests.web.conftest import House
from tests.web.test_segment import people, sender, settle


def told(house: House, number: int, user: str = "u1", group: Any = "acme", **traits: Any) -> Any:
    body = {"messageId": f"m{number}", "userId": user, "groupId": group, "traits": traits}
    answer = sender(house).post("/v1/group", json=body)
    assert answer.status_code == 200, answer.text
    settle(house)
    return answer.json


def rows(house: House, query: Any) -> list[Any]:
    with house.app.app_context():
        db.session.expire_all()
        found = list(db.session.scalars(query).all())
        db.session.expunge_all()
        return found


def joins(house: House) -> list[int]:
    query = select(Event.contact_id).where(Event.name == "group_joined").order_by(Event.id)
    return [number for number in rows(house, query) if number > 0]


def test_a_group_is_made_with_its_traits_and_its_member(house: House) -> None:
    assert told(house, 1, name="花间", seats=3) == {"success": True}
    (group,) = rows(house, select(CustomerGroup))
    assert (group.key, group.name, group.attributes["seats"]) == ("acme", "花间", 3)
    assert (group.member_count, group.attributes["member_count"]) == (1, 1)
    (member,) = rows(house, select(GroupMember))
    assert member.contact_id == people(house)["u1"].id and member.left_at is None


def test_said_again_it_changes_the_group_and_joins_nobody_twice(house: House) -> None:
    told(house, 1, name="花间", seats=3)
    told(house, 2, name="花间二群", seats=None)
    told(house, 2, name="花间二群", seats=None)
    told(house, 3, user="u2")
    (group,) = rows(house, select(CustomerGroup))
    assert group.name == "花间二群" and "seats" not in group.attributes
    assert len(joins(house)) == 2 and group.member_count == 2


def test_in_one_batch_somebody_joins_once(house: House) -> None:
    calls = [{"type": "group", "userId": "u1", "groupId": "acme", "messageId": f"b{n}"} for n in range(3)]
    assert sender(house).post("/v1/batch", json={"batch": calls}).status_code == 200
    settle(house)
    assert len(joins(house)) == 1


def test_who_left_joins_again(house: House) -> None:
    told(house, 1)
    left = {"name": "group_left", "external_id": "u1", "group": {"key": "acme"}}
    assert house.client().post("events", json=left).status_code == 202
    settle(house)
    told(house, 2)
    (group,) = rows(house, select(CustomerGroup))
    assert group.member_count == 1 and len(joins(house)) == 2


def test_what_a_group_cannot_keep_is_said_and_the_rest_is_taken(house: House) -> None:
    answer = told(house, 1, name="花间", member_count=99)
    assert any("member_count" in wrong["path"] for wrong in answer["warnings"]), answer
    (group,) = rows(house, select(CustomerGroup))
    assert group.member_count == 1


def test_groups_of_two_workspaces_are_two(house: House) -> None:
    told(house, 1, name="花间")
    body = {"userId": "u1", "groupId": "acme", "traits": {"name": "别家"}}
    assert sender(house, slug="other").post("/v1/group", json=body).status_code == 200
    settle(house)
    assert {row.name for row in rows(house, select(CustomerGroup))} == {"花间", "别家"}
