"""Row 12 of the threats, call by call: what is not WeCom's, not for us, not now or not the first has no effect."""

from __future__ import annotations

import base64
import time
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from wechatpy.enterprise.crypto import WeChatCrypto

from store.database import db
from store.tables import Inbox
from store.tables_wecom import WecomCount, WecomLook, WecomNonce, WecomUnknown, WecomWelcome
from tests.quickest import quickest
from tests.web.conftest import House
from tests.web.wecom_calls import AES_KEY, CORP, TOKEN, Line, connect, friend
from web.callbacks import wecom


@pytest.fixture
def line(house: House) -> Line:
    return connect(house)


def stored(house: House) -> list[Inbox]:
    with house.app.app_context():
        return list(db.session.scalars(select(Inbox).order_by(Inbox.id)))


def effects(house: House) -> int:
    with house.app.app_context():
        tables = (Inbox, WecomWelcome, WecomUnknown)
        return sum(len(list(db.session.scalars(select(table)))) for table in tables)


def test_a_friend_added_is_a_signal_with_the_right_to_greet_him_once(house: House, line: Line) -> None:
    answer = line.tell("add_external_contact", State="rb_summer", WelcomeCode="CODE-1", Source="1")
    assert (answer.status_code, answer.data) == (200, b"")
    (signal,) = stored(house)
    assert (signal.kind, signal.name, signal.identity) == (
        "event", "friend_added", {"external_userid": "wmEXTERNAL1"},
    )  # fmt: skip
    assert signal.data["staff"] == "zhangsan" and signal.data["state"] == "rb_summer"
    with house.app.app_context():
        welcome = db.session.scalars(select(WecomWelcome)).one()
        assert (welcome.code, welcome.staff_key, welcome.state) == ("CODE-1", "zhangsan", "waiting")
        assert welcome.event_id == signal.event_id == signal.data["welcome"]
    assert "CODE-1" not in str(signal.data)


@pytest.mark.parametrize("case", ["later", "again", "other nonce", "other nonce, other time"])
def test_what_was_told_already_is_answered_and_has_no_effect(house: House, line: Line, case: str) -> None:
    fields = friend("add_external_contact", WelcomeCode="CODE-1")
    query, body = line.seal(fields)
    assert line.post(query, body).status_code == 200
    before = effects(house)
    if case == "later":
        time.sleep(1.0)
    elif case != "again":
        at = int(time.time()) + (30 if "time" in case else 0)
        query, body = line.seal(fields, at=at)
    assert line.post(query, body).status_code == 200
    assert effects(house) == before


def test_a_nonce_is_good_once_whatever_is_said_with_it(house: House, line: Line) -> None:
    query, body = line.seal(friend("add_external_contact", WelcomeCode="CODE-1"), nonce="77777777")
    assert line.post(query, body).status_code == 200
    before = effects(house)
    query, body = line.seal(friend("add_external_contact", ExternalUserID="wmANOTHER"), nonce="77777777")
    assert line.post(query, body).status_code == 200
    assert effects(house) == before
    query, body = line.seal(friend("add_external_contact", ExternalUserID="wmANOTHER"), nonce="77777778")
    assert line.post(query, body).status_code == 200
    assert effects(house) > before


def _six_minutes(line: Line) -> tuple[dict[str, str], bytes]:
    return line.seal(friend("add_external_contact"), at=int(time.time()) - 360)


def _of_the_future(line: Line) -> tuple[dict[str, str], bytes]:
    return line.seal(friend("add_external_contact"), at=int(time.time()) + 360)


def _made_young(line: Line) -> tuple[dict[str, str], bytes]:
    query, body = _six_minutes(line)
    return query | {"timestamp": str(int(time.time()))}, body


def _changed_order(line: Line) -> tuple[dict[str, str], bytes]:
    query, body = line.seal(friend("add_external_contact"), nonce="20000000")
    return query | {"timestamp": query["nonce"], "nonce": query["timestamp"]}, body


def _truncated(line: Line) -> tuple[dict[str, str], bytes]:
    query, body = line.seal(friend("add_external_contact"))
    return _with(line, query, base64.b64decode(_sealed(body))[:-7])


def _cut_block(line: Line) -> tuple[dict[str, str], bytes]:
    query, body = line.seal(friend("add_external_contact"))
    return _with(line, query, base64.b64decode(_sealed(body))[:-32])


def _other_corp(line: Line) -> tuple[dict[str, str], bytes]:
    return Line(line.house, corp="ww_another_company").seal(friend("add_external_contact"))


def _other_key(line: Line) -> tuple[dict[str, str], bytes]:
    other = base64.b64encode(b"k" * 32).decode().rstrip("=")
    return Line(line.house, key=other).seal(friend("add_external_contact"))


def _no_signature(line: Line) -> tuple[dict[str, str], bytes]:
    query, body = line.seal(friend("add_external_contact"))
    return query | {"msg_signature": ""}, body


def _sealed(body: bytes) -> str:
    found = wecom.ENCRYPTED.search(body)
    assert found is not None
    return found[1].decode()


def _with(line: Line, query: dict[str, str], cipher: bytes) -> tuple[dict[str, str], bytes]:
    """A call with another cipher text, rightly signed: by somebody who knows the token but not the key."""
    from connectors.wecom.crypto import Crypto

    said = base64.b64encode(cipher).decode()
    signature = Crypto(TOKEN, AES_KEY, CORP).sign(query["timestamp"], query["nonce"], said)
    body = f"<xml><Encrypt><![CDATA[{said}]]></Encrypt></xml>".encode()
    return query | {"msg_signature": signature}, body


@pytest.mark.parametrize(
    "forge",
    [
        _six_minutes, _of_the_future, _made_young, _changed_order, _truncated, _cut_block, _other_corp, _other_key,
        _no_signature,
    ],
)  # fmt: skip
def test_a_forged_or_old_call_has_no_effect(house: House, line: Line, forge: Any) -> None:
    answer = line.post(*forge(line))
    assert (answer.status_code, answer.data) == (403, b"")
    assert effects(house) == 0


def test_a_call_for_one_workspace_does_nothing_in_another(house: House, line: Line) -> None:
    other = connect(house, "other", "cb-other", token="another-token")
    query, body = line.seal(friend("add_external_contact"))
    assert line.post(query, body, other.path).status_code == 403
    assert line.post(query, body, "/callbacks/wecom/guessed").status_code == 404
    assert effects(house) == 0


def test_a_wrong_signature_is_answered_within_50_ms_and_no_xml_is_read(
    house: House, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_data: bytes) -> dict[str, Any]:
        raise AssertionError("XML was read before the signature was known to be right")

    monkeypatch.setattr(wecom.xml, "read", never)
    query, _ = line.seal(friend("add_external_contact"))
    bomb = b"<!DOCTYPE x [" + b"<!ENTITY a 'aaaaaaaa'>" * 1000 + b"]><xml><Encrypt>QUJD</Encrypt></xml>"

    def refused(body: bytes) -> None:
        assert line.post(query | {"msg_signature": "0" * 40}, body).status_code == 403

    for body in (bomb, b"<a>" * 20_000, b"", b"x" * 65_537):
        assert quickest(partial(refused, body), 0.05, tries=20) < 0.05


@pytest.mark.parametrize("raw", ["<xml><a>", "plain", "<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>"])
def test_xml_that_is_not_read_has_no_effect_even_if_it_was_signed(house: House, line: Line, raw: str) -> None:
    assert line.post(*line.seal({}, raw=raw)).status_code == 400
    assert effects(house) == 0


def test_the_address_is_proved_by_the_bare_echo_within_a_second(house: House, line: Line) -> None:
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
    from xml.etree import ElementTree

    nonces = iter("nopqr")
    query: dict[str, str] = {}

    def proved() -> None:
        stamp, nonce = str(int(time.time())), next(nonces)
        sealed = ElementTree.fromstring(crypto.encrypt_message("1616140317555161061", nonce, stamp))
        query.update(
            msg_signature=sealed.findtext("MsgSignature") or "",
            timestamp=stamp,
            nonce=nonce,
            echostr=sealed.findtext("Encrypt") or "",
        )
        answer = house.app.test_client().get(line.path, query_string=query)
        assert (answer.status_code, answer.data) == (200, b"1616140317555161061")

    assert quickest(proved, 1.0) < 1.0
    wrong = house.app.test_client().get(line.path, query_string=query | {"nonce": "m"})
    assert (wrong.status_code, wrong.data) == (403, b"")


def test_what_we_do_not_know_is_kept_and_counted_and_nobody_is_told(house: House, line: Line) -> None:
    for _ in range(2):
        assert line.tell("shuffle_of_friends", UserID="lisi").status_code == 200
    assert line.post(*line.seal({**friend("x"), "Event": "kf_msg_or_event"})).status_code == 200
    assert stored(house) == []
    with house.app.app_context():
        counts = {row.name: (row.known, row.times) for row in db.session.scalars(select(WecomCount))}
        kept = db.session.scalars(select(WecomUnknown)).all()
    assert counts["kf_msg_or_event.x"] == (False, 1)
    assert {row.name for row in kept} == set(counts)


def test_two_who_come_in_the_same_second_are_two(house: House, line: Line) -> None:
    for person in ("wmA", "wmB"):
        assert line.tell("add_half_external_contact", ExternalUserID=person).status_code == 200
    assert [row.identity for row in stored(house)] == [{"external_userid": "wmA"}, {"external_userid": "wmB"}]


def test_group_calls_are_signals_of_the_group_and_of_each_member(house: House, line: Line) -> None:
    chat = {"Event": "change_external_chat", "ChatId": "wrCHAT1"}
    fields = {**friend("update"), **chat, "UpdateDetail": "add_member", "JoinScene": 3}
    fields["MemChangeList"] = {"Item": ["wmA", "zhangsan", "woB"]}
    assert line.post(*line.seal(fields)).status_code == 200
    rows = [(row.name, row.identity, row.data) for row in stored(house)]
    assert rows == [
        ("group_changed", {"@group": "wrCHAT1"}, {"change": "update", "detail": "add_member"}),
        ("group_joined", {"external_userid": "wmA"}, {"group": "wrCHAT1"}),
        ("group_joined", {"external_userid": "woB"}, {"group": "wrCHAT1"}),
    ]


def test_nonces_are_kept(house: House, line: Line) -> None:
    line.tell("edit_external_contact")
    with house.app.app_context():
        assert [row.nonce for row in db.session.scalars(select(WecomNonce))] == ["n1"]


def test_what_has_changed_is_to_be_read_anew_once(house: House, line: Line) -> None:
    line.tell("add_external_contact", ExternalUserID="wmlin")
    line.tell("edit_external_contact", ExternalUserID="wmlin")
    line.tell("del_follow_user", ExternalUserID="wmhe")
    group = {"MsgType": "event", "Event": "change_external_chat", "FromUserName": "sys", "ToUserName": CORP}
    for number, change in enumerate(("update", "dismiss")):
        given = {**group, "ChangeType": change, "ChatId": "wr1", "CreateTime": int(time.time()) + number}
        assert line.post(*line.seal(given)).status_code == 200
    with house.app.app_context():
        looks = db.session.execute(select(WecomLook.what, WecomLook.key).order_by(WecomLook.what)).all()
    assert [tuple(one) for one in looks] == [("chat", "wr1"), ("contact", "wmlin"), ("dismissed", "wr1")]
