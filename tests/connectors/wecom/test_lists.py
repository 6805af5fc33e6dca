"""What there is to read of a company: customers by staff, staff by department, groups."""

from __future__ import annotations

from connectors.wecom.facts import value
from tests.connectors.wecom.conftest import Fake, Listener

LIST = "externalcontact/batch/get_by_user"


def test_customers_are_listed_by_staff_in_pages(fake: Fake) -> None:
    people = [fake.add("lili", before=True) for _ in range(101)]
    fake.add("wangwei", before=True)
    told = fake.call(LIST, {"userid_list": ["lili"], "limit": 100})
    rest = fake.call(LIST, {"userid_list": ["lili"], "limit": 100, "cursor": told["next_cursor"]})
    listed = [
        row["external_contact"]["external_userid"]
        for page in (told, rest)
        for row in page["external_contact_list"]
    ]
    assert listed == people and rest["next_cursor"] == ""
    assert fake.call(LIST, {"userid_list": ["lili"], "limit": 101})["errcode"] == 40058


def test_a_list_names_tags_by_id_and_a_customer_by_name(fake: Fake) -> None:
    customer, tag = fake.add(), fake.act("tag/make", name="干性")["id"]
    fake.act("staff/tag", userid="lili", external_userid=customer, add=[tag])
    [row] = fake.call(LIST, {"userid_list": ["lili"]})["external_contact_list"]
    assert row["follow_info"]["tag_id"] == [tag] and "tags" not in row["follow_info"]
    shown = fake.call("externalcontact/get", external_userid=customer)
    assert [one["tag_name"] for one in shown["follow_user"][0]["tags"]] == ["干性"]


def test_how_they_came_together_is_a_number(fake: Fake) -> None:
    for way in value("contact.add_way"):
        fake.add("lili", add_way=way, before=True)
    rows = fake.call(LIST, {"userid_list": ["lili"]})["external_contact_list"]
    assert [row["follow_info"]["add_way"] for row in rows] == value("contact.add_way")


def test_who_deleted_staff_is_still_listed(fake: Fake, listener: Listener) -> None:
    customer = fake.add()
    fake.act("customer/delete_staff", userid="lili", external_userid=customer)
    assert len(fake.call(LIST, {"userid_list": ["lili"]})["external_contact_list"]) == 1
    assert fake.world.callbacks.settled()
    assert [e["ChangeType"] for e in listener.events()] == ["add_external_contact", "del_follow_user"]


def test_staff_are_listed_with_their_departments(fake: Fake) -> None:
    fake.act("staff", userid="lili", departments=[1, 2], teams={"2": "华东一组"})
    [lili] = [one for one in fake.call("user/simplelist")["userlist"] if one["userid"] == "lili"]
    names = {one["id"]: one["name"] for one in fake.call("department/list")["department"]}
    assert [names[number] for number in lili["department"]] == ["花间", "华东一组"]


def test_a_group_that_was_given_up_is_not_known(fake: Fake) -> None:
    chat = fake.act("group/make", owner="lili")["chat_id"]
    fake.act("group/dismiss", chat_id=chat)
    told = fake.call("externalcontact/groupchat/get", {"chat_id": chat})
    assert told["errcode"] == value("chat.unknown")
    assert fake.call("externalcontact/groupchat/list", {"limit": 10})["group_chat_list"] == []
