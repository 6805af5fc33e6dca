"""How often the fake lets itself be asked, and for how long it is silent afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.base import Retryable
from connectors.wecom.fake.windows import Windows
from tests.connectors.wecom.conftest import Fake

PATH = "getcallbackip"


def codes(fake: Fake, number: int, address: str = "", path: str = PATH, **query: str) -> list[int]:
    return [int(fake.call(path, {}, address, **query)["errcode"]) for _ in range(number)]


def test_calls_of_one_api_are_counted(fake: Fake) -> None:
    assert (fake.world.rules["limit.api_minute"], fake.world.rules["limit.api_hour"]) == (10_000, 150_000)
    fake.rule(limit__api_minute=3, limit__api_hour=5)
    assert codes(fake, 4) == [0, 0, 0, 45009]
    assert codes(fake, 1, path="externalcontact/get_corp_tag_list") == [0], "another API has its own count"
    fake.later(61)
    assert codes(fake, 3) == [0, 0, 45009], "the hour is over its limit now"
    fake.later(61)
    assert codes(fake, 1) == [45009]
    fake.later(3600)
    assert codes(fake, 1) == [0]


def test_calls_of_one_address_are_counted(fake: Fake) -> None:
    assert (fake.world.rules["limit.ip_minute"], fake.world.rules["limit.ip_hour"]) == (20_000, 600_000)
    fake.rule(limit__ip_minute=3)
    fake.token()
    assert codes(fake, 4, "10.0.0.1") == [0, 0, 0, 45009]
    assert codes(fake, 1, "10.0.0.2") == [0]
    fake.rule(limit__ip_minute=1000, limit__ip_hour=2)
    assert codes(fake, 3, "10.0.0.3") == [0, 0, 45009]


def test_a_vendors_address_has_a_higher_limit(fake: Fake) -> None:
    rules = fake.world.rules
    assert (rules["limit.vendor_ip_minute"], rules["limit.vendor_ip_hour"]) == (40_000, 1_200_000)
    fake.act("app", name="vendor", secret="vendor-secret", vendor=True)
    fake.rule(limit__ip_minute=2, limit__vendor_ip_minute=4)
    token = fake.token("vendor-secret", "10.0.0.9")["access_token"]
    told = [fake.raw(PATH, {"access_token": token}, {}, "10.0.0.4")["errcode"] for _ in range(5)]
    assert told == [0, 0, 0, 0, 45009]


def test_a_block_lasts_as_long_as_its_window() -> None:
    windows = Windows()
    assert [windows.take("a", 2, 60, at) for at in (0, 1, 2)] == [True, True, False]
    assert [windows.take("a", 2, 60, at) for at in (3, 61.9)] == [False, False]
    assert windows.take("a", 2, 60, 62.1)
    assert [windows.take("b", 1, 3600, at) for at in (0, 10, 3609, 3611)] == [True, False, False, True]


def test_a_day_ends_at_midnight_and_a_month_after_30_days(fake: Fake) -> None:
    windows, midnight = Windows(), 16 * 3600.0  # in China
    assert [windows.take_day("a", 1, at) for at in (midnight - 2, midnight - 1, midnight)] == [
        True,
        False,
        True,
    ]
    days = fake.world.rules["limit.block_month"] * 86_400
    assert [windows.take("m", 1, days, at) for at in (0, 1, days, days + 2)] == [True, False, False, True]


def test_debug_calls_are_five_a_minute_and_we_make_none(fake: Fake) -> None:
    assert codes(fake, 6, debug="1") == [0] * 5 + [45009]
    assert codes(fake, 1) == [0]
    for _ in range(7):
        fake.client().call(PATH)
    assert fake.world.windows.count(("debug", PATH), 60.0) == 0


def test_too_many_at_once_is_another_error_than_too_many(fake: Fake) -> None:
    fake.rule(limit__concurrency=2)
    fake.act("fail", path=PATH, times=8, seconds=0.6)
    ours = fake.client()
    ours.tokens.get(ours._fetch)

    def ask(_: int) -> str:
        try:
            ours.call(PATH)
        except Retryable as error:
            return str(error)[:5]
        return "fine"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(8)))
    assert told.count("fine") >= 2 and told.count("45033") >= 4 and len(told) == 8
    size = ours.slots.size
    assert size <= 2, "each complaint halves it"
    fake.world.failing.clear()
    assert [ask(0) for _ in range(60)] == ["fine"] * 60 and ours.slots.size == size + 1


def test_a_client_waits_for_its_slot_no_longer_than_a_call(fake: Fake) -> None:
    ours = fake.client()
    ours.slots.size = 0
    with pytest.raises(Retryable, match="45033"), ours.slots.one(0.05):
        pass
