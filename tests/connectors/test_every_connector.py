"""What each connector promises, asked of all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import Account, Connector, Message, Permanent, Retryable, Unknown
from connectors.registry import NameTaken, NoConnector, Registry
from connectors.sandbox import Sandbox
from tests.connectors.suite import Scripted, rate_limited

CONNECTORS: dict[str, Callable[[], Any]] = {"sandbox": Sandbox, "scripted": Scripted}


def message(key: str, to: str | None = "13800138000") -> Message:
    return Message(key, 1, "sms", 7, to, {"text": "你好"})


def effects(connector: Any) -> int:
    return connector.effects if isinstance(connector, Sandbox) else len(connector.arrived)


@pytest.fixture(params=CONNECTORS)
def connector(request: pytest.FixtureRequest) -> Connector:
    made: Connector = CONNECTORS[request.param]()
    return made


def test_receipts_come_in_the_order_of_the_messages(connector: Connector) -> None:
    keys = [f"9:{number}:0" for number in range(50)]
    receipts = connector.send([message(key) for key in keys])
    assert [receipt.key for receipt in receipts] == keys
    assert all(receipt.state in ("sent", "delivered") for receipt in receipts)
    assert all(receipt.at.tzinfo is not None for receipt in receipts)
    assert connector.send([]) == []


def test_the_same_key_twice_has_one_effect(connector: Connector) -> None:
    assert connector.keeps_keys
    [first] = connector.send([message("1:1:0")])
    again = connector.send([message("1:1:0"), message("1:1:0"), message("1:2:0")])
    assert effects(connector) == 2
    assert [receipt.reference for receipt in again[:2]] == [first.reference] * 2


def test_too_large_a_batch_sends_nothing(connector: Connector) -> None:
    with pytest.raises(ValueError, match="at most"):
        connector.send([message(str(number)) for number in range(connector.most + 1)])
    assert effects(connector) == 0


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
