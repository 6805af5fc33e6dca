"""Behind PgBouncer in transaction mode: more workers than server connections, and nothing that needs a session breaks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bench.broker import free_port
from runtime.database import Database
from runtime.waking import open_alarm, wake
from store import database as store
from store.tables import WorkerBeat
from tests.databases import Databases
from tests.faults import children
from tests.faults.children import wait_for
from tests.faults.shaken import Shaken
from tests.needs import need
from tests.runtime.charts import SHOP

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
#: Server connections for everybody together.
POOL = 3


class Pooled:
    """A database by its two addresses."""

    def __init__(self, direct: str, pooled: str) -> None:
        self.direct, self.pooled = direct, pooled


@pytest.fixture
def behind(postgres_databases: Databases) -> Iterator[Pooled]:
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    need("pgbouncer", Path(program).exists(), "as root on Debian: apt-get install pgbouncer")
    direct = postgres_databases.fresh()
    url, port = make_url(direct), free_port()
    folder = Path(tempfile.mkdtemp(prefix="roadbook-pool-"))
    folder.chmod(0o755)
    where = url.query.get("host") or url.host
    (folder / "users.txt").write_text('"postgres" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={where} port={url.port or url.query.get('port') or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder / 'users.txt'}\npool_mode = transaction\ndefault_pool_size = {POOL}\n"
    )
    as_other = (
        ["setpriv", "--reuid=pgserver", "--regid=pgserver", "--clear-groups"] if os.geteuid() == 0 else []
    )
    process = subprocess.Popen(
        [*as_other, program, "-q", str(folder / "pgbouncer.ini")], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    pooled = f"postgresql://postgres@127.0.0.1:{port}/{url.database}"
    try:
        wait_for(lambda: _answers(pooled), 10)
        store.configure(pooled=True)
        yield Pooled(direct, pooled)
    finally:
        store.configure(pooled=False)
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_more_workers_than_connections_move_everybody_once(behind: Pooled, tmp_path: Path) -> None:
    world = Shaken(behind.pooled, tmp_path / "log")
    world.publish(SHOP)
    people = [f"p{n}" for n in range(600)]
    world.people(people)
    crowd = [
        children.start(behind.pooled, world.workspace, str(world.log), life="for ever", pooled=True)
        for _ in range(4)
    ]
    wait_for(
        lambda: world.count(WorkerBeat) == len(crowd), 60
    )  # all of them are to share the few connections
    try:
        for first in range(0, 600, 50):
            world.events([("joined", who, None, None, {}) for who in people[first : first + 50]])
        wait_for(lambda: world.unread() == 0 and len(world.provider.attempts()) == 600, 40)
        with psycopg.connect(behind.direct) as connection:
            (servers,) = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone() or (0,)
        assert servers <= POOL
    finally:
        for one in crowd:
            one.terminate()
        for one in crowd:
            one.join(20)
    assert [one.exitcode for one in crowd] == [0] * 4
    world.run()
    assert world.findings() == []
    assert max(world.provider.attempts().values()) == 1
    world.close()


def test_settings_hold_in_every_transaction(behind: Pooled) -> None:
    database = Database(behind.pooled)
    for _ in range(2 * POOL):
        with database.transaction() as tx:
            for name in ("plan_cache_mode", "random_page_cost", "timezone"):
                said = tx.session.execute(text(f"SELECT current_setting('{name}')")).scalar_one()
                assert said == str(store.SERVER_SETTINGS[name])
    with psycopg.connect(behind.direct) as connection:  # and nothing stays behind for others
        assert connection.execute("SHOW plan_cache_mode").fetchone() == ("auto",)
    database.close()


def test_the_same_statement_again_and_again(behind: Pooled) -> None:
    """A prepared statement would be known to one server connection and not to the next."""
    database = Database(behind.pooled)
    problems: list[BaseException] = []

    def ask() -> None:
        try:
            for number in range(40):
                with database.transaction() as tx:
                    tx.cursor.execute("SELECT %s::int + 1", (number,))
                    assert tx.cursor.fetchone() == (number + 1,)
        except BaseException as error:  # noqa: BLE001 - told to the test
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(POOL + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    database.close()


def test_without_the_setting_it_would_not_even_connect(behind: Pooled) -> None:
    store.configure(pooled=False)
    database = Database(behind.pooled)
    with pytest.raises(DBAPIError, match="options"), database.reading():
        pass
    database.close()


def test_workers_are_woken_past_the_pooler(behind: Pooled) -> None:
    database = Database(behind.pooled, direct_url=behind.direct)
    alarm = open_alarm(database)
    alarm.wait(0.01)
    began = time.monotonic()

    def ring() -> None:
        with database.transaction() as tx:
            wake(tx)

    threading.Timer(0.2, ring).start()
    alarm.wait(20)
    assert time.monotonic() - began < 10
    alarm.close()
    database.close()
