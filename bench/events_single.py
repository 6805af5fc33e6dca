"""events-single: one event to a request, durable before the answer; requests under way at one time share commits.

`ratio` is to the same load on an endpoint that does nothing, `ratio_desk` to the same events with a commit to each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg

from bench import postgres
from bench.events import WrongCount, cpu_of, event, posted, settled
from bench.http_load import Answers, request
from bench.serving import furnish, web

CONNECTIONS = 24
SECS, QUICK_SECS = 15.0, 5.0
#: Requests of the comparison with a commit to each: the key of an answer kept makes it so.
ALONE = 1500


def run(quick: bool) -> dict[str, Any]:
    """Figures: events a second, ratios, answer times in milliseconds, CPU a request of the web's processes."""
    secs = QUICK_SECS if quick else SECS
    with postgres.server() as server:
        url = postgres.fresh(server, "singles")
        secret = furnish(url, 1000)
        with web(url) as (port, pid):
            noop = settled(port, 2.0, iter(lambda: request("GET", "/healthz"), None), CONNECTIONS)
            alone = settled(port, 60.0, islice(singles(secret, "alone"), ALONE), CONNECTIONS)
            before = cpu_of(pid)
            # Built beforehand: the load generator is not what is measured.
            found = settled(
                port, secs, iter(list(islice(singles(secret, "plain"), int(secs * 6000)))), CONNECTIONS
            )
            web_cpu = cpu_of(pid) - before
        _check(url, alone, found)
    sent = len(found.times)
    return {
        "events": sent,
        "connections": CONNECTIONS,
        "per_second": round(found.per_second),
        "p50_ms": round(found.percentile(50), 1),
        "p99_ms": round(found.percentile(99), 1),
        "web_cpu_us": round(web_cpu * 1e6 / sent, 1),
        "load_cpu_us": round(found.cpu * 1e6 / sent, 1),
        "noop_per_second": round(noop.per_second),
        "ratio": round(found.per_second / noop.per_second, 3),
        "desk_per_second": round(alone.per_second),
        "ratio_desk": round(found.per_second / alone.per_second, 2),
    }


def singles(secret: str, series: str) -> Iterator[bytes]:
    """Requests with one event each."""
    now, number = datetime.now(UTC), 0
    while True:
        number += 1
        one = event(number, now) | {"event_id": f"{series}-{number}", "external_id": f"c{number % 1000 + 1}"}
        keyed = {"Idempotency_Key": f"{series}-{number}"} if series == "alone" else {}
        yield posted(one, secret, **keyed)


def _check(url: str, *loads: Answers) -> None:
    sent = sum(len(load.times) for load in loads)
    for load in loads:
        if set(load.statuses) != {202}:
            raise WrongCount(f"{load.statuses} {load.refusal.decode()[:500]}")
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM inbox WHERE kind = 'event'").fetchone()
    if row != (sent,):
        raise WrongCount(f"{WrongCount.__doc__} {row} for {sent}")
