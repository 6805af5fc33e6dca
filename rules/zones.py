"""Time zones: clock readings into instants and back, and zones by name."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

#: Where most of our subjects live; the zone of a workspace that names none.
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: What may be written to the log: a text of another form could be somebody's name.
LOOKS_LIKE_A_ZONE = re.compile(r"[A-Za-z]{2,20}(/[A-Za-z0-9_+-]{1,30}){1,2}")


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The clock reading (naive) that people in `zone` see at an instant."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def to_utc(reading: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive clock reading, in UTC.

    A reading that the clocks skip is moved on by the gap (02:30 becomes 03:30); of one that they show twice
    the first is meant. Raises OverflowError outside the years 1 to 9999.
    """
    return reading.replace(tzinfo=zone, fold=0).astimezone(UTC)


@lru_cache(maxsize=2048)
def known_zone(name: str) -> ZoneInfo | None:
    """The zone of this name; None if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A name that is a folder or has odd characters raises ValueError or OSError, not
        # ZoneInfoNotFoundError.
        shown = name if LOOKS_LIKE_A_ZONE.fullmatch(name) else "a text that is no zone's name"
        log.warning("Unknown time zone (%s): the default zone is used instead.", shown)
        return None


def zone_of(name: str | None, default: ZoneInfo = SHANGHAI) -> ZoneInfo:
    """The zone of this name; the default, with a warning in the log, if there is none."""
    if not isinstance(name, str) or not name:
        return default
    return known_zone(name) or default
