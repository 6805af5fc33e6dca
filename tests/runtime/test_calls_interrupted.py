"""Law 10 for calls of systems: what has not left when its stage is interrupted is taken back, as a message is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Facts, Signal, Withdraw, fresh
from store.tables import Outbox
from tests.runtime.charts import exits, journey, step, wait
from tests.runtime.reached import allow
from tests.runtime.test_delivery import Stubborn
from tests.runtime.world import World, at

CALL = {"url": "https://example.com/hook"}


def chart(**config: Any) -> dict[str, Any]:
    """A call, then a wait; whoever buys goes on to another stage, where another system is called."""
    return journey(
        stages=[{"id": "s", "initial": "call"}, {"id": "bought", "initial": "thank"}],
        steps=[
            step("call", "s", "webhook", **CALL, **config), wait("day", "s", **{"for": "P1D"}),
            step("thank", "bought", "webhook", **CALL),
        ],
        arrows=[
            exits("a1", "call", "ok", "day"), exits("a2", "day", "next", "won"),
            {"id": "a3", "from": "s", "on": {"type": "event", "name": "order_paid"}, "to": "bought"},
        ],
    )  # fmt: skip


class Calls(Stubborn):
    carriers = frozenset({"webhook"})


def through(world: World, connector: Calls) -> None:
    from connectors.base import Account
    from connectors.registry import Registry
    from runtime.worker import Worker

    registry = Registry()
    registry.register("calls", lambda account: connector)
    registry.open(Account(world.workspace, "webhook", "calls", {"per_second": 0}))
    world.worker = Worker(world.database, registry=registry)


def calls(world: World) -> list[tuple[str, str]]:
    return [tuple(row) for row in world.rows(select(Outbox.step, Outbox.state).order_by(Outbox.id))]


def test_3_10_an_interruption_takes_a_call_back_and_an_exit_does_not() -> None:
    plan = compile_plan(chart(), journey_key="story")
    begin = at("2026-03-02 10:00")
    facts = Facts("1", {}, [], None, {})
    [inside] = advance(plan, [fresh("in-1", begin)], [[]], [facts], begin)
    assert not [deed for deed in inside.deeds if isinstance(deed, Withdraw)], (
        "leaving by ok takes nothing back"
    )
    paid = Signal(1, "event", "order_paid", begin, begin, {})
    [away] = advance(plan, [inside.position], [[paid]], [facts], begin)
    assert Withdraw(begin, 1, messages=True, tasks=False) in away.deeds
    assert plan.reserves is False, "and a call takes no room of a cap"


@pytest.mark.parametrize("config", [{}, {"keep": [{"path": "code", "name": "code"}]}])
def test_a_call_that_has_not_left_is_withdrawn(world: World, config: dict[str, Any]) -> None:
    through(world, connector := Calls(0))
    world.publish(chart(**config))
    world.event("joined")
    world.worker.intake.run()
    world.worker.advance.run()
    world.event("order_paid")
    world.run()
    assert calls(world) == [("call", "withdrawn"), ("thank", "delivered")]
    assert connector.calls == 1, "one system was called, and not the other"


def test_a_call_that_waits_for_its_next_try_is_withdrawn(world: World) -> None:
    through(world, Calls(1))
    world.publish(chart())
    world.event("joined")
    world.run()
    assert calls(world) == [("call", "pending")]
    world.event("order_paid")
    world.go("2026-03-02 10:05")
    assert calls(world) == [("call", "withdrawn"), ("thank", "delivered")]


def test_what_was_called_stays_called(world: World) -> None:
    allow(world, caps=[{"most": 1, "per": "day"}])
    through(world, Calls(0))
    world.publish(chart())
    world.event("joined")
    world.run()
    world.event("order_paid")
    world.run()
    assert calls(world) == [("call", "delivered"), ("thank", "delivered")]
