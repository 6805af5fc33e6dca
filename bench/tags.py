"""tags: contacts a second whose tags a rule sets, a job sets, and whose history intake writes; on PostgreSQL.

Everybody of a crowd is asked one rule; half of them hold and get an exclusive value in place of another. Then a job
tags everybody by the same rule. Both through the product's own housekeeping, a transaction a portion; `longest_ms` is
the longest of all those transactions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from audience import keeping, tag_definitions, tag_jobs, tag_rule_making
from bench.postgres import fresh, server
from runtime.database import Database
from runtime.intake import Intake
from runtime.routes import Routes
from store.database import engine_options
from store.migrate import upgrade
from store.workspaces import create_workspace

PEOPLE, QUICK_PEOPLE = 200_000, 20_000
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
STYLE = {
    "name": "style",
    "values": [{"value": "business"}, {"value": "casual"}],
    "exclusive": True,
    "days": 90,
}
LIKES = {"combinator": "and", "rules": [{"field": "attribute.visits", "operator": ">=", "value": 5}]}
CROWD = text("""INSERT INTO contact (workspace_id, external_id, name, attributes, tags, created_at, updated_at)
SELECT :workspace, 'c' || n, 'c' || n, jsonb_build_object('visits', n % 10, 'city', 'town' || n % 40),
  to_jsonb(ARRAY['style=casual', 'wave' || n % 20]), :now, :now FROM generate_series(1, :people) AS n""")


def run(quick: bool) -> dict[str, Any]:
    """Figures: contacts a second by rule, by job and into the history; `longest_ms` of one transaction."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with server() as url:
        here = fresh(url, "bench_tags")
        upgrade(here)
        workspace = _furnish(here, people)
        database = Database(here)
        try:
            return _measured(database, workspace, people)
        finally:
            database.close()


def _measured(database: Database, workspace: int, people: int) -> dict[str, Any]:
    by_rule, longest_rule = _timed(database, lambda session: keeping.look(session, NOW))
    with database.transaction() as tx:
        given = {"rule": LIKES, "add": ["march"]}
        job = tag_jobs.create(tx.session, workspace, given, NOW, by="bench").id
    by_job, longest_job = _timed(database, lambda session: tag_jobs.run_some(session, NOW))
    intake = Intake(database, Routes(), lambda _: NOW)
    begun, signals = time.perf_counter(), 0
    while taken := intake.run():
        signals += taken
    told = time.perf_counter() - begun
    with database.reading() as tx:
        changed = tx.session.execute(
            text("SELECT changed FROM tag_job WHERE id = :job"), {"job": job}
        ).scalar_one()
        lines = tx.session.execute(text("SELECT count(*) FROM tag_change")).scalar_one()
    return {
        "people": people,
        "rule_looked_per_second": round(people / by_rule),
        "rule_set_tags_per_second": round(changed / by_rule),
        "bulk_tags_per_second": round(changed / by_job),
        "history_signals_per_second": round(signals / told),
        "history_lines": lines,
        "longest_ms": round(max(longest_rule, longest_job) * 1000, 1),
    }


def _timed(database: Database, act: Callable[[Session], bool]) -> tuple[float, float]:
    """Seconds until there is nothing left to do, and the longest transaction on the way."""
    begun, longest, more = time.perf_counter(), 0.0, True
    while more:
        at = time.perf_counter()
        with database.transaction() as tx:
            more = act(tx.session)
        longest = max(longest, time.perf_counter() - at)
    return time.perf_counter() - begun, longest


def _furnish(url: str, people: int) -> int:
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        workspace = create_workspace(session, "花间", "huajian", NOW)
        session.flush()
        number = workspace.id
        session.execute(CROWD, {"workspace": number, "people": people, "now": NOW})
        tag_definitions.save(session, number, STYLE, NOW, by="bench")
        rule = {"name": "Likes", "rule": LIKES, "holding": {"add": ["style=business"]}}
        tag_rule_making.save(session, number, rule, NOW, by="bench")
        session.commit()
        session.execute(text("ANALYZE contact"))
        session.commit()
    engine.dispose()
    return int(number)
