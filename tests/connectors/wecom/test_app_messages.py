"""Messages to staff: how many arrive, and when ours are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.wecom.errors import Denied
from connectors.wecom.staff_messages import StaffMessages, calm
from tests.connectors.wecom.conftest import Fake


def send(fake: Fake, to: str = "lili", text: str = "有新任务", **more: Any) -> int:
    body = {"touser": to, "msgtype": "text", "agentid": 1000002, "text": {"content": text}, **more}
    return int(fake.call("message/send", body)["errcode"])


def got(fake: Fake, userid: str = "lili") -> int:
    return len(fake.world.store("staff messages").get(userid, []))


def test_an_app_may_reach_so_many_a_day(fake: Fake) -> None:
    assert fake.world.rules["app.daily_per_account"] == 200
    fake.rule(app__daily_per_account=1)
    assert [send(fake, "lili|wangwei"), send(fake), send(fake)] == [0, 0, 45009], (
        "three accounts, three a day"
    )
    fake.later(86_400)
    assert send(fake) == 0


def test_what_a_member_gets_too_much_of_is_dropped_silently(fake: Fake) -> None:
    assert {send(fake) for _ in range(35)} == {0} and got(fake) == 30
    assert send(fake, "wangwei") == 0 and got(fake, "wangwei") == 1
    fake.rule(app__member_hour=32)
    fake.later(61)
    assert {send(fake) for _ in range(5)} == {0} and got(fake) == 32


def test_sending_app_messages_is_not_counted_in_the_base(fake: Fake) -> None:
    fake.rule(limit__api_minute=2)
    assert [send(fake) for _ in range(5)] == [0] * 5


def test_the_same_message_twice_is_recognised(fake: Fake) -> None:
    for _ in range(3):
        send(fake, enable_duplicate_check=1)
    assert got(fake) == 1
    fake.later(1801)
    send(fake, enable_duplicate_check=1)
    assert got(fake) == 2


def test_nobody_valid_is_an_error(fake: Fake) -> None:
    assert send(fake, "unheard") == 81013
    with pytest.raises(Denied, match="81013"):
        StaffMessages(fake.client(), 1000002).tell(["unheard"], "有新任务")


def test_messages_to_staff_avoid_the_full_and_half_hour(fake: Fake) -> None:
    def at(minute: int) -> datetime:
        return datetime(2026, 3, 2, 10, minute, 20, tzinfo=UTC)

    assert [calm(at(minute)) for minute in (1, 29, 31)] == [at(1), at(29), at(31)]
    assert (calm(at(0)).minute, calm(at(30)).minute) == (1, 31)
    messages = StaffMessages(fake.client(), 1000002)
    messages.tell(["lili"], "有 3 位客户待联系")
    messages.tell(["lili"], "有 3 位客户待联系")
    assert got(fake) == 1, "what was said within half an hour is not said again"


def chat(fake: Fake, people: list[str]) -> dict[str, Any]:
    return fake.call("appchat/create", {"name": "店长群", "owner": "lili", "userlist": people})


def test_pushes_to_app_chats_are_counted_by_people(fake: Fake) -> None:
    assert (fake.world.rules["appchat.minute"], fake.world.rules["appchat.hour"]) == (20_000, 300_000)
    chatid = chat(fake, ["lili", "wangwei"])["chatid"]
    fake.rule(appchat__minute=5, appchat__hour=7)
    push = [fake.call("appchat/send", {"chatid": chatid, "msgtype": "text"})["errcode"] for _ in range(3)]
    assert push == [0, 0, 45009]
    fake.later(61)
    push = [fake.call("appchat/send", {"chatid": chatid, "msgtype": "text"})["errcode"] for _ in range(2)]
    assert push == [0, 45009]


def test_a_member_gets_so_many_of_all_app_chats(fake: Fake) -> None:
    assert (fake.world.rules["appchat.member_minute"], fake.world.rules["appchat.member_day"]) == (
        200,
        10_000,
    )
    fake.rule(appchat__member_minute=3, appchat__member_day=5)
    chats = [chat(fake, ["lili", "wangwei"])["chatid"] for _ in range(2)]
    for number in range(4):
        assert fake.call("appchat/send", {"chatid": chats[number % 2]})["errcode"] == 0
    assert fake.world.store("chat messages")["lili"] == 3
    fake.later(61)
    for number in range(4):
        assert fake.call("appchat/send", {"chatid": chats[number % 2]})["errcode"] == 0
    assert fake.world.store("chat messages")["lili"] == 5


def test_app_chats_have_a_size_and_a_number_a_day(fake: Fake) -> None:
    assert chat(fake, [f"s{number}" for number in range(2001)])["errcode"] == 40058
    assert (fake.world.rules["appchat.made_a_day"], fake.world.rules["appchat.changes_an_hour"]) == (
        1000,
        1000,
    )
    fake.rule(appchat__made_a_day=1, appchat__changes_an_hour=1)
    made = chat(fake, [f"s{number}" for number in range(2000)])
    assert made["errcode"] == 0 and chat(fake, ["lili", "wangwei"])["errcode"] == 45009
    change = {"chatid": made["chatid"], "add_user_list": ["lili"]}
    assert [fake.call("appchat/update", change)["errcode"] for _ in range(2)] == [0, 45009]
