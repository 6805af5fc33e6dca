"""Dates and times as attributes hold them: ISO 8601 text, by one pattern in Python and in SQL."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from rules.zones import local, to_utc

#: A day that exists, from the year 1000 to 2999, in a form that Python and PostgreSQL read alike.
_MONTH_AND_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = "(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:1[26]|2[048])00)"
_DAY = f"(?:[12][0-9]{{3}}-{_MONTH_AND_DAY}|{_LEAP_YEAR}-02-29)"
_CLOCK = "[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?"
_OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"

#: 2026-03-08, or 2026-03-08 10:00:00 without an offset: what the calendar and clock of the subject's zone
#: show.
LOCAL_TEXT = rf"\A{_DAY}(?:{_CLOCK})?\Z"
#: 2026-03-08T10:00:00+08:00: an instant.
INSTANT_TEXT = rf"\A{_DAY}{_CLOCK}{_OFFSET}\Z"

_is_local = re.compile(LOCAL_TEXT).match
_is_instant = re.compile(INSTANT_TEXT).match


def read_time(value: Any) -> date | datetime | None:
    """A date, a naive time (the subject's clock) or a time in UTC; None if it is none of them."""
    if isinstance(value, str):
        if _is_local(value):
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        return datetime.fromisoformat(value).astimezone(UTC) if _is_instant(value) else None
    return value if isinstance(value, date) else None


def read_day(value: Any, zone: ZoneInfo) -> date | None:
    """The local day that a value names; None if it names none."""
    found = read_time(value)
    if isinstance(found, datetime):
        return local(found, zone).date() if found.tzinfo else found.date()
    return found


def span(when: date | datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of what is named, and the first after it: a date is a local day, a time a point."""
    if isinstance(when, datetime):
        at = when if when.tzinfo else to_utc(when, zone)
        return at, at
    return day_start(when, zone), day_start(date.fromordinal(when.toordinal() + 1), zone)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins."""
    return to_utc(datetime.combine(day, time()), zone)
