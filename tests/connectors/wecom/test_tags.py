"""Tags: on whom, how many, and which changes are told."""

from __future__ import annotations

from tests.connectors.wecom.conftest import Fake, Listener

MAKE, MARK = "externalcontact/add_corp_tag", "externalcontact/mark_tag"


def made(fake: Fake, *names: str) -> list[str]:
    told = fake.call(MAKE, {"group_name": "肤质", "tag": [{"name": name} for name in names]})
    return [tag["id"] for tag in told["tag_group"]["tag"]]


def test_tags_belong_to_a_member_and_a_customer(fake: Fake) -> None:
    [dry, oily] = made(fake, "干性", "油性")
    customer = fake.add("lili")
    fake.add("wangwei", external_userid=customer)
    assert (
        fake.call(MARK, {"userid": "lili", "external_userid": customer, "add_tag": [dry, oily]})["errcode"]
        == 0
    )
    assert (
        fake.call(MARK, {"userid": "lili", "external_userid": customer, "remove_tag": [oily]})["errcode"] == 0
    )
    shown = fake.call("externalcontact/get", external_userid=customer)
    assert {f["userid"]: [t["tag_name"] for t in f["tags"]] for f in shown["follow_user"]} == {
        "lili": ["干性"],
        "wangwei": [],
    }
    assert (
        fake.call(MARK, {"userid": "chenjie", "external_userid": customer, "add_tag": [dry]})["errcode"]
        == 84061
    )
    assert (
        fake.call(MARK, {"userid": "lili", "external_userid": customer, "add_tag": ["unheard"]})["errcode"]
        == 40068
    )


def test_a_company_has_3000_tags(fake: Fake) -> None:
    for begin in range(0, 3000, 100):
        made(fake, *(f"tag {number}" for number in range(begin, begin + 100)))
    assert fake.call(MAKE, {"group_name": "肤质", "tag": [{"name": "one more"}]})["errcode"] == 40126


def test_tags_changed_by_hand_are_events(fake: Fake, listener: Listener) -> None:
    tag = fake.act("tag/make", name="会员")["id"]
    for how in ("update", "shuffle", "delete"):
        fake.act("tag/change", id=tag, how=how, name="老会员")
    assert fake.world.callbacks.settled()
    assert {e["ChangeType"] for e in listener.events()} == {"create", "update", "shuffle", "delete"}


def test_what_we_change_by_api_brings_no_callback(fake: Fake, listener: Listener) -> None:
    customer = fake.add()
    assert fake.world.callbacks.settled() and len(listener.heard) == 1
    [tag] = made(fake, "干性")
    fake.call(MARK, {"userid": "lili", "external_userid": customer, "add_tag": [tag]})
    assert fake.world.callbacks.settled() and len(listener.heard) == 1
    fake.act("staff/tag", userid="lili", external_userid=customer, remove=[tag])
    assert fake.world.callbacks.settled() and len(listener.heard) == 2
