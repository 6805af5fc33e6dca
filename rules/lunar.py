"""The Chinese lunar calendar: which solar day a lunar day falls on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

#: The lunar years that are worked out; tables of the sky are trusted in these only.
FIRST_YEAR, LAST_YEAR = 1850, 2200
MONTHS_ZH = "正二三四五六七八九十冬腊"
DAYS_ZH = (
    [f"初{n}" for n in "一二三四五六七八九十"]
    + [f"十{n}" for n in "一二三四五六七八九"]
    + ["二十", *(f"廿{n}" for n in "一二三四五六七八九"), "三十"]
)


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar year: month 1 to 12 (or the leap month after it), day 1 to 30."""

    month: int
    day: int
    leap: bool = False

    @staticmethod
    def of(day: date) -> LunarDay:
        """The lunar day of a solar date; raises ValueError outside the years that are worked out."""
        if not FIRST_YEAR < day.year < LAST_YEAR:
            raise ValueError(f"Lunar days are worked out from {FIRST_YEAR + 1} to {LAST_YEAR - 1}.")
        month, number, _ = _lunar(day)
        return LunarDay(abs(month), number, month < 0)

    def in_year(self, year: int) -> date | None:
        """The solar date on which it falls in a lunar year; None outside the years that are worked out.

        In a year without the leap month its plain month is meant; in a month of 29 days the 30th is the 29th.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        return _solar(year, self.month, self.day, self.leap)

    def next(self, after: date) -> date | None:
        """Its first solar date strictly after `after`; None outside the years that are worked out."""
        for year in range(after.year - 1, after.year + 2):
            found = self.in_year(year)
            if found is not None and found > after:
                return found
        return None

    def say(self, lang: str = "zh") -> str:
        """农历八月十五, or day 15 of lunar month 8."""
        if lang == "zh":
            return f"农历{'闰' if self.leap else ''}{MONTHS_ZH[self.month - 1]}月{DAYS_ZH[self.day - 1]}"
        return f"day {self.day} of {'leap ' if self.leap else ''}lunar month {self.month}"


@lru_cache(maxsize=4096)
def _lunar(day: date) -> tuple[int, int, int]:
    """Month (negative if leap), day and year."""
    from lunar_python import Solar  # six megabytes, which only lunar days need

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return lunar.getMonth(), lunar.getDay(), lunar.getYear()


@lru_cache(maxsize=65_536)
def _solar(year: int, month: int, day: int, leap: bool) -> date:
    from lunar_python import Lunar, LunarMonth

    found = LunarMonth.fromYm(year, -month) if leap else None
    found = found or LunarMonth.fromYm(year, month)
    number = -month if found.isLeap() else month
    solar = Lunar.fromYmd(year, number, min(day, found.getDayCount())).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
