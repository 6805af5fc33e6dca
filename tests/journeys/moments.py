"""Random moments: every way of writing when, on whole minutes, in zones whose clocks jump near the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

#: Zones with the day (UTC) on which their clocks jump, or an ordinary one.
PLACES = (
    ("Asia/Shanghai", datetime(2026, 3, 2, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 2, 27, 8, tzinfo=UTC)),
)
CLOCKS = ("00:00", "01:30", "02:10", "02:30", "08:30", "20:00")
WINDOWS = (["09:00", "18:00"], ["22:00", "08:00"], ["02:00", "02:45"], ["20:00", "24:00"])
OFFSETS = ("P0D", "P1D", "P3D", "-P1D", "-P3D", "P1M", "PT2H", "-PT5H", "PT30H", "P1DT2H")


def place(r: Random) -> tuple[str, datetime]:
    """A zone and an opening at a whole half hour, from four days before its clocks jump."""
    zone, day = r.choice(PLACES)
    return zone, day + r.randint(-192, 4) * timedelta(minutes=30)


def anchor(r: Random) -> Any:
    """What a moment counts from."""
    plain = r.choice(("entered_stage", "entered_journey"))
    moving = r.choice(({"event": ["paid"]}, {"attribute": "due"}, {"attribute": "due"}))
    return r.choice((plain, moving, {**moving, "else": plain}))


def moment(r: Random) -> dict[str, Any]:
    """A moment in any of the four forms."""
    form = r.choice(("for", "offset", "every", "plain"))
    spec: dict[str, Any] = {}
    if form == "for":
        spec["for"] = r.choice(("PT1H", "PT90M", "PT26H", "P1D", "P2D", "P1W", "P1DT6H"))
    if form in ("offset", "every"):
        if r.choice((False, True)):
            spec["anchor"] = anchor(r)
        if form == "offset" or r.choice((False, True)):
            spec["offset"] = r.choice(OFFSETS)
    if form == "every":
        spec["every"] = r.choice(("P1D", "P2D", "P1W", "PT8H", "PT26H"))
    if form == "plain" or r.choice((False, True)):
        spec |= constraints(r, clock_time=form == "plain")
    return spec


def constraints(r: Random, clock_time: bool = False) -> dict[str, Any]:
    """What moves a moment on to the next allowed time."""
    spec: dict[str, Any] = {}
    how = "at" if clock_time else r.choice(("", "at", "window"))
    if how == "at":
        spec["at"] = r.choice((*CLOCKS, "24:00"))
    elif how == "window":
        spec["window"] = r.choice(WINDOWS)
    days = r.choice(("", "", "weekdays", "monthdays", "months"))
    if days == "weekdays":
        spec["weekdays"] = sorted({r.randint(1, 7) for _ in range(r.randint(1, 4))})
    if days == "monthdays":
        spec["monthdays"] = r.choice(([1], [8, 29], [-1], [31], [30, 2]))
    if days == "months":
        spec["months"] = r.choice(([3], [3, 4], [10, 11]))
    return spec
