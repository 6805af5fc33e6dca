"""Days that come back every year: birthdays by the solar and by the lunar calendar."""

from __future__ import annotations

from calendar import isleap
from datetime import date

from rules.lunar import LunarDay


def next_birthday(born: date, after: date) -> date:
    """The first anniversary strictly after `after`; 29 February falls on the 28th in other years.

    The day of birth itself is no anniversary. Raises ValueError after the year 9999.
    """
    year = max(after.year, born.year + 1)
    found = _in_year(born, year)
    return found if found > after else _in_year(born, year + 1)


def next_lunar_birthday(born: date, after: date) -> date | None:
    """The first lunar anniversary strictly after `after` of somebody born on this *solar* date.

    Somebody born in a leap month has it in that leap month where there is one, else in the plain month of
    the same number; somebody born on the 30th has it on the 29th of a shorter month. None outside the years
    that are worked out (1850 to 2200).
    """
    try:
        return LunarDay.of(born).next(max(after, born))
    except ValueError:
        return None


def _in_year(born: date, year: int) -> date:
    if (born.month, born.day) == (2, 29):
        return date(year, 2, 29 if isleap(year) else 28)
    return born.replace(year=year)
