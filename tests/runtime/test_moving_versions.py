"""Moving people between versions by the engine: counts, what is kept for undoing, pauses, and P10 under load."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from journeys import moves
from journeys.tables import Enrollment, Journey, JourneyMove, Trail, Version
from runtime.verify import verify
from store import clock
from store.tables import Outbox
from tests.runtime.charts import SHOP, after, exits, journey, on_event, send, wait
from tests.runtime.world import World, at


def version(world: World, number: int | None = None) -> int:
    """The id of a version, the newest if none is named."""
    query = select(Version.id).order_by(Version.number.desc())
    if number is not None:
        query = query.where(Version.number == number)
    return int(world.rows(query)[0][0])


def move(
    world: World, source: int, target: int, mode: str = "move", undoes: int | None = None, **to: str
) -> JourneyMove:
    with world.database.transaction() as tx:
        get = tx.session.get_one
        start = get(Version, version(world, source))
        return moves.start(
            tx.session,
            get(Journey, start.journey_id),
            start,
            get(Version, version(world, target)),
            moves.Group(source, mode, to),
            now=clock.now(tx.session),
            actor="test",
            undoes=get(JourneyMove, undoes) if undoes else None,
        )


def found(world: World, number: int) -> JourneyMove:
    with world.database.reading() as tx:
        return tx.session.get_one(JourneyMove, number)


def whole(world: World) -> bool:
    with world.database.reading() as tx:
        assert verify(tx.session) == []
    return True


#: The shop without its wait.
SHORT = journey(
    stages=[{"id": "trust", "initial": "greet"}, {"id": "bought", "initial": "thank", "stay": True}],
    steps=[
        send("greet", "trust", "welcome"),
        send("offer", "trust", "offer"),
        send("thank", "bought", "thanks"),
        wait("week", "bought", **{"for": "P3D"}),
        send("ask", "bought", "how-is-it"),
    ],
    arrows=[
        exits("a1", "greet", "sent", "offer"),
        exits("a3", "thank", "sent", "week"),
        exits("a4", "week", "next", "ask"),
        on_event("a5", ["trust", "bought"], "order_paid", "bought"),
        on_event("a6", "*", "friend_deleted", "lost"),
        after("a7", "trust", "P30D", "lost"),
    ],
    goals=[{"id": "first-order", "event": "order_paid", "within": "P60D"}],
)


def test_everybody_comes_over_and_the_counts_with_them(world: World) -> None:
    world.publish(SHOP)
    for who in "abcdef":
        world.event("joined", who)
    world.run()
    for who in "ab":
        world.event("order_paid", who, amount=1)
    world.run()
    world.publish(SHORT)
    made = move(world, 1, 2, **{"two-days": "offer"})
    assert (made.total, made.state) == (6, "running")
    world.run()
    done = found(world, made.id)
    assert (done.moved, done.state) == (6, "done")
    assert whole(world)
    places = {who: world.place(who) for who in "af"}
    # Whoever was led to the offer got it, rests, and has the stage's alarm of thirty days before him.
    assert places == {"a": ("waiting", "bought", "week"), "f": ("resting", "trust", None)}
    assert world.messages("f") == [("welcome", "delivered"), ("offer", "delivered")]
    moved = world.rows(select(Trail.enrollment_id, Trail.version_id, Trail.detail).where(Trail.op == "moved"))
    assert len(moved) == 6 and {v for _, v, _ in moved} == {version(world, 2)}
    assert all(detail["from"] == 1 and detail["to"] == 2 for _, _, detail in moved)
    assert {row.goal_until.month for who in "abcdef" for row in world.enrollments(who)} == {5}
    world.go("2026-03-20 10:00")
    assert whole(world)


def test_a_place_without_a_target_is_refused_before_anybody_moves(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.publish(SHORT)
    with pytest.raises(moves.TargetMissing) as refused:
        move(world, 1, 2)
    assert [path for path, _ in refused.value.problems] == ["targets.two-days"]
    with pytest.raises(moves.TargetMissing) as refused:
        move(world, 1, 2, **{"two-days": "nowhere"})
    assert "nowhere" in refused.value.problems[0][1].en
    assert world.count(JourneyMove) == 0 and world.place() == ("waiting", "trust", "two-days")


def test_two_moves_from_one_version_do_not_cross(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.publish(SHORT)
    move(world, 1, 2, **{"two-days": "offer"})
    with pytest.raises(moves.MoveRunning):
        move(world, 1, 2, **{"two-days": "offer"})


def test_whoever_is_due_lives_up_to_now_on_his_own_version_first(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.publish(SHORT)
    with world.database.transaction() as tx:
        clock.set_now(tx.session, at("2026-03-04 12:00"))
    made = move(world, 1, 2, **{"two-days": "trust"})
    world.run()
    # His two days were over before the move: he got the offer of version 1, and rests where both versions rest.
    assert world.path()[:5] == [
        "open",
        "stage trust",
        "step greet sent",
        "step two-days next",
        "step offer sent",
    ]
    assert world.path()[5:] == ["rest trust", "moved trust"]
    assert found(world, made.id).state == "done" and whole(world)


def test_undoing_brings_back_those_who_stand_still_and_those_who_went_on(world: World) -> None:
    world.publish(SHOP)
    for who in ("still", "buyer", "gone"):
        world.event("joined", who)
    world.run()
    world.publish(SHORT)
    made = move(world, 1, 2, **{"two-days": "trust"})
    world.run()
    assert world.place("still") == ("resting", "trust", None)
    world.event("order_paid", "buyer", amount=1)
    world.event("friend_deleted", "gone")
    world.run()
    back = move(world, 2, 1, undoes=made.id)
    assert back.total == 3
    world.run()
    assert found(world, back.id).moved == 2
    assert (found(world, back.id).state, found(world, made.id).state) == ("done", "undone")
    assert world.place("still") == ("waiting", "trust", "two-days")
    assert world.place("buyer") == ("waiting", "bought", "week")
    assert world.place("gone")[0] == "lost"
    assert whole(world)
    world.go("2026-03-04 10:00")
    # Greeted on entering and once more on entering anew, then offered as the first version says; nothing is sent twice.
    assert [content for content, _ in world.messages("still")] == ["welcome", "welcome", "offer", "offer"]
    keys = [key for (key,) in world.rows(select(Outbox.key))]
    assert len(keys) == len(set(keys)) and whole(world)


def test_while_paused_everybody_comes_over_and_goes_on_after_it(world: World) -> None:
    number = world.publish(SHOP)
    for who in "abc":
        world.event("joined", who)
    world.run()
    world.pause(number, "shift")
    world.go("2026-03-05 10:00")
    world.publish(SHORT)
    made = move(world, 1, 2, **{"two-days": "trust"})
    world.run()
    assert found(world, made.id).state == "done"
    assert {row.version_id for who in "abc" for row in world.enrollments(who)} == {version(world, 2)}
    world.resume(number)
    world.run()
    assert world.place("a") == ("resting", "trust", None)
    assert whole(world)


def test_a_signal_that_knocked_a_moment_ago_is_heard_at_once(world: World) -> None:
    """A lost wake-up: a worker whose now is a moment older took him for not due, and wrote his old alarm over the knock."""
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.publish(SHORT)
    made = move(world, 1, 2, **{"two-days": "trust"})
    world.event("order_paid", amount=1)
    while world.worker.intake.run():
        pass
    world.worker.rehomings.now = lambda session: at("2026-03-02 09:59")
    world.worker.rehomings.run()
    assert world.place() == ("waiting", "trust", "two-days"), "who has something to hear is not moved yet"
    world.run()
    assert world.place() == ("waiting", "bought", "week")
    assert world.unread() == 0 and found(world, made.id).state == "done" and whole(world)


def test_a_signal_that_came_in_the_pause_is_heard_after_it_on_the_new_version(world: World) -> None:
    number = world.publish(SHOP)
    world.event("joined")
    world.run()
    world.pause(number, "late")
    world.event("order_paid", amount=1)
    world.run()
    world.publish(SHORT)
    move(world, 1, 2, "recompute", **{"two-days": "trust"})
    world.run()
    world.resume(number)
    world.run()
    assert world.place() == ("waiting", "bought", "week")
    assert world.unread() == 0 and whole(world)


def longer(days: int) -> dict[str, Any]:
    """The shop with a wait of so many days, under a name of its own in every other version."""
    name = f"wait-{days % 2}"
    drawn = {
        **SHOP,
        "steps": [dict(step) for step in SHOP["steps"]],
        "arrows": [dict(a) for a in SHOP["arrows"]],
    }
    for step in drawn["steps"]:
        if step["id"] == "two-days":
            step |= {"id": name, "config": {"until": {"for": f"P{days}D", "at": "10:00"}}}
    for arrow in drawn["arrows"]:
        for end in ("from", "to"):
            if arrow[end] == "two-days":
                arrow[end] = name
    return drawn


def test_p10_twenty_versions_are_published_while_people_move(world: World) -> None:
    """P10: nobody's path changes unless he is moved, each by one record; nothing is repeated, nobody is nowhere."""
    people = [f"p{number}" for number in range(400)]
    world.publish(longer(2))
    for number in range(2, 21):
        for who in people[(number - 2) * 20 : (number - 1) * 20]:
            world.event("joined", who)
        world.go(f"2026-03-{number:02} 12:00")
        if number % 3 == 0:
            for who in people[: number * 5 : 4]:
                world.event("order_paid", who, amount=1)
        world.publish(longer(number + 1))
        if number % 2 == 0:
            move(
                world, number - 1, number, "recompute" if number % 4 == 0 else "move",
                **{f"wait-{number % 2}": f"wait-{(number + 1) % 2}"},
            )  # fmt: skip
            world.run()
    world.go("2026-06-01 10:00")
    assert whole(world)
    versions: dict[int, list[tuple[str, int]]] = {}
    for enrollment, op, on in world.rows(
        select(Trail.enrollment_id, Trail.op, Trail.version_id).order_by(Trail.enrollment_id, Trail.id)
    ):
        versions.setdefault(enrollment, []).append((op, on))
    for crumbs in versions.values():
        changes = [op for (op, on), (_, before) in zip(crumbs[1:], crumbs, strict=False) if on != before]
        assert all(op == "moved" for op in changes)
        assert len(changes) == sum(op == "moved" for op, _ in crumbs)
    assert sum(op == "moved" for crumbs in versions.values() for op, _ in crumbs) > 50
    assert world.count(Enrollment, Enrollment.stage.is_(None), Enrollment.status != "ended") == 0
