"""A step or a material that is paused while its messages are leased already: the last look before each hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from connectors.base import Account, Message, Receipt
from connectors.registry import Registry
from journeys.tables import Journey
from rules.guards import Rule, written
from runtime.worker import Worker
from store import clock
from store.tables_guards import Guard, GuardTrip
from tests.runtime.charts import exits, journey, send
from tests.runtime.world import World

PEOPLE = 8


class Trips:
    """Knows no keys; after the third message a guard trips, or somebody pauses the step by hand."""

    carriers = frozenset({"wecom_direct"})
    most, keeps_keys = 100, False

    def __init__(self, world: World, per: str, action: str = "pause", *, of: str = "") -> None:
        self.world, self.per, self.action, self.of, self.sent = world, per, action, of, 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        self.sent += len(messages)
        if self.sent == 3:
            with self.world.database.transaction() as tx:
                now = clock.now(tx.session)
                number = tx.session.query(Journey.id).scalar()
                rule = written(Rule("deletion", self.per, 24, 72, 10.0, 20, self.action))
                guard = Guard(
                    workspace_id=self.world.workspace, name="g", rule=rule, since=now, updated_at=now, updated_by="t",
                    state="on",
                )  # fmt: skip
                tx.session.add(guard)
                tx.session.flush()
                subject = self.of or (f"{number}:hello" if self.per == "step" else "hello")
                tx.session.add(
                    GuardTrip(
                        workspace_id=self.world.workspace, guard_id=guard.id, per=self.per, subject=subject, rule=rule,
                        action=self.action, at=now, touches=9, hits=9, woken=False,
                    )
                )  # fmt: skip
                tx.session.flush()
        return [Receipt(m.key, "delivered", datetime.now(UTC)) for m in messages]

    def later(self) -> list[Receipt]:
        return []


def sent(world: World, connector: Trips) -> int:
    registry = Registry()
    registry.register("trips", lambda account: connector)
    registry.open(Account(world.workspace, "wecom_direct", "trips", {"per_second": 0}))
    world.worker = Worker(world.database, registry=registry)
    people = [f"p{n}" for n in range(PEOPLE)]
    for who in people:
        world.person(who, identities={"external_userid": who})
    chart = journey(
        stages=[{"id": "s", "initial": "hello"}],
        steps=[send("hello", "s")],
        arrows=[exits("a1", "hello", "sent", "won")],
    )
    world.publish(chart)
    world.events([("joined", who, None, None, {}) for who in people])
    world.run()
    return connector.sent


@pytest.mark.parametrize("per", ["step", "material"])
def test_what_is_leased_already_waits_with_the_rest(world: World, per: str) -> None:
    assert sent(world, Trips(world, per)) == 3
    assert sorted(state for who in range(PEOPLE) for _, state in world.messages(f"p{who}")) == (
        ["delivered"] * 3 + ["pending"] * (PEOPLE - 3)
    )


def test_other_steps_go_on(world: World) -> None:
    assert sent(world, Trips(world, "step", of="999:hello")) == PEOPLE
