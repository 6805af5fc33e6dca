"""Who gets the next newcomer of a code, route by route."""

from __future__ import annotations

from typing import Any

import pytest

from audience.channel_routing import adviser, takers

A, B, C = {"key": "a", "cap": 2}, {"key": "b", "cap": 1}, {"key": "c"}
ALL = {"a", "b", "c", "z"}


@pytest.mark.parametrize(
    "route, active, today, friends, last, wanted",
    [
        ({"mode": "together", "staff": [A, B]}, ALL, {}, {}, None, ["a", "b"]),
        ({"mode": "together", "staff": [A, B]}, ALL, {"b": 1}, {}, None, ["a"]),
        ({"mode": "together", "staff": [A, B], "fallback": ["z"]}, ALL, {"a": 2, "b": 1}, {}, "b", ["z"]),
        ({"mode": "together", "staff": [A, B]}, {"b"}, {}, {}, None, ["b"]),
        ({"mode": "round_robin", "staff": [A, B, C]}, ALL, {}, {}, None, ["a"]),
        ({"mode": "round_robin", "staff": [A, B, C]}, ALL, {"a": 1}, {}, "a", ["b"]),
        ({"mode": "round_robin", "staff": [A, B, C]}, ALL, {"b": 1}, {}, "a", ["c"]),
        ({"mode": "round_robin", "staff": [A, B, C]}, ALL, {}, {}, "c", ["a"]),
        ({"mode": "round_robin", "staff": [A, B, C]}, ALL, {}, {}, "gone", ["a"]),
        ({"mode": "least_load", "staff": [A, B, C]}, ALL, {}, {"a": 9, "b": 3, "c": 3}, None, ["b"]),
        ({"mode": "least_load", "staff": [A, B]}, ALL, {"b": 1}, {"a": 9}, None, ["a"]),
        ({"mode": "round_robin", "staff": [A]}, set(), {}, {}, None, []),
    ],
)
def test_the_next_one_goes_to(
    route: dict[str, Any], active: set[str], today: Any, friends: Any, last: Any, wanted: list[str]
) -> None:
    assert takers(route, active, today, friends, last) == wanted


@pytest.mark.parametrize(
    "attributes, wanted", [({"city": "上海"}, "b"), ({"city": "北京"}, "a"), ({"city": 3}, "a"), ({}, "a")]
)
def test_by_attribute_somebody_else_may_look_after_him(attributes: dict[str, Any], wanted: str) -> None:
    route = {"mode": "attribute", "attribute": "city", "places": {"上海": ["b"]}, "staff": [A]}
    assert adviser(route, attributes, "a") == wanted
    assert adviser({**route, "mode": "together"}, attributes, "a") == "a"
