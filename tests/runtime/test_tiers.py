"""Tiers through the whole engine: events lift, time lowers, journeys hear it and give levels themselves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from audience import tier_dimensions
from audience.tables import Contact
from audience.tables_tiers import TierChange, TierOverride
from audience.tier_dimensions import Wanted
from runtime import faults
from store import clock
from tests.runtime.charts import journey
from tests.runtime.world import World, at


def rule(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


def dimension(world: World) -> None:
    """互动频次: who has replied five times ever is high, twice mid."""
    empty = {"words": "", "benefits": [], "color": ""}
    levels = [
        {"key": "high", "name": "高", "rule": rule("history.replied.count", ">=", 5), **empty},
        {"key": "mid", "name": "中", "rule": rule("attribute.replies", ">=", 2), **empty},
        {"key": "low", "name": "低", "rule": None, **empty},
    ]
    with world.database.transaction() as tx:
        tier_dimensions.create(
            tx.session, world.workspace, Wanted("互动频次", levels, "touch"), clock.now(tx.session), "林"
        )
    world.run()


def level(world: World, number: int) -> str | None:
    return world.rows(select(Contact.tiers).where(Contact.id == number))[0][0].get("touch")


def hears(to: str, event: str = "event.new", value: str = "high") -> dict[str, Any]:
    """Rests until the tier changes so, and then ends."""
    return journey(
        stages=[{"id": "s", "stay": True}],
        entries=[{"id": "in", "on": {"type": "hand"}, "to": "s"}],
        arrows=[{"id": "a", "from": "s", "on": {"type": "changed", "field": "tier.touch"}, "where": rule(event, "=", value), "to": to}],
        ends=[{"id": to, "result": to}],
    )  # fmt: skip


def result(world: World) -> str | None:
    from journeys.tables import Enrollment

    return world.rows(select(Enrollment.result))[0][0]


def test_a_journey_hears_that_somebody_rose_and_another_rule_reads_it(world: World) -> None:
    dimension(world)
    world.publish(hears("risen"))
    number = world.person("lin")
    world.signal("enroll", "main")
    world.run()
    assert level(world, number) == "low"
    for _ in range(5):
        world.event("replied")
    world.run()
    assert level(world, number) == "high" and result(world) == "risen"


def test_a_journey_hears_that_somebody_fell_on_the_thirtieth_day(world: World) -> None:
    dimension(world)
    world.publish(hears("fallen", "event.new", "low"))
    number = world.person("lin", attributes={"replies": 3})
    world.run()
    world.signal("enroll", "main")
    world.person("lin", attributes={"replies": 0})
    world.run()
    world.go("2026-04-01 09:59")
    assert level(world, number) == "mid" and result(world) is None
    world.go("2026-04-08 10:00")
    assert level(world, number) == "low" and result(world) == "fallen"
    (changed,) = world.rows(select(TierChange.at).where(TierChange.because == "demoted"))
    assert changed[0] == at("2026-04-01 10:00")


def watching(measure: Any) -> dict[str, Any]:
    config = {"dimension": "touch", "level": "high", "for": "P7D", "measure": measure}
    drawn = hears("fallen", "event.new", "low")
    drawn["stages"][0]["initial"] = "up"
    drawn["steps"] = [{"id": "up", "stage": "s", "kind": "tier", "config": config}]
    return drawn


@pytest.mark.parametrize(("buys", "ends"), [(False, "fallen"), (True, None)])
def test_a_step_gives_a_level_for_a_week_and_it_falls_back_unless_it_worked(
    world: World, buys: bool, ends: str | None
) -> None:
    dimension(world)
    number = world.person("lin")
    world.publish(watching(rule("history.order_paid.count", ">=", 1)))
    world.signal("enroll", "main")
    world.run()
    assert level(world, number) == "high"
    (given,) = world.rows(select(TierOverride.until, TierOverride.by, TierOverride.state))
    assert tuple(given) == (at("2026-03-09 10:00"), "journey:main", "open")
    if buys:
        world.go("2026-03-05 10:00")
        world.event("order_paid")
    world.go("2026-03-10 10:00")
    assert (level(world, number), result(world)) == ("high" if buys else "low", ends)


def test_a_kill_in_the_middle_changes_nothing_twice(world: World) -> None:
    dimension(world)
    for n in range(5):
        world.person(f"p{n}", attributes={"replies": 3})
    world.run()
    for n in range(5):
        world.person(f"p{n}", attributes={"replies": 0})
    world.run()
    with world.database.transaction() as tx:
        clock.set_now(tx.session, at("2026-04-02 10:00"))
    faults.arm(faults.Fault("tiers.mid_batch", "raise", 1))
    try:
        with pytest.raises(faults.Broken):
            world.worker.run_once()
    finally:
        faults.disarm()
    assert not world.rows(select(TierChange).where(TierChange.because == "demoted"))
    world.run()
    assert len(world.rows(select(TierChange).where(TierChange.because == "demoted"))) == 5
