"""Everybody who is in a segment on publishing comes in once, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audience import segments
from journeys.tables import Enrollment
from runtime import faults, schedules
from store import clock
from tests.journeys.drawing import chart
from tests.runtime.world import World
from tests.stories.engine import segment_of


class Killed(BaseException):
    pass


def drawn(mode: str = "being_in", key: str = "big", stay: bool = True) -> dict[str, Any]:
    made = chart({"a": {"stay": stay}}, {}, [])
    made["entries"] = [{"id": "in", "on": {"type": "segment", "segment": key, "mode": mode}, "to": "a"}]
    return made


def put_in(world: World, ids: list[int], key: str = "big", *, inside: bool = True) -> None:
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        segment_of(tx.session, world.workspace, key, now)
        segments.move(tx.session, world.workspace, key, now, **{"inside" if inside else "outside": ids})


def entered(world: World) -> list[int]:
    with world.database.reading() as tx:
        return sorted(tx.session.scalars(select(Enrollment.subject_id)))


def test_who_is_in_it_on_publishing_comes_in_and_who_enters_later(world: World) -> None:
    ids = [world.person(f"u{n}") for n in range(7)]
    put_in(world, ids[:4])
    world.run()
    world.publish(drawn())
    world.run()
    assert entered(world) == ids[:4]
    put_in(world, ids[4:5])
    world.run()
    assert entered(world) == ids[:5]


def test_entering_alone_fetches_nobody(world: World) -> None:
    ids = [world.person(f"u{n}") for n in range(3)]
    put_in(world, ids)
    world.run()
    world.publish(drawn("entering"))
    world.run()
    assert entered(world) == []


def test_a_further_version_fetches_nobody_again_but_another_segment_does(world: World) -> None:
    ids = [world.person(f"u{n}") for n in range(4)]
    put_in(world, ids[:2])
    put_in(world, ids[2:3], "small")
    world.run()
    world.publish(drawn(stay=False))
    world.run()
    assert entered(world) == ids[:2]
    again = drawn(stay=False)
    again["ends"] = [{"id": "e", "name": "e", "result": "lost"}]
    world.publish(again)
    world.run()
    assert entered(world) == ids[:2]
    world.publish(drawn(key="small", stay=False))
    world.run()
    assert entered(world) == ids[:3]


def test_a_kill_on_the_way_finds_nobody_twice_and_loses_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "CHUNK", 3)
    ids = [world.person(f"u{n}") for n in range(10)]
    put_in(world, ids)
    world.run()
    world.publish(drawn(stay=False))
    hits = 0

    def die(point: str) -> None:
        nonlocal hits
        if point == "schedule.mid_batch":
            hits += 1
            if hits in (2, 4):
                raise Killed

    monkeypatch.setattr(faults, "hit", die)
    for _ in range(3):
        try:
            world.run()
        except Killed:
            continue
    world.run()
    assert hits > 4
    assert entered(world) == ids


def test_a_segment_that_is_filling_is_waited_for(world: World) -> None:
    ids = [world.person(f"u{n}") for n in range(3)]
    put_in(world, ids)
    with world.database.transaction() as tx:
        segment_of(tx.session, world.workspace, "big", clock.now(tx.session)).state = "filling"
    world.run()
    world.publish(drawn())
    world.run()
    assert entered(world) == []
    with world.database.transaction() as tx:
        segment_of(tx.session, world.workspace, "big", clock.now(tx.session)).state = "kept"
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(seconds=10))
    world.run()
    assert entered(world) == ids


def test_a_schedule_can_name_a_segment(world: World) -> None:
    ids = [world.person(f"u{n}") for n in range(4)]
    put_in(world, ids[1:3])
    world.run()
    made = chart({"a": {"stay": True}}, {}, [])
    made["entries"] = [{"id": "in", "on": {"type": "schedule", "at": "20:00", "segment": "big"}, "to": "a"}]
    world.publish(made)
    world.run()
    assert entered(world) == []
    with world.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(days=1))
    world.run()
    assert entered(world) == ids[1:3]
