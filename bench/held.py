"""held: what the engine loses while somebody's transaction stands open, as that of a backup or of a forgotten console does.

Two databases of one server with the same trail of the past; in one of them a REPEATABLE READ transaction holds its snapshot from
before the first round to after the last, so that nothing dead can be taken away there. Rounds of the same work (events taken
in, people entering and moved to their first wait by one worker) alternate between the two. `ratio` is the median rate with the
held transaction to that without, `last_ratio` that of the last third of the rounds, when most that is dead lies about.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import psycopg
from sqlalchemy import text

from bench import postgres
from bench.serving import furnish
from runtime.database import Database
from runtime.worker import Worker

PEOPLE, QUICK_PEOPLE = 400_000, 15_000
LINES, QUICK_LINES = 2_000_000, 100_000
ROUNDS = 15
#: What lies in the trail since long.
TRAIL = """INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, visit, seq)
SELECT 1, 1000000000 + n / 10, 1, now() - interval '1 day' + n % 1000 * interval '1 second', 'step', 'care', 'first', 'next', 1, n % 10
FROM generate_series(1, CAST(:lines AS bigint)) AS n"""
HAPPENED = """INSERT INTO inbox (workspace_id, kind, name, contact_id, occurred_at, stored_at, data, state)
SELECT 1, 'event', 'friend_added', n, now(), now(), '{"source": "store"}', 'new'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n"""


class Astray(AssertionError):
    """Not everybody stands at the first wait: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: people a second in both databases, their ratio, and what is dead in the inbox at the end."""
    people, lines = (QUICK_PEOPLE, QUICK_LINES) if quick else (PEOPLE, LINES)
    with postgres.server() as server:
        urls = {name: postgres.fresh(server, f"bench_{name}") for name in ("free", "held")}
        bases = {name: furnished(url, people, lines) for name, url in urls.items()}
        workers = {name: Worker(base, ("intake", "advance")) for name, base in bases.items()}
        rates: dict[str, list[float]] = {name: [] for name in urls}
        with psycopg.connect(urls["held"]) as holder:
            holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            holder.execute("SELECT count(*) FROM contact")
            for number in range(ROUNDS):
                first, last = 1 + number * people // ROUNDS, (number + 1) * people // ROUNDS
                for name in ("free", "held") if number % 2 else ("held", "free"):
                    rates[name].append((last - first + 1) / round_of(bases[name], workers[name], first, last))
            holder.rollback()
        dead = {name: left(base, people) for name, base in bases.items()}
        for base in bases.values():
            base.close()
    free, held = (statistics.median(rates[name]) for name in ("free", "held"))
    ratios = [one / other for one, other in zip(rates["held"], rates["free"], strict=True)]
    return {
        "people": people,
        "trail_lines": lines,
        "rounds": ROUNDS,
        "per_second": round(held),
        "free_per_second": round(free),
        "ratio": round(statistics.median(ratios), 2),
        "last_ratio": round(statistics.median(ratios[-ROUNDS // 3 :]), 2),
        "inbox_dead_held": dead["held"],
        "inbox_dead_free": dead["free"],
    }


def furnished(url: str, people: int, lines: int) -> Database:
    furnish(url, people)
    base = Database(url)
    with base.transaction() as tx:
        tx.session.execute(text("SET LOCAL statement_timeout = 0"))
        tx.session.execute(text(TRAIL), {"lines": lines})
    return base


def round_of(base: Database, worker: Worker, first: int, last: int) -> float:
    """Seconds in which the events of these people are taken in and all of them moved; both databases are vacuumed before."""
    with base.transaction() as tx:
        tx.session.execute(text(HAPPENED), {"first": first, "last": last})
    with base.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM inbox, enrollment, knock"))
    begun = time.perf_counter()
    while worker.run_once():
        pass
    return time.perf_counter() - begun


def left(base: Database, people: int) -> int:
    """How many dead rows the inbox has; everybody must stand at the first wait."""
    with base.reading() as tx:
        there = "SELECT count(*) FROM enrollment WHERE step = 'first' AND status = 'waiting'"
        if tx.session.execute(text(there)).scalar_one() != people:
            raise Astray(Astray.__doc__)
        dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'inbox'"
        return int(tx.session.execute(text(dead)).scalar_one())
