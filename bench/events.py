"""events: by HTTP in batches of 100, durable before the answer; then taken in, matched, entering and advanced.

`per_second` is what two web processes accept with key, checks, workspace and de-duplication on, `processed_per_second`
what one worker makes of it afterwards: each event of a new person opens an enrollment that walks to its first wait.
`ratio` is requests a second to those of an endpoint that does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import orjson
import psutil
import psycopg

from bench import postgres
from bench.http_load import Answers, Load, request
from bench.serving import furnish, process, web

BATCH = 100
CONNECTIONS = 12
#: So many people, each with one event by which he enters.
PEOPLE, QUICK_PEOPLE = 300_000, 30_000
#: One request in so many is sent twice.
TWICE = 50
NOOP_SECS = 2.0
PATIENCE_SECS = 240.0
WORKING = ["-m", "flask", "--app", "wsgi", "worker", "--roles", "intake,advance"]

BEGUN: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox WHERE state <> 'new')"
#: Nothing is unread, and nobody stands at the door.
FINISHED: LiteralString = """SELECT NOT EXISTS (SELECT 1 FROM inbox WHERE state = 'new')
  AND NOT EXISTS (SELECT 1 FROM enrollment WHERE due_at IS NOT NULL AND due_at <= now())"""


class WrongCount(AssertionError):
    """The database does not hold what was acknowledged: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: events a second accepted and processed, the ratio to a no-op, answer times in milliseconds."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with postgres.server() as server:
        url = postgres.fresh(server, "events")
        secret = furnish(url, people)
        bodies = requests(people, secret)
        with web(url) as (port, pid):
            noop = settled(port, NOOP_SECS, iter(lambda: request("GET", "/healthz"), None))
            before, database_before = cpu_of(pid), database_cpu(url)
            found = settled(port, PATIENCE_SECS, iter(bodies))
            web_cpu, database_spent = cpu_of(pid) - before, database_cpu(url) - database_before
        if found.statuses != {202: len(bodies)}:
            raise WrongCount(f"{found.statuses} {found.refusal.decode()[:500]}")
        accepted = len(bodies) * BATCH
        took, worker_cpu, worker_database = drained(url, people)
    return {
        "events": accepted,
        "batch": BATCH,
        "connections": CONNECTIONS,
        "per_second": round(accepted / found.wall),
        "p50_ms": round(found.percentile(50), 1),
        "p99_ms": round(found.percentile(99), 1),
        "web_cpu_us": round(web_cpu * 1e6 / accepted, 1),
        "server_cpu_us": round(database_spent * 1e6 / accepted, 1),
        "load_cpu_us": round(found.cpu * 1e6 / accepted, 1),
        "noop_per_second": round(noop.per_second),
        "ratio": round(found.per_second / noop.per_second, 3),
        "processed_per_second": round(people / took),
        "processed_cpu_us": round(worker_cpu * 1e6 / people, 1),
        "processed_server_cpu_us": round(worker_database * 1e6 / people, 1),
        "processed_per_cpu_second": round(people / (worker_cpu + worker_database)),
    }


def requests(people: int, secret: str) -> list[bytes]:
    """One event for each of the people, a hundred to a request; some requests come twice."""
    now = datetime.now(UTC)
    made = []
    for first in range(1, people + 1, BATCH):
        events = [event(n, now) for n in range(first, min(first + BATCH, people + 1))]
        made.append(posted({"events": events}, secret))
        if len(made) % TWICE == 0:
            made.append(made[-1])
    return made


def event(number: int, now: datetime) -> dict[str, Any]:
    """An ordinary event: who, what, when, and a handful of properties."""
    return {
        "event_id": f"evt-{number * 2654435761 % 2**32:08x}-{number}",
        "name": "friend_added",
        "external_id": f"c{number}",
        "occurred_at": (now - timedelta(milliseconds=number % 60_000)).isoformat(),
        "properties": {
            "source": "store",
            "store": "徐家汇",
            "amount": round(number % 997 * 1.25, 2),
            "items": number % 7,
            "member": number % 2 == 0,
        },
    }


def posted(body: dict[str, Any], secret: str, **headers: str) -> bytes:
    """A request that gives events."""
    return request(
        *("POST", "/api/v1/events", orjson.dumps(body)),
        Authorization=f"Bearer {secret}",
        Content_Type="application/json",
        **headers,
    )


def settled(port: int, secs: float, bodies: Iterator[bytes], connections: int = CONNECTIONS) -> Answers:
    """What a load of these requests brings."""
    load = Load(port, connections)
    try:
        return load.run(bodies, secs)
    finally:
        load.close()


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    spent = 0.0
    for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            spent += sum(one.cpu_times()[:2])
    return spent


def database_cpu(url: str) -> float:
    """Seconds of CPU that the database server has used, those that have gone included; 0 if it is elsewhere."""
    with psycopg.connect(url) as connection:
        pid = connection.info.backend_pid
        if not psutil.pid_exists(pid):
            return 0.0
        server = psutil.Process(pid).parent()
    assert server is not None
    times = server.cpu_times()
    return cpu_of(server.pid) + float(times.children_user + times.children_system)


def told(connection: psycopg.Connection, question: LiteralString) -> bool:
    """What the database answers to a question of yes or no."""
    row = connection.execute(question).fetchone()
    return bool(row and row[0])


def drained(url: str, people: int) -> tuple[float, float, float]:
    """Let one worker take in and move what lies in the inbox: seconds from its first batch to the end, CPU of worker
    and of server.

    Raises WrongCount unless everybody entered once and stands at the first wait.
    """
    with process(WORKING, url) as (worker, _), psycopg.connect(url, autocommit=True) as connection:
        begun, before, database_before = None, 0.0, 0.0
        deadline = time.monotonic() + PATIENCE_SECS
        while time.monotonic() < deadline:
            time.sleep(0.05)
            if begun is None:
                # Starting Python is not processing: the clock runs from the first event that is taken.
                if told(connection, BEGUN):
                    begun, before = time.perf_counter(), cpu_of(worker.pid)
                    database_before = database_cpu(url)
            elif told(connection, FINISHED):
                break
        assert begun is not None, "the worker never began"
        took = time.perf_counter() - begun
        spent = cpu_of(worker.pid) - before, database_cpu(url) - database_before
        row = connection.execute(
            "SELECT (SELECT count(*) FROM inbox WHERE kind = 'event'), (SELECT count(*) FROM event),"
            " count(*), count(*) FILTER (WHERE step = 'first') FROM enrollment"
        ).fetchone()
    if row != (people, people, people, people):
        raise WrongCount(f"{WrongCount.__doc__} {row} for {people}")
    return took, *spent
