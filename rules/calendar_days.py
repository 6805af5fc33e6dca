"""Which days and which minutes of a day a moment allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from rules.duration import days_in_month
from rules.workdays import WorkCalendar

DAY = timedelta(days=1)
MINUTES_A_DAY = 1440
#: How far ahead an allowed day is looked for, in days (five years with their leap days).
SEARCH_DAYS = 1827


@dataclass(frozen=True)
class Days:
    """The local days that weekdays, days of the month, months and work days leave; all must agree.

    In `monthdays` -1, and every number beyond the end of a month, is its last day.
    """

    weekdays: frozenset[int] | None = None
    monthdays: frozenset[int] | None = None
    months: frozenset[int] | None = None
    workdays: bool = False

    def __bool__(self) -> bool:
        """False if every day is allowed."""
        return bool(self.weekdays or self.monthdays or self.months or self.workdays)

    def allow(self, day: date, work: WorkCalendar) -> bool:
        """Whether this day is one of them."""
        if self.months is not None and day.month not in self.months:
            return False
        if self.weekdays is not None and day.isoweekday() not in self.weekdays:
            return False
        if self.monthdays is not None:
            length = 31 if day.day < 28 else days_in_month(day.year, day.month)
            if day.day not in self._by_length[length]:
                return False
        return not self.workdays or work.is_workday(day)

    @cached_property
    def _by_length(self) -> dict[int, frozenset[int]]:
        """For each length of a month the days that are meant."""
        days = self.monthdays or frozenset()
        return {
            length: frozenset(length if day == -1 else min(day, length) for day in days)
            for length in range(28, 32)
        }

    def next(self, day: date, work: WorkCalendar) -> date | None:
        """The first allowed day that is not before `day`; None if there is none within five years."""
        if not self:
            return day
        last = day + SEARCH_DAYS * DAY
        while day <= last:
            if self.months is not None and day.month not in self.months:
                day = (day.replace(day=28) + 4 * DAY).replace(day=1)
            elif self.allow(day, work):
                return day
            else:
                day += DAY
        return None


def minutes(clock: str) -> int:
    """Minutes after midnight of "HH:MM"; 24:00 is 1440."""
    return int(clock[:2]) * 60 + int(clock[3:])


def stretches(start: int, end: int) -> tuple[tuple[int, int], ...]:
    """A window as stretches of one day, in minutes after midnight: one over midnight has two."""
    if start < end:
        return ((start, end),)
    return ((0, end), (start, MINUTES_A_DAY)) if end else ((start, MINUTES_A_DAY),)


WHOLE_DAY = ((0, MINUTES_A_DAY),)


def at_minute(day: date, minute: int) -> datetime:
    """The reading so many minutes after a day's midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)
