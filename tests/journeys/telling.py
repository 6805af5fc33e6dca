"""Signals by the hour, and walks in short words, for examples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.journeys.charts import START
from tests.journeys.oracle.lines import Line, Signal


def happens(name: str, hours: float, **data: Any) -> Signal:
    """An event, so many hours after the start."""
    return Signal("event", name, START + timedelta(hours=hours), data)


def becomes(field: str, hours: float, value: Any) -> Signal:
    """A change from outside, so many hours after the start."""
    return Signal("changed", field, START + timedelta(hours=hours), value)


def words(line: Line) -> str:
    """A line as hour, what, where, by."""
    hour = (line.at - START) / timedelta(hours=1)
    return f"{hour:g} {line.op} {line.step or line.stage or ''} {line.by or ''}".strip()
