"""The engine and hand-written SQL move the same people through the same journey, batch by batch in turn."""

from __future__ import annotations

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import psutil
from sqlalchemy import Engine, Table, create_engine, select, text

from audience.tables import Contact
from bench.drawing import PHASES, START, populate
from bench.handwritten import Handwritten
from bench.machine import Taken, taken
from journeys import tables
from runtime.advance import Advance
from runtime.database import Database
from runtime.intake import Intake
from runtime.routes import Routes
from store.database import engine_options
from store.migrate import upgrade
from store.tables import Inbox, Outbox

#: What both must have written, and the columns in which they may differ: numbers drawn from a sequence, and
#: the wall clock.
WRITTEN: dict[Any, set[str]] = {
    tables.Enrollment: set(),
    tables.Trail: {"id"},
    tables.Counter: set(),
    Outbox: {"id"},
    Contact: {"updated_at"},
    Inbox: {"id", "stored_at"},
}


class Disagreement(AssertionError):
    """The engine and the hand-written SQL left different rows: no figure of this run means anything."""


class Engines:
    """The product's engine on one database, at a time that the benchmark sets."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.now: datetime = START
        routes = Routes()
        self.advance = Advance(self.database, routes, lambda session: self.now)
        self.intake = Intake(self.database, routes, lambda session: self.now)

    def take_in(self) -> None:
        """Take in what the moves told the inbox; not measured."""
        while self.intake.run():
            pass


def race(engine_url: str, hand_url: str, people: int, batch: int) -> dict[str, Any]:
    """Populate both databases, move everybody to the end in turns, compare the rows, and return the figures.

    Raises Disagreement.
    """
    for url in (engine_url, hand_url):
        _fill(url, people)
    ours, other = Engines(engine_url), Engines(hand_url)
    by_hand = Handwritten(hand_url, "advance")
    server_cpu = _server_cpu(ours.database.engine, by_hand)
    rates: dict[str, dict[str, list[Taken]]] = {}
    spent: dict[str, float] = defaultdict(float)
    for phase, after in PHASES.items():
        now = ours.now = other.now = START + after
        ways: dict[str, Callable[[], int]] = {
            "engine": lambda: ours.advance.run(batch),
            "hand": lambda phase=phase, now=now: by_hand.batch(phase, now, batch),
        }
        rates[phase] = _in_turns(ways, spent, server_cpu)
        ours.take_in()
        other.take_in()
    by_hand.close()
    _compare(ours.database.engine, other.database.engine)
    ours.database.close()
    other.database.close()
    return _figures(rates, spent, people, batch)


def _fill(url: str, people: int) -> None:
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        populate(connection, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()


def _in_turns(
    ways: dict[str, Callable[[], int]], spent: dict[str, float], server_cpu: Callable[[str], float]
) -> dict[str, list[Taken]]:
    """A batch of the one, a batch of the other, who begins changing each time, until nobody is due."""
    found: dict[str, list[Taken]] = {name: [] for name in ways}
    order = list(ways)
    while order:
        for name in list(order):
            before = server_cpu(name)
            once = taken(ways[name])
            if once.done:
                found[name].append(once)
                spent[name] += server_cpu(name) - before
            else:
                order.remove(name)
        order.reverse()
    return found


def _server_cpu(engine: Engine, by_hand: Handwritten) -> Callable[[str], float]:
    """How many seconds of CPU the server process behind each connection has used; 0 where there is none."""
    if by_hand.sqlite:
        return lambda name: 0.0
    with engine.connect() as connection:
        ours = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    by_hand.cursor.execute("SELECT pg_backend_pid()")
    pids = {"engine": ours, "hand": by_hand.cursor.fetchone()[0]}
    by_hand.connection.commit()
    if not all(psutil.pid_exists(pid) for pid in pids.values()):
        return lambda name: 0.0  # the server is on another machine
    servers = {name: psutil.Process(pid) for name, pid in pids.items()}

    def used(name: str) -> float:
        times = servers[name].cpu_times()
        return float(times.user + times.system)

    return used


def _compare(first: Engine, second: Engine) -> None:
    for model, left_out in WRITTEN.items():
        found = [_digest(engine, model.__table__, left_out) for engine in (first, second)]
        if found[0] != found[1]:
            raise Disagreement(f"{Disagreement.__doc__} {model.__tablename__}: {found[0]} and {found[1]}")


def _digest(engine: Engine, table: Table, left_out: set[str]) -> tuple[int, str]:
    """How many rows there are, and a sum over all of them that does not depend on their order."""
    columns = [column for column in table.columns if column.name not in left_out]
    total, count = 0, 0
    with engine.connect().execution_options(yield_per=5000) as connection:
        for row in connection.execute(select(*columns)):
            written = orjson.dumps(list(row), option=orjson.OPT_SORT_KEYS)
            total += int.from_bytes(hashlib.blake2b(written, digest_size=8).digest())
            count += 1
    return count, f"{total % 2**64:016x}"


def _figures(
    rates: dict[str, dict[str, list[Taken]]], spent: dict[str, float], people: int, batch: int
) -> dict[str, Any]:
    """Medians of the batches of each phase; a contact's whole way is the sum of the phases."""
    seconds = {
        name: sum(statistics.median(1 / t.per_second for t in phase[name]) for phase in rates.values())
        for name in ("engine", "hand")
    }
    moves = people * len(rates)
    cpu = sum(t.cpu for phase in rates.values() for t in phase["engine"])
    figures: dict[str, Any] = {
        "people": people,
        "batch": batch,
        "ratio": round(seconds["hand"] / seconds["engine"], 3),
        "per_second": round(len(rates) / seconds["engine"]),
        "hand_per_second": round(len(rates) / seconds["hand"]),
        "cpu_us": round(cpu * 1e6 / moves, 1),
    }
    if spent["engine"]:
        figures["server_cpu_us"] = round(spent["engine"] * 1e6 / moves, 1)
        figures["hand_server_cpu_us"] = round(spent["hand"] * 1e6 / moves, 1)
        figures["per_cpu_second"] = round(moves / (cpu + spent["engine"]))
    for phase, found in rates.items():
        engine, hand = (statistics.median(t.per_second for t in found[name]) for name in ("engine", "hand"))
        figures[f"ratio_{phase}"] = round(engine / hand, 3)
    return figures
