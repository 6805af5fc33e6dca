"""A batch of many journeys leaves what it leaves when each enrollment is moved alone, and takes a statement for all of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from runtime.lanes import Lanes
from runtime.verify import verify
from store import clock
from tests.databases import Databases
from tests.runtime.charts import exits, journey, on_event, rule, send, step, wait
from tests.runtime.world import World, at

PEOPLE = [f"p{number}" for number in range(12)]
JOURNEYS = 6
TAGS = ("a", "b", "c")


def drawn(number: int, dice: random.Random) -> dict[str, Any]:
    """Waits, looks at the tags that other journeys give, and gives some itself; each has minutes of its own."""
    listens = step(
        "listen",
        "s",
        "wait_event",
        events=[{"exit": "came", "event": f"replied-{number}", "where": None}],
        longest={"for": f"PT{120 + 10 * number}M"},
    )
    worn = {"combinator": "and", "not": False, "rules": [rule("tags", "has", dice.choice(TAGS))["rules"][0]]}
    return journey(
        stages=[{"id": "s", "initial": "nap"}, {"id": "bought", "stay": True}],
        steps=[
            wait("nap", "s", **{"for": f"PT{10 + number}M"}),
            step("which", "s", "branch", rules=[{"exit": "worn", "rule": worn}]),
            step("wear", "s", "tag", add=[dice.choice(TAGS)], remove=[]),
            step("drop", "s", "tag", add=[dice.choice(TAGS)], remove=[dice.choice(TAGS)]),
            send("say", "s", f"say-{number}"),
            listens,
        ],
        arrows=[
            *(exits("a1", "nap", "next", "which"), exits("a2", "which", "worn", "drop")),
            *(exits("a3", "which", "else", "wear"), exits("a4", "wear", "next", "listen")),
            *(exits("a5", "drop", "next", "say"), exits("a6", "say", "sent", "listen")),
            *(exits("a7", "listen", "came", "which"), exits("a8", "listen", "timeout", "won")),
            on_event("a9", "s", "order_paid", "bought"),
        ],
        reentry={"mode": "after_exit"},
    )


def live(world: World, seed: int) -> dict[str, tuple[list[str], list[Any], list[Any]]]:
    dice = random.Random(seed)
    for number in range(JOURNEYS):
        world.publish(drawn(number, dice), f"j{number}")
    world.events([("joined", who, None, None, {}) for who in PEOPLE])
    for hour in range(10, 18):
        world.go(f"2026-03-01 {hour}:00")
        heard = ("joined", "order_paid", *(f"replied-{number}" for number in range(JOURNEYS)))
        # Nothing happens to one person twice at one moment: which of two comes first is not promised.
        world.events([(dice.choice(heard), who, None, None, {}) for who in dice.sample(PEOPLE, 8)])
        world.run()
    world.go("2026-03-03 10:00")
    with world.database.reading() as tx:
        assert verify(tx.session) == []
    return {
        who: (
            sorted(world.tags(who)),
            sorted(world.messages(who)),
            sorted(
                (e.journey_id, e.status, e.result or "", e.step or "", e.seq) for e in world.enrollments(who)
            ),
        )
        for who in PEOPLE
    }


@contextmanager
def fresh(databases: Databases) -> Iterator[World]:
    made = World(databases.fresh(), "2026-03-01 09:00")
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("seed", [1, 3])
def test_together_or_one_by_one(databases: Databases, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    with fresh(databases) as world:
        together = live(world, seed)
    monkeypatch.setattr(Lanes, "run", lambda self: self.first.run(1))
    with fresh(databases) as world:
        alone = live(world, seed)
    assert together == alone
    assert sum(len(messages) for _, messages, _ in together.values()) > len(PEOPLE)


@pytest.mark.parametrize("journeys", [1, JOURNEYS])
def test_a_batch_of_many_journeys_is_written_by_one_statement_of_each_kind(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, journeys: int
) -> None:
    with fresh(databases) as world:
        for number in range(journeys):
            entry = {"id": "in", "on": {"type": "event", "name": f"joined-{number}"}, "to": "s"}
            world.publish(drawn(number, random.Random(7)) | {"entries": [entry]}, f"j{number}")
        world.events([(f"joined-{n % journeys}", who, None, None, {}) for n, who in enumerate(PEOPLE)])
        world.run()
        with world.database.transaction() as tx:
            clock.set_now(tx.session, at("2026-03-01 09:30"))
        asked: Counter[str] = Counter()
        for name in ("people", "write", "trail", "post", "reach", "count"):
            monkeypatch.setattr(
                world.database.sql, name, counted(asked, name, getattr(world.database.sql, name))
            )
        assert world.worker.advance.first.run() == len(PEOPLE)
        assert set(asked.values()) == {1}, asked


def counted(asked: Counter[str], name: str, call: Any) -> Any:
    def counting(*given: Any) -> Any:
        asked[name] += 1
        return call(*given)

    return counting
