"""From what the clock on the wall may show to the first instant at which it shows it.

People allow *readings* ("20:00 on a Wednesday"); alarms need instants. An instant counts as allowed if
`to_utc` of an allowed reading is that instant. On the days on which clocks jump this means: an allowed
reading that is skipped happens one gap later, so no day is missed; one that is shown twice happens the
first time only, so nothing is done twice. The order of readings is then not the order of instants, and that
is all this file is about.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules.zones import local, to_utc

#: The first allowed reading at or after a reading; None if there is none for years.
NextReading = Callable[[datetime], "datetime | None"]
#: No clock has ever jumped by more.
LONGEST_JUMP = timedelta(days=1)
SECOND = timedelta(seconds=1)


def first_instant(at: datetime, zone: ZoneInfo, next_reading: NextReading) -> datetime | None:
    """The earliest allowed instant that is not before `at`; None if there is none for years."""
    shown = local(at, zone)
    reading = next_reading(shown)
    if reading is None:
        return None
    found: datetime | None
    found = to_utc(reading, zone)
    if found < at:
        # `at` lies in the second run of a doubled stretch, whose readings have all happened.
        found = _after_doubled(at, zone, next_reading)
    elif (display := local(found, zone)) != reading:
        # The reading is skipped. What the clocks show just after the gap may come earlier than it does.
        found = min(found, _after_gap(found, display - reading, zone, next_reading) or found)
    before = local(at - LONGEST_JUMP, zone) + LONGEST_JUMP
    if before < shown:
        # The clocks were put forward within the last day: skipped readings may still be to come.
        skipped = next_reading(before)
        if skipped is not None and (late := to_utc(skipped, zone)) >= at:
            found = late if found is None else min(found, late)
    return found


def first_shown(at: datetime, zone: ZoneInfo, next_reading: NextReading) -> datetime | None:
    """The earliest instant, not before `at`, at which the clock really shows an allowed reading.

    Unlike `first_instant` it moves nothing over a gap: if 02:00 to 03:00 is allowed and skipped, then 03:15 is
    still 03:15 to those who are asleep.
    """
    while True:
        shown = local(at, zone)
        reading = next_reading(shown)
        if reading is None or reading == shown:
            return None if reading is None else at
        found = at + (reading - shown)
        if local(found, zone) == reading:
            return found
        at = _jump(at, found, zone)  # the clocks jump on the way: look on from there


def _after_doubled(at: datetime, zone: ZoneInfo, next_reading: NextReading) -> datetime | None:
    first_run = to_utc(local(at, zone), zone)
    jump = _jump(first_run, at, zone)
    reading = next_reading(local(jump - SECOND, zone) + SECOND)
    return None if reading is None else to_utc(reading, zone)


def _after_gap(found: datetime, gap: timedelta, zone: ZoneInfo, next_reading: NextReading) -> datetime | None:
    jump = _jump(found - gap - SECOND, found, zone)
    reading = next_reading(local(jump, zone))
    return None if reading is None else to_utc(reading, zone)


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two (low excluded, high included) at which the zone's offset changes."""
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + timedelta(seconds=int((high - low) / SECOND) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
