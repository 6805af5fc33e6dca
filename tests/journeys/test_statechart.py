"""The machine built from a definition: its places, and the order in which ways are asked."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.statechart import OUTSIDE, Way, build, stage_arrows, ways
from tests.journeys.drawing import DONE, chart, event, when


class Listener:
    """A judge that refuses all ways but some, and remembers which it was asked for."""

    def __init__(self, *willing: str):
        self.willing, self.heard, self.taken = willing, [], []

    def asked(self, way: Way) -> bool:
        name = way.arrow["id"] if way.arrow else way.trigger
        self.heard.append(name)
        return name in self.willing

    def took(self, way: Way) -> None:
        self.taken.append(way)


def inside(definition: dict[str, Any], *willing: str) -> tuple[Any, Listener]:
    """A walker at the first step of the entry's stage."""
    judge = Listener("open", "arrive", "head", *willing)
    walker = build(definition, judge)
    for trigger in ("open", "arrive", "head"):
        assert walker.trigger(trigger)
    judge.heard.clear()
    return walker, judge


def test_a_step_is_asked_before_its_stage_and_any_stage_last():
    answers = {"events": [{"exit": "yes", "event": "paid", "where": None}]}
    drawn = chart(
        {"first_order": "w", "b": None},
        {"w": ("first_order", "wait_event", answers)},
        [
            ("*", event("paid"), "b"),
            ("first_order", event("viewed"), "b"),
            (["b", "first_order"], event("paid"), "b"),
            ("w", "yes", "b"),
        ],
    )
    walker, judge = inside(drawn)
    assert walker.state == "first_order/w"
    assert not walker.trigger("signal")
    assert judge.heard == ["a4", "a2", "a3", "a1"]


@pytest.mark.parametrize(
    ("arrow", "leaves"),
    [
        (("*", event("paid"), "a"), ["a", "b"]),
        (("*", event("paid"), "a", {"not_from": ["a"]}), ["b"]),
        (("*", when("tags", "has", "x"), "a"), ["b"]),
        (("*", DONE, "w"), ["b"]),
        ((["a", "b"], when("tags", "has", "x"), "a"), ["b"]),
        (("a", DONE, "a"), ["a"]),
    ],
)
def test_which_stages_an_arrow_leaves(arrow, leaves):
    drawn = chart({"a": "w", "b": None}, {"w": ("a", "wait")}, [arrow])
    assert [s for s in ("a", "b") if stage_arrows(drawn, s)] == leaves


def test_side_exits_go_where_their_kind_says_and_finish_with_it():
    rules = {"rules": [{"exit": "r", "rule": None}]}
    drawn = chart(
        {"a": "s"},
        {"s": ("a", "send"), "q": ("a", "branch", rules), "w": ("a", "wait")},
        [("s", "sent", "q"), ("q", "else", "w"), ("w", "late", "s")],
    )
    leads = {
        (way.step, way.exit): dest.rpartition("/")[2]
        for _, dest, way in ways(drawn)
        if way.trigger == "leave"
    }
    assert leads["s", "skipped"] == leads["s", "failed"] == "q"
    assert leads["q", "failed"] == "w"
    assert leads["w", "late"] == "s"
    assert leads["w", "next"] == leads["w", "failed"] == leads["q", "r"] == "(finishing)"


def test_an_arrow_keeps_to_its_stage_or_enters_another_one_anew():
    drawn = chart(
        {"a": "w", "b": "v"},
        {"w": ("a", "wait"), "v": ("b", "wait")},
        [("a", event("one"), "w"), ("a", event("two"), "v"), ("a", event("three"), "a", {"enter": "last"})],
    )
    leads = {way.arrow["id"]: dest for _, dest, way in ways(drawn) if way.trigger == "signal"}
    assert leads == {"a1": "a/w", "a2": "b", "a3": "a/(heading)"}


def test_an_end_is_a_place_that_is_not_left():
    drawn = chart({"a": "w"}, {"w": ("a", "wait")}, [("*", event("gone"), "x")], {"x": "lost"})
    walker, judge = inside(drawn, "a1")
    assert walker.trigger("signal")
    assert walker.state == "x"
    assert judge.taken[-1].to == "x"
    assert not walker.trigger("signal")


def test_nobody_is_inside_before_an_entry_is_taken():
    walker = build(chart({"a": None}, {}, []), Listener())
    assert walker.state == OUTSIDE
    assert not walker.trigger("open")
    assert walker.state == OUTSIDE
