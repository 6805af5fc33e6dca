"""Who gets the next newcomer of a channel code: pure, so that every route can be shown by a table."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

#: together: whoever WeCom picks; round_robin: one after the other; least_load: who has the fewest friends;
#: attribute: by what is known of the newcomer.
MODES = ("together", "round_robin", "least_load", "attribute")
#: WeCom lets a code have at most so many members of staff.
MOST_STAFF = 100

Route = Mapping[str, Any]


def everybody(route: Route) -> set[str]:
    """The keys of all staff whom a route names."""
    named = {one["key"] for one in route.get("staff") or ()} | set(route.get("fallback") or ())
    return named | {key for keys in (route.get("places") or {}).values() for key in keys}


def takers(
    route: Route,
    active: Set[str],
    today: Mapping[str, int],
    friends: Mapping[str, int],
    last: str | None,
) -> list[str]:
    """The staff to whom WeCom may give the next newcomer, in drawn order.

    `today` is how many each has taken by this code since midnight: who has reached his cap stands back. When all have,
    those of the fall-back take over, without a cap; empty only if nobody of these works here any more.
    """
    drawn = route.get("staff") or ()
    free = [
        one["key"]
        for one in drawn
        if one["key"] in active and (one.get("cap") is None or today.get(one["key"], 0) < one["cap"])
    ]
    if not free:
        return [key for key in route.get("fallback") or () if key in active][:MOST_STAFF]
    match route.get("mode"):
        case "round_robin":
            return [_next(free, [one["key"] for one in drawn], last)]
        case "least_load":
            return [min(free, key=lambda key: (friends.get(key, 0), free.index(key)))]
    return free[:MOST_STAFF]


def adviser(route: Route, attributes: Mapping[str, Any], got: str) -> str:
    """Who is to look after a newcomer whom `got` has befriended: by attribute it may be somebody else."""
    if route.get("mode") != "attribute":
        return got
    value = attributes.get(str(route.get("attribute") or ""))
    theirs = (route.get("places") or {}).get(value) if isinstance(value, str) else None
    return got if not theirs or got in theirs else str(theirs[0])


def _next(free: list[str], drawn: list[str], last: str | None) -> str:
    """The first free one after whoever took the last."""
    start = drawn.index(last) + 1 if last in drawn else 0
    order = drawn[start:] + drawn[:start]
    return next(key for key in order if key in free)
