"""The stop of a workspace: what waits, what goes when it is let go, and what is not valid any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from runtime.holding import FAR, Holding
from runtime.routes import Routes
from store import clock, stops
from store.tables import Outbox
from store.tables_guards import SendingStop
from store.workspaces import create_workspace
from tests.databases import Databases
from tests.runtime.charts import SHOP, exits, journey, send
from tests.runtime.world import World, at

SHORT = journey(
    stages=[{"id": "one", "initial": "greet"}],
    steps=[send("greet", "one", valid_until={"for": "PT1H"})],
    arrows=[exits("a1", "greet", "sent", "won")],
)


@pytest.fixture
def shop(world: World) -> World:
    world.publish(SHOP)
    return world


def press(world: World, reason: str = "wrong price") -> None:
    with world.database.transaction() as tx:
        stops.stop(tx.session, world.workspace, "account:1", reason, clock.now(tx.session))


def let_go(world: World) -> None:
    with world.database.transaction() as tx:
        assert stops.release(tx.session, world.workspace, "account:1", "", clock.now(tx.session)) is not None


def states(world: World) -> list[str]:
    return [row.state for row in world.rows(select(Outbox.state).order_by(Outbox.id))]


def test_what_is_stopped_waits_and_the_journey_lives_on(shop: World) -> None:
    press(shop)
    shop.event("joined", "lin")
    shop.run()
    assert states(shop) == ["pending"]
    (row,) = shop.rows(select(Outbox.not_before, Outbox.reason, Outbox.tries))
    assert (row.not_before, row.reason, row.tries) == (FAR, "sending was stopped", 0)
    shop.go("2026-03-05 10:00")
    assert states(shop) == ["pending", "pending"], "the journey went on and said what it had to say"


def test_what_was_let_go_goes_out_spread_over_a_while(shop: World) -> None:
    press(shop)
    people = [f"p{number}" for number in range(100)]
    shop.events([("joined", who, None, None, {}) for who in people])
    shop.run()
    let_go(shop)
    shop.run()
    waiting = [
        row.not_before for row in shop.rows(select(Outbox.not_before).where(Outbox.state == "pending"))
    ]
    begin = at("2026-03-02 10:00")
    assert len(set(waiting)) > 50 and all(begin < one <= begin + timedelta(seconds=6) for one in waiting)
    shop.go("2026-03-02 10:01")
    assert set(states(shop)) == {"delivered"}
    assert shop.rows(select(SendingStop.woken)) == [(True,)]


def test_what_is_not_valid_any_more_does_not_go(world: World) -> None:
    world.publish(SHORT)
    press(world)
    world.event("joined", "lin")
    world.run()
    world.go("2026-03-02 12:00")
    let_go(world)
    world.run()
    world.go("2026-03-02 12:10")
    assert states(world) == ["expired"]


def test_a_stop_that_is_pressed_again_before_all_is_back_holds(shop: World) -> None:
    press(shop)
    shop.event("joined", "lin")
    shop.run()
    let_go(shop)
    press(shop, "still wrong")
    shop.go("2026-03-02 11:00")
    assert states(shop) == ["pending"]
    let_go(shop)
    shop.run()
    shop.go("2026-03-02 11:10")
    assert states(shop)[0] == "delivered"


def test_whoever_leaves_meanwhile_takes_his_message_along(shop: World) -> None:
    press(shop)
    shop.event("joined", "lin")
    shop.run()
    shop.event("friend_deleted", "lin")
    shop.run()
    let_go(shop)
    shop.run()
    shop.go("2026-03-02 10:30")
    assert states(shop) == ["withdrawn"]


def test_other_workspaces_go_on(shop: World) -> None:
    with shop.database.transaction() as tx:
        other = create_workspace(tx.session, "别家", "bie", clock.now(tx.session))
        tx.session.flush()
        stops.stop(tx.session, other.id, "account:9", "theirs", clock.now(tx.session))
    shop.event("joined", "lin")
    shop.run()
    assert states(shop)[0] == "delivered"


@pytest.mark.postgres
def test_what_is_set_aside_while_a_stop_ends_is_not_left_behind(postgres_databases: Databases) -> None:
    world = World(postgres_databases.fresh())
    world.publish(SHOP)
    world.event("joined", "lin")
    world.run()
    press(world)
    holding, routes = Holding(world.database), Routes()
    with world.database.transaction() as slow:
        routes.refresh(slow)
        holding.refresh(slow)
        let_go(world)
        world.run()
        assert world.rows(select(SendingStop.woken)) == [(True,)], "nobody comes back to look"
        with world.database.transaction() as tx:
            again = update(Outbox).values(state="pending", not_before=clock.now(tx.session), lease_owner=None)
            tx.session.execute(again)
        assert holding.keep(slow, routes, clock.now(slow.session)) == 0
    world.run()
    assert states(world) == ["delivered"]
    world.close()
