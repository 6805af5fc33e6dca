"""Chinese work days, lunar days and anniversaries."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.anniversary import next_birthday, next_lunar_birthday
from rules.lunar import LunarDay
from rules.workdays import CHINA, NOTICES, WorkCalendar


@pytest.mark.parametrize("year", [*range(2007, 2024), *sorted(NOTICES)])
def test_every_day_agrees_with_another_calendar(year: int) -> None:
    day, differing = date(year, 1, 1), []
    while day.year == year:
        if CHINA.is_workday(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    # In 2020 the spring festival was prolonged afterwards, and the calendars say so differently.
    assert not [day for day in differing if not date(2020, 1, 24) <= day <= date(2020, 2, 3)]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked for the spring festival
        (date(2026, 2, 16), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 3, 2), True),
        (date(2031, 1, 1), False),  # computed without a notice
        (date(2031, 5, 1), False),
        (date(2031, 5, 6), True),
    ],
)
def test_work_days(day: date, worked: bool) -> None:
    assert CHINA.is_workday(day) == worked


def test_a_year_without_notice_is_not_known_and_says_so() -> None:
    assert CHINA.known(2026) and CHINA.known(2015) and CHINA.warning(2026) is None
    assert not CHINA.known(2031)
    said = CHINA.warning(2031)
    assert said is not None and "2031" in said["zh"] and "2031" in said["en"]


def test_a_company_has_days_of_its_own() -> None:
    ours = WorkCalendar({date(2026, 3, 2): False, date(2026, 10, 1): True})
    assert not ours.is_workday(date(2026, 3, 2)) and ours.is_workday(date(2026, 10, 1))
    assert ours.next_workday(date(2026, 2, 28)) == date(2026, 2, 28)  # a worked Saturday
    assert ours.next_workday(date(2026, 3, 1)) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("lunar", "year", "solar"),
    [
        (LunarDay(1, 1), 2026, date(2026, 2, 17)),
        (LunarDay(8, 15), 2026, date(2026, 9, 25)),
        (LunarDay(5, 5), 2024, date(2024, 6, 10)),
        (LunarDay(6, 1, leap=True), 2025, date(2025, 7, 25)),
        (LunarDay(6, 1, leap=True), 2026, date(2026, 7, 14)),  # no leap month: the plain one
        (LunarDay(12, 30), 2025, date(2026, 2, 16)),  # a month of 29 days: its last
        (LunarDay(12, 30), 2023, date(2024, 2, 9)),
        (LunarDay(6, 30, leap=True), 2025, date(2025, 8, 22)),
        (LunarDay(1, 1), 2300, None),
    ],
)
def test_a_lunar_day_falls_on_a_solar_date(lunar: LunarDay, year: int, solar: date | None) -> None:
    assert lunar.in_year(year) == solar


@pytest.mark.parametrize(
    ("born", "after", "expected"),
    [
        (date(1990, 10, 3), date(2026, 1, 1), date(2026, 9, 25)),  # born on the 15th of the eighth month
        (date(1990, 10, 3), date(2026, 9, 25), date(2027, 9, 15)),
        (date(1987, 8, 1), date(2025, 1, 1), date(2025, 7, 31)),  # born in a leap sixth month
        (date(1987, 8, 1), date(2026, 1, 1), date(2026, 7, 20)),
        (date(2020, 2, 1), date(2000, 1, 1), date(2021, 2, 19)),  # not before the birth
        (date(1700, 1, 1), date(2026, 1, 1), None),
    ],
)
def test_lunar_birthdays(born: date, after: date, expected: date | None) -> None:
    assert next_lunar_birthday(born, after) == expected


@given(st.dates(date(1930, 1, 1), date(2025, 1, 1)), st.dates(date(1980, 1, 1), date(2040, 1, 1)))
def test_a_lunar_birthday_comes_about_once_a_year(born: date, after: date) -> None:
    found = next_lunar_birthday(born, after)
    assert found is not None and found > max(born, after)
    assert found - max(born, after) <= timedelta(days=385)
    there, here = LunarDay.of(born), LunarDay.of(found)
    assert there.month == here.month and (here.day == there.day or (there.day, here.day) == (30, 29))


@pytest.mark.parametrize(
    ("born", "after", "expected"),
    [
        (date(1990, 3, 8), date(2026, 3, 7), date(2026, 3, 8)),
        (date(1990, 3, 8), date(2026, 3, 8), date(2027, 3, 8)),
        (date(2000, 2, 29), date(2026, 1, 1), date(2026, 2, 28)),
        (date(2000, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
        (date(2030, 5, 5), date(2026, 1, 1), date(2031, 5, 5)),
    ],
)
def test_birthdays(born: date, after: date, expected: date) -> None:
    assert next_birthday(born, after) == expected


def test_lunar_days_are_said() -> None:
    assert LunarDay(8, 15).say() == "农历八月十五"
    assert LunarDay(6, 30, leap=True).say("en") == "day 30 of leap lunar month 6"
    assert LunarDay(12, 20).say() == "农历腊月二十"
