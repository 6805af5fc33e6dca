"""sizes: bytes of each table with its indexes, for each row and each contact, after everybody has walked the whole journey.

What docs/scaling.md reckons with: one contact, one journey of three moves, one or two messages.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench.drawing import PHASES, START, populate
from bench.postgres import fresh, server
from content.tables import Material
from runtime.database import Database
from runtime.worker import Worker
from store.database import engine_options
from store.migrate import upgrade

PEOPLE, QUICK_PEOPLE = 50_000, 5_000
TABLES = ("contact", "enrollment", "trail", "outbox", "inbox", "event", "knock")
#: A partitioned table is its partitions.
SIZE = """SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
  WHERE c.oid = CAST(:name AS regclass) OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = CAST(:name AS regclass))"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: bytes a row by table, rows a contact, and bytes a contact altogether."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with server() as url:
        here = fresh(url, "bench_sizes")
        upgrade(here)
        engine = create_engine(here, **engine_options(here))
        with Session(engine) as session:
            populate(session.connection(), people)
            session.add_all(
                Material(
                    workspace_id=1,
                    key=key,
                    name=key,
                    carrier="sandbox",
                    updated_at=START,
                    body={"text": "你好"},
                )
                for key in ("hello", "offer")
            )
            session.commit()
        _walk(here)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            figures: dict[str, Any] = {"people": people}
            total = 0
            for table in TABLES:
                rows = connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
                size = int(connection.execute(text(SIZE), {"name": table}).scalar_one())
                total += size
                if rows:
                    figures[f"{table}_bytes"] = round(size / rows)
                    figures[f"{table}_rows_a_contact"] = round(rows / people, 2)
            figures["bytes_a_contact"] = round(total / people)
        engine.dispose()
    return figures


def _walk(url: str) -> None:
    """Everybody through the whole journey, as a worker does it."""
    database = Database(url)
    for after in PHASES.values():
        now = START + after + timedelta(minutes=1)
        Worker(database, now=lambda _, now=now: now).run_until_idle()  # type: ignore[misc]
    database.close()
