"""Whose answer to a rule may have changed by time alone, as a SQL condition over contacts."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import true

from rules.conditions import Rule
from rules.sql import Clause, Tables


def drifting(rule: Rule, names: Tables, since: datetime, until: datetime, zone: ZoneInfo) -> Clause:
    """A condition true for everybody for whom the rule may hold at `until` and not at `since`, or the reverse."""
    return true()


def next_drift(rule: Rule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When to look again for those whom time alone has moved; None if it never moves anybody."""
    return now + timedelta(minutes=1) if rule.reads.uses_now else None
