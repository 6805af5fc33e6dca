"""P2 and P15: a store that crashes, falls silent or is full loses nothing that was acknowledged, and nobody must help."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from store.database import db
from store.tables import Inbox
from tests.databases import Databases
from tests.faults import children
from tests.faults.server import Breakable, Link, breakable
from tests.faults.shaken import Shaken
from tests.runtime.charts import SHOP
from tests.web.conftest import House, furnish, settings_for
from web.app import create_app

pytestmark = [pytest.mark.faults, pytest.mark.postgres]

RECOVERS_SECS = 15.0
NOTICED_SECS = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[Breakable]:
    with breakable() as made:
        yield made


def settled(shaken: Shaken) -> bool:
    try:
        return shaken.unread() == 0 and all(
            shaken.place(who) == ("waiting", "trust", "two-days") for who in _people(shaken)
        )
    except OperationalError:
        return False


def _people(shaken: Shaken) -> list[str]:
    return [who for (who,) in shaken.rows(select(Inbox.event_id)) if who]


def test_p15_a_crash_of_postgresql_in_the_middle_of_a_batch_loses_nothing(
    server: Breakable, tmp_path: Path
) -> None:
    shaken = Shaken(server.database("crash"), tmp_path / "log")
    shaken.publish(SHOP)
    url, log = shaken.database.url, str(shaken.log)
    # A batch that is held up at its end, so that the crash falls into it.
    slow = [("counter.before_commit", "sleep", 3, 0.4), ("result.before_commit", "sleep", 2, 0.4)]
    crowd = [
        children.start(url, shaken.workspace, log, fault, True, life="for ever") for fault in (*slow, None)
    ]
    acknowledged: list[str] = []
    recovered: list[float] = []
    try:
        for round in range(3):
            for number in range(20):
                who = f"r{round}n{number}"
                shaken.people([who])
                shaken.events([("joined", who, None, who, {})])
                acknowledged.append(who)
            server.crash()
            with pytest.raises(OperationalError):
                shaken.events([("joined", "nobody", None, "nobody", {})])
            server.start()
            began = time.monotonic()
            children.wait_for(lambda: settled(shaken), 40)
            recovered.append(time.monotonic() - began)
    finally:
        for child in crowd:
            child.terminate()
        for child in crowd:
            child.join(30)
    assert set(acknowledged) == set(_people(shaken)), "what was acknowledged is there, and nothing else"
    children.wait_for(lambda: shaken.worker.run_once() is False, 30)
    shaken.expire_leases()
    shaken.run()
    assert {state for who in acknowledged for _, state in shaken.messages(who)} == {"delivered"}
    assert shaken.findings() == []
    assert max(recovered) <= RECOVERS_SECS, recovered
    shaken.close()


def test_p15_a_link_that_falls_silent_is_noticed_within_twenty_seconds(
    server: Breakable, tmp_path: Path
) -> None:
    shaken = Shaken(server.database("silent"), tmp_path / "log")
    shaken.publish(SHOP)
    shaken.people(["before", "after"])
    link = Link(shaken.database.url)
    child = children.start(link.address(link.url), shaken.workspace, str(shaken.log), life="for ever")
    try:
        shaken.events([("joined", "before", None, "before", {})])
        children.wait_for(lambda: settled(shaken), 30)
        link.silent.set()
        began = time.monotonic()
        shaken.events([("joined", "after", None, "after", {})])
        time.sleep(12)  # the real limits are kept to here: first the silence, then a second link in vain
        link.silent.clear()
        children.wait_for(lambda: settled(shaken), 30)
        assert 10 <= time.monotonic() - began <= NOTICED_SECS
    finally:
        child.terminate()
        child.join(20)
        link.close()
    shaken.run()
    assert shaken.findings() == []
    shaken.close()


def house(url: str, folder: Path) -> House:
    return furnish(create_app(settings_for(url, folder)))


def refused_honestly(answer: Any) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_p15_the_api_says_503_while_the_database_is_away_and_works_when_it_is_back(
    server: Breakable, tmp_path: Path
) -> None:
    made = house(server.database("api"), tmp_path)
    owner, browser = made.client(), made.browser()
    calls = {
        "an event": lambda: owner.post("events", json={"name": "joined", "external_id": "1"}),
        "events with a key": lambda: owner.post(
            "events", json={"name": "joined", "external_id": "1"}, headers={"Idempotency-Key": "k"}
        ),
        "a contact": lambda: owner.post("contacts/batch", json={"contacts": [{"external_id": "2"}]}),
        "a journey": lambda: browser.post("journeys", json={"name": "a"}),
        "signing in": lambda: made.nobody().post(
            "session", json={"email": "owner@main.example", "password": "correct-horse-battery"}
        ),
    }
    reading = sorted(
        rule.rule
        for rule in made.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule.startswith("/api/v1/")
    )
    assert all(call().status_code in (200, 201, 202) for call in calls.values())
    server.crash()
    assert [name for name, call in calls.items() if not refused_honestly(call())] == []
    told = {address: browser.get(address) for address in reading}
    needs_none = {"/api/v1/openapi.json"}
    wrong = {a: t.status_code for a, t in told.items() if not refused_honestly(t) and a not in needs_none}
    assert wrong == {}
    assert owner.get("/healthz").status_code == 200 and owner.get("/readyz").status_code == 503
    server.start()
    assert owner.get("/readyz").status_code == 200
    assert [name for name, call in calls.items() if call().status_code not in (200, 201, 202)] == []
    with made.app.app_context():
        assert db.session.query(Inbox).count() == 3, (
            "two before, one after, for the key was known; none that was told 503"
        )
        db.session.remove()
        db.engine.dispose()


class Disk:
    """How many pages SQLite may use; None is a disk with room."""

    pages: int | None = None

    def limit(self, connection: Any) -> None:
        if connection.dialect.name == "sqlite":
            wanted = self.pages or 1_000_000
            connection.connection.cursor().execute(f"PRAGMA max_page_count = {wanted}")


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    event.listen(Engine, "begin", made.limit, insert=True)
    yield made
    event.remove(Engine, "begin", made.limit)


def test_p15_a_full_disk_under_sqlite_refuses_and_loses_nothing(
    disk: Disk, sqlite_databases: Databases, tmp_path: Path
) -> None:
    url = sqlite_databases.fresh()
    made = house(url, tmp_path)
    shaken = Shaken(url, tmp_path / "log")
    owner = made.client()
    shaken.workspace = made.ids["main"]
    shaken.publish(SHOP)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as bare:
        (disk.pages,) = bare.execute("PRAGMA page_count").fetchone()
    disk.pages += 40
    acknowledged, refused = [], 0
    for number in range(200):
        given = [
            {"name": "joined", "external_id": f"{number}:{n}", "event_id": f"{number}:{n}", "properties": {"x": "y" * 300}}
            for n in range(10)
        ]  # fmt: skip
        answer = owner.post("events", json={"events": given})
        if answer.status_code == 202:
            acknowledged += [event["event_id"] for event in given]
        else:
            assert refused_honestly(answer), answer.status_code
            refused += 1
        if refused == 5:
            break
    assert acknowledged and refused == 5
    # A worker on the full disk fails, waits, tries again, and goes on by itself when there is room.
    alive = threading.Thread(target=shaken.worker.run, daemon=True)
    alive.start()
    time.sleep(1)
    assert alive.is_alive()
    disk.pages = None
    children.wait_for(lambda: shaken.unread() == 0, 30)
    shaken.worker.stop()
    alive.join(20)
    shaken.run()
    entered = {who for (who,) in shaken.rows(select(Inbox.event_id).where(Inbox.state == "done"))}
    assert set(acknowledged) <= entered and shaken.count() == len(entered)
    assert len(entered) == len(acknowledged), "what was refused is not there"
    with sqlite3.connect(url.removeprefix("sqlite:///")) as bare:
        assert bare.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert shaken.findings() == []
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()
    shaken.close()
