"""Who is told which variant, and when one may be called the better."""

from __future__ import annotations

from collections import Counter

import pytest

from content.sms import segments
from content.variants import Count, better, chosen, interval

VARIANTS = [{"key": "b", "weight": 30, "body": {}}, {"key": "c", "weight": 20, "body": {}}]


def test_each_contact_is_told_the_same_and_shares_hold() -> None:
    told = [chosen(3, contact, VARIANTS) for contact in range(20_000)]
    assert told == [chosen(3, contact, VARIANTS) for contact in range(20_000)]
    counts = Counter(told)
    for key, share in (("a", 0.5), ("b", 0.3), ("c", 0.2)):
        assert abs(counts[key] / 20_000 - share) < 0.015
    other = [chosen(4, contact, VARIANTS) for contact in range(20_000)]
    same = sum(one == two for one, two in zip(told, other, strict=True)) / 20_000
    assert abs(same - 0.38) < 0.02, "two materials draw apart"
    assert chosen(3, 1, VARIANTS, winner="c") == "c"


def test_wilson_s_interval_as_in_the_books() -> None:
    assert interval(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert interval(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert interval(0, 0) == (0.0, 1.0)


def test_a_winner_needs_people_and_apart_intervals() -> None:
    few = [Count("a", replied=0, people=20), Count("b", replied=20, people=20)]
    assert better(few, "replied", 10) is None
    near = [Count("a", replied=50, people=500), Count("b", replied=60, people=500)]
    assert better(near, "replied") is None
    clear = [Count("a", replied=50, people=500), Count("b", replied=120, people=500)]
    assert better(clear, "replied") == "b"
    assert better(clear, "replied", 1000) is None


def test_segments_as_operators_bill_them() -> None:
    assert [segments("好" * n).parts for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert [segments("a" * n).parts for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert segments("€" * 81).parts == 2 and segments("😀" * 36).parts == 2
