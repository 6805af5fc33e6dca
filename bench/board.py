"""board: how long the lifecycle board takes to be counted, people in six stages with a month of moves and half of them in a journey.

Counted by the statements of the page, each round in a transaction of its own. `board_ms` are the columns, `journeys_ms` the
stages of journeys below them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from audience import lifecycle_board
from audience.tables_tiers import LIFECYCLE, TierDimension
from bench import postgres
from bench.crowd import NOW, WORKSPACE
from insights import lifecycle_places
from store.database import engine_options
from store.migrate import upgrade

PEOPLE, QUICK_PEOPLE = 1_000_000, 50_000
ROUNDS = 5
STAGES = ("retained", "bought", "tried", "met", "knows", "new")
DAYS = 30
PLACES = ", ".join(f"'{stage}'" for stage in STAGES)
STANDINGS = f"""INSERT INTO tier_standing (dimension_id, contact_id, workspace_id, level, "natural", since, met, lost)
SELECT 1, n, 1, s.level, s.level, :now - (n * 7919 % 5000) * interval '1 hour', jsonb_build_array(s.level), '{{}}'
FROM generate_series(1, CAST(:people AS bigint)) AS n,
  LATERAL (SELECT (ARRAY[{PLACES}])[1 + n * 31 % 6] AS level) AS s"""
#: Six moves for ten people in a hundred days: a third of them within the month that is asked for.
CHANGES = f"""INSERT INTO tier_change (workspace_id, dimension_id, contact_id, old, new, because, at, by)
SELECT 1, 1, 1 + n * 3 % :people, (ARRAY[{PLACES}])[1 + n * 31 % 6], (ARRAY[{PLACES}])[1 + n * 17 % 6], 'advanced',
  :now - (n * 104729 % 144000) * interval '1 minute', '' FROM generate_series(1, CAST(:people AS bigint) * 6 / 10) AS n"""
ENROLLMENTS = """INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, entry_id, status,
  stage, step, visit, seq, void_seq, entered_journey, taken_at, state, epoch)
SELECT 1, 1, 1, 'contact', n * 2, '', 'e', CASE n % 3 WHEN 0 THEN 'ended' ELSE 'waiting' END, 'stage' || n % 4, 's', 1, 1, 0,
  :now, :now, '{}', 0 FROM generate_series(1, CAST(:people AS bigint) / 2) AS n"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: medians and the longest of five rounds, in ms."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with postgres.server({**postgres.SIZES, "work_mem": "4MB", "maintenance_work_mem": "512MB"}) as server:
        url = postgres.fresh(server, "bench_board")
        upgrade(url)
        engine = create_engine(url, **engine_options(url))
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(WORKSPACE), {"now": NOW})
        with Session(engine) as session:
            session.add(dimension())
            session.commit()
        given = {"now": NOW, "people": people}
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            for statement in (STANDINGS, CHANGES, ENROLLMENTS):
                connection.execute(text(statement), given)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE tier_standing, tier_change, enrollment"))
        with Session(engine) as session:
            row = session.get_one(TierDimension, 1)
            columns = lifecycle_board.columns(session, row, NOW - timedelta(days=DAYS), NOW)
            assert sum(column.people for column in columns.values()) == people
        took = timed(engine, lambda session, row: lifecycle_board.columns(
            session, row, NOW - timedelta(days=DAYS), NOW
        ))  # fmt: skip
        below = timed(engine, lambda session, row: lifecycle_places.places(session, 1, row.id))
        engine.dispose()
    return {
        "people": people,
        "moves": people * 6 // 10,
        "board_ms": round(statistics.median(took), 1),
        "board_worst_ms": round(max(took), 1),
        "journeys_ms": round(statistics.median(below), 1),
        "journeys_worst_ms": round(max(below), 1),
    }


def dimension() -> TierDimension:
    return TierDimension(
        id=1, workspace_id=1, key="life", name="Life", kind=LIFECYCLE, levels=[{"key": stage} for stage in STAGES],
        demote_after_days=0, otherwise="none", ready_at=NOW, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def timed(engine: Engine, act: Callable[[Session, TierDimension], object]) -> list[float]:
    """How long each of the rounds took, in ms."""
    took = []
    for _ in range(ROUNDS):
        with Session(engine) as session:
            row = session.get_one(TierDimension, 1)
            begun = time.perf_counter()
            act(session, row)
            took.append((time.perf_counter() - begun) * 1000)
    return took
