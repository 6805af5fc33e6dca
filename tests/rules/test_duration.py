"""Durations: read, added on the local calendar, said in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.duration import Duration
from rules.errors import BadDuration
from rules.zones import SHANGHAI, local, to_utc

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "months", "days", "seconds"),
    [
        ("P7D", 0, 7, 0),
        ("-P3D", 0, -3, 0),
        ("PT1H", 0, 0, 3600),
        ("P1W", 0, 7, 0),
        ("P1Y2M3W4DT5H6M7S", 14, 25, 18367),
        ("-PT90M", 0, 0, -5400),
        ("P0D", 0, 0, 0),
        ("PT0S", 0, 0, 0),
        ("P1M", 1, 0, 0),
        ("PT1M", 0, 0, 60),
    ],
)
def test_it_is_read(text: str, months: int, days: int, seconds: int) -> None:
    duration = Duration.parse(text)
    assert (duration.months, duration.days, duration.seconds) == (months, days, seconds)
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1DT", "-P", "7D", "P7", "p7d", "P1.5D", "PT1.5H", "P1D1M", "P-1D", "+P1D", "P1D ", " P1D",
        "P1D\n", "P١D", "PT1H1D", "P101Y", "P99999D", "PT9999999999S", "P1H", None, 7, True, ["P7D"], {"days": 7},
        "P1D" * 100, "P\0",
    ],
)  # fmt: skip
def test_what_is_none_is_refused_with_a_sentence(text: object) -> None:
    with pytest.raises(BadDuration) as refused:
        Duration.parse(text, "config.until.for")
    assert refused.value.path == "config.until.for"
    assert refused.value.zh and refused.value.en


@pytest.mark.parametrize(
    ("start", "by", "end"),
    [
        ("2026-01-31 10:00", "P1M", "2026-02-28 10:00"),
        ("2024-01-31 10:00", "P1M", "2024-02-29 10:00"),
        ("2026-03-31 10:00", "-P1M", "2026-02-28 10:00"),
        ("2024-02-29 10:00", "P1Y", "2025-02-28 10:00"),
        ("2026-01-31 10:00", "P1M1D", "2026-03-01 10:00"),
        ("2025-12-31 23:00", "P2M", "2026-02-28 23:00"),
        ("2026-01-15 10:00", "-P13M", "2024-12-15 10:00"),
        ("2026-03-07 02:30", "P1D", "2026-03-08 03:30"),  # skipped by the clocks: moved on by the gap
        ("2026-03-07 02:30", "P2D", "2026-03-09 02:30"),
        ("2026-03-07 12:00", "PT24H", "2026-03-08 13:00"),
        ("2026-03-07 12:00", "P1D", "2026-03-08 12:00"),
        ("2026-10-31 12:00", "PT24H", "2026-11-01 11:00"),
        ("2026-03-07 12:00", "P1DT1H", "2026-03-08 13:00"),
    ],
)
def test_days_keep_the_clock_and_hours_elapse(start: str, by: str, end: str) -> None:
    at = to_utc(datetime.fromisoformat(start), NEW_YORK)
    assert local(Duration.parse(by).add(at, NEW_YORK), NEW_YORK) == datetime.fromisoformat(end)


def test_a_doubled_time_is_its_first_occurrence() -> None:
    eve = to_utc(datetime(2026, 10, 31, 1, 30), NEW_YORK)
    assert Duration.parse("P1D").add(eve, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("nothing", ["P0D", "PT0S"])
def test_nothing_changes_nothing_even_in_a_doubled_hour(nothing: str) -> None:
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert Duration.parse(nothing).add(second, NEW_YORK) == second


def test_whole_days_are_those_without_hours() -> None:
    assert [Duration.parse(text).whole_days for text in ("P7D", "P1M", "P0D", "PT24H", "P1DT1S")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-1000, 1000))
def test_elapsed_time_is_elapsed_time(reading: datetime, hours: int) -> None:
    at = reading.replace(tzinfo=UTC)
    assert Duration(seconds=3600 * hours).add(at, NEW_YORK) - at == timedelta(hours=hours)


@given(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)), st.integers(-40, 40), st.integers(-900, 900))
def test_in_a_zone_without_jumps_the_clock_stays(reading: datetime, months: int, days: int) -> None:
    moved = local(Duration(months, days).add(to_utc(reading, SHANGHAI), SHANGHAI), SHANGHAI)
    assert moved.time() == reading.time()


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("P7D", "7 天", "7 days"),
        ("P1D", "1 天", "1 day"),
        ("-P3D", "3 天", "3 days"),
        ("PT90M", "1 小时 30 分钟", "1 hour 30 minutes"),
        ("P1Y2M", "1 年 2 个月", "1 year 2 months"),
        ("P3DT4H5M6S", "3 天 4 小时 5 分钟 6 秒", "3 days 4 hours 5 minutes 6 seconds"),
        ("P0D", "0 天", "0 days"),
    ],
)
def test_it_is_said_without_loss(text: str, zh: str, en: str) -> None:
    assert (Duration.parse(text).say("zh"), Duration.parse(text).say("en")) == (zh, en)
