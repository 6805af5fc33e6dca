"""Mass tasks: what one may hold, who sends it, and what becomes of each customer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.wecom.conftest import Fake

ADD, RESULT = "externalcontact/add_msg_template", "externalcontact/get_groupmsg_send_result"
LINK = {"msgtype": "link", "link": {"title": "店", "url": "https://example.com"}}


def task(fake: Fake, to: list[str], **more: Any) -> dict[str, Any]:
    return fake.call(
        ADD, {"chat_type": "single", "external_userid": to, "text": {"content": "新品到店"}, **more}
    )


def states(fake: Fake, msgid: str, userid: str = "lili") -> dict[str, int]:
    rows = fake.call(RESULT, {"msgid": msgid, "userid": userid})["send_list"]
    return {row["external_userid"]: row["status"] for row in rows}


def test_a_task_goes_to_customers_or_to_groups(fake: Fake) -> None:
    customer, chat = fake.add(), fake.act("group/make", owner="lili")["chat_id"]
    single = task(fake, [customer])["msgid"]
    group = task(fake, [], chat_type="group", sender="lili")["msgid"]
    assert task(fake, [customer], chat_type="other")["errcode"] == 40058
    assert (
        fake.act("task/confirm", msgid=single)["sent"] == fake.act("task/confirm", msgid=group)["sent"] == 1
    )
    assert fake.world.store("groups")[chat]["arrived"][0]["text"] == "新品到店"
    assert fake.call(RESULT, {"msgid": group, "userid": "lili"})["send_list"][0]["chat_id"] == chat


def test_a_task_has_10000_customers_and_nine_attachments(fake: Fake) -> None:
    customer = fake.add()
    unheard = [f"wm{number}" for number in range(9999)]
    assert task(fake, [customer, *unheard])["errcode"] == 0
    assert task(fake, [customer, *unheard, "wm-one-more"])["errcode"] == 40058
    assert task(fake, [customer], attachments=[LINK] * 9)["errcode"] == 0
    assert task(fake, [customer], attachments=[LINK] * 10)["errcode"] == 40058


def test_a_group_task_needs_its_sender(fake: Fake) -> None:
    fake.act("group/make", owner="lili")
    assert task(fake, [], chat_type="group")["errcode"] == 41046
    assert task(fake, [], chat_type="group", sender="lili")["errcode"] == 0


def test_who_cannot_be_reached_is_named(fake: Fake) -> None:
    hers, his = fake.add("lili"), fake.add("wangwei")
    told = task(fake, [hers, his, "wm-unheard"], sender="lili")
    assert told["fail_list"] == [his, "wm-unheard"] and told["msgid"]


def test_newer_fields_are_taken(fake: Fake) -> None:
    chats = [fake.act("group/make", owner="lili")["chat_id"] for _ in range(3)]
    body = {"chat_type": "group", "sender": "lili", "text": {"content": "hi"}, "allow_select": True}
    told = fake.call(ADD, {**body, "chat_id_list": chats[:2]})
    assert len(fake.call(RESULT, {"msgid": told["msgid"], "userid": "lili"})["send_list"]) == 2
    assert fake.call(ADD, {**body, "chat_id_list": [str(n) for n in range(2001)]})["errcode"] == 40058
    tag = fake.call("externalcontact/add_corp_tag", {"tag": [{"name": "高价值"}]})["tag_group"]["tag"][0][
        "id"
    ]
    tagged, _ = fake.add(), fake.add()
    fake.call("externalcontact/mark_tag", {"userid": "lili", "external_userid": tagged, "add_tag": [tag]})
    told = task(fake, [], tag_filter={"group_list": [{"tag_list": [tag]}]})
    assert list(states(fake, told["msgid"])) == [tagged]


def test_nothing_goes_out_before_staff_confirm(fake: Fake) -> None:
    one, two = fake.add(), fake.add()
    msgid = task(fake, [one, two])["msgid"]
    assert states(fake, msgid) == {one: 0, two: 0} and fake.arrived(one) == []
    fake.act("task/confirm", msgid=msgid, userid="lili", to=[one])
    assert states(fake, msgid) == {one: 1, two: 0} and len(fake.arrived(one)) == 1
    [row] = fake.call("externalcontact/get_groupmsg_task", {"msgid": msgid})["task_list"]
    assert (row["userid"], row["status"]) == ("lili", 2)


@pytest.mark.parametrize(
    ("rule", "most"), [("1/day", 1), ("7/week", 7), ("4/month", 4), ("days_of_month", 28)]
)
def test_a_customer_gets_so_many_and_no_more(fake: Fake, rule: str, most: int) -> None:
    fake.rule(mass__quota=rule)
    assert fake.world.rules["mass.quota"] == rule
    customer = fake.add()
    got = []
    for _ in range(32):
        msgid = task(fake, [customer])["msgid"]
        fake.act("task/confirm", msgid=msgid)
        got.append(states(fake, msgid)[customer])
    if rule == "days_of_month":
        most = got.count(1)
        assert 28 <= most <= 31
    assert got == [1] * most + [3] * (32 - most)


def test_nobody_to_send_to_is_an_error(fake: Fake) -> None:
    told = task(fake, ["wm-unheard"])
    assert told["errcode"] == 41048 and told["fail_list"] == ["wm-unheard"]


def test_a_task_being_dispatched_is_left_alone(fake: Fake) -> None:
    fake.rule(mass__dispatch_seconds=30)
    msgid = task(fake, [fake.add()])["msgid"]
    assert fake.call("externalcontact/get_groupmsg_task", {"msgid": msgid})["errcode"] == 41063
    assert fake.call("externalcontact/cancel_groupmsg_send", {"msgid": msgid})["errcode"] == 41063
    fake.later(31)
    assert fake.call("externalcontact/get_groupmsg_task", {"msgid": msgid})["errcode"] == 0


def test_a_cancelled_task_reaches_nobody_more(fake: Fake) -> None:
    one, two = fake.add(), fake.add()
    msgid = task(fake, [one, two])["msgid"]
    fake.act("task/confirm", msgid=msgid, to=[one])
    assert fake.call("externalcontact/cancel_groupmsg_send", {"msgid": msgid})["errcode"] == 0
    assert "cancelled" in fake.act("task/confirm", msgid=msgid)["error"]
    assert fake.call("externalcontact/remind_groupmsg_send", {"msgid": msgid})["errcode"] == 41093
    assert (len(fake.arrived(one)), len(fake.arrived(two))) == (1, 0)


def test_staff_are_reminded_three_times_a_day(fake: Fake) -> None:
    msgid = task(fake, [fake.add()])["msgid"]
    remind = [
        fake.call("externalcontact/remind_groupmsg_send", {"msgid": msgid})["errcode"] for _ in range(4)
    ]
    assert remind == [0, 0, 0, 41094]
    fake.later(86_401)
    assert fake.call("externalcontact/remind_groupmsg_send", {"msgid": msgid})["errcode"] == 0


def test_results_come_in_pages(fake: Fake) -> None:
    people = [fake.add() for _ in range(505)]
    msgid = task(fake, people)["msgid"]
    first = fake.call(RESULT, {"msgid": msgid, "userid": "lili"})
    assert len(first["send_list"]) == 500
    rest = fake.call(RESULT, {"msgid": msgid, "userid": "lili", "cursor": first["next_cursor"]})
    assert len(rest["send_list"]) == 5 and rest["next_cursor"] == ""
    assert fake.call(RESULT, {"msgid": msgid, "userid": "lili", "limit": 1000})["next_cursor"] == ""
    assert fake.call(RESULT, {"msgid": msgid, "userid": "lili", "limit": 1001})["errcode"] == 40058


def test_each_customer_has_one_of_four_states(fake: Fake) -> None:
    fake.rule(mass__quota="1/day")
    unsent, sent, left, full = (fake.add() for _ in range(4))
    fake.act("task/confirm", msgid=task(fake, [full])["msgid"])
    msgid = task(fake, [unsent, sent, left, full])["msgid"]
    fake.act("customer/delete_staff", userid="lili", external_userid=left)
    fake.act("task/confirm", msgid=msgid, to=[sent, left, full])
    assert states(fake, msgid) == {unsent: 0, sent: 1, left: 2, full: 3}
