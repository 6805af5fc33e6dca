"""The slow reference for time: no formulas, only minutes looked at one after the other.

A moment is understood as a *place to start from* and a *test of one minute*. Which local clock readings a
minute of UTC stands for is asked of `zoneinfo` by going there and back, so that the days on which clocks jump
need no special case. All times are whole minutes; nothing here imports the product.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: Nothing generated is farther away than this.
HORIZON_DAYS = 800
DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$"
)


def duration(text: str) -> tuple[int, int, int]:
    """(months, days, minutes), each with the duration's sign."""
    minus, years, months, weeks, days, hours, minutes, seconds = DURATION.match(text).groups()
    sign = -1 if minus else 1
    assert not int(seconds or 0) % 60
    return (
        sign * (12 * int(years or 0) + int(months or 0)),
        sign * (7 * int(weeks or 0) + int(days or 0)),
        sign * (60 * int(hours or 0) + int(minutes or 0) + int(seconds or 0) // 60),
    )


def to_utc(naive: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a clock reading: the first of a doubled one, a missing one moved on by the gap."""
    return naive.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=200_000)
def readings(at: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The clock readings that mean this minute: one, none (a repeated hour) or two (the hour after a gap)."""
    shown = to_local(at, zone)
    before = to_local(at - DAY, zone) + DAY
    return tuple(n for n in sorted({shown, before}) if to_utc(n, zone) == at)


def add(at: datetime, text: str, zone: ZoneInfo, times: int = 1) -> datetime:
    """`at` + a duration: months and days on the local calendar, then elapsed minutes."""
    months, days, minutes = (times * x for x in duration(text))
    if months or days:
        at = to_utc(add_to_reading(to_local(at, zone), months, days), zone)
    return at + minutes * MINUTE


def add_to_reading(naive: datetime, months: int, days: int) -> datetime:
    count = naive.year * 12 + naive.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return naive.replace(year=year, month=month + 1, day=min(naive.day, last)) + days * DAY


def whole_days(text: str) -> bool:
    return duration(text)[2] == 0


def day_allowed(day: date, spec: Mapping[str, Any]) -> bool:
    """Whether weekdays, monthdays and months let this local day be."""
    last = calendar.monthrange(day.year, day.month)[1]
    if "weekdays" in spec and day.isoweekday() not in spec["weekdays"]:
        return False
    if "months" in spec and day.month not in spec["months"]:
        return False
    if "monthdays" in spec:
        return day.day in {last if d == -1 else min(d, last) for d in spec["monthdays"]}
    return True


def reading_allowed(naive: datetime, spec: Mapping[str, Any]) -> bool:
    """Whether this clock reading is one that the moment allows."""
    minute = naive.hour * 60 + naive.minute
    if spec.get("at") == "24:00":
        return minute == 0 and day_allowed((naive - DAY).date(), spec)
    if "at" in spec and minute != of_day(spec["at"]):
        return False
    if "window" in spec and not in_window(minute, *map(of_day, spec["window"])):
        return False
    return day_allowed(naive.date(), spec)


def of_day(clock: str) -> int:
    """The minute of the day that a clock time means; 24:00 is 1440."""
    return int(clock[:2]) * 60 + int(clock[3:])


def in_window(minute: int, start: int, end: int) -> bool:
    """From `start` on, until before `end`; over midnight if the end is not after the start."""
    return start <= minute < end if start < end else minute >= start or minute < end


def constrained(spec: Mapping[str, Any]) -> bool:
    return any(k in spec for k in ("at", "window", "weekdays", "monthdays", "months"))


def allowed(at: datetime, spec: Mapping[str, Any], zone: ZoneInfo) -> bool:
    return any(reading_allowed(n, spec) for n in readings(at, zone))


class Start:
    """Where the search for one moment starts: an instant that may itself be it, or a local day."""

    def __init__(
        self, anchor: datetime, offset: str, spec: Mapping[str, Any], zone: ZoneInfo, every: int = 0
    ):
        steps = [offset, spec["every"]] if every else [offset]
        self.spec, self.zone = spec, zone
        if "at" in spec and all(map(whole_days, steps)):
            reading = to_local(anchor, zone)
            for text, times in zip(steps, (1, every), strict=False):
                months, days, _ = duration(text)
                reading = add_to_reading(reading, times * months, times * days)
            self.day: date | None = reading.date()
            self.instant = to_utc(datetime.combine(self.day, datetime.min.time()), zone)
        else:
            self.day = None
            self.instant = add(anchor, offset, zone)
            if every:
                self.instant = add(self.instant, spec["every"], zone, every)

    def rings(self, at: datetime) -> bool:
        """Whether the moment may be this minute (it is the first that may)."""
        if self.day is None and at == self.instant:
            return reading_allowed(to_local(at, self.zone), self.spec) or not constrained(self.spec)
        if at < self.instant:
            return False
        if not constrained(self.spec):
            return True
        return any(reading_allowed(n, self.spec) and self._from(n) for n in readings(at, self.zone))

    def _from(self, reading: datetime) -> bool:
        if self.day is None:
            return True
        return reading >= datetime.combine(self.day, datetime.min.time()) and (
            self.spec["at"] != "24:00" or reading.date() > self.day
        )

    def first(self) -> datetime | None:
        """The moment: the first minute from the start that rings."""
        return next(
            (m for m in minutes_of_likely_days(self.instant, self.spec, self.zone) if self.rings(m)), None
        )


def minutes_of_likely_days(start: datetime, spec: Mapping[str, Any], zone: ZoneInfo) -> Iterator[datetime]:
    """Every minute from `start`, but not those of days that are not allowed and whose eve is not either."""
    minute, end = start, start + HORIZON_DAYS * DAY
    while minute < end:
        day = to_local(minute, zone).date()
        likely = day_allowed(day, spec) or day_allowed(day - DAY, spec) or day_allowed(day + DAY, spec)
        following = to_utc(datetime.combine(day + DAY, datetime.min.time()), zone)
        if likely or minute == start:
            while minute < following:
                yield minute
                minute += MINUTE
        minute = max(minute, following)


def following(spec: Mapping[str, Any], after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first allowed minute strictly after `after`, whatever the moment counts from."""
    minutes = minutes_of_likely_days(after + MINUTE, spec, zone)
    return next((m for m in minutes if allowed(m, spec, zone)), None)


def moment(
    spec: Mapping[str, Any], begin: datetime, anchor: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """When the moment is, seen from `begin`; None while its anchor is missing or if it never comes.

    `anchor` is what the moment counts from, already looked up; moments with `for` and plain ones ignore it.
    """
    if "every" in spec:
        return None if anchor is None else _first_of_series(spec, begin, anchor, zone)
    if "for" in spec:
        return Start(begin, spec["for"], spec, zone).first()
    if "anchor" in spec or "offset" in spec:
        return None if anchor is None else Start(anchor, spec.get("offset", "P0D"), spec, zone).first()
    return following(spec, begin, zone)


def _first_of_series(
    spec: Mapping[str, Any], begin: datetime, anchor: datetime, zone: ZoneInfo
) -> datetime | None:
    # Steps that lie more than a month before the begin cannot be moved up to it by the generated constraints.
    each = duration(spec["every"])
    length = timedelta(days=31 * each[0] + each[1], minutes=each[2])
    n = max(0, int((begin - anchor - 70 * DAY) / length))
    while n < 100_000:
        at = Start(anchor, spec.get("offset", "P0D"), spec, zone, n).first()
        if at is None or at > begin:
            return at
        n += 1
    return None


def anchored(spec: Mapping[str, Any]) -> bool:
    """Whether the moment counts from an anchor (named, or the stage's)."""
    return "for" not in spec and ("every" in spec or "anchor" in spec or "offset" in spec)
