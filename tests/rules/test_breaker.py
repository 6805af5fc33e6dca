"""The breaker by itself: when it opens, whom it lets through, how its pauses grow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.breaker import (
    CALM,
    FIRST_SECS,
    LONGEST_SECS,
    MOST_FAILURES,
    TRY_SECS,
    Breaker,
    answered,
    failed,
    may_go,
    trying,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def later(secs: float) -> datetime:
    return NOW + timedelta(seconds=secs)


def opened() -> Breaker:
    one = CALM
    for number in range(MOST_FAILURES):
        one = failed(one, str(number), NOW)
    return one


def test_it_opens_after_five_failures_in_a_row_and_not_before() -> None:
    one = CALM
    for number in range(MOST_FAILURES - 1):
        one = failed(one, str(number), NOW)
        assert may_go(one, NOW) == "all", number
    one = failed(one, "last", NOW)
    assert (one.state, may_go(one, NOW), one.until) == ("open", "none", later(FIRST_SECS))


def test_an_answer_in_between_begins_the_count_anew() -> None:
    one = CALM
    for number in range(MOST_FAILURES - 1):
        one = failed(one, str(number), NOW)
    assert failed(answered(one), "again", NOW).failures == 1


def test_after_the_pause_one_tries_and_its_answer_closes() -> None:
    one = opened()
    assert may_go(one, later(FIRST_SECS)) == "one"
    half = trying(one, later(FIRST_SECS))
    assert may_go(half, later(FIRST_SECS)) == "none"
    assert answered(half) == CALM


def test_whoever_tries_and_is_never_heard_of_again_is_followed_by_another() -> None:
    half = trying(opened(), later(FIRST_SECS))
    assert may_go(half, later(FIRST_SECS + TRY_SECS)) == "one"


@given(st.integers(0, 40))
def test_pauses_double_up_to_the_longest(tries: int) -> None:
    one, now = opened(), NOW
    for _ in range(tries):
        now = one.until
        one = failed(trying(one, now), "it", now)
    assert one.pause_secs == min(FIRST_SECS * 2**tries, LONGEST_SECS)
    assert one.until == now + timedelta(seconds=one.pause_secs)


def test_stragglers_make_no_pause_longer() -> None:
    one = opened()
    assert failed(one, "late", later(1)).until == one.until


def test_one_message_that_fails_again_and_again_opens_nothing() -> None:
    one = CALM
    for _ in range(100):
        one = failed(one, "bad", NOW)
    assert may_go(one, NOW) == "all" and one.failures == 1
