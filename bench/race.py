"""The engine and hand-written SQL move the same people through the same journey, batch by batch in turn."""

from __future__ import annotations

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import psutil
from sqlalchemy import Engine, Table, create_engine, select, text

from audience.tables import Contact
from bench.drawing import PHASES, START, populate
from bench.handwritten import Handwritten, InTwo
from bench.machine import Taken, taken
from journeys import tables
from runtime.database import Database
from runtime.intake import Intake
from runtime.lanes import Lanes
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
        self.advance = Lanes(self.database, routes, lambda session: self.now)
        self.intake = Intake(self.database, routes, lambda session: self.now)

    def take_in(self) -> None:
        """Take in what the moves told the inbox; not measured."""
        while self.intake.run():
            pass


def race(urls: Sequence[str], people: int, batch: int, *, apart: bool = False) -> dict[str, Any]:
    """Populate the databases, move everybody to the end in turns, compare the rows, and return the figures.

    The first database is the engine's, the second that of the hand-written SQL; on a third, if there is one, the same SQL
    runs in two sessions at once, as the engine does. Raises Disagreement.
    """
    for url in urls:
        fill(url, people, apart)
    names = ("engine", "hand", "hand_two")[: len(urls)]
    engines = {name: Engines(url) for name, url in zip(names, urls, strict=True)}
    hands: dict[str, Any] = {"hand": Handwritten(urls[1], "advance")}
    if len(urls) > 2:
        hands["hand_two"] = InTwo(urls[2], "advance")
    rates: dict[str, dict[str, list[Taken]]] = {}
    spent: dict[str, float] = defaultdict(float)
    for phase, after in PHASES.items():
        now = START + after
        for one in engines.values():
            one.now = now
        ways: dict[str, Callable[[], int]] = {"engine": lambda: engines["engine"].advance.run(batch)}
        for name, hand in hands.items():
            ways[name] = lambda hand=hand, phase=phase, now=now: hand.batch(phase, now, batch)
        rates[phase] = in_turns(ways, spent, _server_cpu({n: e.database.engine for n, e in engines.items()}))
        for one in engines.values():
            one.take_in()
    for hand in hands.values():
        hand.close()
    for name in names[1:]:
        _compare(engines["engine"].database.engine, engines[name].database.engine)
    for one in engines.values():
        one.advance.close()
        one.database.close()
    return _figures(rates, spent, people, batch)


def fill(url: str, people: int, apart: bool = False) -> None:
    upgrade(url)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        populate(connection, people, apart=apart)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()


def in_turns(
    ways: Mapping[str, Callable[[], int]], spent: dict[str, float], server_cpu: Callable[[str], float]
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


def _server_cpu(engines: Mapping[str, Engine]) -> Callable[[str], float]:
    """How many seconds of CPU the server processes behind each database have used; 0 where there are none."""

    def used(name: str) -> float:
        if engines[name].dialect.name == "sqlite":
            return 0.0
        with engines[name].connect() as connection:
            pids = connection.exec_driver_sql(_BACKENDS).scalars().all()
        times = [psutil.Process(pid).cpu_times() for pid in pids if psutil.pid_exists(pid)]
        return float(sum(one.user + one.system for one in times))

    return used


_BACKENDS = """SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'"""


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
        for name in next(iter(rates.values()))
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
    if "hand_two" in seconds:
        figures["ratio_two"] = round(seconds["hand_two"] / seconds["engine"], 3)
        figures["hand_two_per_second"] = round(len(rates) / seconds["hand_two"])
    if spent["engine"]:
        figures["server_cpu_us"] = round(spent["engine"] * 1e6 / moves, 1)
        figures["hand_server_cpu_us"] = round(spent["hand"] * 1e6 / moves, 1)
        figures["per_cpu_second"] = round(moves / (cpu + spent["engine"]))
        figures["hand_per_cpu_second"] = round(moves / spent["hand"])
    for phase, found in rates.items():
        engine, hand = (statistics.median(t.per_second for t in found[name]) for name in ("engine", "hand"))
        figures[f"ratio_{phase}"] = round(engine / hand, 3)
    return figures
