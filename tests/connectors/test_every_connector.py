"""What each connector promises, asked of all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import catalogue, forms
from connectors.base import Account, Connector, Message, Permanent, Retryable, Unknown
from connectors.registry import NameTaken, NoConnector, Registry
from connectors.sandbox import Sandbox
from connectors.wecom.connector import WeCom
from connectors.wecom.fake.world import SECRET, Customer, Follow
from tests.connectors.providers import AliyunDesk, Gateway, Hook, WeixinDesk, at
from tests.connectors.servers import mail
from tests.connectors.suite import Scripted, rate_limited
from tests.connectors.wecom.conftest import Fake

#: Each connector beside what it really speaks to.
CONNECTORS = (
    "sandbox",
    "scripted",
    "email",
    "webhook",
    "sms",
    "sms_aliyun",
    "official_account",
    "wecom",
)


@dataclass
class Place:
    """A connector with the other side of it: how many effects there were, and a message it takes."""

    connector: Any
    effects: Callable[[], int]
    message: Callable[[str], Message]


def message(key: str, to: str | None = "13800138000", carrier: str = "sms", **body: Any) -> Message:
    return Message(key, 1, carrier, 7, to, {"text": "你好", **body})


def opened(name: str, url: str, secret: str, **more: Any) -> Any:
    """A connector of the catalogue with its form's defaults, at an address."""
    found = catalogue.module(name)
    settings = {one["name"]: one["default"] for one in found.FORM if "default" in one}
    secrets = {one["name"]: secret for one in found.FORM if one["type"] == "secret"}
    carrier = min(found.CARRIERS)
    settings |= {"url": url, "endpoint": url, "signature": "花间", "fields": FIELDS.get(name), **more}
    return found.make(Account(1, carrier, name, settings, secrets))


FIELDS = {"sms": "mobile={phone}\ncontent={text}\nuid={key}", "official_account": "thing1={text}"}


@contextmanager
def standing(name: str) -> Iterator[Place]:
    """A connector and its other side, running."""
    if name == "sandbox":
        sandbox = Sandbox()
        yield Place(sandbox, lambda: sandbox.effects, message)
    elif name == "scripted":
        scripted = Scripted()
        yield Place(scripted, lambda: len(scripted.arrived), message)
    elif name == "wecom":
        fake = Fake()
        made = opened(name, "", SECRET, corp_id=fake.world.corp_id, address=fake.url)
        yield Place(made, lambda: len(broadcasts(fake)), lambda key: friendly(fake, key))
        made.close()
        fake.end()
    elif name == "email":
        with mail() as office:
            more = {
                "host": "127.0.0.1",
                "port": office.port,
                "encryption": "none",
                "public_url": "https://rb.example",
            }
            made = opened(name, "", "", from_address="hi@brand.example", **more)
            yield Place(made, lambda: len(office.mails), lambda key: message(key, "a@b.example", "email"))
            made.close()
    else:
        behave = {"sms": Gateway, "sms_aliyun": AliyunDesk, "official_account": WeixinDesk, "webhook": Hook}[
            name
        ]()
        with at(behave) as desk:
            secret = {"sms_aliyun": "aliyun-secret", "official_account": "weixin-secret"}.get(
                name, "c2VjcmV0" * 4
            )
            made = opened(
                name, desk.url, secret, access_key_id="A", template_code="S", app_id="w", template_id="T"
            )
            arrived = behave.seen if name == "webhook" else behave.texts if name == "sms" else behave.taken
            carrier = min(made.carriers)
            yield Place(made, lambda: len(arrived), lambda key: message(key, carrier=carrier))


def friendly(fake: Fake, key: str) -> Message:
    """A message for a friend of staff, one for each key."""
    to = f"wm-{key}"
    fake.world.customers.setdefault(to, Customer(to, "王婷", {"lili": Follow(0.0)}))
    return message(key, to, "wecom_direct")


def broadcasts(fake: Fake) -> list[str]:
    """Whom staff are asked to write to, once for each task."""
    return [
        to for task in fake.world.store("tasks").values() for theirs in task.staff.values() for to in theirs
    ]


@pytest.fixture(params=CONNECTORS)
def place(request: pytest.FixtureRequest, at_home: None) -> Iterator[Place]:
    with standing(request.param) as found:
        yield found


def test_every_connector_of_the_catalogue_is_asked_here() -> None:
    assert set(catalogue.MODULES) <= set(CONNECTORS)
    for name in catalogue.MODULES:
        told = catalogue.describe(name)
        assert told["title"]["zh"] and told["title"]["en"] and told["carriers"]
        for one in told["form"]:
            assert one["type"] in forms.TYPES and one["title"]["zh"] and one["title"]["en"], (name, one)


def test_receipts_come_in_the_order_of_the_messages(place: Place) -> None:
    keys = [f"9:{number}:0" for number in range(min(50, place.connector.most))]
    receipts = place.connector.send([place.message(key) for key in keys])
    assert [receipt.key for receipt in receipts] == keys
    assert all(receipt.state in ("sent", "delivered") for receipt in receipts)
    assert all(receipt.at.tzinfo is not None for receipt in receipts)
    assert place.connector.send([]) == [] and place.effects() == len(keys)
    assert place.connector.later() == []


def test_the_same_key_twice_has_one_effect_where_keys_are_kept(place: Place) -> None:
    connector = place.connector
    [first] = connector.send([place.message("1:1:0")])
    again = connector.send([place.message("1:1:0"), place.message("1:1:0"), place.message("1:2:0")])
    remembers = isinstance(connector, WeCom)  # as long as this process lives; WeCom itself takes no key
    assert place.effects() == (2 if connector.keeps_keys or remembers else 4)
    if connector.keeps_keys:
        assert [receipt.reference for receipt in again[:2]] == [first.reference] * 2


def test_too_large_a_batch_sends_nothing(place: Place) -> None:
    with pytest.raises(ValueError, match="at most"):
        place.connector.send([place.message(str(number)) for number in range(place.connector.most + 1)])
    assert place.effects() == 0


def test_threads_may_share_a_connector_with_one_effect_for_a_key() -> None:
    sandbox = Sandbox()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for number in range(200):
            sandbox.send([message(f"1:{number}:0")])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sandbox.effects == 200


def test_the_sandbox_can_answer_later() -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    sandbox = Sandbox(delay=timedelta(minutes=5), clock=lambda: now[0])
    assert sandbox.send([message("1:1:0")])[0].state == "sent"
    assert sandbox.later() == []
    now[0] += timedelta(minutes=5)
    [receipt] = sandbox.later()
    assert (receipt.key, receipt.state, receipt.at) == ("1:1:0", "delivered", now[0])
    assert sandbox.later() == []
    assert Sandbox().send([message("1:1:0")])[0].state == "delivered"


def test_failures_say_what_kind_they_are() -> None:
    connector = Scripted(
        [rate_limited(30), Permanent("no such account"), Unknown("no answer")], after_effect=[Unknown]
    )
    with pytest.raises(Retryable) as caught:
        connector.send([message("1:1:0")])
    assert caught.value.after == 30 and connector.arrived == []
    with pytest.raises(Permanent):
        connector.send([message("1:1:0")])
    with pytest.raises(Unknown):
        connector.send([message("1:1:0")])
    assert len(connector.arrived) == 1, "the message went out, only its answer was lost"
    connector.send([message("1:1:0")])
    assert len(connector.arrived) == 1 and connector.calls == 4


def test_one_refused_message_does_not_hold_the_others() -> None:
    connector = Scripted(refuses=["1"])
    states = [receipt.state for receipt in connector.send([message("a", "1"), message("b", "2")])]
    assert states == ["refused", "delivered"]


def test_a_workspace_without_an_account_uses_the_sandbox() -> None:
    registry = Registry()
    made: list[Account] = []

    def make(account: Account) -> Connector:
        made.append(account)
        return Scripted()

    registry.register("sms-provider", make)
    registry.open(Account(1, "sms", "sms-provider", secrets={"token": "s3cret"}))
    assert registry.has_account(1, "sms") and not registry.has_account(2, "sms")
    mine = registry.connector(1, "sms")
    assert mine is registry.connector(1, "sms") and isinstance(mine, Scripted) and len(made) == 1
    assert registry.connector(2, "sms") is registry.sandbox is registry.connector(1, "email")
    assert set(map(id, registry.all())) == {id(registry.sandbox), id(mine)}
    assert "s3cret" not in repr(made[0])
    with pytest.raises(NameTaken):
        registry.register("sms-provider", make)
    with pytest.raises(NoConnector):
        registry.open(Account(1, "email", "unheard"))
