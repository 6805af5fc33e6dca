"""quiet-hours: a crowd of two journeys is let go at eight in the morning, through an SMS gateway that takes 200 a second.

All of it is real but the gateway, which speaks HTTP in a process of its own, writes down every request, and now and then says
429 with Retry-After: two processes of the web, two workers, PostgreSQL. The journeys' clock is turned by this run, so that the ten
minutes over which the end of quiet hours is spread are over in seconds: what then waits is held by the gateway's rate alone.

How far it is stands on stderr. `ROADBOOK_BENCH_PEOPLE=10000` lets so many go in place of 100,000, `ROADBOOK_BENCH_WORKERS=1` has
another number of workers.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from audience import contacts, events
from bench import postgres
from bench.serving import process, web
from content.tables import Material
from journeys import drafts, versions
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from store.database import engine_options
from store.migrate import upgrade
from store.tables import Outbox
from store.tables_connections import Connection
from store.tables_reach import ReachPolicy
from store.workspaces import create_workspace
from tests.machines.clocked import fullest_second
from web import keys

PER_SECOND = 200
#: People of the first journey, of the second, and how many of these are in both and may hear one of them only.
SIZES, QUICK_SIZES = (70_000, 31_000, 1_000), (900, 400, 60)
#: How much faster than the machine's the journeys' clock goes: ten minutes in 20 seconds, or in 3.
SPEED, QUICK_SPEED = 30, 200
#: How often the gateway says that it is too much, and for how long it then wants silence.
REFUSES, RETRY_AFTER_SECS = (4, 1)
#: What another process may have on the wire when the gateway says so.
ON_THE_WIRE_SECS = 0.1
ASKED_PER_SECOND = 20
#: How many workers there are, and how often it is told how far they are.
WORKERS, TELL_SECS = 2, 10.0
NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
SPREAD = timedelta(minutes=10)
KEY = "of-the-benchmark-" * 3
HOME = Path(__file__).resolve().parent.parent


def run(quick: bool) -> dict[str, Any]:
    """Figures: what broke a promise (0 each), the fullest second against the limit, the second journey's share, the API's time."""
    first, second, both = QUICK_SIZES if quick else scaled(int(os.environ.get("ROADBOOK_BENCH_PEOPLE", 0)))
    workers = int(os.environ.get("ROADBOOK_BENCH_WORKERS", WORKERS))
    expected = first + second - both
    with ExitStack() as stack:
        url = postgres.fresh(stack.enter_context(postgres.server()), "quiet_hours")
        log = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roadbook-bench-")), "gateway.log")
        port = stack.enter_context(gateway(log, expected // REFUSES))
        stack.enter_context(environment(port))
        upgrade(url)
        database = Database(url)
        stack.callback(database.close)
        clock.configure(True)
        secret = furnish(url, port)
        tell(f"{expected:,} people are let in at eleven at night")
        enter(url, database, first, second, both)
        address = stack.enter_context(web(url))[0]
        for _ in range(workers):
            stack.enter_context(process(["-m", "flask", "--app", "wsgi", "worker"], url))
        calls = Calls(address, secret)
        morning = Morning(database, QUICK_SPEED if quick else SPEED)
        done = until_all(log, expected, morning, calls)
        requests = [json.loads(line) for line in log.read_text().splitlines()]
        told = outbox(url)
    return judged(requests, morning, told, expected) | {
        "workers": workers,
        "api_p95_ms": calls.percentile(95),
        "api_p50_ms": calls.percentile(50),
        "api_calls": len(calls.times),
        "api_errors": calls.errors,
        "seconds": round(done, 1),
    }


def scaled(people: int) -> tuple[int, int, int]:
    """The full sizes, or the same shares of so many people."""
    whole = SIZES[0] + SIZES[1] - SIZES[2]
    first, second, both = (size * people // whole for size in SIZES) if people else SIZES
    return first, second, both


def tell(words: str) -> None:
    """Say how far it is, apart from the figures."""
    print(f"quiet-hours: {words}", file=sys.stderr, flush=True)


def judged(
    requests: list[dict[str, Any]], morning: Morning, told: list[tuple[str, str, int, str]], expected: int
) -> dict[str, Any]:
    """What the gateway saw, held against what was promised."""
    taken = [one for one in requests if one["status"] == 200]
    refused = [one["at"] for one in requests if one["status"] == 429]
    times = sorted(one["at"] for one in requests)
    phones = Counter(one["phone"] for one in taken)
    journey_of = {key: journey for key, journey, _, _ in told}
    of_second = sorted(one["at"] for one in taken if journey_of.get(one["key"]) == "second")
    # While both have messages waiting: the last of the second ones may be one that was refused and comes again.
    begun, over = morning.real(MORNING + SPREAD), of_second[len(of_second) * 9 // 10]
    crowded = [one for one in taken if begun <= one["at"] <= over]
    share = sum(journey_of[one["key"]] == "second" for one in crowded) / max(1, len(crowded))
    silent = [
        one["at"]
        for one in requests
        if any(at + ON_THE_WIRE_SECS < one["at"] < at + RETRY_AFTER_SECS for at in refused)
    ]
    fullest = fullest_second(times)
    return {
        "messages": len(taken),
        "lost": expected - len({one["key"] for one in taken}),
        "twice": sum(number - 1 for number in Counter(one["key"] for one in taken).values()),
        "in_quiet_hours": sum(one["at"] < morning.real(MORNING) for one in requests),
        "over_cap": sum(number - 1 for number in phones.values()),
        "limit_per_second": PER_SECOND,
        "fullest_second": fullest,
        "of_limit": round(fullest / PER_SECOND, 3),
        "per_second": round(len(times) / (times[-1] - times[0]), 1),
        "refused_429": len(refused),
        "during_silence": len(silent),
        "second_journeys_share": round(share, 3),
        "states": dict(Counter(state for _, _, _, state in told)),
    }


class Morning:
    """Turns the journeys' clock from just before eight on, and knows when it was what."""

    def __init__(self, database: Database, speed: float) -> None:
        self.database, self.speed = database, speed
        self.begun, self.before = 0.0, MORNING - timedelta(seconds=2 * speed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True)

    def begin(self) -> None:
        """Let time go on."""
        self.begun = time.monotonic()
        self._thread.start()

    def end(self) -> None:
        """Stop the clock."""
        self._over.set()
        self._thread.join()

    def real(self, moment: datetime) -> float:
        """When, by the machine's monotonic clock, the journeys' clock came to `moment` at the earliest."""
        return self.begun + (moment - self.before).total_seconds() / self.speed

    def _turn(self) -> None:
        while not self._over.wait(0.05):
            with self.database.transaction() as tx:
                clock.set_now(tx.session, self._now(time.monotonic() - self.begun))

    def _now(self, passed: float) -> datetime:
        """Fast while the end of the night is spread, then at the machine's own pace: a cap of one day is of the same day."""
        fast = self.before + timedelta(seconds=passed * self.speed)
        spread = MORNING + SPREAD
        if fast <= spread:
            return fast
        return spread + timedelta(seconds=passed - (spread - self.before).total_seconds() / self.speed)


class Calls:
    """Asks the API steadily, as programs and people do, and keeps how long each answer took."""

    ASKED = ("journeys", "messages?limit=50", "journeys/1/stats", "contacts?limit=50")

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.headers = port, {"Authorization": f"Bearer {secret}"}
        self.times: list[float] = []
        self.errors = 0
        self._numbers, self._lock = count(), threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(4)]

    def begin(self) -> None:
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        found = sorted(self.times)
        return round(found[min(len(found) - 1, len(found) * percent // 100)] * 1000, 1)

    def _ask(self) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self._over.is_set():
            with self._lock:
                number = next(self._numbers)
            time.sleep(max(0.0, self._begun + number / ASKED_PER_SECOND - time.monotonic()))
            begun = time.perf_counter()
            if number % 5 == 4:
                event = {"name": "page_viewed", "external_id": "p1", "event_id": f"seen-{number}"}
                wire.request("POST", "/api/v1/events", json.dumps(event), {**self.headers, "Content-Type": "application/json"})  # fmt: skip
            else:
                wire.request("GET", f"/api/v1/{self.ASKED[number % 5]}", headers=self.headers)
            answer = wire.getresponse()
            answer.read()
            self.times.append(time.perf_counter() - begun)
            self.errors += answer.status >= 400
        wire.close()


def until_all(log: Path, expected: int, morning: Morning, calls: Calls) -> float:
    """Let the night end; returns the seconds until the last message was taken, or until nothing comes any more."""
    calls.begin()
    morning.begin()
    begun = changed = time.monotonic()
    told = begun
    seen = place = 0
    # A worker that has still to start has longer.
    while seen < expected and time.monotonic() - changed < (30 if seen else 120):
        time.sleep(0.25)
        now, place = taken_since(log, place)
        if now:
            seen, changed = seen + now, time.monotonic()
        if time.monotonic() - told >= TELL_SECS:
            told = time.monotonic()
            rate = seen / (told - begun)
            left = f", {(expected - seen) / rate:,.0f} s to go" if seen else ""
            tell(f"{seen:,} of {expected:,} taken after {told - begun:,.0f} s, {rate:.0f} a second{left}")
    time.sleep(0.5)  # the last results are written down
    calls.end()
    morning.end()
    return changed - begun


def taken_since(log: Path, place: int) -> tuple[int, int]:
    """How many messages the gateway has taken since `place` in its log, and where to go on."""
    if not log.exists():
        return 0, place
    with log.open("rb") as file:
        file.seek(place)
        whole = file.read().rpartition(b"\n")[0]
    return sum(line.endswith(b"200}") for line in whole.split(b"\n")), place + len(whole) + bool(whole)


def furnish(url: str, port: int) -> str:
    """A workspace with an account at the gateway, a cap of one a day, and two journeys; returns a key of the API."""
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        clock.set_now(session, NIGHT)
        room = create_workspace(session, "花间", "bench", NIGHT)
        room.settings = {}
        session.flush()
        at = {"created_at": NIGHT, "updated_at": NIGHT}
        fields = "mobile={phone}\ncontent={text}\nuid={key}"
        settings = {
            "url": f"http://127.0.0.1:{port}",
            "signature": "花间",
            "opt_out": "，退订回T",
            "fields": fields,
        }
        session.add_all([
            Connection(workspace_id=room.id, connector="sms", name="sms", carriers=["sms"], callback_id="bench",
                       settings={**settings, "success": "code=0", "per_second": PER_SECOND}, **at),
            Material(workspace_id=room.id, key="news", name="news", carrier="sms", body={"text": "{{ contact.name }}，早"},
                     updated_at=NIGHT),
            ReachPolicy(workspace_id=room.id, revision=1, policies={"caps": [{"most": 1, "per": "day"}]},
                        changed_at=NIGHT, changed_by="bench"),
        ])  # fmt: skip
        for name in ("first", "second"):
            journey = drafts.create(session, room.id, name, drawn(name), now=NIGHT, actor="bench", key=name)
            session.flush()
            versions.publish(session, journey, 1, lambda _: [], now=NIGHT, actor="bench")
        # Keys are judged by the system's own clock.
        secret, _ = keys.make(session, room.id, "bench", "editor", datetime.now(UTC))
        session.commit()
    engine.dispose()
    return secret


def drawn(event: str) -> dict[str, Any]:
    """A journey that says one thing, and never at night."""
    config = {"carrier": "sms", "content": "news"}
    return {
        "format": 1, "subject": "contact", "ends": [], "goals": [], "arrows": [],
        "entries": [{"id": "in-1", "on": {"type": "event", "name": event}, "to": "s"}],
        "stages": [{"id": "s", "initial": "say"}],
        "steps": [{"id": "say", "stage": "s", "kind": "send", "config": config}],
        "settings": {"timezone": "Asia/Shanghai", "quiet_hours": ["22:00", "08:00"]},
    }  # fmt: skip


def enter(url: str, database: Database, first: int, second: int, both: int) -> None:
    """Let everybody in at eleven at night: whoever is in both journeys is among the last of the first one."""
    people = first + second - both
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        for start in range(0, people, 1000):
            crowd = [
                {"external_id": f"p{n}", "name": f"客户{n}", "identities": {"phone": f"138{n:08}"}}
                for n in range(start, min(people, start + 1000))
            ]
            contacts.upsert(session, 1, crowd, NIGHT)
            session.commit()
        for name, who in (("first", range(first)), ("second", range(first - both, people))):
            rows = [{"name": name, "external_id": f"p{n}", "properties": {}} for n in who]
            for start in range(0, len(rows), 1000):
                events.take(session, 1, rows[start : start + 1000], NIGHT)
                session.commit()
    engine.dispose()
    Worker(database, ("intake", "advance")).run_until_idle()


def outbox(url: str) -> list[tuple[str, str, int, str]]:
    """(key, journey, contact, state) of every message."""
    from journeys.tables import Journey

    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        rows = session.execute(
            select(Outbox.key, Journey.key, Outbox.contact_id, Outbox.state).join(Journey, Journey.id == Outbox.journey_id)
        )  # fmt: skip
        found = [tuple(row) for row in rows]
        assert session.scalar(select(func.count()).select_from(Outbox)) == len(found)
    engine.dispose()
    return found  # type: ignore[return-value]


@contextmanager
def environment(port: int) -> Iterator[None]:
    """Every process of this run has the test clock and may speak to the gateway."""
    before = dict(os.environ)
    os.environ.update(
        ROADBOOK_SECRET_KEY=KEY, ROADBOOK_TEST_MODE="1", ROADBOOK_ALLOW_SUBNETS="127.0.0.0/8", ROADBOOK_ALLOW_PORTS=str(port)
    )  # fmt: skip
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def gateway(log: Path, every: int) -> Iterator[int]:
    """The gateway in a process of its own, which refuses one request in `every`; gives its port."""
    command = [sys.executable, "-c", f"from bench.quiet_hours import serve; serve({str(log)!r}, {every})"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOME
    ) as running:
        assert running.stdin is not None and running.stdout is not None
        yield int(running.stdout.readline())
        running.stdin.close()


def serve(log: str, every: int) -> None:
    """Serve until nobody listens any more."""
    from tests.connectors.servers import Post, web

    lock, numbers = threading.Lock(), count(1)
    with open(log, "w", buffering=1) as file:

        def answer(post: Post) -> tuple[int, dict[str, str], bytes]:
            at, told = time.monotonic(), json.loads(post.body)
            with lock:
                status = 429 if next(numbers) % every == 0 else 200
                line = {"at": at, "key": told["uid"], "phone": told["mobile"], "status": status}
                file.write(json.dumps(line) + "\n")
            if status == 429:
                return 429, {"Retry-After": str(RETRY_AFTER_SECS)}, b"{}"
            return 200, {"Content-Type": "application/json"}, b'{"code": 0, "msgid": "m"}'

        with web(answer) as desk:
            print(desk.port, flush=True)
            sys.stdin.read()
