"""Policies that remember: how often a subject may be reached, and which journey goes first.

What counts are the touches that were let go (`Touch.touches`), whether their carrier has taken them yet or not. A
journey may do late what was due before a touch that is already known, so a cap asks whether *any* stretch of its
length would hold too many, before or after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from rules.contact_policy import GO, Answer, Hold, Refuse, Touch, opens, place
from rules.moment import Moment
from rules.zones import local, to_utc

A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
CALENDAR: Final = ("day", "week", "month")
#: How far a calendar period can reach back, with a day for the clocks' changes.
LONGEST: Final = {"day": 2 * A_DAY, "week": 8 * A_DAY, "month": 32 * A_DAY}


class Period(Protocol):
    """The stretch of time that a number is allowed in."""

    @property
    def reach(self) -> timedelta:
        """How far from a touch another one can matter."""

    def room(self, times: Sequence[datetime], most: int, now: datetime, zone: ZoneInfo) -> datetime:
        """The first time from `now` on at which one more fits; `times` ascend and `most` is at least 1."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """Any stretch of this length, open at its end."""

    length: timedelta

    @property
    def reach(self) -> timedelta:
        return self.length

    def room(self, times: Sequence[datetime], most: int, now: datetime, zone: ZoneInfo) -> datetime:
        ends = sorted(end for at in times if (end := at + self.length) > now)
        return next(at for at in (now, *ends) if self._fits(times, most, at))

    def _fits(self, times: Sequence[datetime], most: int, at: datetime) -> bool:
        near = sorted([at, *(t for t in times if abs(t - at) < self.length)])
        return all(near[n + most] - near[n] >= self.length for n in range(len(near) - most))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A day, a week from Monday on, or a month of the subject's own calendar."""

    #: day | week | month
    unit: str

    @property
    def reach(self) -> timedelta:
        return LONGEST[self.unit]

    def room(self, times: Sequence[datetime], most: int, now: datetime, zone: ZoneInfo) -> datetime:
        at = now
        while True:
            begin, end = self._around(at, zone)
            if sum(begin <= time < end for time in times) < most:
                return at
            at = end

    def _around(self, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        today = local(at, zone).date()
        first, after = today, today + A_DAY
        if self.unit == "week":
            first = today - (today.isoweekday() - 1) * A_DAY
            after = first + 7 * A_DAY
        elif self.unit == "month":
            first = today.replace(day=1)
            after = (first + 32 * A_DAY).replace(day=1)
        return _midnight(first, zone), _midnight(after, zone)


@dataclass(frozen=True, slots=True)
class Who:
    """For whom a cap is meant: who has this level of a tier, or wears this tag."""

    tier: str = ""
    level: str = ""
    tag: str = ""

    def means(self, touch: Touch) -> bool:
        if self.tag:
            return self.tag in touch.tags
        return touch.tiers.get(self.tier) == self.level


@dataclass(frozen=True, slots=True)
class Cap:
    """So many touches in a period, over all journeys; when it is full, the message is held or refused."""

    most: int
    period: Period
    #: Of these carriers together; none means all.
    carriers: frozenset[str] = frozenset()
    who: Who | None = None
    holds: bool = True
    because: str = "cap-full"

    def ask(self, touch: Touch, now: datetime) -> Answer:
        if (self.carriers and touch.carrier not in self.carriers) or (self.who and not self.who.means(touch)):
            return GO
        if self.most < 1:
            return Refuse(self.because)
        times = sorted(at for at, by in touch.touches if not self.carriers or by in self.carriers)
        at = self.period.room(times, self.most, now, touch.zone)
        if at <= now:
            return GO
        if not self.holds:
            return Refuse(self.because)
        # All whose day is full would be let go at midnight.
        return Hold(at + place(touch.spread_key) if isinstance(self.period, Calendar) else at, self.because)


@dataclass(frozen=True, slots=True)
class OneAMinute:
    """One message a minute to a subject by each carrier, whatever the drawings say."""

    def ask(self, touch: Touch, now: datetime) -> Answer:
        own = frozenset((touch.carrier,))
        return Cap(1, Rolling(A_MINUTE), own, because="one-a-minute").ask(touch, now)


@dataclass(frozen=True, slots=True)
class Quota:
    """The carrier's own budget of broadcasts for one customer: so many a day, week and month, on some days only."""

    caps: tuple[Cap, ...]
    carriers: frozenset[str] = frozenset()
    #: The days of the month on which broadcasts may go out; None for all.
    days: Moment | None = None

    def ask(self, touch: Touch, now: datetime) -> Answer:
        if self.carriers and touch.carrier not in self.carriers:
            return GO
        if self.days is not None and (answer := opens(self.days, touch, now, "quota-days")) is not GO:
            return answer
        return next((a for cap in self.caps if (a := cap.ask(touch, now)) is not GO), GO)


@dataclass(frozen=True, slots=True)
class CarrierHours:
    """When some carriers send at all: hours, days, and work days, by the subject's own clock."""

    carriers: frozenset[str]
    hours: Moment

    def ask(self, touch: Touch, now: datetime) -> Answer:
        if self.carriers and touch.carrier not in self.carriers:
            return GO
        return opens(self.hours, touch, now, "carrier-hours")


@dataclass(frozen=True, slots=True)
class Priority:
    """Journeys in their order: one further down waits while one further up is about to send to the same subject.

    "About to send": a message of that journey is held, or a wait before a message ends, within `ahead` from now. The
    lower one goes on a minute after, and then meets whatever cap the higher one has filled. Journeys that are not
    named come last and wait for no other unnamed one.
    """

    ahead: timedelta
    journeys: tuple[str, ...]

    def ask(self, touch: Touch, now: datetime) -> Answer:
        own = self.rank(touch.journey)
        times = [at for at, key in touch.coming if self.rank(key) < own and now <= at <= now + self.ahead]
        return Hold(max(times) + A_MINUTE, "priority") if times else GO

    def rank(self, journey: str) -> int:
        """0 goes first; those not named share the last place."""
        return self.journeys.index(journey) if journey in self.journeys else len(self.journeys)

    def above(self, journey: str) -> tuple[str, ...]:
        """The journeys that go before this one."""
        return self.journeys[: self.rank(journey)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return to_utc(datetime(day.year, day.month, day.day), zone)
