"""The calendar by one name: durations, moments, zones, work days and lunar days."""

from __future__ import annotations

from rules.anniversary import next_birthday, next_lunar_birthday
from rules.duration import Duration
from rules.errors import BadDuration, BadMoment
from rules.lunar import LunarDay
from rules.moment import Moment
from rules.workdays import CHINA, WorkCalendar
from rules.zones import SHANGHAI, local, to_utc, zone_of

__all__ = [
    "CHINA",
    "SHANGHAI",
    "BadDuration",
    "BadMoment",
    "Duration",
    "LunarDay",
    "Moment",
    "WorkCalendar",
    "local",
    "next_birthday",
    "next_lunar_birthday",
    "to_utc",
    "zone_of",
]
