"""Windows and series on the days on which clocks jump: each of the odd cases by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.moment import Moment

NEW_YORK = ZoneInfo("America/New_York")


def spring(hour: int, minute: int = 0) -> datetime:
    """8 March 2026 in UTC: the clock goes from 02:00 to 03:00 at 07:00."""
    return datetime(2026, 3, 8, hour, minute, tzinfo=UTC)


def autumn(hour: int, minute: int = 0) -> datetime:
    """1 November 2026 in UTC: the clock goes from 02:00 back to 01:00 at 06:00."""
    return datetime(2026, 11, 1, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "after", "expected"),
    [
        # 02:00 to 03:00 is skipped, and happens from 03:00 to 04:00.
        ({"window": ["02:00", "03:00"]}, spring(6), spring(7)),
        ({"window": ["02:00", "03:00"]}, spring(7, 20), spring(7, 21)),
        ({"window": ["02:00", "03:00"]}, spring(7, 59), datetime(2026, 3, 9, 6, tzinfo=UTC)),
        ({"at": "02:30"}, spring(7), spring(7, 30)),
        ({"at": "02:30"}, spring(7, 30), datetime(2026, 3, 9, 6, 30, tzinfo=UTC)),
        # The first of what is allowed is skipped, but what follows the gap comes before it.
        ({"window": ["02:45", "04:00"]}, spring(6), spring(7)),
        ({"window": ["02:45", "03:00"]}, spring(6), spring(7, 45)),
        # In the second run of 01:00 to 02:00 everything has happened.
        ({"window": ["01:00", "03:00"]}, autumn(5, 10), autumn(5, 11)),
        ({"window": ["01:00", "03:00"]}, autumn(6, 10), autumn(7)),
        ({"window": ["01:00", "01:30"]}, autumn(6, 10), datetime(2026, 11, 2, 6, tzinfo=UTC)),
        ({"at": "01:30"}, autumn(5, 30), datetime(2026, 11, 2, 6, 30, tzinfo=UTC)),
    ],
)
def test_the_next_allowed_minute(spec: dict[str, Any], after: datetime, expected: datetime) -> None:
    assert Moment.parse(spec).next_after(after, NEW_YORK) == expected


@pytest.mark.parametrize(
    ("window", "at", "opens"),
    [
        # What the clock shows decides: nobody is called at 03:15 because 02:15 was skipped.
        (["02:00", "03:00"], spring(7, 15), datetime(2026, 3, 9, 6, tzinfo=UTC)),
        (["02:30", "04:00"], spring(6), spring(7)),
        (["01:30", "03:00"], autumn(6, 10), autumn(6, 30)),
        (["01:00", "01:30"], autumn(6, 10), autumn(6, 10)),
    ],
)
def test_what_is_open_is_what_the_clock_shows(window: list[str], at: datetime, opens: datetime) -> None:
    assert Moment.parse({"window": window}).opens(at, NEW_YORK) == opens


def test_a_series_looks_back_far_enough() -> None:
    """On the longer day, 48 hours are not yet the second element of a daily series."""
    noon = datetime(2026, 10, 30, 16, tzinfo=UTC)
    series = Moment.parse({"every": "P1D", "window": ["11:15", "11:45"], "weekdays": [7]})
    assert series.resolve(datetime(2026, 11, 1, 16, tzinfo=UTC), noon, NEW_YORK) == autumn(16, 15)


def test_midnight_belongs_to_the_day_before() -> None:
    moment = Moment.parse({"for": "PT2H", "at": "24:00"})
    ten = datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert moment.resolve(ten, None, ZoneInfo("Asia/Shanghai")) == datetime(2026, 3, 2, 16, tzinfo=UTC)
