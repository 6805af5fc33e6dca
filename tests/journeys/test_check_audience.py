"""Checks of segments and tiers that a journey names."""

from __future__ import annotations

from journeys.checks import check
from journeys.problems import Catalogue
from tests.journeys.drawing import chart, when

HAS = Catalogue(segments=frozenset({"big"}), tiers=frozenset({"value"}))


def codes(drawn, has=HAS):
    return {
        (p.code, p.node, p.severity) for p in check(drawn, has) if p.code.startswith(("unknown-", "not-of"))
    }


def drawn(segment: str, tier: str):
    made = chart(
        {"a": {"stay": True}, "b": {"stay": True}},
        {},
        [
            ("a", when("segments", "has", segment), "b"),
            ("b", {"type": "changed", "field": f"tier.{tier}"}, "a"),
        ],
    )
    made["entries"].append({"id": "seg", "on": {"type": "segment", "segment": segment}, "to": "a"})
    return made


def test_what_is_there_is_not_complained_about():
    assert codes(drawn("big", "value")) == set()
    assert codes(drawn("small", "other"), Catalogue()) == set()


def test_what_is_not_there_is_named_with_its_node():
    assert codes(drawn("small", "other")) == {
        ("unknown-segment", "a1", "error"),
        ("unknown-segment", "seg", "error"),
        ("unknown-tier", "a2", "warning"),
    }


def test_customer_groups_are_in_no_segment():
    made = drawn("big", "value") | {"subject": "group"}
    assert codes(made) == {("not-of-groups", node, "error") for node in ("a1", "a2", "seg")}
