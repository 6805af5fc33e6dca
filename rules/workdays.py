"""Chinese work days: public holidays, and the weekends worked in exchange for them (调休)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from rules.errors import Words, words

log = logging.getLogger(__name__)

#: The State Council's notice of each year: stretches of days off, and weekend days worked for them (month,
#: day). A year is added here when its notice appears, usually in November of the year before.
NOTICES: Mapping[
    int, tuple[tuple[tuple[tuple[int, int], tuple[int, int]], ...], tuple[tuple[int, int], ...]]
] = {
    2024: (
        (
            ((1, 1), (1, 1)),
            ((2, 10), (2, 17)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 10), (6, 10)),
            ((9, 15), (9, 17)),
            ((10, 1), (10, 7)),
        ),
        ((2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)),
    ),
    2025: (
        (
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ),
        ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    ),
    2026: (
        (
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ),
        ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ),
}
#: The years whose exchanged weekends the holidays library knows by itself.
LIBRARY_KNOWS = range(2007, 2024)


class WorkCalendar:
    """Says which days are worked in mainland China.

    `overrides` are a company's own days ({date: True if worked}) and win over everything. A year without a
    notice has its public holidays but no exchanged weekends: `known` is False and `warning` says so.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None):
        self.overrides = dict(overrides or {})

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        if self.overrides and day in self.overrides:
            return self.overrides[day]
        off, worked = _year(day.year)
        if day in worked:
            return True
        return day.isoweekday() < 6 and day not in off

    def next_workday(self, day: date) -> date:
        """The first work day that is not before `day`."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def known(self, year: int) -> bool:
        """Whether the year's notice with its exchanged weekends is known."""
        return year in NOTICES or year in LIBRARY_KNOWS

    def warning(self, year: int) -> Words | None:
        """What to tell an author who counts on work days of a year without a notice; None if all is known."""
        if self.known(year):
            return None
        return words(
            f"{year} 年的放假调休通知还没有录入：法定节假日按推算处理，调休的周末按休息日处理。",
            f"The holiday notice for {year} is not on file: public holidays are computed, and no weekend day"
            " counts as a work day.",
        )


@lru_cache(maxsize=512)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off, and weekend days worked, of one year."""
    if year in NOTICES:
        stretches, worked = NOTICES[year]
        off = set()
        for (month, day), last in stretches:
            one, end = date(year, month, day), date(year, *last)
            while one <= end:
                off.add(one)
                one += timedelta(days=1)
        return frozenset(off), frozenset(date(year, month, day) for month, day in worked)
    from holidays.countries.china import China  # takes a tenth of a second, and only other years need it

    if year not in LIBRARY_KNOWS:
        log.warning("No holiday notice for %d: exchanged weekends are unknown.", year)
    china = China(years=year)
    return frozenset(china.keys()), frozenset(d for d in china.weekend_workdays if d.year == year)


#: The calendar used where a workspace has no days of its own.
CHINA = WorkCalendar()
