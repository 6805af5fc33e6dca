"""idle-tick: how long a worker's look takes when nothing is due, however many wait.

The whole tick is measured: a transaction of its own, the look, and what follows from its answer. `flat` is the median
with the most waiting to the one with the fewest; `without_index_ms` is the same question without the partial index.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from sqlalchemy import create_engine, text

from bench import postgres
from runtime.database import Database
from runtime.worker import Worker
from store.database import engine_options
from store.migrate import upgrade

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000, 5_000_000), (10_000, 100_000, 1_000_000)
TICKS = 400

#: People who wait, each for a moment of his own in the months to come.
WAITING = """INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, entry_id, status,
  stage, step, visit, seq, void_seq, entered_journey, entered_stage, step_begun, taken_at, step_due, due_at, state, epoch)
SELECT 1, 1, 1, 'contact', n, '', 'in', 'waiting', 'care', 'first', 1, 2, 0, now(), now(), now(), now(),
  now() + interval '1 day' + n % 5000000 * interval '1 second', now() + interval '1 day' + n % 5000000 * interval '1 second',
  CAST('{"entry": {"name": "friend_added"}}' AS jsonb), 1
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n"""
BARE = """SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off;
SELECT EXISTS (SELECT 1 FROM enrollment WHERE due_at IS NOT NULL AND due_at <= now())"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: milliseconds of a tick at each size, median and 99th percentile."""
    figures: dict[str, Any] = {}
    medians = []
    with postgres.server() as server:
        url = postgres.fresh(server, "idle")
        upgrade(url)
        engine = create_engine(url, **engine_options(url))
        database = Database(url)
        worker = Worker(database)
        here = 0
        for size in QUICK_SIZES if quick else SIZES:
            with engine.begin() as connection:
                connection.execute(text(WAITING), {"first": here + 1, "last": size})
            here = size
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE enrollment"))
            took = sorted(tick(worker) for _ in range(TICKS))
            medians.append(statistics.median(took))
            figures[f"p50_ms_{size}"] = round(medians[-1], 3)
            figures[f"p99_ms_{size}"] = round(took[int(TICKS * 0.99)], 3)
        with engine.begin() as connection:
            begun = time.perf_counter()
            connection.exec_driver_sql(BARE)
            figures["without_index_ms"] = round((time.perf_counter() - begun) * 1000, 1)
        database.close()
        engine.dispose()
    return {
        "waiting": here,
        "ms": round(medians[-1], 3),
        "flat": round(medians[-1] / medians[0], 2),
        **figures,
        "ratio": round(figures["without_index_ms"] / medians[-1]),
    }


def tick(worker: Worker) -> float:
    """Milliseconds of one round; there must have been nothing to do."""
    begun = time.perf_counter()
    busy = worker.run_once()
    took = time.perf_counter() - begun
    assert not busy, "there was something to do"
    return took * 1000
