"""Two lanes move everybody once, as one lane does; an error in either is told after both have come to their end."""

from __future__ import annotations

import pytest

from journeys.tables import Enrollment
from runtime.lanes import Lanes
from runtime.verify import verify
from tests.runtime.charts import SHOP
from tests.runtime.world import World

PEOPLE = [f"p{number}" for number in range(300)]


def test_both_lanes_move_everybody_once(world: World) -> None:
    world.publish(SHOP)
    world.events([("joined", who, None, None, {}) for who in PEOPLE])
    while world.worker.intake.run():
        pass
    lanes = world.worker.advance
    moved = []
    while done := lanes.run(20):
        moved.append(done)
    assert sum(moved) == len(PEOPLE)
    assert max(moved) == (20 if world.database.is_sqlite else 40)
    world.run()
    assert world.count(Enrollment, Enrollment.step == "two-days") == len(PEOPLE)
    with world.database.reading() as tx:
        assert verify(tx.session) == []


def test_an_error_in_one_lane_waits_for_the_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = Lanes(world.database, world.worker.intake.routes, world.worker.now)
    if world.database.is_sqlite:
        assert lanes.others == [], "SQLite has one writer, and so one lane"
        return
    ended = []
    monkeypatch.setattr(lanes.first, "run", lambda limit: limit)
    assert lanes.run(5) == 5

    def fails(limit: int) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(lanes.first, "run", fails)
    monkeypatch.setattr(lanes.others[0], "run", lambda limit: ended.append(limit) or limit)
    with pytest.raises(RuntimeError):
        lanes.run(5)
    assert ended == [5]
    lanes.close()
