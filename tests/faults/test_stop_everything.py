"""P16 for the stop button and for unsubscribing: two workers in processes of their own, and the web over real HTTP."""

from __future__ import annotations

import json
import os
import random
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from audience import contacts
from audience.tables import Contact
from store import clock
from store.links import Unsubscribing, unsubscribing
from store.secrets import Vault
from store.tables import Outbox
from tests.faults import children, slow_carrier
from tests.faults.shaken import Shaken
from tests.faults.slow_carrier import SlowCarrier
from tests.runtime.charts import exits, journey, step
from tests.web.serving import serving
from web import keys

pytestmark = pytest.mark.faults

GRACE_SECS = 2.0
SECRET = "only-for-tests-only-for-tests-only"
CARRIERS = ("wecom_direct", "sms", "email", "official_account", "moments", "webhook")

#: Of each test, how many people, and on which carriers each gets a message; at night the thousand of the promise.
NIGHT = os.environ.get("ROADBOOK_NIGHTLY") == "1"
SIZES: dict[str, tuple[int, tuple[str, ...]]] = {
    "test_p16_after_the_stop_nothing_begins_on_any_carrier": (150 if NIGHT else 60, CARRIERS),
    "test_p16_a_thousand_unsubscribe_at_random_moments": (1000 if NIGHT else 250, ("wecom_direct", "sms")),
}


def chart(carrier: str) -> dict[str, Any]:
    if carrier == "webhook":
        say = step("say", "one", "webhook", url="https://example.com/hook")
        leaves = exits("a1", "say", "ok", "won")
    else:
        say = step("say", "one", "send", carrier=carrier, content="hello")
        leaves = exits("a1", "say", "sent", "won")
    return journey(stages=[{"id": "one", "initial": "say"}], steps=[say], arrows=[leaves])


@dataclass
class Storm:
    """Messages on their way through two workers, and the web beside them."""

    shaken: Shaken
    slow: SlowCarrier
    base: str
    key: str
    contacts: list[int]

    def call(self, method: str, path: str, body: Any = None) -> float:
        """Ask the API; when it had answered, by the clock that all processes share."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200
        return time.monotonic()

    def left(self) -> int:
        return self.shaken.count(Outbox, Outbox.state.in_(("pending", "sending")))


@pytest.fixture(params=["keeps keys", "knows no keys"])
def storm(request: pytest.FixtureRequest, shaken: Shaken, tmp_path: Path) -> Iterator[Storm]:
    number, carriers = SIZES[request.function.__name__]
    people = [f"p{one}" for one in range(number)]
    for carrier in carriers:
        shaken.publish(chart(carrier), key=carrier)
    given = [
        {
            "external_id": who,
            "identities": {
                "external_userid": who, "phone": f"138{n:08}", "email": f"{who}@example.com", "openid": who
            },
        }
        for n, who in enumerate(people)
    ]  # fmt: skip

    with shaken.database.transaction() as tx:
        assert not contacts.upsert(tx.session, shaken.workspace, given, clock.now(tx.session)).errors
        ids = list(tx.session.scalars(select(Contact.id).order_by(Contact.id)))
        key, _ = keys.make(tx.session, shaken.workspace, "owner", "owner", clock.system())
    shaken.events([("joined", who, None, None, {}) for who in people])
    while shaken.worker.intake.run():
        pass
    while shaken.worker.advance.run():
        pass
    with shaken.database.transaction() as tx:  # all carriers by turns
        for row in tx.session.scalars(select(Outbox)).all():
            row.not_before -= timedelta(microseconds=row.id * 7919 % 60_000_000)
        tx.session.flush()
    url, log, keeps = shaken.database.url, tmp_path / "slow.log", request.param == "keeps keys"
    slow = SlowCarrier(log, keeps_keys=keeps)
    shaken.database.engine.dispose()
    with serving(url, tmp_path) as base:
        workers = [slow_carrier.start(url, shaken.workspace, log, keeps_keys=keeps) for _ in range(2)]
        children.wait_for(lambda: len(slow.begun()) >= 20, 60)
        yield Storm(shaken, slow, base, key, ids)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(30)


def test_p16_after_the_stop_nothing_begins_on_any_carrier(storm: Storm) -> None:
    children.wait_for(lambda: {carrier for _, carrier, _ in storm.slow.begun()} == set(CARRIERS), 60)
    stopped = storm.call("POST", "/api/v1/stop", {"reason": "the price is wrong"})
    time.sleep(GRACE_SECS + 2.0)
    begun, total = storm.slow.begun(), len(storm.contacts) * len(CARRIERS)
    late = max(at for at, *_ in begun) - stopped
    print(f"\nstop: {len(begun)} of {total} begun, the last {late:.2f} s after the answer")
    assert late <= GRACE_SECS
    assert len(begun) < total, "the storm was over before the stop: nothing was shown"
    storm.call("DELETE", "/api/v1/stop")
    children.wait_for(lambda: _goes_on(storm), 120)
    assert len({(carrier, who) for _, carrier, who in storm.slow.begun()}) == len(storm.slow.begun())
    assert storm.shaken.findings() == []


def _goes_on(storm: Storm) -> bool:
    """The journeys' clock stands still in a test: let it go on, so that what is spread comes due."""
    with storm.shaken.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(minutes=11))
    time.sleep(0.5)
    return storm.left() == 0


def test_p16_a_thousand_unsubscribe_at_random_moments(storm: Storm) -> None:
    vault, chance = Vault((SECRET,)), random.Random(16)
    links = [
        (number, carrier, unsubscribing(vault, Unsubscribing(storm.shaken.workspace, number, carrier)))
        for number, carrier in zip(
            chance.sample(storm.contacts, len(storm.contacts)),
            ("wecom_direct", "sms") * len(storm.contacts),
            strict=False,
        )
    ]
    answered: dict[tuple[int, str], float] = {}

    def leave(mine: list[tuple[int, str, str]]) -> None:
        for number, carrier, token in mine:
            answered[number, carrier] = storm.call("POST", f"/u/{token}")
            time.sleep(chance.random() * 0.02)

    threads = [threading.Thread(target=leave, args=(links[part::4],)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    children.wait_for(lambda: storm.left() == 0, 200)
    late = [at - answered[who, on] for at, on, who in storm.slow.begun() if (who, on) in answered]
    refused = storm.shaken.count(Outbox, Outbox.state == "refused")
    after = [secs for secs in late if secs > 0]
    print(f"\nunsubscribe: {len(answered)} left, {refused} messages held back, {len(after)} begun after the answer,"
          f" the last {max(after, default=0.0):.2f} s")  # fmt: skip
    assert len(answered) == len(storm.contacts) and refused > 0
    assert max(late) <= GRACE_SECS
