"""Moments: when something is due, and the next time that the calendar allows.

What the statechart leaves open is decided like this:

* The keys that allow times (`at`, `window`, `weekdays`, `monthdays`, `months`, `workdays`) are independent
  tests of a clock reading, and all must pass. A window is half open ("09:00" is in ["09:00", "21:00"],
  "21:00" is not). After midnight in a window such as ["22:00", "02:00"] it is the new day that must be an
  allowed one.
* `at: "24:00"` belongs to the day that it ends: on Friday at 24:00 is the midnight before Saturday.
* What is moved forward stays where it is if it is allowed already. Days without a clock time begin at
  00:00: T+7 at 15:00 on a Saturday with `workdays` becomes Monday 00:00.
* Without `for`, anchor and offset a moment is the first allowed whole minute strictly after the begin; so a
  wait for an open window that begins inside it ends within a minute. A bell that rings at each opening asks
  `next_opening`.
* An anchor without an offset counts as the offset of no days, so `at` is a clock time on the anchor's own
  day.
* `every` counts from anchor + offset: the n-th is that moment + n times the period, in one calculation, so
  the 31st monthly is the 31st wherever a month has one. Each is then moved forward like any moment.
* A date (not a time) as anchor is 00:00 of the subject's day. With `for` or `offset` in whole days, its
  calculation is made on the clock reading, and only its result meets the gaps of the clocks.
* Nothing is found more than five years ahead, nor outside the years 1 to 9999: the answer is None, "never".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar_days import DAY, MINUTES_A_DAY, WHOLE_DAY, Days, at_minute
from rules.duration import Duration
from rules.moment_form import read, read_window
from rules.moment_words import say
from rules.readings import first_instant, first_shown
from rules.workdays import CHINA, WorkCalendar
from rules.zones import local, to_utc

NOTHING = Duration()
EVERY_DAY = Days()
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a definition writes it, ready to be worked out. Made by `Moment.parse`.

    `for_` counts from the begin; `offset` and `every` from the anchor, which the caller looks up (`anchor`
    is as it was written, None where the stage's own is meant).
    """

    for_: Duration | None = None
    anchor: Any = None
    offset: Duration | None = None
    every: Duration | None = None
    #: Minutes after midnight, 1440 for 24:00.
    clock: int | None = None
    #: Stretches of a day, in minutes after midnight.
    window: tuple[tuple[int, int], ...] = WHOLE_DAY
    days: Days = EVERY_DAY
    #: The window as it was written, for saying it.
    hours: tuple[str, str] | None = None

    @staticmethod
    def parse(written: Any, path: str = "") -> Moment:
        """Read a moment; raises BadMoment with every problem and its path."""
        return Moment(**read(written, path))

    @staticmethod
    def parse_window(written: Any, path: str = "") -> Moment:
        """Read when sending is open: {"from", "to"} and days, or a moment that counts from nothing."""
        return Moment(**read_window(written, path))

    @property
    def needs_anchor(self) -> bool:
        """True if it counts from an anchor: one that it names, or its stage's."""
        return self.anchor is not None or self.offset is not None or self.every is not None

    @property
    def repeats(self) -> bool:
        """True if it comes again and again: with `every`, or with neither `for` nor anchor nor offset."""
        return self.every is not None or not (self.for_ is not None or self.needs_anchor)

    @property
    def bounded(self) -> bool:
        """True if it allows some times only; False for a plain `for` or offset."""
        return self.clock is not None or self.window is not WHOLE_DAY or bool(self.days)

    def resolve(
        self,
        begin: datetime,
        anchor: datetime | date | None,
        zone: ZoneInfo,
        workdays: WorkCalendar = CHINA,
    ) -> datetime | None:
        """When it is, in UTC, for a wait that was due to begin at `begin`.

        None if it needs an anchor and there is none, or if it never comes. It may lie before `begin` (it is
        late then), but with `every`, or with neither `for` nor anchor, it is strictly after.
        """
        try:
            if self.for_ is not None:
                return self._moved(begin, self.for_, zone, workdays)
            if not self.needs_anchor:
                return self.next_after(begin, zone, workdays)
            if anchor is None:
                return None
            if self.every is not None:
                return self._of_series(begin, anchor, zone, workdays)
            return self._moved(anchor, self.offset or NOTHING, zone, workdays)
        except (OverflowError, ValueError):
            return None

    def next_after(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar = CHINA) -> datetime | None:
        """The first allowed whole minute strictly after `at`, whatever the moment counts from."""
        tick = at + TICK if self.clock is not None else at.replace(second=0, microsecond=0) + MINUTE
        return self._first(tick, zone, workdays)

    def next_opening(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar = CHINA) -> datetime | None:
        """The next time strictly after `at` at which it *becomes* allowed: what a repeated bell rings at.

        With `at` this is `next_after`. A window rings when it opens, days alone at each of their midnights,
        where `next_after` would give the next minute.
        """
        if self.clock is not None or not self.bounded:
            return self.next_after(at, zone, workdays)
        return Moment(clock=self.window[-1][0], days=self.days).next_after(at, zone, workdays)

    def forward(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar = CHINA) -> datetime | None:
        """`at` itself if it is allowed, else the first allowed instant after it."""
        try:
            shown = local(at, zone)
            if self.next_reading(shown, workdays) == shown:
                return at
            return self._first(at, zone, workdays)
        except (OverflowError, ValueError):
            return None

    def opens(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar = CHINA) -> datetime | None:
        """`at` itself or the first instant after it at which the clock shows an allowed time.

        What quiet hours and sending windows ask: on the day of a gap nothing skipped is made up for.
        """
        try:
            return first_shown(at, zone, lambda reading: self.next_reading(reading, workdays))
        except (OverflowError, ValueError):
            return None

    def next_reading(self, reading: datetime, workdays: WorkCalendar) -> datetime | None:
        """The first allowed clock reading not before `reading`; None if there is none for five years."""
        day = reading.date()
        if self.clock is not None:
            over = self.clock == MINUTES_A_DAY
            if over:
                day -= DAY
            found = self.days.next(day, workdays)
            if found == day and at_minute(day, self.clock) < reading:
                found = self.days.next(day + DAY, workdays)
            return None if found is None else at_minute(found, self.clock)
        found = self.days.next(day, workdays)
        if found == day:
            for start, end in self.window:
                if reading < at_minute(day, end):
                    return max(reading, at_minute(day, start))
            found = self.days.next(day + DAY, workdays)
        return None if found is None else at_minute(found, self.window[0][0])

    def say(self, lang: str = "zh", anchor_words: str | None = None) -> str:
        """The moment in words; `anchor_words` says what it counts from (else the anchor's own name)."""
        return say(self, lang, anchor_words)

    def _first(self, at: datetime, zone: ZoneInfo, workdays: WorkCalendar) -> datetime | None:
        try:
            return first_instant(at, zone, lambda reading: self.next_reading(reading, workdays))
        except (OverflowError, ValueError):
            return None

    def _moved(
        self, origin: datetime | date, by: Duration, zone: ZoneInfo, workdays: WorkCalendar
    ) -> datetime | None:
        """The origin + a duration, moved forward; with `at`, whole days mean that very day."""
        if self.clock is not None and by.whole_days:
            return self._on_day(by.shift(_reading(origin, zone)).date(), zone, workdays)
        at = _plus(origin, by, zone)
        return self.forward(at, zone, workdays) if self.bounded else at

    def _on_day(self, day: date, zone: ZoneInfo, workdays: WorkCalendar) -> datetime | None:
        found = self.days.next(day, workdays)
        assert self.clock is not None
        return None if found is None else to_utc(at_minute(found, self.clock), zone)

    def _of_series(
        self, begin: datetime, anchor: datetime | date, zone: ZoneInfo, workdays: WorkCalendar
    ) -> datetime | None:
        """The first of anchor + offset, + every, + 2 × every, … that is strictly after the begin."""
        every, offset = self.every or NOTHING, self.offset or NOTHING
        on_days = self.clock is not None and offset.whole_days and every.whole_days
        origin = _plus(anchor, offset, zone)
        reading = offset.shift(_reading(anchor, zone))
        longest = timedelta(days=31 * every.months + every.days, seconds=every.seconds)
        # Months differ and clocks jump, so look from a little early. Any element not after `begin` will do
        # to look from, since moving forward never changes the order.
        early = 3 * DAY if every.months or every.days else timedelta(0)
        count = max(0, (begin - origin - early) // longest)
        while True:
            if on_days:
                found = self._on_day(every.times(count).shift(reading).date(), zone, workdays)
            elif count == 0:
                found = self._moved(anchor, offset, zone, workdays)
            else:
                at = every.times(count).add(origin, zone)
                found = self.forward(at, zone, workdays) if self.bounded else at
            if found is None or found > begin:
                return found
            count += max(1, (begin - found - early) // longest)


def _reading(origin: datetime | date, zone: ZoneInfo) -> datetime:
    """What the clock shows at an anchor; a date is its midnight, a naive time is already a reading."""
    if not isinstance(origin, datetime):
        return datetime.combine(origin, time())
    return local(origin, zone) if origin.tzinfo is not None else origin


def _plus(origin: datetime | date, by: Duration, zone: ZoneInfo) -> datetime:
    if isinstance(origin, datetime) and origin.tzinfo is not None:
        return by.add(origin, zone)
    at = to_utc(by.shift(_reading(origin, zone)), zone)
    return at + by.elapsed if by.seconds else at
