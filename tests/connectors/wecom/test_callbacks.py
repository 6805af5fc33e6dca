"""How the fake calls the product, and how one event is known again."""

from __future__ import annotations

from connectors.wecom import events, xml
from connectors.wecom.crypto import new_key
from tests.connectors.wecom.conftest import Fake, Listener
from tests.quickest import quickest


def test_a_callback_is_signed_and_sealed_xml(fake: Fake, listener: Listener) -> None:
    external = fake.add("lili", state="shop-7")
    assert fake.world.callbacks.settled()
    [(query, body)] = listener.heard
    assert set(query) == {"msg_signature", "timestamp", "nonce"}
    outside = xml.read(body)
    assert (
        set(outside) == {"ToUserName", "AgentID", "Encrypt"} and outside["ToUserName"] == fake.world.corp_id
    )
    [event] = listener.events()
    assert events.kind(event) == "change_external_contact.add_external_contact"
    assert (event["ExternalUserID"], event["UserID"], event["State"]) == (external, "lili", "shop-7")


def test_a_slow_answer_is_asked_again_three_times_in_all(fake: Fake, listener: Listener) -> None:
    assert fake.world.rules["callback.seconds"] == 5 and fake.world.rules["callback.tries"] == 3
    fake.rule(callback__seconds=0.1)
    listener.wait = 0.3
    fake.add()
    assert fake.world.callbacks.settled()
    [call] = fake.world.callbacks.calls
    assert call.answers == [0, 0, 0] and len(listener.heard) == 3


def test_an_answer_that_is_not_200_is_a_failure(fake: Fake, listener: Listener) -> None:
    listener.status = 204
    fake.add()
    assert fake.world.callbacks.settled()
    assert fake.world.callbacks.calls[0].answers == [204, 204, 204]
    assert len({xml.read(body)["Encrypt"] for _, body in listener.heard}) == 1


def test_an_empty_200_is_enough(fake: Fake, listener: Listener) -> None:
    fake.add()
    assert fake.world.callbacks.settled()
    assert fake.world.callbacks.calls[0].answers == [200]


def test_one_message_has_one_identity() -> None:
    fields = {"MsgType": "text", "MsgId": "17", "Content": "hi"}
    assert events.kind(fields) == "message"
    assert (
        events.identity(fields) == events.identity({**fields}) != events.identity({**fields, "MsgId": "18"})
    )


def test_one_event_has_one_identity_and_two_customers_have_two(fake: Fake, listener: Listener) -> None:
    listener.status = 500
    for _ in range(2):
        fake.add()
    assert fake.world.callbacks.settled()
    heard = listener.events()
    assert len(heard) == 6 and len({events.identity(event) for event in heard}) == 2
    assert {event["FromUserName"] for event in heard} == {"sys"}
    one = dict(heard[0])
    for name in ("ChangeType", "ExternalUserID", "UserID", "CreateTime", "FromUserName"):
        assert events.identity({**one, name: "other"}) != events.identity(one)


def test_an_address_is_proved_by_opening_an_echo(fake: Fake, listener: Listener) -> None:
    given = {"url": listener.url, "token": listener.token, "encoding_aes_key": listener.key}
    assert fake.act("callback", **given) == {"url": listener.url}
    listener.wait = 1.2

    def tried() -> None:
        assert "no answer" in fake.act("callback", **given)["error"]

    assert quickest(tried, 2.0) < 2.0
    listener.wait = 0
    assert "error" in fake.act("callback", **{**given, "encoding_aes_key": new_key()})


def test_a_proof_with_anything_around_it_fails(fake: Fake, listener: Listener) -> None:
    given = {"url": listener.url, "token": listener.token, "encoding_aes_key": listener.key}
    for around in (b'"%s"', b"\xef\xbb\xbf%s", b"%s\n"):
        listener.around = around
        assert "bare" in fake.act("callback", **given)["error"]


def test_the_addresses_of_callbacks_can_be_asked(fake: Fake) -> None:
    assert fake.call("getcallbackip")["ip_list"] == ["127.0.0.1"]
