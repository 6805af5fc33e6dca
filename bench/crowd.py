"""A crowd for benchmarks about rules: contacts as a shop has them, and what they did in half a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, text

from bench import postgres
from store.database import engine_options
from store.migrate import upgrade

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
EVENTS_EACH = 10
WORKSPACE = """INSERT INTO workspace (id, name, slug, timezone, settings, created_at)
VALUES (1, 'Bench', 'bench', 'Asia/Shanghai', '{}', :now)"""
#: What a contact is made of follows from its number, so that every run has the same crowd.
CONTACTS = """INSERT INTO contact (id, workspace_id, external_id, name, attributes, tags, tiers, created_at, updated_at)
SELECT n, 1, 'u' || n, 'Customer ' || n,
  jsonb_build_object('city', (ARRAY['上海','北京','广州','深圳','成都','杭州','武汉','西安'])[1 + n * 7 % 8],
    'gender', CASE WHEN n % 3 = 0 THEN 'm' ELSE 'f' END, 'points', n * 7919 % 5000, 'source', 'channel' || n * 31 % 12,
    'income', 5000 + n * 104729 % 40000,
    'birthday', to_char(date '1970-01-01' + (n * 6151 % 12000)::int, 'YYYY-MM-DD'),
    'joined', to_char(date '2026-11-20' - (n * 3571 % 700)::int, 'YYYY-MM-DD')),
  CASE n % 5 WHEN 0 THEN '[]'::jsonb
    ELSE jsonb_build_array('style' || n * 13 % 20, 'band' || n * 17 % 10, 'wave' || n * 29 % 30) END,
  jsonb_build_object('value', (ARRAY['high','mid','low','low'])[1 + n * 11 % 4]), :now, :now
FROM generate_series(1, CAST(:people AS bigint)) AS n"""
#: A few do much and many do little: the square of an even draw.
EVENTS = """INSERT INTO event (id, workspace_id, contact_id, name, occurred_at, stored_at, properties)
SELECT n, 1, 1 + floor(:people * power(d.who, 1.7))::bigint,
  (ARRAY['page_viewed','page_viewed','page_viewed','page_viewed','product_viewed','product_viewed','replied','cart_added',
    'order_paid','coupon_used'])[1 + floor(d.what * 10)::int],
  d.at, d.at, jsonb_build_object('amount', 20 + n * 7907 % 900, 'sku', 'p' || n * 131 % 500)
FROM generate_series(1, CAST(:events AS bigint)) AS n,
  LATERAL (SELECT random() AS who, random() AS what, :now - random() * interval '180 days' + n * interval '0' AS at) AS d"""


@contextmanager
def crowd(people: int) -> Iterator[tuple[str, Engine]]:
    """A database with a workspace, so many people and ten times as many events; its address and an engine."""
    with postgres.server({**postgres.SIZES, "work_mem": "4MB", "maintenance_work_mem": "512MB"}) as server:
        url = postgres.fresh(server, "bench_crowd")
        upgrade(url)
        engine = create_engine(url, **engine_options(url))
        try:
            load(engine, people)
            yield url, engine
        finally:
            engine.dispose()


def load(engine: Engine, people: int) -> None:
    """Put the people and their events in; indexes of events are made at the end, as after an import."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT setseed(0.5)"))
        connection.execute(text(WORKSPACE), {"now": NOW})
        connection.execute(text(CONTACTS), {"people": people, "now": NOW})
        made = connection.execute(
            text(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'event' AND indexname LIKE 'ix_%'"
            )
        ).all()
        for name, _ in made:
            connection.execute(text(f'DROP INDEX "{name}"'))
        connection.execute(text(EVENTS), {"people": people, "events": people * EVENTS_EACH, "now": NOW})
        for _, statement in made:
            connection.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE contact, event"))
