"""Counting calls in windows: who exceeds one is blocked for as long as the window is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
#: WeCom's days are China's.
CHINA = timezone(timedelta(hours=8))


class Windows:
    """Counts by any name; `now` are seconds since 1970."""

    def __init__(self) -> None:
        self._counts: dict[tuple[object, float], tuple[float, int]] = {}
        self._blocked: dict[tuple[object, float], float] = {}

    def take(self, name: object, most: int, secs: float, now: float, number: int = 1) -> bool:
        """Count `number` and return True, or return False while the name is blocked."""
        key = name, secs
        if now < self._blocked.get(key, 0.0):
            return False
        begun, count = self._counts.get(key, (now, 0))
        if now - begun >= secs:
            begun, count = now, 0
        if count + number > most:
            self._blocked[key] = now + secs
            self._counts.pop(key, None)
            return False
        self._counts[key] = begun, count + number
        return True

    def take_day(self, name: object, most: int, now: float, number: int = 1) -> bool:
        """As `take` for a calendar day: at midnight everything is forgotten."""
        today = float(datetime.fromtimestamp(now, CHINA).toordinal())
        key = name, -1.0
        day, count = self._counts.get(key, (today, 0))
        if day != today:
            day, count = today, 0
        if count + number > most:
            return False
        self._counts[key] = day, count + number
        return True

    def count(self, name: object, secs: float) -> int:
        """How many were counted in the window at hand."""
        return self._counts.get((name, secs), (0.0, 0))[1]
