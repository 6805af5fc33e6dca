"""Acts by hand through the real engine: exit, move, skip, retry, in a pause, on many, and a journey archived over people."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from audience.tables_tasks import StaffTask
from journeys import versions
from journeys.tables import Enrollment, Journey, Trail
from runtime.database import Database
from runtime.verify import verify
from runtime.worker import Worker
from store import clock
from store.tables import Inbox, Outbox
from tests.runtime.charts import SHOP, exits, journey, on_event, send, step, wait
from tests.runtime.world import World


def act(world: World, name: str, who: str = "lin", **data: Any) -> None:
    """As the API leaves it."""
    world.signal("hand", name, who, world.enrollments(who)[-1].id, act=name, by="account:1", **data)


def sound(world: World) -> None:
    with world.database.reading() as tx:
        assert verify(tx.session) == []


@pytest.fixture
def shop(world: World) -> World:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    assert world.place() == ("waiting", "trust", "two-days")
    return world


def test_exit_ends_at_once_and_only_this_one(shop: World) -> None:
    shop.event("joined", "wu")
    shop.run()
    act(shop, "exit", result="unsubscribed")
    shop.run()
    assert shop.place() == ("unsubscribed", "trust", None) and shop.place("wu")[0] == "waiting"
    shop.go("2026-03-10 10:00")
    assert [content for content, _ in shop.messages()] == ["welcome"]
    assert shop.unread() == 0
    sound(shop)


def test_move_skip_and_retry(shop: World) -> None:
    act(shop, "move", to="bought")
    shop.run()
    assert shop.place() == ("waiting", "bought", "week")
    act(shop, "skip")
    shop.run()
    assert shop.place() == ("resting", "bought", None)
    act(shop, "move", to="week")
    shop.run()
    act(shop, "retry")
    shop.run()
    assert shop.place() == ("waiting", "bought", "week")
    act(shop, "move", to="lost")
    shop.run()
    assert shop.place()[0] == "lost"
    assert [content for content, _ in shop.messages()] == ["welcome", "thanks", "how-is-it"]
    sound(shop)


def test_whoever_was_stopped_is_helped_on(shop: World) -> None:
    with shop.database.transaction() as tx:
        one = tx.session.scalars(select(Enrollment)).one()
        one.status, one.step_due, one.stage_due, one.due_at = "stopped", None, None, None
        one.state = {**one.state, "error": "ValueError"}
    shop.go("2026-03-08 10:00")
    assert shop.place()[0] == "stopped"
    act(shop, "retry")
    shop.run()
    assert shop.place() == ("waiting", "trust", "two-days")
    one = shop.enrollments()[0]
    assert one.stage_due is not None and "error" not in one.state
    shop.go("2026-03-10 12:00")
    assert [content for content, _ in shop.messages()] == ["welcome", "offer"]


def test_in_a_pause_only_leaving_works_and_nothing_else_happens(shop: World) -> None:
    number = shop.count(Journey)
    shop.event("joined", "wu")
    shop.event("joined", "he")
    shop.run()
    shop.pause(number)
    # Two days of waiting pass in the pause, and she buys: none of it may be heard before she leaves.
    shop.go("2026-03-06 10:00")
    shop.event("order_paid")
    act(shop, "exit")
    act(shop, "skip", "wu")
    shop.run()
    assert shop.place() == ("exited", "trust", None)
    assert shop.place("wu") == ("waiting", "trust", "two-days")
    assert [content for content, _ in shop.messages()] == ["welcome"]
    assert shop.goals() == ["first-order"]
    ended = shop.enrollments()[0].ended_at
    assert ended is not None and ended.isoformat() == "2026-03-06T02:00:00+00:00"
    assert shop.rows(select(Inbox.id).where(Inbox.state == "new")) == []
    shop.resume(number)
    shop.run()
    assert [content for content, _ in shop.messages("wu")] == ["welcome", "offer"]
    assert shop.place("he")[1:] == ("trust", None)
    sound(shop)


def test_leaving_again_and_acting_on_who_has_left_does_nothing(shop: World) -> None:
    act(shop, "exit")
    act(shop, "exit", result="twice")
    shop.run()
    for name in ("move", "skip", "retry", "exit"):
        act(shop, name, to="bought")
    shop.run()
    assert shop.place()[0] == "exited" and shop.unread() == 0
    assert len(shop.enrollments()) == 1


TWO_ROOMS = journey(
    stages=[{"id": "a", "initial": "hi"}, {"id": "b", "initial": "long"}],
    steps=[
        send("hi", "a"),
        step("call", "a", "task", title="Ring her", wait=False),
        send("news", "b", "news"),
        wait("long", "b", **{"for": "P9D"}),
    ],
    arrows=[
        exits("x1", "hi", "sent", "call"),
        exits("x2", "call", "next", "b"),
        exits("x3", "long", "next", "news"),
        on_event("x4", "b", "quit", "lost"),
    ],
)


@pytest.fixture
def told(world: World) -> World:
    """Two people in their second stage; what the first one said still waits, for nobody delivers."""
    world.publish(TWO_ROOMS)
    world.event("joined")
    world.event("joined", "wu")
    move_only(world)
    assert world.place() == ("waiting", "b", "long") and world.messages() == [("hello", "pending")]
    return world


def move_only(world: World) -> None:
    Worker(world.database, roles=("intake", "advance", "housekeeping")).run_until_idle()


def tasks(world: World) -> list[str]:
    return [state for (state,) in world.rows(select(StaffTask.state).order_by(StaffTask.id))]


@pytest.mark.parametrize(("name", "data"), [("exit", {}), ("move", {"to": "lost"})])
def test_whoever_is_taken_out_by_hand_hears_nothing_of_any_stage(
    told: World, name: str, data: dict[str, str]
) -> None:
    act(told, name, **data)
    move_only(told)
    assert told.messages() == [("hello", "withdrawn")] and told.messages("wu") == [("hello", "pending")]
    assert tasks(told)[0] == "withdrawn" and tasks(told)[1] != "withdrawn"
    told.run()
    assert told.messages() == [("hello", "withdrawn")] and told.messages("wu") == [("hello", "delivered")]
    sound(told)


def test_what_happens_by_itself_takes_back_its_own_stage_alone(told: World) -> None:
    told.event("quit")
    act(told, "move", "wu", to="a")
    move_only(told)
    assert told.place()[0] == "lost" and told.messages() == [("hello", "pending")]
    assert told.messages("wu") == [("hello", "pending"), ("hello", "pending")]
    assert "withdrawn" not in tasks(told)


def archive(world: World, number: int) -> int:
    with world.database.transaction() as tx:
        row = tx.session.get(Journey, number)
        return versions.archive(tx.session, row, now=clock.now(tx.session), actor="test", leave=True)


LATE = journey(
    stages=[{"id": "a", "initial": "hi", "tags": ["in-a"]}],
    steps=[send("hi", "a"), wait("pause", "a", **{"for": "P1D"}), send("bye", "a", "bye")],
    arrows=[exits("x1", "hi", "sent", "pause"), exits("x2", "pause", "next", "bye")],
    goals=[{"id": "g", "event": "order_paid", "within": "P30D"}],
)


@pytest.mark.parametrize("paused", [False, True])
def test_archiving_lets_everybody_go_and_takes_back_what_was_not_sent(world: World, paused: bool) -> None:
    number = world.publish(LATE)
    for n in range(60):
        world.event("joined", f"p{n}")
    # Nobody delivers: their greetings are still in the outbox.
    Worker(world.database, roles=("intake", "advance")).run_until_idle()
    assert {state for who in range(60) for _, state in world.messages(f"p{who}")} == {"pending"}
    assert world.tags("p1") == ["in-a"]
    if paused:
        world.pause(number)
    world.event("joined", "just-now")
    Worker(world.database, roles=("intake",)).run_until_idle()
    assert archive(world, number) == (60 if paused else 61)
    # A day later, at which all of them were due, the worker comes to it.
    world.go("2026-03-05 10:00")
    found = {(e.status, e.result) for n in range(60) for e in world.enrollments(f"p{n}")}
    assert found == {("ended", "archived")}
    assert {state for who in range(60) for _, state in world.messages(f"p{who}")} == {"withdrawn"}
    assert world.tags("p1") == [] and world.count(Outbox, Outbox.content == "bye") == 0
    assert not world.messages("just-now") and all(
        e.result == "archived" for e in world.enrollments("just-now")
    )
    assert world.counters().get("a", (0, 0))[0] == 0 and world.counters()["pause"][0] == 0
    # Goals still count after the end.
    world.event("order_paid", "p1")
    world.run()
    assert world.goals() == ["g"]
    assert world.count(Trail, Trail.op == "end") == world.count(Enrollment)
    sound(world)


def test_archiving_ends_bound_journeys_and_tells_parents(world: World) -> None:
    world.publish(
        journey(
            stages=[{"id": "c", "initial": "long", "stay": True}],
            steps=[wait("long", "c", **{"for": "P90D"})],
            entries=[{"id": "in-1", "on": {"type": "api"}, "to": "c"}],
        ),
        key="child",
    )
    number = world.publish(
        journey(
            stages=[{"id": "a", "initial": "start", "stay": True}],
            steps=[
                step("start", "a", "enroll", journey="child", bound=True),
                wait("w", "a", **{"for": "P9D"}),
            ],
            arrows=[exits("x1", "start", "next", "w"), on_event("x2", "a", "never", "won")],
        ),
        key="mother",
    )
    world.event("joined")
    world.run()
    assert [e.status for e in world.enrollments()] == ["waiting", "waiting"]
    archive(world, number)
    world.run()
    assert sorted(str(e.result) for e in world.enrollments()) == ["archived", "cancelled"]


def test_two_workers_archive_together(database_url: str) -> None:
    world = World(database_url)
    try:
        number = world.publish(LATE)
        for n in range(30):
            world.event("joined", f"p{n}")
        world.run()
        archive(world, number)
        second = Database(database_url)
        other = Worker(second)
        for _ in range(50):
            if not (world.worker.run_once() | other.run_once()):
                break
        second.close()
        assert world.count(Enrollment, Enrollment.result == "archived") == 30
        sound(world)
    finally:
        world.close()


def test_what_came_in_a_pause_is_heard_on_resuming_and_not_when_the_alarm_rings(shop: World) -> None:
    number = shop.count(Journey)
    shop.pause(number)
    shop.event("order_paid")
    shop.go("2026-03-02 11:00")
    assert shop.place() == ("waiting", "trust", "two-days")
    shop.resume(number)
    shop.run()
    # Her wait would have rung two days later only.
    assert shop.place() == ("waiting", "bought", "week")
