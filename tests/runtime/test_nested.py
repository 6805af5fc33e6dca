"""Journeys that start journeys: bound ones end with their stage, free ones go on, and the parent hears how it ended."""

from __future__ import annotations

from runtime.verify import verify
from tests.runtime.charts import exits, journey, on_event, step, wait
from tests.runtime.world import World

CHILD = journey(
    stages=[{"id": "c", "initial": "day"}],
    steps=[wait("day", "c", **{"for": "P1D"})],
    arrows=[exits("a1", "day", "next", "won"), on_event("a2", "c", "quit", "lost")],
    entries=[{"id": "in", "on": {"type": "api"}, "to": "c"}],
)


def parent(bound: bool) -> dict:  # type: ignore[type-arg]
    return journey(
        stages=[{"id": "p", "initial": "start", "stay": True}, {"id": "after", "stay": True}],
        steps=[step("start", "p", "enroll", journey="child", entry=None, bound=bound)],
        arrows=[
            on_event("a1", "p", "journey_ended", "after"),
            on_event("a2", "p", "order_paid", "after"),
        ],
    )


def test_the_parent_hears_the_end(world: World) -> None:
    world.publish(CHILD, "child")
    world.publish(parent(False))
    world.event("joined")
    world.run()
    assert [e.status for e in world.enrollments()] == ["resting", "waiting"]
    assert world.enrollments()[1].parent_id == world.enrollments()[0].id
    world.go("2026-03-03 10:00")
    assert [(e.result or e.status, e.stage) for e in world.enrollments()] == [
        ("resting", "after"),
        ("converted", "c"),
    ]


def test_a_bound_one_is_cancelled_with_its_stage(world: World) -> None:
    world.publish(CHILD, "child")
    world.publish(parent(True))
    world.event("joined")
    world.run()
    world.event("order_paid")
    world.run()
    assert [(e.result or e.status, e.stage) for e in world.enrollments()] == [
        ("resting", "after"),
        ("cancelled", "c"),
    ]
    assert world.unread() == 0


def test_a_free_one_outlives_its_stage(world: World) -> None:
    world.publish(CHILD, "child")
    world.publish(parent(False))
    world.event("joined")
    world.run()
    world.event("order_paid")
    world.run()
    assert [e.result or e.status for e in world.enrollments()] == ["resting", "waiting"]


def test_a_bound_one_whose_stage_is_left_before_it_began_never_begins(world: World) -> None:
    world.publish(CHILD, "child")
    world.publish(parent(True))
    world.event("joined")
    world.worker.intake.run()
    world.worker.advance.run()  # the child's opening lies in the inbox
    world.event("order_paid")
    world.worker.advance.run()
    world.run()
    results = [e.result or e.status for e in world.enrollments()]
    assert results in (["resting"], ["resting", "cancelled"])
    with world.database.reading() as tx:
        assert verify(tx.session) == []


def test_two_journeys_that_start_one_another_come_to_rest(world: World) -> None:
    def other(name: str) -> dict:  # type: ignore[type-arg]
        return journey(
            stages=[{"id": "s", "initial": "start"}],
            steps=[step("start", "s", "enroll", journey=name, entry=None, bound=False)],
            entries=[
                {"id": "in", "on": {"type": "event", "name": "joined"}, "to": "s"},
                {"id": "in-api", "on": {"type": "api"}, "to": "s"},
            ],
            reentry={"mode": "never"},
        )

    world.publish(other("two"), "one")
    world.publish(other("one"), "two")
    world.event("joined")
    world.run()
    assert [e.result for e in world.enrollments()] == ["completed", "completed"]


def test_what_one_changes_the_other_hears(world: World) -> None:
    tagger = journey(
        stages=[{"id": "s", "initial": "mark", "stay": True}],
        steps=[step("mark", "s", "tag", add=["热"], remove=[])],
    )
    listener = journey(
        stages=[{"id": "s", "stay": True}, {"id": "hot", "stay": True}],
        arrows=[{"id": "a1", "from": "s", "on": {"type": "changed", "field": "tags"}, "to": "hot"}],
    )
    world.publish(listener, "listener")
    world.publish(tagger, "tagger")
    world.event("joined")
    world.run()
    assert {e.stage for e in world.enrollments()} == {"hot", "s"}
    assert world.tags() == ["热"]
