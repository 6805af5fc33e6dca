"""The connector against the fake: tasks, welcomes, groups, robots, Moments, and what staff do with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Account, Message, Permanent, Retryable, Unknown
from connectors.wecom.connector import WeCom, make
from connectors.wecom.fake.world import SECRET
from tests.connectors.wecom.conftest import Fake

ADD = "externalcontact/add_msg_template"


class Desk:
    """A connector with a clock of its own, and messages with running keys."""

    def __init__(self, fake: Fake, **settings: Any) -> None:
        robots = str(settings.pop("robots", ""))
        settings = {"corp_id": fake.world.corp_id, "address": fake.url, **settings}
        account = Account(1, "wecom_direct", "wecom", settings, {"secret": SECRET, "robots": robots})
        self.wecom: WeCom = make(account)
        self.at, self.made = 0.0, 0
        self.wecom.watching.clock = self.wecom.robots.clock = lambda: self.at

    def message(self, to: str, text: str = "新品到店", carrier: str = "wecom_direct", **more: Any) -> Message:
        self.made += 1
        return Message(f"1:{self.made}:0", 1, carrier, 7, to, {"text": text, **more.pop("body", {})}, **more)

    def later(self, seconds: float = 10_000) -> dict[str, tuple[str, str | None]]:
        self.at += seconds
        return {receipt.key: (receipt.state, receipt.reason) for receipt in self.wecom.later()}


@pytest.fixture
def desk(fake: Fake) -> Iterator[Desk]:
    made = Desk(fake)
    yield made
    made.wecom.close()


def test_what_says_the_same_is_one_task_for_each_member_of_staff(fake: Fake, desk: Desk) -> None:
    people = [fake.add() for _ in range(30)]
    messages = [desk.message(one, "同样的话") for one in people] + [desk.message(people[0], "另一句话")]
    receipts = desk.wecom.send(messages)
    assert [r.key for r in receipts] == [m.key for m in messages] and {r.state for r in receipts} == {"sent"}
    assert fake.world.asked[ADD] == 2 and len({r.reference for r in receipts}) == 2
    assert all(fake.arrived(one) == [] for one in people), "nothing before staff confirm"


def test_the_same_words_twice_to_one_customer_are_two_receipts(fake: Fake, desk: Desk) -> None:
    customer = fake.add()
    receipts = desk.wecom.send([desk.message(customer), desk.message(customer)])
    fake.act("task/confirm", msgid=receipts[0].reference)
    assert set(desk.later()) == {receipt.key for receipt in receipts}


def test_staff_confirm_and_each_customer_has_his_receipt(fake: Fake, desk: Desk) -> None:
    fake.rule(mass__quota="1/day")
    full, sent, left, unsent = (fake.add() for _ in range(4))
    before = desk.wecom.send([desk.message(full, "早上好")])
    fake.act("task/confirm", msgid=before[0].reference)
    messages = [desk.message(one) for one in (full, sent, left, unsent, "wm-unheard")]
    receipts = desk.wecom.send(messages)
    assert [r.state for r in receipts] == ["sent"] * 4 + ["refused"]
    fake.act("customer/delete_staff", userid="lili", external_userid=left)
    fake.act("task/confirm", msgid=receipts[0].reference, to=[full, sent, left])
    keys = [message.key for message in messages]
    assert desk.later() == {
        before[0].key: ("delivered", None),
        keys[0]: ("refused", "the customer already got another broadcast"),
        keys[1]: ("delivered", None),
        keys[2]: ("refused", "not a friend"),
    }
    assert desk.later() == {}, "each once"
    fake.act("task/confirm", msgid=receipts[0].reference)
    assert desk.later() == {keys[3]: ("delivered", None)} and len(desk.wecom.watching) == 0


def test_open_tasks_are_asked_after_less_and_less_often(fake: Fake, desk: Desk) -> None:
    desk.wecom.send([desk.message(fake.add())])
    for _ in range(3600):
        desk.later(1)
    assert 5 <= fake.world.asked["externalcontact/get_groupmsg_task"] <= 10
    assert desk.later(31 * 86_400) == {} and len(desk.wecom.watching) == 0, "a month later it is given up"


def test_results_of_more_than_a_page_come_whole(fake: Fake, desk: Desk) -> None:
    messages = [desk.message(fake.add()) for _ in range(1203)]
    receipts = desk.wecom.send(messages)
    fake.act("task/confirm", msgid=receipts[0].reference)
    assert len(desk.later()) == 1203


def test_a_task_of_an_earlier_process_is_taken_up(fake: Fake, desk: Desk) -> None:
    customer = fake.add()
    [receipt] = desk.wecom.send([desk.message(customer)])
    other = Desk(fake)
    other.wecom.watch("wecom_direct", str(receipt.reference), [(customer, receipt.key)])
    fake.act("task/confirm", msgid=receipt.reference)
    assert other.later() == {receipt.key: ("delivered", None)}
    other.wecom.watch("wecom_direct", "unheard", [(customer, "1:9:9")])
    assert other.later() == {} and len(other.wecom.watching) == 0
    other.wecom.close()


def test_a_message_goes_in_the_name_of_its_member_of_staff(fake: Fake, desk: Desk) -> None:
    customer = fake.add("lili")
    fake.add("wangwei", external_userid=customer)
    [receipt] = desk.wecom.send([desk.message(customer, sender="wangwei")])
    fake.act("task/confirm", msgid=receipt.reference)
    assert fake.arrived(customer)[0]["from"] == "wangwei"
    [refused] = desk.wecom.send([desk.message(customer, sender="chenjie")])
    assert refused.state == "refused" and refused.reason and refused.reason.startswith("41048")


def test_a_welcome_goes_out_by_itself_and_once(fake: Fake, desk: Desk) -> None:
    told = fake.act("customer/add")
    message = desk.message(told["external_userid"], "欢迎", welcome_code=told["welcome_code"])
    [receipt] = desk.wecom.send([message])
    assert receipt.state == "delivered" and fake.arrived(told["external_userid"])[0]["text"] == "欢迎"
    [again] = desk.wecom.send([message])
    assert again == receipt and len(fake.arrived(told["external_userid"])) == 1
    late = fake.act("customer/add")
    fake.later(21)
    [missed] = desk.wecom.send([desk.message(late["external_userid"], welcome_code=late["welcome_code"])])
    assert missed.state == "failed" and missed.reason and missed.reason.startswith("41050")


@pytest.mark.parametrize("failing", [{"status": 502}, {"drop": True}, {"code": -1}])
def test_what_may_have_gone_out_is_not_sent_again(fake: Fake, desk: Desk, failing: dict[str, Any]) -> None:
    first, second, third = (fake.add() for _ in range(3))
    desk.wecom.check()
    messages = [desk.message(first, "一"), desk.message(second, "二"), desk.message(third, "三")]
    fake.act("fail", path=ADD, times=0)
    fake.world.failing[:] = [{"path": ADD, "times": 1, "after": True, **failing}]
    with pytest.raises(Unknown) as caught:
        desk.wecom.send(messages)
    assert caught.value.unasked == [messages[1].key, messages[2].key] and caught.value.receipts == []
    assert len(fake.world.store("tasks")) == 1, "it went out, only its answer was lost"
    with pytest.raises(Unknown):
        desk.wecom.send([messages[0]])
    assert len(fake.world.store("tasks")) == 1
    assert [r.state for r in desk.wecom.send(messages[1:])] == ["sent", "sent"]


def test_a_failure_in_the_middle_names_what_was_done(fake: Fake, desk: Desk) -> None:
    people = [fake.add() for _ in range(3)]
    messages = [desk.message(one, f"第 {place} 句") for place, one in enumerate(people)]
    desk.wecom.send(messages[:1])
    fake.world.failing[:] = [{"path": ADD, "times": 1, "after": False, "code": 45009}]
    with pytest.raises(Retryable) as caught:
        desk.wecom.send(messages)
    assert [receipt.key for receipt in caught.value.receipts] == [messages[0].key]
    assert caught.value.after and caught.value.after <= 60


def test_a_group_hears_it_from_its_owner(fake: Fake, desk: Desk) -> None:
    chats = [fake.act("group/make", owner=who)["chat_id"] for who in ("lili", "wangwei", "lili")]
    receipts = desk.wecom.send([desk.message(chat, carrier="wecom_group") for chat in (*chats, "wr-unheard")])
    assert [r.state for r in receipts] == ["sent", "sent", "sent", "failed"]
    assert fake.world.asked[ADD] == 2, "one task for each owner"
    fake.act("task/confirm", msgid=receipts[0].reference)
    assert desk.later() == {receipts[0].key: ("delivered", None), receipts[2].key: ("delivered", None)}


def test_a_group_with_a_robot_hears_it_at_once(fake: Fake) -> None:
    chat, key = fake.act("group/make")["chat_id"], fake.act("robot/make")["key"]
    desk = Desk(
        fake, robots=f"{chat} https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}\nother robot-2"
    )
    for _ in range(20):
        [receipt] = desk.wecom.send([desk.message(chat, carrier="wecom_group")])
        assert receipt.state == "delivered"
    with pytest.raises(Retryable) as caught:
        desk.wecom.send([desk.message(chat, carrier="wecom_group")])
    assert caught.value.after and caught.value.after <= 60
    assert len(fake.world.store("robots")[key]["said"]) == 20
    desk.at = 61
    assert desk.wecom.send([desk.message(chat, "好" * 700, carrier="wecom_group")])[0].state == "failed"
    fake.act("robot/make", key=key, off=True)
    [refused] = desk.wecom.send([desk.message(chat, carrier="wecom_group")])
    assert refused.state == "refused" and refused.reason and refused.reason.startswith("93004")
    desk.wecom.close()


def test_a_moment_is_published_once_by_each_member_of_staff(fake: Fake, desk: Desk) -> None:
    people = [fake.add("lili"), fake.add("lili"), fake.add("wangwei")]
    messages = [
        desk.message(one, "早安", "moments", sender=who)
        for one, who in zip(people, ("lili", "lili", "wangwei"), strict=True)
    ]
    receipts = desk.wecom.send(messages)
    assert {r.state for r in receipts} == {"sent"} and len(fake.world.store("moments")) == 1
    desk.wecom.send([desk.message(people[0], "早安", "moments", sender="lili")])
    assert len(fake.world.store("moments")) == 1, "what she was given today is not given to her again"
    [moment] = fake.world.store("moments")
    assert desk.later() == {}
    assert fake.act("moment/publish", moment_id=moment, userid="lili")["seen_by"] == people[:2]
    assert set(desk.later()) == {receipts[0].key, receipts[1].key, "1:4:0"}
    with pytest.raises(Permanent, match="nobody publishes"):
        desk.wecom.send([desk.message(people[0], "晚安", "moments")])


def test_tags_go_out_by_name_and_tasks_are_reminded_of(fake: Fake, desk: Desk) -> None:
    customer = fake.add()
    ids = desk.wecom.tag_ids(["干性", "高价值"])
    assert desk.wecom.tag_ids(["高价值"]) == {"高价值": ids["高价值"]}
    desk.wecom.mark_tags("lili", customer, [ids["干性"]])
    assert fake.world.customers[customer].follows["lili"].tags == [ids["干性"]]
    [receipt] = desk.wecom.send([desk.message(customer)])
    for _ in range(3):
        desk.wecom.remind(str(receipt.reference))
    with pytest.raises(Permanent, match="41094"):
        desk.wecom.remind(str(receipt.reference))
    desk.wecom.cancel(str(receipt.reference))
    assert "cancelled" in fake.act("task/confirm", msgid=receipt.reference)["error"]


def test_links_and_mini_programs_are_attached(fake: Fake, desk: Desk) -> None:
    customer = fake.add()
    link = {"type": "link", "title": "新店", "url": "https://example.com/shop"}
    program = {"type": "miniprogram", "title": "会员中心", "url": "https://wxaurl.cn/abc"}
    [receipt] = desk.wecom.send([desk.message(customer, body={"attachments": [link, program]})])
    fake.act("task/confirm", msgid=receipt.reference)
    assert [one["msgtype"] for one in fake.arrived(customer)[0]["attachments"]] == ["link", "link"]


def test_files_are_uploaded_once(fake: Fake, desk: Desk, picture: str) -> None:
    image = {"type": "image", "title": "海报", "url": picture}
    people = [fake.add() for _ in range(2)]
    for place, one in enumerate(people):
        desk.wecom.send([desk.message(one, str(place), body={"attachments": [image]})])
    assert len(fake.world.store("media")) == 1 and fake.world.asked["media/upload"] == 1
    missing = {"type": "image", "url": f"{picture}/nothing"}
    with pytest.raises(Permanent, match="404"):
        desk.wecom.send([desk.message(people[0], body={"attachments": [missing]})])
