"""Moments against a reference that looks at every minute, on ordinary days and on those on which clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.moment import Moment
from tests.journeys import minute_clock

ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Cairo",
]
#: Begins lie around these: clocks go forward, clocks go back, a day is left out, nothing happens.
DAYS = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2026, 6, 15, 4, tzinfo=UTC),
]
CLOCKS = ["00:00", "00:30", "01:00", "01:15", "02:00", "02:30", "02:45", "03:00", "08:30", "20:00", "23:45"]
CALENDAR = {
    "at": st.sampled_from([*CLOCKS, "24:00"]),
    "window": st.lists(st.sampled_from(CLOCKS), min_size=2, max_size=2, unique=True),
    "weekdays": st.lists(st.integers(1, 7), min_size=1, max_size=3),
    "monthdays": st.lists(st.sampled_from([1, 8, 15, 29, 30, 31, -1]), min_size=1, max_size=2),
    "months": st.lists(st.integers(1, 12), min_size=1, max_size=4),
}
LENGTHS = st.sampled_from(["P0D", "P1D", "P7D", "P1M", "PT1H", "PT30M", "PT26H", "P1DT1H", "P31D"])
OFFSETS = st.one_of(LENGTHS, st.sampled_from(["-P1D", "-PT2H", "-P1M"]))
PERIODS = st.sampled_from(["P1D", "P7D", "P1M", "PT4H", "PT24H", "P1DT6H"])
#: Often within the hours that a jump touches.
MINUTES = st.integers(-150, 150) | st.integers(-48 * 60, 48 * 60)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    calendar = draw(st.lists(st.sampled_from(sorted(CALENDAR)), max_size=3, unique=True))
    if "at" in calendar and "window" in calendar:
        calendar.remove("window")
    if "monthdays" in calendar and "weekdays" in calendar:
        calendar.remove("weekdays")  # together they may be years away, beyond the reference's horizon
    spec: dict[str, Any] = {key: draw(CALENDAR[key]) for key in calendar}
    match draw(st.sampled_from(["for", "offset", "every", "next" if spec else "for"])):
        case "for":
            spec["for"] = draw(LENGTHS)
        case "offset":
            spec["offset"] = draw(OFFSETS)
        case "every":
            spec |= {"every": draw(PERIODS), "offset": draw(OFFSETS)}
    return spec


@settings(max_examples=max(settings().max_examples, 200))
@given(
    spec=specs(),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.sampled_from(DAYS),
    begin=MINUTES,
    anchor=MINUTES,
    days_ago=st.sampled_from([0, 0, 3, 40]),
)
def test_it_is_the_first_minute_that_is_allowed(
    spec: dict[str, Any], zone: ZoneInfo, day: datetime, begin: int, anchor: int, days_ago: int
) -> None:
    begun = day + timedelta(minutes=begin)
    anchored = day + timedelta(minutes=anchor, days=-days_ago)
    found = Moment.parse(spec).resolve(begun, anchored, zone)
    assert found == minute_clock.moment(spec, begun, anchored, zone)


@settings(max_examples=max(settings().max_examples, 200))
@given(spec=specs(), zone=st.sampled_from(ZONES).map(ZoneInfo), day=st.sampled_from(DAYS), after=MINUTES)
def test_the_next_is_the_next_allowed_minute(
    spec: dict[str, Any], zone: ZoneInfo, day: datetime, after: int
) -> None:
    at = day + timedelta(minutes=after)
    assert Moment.parse(spec).next_after(at, zone) == minute_clock.following(spec, at, zone)
