"""Customer groups: listed, told of, handed on."""

from __future__ import annotations

from connectors.wecom import events
from tests.connectors.wecom.conftest import Fake, Listener

LIST = "externalcontact/groupchat/list"


def test_groups_are_listed_by_owner_in_pages(fake: Fake) -> None:
    made = [fake.act("group/make", owner=("lili", "wangwei")[n % 2])["chat_id"] for n in range(5)]
    first = fake.call(LIST, {"limit": 2})
    second = fake.call(LIST, {"limit": 1000, "cursor": first["next_cursor"]})
    assert [row["chat_id"] for row in first["group_chat_list"] + second["group_chat_list"]] == made
    hers = fake.call(LIST, {"limit": 10, "owner_filter": {"userid_list": ["lili"]}})["group_chat_list"]
    assert [row["chat_id"] for row in hers] == made[::2]
    assert fake.call(LIST, {"limit": 1001})["errcode"] == fake.call(LIST, {})["errcode"] == 40058
    many = [str(n) for n in range(101)]
    assert fake.call(LIST, {"limit": 10, "owner_filter": {"userid_list": many}})["errcode"] == 40058


def test_too_many_owners_need_a_filter(fake: Fake) -> None:
    assert fake.world.rules["chat.visible"] == 1000
    fake.rule(chat__visible=2)
    assert fake.call(LIST, {"limit": 10})["errcode"] == 81017
    assert fake.call(LIST, {"limit": 10, "owner_filter": {"userid_list": ["lili"]}})["errcode"] == 0


def test_a_group_tells_of_its_beginning_its_members_and_its_end(fake: Fake, listener: Listener) -> None:
    customer = fake.add()
    chat = fake.act("group/make", name="福利群")["chat_id"]
    fake.act("group/join", chat_id=chat, external_userid=customer)
    told = fake.call("externalcontact/groupchat/get", {"chat_id": chat})["group_chat"]
    assert told["name"] == "福利群" and [m["userid"] for m in told["member_list"]] == ["lili", customer]
    fake.act("group/leave", chat_id=chat, external_userid=customer)
    fake.act("group/dismiss", chat_id=chat)
    assert fake.call("externalcontact/groupchat/get", {"chat_id": chat})["errcode"] == 40050
    assert fake.world.callbacks.settled()
    heard = [event for event in listener.events() if event["Event"] == "change_external_chat"]
    assert {(event["ChangeType"], event.get("UpdateDetail")) for event in heard} == {
        ("create", None), ("update", "add_member"), ("update", "del_member"), ("dismiss", None)
    }  # fmt: skip
    assert events.kind(heard[0]).startswith("change_external_chat.")


def test_groups_change_hands(fake: Fake) -> None:
    chats = [fake.act("group/make", owner="lili")["chat_id"] for _ in range(3)]
    transfer = "externalcontact/groupchat/onjob_transfer"
    too_many = [str(n) for n in range(101)]
    assert fake.call(transfer, {"chat_id_list": too_many, "new_owner": "wangwei"})["errcode"] == 40058
    for owner in ("wangwei", "lili"):
        assert fake.call(transfer, {"chat_id_list": chats[:1], "new_owner": owner})["failed_chat_list"] == []
    third = fake.call(transfer, {"chat_id_list": chats[:1], "new_owner": "wangwei"})
    assert [one["chat_id"] for one in third["failed_chat_list"]] == chats[:1]
    fake.later(90 * 86_400 + 1)
    assert fake.call(transfer, {"chat_id_list": chats[:1], "new_owner": "wangwei"})["failed_chat_list"] == []
    assert fake.world.rules["chat.transfer_day"] == 300
    fake.rule(chat__transfer_day=1)
    assert fake.call(transfer, {"chat_id_list": chats[1:], "new_owner": "chenjie"})["failed_chat_list"]


def test_groups_of_somebody_who_left_change_hands_by_a_call_of_their_own(fake: Fake) -> None:
    chats = [fake.act("group/make", owner="lili")["chat_id"] for _ in range(3)]
    transfer = "externalcontact/groupchat/transfer"
    too_many = [str(n) for n in range(101)]
    assert fake.call(transfer, {"chat_id_list": too_many, "new_owner": "wangwei"})["errcode"] == 40058
    wrong = fake.call(transfer, {"chat_id_list": chats[:1], "new_owner": "wangwei"})["failed_chat_list"]
    assert [one["errcode"] for one in wrong] == [90500], "she is still there"
    fake.act("staff", userid="lili", resigned=True)
    on_job = fake.call(
        "externalcontact/groupchat/onjob_transfer", {"chat_id_list": chats[:1], "new_owner": "wangwei"}
    )
    assert on_job["failed_chat_list"]
    assert fake.call(transfer, {"chat_id_list": chats[:1], "new_owner": "wangwei"})["failed_chat_list"] == []
    told = fake.call("externalcontact/groupchat/get", {"chat_id": chats[0]})["group_chat"]
    assert told["owner"] == "wangwei"
    assert fake.world.rules["chat.transfer_resigned_day"] == 300
    fake.rule(chat__transfer_resigned_day=1)
    assert fake.call(transfer, {"chat_id_list": chats[1:], "new_owner": "chenjie"})["failed_chat_list"]
