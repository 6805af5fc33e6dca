"""Secrets at rest: sealed for one row, opened by nobody else, and sealed anew under another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.secrets import CannotOpen, Vault

KEY, OTHER = "k" * 64, "o" * 64
SECRETS = {"corpsecret": "s3cret-of-the-corporation", "token": "令牌"}
ROW = "connection:7:12"


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=5))
def test_what_is_sealed_can_be_opened_again(secrets: dict[str, str]) -> None:
    assert Vault([KEY]).open(Vault([KEY]).seal(secrets, ROW), ROW) == secrets


def test_nothing_of_a_secret_stands_in_what_is_kept_and_no_two_are_alike() -> None:
    vault = Vault([KEY])
    one, two = vault.seal(SECRETS, ROW), vault.seal(SECRETS, ROW)
    assert one != two
    assert all(value.encode() not in one for value in SECRETS.values())


def test_a_secret_moved_to_another_row_or_workspace_does_not_open() -> None:
    sealed = Vault([KEY]).seal(SECRETS, ROW)
    for row in ("connection:8:12", "connection:7:13", ""):
        with pytest.raises(CannotOpen):
            Vault([KEY]).open(sealed, row)


def test_a_changed_byte_does_not_open() -> None:
    sealed = Vault([KEY]).seal(SECRETS, ROW)
    for place in range(len(sealed)):
        damaged = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(CannotOpen):
            Vault([KEY]).open(damaged, ROW)
    for short in (b"", sealed[:10], sealed[:20]):
        with pytest.raises(CannotOpen):
            Vault([KEY]).open(short, ROW)


def test_a_key_is_changed_in_two_steps() -> None:
    old = Vault([KEY]).seal(SECRETS, ROW)
    with pytest.raises(CannotOpen):
        Vault([OTHER]).open(old, ROW)
    both = Vault([OTHER, KEY])
    assert both.open(old, ROW) == SECRETS and not both.is_current(old)
    new = both.seal(both.open(old, ROW), ROW)
    assert both.is_current(new) and Vault([OTHER]).open(new, ROW) == SECRETS


def test_a_key_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(["short"])
    with pytest.raises(ValueError, match="32"):
        Vault([])
