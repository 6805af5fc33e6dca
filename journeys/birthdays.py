"""Entries by a date of each contact: whose day is it, and when does the next day begin to count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules.anniversary import next_birthday, next_lunar_birthday
from rules.dates import read_day
from rules.duration import Duration
from rules.moment import Moment
from rules.workdays import WorkCalendar

#: Months of different lengths may move a day by so much when an offset is counted back.
SLACK = timedelta(days=4)
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class DateEntry:
    """`{"type": "date", …}` of an entry, compiled."""

    attribute: str
    offset: Duration | None
    clock: str
    yearly: bool
    lunar: bool

    @classmethod
    def read(cls, on: Mapping[str, Any]) -> DateEntry:
        """Compile what has passed the schema; without `at` an offset in hours decides the clock time."""
        offset = Duration.parse(on["offset"]) if on.get("offset") else None
        at = on.get("at")
        if not at:
            at = _shifted(date(2001, 1, 1), offset).strftime("%H:%M")
        return cls(on["attribute"], offset, at, bool(on.get("yearly")), bool(on.get("lunar")))

    def next_after(self, at: datetime, zones: Iterable[ZoneInfo], workdays: WorkCalendar) -> datetime | None:
        """The first time strictly after `at` at which in one of these zones the clock shows the entry's time."""
        moment = Moment.parse({"at": self.clock})
        found = [moment.next_after(at, zone, workdays) for zone in zones]
        return min((one for one in found if one is not None), default=None)

    def day_at(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar) -> date | None:
        """The local day that begins to count in `zone` at this very time; None if none does."""
        moment = Moment.parse({"at": self.clock})
        if moment.next_after(at - timedelta(microseconds=1), zone, workdays) != at:
            return None
        shown = at.astimezone(zone)
        # 24:00 is the end of the day before.
        return (shown - timedelta(days=1)).date() if self.clock == "24:00" else shown.date()

    def stored_as(self, day: date) -> tuple[int, int, list[str]] | None:
        """What the attribute's text must hold for `day` to be its day: (from, length, texts); None if unknown."""
        if self.lunar:
            return None
        around = self._around(day)
        if self.yearly:
            texts = {one.isoformat()[5:] for one in around}
            # Whoever was born on 29 February has the day on the 28th in other years.
            return 6, 5, sorted(texts | ({"02-29"} if "02-28" in texts else set()))
        return 1, 10, sorted({one.isoformat() for one in around})

    def falls_on(self, day: date, value: Any, zone: ZoneInfo) -> bool:
        """True if the day of somebody with this attribute is `day`."""
        born = read_day(value, zone)
        return born is not None and any(
            _shifted(one, self.offset).date() == day for one in self._days(born, day)
        )

    def _days(self, born: date, day: date) -> Iterator[date]:
        if not self.yearly:
            yield born
            return
        after = self._around(day)[0] - timedelta(days=1)
        one = next_lunar_birthday(born, after) if self.lunar else next_birthday(born, after)
        if one is not None:
            yield one

    def _around(self, day: date) -> list[date]:
        middle = _shifted(day, -self.offset if self.offset else None).date()
        return [middle + timedelta(days=n) for n in range(-SLACK.days, SLACK.days + 1)]


def _shifted(day: date, offset: Duration | None) -> datetime:
    reading = datetime.combine(day, MIDNIGHT)
    return offset.shift(reading) if offset else reading
