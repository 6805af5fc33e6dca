"""orm: the same journey by the object mapper, one person at a time, with a commit to each step.

`ratio` is what the engine does with batches on the same server in the same run: whole ways through the journey.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from bench import postgres
from bench.drawing import PHASES, START, populate
from bench.machine import taken
from bench.one_by_one import step
from bench.race import Engines
from store.database import engine_options
from store.migrate import upgrade

PEOPLE, QUICK_PEOPLE = 1000, 200
ENGINE_PEOPLE, QUICK_ENGINE_PEOPLE = 50_000, 10_000
BATCH = 2000


def run(quick: bool) -> dict[str, Any]:
    """Figures: people a second through the whole journey, both ways, and CPU of this process to each."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with postgres.server() as server:
        url = postgres.fresh(server, "orm")
        engine = filled(url, people)
        single = taken(lambda: one_by_one(engine, people))
        engine.dispose()
        ours = by_engine(postgres.fresh(server, "engine"), QUICK_ENGINE_PEOPLE if quick else ENGINE_PEOPLE)
    return {
        "people": people,
        "orm_per_second": round(single.per_second, 1),
        "orm_cpu_us": round(single.cpu_us),
        "engine_per_second": round(ours),
        "ratio": round(ours / single.per_second),
    }


def filled(url: str, people: int) -> Engine:
    """A database with so many people at the door of the journey."""
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        populate(connection, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return engine


def one_by_one(engine: Engine, people: int) -> int:
    """Everybody from the door to the end."""
    with Session(engine) as session:
        for number in range(1, people + 1):
            while step(session, number):
                pass
    return people


def by_engine(url: str, people: int) -> float:
    """People a second through the whole journey by the product's engine; the clock stands still while it rings."""
    filled(url, people).dispose()
    engines = Engines(url)
    seconds = 0.0
    with closing(engines.database):
        for after in PHASES.values():
            engines.now = START + after
            begun = time.perf_counter()
            while engines.advance.run(BATCH):
                pass
            seconds += time.perf_counter() - begun
            engines.take_in()
    return people / seconds
