"""Handing customers on: how many, how often, and what the customer says to it."""

from __future__ import annotations

from tests.connectors.wecom.conftest import Fake, Listener

TRANSFER, RESULT = "externalcontact/transfer_customer", "externalcontact/transfer_result"


def hand_on(
    fake: Fake, people: list[str], gives: str = "lili", takes: str = "wangwei", path: str = TRANSFER
) -> list[int]:
    body = {"handover_userid": gives, "takeover_userid": takes, "external_userid": people}
    told = fake.call(path, body)
    return [one["errcode"] for one in told["customer"]] if told["errcode"] == 0 else [told["errcode"]]


def results(
    fake: Fake, gives: str = "lili", takes: str = "wangwei", path: str = RESULT, **more: object
) -> list[int]:
    told = fake.call(path, {"handover_userid": gives, "takeover_userid": takes, **more})
    return [one["status"] for one in told["customer"]]


def test_a_call_has_100_customers(fake: Fake) -> None:
    people = [fake.add() for _ in range(101)]
    assert hand_on(fake, people) == [40058] and hand_on(fake, people[:100]) == [0] * 100


def test_a_transfer_takes_24_hours(fake: Fake) -> None:
    customer = fake.add()
    assert hand_on(fake, [customer]) == [0] and results(fake) == [2]
    fake.later(24 * 3600 - 60)
    assert results(fake) == [2]
    fake.later(61)
    assert results(fake) == [1]
    assert fake.world.followed_by(fake.world.customers[customer]) == ["wangwei"]


def test_a_customer_is_handed_on_twice_in_90_days(fake: Fake) -> None:
    customer = fake.add("lili")
    for gives, takes in (("lili", "wangwei"), ("wangwei", "lili")):
        assert hand_on(fake, [customer], gives, takes) == [0]
        fake.later(86_401)
        assert results(fake, gives, takes) == [1]
    assert hand_on(fake, [customer]) == [40128]
    fake.later(90 * 86_400)
    assert hand_on(fake, [customer]) == [0]


def test_a_customer_may_refuse_a_transfer(fake: Fake, listener: Listener) -> None:
    one, two, none = fake.add(), fake.add(), fake.add()
    hand_on(fake, [one, two])
    fake.act("customer/refuse_transfer", userid="lili", external_userid=one)
    fake.act("customer/refuse_transfer", userid="lili", external_userid=two, limit=True)
    fake.later(86_401)
    assert results(fake) == [3, 4]
    assert results(fake, "chenjie", "lili", external_userid=[none]) == [5]
    assert fake.world.callbacks.settled()
    failed = {
        e["ExternalUserID"]: e["FailReason"] for e in listener.events() if e["ChangeType"] == "transfer_fail"
    }
    assert failed == {one: "customer_refused", two: "customer_limit_exceed"}
    assert fake.world.followed_by(fake.world.customers[one]) == ["lili"]


def test_customers_of_somebody_who_left_are_handed_on(fake: Fake) -> None:
    customer = fake.add("lili")
    assert hand_on(fake, [customer], path="externalcontact/resigned/transfer_customer") == [40097]
    fake.act("staff", userid="lili", resigned=True)
    assert hand_on(fake, [customer]) == [40097]
    assert hand_on(fake, [customer], path="externalcontact/resigned/transfer_customer") == [0]
    fake.later(86_401)
    assert results(fake, path="externalcontact/resigned/transfer_result") == [1]
