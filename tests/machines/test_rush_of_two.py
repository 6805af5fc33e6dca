"""P14 over real processes: two workers let two journeys' messages go through one gateway over HTTP that says 429 at times."""

from __future__ import annotations

from collections import Counter
from multiprocessing.process import BaseProcess

from sqlalchemy import select

from connectors import dialing
from runtime import stopping
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from store.secrets import Vault
from store.tables import Outbox
from tests.connectors.servers import AT_HOME, web
from tests.databases import Databases
from tests.faults import children
from tests.machines.clocked import fullest_second
from tests.runtime.reached import allow
from tests.runtime.test_morning_rush import PER_SECOND, SILENCE_SECS, Strict, connect
from tests.runtime.test_quiet_release import at_night, crowd
from tests.runtime.world import World, at

FIRST, SECOND, BOTH = 420, 180, 20
EVERYBODY = FIRST + SECOND - BOTH
#: What the other process may have on the wire when one is told to be silent.
ON_THE_WIRE_SECS = 0.2


def work(url: str, allowed: tuple[int, ...]) -> None:
    """The life of a worker that delivers."""
    stopping.listen()
    clock.configure(True)
    dialing.configure(AT_HOME, allowed)
    database = Database(url)
    Worker(database, ("deliver",), vault=Vault(["k" * 64])).run()
    database.close()


def start(url: str, port: int) -> BaseProcess:
    process = children.CONTEXT.Process(target=work, args=(url, (port,)), daemon=True)
    process.start()
    return process


def test_p14_two_processes_keep_the_rate_the_cap_and_each_journeys_share(
    postgres_databases: Databases,
) -> None:
    strict = Strict(refuses=frozenset({60, 61, 200}))
    world = World(postgres_databases.fresh())
    with web(strict) as desk:
        connect(world, desk)
        allow(world, caps=[{"most": 1, "per": "day"}])
        second = [world.publish(at_night(world, name), name) for name in ("first", "second")][1]
        crowd(world, EVERYBODY)
        world.go("2026-03-02 23:00")
        world.events([("first", f"p{n}", None, None, {}) for n in range(FIRST)])
        world.events([("second", f"p{n}", None, None, {}) for n in range(FIRST - BOTH, EVERYBODY)])
        world.worker = Worker(world.database, ("intake", "advance"))
        world.go("2026-03-03 07:59")
        assert world.count(Outbox) == 0
        # The ten minutes are over before anybody delivers: all of them are due at once.
        world.go("2026-03-03 08:10")
        assert world.count(Outbox, Outbox.state == "pending") == EVERYBODY
        with world.database.transaction() as tx:  # whoever is told to come again is due, too
            clock.set_now(tx.session, at("2026-03-03 08:20"))
        world.database.engine.dispose()
        workers = [start(world.database.url, desk.port) for _ in range(2)]
        try:
            children.wait_for(lambda: world.count(Outbox, Outbox.state != "sent") <= len(strict.refuses), 120)
            # The journeys' clock stands still: those that were refused come again a while later.
            with world.database.transaction() as tx:
                clock.set_now(tx.session, at("2026-03-03 08:30"))
            children.wait_for(lambda: not world.count(Outbox, Outbox.state != "sent"), 60)
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.join(20)
    keys, phones = zip(*strict.taken(), strict=True)
    assert len(keys) == len(set(keys)) == EVERYBODY, "each of them once, and nobody is lost"
    assert max(Counter(phones).values()) == 1, "whoever is in both journeys heard one of them"
    times = [when for when, *_ in strict.asked]
    fullest = fullest_second(times)
    assert fullest <= PER_SECOND * 1.05
    late = ON_THE_WIRE_SECS, SILENCE_SECS * 0.98
    for silence in [when for when, *_, status in strict.asked if status == 429]:
        assert not [t for t in times if late[0] < t - silence < late[1]], "asked while it wanted silence"
    ours = {key for (key,) in world.rows(select(Outbox.key).where(Outbox.journey_id == second))}
    # Until the smaller one had nine of ten, both had messages waiting.
    places = [n for n, key in enumerate(keys, 1) if key in ours]
    nine = places[len(places) * 9 // 10 - 1]
    share = sum(place <= nine for place in places) / nine
    print(
        f"\n2 workers: {len(keys)} messages, fullest second {fullest} of {PER_SECOND}, second journey's share {share:.2f}"
    )
    assert share >= 0.30
    world.close()
