"""memory: what web and worker hold in memory on SQLite with 100,000 contacts, after both have worked.

All contacts enter the benchmark's journey and are moved to its first wait; pages of contacts are read and events sent.
`mb` is the sum of the proportional shares (PSS), in which a page that two processes share counts once; `rss_mb` the plain sum.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.drawing import populate
from bench.events import event, posted, settled
from bench.http_load import request
from bench.serving import process, web
from store.database import engine_options
from store.migrate import upgrade
from web import keys

PEOPLE, QUICK_PEOPLE = 100_000, 100_000
PATIENCE_SECS = 120.0
WORKER = ["-m", "flask", "--app", "wsgi", "worker"]


def run(quick: bool) -> dict[str, Any]:
    """Figures in megabytes (10**6 bytes): the sum, and of web and worker each."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with tempfile.TemporaryDirectory(prefix="roadbook-memory-") as folder:
        path = Path(folder, "memory.db")
        url = f"sqlite:///{path}"
        secret = furnish(url, people)
        with web(url, workers=1) as (port, pid), process(WORKER, url) as (worker, _):
            wait(path)
            headers = {"Authorization": f"Bearer {secret}"}
            pages = [request("GET", "/api/v1/contacts?limit=100", **headers)] * 50
            now = datetime.now(UTC)
            sent = [
                posted({"events": [event(n + 100 * k, now) for n in range(100)]}, secret) for k in range(20)
            ]
            for load in (pages, sent):
                found = settled(port, 60, iter(load), connections=4)
                assert set(found.statuses) <= {200, 202}, found.refusal
            wait(path)
            parts = {"web": held(pid), "worker": held(worker.pid)}
    return {
        "contacts": people,
        "mb": round(sum(pss for pss, _ in parts.values()), 1),
        "rss_mb": round(sum(rss for _, rss in parts.values()), 1),
        **{f"{name}_mb": round(pss, 1) for name, (pss, _) in parts.items()},
    }


def furnish(url: str, people: int) -> str:
    """People at the door of a live journey; an editor's key."""
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        populate(connection, people)
    with Session(engine) as session:
        secret, _ = keys.make(session, 1, "bench", "editor", datetime.now(UTC) - timedelta(days=1))
        session.commit()
    engine.dispose()
    return secret


def wait(path: Path) -> None:
    """Until nothing is unread and nobody stands at the door."""
    open_ones = "SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new'), EXISTS (SELECT 1 FROM enrollment WHERE status = 'new')"
    deadline = time.monotonic() + PATIENCE_SECS
    while time.monotonic() < deadline:
        connection = sqlite3.connect(path)
        found = connection.execute(open_ones).fetchone()
        connection.close()
        if not any(found):
            return
        time.sleep(0.3)
    raise TimeoutError("The worker did not come to the end.")


def held(pid: int) -> tuple[float, float]:
    """(PSS, RSS) in megabytes of a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    infos = [one.memory_full_info() for one in family]
    return sum(info.pss for info in infos) / 1e6, sum(info.rss for info in infos) / 1e6
