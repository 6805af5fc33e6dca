"""SMS by a gateway and by Aliyun: what goes out, how long it is, what their answers and reports come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors import sms, sms_aliyun
from connectors.base import Account, Broken, Message, Retryable, Unknown
from connectors.sms_aliyun import signed
from connectors.sms_text import BadSms, finished, length, wants_to_leave
from tests.connectors.providers import AliyunDesk, Gateway, at, said
from tests.connectors.servers import Desk, raw
from tests.connectors.test_safe_http import silent

pytestmark = pytest.mark.usefixtures("at_home")
PHONE = "13800138000"
DEFAULTS = {one["name"]: one["default"] for one in sms.FORM if "default" in one}


def text(body: str = "新品到店，欢迎光临", to: str = PHONE, key: str = "9:1:1") -> Message:
    return Message(key, 1, "sms", 7, to, {"text": body})


@pytest.fixture
def gateway() -> Iterator[tuple[Gateway, Desk]]:
    behave = Gateway()
    with at(behave) as desk:
        yield behave, desk


def by_gateway(desk: Desk, **more: Any) -> sms.Sms:
    settings = {**DEFAULTS, "url": f"{desk.url}/send", "signature": "花间", "user": "u", **more}
    return sms.Sms(Account(1, "sms", "sms", settings, {"password": "p4ss"}))


@pytest.mark.parametrize(
    ("body", "alphabet", "places", "segments"),
    [
        ("a" * 160, "gsm", 160, 1), ("a" * 161, "gsm", 161, 2), ("a" * 306, "gsm", 306, 2), ("a" * 307, "gsm", 307, 3),
        ("€" * 80, "gsm", 160, 1), ("€" * 81, "gsm", 162, 2), ("好" * 70, "ucs2", 70, 1), ("好" * 71, "ucs2", 71, 2),
        ("好" * 134, "ucs2", 134, 2), ("好" * 135, "ucs2", 135, 3), ("😀" * 35, "ucs2", 70, 1), ("😀" * 36, "ucs2", 72, 2),
        ("", "gsm", 0, 1),
    ],
)  # fmt: skip
def test_length_is_counted_in_messages(body: str, alphabet: str, places: int, segments: int) -> None:
    found = length(body)
    assert (found.alphabet, found.places, found.segments) == (alphabet, places, segments)


def test_advertising_is_signed_and_says_how_to_leave() -> None:
    settings = {"signature": "【花间】", "opt_out": "，退订回T", "marketing": True}
    assert finished("新品到店", settings, with_signature=True) == "【花间】新品到店，退订回T"
    assert finished("【花间】新品，拒收请回复R", settings, with_signature=True) == "【花间】新品，拒收请回复R"
    assert (
        finished("验证码 1234", {**settings, "marketing": False}, with_signature=True)
        == "【花间】验证码 1234"
    )
    for bad in ({"signature": ""}, {"opt_out": ""}):
        with pytest.raises(BadSms):
            finished("新品到店", {**settings, **bad}, with_signature=True)
    with pytest.raises(BadSms):
        finished("好" * 700, settings, with_signature=True)


@pytest.mark.parametrize(
    ("answer", "leaves"),
    [
        ("T", True),
        (" td。", True),
        ("退订", True),
        ("stop", True),
        ("TD 谢谢", False),
        ("好的", False),
        ("", False),
    ],
)
def test_who_wants_to_leave(answer: str, leaves: bool) -> None:
    assert wants_to_leave(answer) is leaves


@pytest.mark.parametrize("more", [{}, {"encoding": "form"}, {"method": "GET"}])
def test_a_gateway_is_asked_as_its_form_says(gateway: tuple[Gateway, Desk], more: dict[str, str]) -> None:
    behave, desk = gateway
    if more.get("method") == "GET":
        more = {
            **more,
            "url": f"{desk.url}/send?mobile={{phone}}&content={{text}}&uid={{key}}&p={{password}}",
        }
    [receipt] = by_gateway(desk, **more).send([text("新&品=到?店")])
    assert (receipt.state, receipt.reference) == ("sent", "m-1")
    [told] = behave.texts
    assert (told["mobile"], told["content"], told["uid"]) == (PHONE, "【花间】新&品=到?店，退订回T", "9:1:1")


def test_the_gateways_answers_are_told_apart(gateway: tuple[Gateway, Desk]) -> None:
    behave, desk = gateway
    connector = by_gateway(desk)
    behave.answers = {
        "13800000001": said({"code": 21, "msg": "black list"}), "13800000002": said({}, 503),
        "13800000003": said({}, 429, **{"Retry-After": "9"}), "13800000004": said({}, 401),
    }  # fmt: skip
    [one, two] = connector.send([text(to="13800000001", key="1:1:1"), text(key="1:2:1")])
    assert (one.state, two.state) == ("refused", "sent")
    with pytest.raises(Retryable) as caught:
        connector.send([text(key="1:1:1"), text(to="13800000002", key="1:2:1")])
    assert [done.key for done in caught.value.receipts] == ["1:1:1"]
    with pytest.raises(Retryable) as caught:
        connector.send([text(to="13800000003")])
    assert caught.value.after == 9
    with pytest.raises(Broken):
        connector.send([text(to="13800000004")])
    refused, failed = connector.send([text(to="138-0013\n8000"), text("")])
    assert (refused.state, failed.state) == ("refused", "failed")


def test_what_is_unclear_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.safe_http.ask.__kwdefaults__", {**sms.ask.__kwdefaults__, "secs": 0.5})
    with raw(silent) as port:
        connector = by_gateway(Desk(lambda _: said({}), port))
        with pytest.raises(Unknown):
            connector.send([text()])
    assert not connector.keeps_keys and not hasattr(connector, "repeats_unknown")


def test_reports_name_the_message_and_who_leaves() -> None:
    told = [
        {"uid": "9:1:1", "msgid": "m-1", "status": "DELIVRD", "mobile": PHONE},
        {"uid": "9:2:1", "status": "UNDELIV", "mobile": PHONE}, {"mobile": PHONE, "content": "TD"},
        {"mobile": PHONE, "content": "谢谢"}, {"status": "DELIVRD"}, "nonsense", {},
    ]  # fmt: skip
    good, bad, left = sms.reports(DEFAULTS, told)
    assert (good.state, good.key, good.reference) == ("delivered", "9:1:1", "m-1")
    assert (bad.state, bad.key, bad.reason) == ("failed", "9:2:1", "UNDELIV")
    assert left.left and left.phone == PHONE
    assert sms.reports(DEFAULTS, None) == []


def test_the_signature_of_the_providers_own_example() -> None:
    made = signed(
        "POST", "ecs.cn-shanghai.aliyuncs.com",
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        {
            "x-acs-action": "RunInstances", "x-acs-version": "2014-05-26", "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
        b"", "YourAccessKeyId", "YourAccessKeySecret",
    )  # fmt: skip
    assert made.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def by_aliyun(desk: Desk, secret: str = "aliyun-secret", **more: Any) -> sms_aliyun.Aliyun:
    usual = {one["name"]: one["default"] for one in sms_aliyun.FORM if "default" in one}
    settings = {
        **usual, "access_key_id": "LTAI", "template_code": "SMS_1", "endpoint": desk.url, "signature": "花间", **more
    }  # fmt: skip
    return sms_aliyun.Aliyun(Account(1, "sms", "sms_aliyun", settings, {"access_key_secret": secret}))


def test_aliyun_takes_what_is_signed_and_knows_our_key() -> None:
    behave = AliyunDesk()
    with at(behave) as desk:
        first, second = by_aliyun(desk).send([text("到 店&有*礼~+", key="1:1:1"), text(key="1:2:1")])
        assert (first.state, second.reference) == ("sent", "biz^2")
        with pytest.raises(Broken):
            by_aliyun(desk, "another").send([text()])
    told = behave.taken[0]
    assert (told["OutId"], told["SignName"], told["TemplateCode"]) == ("1:1:1", "花间", "SMS_1")
    assert json.loads(told["TemplateParam"]) == {"content": "到 店&有*礼~+，退订回T"}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", Retryable), ("Throttling.User", Retryable), ("isv.AMOUNT_NOT_ENOUGH", Broken),
        ("isv.MOBILE_NUMBER_ILLEGAL", "refused"), ("isv.TEMPLATE_MISSING_PARAMETERS", "failed"),
    ],
)  # fmt: skip
def test_aliyuns_codes_are_acts(code: str, error: Any) -> None:
    behave = AliyunDesk(codes={PHONE: code})
    with at(behave) as desk:
        if isinstance(error, str):
            [receipt] = by_aliyun(desk).send([text()])
            assert (receipt.state, receipt.reason) == (error, code)
        else:
            with pytest.raises(error, match=code):
                by_aliyun(desk).send([text()])


def test_aliyuns_reports() -> None:
    told = [
        {"phone_number": PHONE, "success": True, "out_id": "9:1:1", "biz_id": "b1"},
        {"phone_number": PHONE, "success": False, "out_id": "9:2:1", "err_code": "MK:0001"},
        {"phone_number": PHONE, "content": "退订", "dest_code": "1"}, {"phone_number": PHONE, "content": "hi"},
    ]  # fmt: skip
    good, bad, left = sms_aliyun.reports({}, told)
    assert (good.state, good.key, bad.state, bad.no_number, left.left) == (
        "delivered",
        "9:1:1",
        "failed",
        True,
        True,
    )
