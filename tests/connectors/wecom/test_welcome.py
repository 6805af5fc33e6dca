"""The welcome: twenty seconds, once."""

from __future__ import annotations

from typing import Any

from tests.connectors.wecom.conftest import Fake, Listener


def welcome(fake: Fake, code: str, text: str = "你好，欢迎！", **more: Any) -> int:
    told = fake.call(
        "externalcontact/send_welcome_msg", {"welcome_code": code, "text": {"content": text}, **more}
    )
    return int(told["errcode"])


def test_a_code_is_good_for_20_seconds(fake: Fake) -> None:
    first, second = fake.act("customer/add"), fake.act("customer/add")
    fake.later(19)
    assert welcome(fake, first["welcome_code"]) == 0
    assert fake.arrived(first["external_userid"])[0]["text"] == "你好，欢迎！"
    fake.later(1.5)
    assert welcome(fake, second["welcome_code"]) == 41050
    assert welcome(fake, "unheard") == 41050
    assert fake.arrived(second["external_userid"]) == []


def test_a_code_works_once_even_for_two_apps(fake: Fake) -> None:
    fake.act("app", name="other", secret="other-secret")
    other = fake.token("other-secret")["access_token"]
    told = fake.act("customer/add")
    body = {"welcome_code": told["welcome_code"], "text": {"content": "hi"}}
    assert fake.raw("externalcontact/send_welcome_msg", {"access_token": other}, body)["errcode"] == 0
    assert welcome(fake, told["welcome_code"]) == 41050
    assert len(fake.arrived(told["external_userid"])) == 1


def test_a_welcome_has_4000_bytes_and_nine_attachments(fake: Fake) -> None:
    code = fake.act("customer/add")["welcome_code"]
    link = {"msgtype": "link", "link": {"title": "店", "url": "https://example.com"}}
    assert welcome(fake, code, "好" * 1334) == 40058
    assert welcome(fake, code, attachments=[link] * 10) == 40058
    assert welcome(fake, code, attachments=[{"msgtype": "voice", "voice": {}}]) == 40058
    assert welcome(fake, code, attachments=[{"msgtype": "image", "image": {"media_id": "unheard"}}]) == 40007
    assert welcome(fake, code, "好" * 1333 + "!", attachments=[link] * 9) == 0


def test_there_is_no_code_where_the_admin_wrote_a_welcome(fake: Fake, listener: Listener) -> None:
    fake.act("admin/welcome", userid="lili")
    assert fake.act("customer/add", userid="lili")["welcome_code"] == ""
    assert fake.act("customer/add", userid="wangwei")["welcome_code"]
    assert fake.world.callbacks.settled()
    assert ["WelcomeCode" in event for event in sorted(listener.events(), key=lambda e: e["UserID"])] == [
        False,
        True,
    ]


def test_no_welcome_once_they_chat(fake: Fake) -> None:
    told = fake.act("customer/add", userid="lili")
    fake.act("customer/chat", userid="lili", external_userid=told["external_userid"])
    assert welcome(fake, told["welcome_code"]) == 41051


def test_a_welcome_on_its_way_is_not_sent_again(fake: Fake) -> None:
    told = fake.act("customer/add")
    fake.act("welcome/hold", welcome_code=told["welcome_code"])
    assert welcome(fake, told["welcome_code"]) == 41096


def test_no_welcome_without_consent_to_the_archive(fake: Fake) -> None:
    told = fake.act("customer/add")
    fake.act("customer/archive", external_userid=told["external_userid"], agree=False)
    assert welcome(fake, told["welcome_code"]) == 41053
