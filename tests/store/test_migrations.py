"""The migrations and the models lay down the same tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from store import migrate
from store.database import db, engine_options
from tests.databases import Databases

migrate.load_tables()


@pytest.fixture
def engine(databases: Databases) -> Iterator[sa.Engine]:
    url = databases.bare()
    migrate.upgrade(url)
    made = sa.create_engine(url, **engine_options(url))
    yield made
    made.dispose()


def partial_indexes(bind: sa.Engine) -> dict[str, str]:
    """Which rows each partial index covers, without the brackets and casts that PostgreSQL adds."""
    if bind.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% WHERE %'"
    with bind.connect() as connection:
        rows = connection.execute(sa.text(query)).all()
    plain = str.maketrans("", "", "()")
    return {
        name: text.split(" WHERE ")[1]
        .translate(plain)
        .replace("::text", "")
        .replace("::character varying", "")
        for name, text in rows
    }


def of_models(dialect: str) -> dict[str, str]:
    found = {}
    for table in db.metadata.tables.values():
        for index in table.indexes:
            rows = index.dialect_options[dialect].get("where")
            if rows is not None:
                found[str(index.name)] = str(rows)
    return found


LOOSENED = ("contact", "identity")


def test_models_and_migrations_agree(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": migrate.is_modelled,
            },
        )
        differences: list[Any] = compare_metadata(context, db.metadata)
    if engine.dialect.name == "postgresql":
        # Revision 0011 took these away: each row that is stored would lock its workspace's row.
        gone = [one for one in differences if one[0] == "add_fk" and one[1].table.name in LOOSENED]
        assert len(gone) == len(LOOSENED)
        differences = [one for one in differences if one not in gone]
    assert differences == []


def test_partial_indexes_cover_the_rows_that_the_models_name(engine: sa.Engine) -> None:
    wanted = of_models(engine.dialect.name)
    assert len(wanted) >= 6
    assert partial_indexes(engine) == wanted


def test_constraints_bear_the_names_of_the_models(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    for table in db.metadata.tables.values():
        primary = inspector.get_pk_constraint(table.name)
        if engine.dialect.name == "sqlite" and table.dialect_options["sqlite"]["autoincrement"]:
            primary["name"] = f"pk_{table.name}"  # SQLite has no name for it there
        wanted = {column.name for column in table.primary_key}
        if engine.dialect.name == "postgresql" and table.name == "trail":
            wanted.add("at")  # the trail lies there in a part for each month
        assert (primary["name"], set(primary["constrained_columns"])) == (f"pk_{table.name}", wanted)
        named = {str(c.name) for c in table.constraints if isinstance(c, sa.UniqueConstraint)}
        assert {c["name"] for c in inspector.get_unique_constraints(table.name)} == named


def test_upgrading_twice_changes_nothing(databases: Databases) -> None:
    url = databases.bare()
    assert migrate.pending(url)
    migrate.upgrade(url)
    engine = sa.create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO virtual_clock (id, now) VALUES (1, '2026-01-01 00:00:00.000000')")
        )
    migrate.upgrade(url)
    assert not migrate.pending(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM virtual_clock")).scalar_one() == 1
    engine.dispose()


def test_ids_hold_more_than_thirty_two_bits(engine: sa.Engine) -> None:
    row = {"workspace_id": 1, "kind": "event", "name": "a", "state": "new"}
    now = "2026-01-01 00:00:00.000000"
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO inbox (id, workspace_id, kind, name, state, occurred_at, stored_at, data)"
                f" VALUES (5000000000, :workspace_id, :kind, :name, :state, '{now}', '{now}', '{{}}')"
            ),
            row,
        )
        assert connection.execute(sa.text("SELECT id FROM inbox")).scalar_one() == 5_000_000_000


def test_an_id_that_was_written_down_elsewhere_is_never_given_again(engine: sa.Engine) -> None:
    lasting = {"inbox", "outbox", "contact", "enrollment", "journey", "version", "workspace"}
    lasting |= {"tier_dimension", "tier_override", "customer_group", "connection"}
    lasting |= {"channel_code", "channel_join", "wecom_unknown", "wecom_welcome", "guard"}
    lasting |= {"wecom_deed", "wecom_transfer", "wecom_group_transfer"}
    marked = {
        table.name
        for table in db.metadata.tables.values()
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert marked == lasting
    row = "'event', 'a', 'new', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', '{}'"
    insert = (
        f"INSERT INTO inbox (workspace_id, kind, name, state, occurred_at, stored_at, data) VALUES (1, {row})"
    )
    with engine.begin() as connection:
        ids = []
        for _ in range(3):
            connection.execute(sa.text(insert))
            ids.append(connection.execute(sa.text("SELECT max(id) FROM inbox")).scalar_one())
            connection.execute(sa.text("DELETE FROM inbox"))
    assert len(set(ids)) == 3
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            made = connection.execute(
                sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
            )
            assert set(made.scalars()) == lasting


@pytest.mark.postgres
def test_a_trail_with_lines_in_it_becomes_one_by_month_and_back(postgres_databases: Databases) -> None:
    url = postgres_databases.bare()
    migrate.upgrade(url, "0004")
    engine = sa.create_engine(url, **engine_options(url))
    insert = "INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, visit, seq) VALUES (1, 1, 1, :at, 'x', 1, 1)"
    with engine.begin() as connection:
        connection.execute(sa.text(insert), [{"at": f"20{year}-03-01T00:00:00Z"} for year in (19, 25, 31)])
    migrate.upgrade(url)
    lines = sa.text("SELECT id, at FROM trail ORDER BY id")
    with engine.begin() as connection:
        before = connection.execute(lines).all()
        assert len(before) == 3
        assert connection.execute(sa.text("SELECT count(*) FROM trail_before")).scalar_one() == 3
        connection.execute(sa.text(insert), [{"at": "2031-04-02T00:00:00Z"}, {"at": "2019-04-02T00:00:00Z"}])
        assert connection.execute(sa.text("SELECT count(*) FROM trail_2031_04")).scalar_one() == 1
        assert connection.execute(sa.text("SELECT count(*) FROM trail_before")).scalar_one() == 4
        after = connection.execute(lines).all()
        assert after[:3] == before and [row.id for row in after[3:]] == [4, 5]
    command.downgrade(migrate.config(url), "0004")
    with engine.begin() as connection:
        assert connection.execute(lines).all() == after
        connection.execute(sa.text(insert), {"at": "2031-04-02T00:00:00Z"})
        assert connection.execute(sa.text("SELECT max(id) FROM trail")).scalar_one() == 6
    engine.dispose()


def test_an_older_house_gets_the_numbers_that_were_not_kept_before(databases: Databases) -> None:
    url = databases.bare()
    migrate.upgrade(url, "0001")
    bind = sa.create_engine(url, **engine_options(url))
    at = "2026-03-02 10:00:00.000000" if bind.dialect.name == "sqlite" else "2026-03-02T10:00:00Z"
    rows = {
        "workspace": "(id, name, slug, timezone, settings, created_at) VALUES (1, 'w', 'w', 'UTC', '{}', :at)",
        "journey": "(id, workspace_id, key, name, status, on_resume, created_at, updated_at)"
        " VALUES (1, 1, 'j', 'j', 'live', 'skip', :at, :at)",
        "version": "(id, workspace_id, journey_id, number, digest, definition, published_at, published_by)"
        " VALUES (1, 1, 1, 1, 'd', '{}', :at, '')",
        "trail": "(id, workspace_id, enrollment_id, version_id, at, op, stage, visit, seq, detail)"
        " VALUES (1, 1, 1, 1, :at, 'end', 'a', 1, 1, '{\"result\": \"lost\"}')",
    }
    message = (
        "(id, workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,"
        " content, scene, due_at, not_before, answer, state, tries) VALUES (:id, 1, :key, 1, 1, 1, 1, 's', 1, 1,"
        " 'sms', 'c', '{}', :at, :at, :no, :state, 0)"
    )
    with bind.begin() as connection:
        for table, values in rows.items():
            connection.execute(
                sa.text(f"INSERT INTO {table} {values.replace(': ', chr(92) + ': ')}"), {"at": at}
            )
        for number, state in enumerate(("delivered", "delivered", "pending"), 1):
            given = {"id": number, "key": str(number), "at": at, "no": False, "state": state}
            connection.execute(sa.text(f"INSERT INTO outbox {message}"), given)
    migrate.upgrade(url)
    with bind.connect() as connection:
        kept = dict(connection.execute(sa.text("SELECT node, passed FROM counter")).all())
    bind.dispose()
    assert kept == {"s @written": 3, "s @delivered": 2, "a >lost": 1}
