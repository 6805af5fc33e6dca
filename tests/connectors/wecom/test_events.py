"""What the fake tells of: customers who come, change and go, and what else may knock."""

from __future__ import annotations

from typing import Any

from connectors.wecom import events
from tests.connectors.wecom.conftest import Fake, Listener


def heard(fake: Fake, listener: Listener) -> list[dict[str, Any]]:
    assert fake.world.callbacks.settled()
    told = sorted(listener.events(), key=lambda event: (event["Event"], event.get("ChangeType", "")))
    listener.heard.clear()
    return told


def test_a_customer_who_adds_staff_brings_state_and_welcome_code(fake: Fake, listener: Listener) -> None:
    told = fake.act("customer/add", userid="lili", state="shop-7")
    [event] = heard(fake, listener)
    assert event["State"] == "shop-7" and event["WelcomeCode"] == told["welcome_code"]


def test_a_note_is_an_edit_but_a_phone_note_is_none(fake: Fake, listener: Listener) -> None:
    pair = {"userid": "lili", "external_userid": fake.add()}
    heard(fake, listener)
    fake.act("staff/edit", **pair, phones=["13800138000"])
    assert heard(fake, listener) == []
    fake.act("staff/edit", **pair, remark="王姐")
    assert [events.kind(one) for one in heard(fake, listener)] == [
        "change_external_contact.edit_external_contact"
    ]


def test_an_unconfirmed_friend_brings_a_welcome_code_too(fake: Fake, listener: Listener) -> None:
    told = fake.act("customer/add", half=True)
    [event] = heard(fake, listener)
    assert event["ChangeType"] == "add_half_external_contact" and event["WelcomeCode"] == told["welcome_code"]


def test_who_deleted_whom_is_told(fake: Fake, listener: Listener) -> None:
    one, two = fake.add(), fake.add()
    heard(fake, listener)
    fake.act("staff/delete_customer", userid="lili", external_userid=one)
    fake.act("customer/delete_staff", userid="lili", external_userid=two)
    told = {event["ChangeType"]: event["ExternalUserID"] for event in heard(fake, listener)}
    assert told == {"del_external_contact": one, "del_follow_user": two}


def test_after_the_customer_left_apis_still_work(fake: Fake) -> None:
    customer = fake.add()
    fake.act("customer/delete_staff", userid="lili", external_userid=customer)
    tag = fake.call("externalcontact/add_corp_tag", {"tag": [{"name": "流失"}]})["tag_group"]["tag"][0]["id"]
    marked = {"userid": "lili", "external_userid": customer, "add_tag": [tag]}
    assert fake.call("externalcontact/mark_tag", marked)["errcode"] == 0
    assert fake.call("externalcontact/get", external_userid=customer)["follow_user"][0]["userid"] == "lili"


def test_after_staff_deleted_there_is_no_relation(fake: Fake) -> None:
    customer = fake.add()
    fake.act("staff/delete_customer", userid="lili", external_userid=customer)
    marked = {"userid": "lili", "external_userid": customer, "add_tag": []}
    assert fake.call("externalcontact/mark_tag", marked)["errcode"] == 84061
    assert fake.call("externalcontact/get", external_userid=customer)["follow_user"] == []


def test_agreeing_to_the_archive_is_an_event(fake: Fake, listener: Listener) -> None:
    customer = fake.add()
    heard(fake, listener)
    fake.act("customer/archive", external_userid=customer)
    assert [one["ChangeType"] for one in heard(fake, listener)] == ["msg_audit_approved"]


def test_the_acquisition_assistant_tells_of_its_balance(fake: Fake, listener: Listener) -> None:
    for change in ("friend_request", "balance_exhausted", "link_unavailable", "customer_start_chat"):
        fake.act("event", event="customer_acquisition", change=change, fields={"LinkId": "l1"})
    fake.act("acquisition/balance", balance=19)
    fake.act("acquisition/balance", balance=25)
    told = [one["ChangeType"] for one in heard(fake, listener)]
    assert told == [
        "balance_exhausted",
        "balance_low",
        "customer_start_chat",
        "friend_request",
        "link_unavailable",
    ]


def test_the_archive_and_the_service_knock(fake: Fake, listener: Listener) -> None:
    fake.act("event", event="msgaudit_notify")
    fake.act("service/customer", external_userid=fake.add())
    told = [events.kind(one) for one in heard(fake, listener)]
    assert told[1:] == ["kf_msg_or_event", "msgaudit_notify"]
