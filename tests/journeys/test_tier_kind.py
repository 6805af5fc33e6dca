"""The tier step: a level at once, for a while, in the kernel, in a play and in the checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from journeys.advance import advance
from journeys.checks import check
from journeys.plan import compile_plan
from journeys.position import ChangeTier, Facts, fresh
from journeys.problems import Catalogue
from journeys.simulate import ENTER, Life, Simulation
from rules.zones import SHANGHAI

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
WAS_HIGH = {"combinator": "and", "rules": [{"field": "event.old", "operator": "=", "value": "high"}]}
BOUGHT = {"combinator": "and", "rules": [{"field": "history.order_paid.count", "operator": ">=", "value": 1}]}
IS_HIGH = {"combinator": "and", "rules": [{"field": "tier.touch", "operator": "=", "value": "high"}]}


def drawing(measure: Any = None, level: str = "high") -> dict[str, Any]:
    config = {"dimension": "touch", "level": level, "for": "P7D", "measure": measure}
    return {
        "format": 1,
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": "watched"}],
        "stages": [{"id": "watched", "initial": "up", "stay": True}],
        "steps": [
            {"id": "up", "stage": "watched", "kind": "tier", "config": config},
            {"id": "which", "stage": "watched", "kind": "branch", "config": {"rules": [{"exit": "yes", "rule": IS_HIGH}]}},
            {"id": "mark", "stage": "watched", "kind": "tag", "config": {"add": ["seen"]}},
        ],
        "arrows": [
            {"id": "a1", "from": "up", "exit": "next", "to": "which"},
            {"id": "a2", "from": "which", "exit": "yes", "to": "mark"},
            {"id": "a3", "from": "watched", "on": {"type": "changed", "field": "tier.touch"}, "where": WAS_HIGH,
             "to": "fell"},
        ],
        "ends": [{"id": "fell", "result": "fell"}],
        "goals": [],
    }  # fmt: skip


def test_the_level_is_seen_by_the_branch_behind_and_leaves_a_deed() -> None:
    plan = compile_plan(drawing(BOUGHT))
    assert "tier.touch" in plan.hears and plan.reads.tiers == {"touch"}
    position = fresh("in", START, {"name": "enroll"})
    (move,) = advance(plan, [position], [[]], [Facts("1", tiers={"touch": "low"})], START)
    (deed,) = [deed for deed in move.deeds if isinstance(deed, ChangeTier)]
    assert deed == ChangeTier(START, "touch", "high", START + timedelta(days=7), BOUGHT)
    assert [crumb.step for crumb in move.trail if crumb.op == "step"] == ["up", "which", "mark"]


def played(measure: Any, *events: tuple[float, str]) -> tuple[str | None, datetime | None]:
    plan = compile_plan(drawing(measure))
    happenings = [(START + timedelta(hours=1), ENTER, {"entry": "in"})]
    happenings += [(START + timedelta(days=days), name, {}) for days, name in events]
    life = Life("1", sorted(happenings, key=lambda one: one[0]), tiers={"touch": "low"})
    run = Simulation(plan, [life], START)
    run.play(START + timedelta(days=20))
    (enrolled,) = run.enrolled
    return enrolled.position.result, enrolled.position.ended_at


def test_in_a_play_it_falls_back_on_its_day_unless_it_worked() -> None:
    assert played(None) == ("fell", START + timedelta(days=7, hours=1))
    assert played(BOUGHT) == ("fell", START + timedelta(days=7, hours=1))
    assert played(BOUGHT, (0.01, "order_paid"))[0] == "fell", "bought before it began"
    assert played(BOUGHT, (3, "order_paid")) == (None, None)
    assert played(BOUGHT, (8, "order_paid"))[0] == "fell", "bought after its day"


def codes(definition: dict[str, Any], **has: Any) -> set[tuple[str, str]]:
    return {(one.code, one.node) for one in check(definition, Catalogue(**has))}


def test_a_level_or_dimension_that_is_not_there_stops_publishing() -> None:
    levels = {"touch": frozenset({"high", "low"})}
    assert ("unknown-level", "up") not in codes(drawing(), levels=levels)
    assert ("unknown-level", "up") in codes(drawing(level="top"), levels=levels)
    assert ("unknown-tier", "up") in codes(drawing(), levels={})
    wrong = {"id": "up", "stage": "watched", "kind": "tier", "config": {"for": "-P1D"}}
    assert ("shape", "up") in codes(drawing() | {"steps": [wrong], "arrows": []})


def test_a_zone_of_its_own_counts_whole_days() -> None:
    plan = compile_plan(drawing())
    (move,) = advance(plan, [fresh("in", START, {})], [[]], [Facts("1", zone=SHANGHAI)], START)
    assert any(
        isinstance(deed, ChangeTier) and deed.until == START + timedelta(days=7) for deed in move.deeds
    )
