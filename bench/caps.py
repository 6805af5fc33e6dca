"""caps: what it costs the engine to keep caps, on PostgreSQL: the moves of `advance` with caps set, beside the same without.

Three caps (all carriers, one carrier, one tag) and one message a minute, wide enough to hold nobody: both engines
write the same rows, and only the locking of contacts and the reading of their touches differ.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from bench.drawing import PHASES, START
from bench.machine import Taken
from bench.postgres import fresh, server
from bench.race import Engines, fill, in_turns
from store.database import engine_options
from store.tables import Outbox
from store.tables_reach import ReachPolicy

PEOPLE, QUICK_PEOPLE = 100_000, 16_000
BATCH = 2_000
WIDE = {
    "one_a_minute": True,
    "caps": [
        {"most": 50, "per": "P7D"},
        {"most": 20, "per": "month", "carriers": ["sandbox"]},
        {"most": 10, "per": "day", "who": {"tag": "vip"}},
    ],
}


def run(quick: bool) -> dict[str, Any]:
    """Figures: ratio of moves a second with caps to those without, both rates, and messages that each wrote."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with server() as url:
        urls = {name: fresh(url, f"bench_{name}") for name in ("without", "with")}
        for address in urls.values():
            fill(address, people)
        _allow(urls["with"])
        engines = {name: Engines(address) for name, address in urls.items()}
        phases = [_phase(engines, START + after) for after in PHASES.values()]
        written = {name: _messages(address) for name, address in urls.items()}
        for one in engines.values():
            one.advance.close()
            one.database.close()
    if written["with"] != written["without"]:
        raise AssertionError(f"Caps that hold nobody have held somebody: {written}")
    seconds = {
        name: sum(statistics.median(1 / batch.per_second for batch in phase[name]) for phase in phases)
        for name in urls
    }
    return {
        "people": people,
        "batch": BATCH,
        "ratio": round(seconds["without"] / seconds["with"], 3),
        "per_second": round(len(phases) / seconds["with"]),
        "without_per_second": round(len(phases) / seconds["without"]),
        "messages": written["with"],
    }


def _phase(engines: dict[str, Engines], now: Any) -> dict[str, list[Taken]]:
    for one in engines.values():
        one.now = now
    ways = {name: partial(one.advance.run, BATCH) for name, one in engines.items()}
    found = in_turns(ways, dict.fromkeys(engines, 0.0), lambda _: 0.0)
    for one in engines.values():
        one.take_in()
    return found


def _allow(url: str) -> None:
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        session.add(
            ReachPolicy(workspace_id=1, revision=1, policies=WIDE, changed_at=START, changed_by="bench")
        )
        session.commit()
    engine.dispose()


def _messages(url: str) -> int:
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        found = session.scalars(select(func.count()).select_from(Outbox)).one()
    engine.dispose()
    return int(found)
