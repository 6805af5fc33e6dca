"""A provider that is away: nothing is lost, nobody's message has failed, and when it is back all goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from audience import contacts
from connectors.base import Account, Message, Receipt, Retryable
from connectors.registry import Registry
from rules.breaker import MOST_FAILURES
from runtime.worker import Worker
from store import clock
from store.tables import Outbox
from store.tables_guards import Breaker
from tests.runtime.charts import exits, journey, send
from tests.runtime.world import World

PEOPLE = [f"p{number}" for number in range(40)]
GREETING = journey(
    stages=[{"id": "one", "initial": "greet"}],
    steps=[send("greet", "one")],
    arrows=[exits("a1", "greet", "sent", "won")],
)


class Away:
    """A provider that answers nothing but 503, until it is back."""

    carriers = frozenset({"wecom_direct"})
    most, keeps_keys = 1, False

    def __init__(self) -> None:
        self.back, self.asked = False, 0
        self.had: list[str] = []

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        self.asked += 1
        if not self.back:
            raise Retryable("503 was answered")
        self.had += [message.key for message in messages]
        return [Receipt(message.key, "delivered", datetime.now(UTC), "p") for message in messages]

    def later(self) -> list[Receipt]:
        return []


@pytest.fixture
def away(world: World) -> Iterator[Away]:
    provider, registry = Away(), Registry()
    registry.register("away", lambda account: provider)
    registry.open(Account(world.workspace, "wecom_direct", "away", {"per_second": 0}))
    world.worker = Worker(world.database, registry=registry)
    world.publish(GREETING)
    given = [{"external_id": who, "identities": {"external_userid": who}} for who in PEOPLE]
    with world.database.transaction() as tx:
        contacts.upsert(tx.session, world.workspace, given, clock.now(tx.session))
    world.events([("joined", who, None, None, {}) for who in PEOPLE])
    world.run()
    yield provider


def on(world: World, secs: float) -> None:
    with world.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(seconds=secs))
    world.run()


def test_it_opens_after_a_few_and_asks_nobody_else(world: World, away: Away) -> None:
    assert away.asked == MOST_FAILURES
    assert world.rows(select(Breaker.state, Breaker.failures)) == [("open", MOST_FAILURES)]
    assert world.count(Outbox, Outbox.state == "pending") == len(PEOPLE)


def test_through_a_long_outage_one_tries_now_and_then_and_nothing_fails(world: World, away: Away) -> None:
    for _ in range(60):
        on(world, 120)
    assert MOST_FAILURES + 10 < away.asked < MOST_FAILURES + 60, "one a pause"
    assert world.count(Outbox, Outbox.state == "pending") == len(PEOPLE)
    away.back = True
    for _ in range(6):
        on(world, 320)
    assert world.count(Outbox, Outbox.state == "delivered") == len(PEOPLE)
    assert len(set(away.had)) == len(away.had) == len(PEOPLE)
    assert world.rows(select(Breaker.state)) == []


def test_another_worker_knows_of_it(world: World, away: Away) -> None:
    registry = Registry()
    registry.register("away", lambda account: away)
    registry.open(Account(world.workspace, "wecom_direct", "away", {"per_second": 50}))
    before = away.asked
    Worker(world.database, registry=registry).run_until_idle()
    assert away.asked == before


def test_the_sandbox_has_no_breaker(world: World) -> None:
    world.publish(GREETING)
    world.event("joined", "lin")
    world.run()
    assert world.rows(select(Breaker.state)) == []
