"""Reading a moment from its JSON, with every problem told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rules.calendar_days import WHOLE_DAY, Days, minutes, stretches
from rules.duration import Duration
from rules.errors import BadDuration, BadMoment, Problem, Words, join, words

CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
#: What an anchor may be by name, and the keys of which it may have one.
ANCHORS = ("entered_journey", "entered_stage")
ANCHOR_KEYS = ("attribute", "variable", "event", "calendar", "scene")
KEYS = ("for", "anchor", "offset", "every", "at", "window", "weekdays", "monthdays", "months", "workdays")

NOT_AN_OBJECT = words(
    '这里应该是一个时间点，例如 {"for": "P7D"} 或 {"at": "20:00"}。',
    'This should be a moment such as {"for": "P7D"} or {"at": "20:00"}.',
)
UNKNOWN = words(
    f"时间点里没有这一项；可以用：{'、'.join(KEYS)}。",
    f"A moment has no such key; it may have {', '.join(KEYS)}.",
)
SAYS_NOTHING = words(
    "时间点是空的：请写等多久（for）、从哪里起算（offset），或允许的时刻（at、window、weekdays……）。",
    "The moment is empty: say how long (for), counted from what (offset), or when (at, window, …).",
)
TWO_ORIGINS = words(
    "for 从开始等待时起算，不能和 anchor、offset、every 同时使用；请只留一种。",
    "`for` counts from when the wait begins and excludes anchor, offset and every; keep one of them.",
)
NOT_BACKWARDS = words(
    "等待的时长不能是负数；要提前，请用 anchor 和 offset。",
    "A wait cannot last less than nothing; to come earlier than something, use an anchor and an offset.",
)
NOT_FORWARD = words("重复的间隔必须大于零。", "The period of `every` must be more than nothing.")
NOT_AN_ANCHOR = words(
    '起算点应该是 "entered_stage"、"entered_journey"，或一个属性、变量、事件、日历日、场景。',
    'An anchor is "entered_stage", "entered_journey", an attribute, a variable, an event, a calendar day or a scene.',
)
NOT_A_CLOCK = words(
    "时刻要写成 HH:MM，例如 08:30；24:00 是当天结束。",
    "Write the time as HH:MM, such as 08:30; 24:00 ends the day.",
)
NOT_A_WINDOW = words(
    '时段要写成两个不同的时刻，例如 ["09:00", "21:00"]。',
    'A window is two different times, such as ["09:00", "21:00"].',
)
OUTSIDE = words(
    "这个时刻不在时段里，永远不会到来；请改其中一个。",
    "This time lies outside the window and never comes; change one of them.",
)
ONLY_ALLOWED_TIMES = words(
    "发送时段只能写允许的时刻和日子（at、window、weekdays……），不能写从哪里起算。",
    "A sending window says allowed times and days only (at, window, weekdays, …), not what it counts from.",
)
NOT_TRUE = words("这里只能是 true 或 false。", "This is true or false.")


def read(written: Any, path: str = "") -> dict[str, Any]:
    """The fields of a `Moment`; raises BadMoment. A key whose value is null counts as not written."""
    if not isinstance(written, Mapping):
        raise BadMoment([(path, NOT_AN_OBJECT)])
    return _Reader({k: v for k, v in written.items() if v is not None}, path).fields()


def read_window(written: Any, path: str = "") -> dict[str, Any]:
    """When sending is open: {"from": "09:00", "to": "21:00"} and days, or a moment without an origin."""
    if isinstance(written, Mapping) and ("from" in written or "to" in written):
        hours = [written.get("from"), written.get("to")]
        written = {k: v for k, v in written.items() if k not in ("from", "to")} | {"window": hours}
    fields = read(written, path)
    if any(fields[key] is not None for key in ("for_", "anchor", "offset", "every")):
        raise BadMoment([(path, ONLY_ALLOWED_TIMES)])
    return fields


class _Reader:
    """Reads one moment, key by key, and keeps what is wrong."""

    def __init__(self, written: Mapping[Any, Any], path: str):
        self.written, self.path = written, path
        self.problems: list[Problem] = []

    def fields(self) -> dict[str, Any]:
        for key in self.written:
            if key not in KEYS:
                self.wrong(str(key), UNKNOWN)
        if "for" in self.written and any(k in self.written for k in ("anchor", "offset", "every")):
            self.wrong("for", TWO_ORIGINS)
        if not any(value is not False for key, value in self.written.items() if key in KEYS):
            self.wrong("", SAYS_NOTHING)
        clock, hours = self.clock(), self.hours()
        window = stretches(minutes(hours[0]), minutes(hours[1])) if hours else WHOLE_DAY
        if clock is not None and hours and not any(a <= clock <= b for a, b in window):
            self.wrong("at", OUTSIDE)
        fields = {
            "for_": self.duration("for", lambda d: NOT_BACKWARDS if d.negative else None),
            "anchor": self.anchor(),
            "offset": self.duration("offset"),
            "every": self.duration("every", lambda d: None if d.positive else NOT_FORWARD),
            "clock": clock,
            "window": window,
            "days": self.days(),
            "hours": hours,
        }
        if self.problems:
            raise BadMoment(self.problems)
        return fields

    def wrong(self, key: str, said: Words) -> None:
        self.problems.append((join(self.path, key) if key else self.path, said))

    def duration(
        self, key: str, judge: Callable[[Duration], Words | None] = lambda _: None
    ) -> Duration | None:
        if key not in self.written:
            return None
        try:
            duration = Duration.parse(self.written[key], join(self.path, key))
        except BadDuration as bad:
            self.problems += bad.problems
            return None
        if said := judge(duration):
            self.wrong(key, said)
        return duration

    def anchor(self) -> Any:
        anchor = self.written.get("anchor")
        if anchor is None or anchor in ANCHORS:
            return anchor
        if not isinstance(anchor, Mapping) or sum(key in anchor for key in ANCHOR_KEYS) != 1:
            self.wrong("anchor", NOT_AN_ANCHOR)
        return anchor

    def clock(self) -> int | None:
        at = self.written.get("at")
        if at is None:
            return None
        if not isinstance(at, str) or not CLOCK.fullmatch(at):
            self.wrong("at", NOT_A_CLOCK)
            return None
        return minutes(at)

    def hours(self) -> tuple[str, str] | None:
        window = self.written.get("window")
        if window is None:
            return None
        if not isinstance(window, list | tuple) or len(window) != 2:
            self.wrong("window", NOT_A_WINDOW)
            return None
        for side, clock in enumerate(window):
            if not isinstance(clock, str) or not CLOCK.fullmatch(clock):
                self.wrong(join("window", side), NOT_A_CLOCK)
                return None
        if window[0] == window[1] or window[0] == "24:00":
            self.wrong("window", NOT_A_WINDOW)
            return None
        return window[0], window[1]

    def days(self) -> Days:
        workdays = self.written.get("workdays", False)
        if not isinstance(workdays, bool):
            self.wrong("workdays", NOT_TRUE)
        return Days(
            weekdays=self.numbers("weekdays", 1, 7),
            monthdays=self.numbers("monthdays", 1, 31, also=-1),
            months=self.numbers("months", 1, 12),
            workdays=workdays is True,
        )

    def numbers(self, key: str, low: int, high: int, also: int | None = None) -> frozenset[int] | None:
        if key not in self.written:
            return None
        listed = self.written[key]
        if isinstance(listed, list | tuple) and listed and len(listed) <= 100:
            whole = [n for n in listed if isinstance(n, int) and not isinstance(n, bool)]
            if len(whole) == len(listed) and all(low <= n <= high or n == also for n in whole):
                return frozenset(whole)
        last = words("，-1 是最后一天", ", -1 for the last day") if also else words("", "")
        self.wrong(
            key,
            words(
                f"这里应该是至少一个 {low} 到 {high} 的整数{last['zh']}。",
                f"This should be a list of at least one whole number from {low} to {high}{last['en']}.",
            ),
        )
        return None
