"""While somebody holds a snapshot the queues are read from where they begin, and nobody is lost before that place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text, update

from journeys.tables import Enrollment
from runtime import lowwater, postgresql_sql
from runtime.lowwater import ANYWHERE, Firsts, LowWater
from runtime.postgresql import PostgreSQL
from store import clock
from tests.databases import Databases
from tests.runtime.charts import SHOP, journey, wait
from tests.runtime.world import World, at

NOW = at("2026-03-02 10:00")
NOTHING = Firsts(None, None, None, None, None)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PEOPLE = 8000


class Seconds:
    """A clock that stands until it is turned."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Slow(LowWater):
    """One that has looked slowly once already."""

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(seconds)
        self.looked(ANYWHERE, 1000, NOTHING, NOW)


def found(**first: Any) -> Firsts:
    return Firsts(**{name: first.get(name) for name in ("signal", "stored_at", "due", "message", "lease")})


def test_a_quick_look_leaves_all_as_it_is() -> None:
    low = Slow(Seconds())
    low.looked(ANYWHERE, 0.001, found(signal=9000, due=NOW), NOW)
    assert low.begins() is ANYWHERE


def test_a_single_slow_one_may_have_other_reasons() -> None:
    low = LowWater(Seconds())
    for took in (5, 0.001, 5, 0.001):
        low.looked(ANYWHERE, took, found(signal=9000, due=NOW), NOW)
        assert low.begins() is ANYWHERE
    low.looked(ANYWHERE, 5, found(signal=9000, due=NOW), NOW)
    low.looked(ANYWHERE, 6, found(signal=9000, due=NOW), NOW)
    assert low.begins().signal == 8000


def test_a_slow_one_tells_where_to_begin_for_some_times_as_long_as_it_took() -> None:
    low = Slow(seconds := Seconds())
    low.looked(ANYWHERE, 0.1, found(signal=9000, due=NOW - HOUR, message=NOW, lease=NOW), NOW)
    begins = low.begins()
    assert begins.signal == 8000 and begins.due == NOW - HOUR - SECOND and begins.lease == NOW - SECOND
    assert begins.message == begins.due, "somebody who is due now may say something that was due then"
    seconds.now += 1.9
    assert low.begins() is begins
    seconds.now += 0.2
    assert low.begins() is ANYWHERE
    low.looked(ANYWHERE, 30, found(due=NOW), NOW)
    low.looked(ANYWHERE, 30, found(due=NOW), NOW)
    seconds.now += 9.9
    assert low.begins() is not ANYWHERE
    seconds.now += 0.2
    assert low.begins() is ANYWHERE, "however slow, nobody waits longer than ten seconds"


def test_nobody_comes_due_before_now_and_before_the_next_signal_was_stored() -> None:
    low = Slow(Seconds())
    low.looked(ANYWHERE, 1, found(due=NOW + HOUR), NOW)
    assert low.begins().due == NOW - SECOND
    low.looked(ANYWHERE, 1, found(signal=1, stored_at=NOW - HOUR, due=NOW + HOUR), NOW)
    assert low.begins().due == NOW - HOUR - SECOND
    low.looked(ANYWHERE, 1, NOTHING, NOW)
    assert low.begins().due == NOW - SECOND


def test_a_schedule_that_catches_up_lets_people_come_due_at_any_time() -> None:
    low = Slow(Seconds())
    low.looked(ANYWHERE, 1, found(signal=9000, due=NOW, message=NOW), NOW, past=True)
    assert low.begins() == lowwater.Begins(signal=8000)


def test_an_empty_queue_begins_where_it_did() -> None:
    low = Slow(Seconds())
    low.looked(ANYWHERE, 1, found(signal=9000, lease=NOW), NOW)
    low.looked(low.begins(), 9, NOTHING, NOW + HOUR)
    assert low.begins().signal == 8000 and low.begins().lease == NOW - SECOND


def test_a_look_from_the_begin_makes_nothing_longer() -> None:
    low = Slow(seconds := Seconds())
    low.looked(ANYWHERE, 0.1, found(signal=9000), NOW)
    seconds.now += 1.5
    low.looked(low.begins(), 5, found(signal=20000), NOW)
    assert low.begins().signal == 19000
    seconds.now += 0.6
    assert low.begins() is ANYWHERE


@pytest.fixture
def slow(postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world in which every look counts as a slow one, and no time passes for the next look over everything."""
    monkeypatch.setattr(lowwater, "SLOW_SECS", 0.0)
    world = World(postgres_databases.fresh())
    sql = world.database.sql
    assert isinstance(sql, PostgreSQL)
    sql.low_water = Slow(Seconds())
    world.publish(SHOP)
    yield world
    world.close()


@pytest.mark.postgres
def test_a_life_is_as_it_is_without(slow: World) -> None:
    for who in ("lin", "wang"):
        slow.event("joined", who)
        slow.run()
        slow.go("2026-03-03 09:00" if who == "lin" else "2026-03-04 09:00")
    slow.event("order_paid", "lin")
    slow.run()
    assert slow.place("lin") == ("waiting", "bought", "week")
    slow.go("2026-03-20 10:00")
    assert [content for content, _ in slow.messages("lin")] == ["welcome", "thanks", "how-is-it"]
    assert [content for content, _ in slow.messages("wang")] == ["welcome", "offer"]
    assert {state for who in ("lin", "wang") for _, state in slow.messages(who)} == {"delivered"}


@pytest.mark.postgres
def test_a_schedule_catches_up_in_order(slow: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "days"}],
        steps=[wait("days", "s", **{"for": "P3D"})],
        entries=[{"id": "monday", "on": {"type": "schedule", "weekdays": [1], "at": "09:00"}, "to": "s"}],
        reentry={"mode": "after_exit"},
    )
    slow.publish(chart, "weekly")
    slow.person("lin")
    slow.run()
    slow.go("2026-03-25 12:00")
    mondays = [at(f"2026-03-{day:02} 09:00") for day in (9, 16, 23)]
    assert [one.entered_journey for one in slow.enrollments("lin")] == mondays


@pytest.mark.postgres
def test_who_comes_to_lie_before_the_begin_is_found_by_the_next_look_over_everything(slow: World) -> None:
    slow.event("joined", "lin")
    slow.run()
    with slow.database.transaction() as tx:
        long_ago = clock.now(tx.session) - timedelta(days=9)
        tx.session.execute(update(Enrollment).values(due_at=long_ago, step_due=long_ago))
    slow.event("joined", "wang")
    with slow.database.looking() as tx:
        assert slow.database.sql.look(tx.cursor, clock.now(tx.session)).signals
    slow.worker.intake.run()
    slow.worker.advance.run()
    assert slow.path("wang")[-1] == "step greet sent", "there is enough to do behind the begin"
    assert slow.place("lin") == ("waiting", "trust", "two-days")
    slow.run()
    assert "step offer sent" in slow.path("lin"), (
        "and nobody says that there is nothing before he has looked everywhere"
    )


@pytest.mark.postgres
def test_what_is_dead_is_not_walked_past(slow: World) -> None:
    """Eight thousand signals are taken while somebody holds a snapshot: looking from the begin reads a part of the pages."""
    with psycopg.connect(slow.database.url.replace("postgresql+psycopg", "postgresql")) as holder:
        holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        holder.execute("SELECT count(*) FROM contact")
        with slow.database.transaction() as tx:
            tx.session.execute(
                text(
                    "INSERT INTO inbox (workspace_id, kind, name, occurred_at, stored_at, data, state)"
                    " SELECT :workspace, 'event', 'nothing', :now, :now, '{}', 'new' FROM generate_series(1, :n)"
                ),
                {"workspace": slow.workspace, "now": clock.now(tx.session), "n": PEOPLE},
            )
        slow.run()
        slow.event("joined")
        slow.run()
        low = slow.database.sql.low_water  # type: ignore[attr-defined]
        everything, some = pages(slow, ""), pages(slow, postgresql_sql.FROM["signal"])
        holder.rollback()
    assert low.begins().signal is not None
    assert some * 3 < everything, (some, everything)


def pages(world: World, signal: str) -> int:
    """How many pages it takes to find the first signal."""
    begin = world.database.sql.low_water.begins()  # type: ignore[attr-defined]
    with world.database.reading() as tx:
        look = f"SELECT id FROM inbox WHERE state = 'new'{signal} ORDER BY id LIMIT 1"
        tx.cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {look}", {"signal": begin.signal})
        plan = tx.cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
