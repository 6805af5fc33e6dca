"""Segments, tiers, journeys and what did not follow: what is refused, and when it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from journeys.errors import BadDefinition
from journeys.schema import load
from rules.conditions import BadRule, Scene, parse
from tests.journeys.drawing import chart, rule


@pytest.mark.parametrize(
    ("tree", "path", "said"),
    [
        ({"field": "history.cart.without.paid", "operator": ">", "value": 0}, "after", "how long"),
        (
            {"field": "history.cart.without.paid", "operator": ">", "value": 0, "after": "P1M"},
            "after",
            "24 hours",
        ),
        (
            {"field": "history.cart.without.paid", "operator": ">", "value": 0, "after": "-P1D"},
            "after",
            "more than",
        ),
        (
            {"field": "history.cart.count", "operator": ">", "value": 0, "after": "P1D"},
            "after",
            "did A and not B",
        ),
        (
            {"field": "history.cart.without", "operator": ">", "value": 0, "after": "P1D"},
            "field",
            "no such field",
        ),
        ({"field": "segments", "operator": "has", "value": "Big Spenders"}, "value", "from the list"),
        ({"field": "segments", "operator": "null"}, "operator", "has, hasNot"),
        ({"field": "tier.value", "operator": "<", "value": "high"}, "operator", "=, !="),
        ({"field": "tier.Value", "operator": "=", "value": "high"}, "field", "no such field"),
        ({"field": "journey.welcome", "operator": "=", "value": "gone"}, "value", "inside, ended or never"),
    ],
)
def test_what_is_wrong_with_the_newer_fields_is_told(tree, path, said):
    with pytest.raises(BadRule) as refused:
        parse(tree)
    assert [where for where, _ in refused.value.problems] == [path]
    assert said in refused.value.problems[0][1]["en"]


def test_what_did_not_follow_counts_once_its_time_is_over():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rule = parse({"field": "history.cart.without.paid", "operator": "=", "value": 1, "after": "PT2H"})

    def holds(hours: float, *paid: float) -> bool:
        history = {"cart": [(at, {})], "paid": [(at + timedelta(hours=one), {}) for one in paid]}
        return rule.holds(Scene({}, frozenset(), at + timedelta(hours=hours), history=history))

    assert not holds(1.9) and holds(2) and holds(50)
    assert not holds(3, 0) and not holds(3, 2) and holds(3, 2.1) and holds(3, -1)


def test_who_is_in_a_journey_is_no_question_inside_journeys():
    drawn = chart({"a": {"stay": True}}, {}, [])
    drawn["entries"][0]["where"] = rule("journey.welcome", "=", "inside")
    with pytest.raises(BadDefinition) as refused:
        load(drawn)
    assert "make a segment of it" in refused.value.problems[0][1].en


def test_reads_name_what_must_be_loaded():
    both = parse({"rules": [rule("segments", "hasAny", ["a", "b"]), rule("tier.value", "=", "high")]}).reads
    assert (both.segments, both.tiers, both.uses_now) == ({"a", "b"}, {"value"}, False)
    missed = parse({"field": "history.cart.without.paid", "operator": "=", "value": 1, "after": "PT2H"}).reads
    assert (missed.events, missed.uses_now) == ({"cart", "paid"}, True)
    assert parse(rule("journey.welcome", "=", "never")).reads.journeys == {"welcome"}
