"""keeping: contacts looked at again for twenty watched rules in a second, one worker, and how long a look holds its locks.

The rules are those of `bench segment` and a few more. Half of the contacts looked at have bought or moved since, so that
segments are entered and left and the signals of that are written, too. `fill_per_second` is the first look at everybody:
answers to a rule in a second.
"""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from audience import keeping, segment_making
from audience.tables_keeping import WatchedRule
from bench.crowd import NOW, crowd
from bench.segment import RULES, one

PEOPLE, QUICK_PEOPLE = 200_000, 20_000
NOTED, QUICK_NOTED = 50_000, 10_000
MORE = {
    f"town {n}": one("attribute.city", "=", town)
    for n, town in enumerate(["上海", "北京", "广州", "深圳", "成都", "杭州", "武汉"])
}
HAPPENED = """INSERT INTO event (id, workspace_id, contact_id, name, occurred_at, stored_at, properties)
SELECT 1000000000 + n, 1, n * 2, 'order_paid', :at, :at, '{"amount": 900, "sku": "p7"}'
FROM generate_series(1, CAST(:some AS bigint)) AS n"""
MOVED = 'UPDATE contact SET attributes = attributes || \'{"city": "上海"}\' WHERE id <= :noted AND id % 4 = 1'


def run(quick: bool) -> dict[str, Any]:
    """Figures: `per_second`, `fill_per_second`, and the longest transaction of a look in ms."""
    people, noted = (QUICK_PEOPLE, QUICK_NOTED) if quick else (PEOPLE, NOTED)
    with crowd(people) as (_, engine):
        rules = {**RULES, **MORE}
        with Session(engine) as session:
            for name, rule in rules.items():
                segment_making.create(session, 1, name=name, kind="rule", now=NOW, rule=rule)
            session.commit()
        filled = looks(engine, NOW)
        with Session(engine) as session:
            assert not session.scalar(select(func.count()).where(WatchedRule.filled_to.is_not(None)))
            later = NOW + timedelta(seconds=30)
            session.execute(text(HAPPENED), {"at": NOW, "some": noted // 4})
            session.execute(text(MOVED), {"noted": noted})
            keeping.note(session, ((1, number) for number in range(1, noted + 1)))
            session.commit()
        again = looks(engine, later)
        with Session(engine) as session:
            signals = session.execute(text("SELECT count(*) FROM inbox")).scalar_one()
    return {
        "people": people,
        "rules": len(rules),
        "looked_at": noted,
        "per_second": round(noted / sum(again)),
        "us_a_rule": round(sum(again) / noted / len(rules) * 1e6, 1),
        "signals": signals,
        "fill_per_second": round(people * len(rules) / sum(filled)),
        "longest_ms": round(max(*again, *filled) * 1000),
        "median_ms": round(statistics.median(again) * 1000),
    }


def looks(engine: Engine, now: datetime) -> list[float]:
    """Look until nothing is left; the seconds of each transaction."""
    took: list[float] = []
    while True:
        begun = time.perf_counter()
        with Session(engine) as session:
            more = keeping.look(session, now)
            session.commit()
        if not more:
            return took
        took.append(time.perf_counter() - begun)
