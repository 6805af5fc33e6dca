"""What steps of journeys change of a contact is kept as it was, and forgotten after its time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from audience.tables_people import AttributeChange
from store import clock
from tests.runtime.charts import exits, journey, step
from tests.runtime.world import World


def kept(world: World) -> list[tuple[str, object, object, str | None, bool]]:
    query = select(
        AttributeChange.field, AttributeChange.told, AttributeChange.by, AttributeChange.enrollment_id
    )
    rows = world.rows(query.order_by(AttributeChange.id))
    return [(field, told["old"], told["new"], by, number is not None) for field, told, by, number in rows]


def test_a_step_keeps_what_was_and_old_changes_are_forgotten(world: World) -> None:
    level = {"target": "attribute", "name": "level", "value": "gold"}
    more = {"target": "attribute", "name": "n", "value": 1}
    steps = [step("first", "s", "update", set=[level]), step("again", "s", "update", set=[level, more])]
    then = [exits("a1", "first", "next", "again")]
    world.publish(journey(stages=[{"id": "s", "initial": "first"}], steps=steps, arrows=then))
    world.person(attributes={"level": "silver"})
    world.event("joined")
    world.run()
    told = [
        ("attribute.level", "silver", "gold", None, True),
        ("attribute.n", None, 1, None, True),
    ]
    assert kept(world) == told
    sweep_in(world, 700)
    assert kept(world) == told
    sweep_in(world, 90)
    assert kept(world) == []


def sweep_in(world: World, days: int) -> None:
    with world.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(days=days))
    world.worker.housekeeping.sweep()
