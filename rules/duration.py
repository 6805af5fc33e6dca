"""Durations: calendar months and days, and elapsed seconds."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from rules.errors import BadDuration, words
from rules.zones import local, to_utc

FORM = re.compile(
    r"(?P<minus>-)?P(?:(?P<Y>\d{1,4})Y)?(?:(?P<M>\d{1,5})M)?(?:(?P<W>\d{1,5})W)?(?:(?P<D>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,8})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,10})S)?)?",
    re.ASCII,
)
#: Nobody plans farther ahead; the limit keeps dates inside the years that computers know.
LONGEST_YEARS = 100
LONGEST_DAYS = LONGEST_YEARS * 366
LONGEST_SECONDS = LONGEST_DAYS * 86_400


@dataclass(frozen=True)
class Duration:
    """A stretch of time as ISO 8601 writes it; all three parts have the same sign.

    Years and months are `months`, weeks and days are `days`; both are counted on the local calendar and
    keep the clock time. Hours, minutes and seconds are elapsed time, whatever the clocks do. Numbers are
    whole: PT90M, not PT1.5H.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: Any, path: str = "") -> Duration:
        """Read `P7D`, `PT1H`, `-P3D`, `P1M2DT3H`; raises BadDuration."""
        found = FORM.fullmatch(text) if isinstance(text, str) and len(text) <= 64 else None
        if found is None or not any(found[part] for part in "YMWDhms"):
            raise BadDuration([(path, NOT_A_DURATION)])
        years, months, weeks, days, hours, minutes, seconds = (int(found[part] or 0) for part in "YMWDhms")
        sign = -1 if found["minus"] else 1
        made = cls(
            sign * (12 * years + months),
            sign * (7 * weeks + days),
            sign * (3600 * hours + 60 * minutes + seconds),
        )
        if (
            abs(made.months) > 12 * LONGEST_YEARS
            or abs(made.days) > LONGEST_DAYS
            or abs(made.seconds) > LONGEST_SECONDS
        ):
            raise BadDuration([(path, TOO_LONG)])
        return made

    @property
    def whole_days(self) -> bool:
        """True without hours, minutes and seconds; nothing at all (P0D, PT0S) is whole days, too."""
        return not self.seconds

    @property
    def positive(self) -> bool:
        """True if it leads forward."""
        return self.months > 0 or self.days > 0 or self.seconds > 0

    @property
    def negative(self) -> bool:
        """True if it leads back."""
        return self.months < 0 or self.days < 0 or self.seconds < 0

    @cached_property
    def elapsed(self) -> timedelta:
        """The part that is elapsed time."""
        return timedelta(seconds=self.seconds)

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.days, -self.seconds)

    def times(self, count: int) -> Duration:
        """So many of them, one after the other: months are multiplied before they are clipped."""
        return Duration(self.months * count, self.days * count, self.seconds * count)

    def add(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The instant that lies this far from `at`: first months, then days, then elapsed time. In UTC.

        Raises OverflowError or ValueError outside the years 1 to 9999.
        """
        if self.months or self.days:
            at = to_utc(self.shift(local(at, zone)), zone)
        return at + self.elapsed if self.seconds else at

    def shift(self, reading: datetime) -> datetime:
        """A clock reading moved by the months and days alone; 31 January + P1M is the last of February."""
        if self.months:
            reading = add_months(reading, self.months)
        return reading + timedelta(days=self.days) if self.days else reading

    def say(self, lang: str = "zh") -> str:
        """How long it is, in words and without its sign: 1 个月 3 天, 1 month 3 days."""
        return _words(self, lang)

    def __str__(self) -> str:
        months, days, seconds = abs(self.months), abs(self.days), abs(self.seconds)
        (years, months), (hours, rest) = divmod(months, 12), divmod(seconds, 3600)
        date = _parts((years, "Y"), (months, "M"), (days, "D"))
        time = _parts((hours, "H"), (rest // 60, "M"), (rest % 60, "S"))
        if not date and not time:
            return "P0D"
        return f"{'-' if self.negative else ''}P{date}{'T' if time else ''}{time}"


NOT_A_DURATION = words(
    "这里应该是时长，例如 P7D（7 天）、PT1H（1 小时）或 -P3D（提前 3 天），只用整数。",
    "This should be a duration in whole numbers: P7D (7 days), PT1H (1 hour) or -P3D (3 days earlier).",
)
TOO_LONG = words(f"时长最长 {LONGEST_YEARS} 年。", f"A duration is at most {LONGEST_YEARS} years long.")


def add_months(reading: datetime, months: int) -> datetime:
    """The same day so many months on, or the last day of a shorter month."""
    year, month = divmod(reading.year * 12 + reading.month - 1 + months, 12)
    if reading.day > 28:
        return reading.replace(year, month + 1, min(reading.day, days_in_month(year, month + 1)))
    return reading.replace(year, month + 1)


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    return calendar.monthrange(year, month)[1]


def _parts(*parts: tuple[int, str]) -> str:
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _words(duration: Duration, lang: str) -> str:
    (years, months) = divmod(abs(duration.months), 12)
    (hours, rest) = divmod(abs(duration.seconds), 3600)
    parts = [
        (years, "年", "year"),
        (months, "个月", "month"),
        (abs(duration.days), "天", "day"),
        (hours, "小时", "hour"),
        (rest // 60, "分钟", "minute"),
        (rest % 60, "秒", "second"),
    ]
    said = [part for part in parts if part[0]] or [(0, "天", "day")]
    if lang == "zh":
        return " ".join(f"{count} {zh}" for count, zh, _ in said)
    return " ".join(f"{count} {en}{'' if count == 1 else 's'}" for count, _, en in said)
