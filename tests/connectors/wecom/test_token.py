"""Tokens: how long, for whom, and what happens to those who guess."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.base import Broken
from tests.connectors.wecom.conftest import Fake


def test_a_token_lives_two_hours(fake: Fake) -> None:
    told = fake.token()
    assert told["expires_in"] == 7200 and fake.token()["access_token"] == told["access_token"]
    assert fake.call("getcallbackip")["errcode"] == 0
    fake.later(7201)
    assert fake.raw("getcallbackip", {"access_token": told["access_token"]})["errcode"] == 42001
    assert fake.token()["access_token"] != told["access_token"]


def test_each_app_has_a_token_of_its_own(fake: Fake) -> None:
    fake.act("app", name="other", secret="other-secret")
    assert fake.token("other-secret")["access_token"] != fake.token()["access_token"]
    assert fake.raw("getcallbackip", {"access_token": "unheard"})["errcode"] == 40014
    assert fake.raw("getcallbackip", {})["errcode"] == 41001


def test_wrong_secrets_ban_the_address_for_an_hour(fake: Fake) -> None:
    assert [fake.token("wrong", "10.0.0.1")["errcode"] for _ in range(5)] == [40001] * 5
    assert fake.token(address="10.0.0.1")["errcode"] == 45009
    assert fake.token(address="10.0.0.2")["errcode"] == 0
    fake.later(3601)
    assert fake.token(address="10.0.0.1")["errcode"] == 0
    fake.rule(token__wrong_most=1)
    fake.token("wrong", "10.0.0.3")
    assert fake.token(address="10.0.0.3")["errcode"] == 45009


def test_a_token_that_dies_early_is_fetched_again(fake: Fake) -> None:
    ours = fake.client()
    ours.call("getcallbackip")
    fake.act("token/kill")
    assert ours.call("getcallbackip")["errcode"] == 0
    assert fake.world.asked["gettoken"] == 2
    now = ours.tokens.clock()
    ours.tokens.clock = lambda: now + 7200 - 119
    ours.call("getcallbackip")
    assert fake.world.asked["gettoken"] == 3, "it is fetched anew a little before its end"


def test_a_long_token_is_kept_whole(fake: Fake) -> None:
    fake.rule(token__bytes=2048)
    assert fake.client().call("getcallbackip")["errcode"] == 0
    assert len(fake.token()["access_token"]) == 2048


def test_many_threads_fetch_one_token(fake: Fake) -> None:
    fake.act("fail", path="gettoken", seconds=0.1)
    clients = [fake.client() for _ in range(3)]
    with ThreadPoolExecutor(24) as pool:
        told = list(pool.map(lambda n: clients[n % 3].call("getcallbackip")["errcode"], range(48)))
    assert told == [0] * 48 and fake.world.asked["gettoken"] == 1
    fake.act("token/kill")
    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(lambda n: clients[n % 3].call("getcallbackip")["errcode"], range(48))) == {0}
    assert fake.world.asked["gettoken"] == 2


def test_a_wrong_secret_is_not_tried_until_we_are_banned(fake: Fake) -> None:
    ours = fake.client("wrong")
    for _ in range(20):
        with pytest.raises(Broken, match="40001"):
            ours.call("getcallbackip")
    assert fake.world.asked["gettoken"] == 1 and fake.world.banned == {}
