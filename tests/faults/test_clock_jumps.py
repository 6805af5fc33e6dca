"""P9: the clock goes back or forward an hour; nothing runs twice, nothing stands still, what is due rings once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select

from audience import contacts, events
from runtime.verify import verify
from runtime.worker import Worker
from store.tables import Outbox
from tests.databases import Databases
from tests.faults import children
from tests.faults.provider import registry
from tests.faults.shaken import Shaken
from tests.needs import need
from tests.runtime.charts import SHOP, exits, journey, send, wait
from tests.runtime.world import at

pytestmark = pytest.mark.faults

HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


def joins(shaken: Shaken, people: list[str], now: datetime) -> None:
    """As the web stores it when its clock shows `now`."""
    given = [{"external_id": who, "identities": {"external_userid": who}} for who in people]
    rows = [{"name": "joined", "external_id": who, "event_id": f"j:{who}"} for who in people]
    with shaken.database.transaction() as tx:
        assert not contacts.upsert(tx.session, shaken.workspace, given, now).errors
        assert not events.take(tx.session, shaken.workspace, rows, now).errors


def told(shaken: Shaken, content: str) -> int:
    return shaken.count(Outbox, Outbox.content == content, Outbox.state == "delivered")


def test_p9_an_hour_back_and_forth_again(shaken: Shaken) -> None:
    clock = [at("2026-03-02 10:00")]
    shaken.publish(SHOP)
    shaken.worker = Worker(
        shaken.database, now=lambda _: clock[0], registry=registry(shaken.provider, shaken.workspace)
    )
    jumps = (0, -1, 1, -1, 25, -24, 24)
    for number, hours in enumerate(jumps):
        clock[0] += hours * HOUR
        joins(shaken, [f"{number}:{n}" for n in range(20)], clock[0])
        shaken.run()
        assert told(shaken, "welcome") == 20 * (number + 1), f"after {hours} h somebody stood still"
    clock[0] = at("2026-03-06 12:00")
    shaken.run()
    clock[0] -= HOUR
    shaken.run()
    assert told(shaken, "offer") == 20 * len(jumps)
    assert max(shaken.provider.attempts().values()) == 1
    with shaken.database.reading() as tx:
        assert verify(tx.session, clock[0]) == []


FOLLOW = journey(
    stages=[{"id": "s", "initial": "hello"}],
    steps=[send("hello", "s", "hello"), wait("moment", "s", **{"for": "PT2S"}), send("more", "s", "more")],
    arrows=[exits("a1", "hello", "sent", "moment"), exits("a2", "moment", "next", "more")],
)


class Jumping:
    """A worker in a process of its own under a clock that is so many seconds off."""

    def __init__(self, shaken: Shaken, library: Path, folder: Path) -> None:
        self.file = folder / "clock"
        self.jump(0)
        env = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_NO_CACHE": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.jumping", shaken.database.url, str(shaken.workspace), str(shaken.log)],
            cwd=ROOT, env=env,
        )  # fmt: skip

    def jump(self, hours: int) -> datetime:
        """Set the clock so many hours off, and tell what it shows now."""
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{hours * 3600:+d}\n")
        draft.rename(self.file)
        return datetime.now(UTC) + hours * HOUR


@pytest.fixture
def jumping(sqlite_databases: Databases, tmp_path: Path) -> Iterator[tuple[Shaken, Jumping]]:
    found = find_spec("libfaketime")
    folder = Path(found.origin or "").parent / "vendor/libfaketime/src" if found else tmp_path
    library = folder / "libfaketime.so.1"
    need("libfaketime", library.is_file(), "install requirements-dev.txt on Linux")
    shaken = Shaken(sqlite_databases.fresh(), tmp_path / "log")
    shaken.publish(FOLLOW)
    made = Jumping(shaken, library, tmp_path)
    yield shaken, made
    made.process.terminate()
    made.process.wait(20)
    shaken.close()


def test_p9_a_living_worker_under_a_clock_that_jumps(jumping: tuple[Shaken, Jumping]) -> None:
    shaken, worker = jumping
    joins(shaken, ["a"], worker.jump(0))
    children.wait_for(lambda: told(shaken, "hello") == 1, 60)
    # Back: who waits goes on waiting for a moment that has not come yet; who comes now is served as ever.
    joins(shaken, ["b"], worker.jump(-1))
    children.wait_for(lambda: shaken.messages("b") == [("hello", "delivered"), ("more", "delivered")], 60)
    (shown,) = shaken.rows(
        select(Outbox.sent_at).where(Outbox.content == "more").order_by(Outbox.sent_at).limit(1)
    )[0]
    assert shown < datetime.now(UTC) - HOUR / 2, "the worker's own clock went back"
    # Forward: whatever is due by now rings, once.
    joins(shaken, ["c"], worker.jump(1))
    children.wait_for(lambda: told(shaken, "more") == 3, 60)
    joins(shaken, ["d"], worker.jump(-1))
    children.wait_for(lambda: told(shaken, "more") == 4, 60)
    assert worker.process.poll() is None
    assert set(shaken.provider.attempts().values()) == {1} and len(shaken.rows(select(Outbox.id))) == 8
    with shaken.database.reading() as tx:
        assert verify(tx.session, datetime.now(UTC)) == []
