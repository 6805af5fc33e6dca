"""P14: a carrier is never asked faster than promised, by however many workers, and every journey has its turn."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import select

from audience import contacts
from connectors.base import Account
from connectors.limits import BURST, FILLED, BadLimit, Limit, of_account
from runtime import rates
from runtime.rates import FRESH_SECS
from runtime.sharing import round_robin
from runtime.worker import Worker
from store import clock
from store.tables import CarrierRate, Outbox
from tests.databases import Databases
from tests.faults import children
from tests.machines import clocked
from tests.machines.clocked import CARRIER, Clocked
from tests.runtime.charts import exits, journey, send
from tests.runtime.world import World

PER_SECOND = 200
HELLO = journey(
    stages=[{"id": "s", "initial": "hello"}],
    steps=[send("hello", "s")],
    arrows=[exits("a1", "hello", "sent", "won")],
)


def hello_on(event: str) -> dict[str, object]:
    return {**HELLO, "entries": [{"id": "in-1", "on": {"type": "event", "name": event}, "to": "s"}]}


def crowd(world: World, event: str, number: int) -> None:
    """Let so many people be told hello, and take them as far as the outbox."""
    people = [f"{event}-{n}" for n in range(number)]
    for first in range(0, number, 500):
        some = people[first : first + 500]
        given = [{"external_id": who, "identities": {"external_userid": who}} for who in some]
        with world.database.transaction() as tx:
            assert not contacts.upsert(tx.session, world.workspace, given, clock.now(tx.session)).errors
        world.events([(event, who, None, None, {}) for who in some])
    Worker(world.database, ("intake", "advance")).run_until_idle()


@pytest.mark.faults
@pytest.mark.postgres
def test_four_workers_keep_one_rate_and_a_second_journey_has_its_share(
    postgres_databases: Databases, tmp_path: Path
) -> None:
    world = World(postgres_databases.fresh())
    world.publish(hello_on("first"), "first")
    second = world.publish(hello_on("second"), "second")
    crowd(world, "first", 1500)
    crowd(world, "second", 400)
    log = tmp_path / "carrier.log"
    carrier = Clocked(log)
    world.database.engine.dispose()
    workers = [clocked.start(world.database.url, world.workspace, str(log), PER_SECOND) for _ in range(4)]
    try:
        children.wait_for(lambda: len(carrier.taken()) >= 900, 60)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(20)
    taken = carrier.taken()
    times = [at for at, _ in taken]
    rate = len(times) / (times[-1] - times[0])
    print(f"\n{len(times)} messages by 4 workers: {rate:.0f}/s of {PER_SECOND}, fullest second "
          f"{clocked.fullest_second(times)}")  # fmt: skip
    assert clocked.fullest_second(times) <= PER_SECOND * 1.05
    assert rate >= PER_SECOND * 0.2, "the limit is to be used, too, even on a busy machine"
    keys = {key for (key,) in world.rows(select(Outbox.key).where(Outbox.journey_id == second))}
    # Both had messages waiting all the time in which the second one's 400 went.
    both = [key for _, key in taken[: 400 * 2]]
    assert sum(key in keys for key in both) / len(both) >= 0.30
    assert len({key for _, key in taken}) == len(taken), "nobody was told twice"
    world.close()


def through(world: World, carrier: Clocked, per_second: float) -> None:
    world.worker = Worker(
        world.database, registry=clocked.account(carrier, world.workspace, {"per_second": per_second})
    )


def test_nothing_stays_behind_when_tokens_run_out(database_url: str, tmp_path: Path) -> None:
    world = World(database_url)
    through(world, Clocked(tmp_path / "log"), 400)
    world.publish(hello_on("joined"))
    crowd(world, "joined", 60)
    began = time.monotonic()
    world.run()
    assert time.monotonic() - began >= 60 / 400 * 0.5
    assert len(world.worker.deliver.registry.connector(world.workspace, CARRIER).taken()) == 60  # type: ignore[attr-defined]
    assert world.count(Outbox, Outbox.state == "delivered") == 60
    assert world.count(Outbox, Outbox.tries > 1) == 0, "waiting for a token is no try"
    world.close()


def test_silence_asked_for_is_kept_by_all(database_url: str, tmp_path: Path) -> None:
    world = World(database_url)
    carrier = Clocked(tmp_path / "log", silence=(2, 60.0))
    through(world, carrier, 400)
    world.publish(hello_on("joined"))
    crowd(world, "joined", 60)
    world.run()
    sent = len(carrier.taken())
    assert 0 < sent < 60 and carrier.calls == 2
    other = Worker(
        world.database,
        registry=clocked.account(Clocked(tmp_path / "log"), world.workspace, {"per_second": 400}),
    )
    other.run_until_idle()
    assert len(carrier.taken()) == sent, "another worker asks no sooner"
    assert other.deliver.soon() is None or other.deliver.run() == 0
    with world.database.transaction() as tx:
        row = tx.session.get(CarrierRate, (world.workspace, CARRIER))
        assert row is not None and row.closed_until is not None
        row.closed_until, row.filled_at = (
            row.closed_until.replace(year=2020),
            row.filled_at.replace(year=2020),
        )
    other.run_until_idle()
    # Those of the refused call wait as long on the journeys' own clock.
    refused = world.count(Outbox, Outbox.state == "pending")
    assert len(carrier.taken()) == 60 - refused and 0 < refused <= 40
    world.close()


def test_what_is_interrupted_while_it_waits_for_a_token_is_withdrawn(
    database_url: str, tmp_path: Path
) -> None:
    world = World(database_url)
    through(world, Clocked(tmp_path / "log"), 400)
    world.publish(hello_on("joined"))
    crowd(world, "joined", 3)
    sharing = world.worker.deliver.sharing
    with world.database.transaction() as tx:
        world.worker.deliver.routes.refresh(tx)
        while not (
            parcels := sharing.lease(tx, world.worker.deliver.routes, world.worker.now(tx.session), 9, [])
        ):
            time.sleep(0.01)
        tx.session.get(Outbox, parcels[0].id).reason = "interrupted"  # type: ignore[union-attr]
    key = (world.workspace, CARRIER)
    sharing.close(world.database, key, 60)
    assert sharing.allowed(world.database, key, [p.id for p in parcels]) == set()
    states = dict(world.rows(select(Outbox.id, Outbox.state)))
    assert states.pop(parcels[0].id) == "withdrawn" and set(states.values()) == {"pending"}
    assert world.count(Outbox, Outbox.tries > 0) == 0
    world.close()


def test_an_old_token_is_no_token(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(database_url)
    limits = {(world.workspace, "sms"): Limit(1000)}
    grant = rates.Grant({1, 2}, time.monotonic())
    assert grant.covers([1, 2]) and not grant.covers([1, 3])
    monkeypatch.setattr(rates, "FRESH_SECS", -1.0)
    assert not grant.covers([1])
    with world.database.transaction() as tx:
        (bucket,) = rates.locked(tx, limits)
        assert bucket.tokens < bucket.limit.burst, "a new bucket begins empty"
    with world.database.transaction() as tx:
        row = tx.session.get(CarrierRate, (world.workspace, "sms"))
        row.filled_at = row.filled_at.replace(year=2020)  # type: ignore[union-attr]
    with world.database.transaction() as tx:
        (bucket,) = rates.locked(tx, limits)
        assert bucket.tokens == bucket.limit.burst == 100, (
            "however long it stood, it holds no more than it can"
        )
    world.close()


def test_the_parts_of_a_limit_stay_within_five_percent() -> None:
    for promised in (10, 50, 200, 5000):
        limit = Limit(promised)
        window = limit.fill * (1 + FRESH_SECS) + limit.burst
        assert window <= max(promised * 1.05, promised + 1), (FILLED, BURST)


def test_limits_come_from_the_account_and_else_from_one_list() -> None:
    assert of_account(Account(1, "sms", "x")) == Limit(100)
    assert of_account(Account(1, "pigeon", "x")) == Limit(20)
    assert of_account(Account(1, "sms", "x", {"per_second": 7})) == Limit(7)
    assert of_account(Account(1, "sms", "x", {"per_second": 0})) is None
    with pytest.raises(BadLimit, match="0 for none"):
        of_account(Account(1, "sms", "x", {"per_second": "fast"}))


def test_journeys_take_turns() -> None:
    waiting = {1: [11, 12, 13, 14], 2: [21], 3: [31, 32]}
    assert round_robin(waiting, 4, 0) == ([11, 21, 31, 12], 1)
    assert round_robin(waiting, 1, 1) == ([21], 2)
    assert round_robin(waiting, 99, 3)[0] == [11, 21, 31, 12, 32, 13, 14]
    assert round_robin({}, 5, 7) == ([], 7)
