"""The law of levels: up at once, down only after a level has not been met for the set time. Pure.

Levels are ordered, and who meets one has met all below it. A level is *kept* while it is met and for the set
time after it was last met; the natural level is the highest one kept. So a demotion from high goes to middle if
middle was met lately, and down to low at once if it was not, and nobody falls twice for one silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class Natural(NamedTuple):
    """What the criteria give: the level, the levels that are kept without being met, and when it falls next."""

    level: str | None
    lost: dict[str, datetime]
    due_at: datetime | None


def judge(
    levels: Sequence[str],
    floor: str | None,
    before: Collection[str],
    met: Collection[str],
    lost: Mapping[str, datetime],
    after: timedelta,
    at: datetime,
) -> Natural:
    """The natural level at `at`, when the levels in `met` hold and those in `before` did until now.

    `levels` are highest first; `floor` is where somebody is who meets none; `lost` says since when kept levels
    are not met.
    """
    top, was = top_of(levels, floor, met), top_of(levels, floor, before)
    kept: dict[str, datetime] = {}
    for place, level in enumerate(levels):
        if top is not None and place >= levels.index(top):
            break
        since = lost.get(level)
        if since is None and was is not None and place >= levels.index(was):
            since = at
        if since is not None and since + after > at:
            kept[level] = since
    for level in levels:
        if level in kept:
            return Natural(level, kept, kept[level] + after)
    return Natural(top, kept, None)


def top_of(levels: Sequence[str], floor: str | None, met: Collection[str]) -> str | None:
    """The highest level met, else the floor."""
    return next((level for level in levels if level in met), floor)


def is_higher(levels: Sequence[str], one: str | None, other: str | None) -> bool:
    """True if `one` is above `other`; nothing is above no level but a level."""
    if one is None or one == other:
        return False
    return other is None or (
        one in levels and (other not in levels or levels.index(one) < levels.index(other))
    )
