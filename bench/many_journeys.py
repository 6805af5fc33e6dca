"""many-journeys: what the engine loses when two hundred journeys are live instead of one.

Two databases of one server. In one of them every event enters the one journey; in the other two hundred are live, each with an
event of its own, and the events of a round are for all of them in turn, so that hardly two neighbours move by the same drawing.
Rounds of the same work (events taken in, people entering and moved to their first wait by one worker) alternate. `ratio` is the
median rate with two hundred to that with one; `tick_ms` and `one_tick_ms` are a worker's round when nothing is due.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from bench import postgres
from bench.drawing import DEFINITION
from bench.held import Astray
from bench.serving import furnish
from runtime.database import Database
from runtime.worker import Worker
from store.database import dumps

JOURNEYS = 200
PEOPLE, QUICK_PEOPLE = 200_000, 20_000
ROUNDS, TICKS = 10, 200
MORE = """WITH made AS (
  INSERT INTO journey (workspace_id, key, name, status, on_resume, created_at, updated_at)
  SELECT 1, 'bench' || n, 'Bench ' || n, 'live', 'skip', :now, :now FROM generate_series(1, CAST(:more AS int)) AS n
  RETURNING id, key)
INSERT INTO version (workspace_id, journey_id, number, digest, definition, published_at, published_by)
SELECT 1, id, 1, key, jsonb_set(CAST(:definition AS jsonb), '{entries,0,on,name}', to_jsonb('friend_added_' || substr(key, 6))), :now, 'bench'
FROM made"""
LIVE = "UPDATE journey SET live_version_id = v.id FROM version v WHERE v.journey_id = journey.id"
#: Of so many names in turn, the first is that of the one journey.
HAPPENED = """INSERT INTO inbox (workspace_id, kind, name, contact_id, occurred_at, stored_at, data, state)
SELECT 1, 'event', 'friend_added' || CASE WHEN n % :names = 0 THEN '' ELSE '_' || n % :names END, n, now(), now(), '{"source": "store"}', 'new'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n"""
THERE = """SELECT count(*), count(DISTINCT journey_id) FROM enrollment WHERE step = 'first' AND status = 'waiting'"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: people a second with one journey and with JOURNEYS, their ratio, and milliseconds of an idle round of each."""
    people = QUICK_PEOPLE if quick else PEOPLE
    names = {"one": 1, "many": JOURNEYS}
    with postgres.server() as server:
        bases = {
            name: furnished(postgres.fresh(server, f"bench_{name}"), people, names[name]) for name in names
        }
        workers = {name: Worker(base, ("intake", "advance")) for name, base in bases.items()}
        rates: dict[str, list[float]] = {name: [] for name in names}
        for number in range(ROUNDS):
            first, last = 1 + number * people // ROUNDS, (number + 1) * people // ROUNDS
            for name in ("one", "many") if number % 2 else ("many", "one"):
                secs = round_of(bases[name], workers[name], first, last, names[name])
                rates[name].append((last - first + 1) / secs)
        for name, base in bases.items():
            with base.reading() as tx:
                if tuple(tx.session.execute(text(THERE)).one()) != (people, names[name]):
                    raise Astray(Astray.__doc__)
        ticks = {name: idle(worker) for name, worker in workers.items()}
        for base in bases.values():
            base.close()
    return {
        "people": people,
        "journeys": JOURNEYS,
        "per_second": round(statistics.median(rates["many"])),
        "one_per_second": round(statistics.median(rates["one"])),
        "ratio": round(statistics.median(a / b for a, b in zip(rates["many"], rates["one"], strict=True)), 2),
        "tick_ms": round(ticks["many"] * 1000, 2),
        "one_tick_ms": round(ticks["one"] * 1000, 2),
    }


def furnished(url: str, people: int, journeys: int) -> Database:
    furnish(url, people)
    base = Database(url)
    with base.transaction() as tx:
        given = {"now": datetime.now(UTC), "more": journeys - 1, "definition": dumps(DEFINITION)}
        tx.session.execute(text(MORE), given)
        tx.session.execute(text(LIVE))
    return base


def round_of(base: Database, worker: Worker, first: int, last: int, names: int) -> float:
    """Seconds in which the events of these people are taken in and all of them moved."""
    with base.transaction() as tx:
        tx.session.execute(text(HAPPENED), {"first": first, "last": last, "names": names})
    begun = time.perf_counter()
    while worker.run_once():
        pass
    return time.perf_counter() - begun


def idle(worker: Worker) -> float:
    """Seconds of a round with nothing due, median."""
    times = []
    for _ in range(TICKS):
        begun = time.perf_counter()
        worker.run_once()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
