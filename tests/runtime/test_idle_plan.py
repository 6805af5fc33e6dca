"""A worker that looks whether there is anything to do reads no large table, whatever PostgreSQL believes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from runtime import postgresql_sql
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
    count(world, "inbox")
    while world.worker.intake.run():
        pass
    count(world, "enrollment")
    while world.worker.advance.run():
        pass
    count(world, "outbox")
    world.run()
    with world.database.reading() as tx:
        now = clock.now(tx.session)
        assert not any(tx.sql.look(tx.cursor, now)), "nothing is left to do"
        look = postgresql_sql.LOOK.format(signal="", due="", message="", lease="")
        tx.cursor.execute(f"EXPLAIN {look}", {"now": now})
        plan = "\n".join(row[0] for row in tx.cursor.fetchall())
    world.close()
    assert "ix_enrollment_due" in plan and "ix_inbox_new" in plan and "ix_outbox_open" in plan
    assert [
        name for name in LARGE if f"Seq Scan on {name}\n" in f"{plan}\n" or f"Seq Scan on {name} " in plan
    ] == []


def count(world: World, table: str) -> None:
    with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ANALYZE {table}"))
