"""trail: bytes a line with its indexes, the canvas's numbers over a long trail, and letting a month go.

The lines are those that the kernel writes for one contact of the benchmark's journey, times as many contacts. The
numbers are asked of the real web by HTTP. `delete_ratio` is deleting a month's lines to dropping the month.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, text

from bench import postgres
from bench.drawing import DEFINITION, ENTRY, PHASES
from bench.events import settled
from bench.http_load import request
from bench.serving import furnish, web
from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Crumb, Facts, fresh
from runtime.counting import count_trail
from runtime.database import Database
from runtime.trail_months import TrailMonths, later, part_of, start_of
from store.database import dumps, engine_options

LINES, QUICK_LINES = 5_000_000, 300_000
ASKED = 200
CHUNK = 200_000

WRITE = """INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
SELECT 1, n, :version, c.at + n * interval '1 millisecond', c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, c.detail
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n, jsonb_to_recordset(CAST(:crumbs AS jsonb))
  AS c(at timestamptz, op text, stage text, step text, exit text, arrow text, visit int, seq int, detail jsonb)"""
COUNT = """INSERT INTO counter (version_id, node, workspace_id, here, passed)
SELECT :version, key, 1, 0, value::bigint FROM jsonb_each_text(CAST(:passed AS jsonb))"""
SIZE = """SELECT sum(pg_relation_size(relid)), sum(pg_indexes_size(relid)), sum(pg_total_relation_size(relid))
FROM pg_partition_tree('trail') WHERE isleaf"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: bytes a line, milliseconds of the canvas's numbers and of letting a month go."""
    crumbs, passed = walked()
    people = (QUICK_LINES if quick else LINES) // len(crumbs)
    with postgres.server() as server:
        url = postgres.fresh(server, "trail")
        secret = furnish(url)
        engine = create_engine(url, **engine_options(url))
        with engine.begin() as connection:
            row = connection.execute(text("SELECT id, live_version_id FROM journey")).one()
        begun = time.perf_counter()
        fill(engine, row.live_version_id, crumbs, people)
        wrote = time.perf_counter() - begun
        with engine.begin() as connection:
            counters = {node: number * people for node, number in passed.items()}
            connection.execute(text(COUNT), {"version": row.live_version_id, "passed": dumps(counters)})
            lines = connection.execute(text("SELECT count(*) FROM trail")).scalar_one()
            table, indexes, total = connection.execute(text(SIZE)).one()
        with web(url) as (port, _):
            asked = request("GET", f"/api/v1/journeys/{row.id}/stats", Authorization=f"Bearer {secret}")
            found = settled(port, 60, iter([asked] * ASKED), connections=1)
        assert set(found.statuses) == {200}, found.refusal
        gone = let_go(url)
        engine.dispose()
    return {
        "lines": lines,
        "bytes_a_line": round(total / lines),
        "of_them_table": round(table / lines),
        "of_them_indexes": round(indexes / lines),
        "written_per_second": round(lines / wrote),
        "counts_p50_ms": round(found.percentile(50), 1),
        "counts_p95_ms": round(found.percentile(95), 1),
        "counts_worst_ms": round(max(found.times) * 1000, 1),
        **gone,
    }


def walked() -> tuple[list[Crumb], dict[str, int]]:
    """The whole trail of one contact through the journey, and how often it passed each node."""
    plan, now = compile_plan(DEFINITION), start_of(datetime.now(UTC)) + timedelta(days=2)
    facts, position = Facts("1", {"skin": "dry"}, ["new"]), fresh("in", now, ENTRY)
    trail: list[Crumb] = []
    for after in PHASES.values():
        (move,) = advance(plan, [position], [[]], [facts], now + after)
        position = move.position
        trail += move.trail
    passed: Counter[str] = Counter()
    told = [(c.op, c.stage, c.step, c.exit, c.arrow, c.detail) for c in trail]
    count_trail(told, {"a7": "done"}, passed)
    return trail, dict(passed)


def fill(engine: Engine, version_id: int, crumbs: list[Crumb], people: int) -> None:
    """Write the trail of so many people, one whole life behind the other as in a database that has grown old."""
    names = ("at", "op", "stage", "step", "exit", "arrow", "visit", "seq", "detail")
    given = dumps([{name: getattr(crumb, name) for name in names} for crumb in crumbs])
    for first in range(1, people + 1, CHUNK // len(crumbs)):
        last = min(first + CHUNK // len(crumbs) - 1, people)
        with engine.begin() as connection:
            bounds = {"first": first, "last": last, "version": version_id, "crumbs": given}
            connection.execute(text(WRITE), bounds)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE trail"))


def let_go(url: str) -> dict[str, Any]:
    """Let the month go as housekeeping does in the month after the next; before, delete its lines and take that back."""
    month = start_of(datetime.now(UTC))
    with psycopg.connect(url) as connection:
        begun = time.perf_counter()
        connection.execute(f"DELETE FROM {part_of(month)}")
        deleted = time.perf_counter() - begun
        connection.rollback()
    database = Database(url)
    begun = time.perf_counter()
    TrailMonths(database, lambda session: later(month, 2), 1).keep()
    dropped = time.perf_counter() - begun
    with database.reading() as tx:
        left = tx.session.execute(text("SELECT count(*) FROM trail")).scalar_one()
    database.close()
    assert left == 0, f"{left:,} lines are left of a month that was dropped"
    return {"drop_ms": round(dropped * 1000, 1), "delete_ratio": round(deleted / dropped, 1)}
