"""queue: the same journey with a Celery task to each step of each person over RabbitMQ, as peers do it.

`ratio` is what the engine does with batches on the same server in the same run: whole ways through the journey.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import Any

import psycopg

from bench import postgres
from bench.broker import NoBroker, Rabbit
from bench.orm import by_engine, filled
from bench.serving import process

PEOPLE, QUICK_PEOPLE = 1000, 100
ENGINE_PEOPLE, QUICK_ENGINE_PEOPLE = 50_000, 6_000
PROCESSES = 2
PATIENCE_SECS = 240.0
WORKER = ["-m", "celery", "-A", "bench.step_queue", "worker", "-c", str(PROCESSES), "--loglevel", "ERROR"]


def run(quick: bool) -> dict[str, Any]:
    """Figures: people a second through the whole journey, both ways; none where there is no RabbitMQ."""
    people = QUICK_PEOPLE if quick else PEOPLE
    try:
        broker = Rabbit().start()
    except NoBroker as error:
        return {"skipped": str(error)}
    try:
        with postgres.server() as server:
            url = postgres.fresh(server, "queue")
            filled(url, people).dispose()
            took = through_queue(url, broker.url, people)
            ours = by_engine(
                postgres.fresh(server, "engine"), QUICK_ENGINE_PEOPLE if quick else ENGINE_PEOPLE
            )
    finally:
        broker.kill()
    return {
        "people": people,
        "broker": "RabbitMQ",
        "processes": PROCESSES,
        "queue_per_second": round(people / took, 1),
        "engine_per_second": round(ours),
        "ratio": round(ours * took / people),
    }


def through_queue(url: str, broker: str, people: int) -> float:
    """The seconds from the first step done to the last, everybody being in the queue beforehand."""
    given = {"BENCH_BROKER_URL": broker, "BENCH_DATABASE_URL": url}
    os.environ.update(given)
    from bench.step_queue import move

    for number in range(1, people + 1):
        move.delay(number)
    with process(WORKER, url, given), closing(psycopg.connect(url, autocommit=True)) as connection:
        begun, deadline = 0.0, time.monotonic() + PATIENCE_SECS
        while time.monotonic() < deadline:
            time.sleep(0.02)
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE epoch > 0), count(*) FILTER (WHERE status = 'ended') FROM enrollment"
            ).fetchone()
            started, ended = row or (0, 0)
            if started and not begun:
                begun = time.perf_counter()
            if ended == people:
                return time.perf_counter() - begun
    raise TimeoutError("The queue did not come to the end.")
