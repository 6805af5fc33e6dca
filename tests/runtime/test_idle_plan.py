"""A worker that looks whether there is anything to do reads no large table, whatever PostgreSQL believes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from runtime import postgresql_sql, postgresql_text
from store import clock
from tests.databases import Databases
from tests.runtime.charts import SHOP
from tests.runtime.world import World

PEOPLE = 3000
LARGE = ("inbox", "enrollment", "outbox", "recheck_later", "tag_expiry", "wecom_welcome")


@pytest.mark.postgres
def test_counted_while_all_was_due_and_asked_when_nothing_is(postgres_databases: Databases) -> None:
    world = World(postgres_databases.fresh())
    world.publish(SHOP)
    people(world)
    count(world, "inbox")
    while world.worker.intake.run():
        pass
    count(world, "enrollment")
    while world.worker.advance.run():
        pass
    count(world, "outbox")
    world.run()
    with world.database.looking() as tx:
        now = clock.now(tx.session)
        assert not any(tx.sql.look(tx.cursor, now)), "nothing is left to do"
        look = postgresql_sql.LOOK.format(signal="", due="", message="", lease="")
        judge(tx.cursor, look, {"now": now})
    world.close()


@pytest.mark.postgres
def test_planned_while_all_was_small_and_kept(postgres_databases: Databases) -> None:
    """A worker keeps its plan: one that was made when each table had a row or two must suit thousands that nobody has counted."""
    world = World(postgres_databases.fresh())
    world.publish(SHOP)
    world.event("joined")
    world.run()
    for table in LARGE:
        count(world, table)
    with world.database.looking() as tx:
        for _ in range(10):
            assert not any(tx.sql.look(tx.cursor, clock.now(tx.session)))
    people(world)
    with world.database.looking() as tx:
        assert tx.sql.look(tx.cursor, clock.now(tx.session)).signals
    world.run()
    with world.database.looking() as tx:
        kept = (
            "SELECT name FROM pg_prepared_statements"
            " WHERE statement LIKE '%is there anything to do%' AND cardinality(parameter_types) = 1"
        )
        (name,) = tx.cursor.execute(kept).fetchone()
        judge(tx.cursor, f"EXECUTE {name}(now())")
    world.close()


@pytest.mark.postgres
def test_what_newcomers_are_in_is_found_without_reading_everybody(postgres_databases: Databases) -> None:
    world = World(postgres_databases.fresh())
    world.publish(SHOP)
    people(world)
    world.run()
    newcomers = postgresql_text.integers(range(10_000_000, 10_002_000))
    with world.database.reading() as tx:
        tx.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {postgresql_sql.PLACES}", (newcomers,))
        plan = tx.cursor.fetchone()[0]
    world.close()
    assert "ix_enrollment_subject" in str(plan)
    assert list(found(plan, "Rows Removed by Filter")) == []


def test_who_is_asked_for_twice_is_told_of_once(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    (one,) = world.enrollments()
    with world.database.reading() as tx:
        assert [place.id for place in tx.sql.places(tx.cursor, [one.subject_id] * 2)] == [one.id]


def found(plan: Any, name: str) -> Iterator[int]:
    """What the nodes of a plan say under this name, but nothing of nothing."""
    if isinstance(plan, list):
        for node in plan:
            yield from found(node, name)
    elif isinstance(plan, dict):
        if plan.get(name):
            yield plan[name]
        for value in plan.values():
            yield from found(value, name)


def people(world: World) -> None:
    """Many contacts, each with a signal that nobody has taken."""
    with world.database.transaction() as tx:
        tx.session.execute(
            text(
                "INSERT INTO contact (workspace_id, external_id, name, attributes, tags, created_at, updated_at)"
                " SELECT :workspace, 'c' || n, '', '{}', '[]', now(), now() FROM generate_series(1, :n) AS n"
            ),
            {"workspace": world.workspace, "n": PEOPLE},
        )
        tx.session.execute(
            text(
                "INSERT INTO inbox (workspace_id, kind, name, contact_id, occurred_at, stored_at, data, state)"
                " SELECT :workspace, 'event', 'joined', id, :now, :now, '{}', 'new' FROM contact"
            ),
            {"workspace": world.workspace, "now": clock.now(tx.session)},
        )


def judge(cursor: Any, statement: str, given: Mapping[str, Any] | None = None) -> None:
    """The queues are asked by their partial indexes, and no large table is read whole."""
    cursor.execute(f"EXPLAIN {statement}", given)
    plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ix_enrollment_due" in plan and "ix_inbox_new" in plan and "ix_outbox_open" in plan
    assert [
        name for name in LARGE if f"Seq Scan on {name}\n" in f"{plan}\n" or f"Seq Scan on {name} " in plan
    ] == []


def count(world: World, table: str) -> None:
    with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ANALYZE {table}"))
