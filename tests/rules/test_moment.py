"""Moments: each form of the statechart, with a table of what it means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import BadMoment
from rules.moment import Moment
from rules.zones import SHANGHAI, local, to_utc

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return to_utc(datetime.fromisoformat(text), zone)


def due(
    spec: dict[str, Any], begin: str, anchor: str | date | None = None, zone: ZoneInfo = SHANGHAI
) -> str | None:
    origin = at(anchor, zone) if isinstance(anchor, str) else anchor
    found = Moment.parse(spec).resolve(at(begin, zone), origin, zone)
    return None if found is None else f"{local(found, zone):%Y-%m-%d %H:%M}"


# 2026-03-02 is a Monday.
@pytest.mark.parametrize(
    ("spec", "begin", "expected"),
    [
        ({"for": "PT1H"}, "2026-03-02 10:00", "2026-03-02 11:00"),
        ({"for": "P7D"}, "2026-03-02 10:00", "2026-03-09 10:00"),
        # In whole days `at` is a clock time on that very day, earlier or later than the begin's.
        ({"for": "P7D", "at": "20:00"}, "2026-03-02 10:00", "2026-03-09 20:00"),
        ({"for": "P7D", "at": "20:00"}, "2026-03-02 21:00", "2026-03-09 20:00"),
        ({"for": "P0D", "at": "08:00"}, "2026-03-02 09:00", "2026-03-02 08:00"),
        ({"for": "P1M", "at": "20:00"}, "2026-01-31 21:00", "2026-02-28 20:00"),
        ({"for": "P1D", "at": "24:00"}, "2026-03-02 10:00", "2026-03-04 00:00"),
        # With hours it is the next such time, the very instant included.
        ({"for": "PT2H", "at": "20:00"}, "2026-03-02 17:30", "2026-03-02 20:00"),
        ({"for": "PT2H", "at": "20:00"}, "2026-03-02 18:00", "2026-03-02 20:00"),
        ({"for": "PT2H", "at": "20:00"}, "2026-03-02 18:01", "2026-03-03 20:00"),
        ({"for": "P1DT1H", "at": "20:00"}, "2026-03-02 20:00", "2026-03-04 20:00"),
        # What is allowed already stays; else the next opening.
        ({"for": "PT1H", "window": ["09:00", "21:00"]}, "2026-03-02 10:00", "2026-03-02 11:00"),
        ({"for": "PT1H", "window": ["09:00", "21:00"]}, "2026-03-02 20:00", "2026-03-03 09:00"),
        ({"for": "PT1H", "window": ["09:00", "21:00"]}, "2026-03-02 19:59", "2026-03-02 20:59"),
        ({"for": "PT1H", "window": ["22:00", "02:00"]}, "2026-03-02 22:30", "2026-03-02 23:30"),
        ({"for": "PT1H", "window": ["22:00", "02:00"]}, "2026-03-02 23:30", "2026-03-03 00:30"),
        ({"for": "PT1H", "window": ["22:00", "02:00"]}, "2026-03-03 01:30", "2026-03-03 22:00"),
        ({"for": "P1D", "weekdays": [5]}, "2026-03-02 15:00", "2026-03-06 00:00"),
        ({"for": "P4D", "weekdays": [5]}, "2026-03-02 15:00", "2026-03-06 15:00"),
        ({"for": "P7D", "at": "20:00", "weekdays": [6, 7]}, "2026-03-02 21:00", "2026-03-14 20:00"),
        ({"for": "P30D", "at": "10:00", "weekdays": [6, 7]}, "2026-03-02 21:00", "2026-04-04 10:00"),
        ({"for": "P1D", "months": [6]}, "2026-03-02 15:00", "2026-06-01 00:00"),
        (
            {"for": "P1D", "weekdays": [1], "window": ["09:00", "18:00"]},
            "2026-03-02 15:00",
            "2026-03-09 09:00",
        ),
    ],
)
def test_for(spec: dict[str, Any], begin: str, expected: str) -> None:
    assert due(spec, begin) == expected


@pytest.mark.parametrize(
    ("spec", "begin", "expected"),
    [
        ({"at": "08:30"}, "2026-03-02 08:29", "2026-03-02 08:30"),
        ({"at": "08:30"}, "2026-03-02 08:30", "2026-03-03 08:30"),  # strictly after
        ({"at": "08:30"}, "2026-03-02 08:30:00.000001", "2026-03-03 08:30"),
        ({"at": "08:30"}, "2026-03-02 08:29:59.999999", "2026-03-02 08:30"),
        ({"at": "00:00"}, "2026-03-02 00:00", "2026-03-03 00:00"),
        ({"at": "24:00"}, "2026-03-02 10:00", "2026-03-03 00:00"),
        ({"at": "24:00"}, "2026-03-03 00:00", "2026-03-04 00:00"),
        ({"at": "24:00", "weekdays": [5]}, "2026-03-02 10:00", "2026-03-07 00:00"),
        ({"at": "10:00", "weekdays": [3]}, "2026-03-04 10:00", "2026-03-11 10:00"),
        ({"at": "10:00", "monthdays": [18]}, "2026-03-18 10:00", "2026-04-18 10:00"),
        ({"at": "10:00", "monthdays": [-1]}, "2026-02-10 10:00", "2026-02-28 10:00"),
        ({"at": "10:00", "monthdays": [31]}, "2026-04-10 10:00", "2026-04-30 10:00"),
        ({"at": "10:00", "monthdays": [30]}, "2026-01-30 10:00", "2026-02-28 10:00"),
        ({"at": "10:00", "monthdays": [30]}, "2026-03-30 10:00", "2026-04-30 10:00"),
        ({"at": "10:00", "monthdays": [29]}, "2024-02-28 10:00", "2024-02-29 10:00"),
        ({"at": "10:00", "monthdays": [30, 31]}, "2026-03-30 10:00", "2026-03-31 10:00"),
        ({"at": "10:00", "months": [2], "monthdays": [30]}, "2026-03-01 10:00", "2027-02-28 10:00"),
        # Friday the 13th: both must agree.
        ({"at": "10:00", "weekdays": [5], "monthdays": [13]}, "2026-03-14 10:00", "2026-11-13 10:00"),
        ({"window": ["09:00", "21:00"]}, "2026-03-02 22:00", "2026-03-03 09:00"),
        ({"window": ["09:00", "21:00"]}, "2026-03-02 10:00:20", "2026-03-02 10:01"),
        ({"window": ["09:00", "21:00"]}, "2026-03-02 20:59", "2026-03-03 09:00"),
        ({"weekdays": [3]}, "2026-03-02 10:00", "2026-03-04 00:00"),
    ],
)
def test_the_next_allowed_time(spec: dict[str, Any], begin: str, expected: str) -> None:
    assert due(spec, begin) == expected


@pytest.mark.parametrize(
    ("spec", "anchor", "expected"),
    [
        ({"offset": "P7D", "at": "20:00"}, "2026-03-02 21:00", "2026-03-09 20:00"),
        ({"offset": "P21D"}, "2026-03-02 21:00", "2026-03-23 21:00"),
        ({"offset": "-P3D", "at": "10:00"}, date(2026, 3, 18), "2026-03-15 10:00"),
        ({"anchor": {"attribute": "born"}, "at": "09:00"}, date(2026, 3, 18), "2026-03-18 09:00"),
        ({"anchor": "entered_journey"}, date(2026, 3, 18), "2026-03-18 00:00"),  # a date is its midnight
        ({"offset": "PT10H"}, date(2026, 3, 18), "2026-03-18 10:00"),
        ({"offset": "P0D", "at": "24:00"}, date(2026, 3, 18), "2026-03-19 00:00"),
        ({"offset": "P7D"}, None, None),
        ({"every": "P7D"}, None, None),
    ],
)
def test_anchored(spec: dict[str, Any], anchor: str | date | None, expected: str | None) -> None:
    assert due(spec, "2026-03-02 10:00", anchor) == expected


@pytest.mark.parametrize(
    ("spec", "begin", "anchor", "expected"),
    [
        ({"every": "P7D", "at": "20:00"}, "2026-03-02 10:00", "2026-03-02 10:00", "2026-03-02 20:00"),
        ({"every": "P7D", "at": "20:00"}, "2026-03-02 20:00", "2026-03-02 10:00", "2026-03-09 20:00"),
        ({"every": "P7D"}, "2026-03-02 10:00", "2026-03-02 10:00", "2026-03-09 10:00"),
        ({"every": "P7D"}, "2026-02-02 10:00", "2026-03-02 10:00", "2026-03-02 10:00"),
        (
            {"every": "P1M"},
            "2026-02-28 10:00",
            "2026-01-31 10:00",
            "2026-03-31 10:00",
        ),  # no drifting to the 28th
        ({"every": "P1M"}, "2027-02-28 09:00", "2024-01-31 10:00", "2027-02-28 10:00"),
        ({"every": "P1Y"}, "2026-03-01 00:00", date(2024, 2, 29), "2027-02-28 00:00"),
        (
            {"offset": "-P7D", "every": "P1M", "at": "10:00"},
            "2026-03-12 10:00",
            date(2026, 1, 18),
            "2026-04-11 10:00",
        ),
        ({"every": "PT4H"}, "2026-03-02 10:00", "2020-01-01 01:00", "2026-03-02 13:00"),
        ({"every": "PT1M"}, "2026-03-02 10:00:30", "2000-01-01 00:00", "2026-03-02 10:01"),
        ({"every": "P1D", "weekdays": [1]}, "2026-03-02 10:00", "2026-03-02 10:00", "2026-03-09 00:00"),
        (
            {"every": "P1D", "at": "10:00", "weekdays": [1]},
            "2026-03-02 10:00",
            "2026-03-02 10:00",
            "2026-03-09 10:00",
        ),
    ],
)
def test_series(spec: dict[str, Any], begin: str, anchor: str | date, expected: str) -> None:
    assert due(spec, begin, anchor) == expected


def test_a_series_of_dates_meets_each_gap_alone() -> None:
    moment = Moment.parse({"every": "P1D", "at": "02:30"})
    found, rung = at("2026-03-06 12:00", NEW_YORK), []
    for _ in range(4):
        found = moment.resolve(found, date(2026, 3, 1), NEW_YORK) or found
        rung.append(f"{local(found, NEW_YORK):%d %H:%M}")
    assert rung == ["07 02:30", "08 03:30", "09 02:30", "10 02:30"]


# Golden Week 2026: 1 to 7 October off, Saturday the 10th is worked.
@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("2026-09-30 11:00", "2026-10-08 10:00"),
        ("2026-10-09 11:00", "2026-10-10 10:00"),
        ("2026-10-10 11:00", "2026-10-12 10:00"),
    ],
)
def test_work_days_with_exchanged_weekends(begin: str, expected: str) -> None:
    assert due({"at": "10:00", "workdays": True}, begin) == expected


def test_a_bell_rings_at_openings_not_at_every_minute() -> None:
    begin = at("2026-03-02 10:00")

    def opening(spec: dict[str, Any]) -> str:
        found = Moment.parse(spec).next_opening(begin, SHANGHAI)
        return f"{local(found, SHANGHAI):%d %H:%M}" if found else ""

    assert opening({"window": ["09:00", "21:00"]}) == "03 09:00"
    assert opening({"window": ["22:00", "02:00"]}) == "02 22:00"
    assert opening({"weekdays": [1]}) == "09 00:00"
    assert opening({"workdays": True}) == "03 00:00"
    assert opening({"at": "10:00"}) == "03 10:00"


def test_what_never_comes_is_none() -> None:
    begin = at("2026-03-02 10:00")
    # Work days on Sundays exist only by exchange, and none on a first of February.
    assert Moment.parse({"months": [2], "monthdays": [1], "weekdays": [7], "workdays": True}).resolve(
        begin, None, SHANGHAI
    ) is None  # fmt: skip
    assert Moment.parse({"for": "P100Y"}).resolve(datetime(9950, 1, 1, tzinfo=UTC), None, SHANGHAI) is None
    assert Moment.parse({"offset": "P1D"}).resolve(begin, date(9999, 12, 31), SHANGHAI) is None
    assert Moment.parse({"offset": "P0D", "at": "10:00"}).resolve(begin, date(1, 1, 1), SHANGHAI) is not None
    assert Moment.parse({"offset": "P0D"}).resolve(begin, date(1, 1, 1), SHANGHAI) is None


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        (None, [""]),
        ([], [""]),
        ("P7D", [""]),
        ({}, [""]),
        ({"at": None}, [""]),
        ({"workdays": False}, [""]),
        ({"until": "20:00"}, ["until", ""]),
        ({"for": "7 days"}, ["for"]),
        ({"for": "-P1D"}, ["for"]),
        ({"for": "P1D", "offset": "P1D"}, ["for"]),
        ({"for": "P1D", "every": "P1D"}, ["for"]),
        ({"every": "P0D"}, ["every"]),
        ({"every": "-P1D"}, ["every"]),
        ({"anchor": "birthday"}, ["anchor"]),
        ({"anchor": {"attribute": "a", "variable": "b"}}, ["anchor"]),
        ({"anchor": 5}, ["anchor"]),
        ({"at": "8:30"}, ["at"]),
        ({"at": "24:01"}, ["at"]),
        ({"at": 830}, ["at"]),
        ({"at": "٠٨:٣٠"}, ["at"]),
        ({"window": "09:00-21:00"}, ["window"]),
        ({"window": ["09:00"]}, ["window"]),
        ({"window": ["09:00", "9pm"]}, ["window[1]"]),
        ({"window": ["09:00", "09:00"]}, ["window"]),
        ({"window": ["24:00", "09:00"]}, ["window"]),
        ({"at": "08:00", "window": ["09:00", "21:00"]}, ["at"]),
        ({"weekdays": []}, ["weekdays"]),
        ({"weekdays": [0]}, ["weekdays"]),
        ({"weekdays": [True]}, ["weekdays"]),
        ({"weekdays": ["1"]}, ["weekdays"]),
        ({"weekdays": 1}, ["weekdays"]),
        ({"monthdays": [0]}, ["monthdays"]),
        ({"monthdays": [-2]}, ["monthdays"]),
        ({"months": [13]}, ["months"]),
        ({"months": [-1]}, ["months"]),
        ({"workdays": "yes"}, ["workdays"]),
        ({"at": "25:00", "weekdays": [9], "for": 1, "x": 1}, ["x", "at", "for", "weekdays"]),
    ],
)
def test_everything_wrong_is_told_at_once(spec: Any, paths: list[str]) -> None:
    with pytest.raises(BadMoment) as refused:
        Moment.parse(spec, "until")
    expected = [f"until.{path}".rstrip(".") for path in paths]
    assert sorted(path for path, _ in refused.value.problems) == sorted(expected)
    assert all(said["zh"] and said["en"] for _, said in refused.value.problems)


def test_a_sending_window_may_be_written_from_to() -> None:
    window = Moment.parse_window({"from": "09:00", "to": "21:00", "weekdays": [1]})
    assert window == Moment.parse({"window": ["09:00", "21:00"], "weekdays": [1]})
    with pytest.raises(BadMoment):
        Moment.parse_window({"from": "09:00"})
    with pytest.raises(BadMoment):
        Moment.parse_window({"for": "P1D"})


def test_what_it_is_is_known() -> None:
    assert Moment.parse({"offset": "P1D"}).needs_anchor and Moment.parse({"every": "P1D"}).needs_anchor
    assert not Moment.parse({"for": "P1D"}).needs_anchor and not Moment.parse({"at": "10:00"}).needs_anchor
    assert Moment.parse({"every": "P1D"}).repeats and Moment.parse({"at": "10:00"}).repeats
    assert not Moment.parse({"for": "P1D"}).repeats and not Moment.parse({"offset": "P1D"}).repeats


@pytest.mark.parametrize(
    ("spec", "zh", "en"),
    [
        ({"for": "P7D"}, "7 天后", "after 7 days"),
        ({"for": "P7D", "at": "20:00"}, "7 天后的 20:00", "after 7 days, 20:00"),
        ({"for": "P0D", "at": "20:00"}, "当天的 20:00", "the same day, 20:00"),
        ({"for": "P30D", "weekdays": [6, 7], "at": "10:00"}, "30 天后，顺延到 周六、日 10:00",
         "after 30 days, moved on to Sat, Sun at 10:00"),
        ({"offset": "P7D", "at": "20:00"}, "进入阶段后 7 天的 20:00", "7 days after entering the stage, 20:00"),
        ({"anchor": {"attribute": "交付日"}, "offset": "-P3D", "at": "10:00"}, "交付日前 3 天的 10:00",
         "3 days before 交付日, 10:00"),
        ({"anchor": {"event": ["order_paid"]}, "offset": "P21D"}, "最近一次 order_paid 后 21 天",
         "21 days after the last order_paid"),
        ({"at": "24:00"}, "下一个 24:00", "the next 24:00"),
        ({"monthdays": [18, -1], "at": "10:00"}, "下一个 每月 18 日、最后一天 10:00", "the next day 18, last at 10:00"),
        ({"window": ["09:00", "21:00"], "workdays": True}, "下一个 工作日 09:00–21:00", "the next workday 09:00 to 21:00"),
        ({"every": "P7D", "at": "20:00"}, "进入阶段起每 7 天的 20:00", "every 7 days from entering the stage, 20:00"),
        ({"months": [6], "for": "P1D"}, "1 天后，顺延到 6 月", "after 1 day, moved on to Jun"),
    ],
)  # fmt: skip
def test_it_is_said(spec: dict[str, Any], zh: str, en: str) -> None:
    assert (Moment.parse(spec).say("zh"), Moment.parse(spec).say("en")) == (zh, en)


def test_the_caller_may_name_the_anchor() -> None:
    assert Moment.parse({"offset": "P7D"}).say("zh", "最近购买") == "最近购买后 7 天"


TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
SPECS = st.sampled_from(
    [
        {"at": "08:30"},
        {"window": ["09:00", "21:00"]},
        {"window": ["22:00", "02:00"], "weekdays": [1, 5]},
        {"at": "02:30", "monthdays": [-1]},
        {"weekdays": [3], "workdays": True},
        {"every": "P1M", "at": "10:00"},
        {"every": "PT7H", "window": ["09:00", "21:00"]},
        {"every": "P1M"},
    ]
)


@given(SPECS, TIMES, TIMES, TIMES)
def test_what_comes_again_is_strictly_after_and_in_order(
    spec: dict[str, Any], one: datetime, other: datetime, anchor: datetime
) -> None:
    moment, (early, late) = Moment.parse(spec), sorted((one, other))
    first, second = (moment.resolve(begin, anchor, NEW_YORK) for begin in (early, late))
    assert first is not None and second is not None
    assert first > early and second > late
    assert first <= second
    assert first == second or first <= late, "nothing lies between a begin and its next time"


@given(
    SPECS.filter(lambda spec: "every" not in spec), TIMES, st.sampled_from(["PT1H", "PT30H", "P3D", "P1M"])
)
def test_what_is_moved_is_moved_forward_and_only_once(
    spec: dict[str, Any], begin: datetime, length: str
) -> None:
    plain = Moment.parse({"for": length}).resolve(begin, None, NEW_YORK)
    moved = Moment.parse({"for": length} | spec).resolve(begin, None, NEW_YORK)
    assert plain is not None and moved is not None
    on_its_day = "at" in spec and "T" not in length
    assert moved >= plain - (timedelta(days=1) if on_its_day else timedelta(0))
    assert Moment.parse(spec).forward(moved, NEW_YORK) == moved
