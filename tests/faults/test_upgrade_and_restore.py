"""P19: an upgrade that dies in the middle is done again; a restored copy is whole and sends nothing by itself."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command

from runtime import faults
from store import home, migrate
from store.tables import Outbox
from tests.databases import Databases
from tests.faults import children
from tests.faults.server import Breakable, breakable
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP

pytestmark = pytest.mark.faults

MANY = 60
BEFORE = "0003"


def upgrade_and_die(url: str, after: int) -> None:
    faults.arm(faults.Fault("migration.mid", "kill", after))
    migrate.upgrade(url)


def dies(url: str, after: int) -> bool:
    """Upgrade in a process that is killed after so many statements; True if there were so many."""
    child = children.CONTEXT.Process(target=upgrade_and_die, args=(url, after))
    child.start()
    child.join(60)
    assert child.exitcode in (0, -9), child.exitcode
    return child.exitcode == -9


def test_a_first_start_that_dies_in_the_middle_of_the_tables_is_done_again(databases: Databases) -> None:
    url = databases.bare()
    killed = [after for after in (1, 9, 60) if dies(url, after)]
    assert len(killed) == 3
    migrate.upgrade(url)
    assert not migrate.pending(url)


def in_flight(shaken: Shaken, many: int = MANY) -> None:
    """So many people, half of whom have been greeted; the greetings of the others wait in the outbox."""
    people = [f"p{number}" for number in range(many)]
    shaken.publish(SHOP)
    shaken.people(people)
    shaken.events([("joined", who, None, None, {}) for who in people[: many // 2]])
    shaken.run()
    shaken.events([("joined", who, None, None, {}) for who in people[many // 2 :]])
    while shaken.worker.intake.run() or shaken.worker.advance.run():
        pass
    assert shaken.count(Outbox, Outbox.state == "pending") == many // 2


@pytest.mark.parametrize("many", [MANY, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_p19_an_upgrade_under_workers_that_dies_and_is_done_again_loses_nobody(
    databases: Databases, tmp_path: Path, many: int
) -> None:
    shaken = Shaken(databases.fresh(), tmp_path / "log")
    in_flight(shaken, many)
    url = shaken.database.url
    shaken.database.engine.dispose()
    command.downgrade(migrate.config(url), BEFORE)
    # Workers of the new version on the old tables: they wait, without anybody's help.
    crowd = [children.start(url, shaken.workspace, str(shaken.log), life="for ever") for _ in range(2)]
    try:
        killed = sum(dies(url, after) for after in (1, 2, 3, 4))
        migrate.upgrade(url)
        patience = 30 + many / 50
        children.wait_for(lambda: shaken.count(Outbox, Outbox.state == "pending") == 0, patience)
    finally:
        for child in crowd:
            child.terminate()
        for child in crowd:
            child.join(20)
    assert killed >= 3, "the statements of the newest migrations and of the version's number"
    shaken.expire_leases()
    shaken.go("2026-03-05 10:00")
    assert shaken.findings() == []
    attempts = shaken.provider.attempts()
    assert len(attempts) == 2 * many and max(attempts.values()) == 1
    shaken.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Breakable]:
    with breakable() as made:
        yield made


def restored_is_silent(original: Shaken, copy: str) -> None:
    """The copy holds everything, moves everybody, and sends nothing until it is told to."""
    before = original.provider.attempts()
    assert len(before) == 30
    restored = Shaken(copy, original.log, fresh_workspace=False)
    assert restored.findings() == [], "before anything else is done with it"
    restored.go("2026-03-03 10:00")
    assert restored.provider.attempts() == before
    assert restored.count(Outbox, Outbox.state == "pending") == 30
    with restored.database.transaction() as tx:
        assert home.held(tx.session) == home.COPIED
        home.decide(tx.session, hold=False)
    restored.run()
    after = restored.provider.attempts()
    assert len(after) == 60 and max(after.values()) == 1, "each message once, under the key it had"
    restored.go("2026-03-05 10:00")
    assert restored.findings() == []
    with original.database.transaction() as tx:
        assert home.held(tx.session) is None, "the one at home goes on as before"
    restored.close()


@pytest.mark.postgres
def test_p19_a_dump_restored_elsewhere_is_whole_and_sends_nothing(server: Breakable, tmp_path: Path) -> None:
    original = Shaken(server.database("at_home"), tmp_path / "log")
    in_flight(original)
    dump = tmp_path / "roadbook.dump"
    _program(server, "pg_dump", "--format=custom", f"--file={dump}", original.database.url)
    # Into an empty database, as the manual says: a dump cannot clean away the months of a trail that is there already.
    copy = server.database("elsewhere", tables=False)
    _program(server, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={copy}", str(dump))
    restored_is_silent(original, copy)
    original.close()


def _program(server: Breakable, name: str, *words: str) -> None:
    done = subprocess.run([str(server.programs / name), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_p19_a_copied_sqlite_file_is_whole_and_sends_nothing(
    sqlite_databases: Databases, tmp_path: Path
) -> None:
    original = Shaken(sqlite_databases.fresh(), tmp_path / "log")
    in_flight(original)
    path = tmp_path / "restored.db"
    with sqlite3.connect(original.database.url.removeprefix("sqlite:///")) as source:
        source.backup(target := sqlite3.connect(path))
        target.close()
    restored_is_silent(original, f"sqlite:///{path}")
    original.close()


def test_an_operator_shuts_and_opens_the_gate(shaken: Shaken) -> None:
    shaken.publish(SHOP)
    shaken.people(["p0", "p1"])
    shaken.events([("joined", "p0", None, None, {})])
    shaken.run()
    with shaken.database.transaction() as tx:
        home.decide(tx.session, hold=True, why="a wrong price")
    shaken.events([("joined", "p1", None, None, {})])
    shaken.run()
    assert shaken.messages("p1") == [("welcome", "pending")]
    with shaken.database.transaction() as tx:
        assert home.held(tx.session) == "a wrong price"
        home.decide(tx.session, hold=False)
    shaken.run()
    assert shaken.messages("p1") == [("welcome", "delivered")]
