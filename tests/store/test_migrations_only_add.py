"""P19: while an upgrade goes on, the release before reads and writes the tables of the next: each migration only adds."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from store import migrate
from store.database import engine_options
from tests.databases import Databases

#: What was done before anybody had the product: revision, and what it took from the one before.
BEFORE_THE_FIRST_RELEASE = {
    "0014": {
        f"material.{name} must be given" for name in ("version", "category", "topic", "status", "winner")
    }
}

Shape = dict[str, dict[str, dict[str, Any]]]


def shape(engine: sa.Engine) -> Shape:
    """Columns of each table, by name."""
    inspector = sa.inspect(engine)
    found = {}
    for table in inspector.get_table_names():
        if migrate.is_modelled(table, "table", None):
            found[table] = {column["name"]: dict(column) for column in inspector.get_columns(table)}
    return found


def taken(old: Shape, new: Shape) -> set[str]:
    """What whoever knows only the old tables would miss in the new ones, when reading or when writing."""
    missing = {f"{table} is gone" for table in old.keys() - new.keys()}
    for table in old.keys() & new.keys():
        missing |= {f"{table}.{name} is gone" for name in old[table].keys() - new[table].keys()}
        for name, column in new[table].items():
            before = old[table].get(name)
            filled = (
                column["nullable"] or column["default"] is not None or column.get("autoincrement") is True
            )
            if before is None:
                if not filled:
                    missing.add(f"{table}.{name} must be given")
            elif str(before["type"]) != str(column["type"]):
                missing.add(f"{table}.{name} is another type")
            elif before["nullable"] and not column["nullable"]:
                missing.add(f"{table}.{name} may not be empty any more")
            elif before["default"] is not None and not filled:
                missing.add(f"{table}.{name} has no default any more")
    return missing


def test_each_migration_leaves_the_release_before_what_it_reads_and_writes(databases: Databases) -> None:
    url = databases.bare()
    steps = ScriptDirectory.from_config(migrate.config(url)).walk_revisions()
    revisions = [step.revision for step in steps][::-1]
    engine = sa.create_engine(url, **engine_options(url))
    found: dict[str, set[str]] = {}
    before: Shape = {}
    for revision in revisions:
        migrate.upgrade(url, revision)
        after = shape(engine)
        if missing := taken(before, after):
            found[revision] = missing
        before = after
    engine.dispose()
    assert len(before) > 60 and found == BEFORE_THE_FIRST_RELEASE


@pytest.fixture
def upgraded_by_a_later_release(databases: Databases) -> str:
    url = databases.fresh()
    engine = sa.create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'later'"))
    engine.dispose()
    return url


def test_the_release_before_starts_again_on_what_a_later_one_left(
    upgraded_by_a_later_release: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert not migrate.pending(upgraded_by_a_later_release)
    migrate.upgrade(upgraded_by_a_later_release)
    assert "of a later release (revision later): nothing to upgrade" in caplog.text
    with pytest.raises(CommandError, match="later"):
        command.downgrade(migrate.config(upgraded_by_a_later_release), "0003")
