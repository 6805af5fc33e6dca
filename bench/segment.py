"""segment: how long a marketer waits for the live count of a rule, over a dozen rules as marketers write them.

Counted as the studio asks for it, by `audience.segment_count.count`, in a transaction of its own. `worst_off` compares each
count that was worked out from a part with the whole count, as a share of all people.
"""

from __future__ import annotations

import statistics
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from audience.segment_count import Count, count
from bench.crowd import NOW, crowd
from rules.conditions import parse

PEOPLE, QUICK_PEOPLE = 1_000_000, 100_000
ROUNDS, QUICK_ROUNDS = 5, 3


def all_of(*rules: dict[str, Any], combinator: str = "and") -> dict[str, Any]:
    return {"combinator": combinator, "rules": list(rules)}


def one(field: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value, **more}


RULES: dict[str, dict[str, Any]] = {
    "city and gender": all_of(
        one("attribute.city", "in", ["上海", "杭州"]), one("attribute.gender", "=", "f")
    ),
    "a tag": all_of(one("tags", "has", "style3")),
    "tags and points": all_of(one("tags", "hasAny", ["wave1", "wave2"]), one("attribute.points", ">=", 3000)),
    "a high tier that is silent": all_of(
        one("tier.value", "=", "high"), one("history.page_viewed.count", "=", 0, within="P30D")
    ),
    "bought this month": all_of(one("history.order_paid.count", ">=", 1, within="P30D")),
    "bought often in half a year": all_of(one("history.order_paid.count", ">=", 3, within="P180D")),
    "spent a thousand in ninety days": all_of(
        one("history.order_paid.sum.amount", ">=", 1000, within="P90D")
    ),
    "never bought": all_of(one("history.order_paid.count", "=", 0), one("attribute.city", "=", "上海")),
    "cart without order within a day": all_of(
        one("history.cart_added.without.order_paid", ">=", 1, after="P1D", within="P14D")
    ),
    "last order long ago": all_of(one("history.order_paid.last", "<", "2026-09-01")),
    "viewed much or replied, in three towns": all_of(
        all_of(
            one("history.product_viewed.count", ">=", 3, within="P14D"),
            one("history.replied.count", ">=", 1, within="P7D"),
            combinator="or",
        ),
        one("attribute.city", "in", ["北京", "深圳", "成都"]),
    ),
    "birthday in two weeks": all_of(one("attribute.birthday", "contains", "-12-0"), one("tags", "notNull")),
    "joined lately, ordered a certain product": all_of(
        one("since.joined", "<=", 60),
        one("history.order_paid.count", ">=", 1, where=one("event.sku", "=", "p7"), within="P90D"),
    ),
}


def run(quick: bool) -> dict[str, Any]:
    """Figures: `p95_ms`, the median, the slowest rule, how many counts were exact, what the index costs."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with crowd(people) as (_, engine):
        return measured(engine, people, QUICK_ROUNDS if quick else ROUNDS)


def measured(engine: Engine, people: int, rounds: int) -> dict[str, Any]:
    """Count every rule so often; the first count of each is not left out."""
    took: dict[str, list[float]] = {name: [] for name in RULES}
    found: dict[str, Count] = {}
    for _ in range(rounds):
        for name, tree in RULES.items():
            with Session(engine) as session:
                found[name] = count(session, 1, parse(tree), NOW)
                took[name].append(found[name].took_ms)
    every = sorted(ms for each in took.values() for ms in each)
    slowest = max(took, key=lambda name: statistics.median(took[name]))
    return {
        "people": people,
        "events": people * 10,
        "p95_ms": round(every[min(len(every) - 1, int(len(every) * 0.95))], 1),
        "p50_ms": round(statistics.median(every), 1),
        "max_ms": round(every[-1], 1),
        "slowest": slowest,
        "slowest_ms": round(statistics.median(took[slowest]), 1),
        "exact": sum(each.exact for each in found.values()),
        "rules": len(RULES),
        **{f"ms {name}": round(statistics.median(each), 1) for name, each in took.items()},
        **sizes(engine, people * 10),
    }


def sizes(engine: Engine, events: int) -> dict[str, Any]:
    """What the index over names and times costs."""
    with engine.connect() as connection:
        size = connection.execute(text("SELECT pg_relation_size(to_regclass('ix_event_name_at'))")).scalar()
        table = connection.execute(text("SELECT pg_relation_size('event')")).scalar_one()
    return {"index_bytes_an_event": round((size or 0) / events, 1), "event_bytes": round(table / events, 1)}
