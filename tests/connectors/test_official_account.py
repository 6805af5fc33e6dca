"""Template messages of an official account: one token for all who want one, and codes made into acts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Account, Broken, Message, Retryable
from connectors.official_account import OfficialAccount
from tests.connectors.providers import WeixinDesk, at
from tests.connectors.servers import Desk

pytestmark = pytest.mark.usefixtures("at_home")


@pytest.fixture
def weixin() -> Iterator[tuple[WeixinDesk, Desk]]:
    behave = WeixinDesk()
    with at(behave) as desk:
        yield behave, desk


def connected(desk: Desk, secret: str = "weixin-secret", **more: Any) -> OfficialAccount:
    settings = {
        "app_id": "wx1", "template_id": "T1", "fields": "thing1={title}\nthing2=提醒：{text}", "endpoint": desk.url, **more
    }  # fmt: skip
    return OfficialAccount(
        Account(1, "official_account", "official_account", settings, {"app_secret": secret})
    )


def message(to: str | None = "o-lin", key: str = "9:1:1", **body: Any) -> Message:
    return Message(key, 1, "official_account", 7, to, {"title": "到店有礼", "text": "周六", **body})


def test_a_template_message_goes_out_with_one_token(weixin: tuple[WeixinDesk, Desk]) -> None:
    behave, desk = weixin
    connector = connected(desk)
    receipts = connector.send([message(key=f"9:{n}:1", url="https://a.example") for n in range(5)])
    assert [one.state for one in receipts] == ["sent"] * 5 and receipts[0].reference == "1001"
    assert behave.tokens == 1
    first = behave.taken[0]
    assert first["data"] == {"thing1": {"value": "到店有礼"}, "thing2": {"value": "提醒：周六"}}
    assert (first["touser"], first["template_id"], first["url"]) == ("o-lin", "T1", "https://a.example")
    own = message(template_id="T2", data={"time1": "10:00"})
    connector.send([own])
    assert (
        behave.taken[-1]["data"] == {"time1": {"value": "10:00"}} and behave.taken[-1]["template_id"] == "T2"
    )


def test_many_who_want_a_token_ask_once(weixin: tuple[WeixinDesk, Desk]) -> None:
    behave, desk = weixin
    behave.slow_secs = 0.2
    connector = connected(desk)
    threads = [threading.Thread(target=connector.send, args=([message(key=f"9:{n}:1")],)) for n in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert behave.tokens == 1 and len(behave.taken) == 12


def test_a_token_that_ended_early_is_taken_anew_once(weixin: tuple[WeixinDesk, Desk]) -> None:
    behave, desk = weixin
    connector = connected(desk)
    connector.send([message()])
    behave.tokens += 7  # somebody else took one
    [receipt] = connector.send([message(key="9:2:1")])
    assert receipt.state == "sent" and behave.tokens == 9


@pytest.mark.parametrize(
    ("code", "error", "after"),
    [(45009, Retryable, 3600), (-1, Retryable, None), (48001, Broken, None), (40037, "failed", None),
     (43004, "refused", None), (40003, "refused", None)],
)  # fmt: skip
def test_codes_are_acts(weixin: tuple[WeixinDesk, Desk], code: int, error: Any, after: float | None) -> None:
    behave, desk = weixin
    behave.codes = {"o-bad": code}
    connector = connected(desk)
    if isinstance(error, str):
        states = [one.state for one in connector.send([message("o-bad"), message(key="9:2:1")])]
        assert states == [error, "sent"]
        return
    with pytest.raises(error) as caught:
        connector.send([message(key="9:0:1"), message("o-bad")])
    if error is Retryable:
        assert caught.value.after == after and [one.key for one in caught.value.receipts] == ["9:0:1"]


def test_a_wrong_secret_is_the_accounts_fault_and_stands_in_no_sentence(
    weixin: tuple[WeixinDesk, Desk],
) -> None:
    _, desk = weixin
    connected(desk).check()
    with pytest.raises(Broken) as caught:
        connected(desk, "wr0ng-secret").check()
    assert "wr0ng-secret" not in str(caught.value) and "40125" in str(caught.value)
    assert connected(desk).send([message(None)])[0].state == "refused"
