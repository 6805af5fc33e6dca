"""Tokens: how long, for whom, and what happens to those who guess."""

from __future__ import annotations

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
