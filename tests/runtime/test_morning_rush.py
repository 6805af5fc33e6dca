"""P14 whole: a crowd is let go at eight through a gateway over HTTP that takes so many a second and at times wants silence."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from connectors import dialing
from runtime.worker import Worker
from store import clock
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection
from tests.connectors.servers import AT_HOME, Desk, Post, web
from tests.machines.clocked import fullest_second
from tests.runtime.reached import allow
from tests.runtime.test_quiet_release import at_night, crowd
from tests.runtime.world import World, at

PER_SECOND = 200
FIRST, SECOND, BOTH = 140, 80, 20
EVERYBODY = FIRST + SECOND - BOTH
SILENCE_SECS = 1.0


@dataclass
class Strict:
    """Answers 429 to each of these requests, by their number."""

    refuses: frozenset[int] = frozenset({30, 31, 120})
    #: (time, key, phone, status)
    asked: list[tuple[float, str, str, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, post: Post) -> tuple[int, Mapping[str, str], bytes]:
        told = json.loads(post.body)
        with self.lock:
            status = 429 if len(self.asked) in self.refuses else 200
            self.asked.append((time.monotonic(), told["uid"], told["mobile"], status))
        return status, {"Retry-After": str(int(SILENCE_SECS))} if status == 429 else {}, b'{"code": 0}'

    def taken(self) -> list[tuple[str, str]]:
        """(key, phone) of what it took, in order."""
        return [(key, phone) for _, key, phone, status in self.asked if status == 200]


@pytest.fixture
def gateway() -> Iterator[tuple[Strict, Desk]]:
    dialing.configure(AT_HOME, range(1024, 65536))
    strict = Strict()
    with web(strict) as desk:
        yield strict, desk
    dialing.configure()


def connect(world: World, desk: Desk) -> None:
    now = datetime.now(UTC)
    fields = "mobile={phone}\ncontent={text}\nuid={key}"
    settings = {
        "url": desk.url,
        "signature": "花间",
        "opt_out": "，退订回T",
        "fields": fields,
        "success": "code=0",
    }
    with world.database.transaction() as tx:
        tx.session.add(
            Connection(
                workspace_id=world.workspace, connector="sms", name="sms", carriers=["sms"], callback_id="rush",
                settings={**settings, "per_second": PER_SECOND}, created_at=now, updated_at=now,
            )
        )  # fmt: skip


def test_p14_a_crowd_at_eight_in_the_morning(world: World, gateway: tuple[Strict, Desk]) -> None:
    strict, desk = gateway
    connect(world, desk)
    allow(world, caps=[{"most": 1, "per": "day"}])
    for name in ("first", "second"):
        world.publish(at_night(world, name), name)
    crowd(world, EVERYBODY)
    world.go("2026-03-02 23:00")
    world.events([("first", f"p{n}", None, None, {}) for n in range(FIRST)])
    world.events([("second", f"p{n}", None, None, {}) for n in range(FIRST - BOTH, EVERYBODY)])
    world.worker = Worker(world.database, vault=Vault(["k" * 64]))
    other = Worker(world.database, vault=Vault(["k" * 64]))
    world.go("2026-03-03 07:59")
    other.run_until_idle()
    assert strict.asked == [] and world.count(Outbox) == 0
    # The ten minutes are over before anybody delivers: all of them are due at once.
    with world.database.transaction() as tx:
        clock.set_now(tx.session, at("2026-03-03 08:10"))
    Worker(world.database, ("intake", "advance")).run_until_idle()
    assert world.count(Outbox, Outbox.state == "pending") == EVERYBODY
    begun = time.monotonic()
    while world.count(Outbox, Outbox.state != "sent") and time.monotonic() < begun + 120:
        if not (world.worker.run_once() | other.run_once()):
            time.sleep(0.02)
        with world.database.transaction() as tx:  # journeys' time goes on as the machine's does
            clock.set_now(tx.session, at("2026-03-03 08:10") + timedelta(seconds=time.monotonic() - begun))

    keys, phones = zip(*strict.taken(), strict=True)
    assert len(keys) == len(set(keys)) == EVERYBODY, "each of them once, and nobody is lost"
    assert max(Counter(phones).values()) == 1, "whoever is in both journeys heard one of them"
    times = [when for when, *_ in strict.asked]
    assert fullest_second(times) <= PER_SECOND * 1.05
    refused = [when for when, *_, status in strict.asked if status == 429]
    assert len(refused) == len(strict.refuses)
    for silence in refused:
        assert not [t for t in times if silence < t < silence + SILENCE_SECS * 0.98], (
            "asked while it wanted silence"
        )
    journeys = dict(world.rows(select(Outbox.key, Outbox.journey_id)))
    second = max(journeys.values())
    last = max(n for n, key in enumerate(keys) if journeys[key] == second)
    assert sum(journeys[key] == second for key in keys[: last + 1]) / (last + 1) >= 0.30
