"""P11: one bad contact, one bad signal or one bad text holds nobody else, and what failed can be seen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from journeys import advance as kernel
from journeys.tables import Enrollment, Trail
from runtime import cohorts
from runtime.verify import verify
from store.tables import Inbox
from tests.runtime.charts import SHOP, exits, journey, rule, step
from tests.runtime.world import World

PEOPLE = [f"p{number}" for number in range(40)]


def test_one_whose_move_fails_is_stopped_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish(SHOP)
    bad = str(world.person("p17"))

    def breaks(plan: Any, positions: Any, signals: Any, facts: Any, *rest: Any) -> Any:
        if any(known.subject == bad for known in facts):
            raise ZeroDivisionError("a secret of the customer")
        return kernel.advance(plan, positions, signals, facts, *rest)

    monkeypatch.setattr(cohorts, "advance", breaks)
    world.events([("joined", who, None, None, {"by": who}) for who in PEOPLE])
    world.run()
    assert world.place("p17")[0] == "stopped"
    assert all(world.place(who) == ("waiting", "trust", "two-days") for who in PEOPLE if who != "p17")
    ((detail,),) = world.rows(select(Trail.detail).where(Trail.op == "stop"))
    assert detail == {"error": "ZeroDivisionError"}, "no word of a person's data in the history"
    with world.database.reading() as tx:
        assert verify(tx.session) == []
    monkeypatch.undo()
    world.signal("hand", "exit", "p17", world.enrollments("p17")[0].id, act="exit", result="removed")
    world.run()
    assert world.place("p17")[0] == "removed"


def test_a_value_that_no_database_takes_stops_one_alone(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "keep", "stay": True}],
        steps=[
            step("keep", "s", "update", set=[{"target": "variable", "name": "note", "from": "entry.note"}])
        ],
    )
    world.publish(chart)
    world.events([("joined", who, None, None, {"note": who}) for who in PEOPLE])
    world.worker.intake.run()
    with world.database.transaction() as tx:
        first = tx.session.scalars(select(Enrollment.id).order_by(Enrollment.id)).first()
        standing = tx.sql.standing(tx.cursor, [first])[0]
    original = cohorts.advance

    def poisons(plan: Any, positions: Any, signals: Any, facts: Any, *rest: Any) -> Any:
        moves = original(plan, positions, signals, facts, *rest)
        for position, move in zip(positions, moves, strict=True):
            if position.state == standing.position.state and facts[0].subject and position is positions[0]:
                move.position.state["variables"] = {"note": "\ud800"}
        return moves

    cohorts.advance = poisons
    try:
        world.worker.advance.run()
    finally:
        cohorts.advance = original
    world.run()
    states = [status for (status,) in world.rows(select(Enrollment.status))]
    assert states.count("stopped") >= 1 and "new" not in states
    with world.database.reading() as tx:
        assert verify(tx.session) == []


def test_a_signal_that_cannot_be_taken_is_set_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish(SHOP)
    world.events([("joined", who, None, None, {}) for who in PEOPLE[:20]])
    with world.database.transaction() as tx:
        number = tx.session.scalars(select(Inbox.id).order_by(Inbox.id).offset(9)).first()
        tx.session.execute(
            update(Inbox).where(Inbox.id == number).values(contact_id=None, identity={"phone": "\x01" * 300})
        )
    from runtime import intake

    original = intake.contacts.resolve

    def strict(session: Any, workspace_id: int, identities: Any, now: Any) -> Any:
        if any("phone" in identity for identity in identities):
            raise KeyError("a secret of the customer")
        return original(session, workspace_id, identities, now)

    monkeypatch.setattr(intake.contacts, "resolve", strict)
    world.run()
    assert world.count(Enrollment) == 19
    ((error,),) = world.rows(select(Inbox.error).where(Inbox.state == "failed"))
    assert error == "cannot be taken: KeyError"


def test_an_identity_of_nobody_is_refused_with_a_reason(world: World) -> None:
    from store import clock
    from store.inbox import NewSignal, put

    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        put(
            tx.session,
            [NewSignal(world.workspace, "event", "joined", now, {}, identity={"no such kind!": "x"})],
            now,
        )
    world.run()
    ((state, error),) = world.rows(select(Inbox.state, Inbox.error))
    assert state == "failed" and error


def test_a_loop_without_time_is_stopped_as_one_persons_error(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "a"}],
        steps=[
            step("a", "s", "branch", rules=[{"exit": "yes", "rule": rule("variable.never", "=", 1)}]),
            step("b", "s", "branch", rules=[{"exit": "yes", "rule": rule("variable.never", "=", 1)}]),
        ],
        arrows=[exits("a1", "a", "else", "b"), exits("a2", "b", "else", "a")],
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    assert world.place()[0] == "stopped"
    assert world.rows(select(Trail.detail).where(Trail.op == "stop"))[0][0] == {"error": "loop_limit"}


def test_a_fault_of_ours_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish(SHOP)
    world.events([("joined", who, None, None, {"by": who}) for who in PEOPLE])
    world.worker.intake.run()

    def breaks(*given: Any) -> Any:
        raise AttributeError("a bug that hits everybody")

    monkeypatch.setattr(cohorts, "advance", breaks)
    with pytest.raises(AttributeError):
        world.worker.advance.run()
    assert world.count(Enrollment, Enrollment.status == "stopped") == 0
    monkeypatch.undo()
    world.run()
    assert {world.place(who) for who in PEOPLE} == {("waiting", "trust", "two-days")}
