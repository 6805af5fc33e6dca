"""What a workspace allows is kept by the engine: over all journeys, by tier, with holds that end."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from audience import tier_dimensions
from audience.tier_dimensions import Wanted
from journeys.tables import Enrollment, Trail
from store.tables import Outbox
from tests.runtime.charts import exits, journey, rule, send, wait
from tests.runtime.reached import allow, says
from tests.runtime.world import START, World, at

PLAIN = {"words": "", "benefits": [], "color": ""}


def held(world: World) -> list[tuple[str, str]]:
    rows = world.rows(select(Trail.detail).where(Trail.op == "hold").order_by(Trail.id))
    return [(detail["because"], detail["until"][:16]) for (detail,) in rows]


def test_two_journeys_share_one_cap_and_the_second_is_held_until_there_is_room(world: World) -> None:
    allow(world, caps=[{"most": 1, "per": "P1D"}])
    world.publish(says("sms"), "first")
    world.publish(says("email"), "second")
    world.event("joined")
    world.run()
    assert world.count(Outbox) == 1
    assert held(world) == [("cap-full", "2026-03-03T02:00")]
    world.go("2026-03-03 09:59")
    assert world.count(Outbox) == 1
    world.go("2026-03-03 10:00")
    assert world.count(Outbox) == 2
    assert world.count(Enrollment, Enrollment.status != "ended") == 0


def test_a_cap_of_one_carrier_lets_others_go_and_refuses_if_so_set(world: World) -> None:
    allow(world, caps=[{"most": 1, "per": "week", "carriers": ["sms"], "when_full": "refuse"}])
    world.publish(says("sms", "sms", "email"))
    world.event("joined")
    world.run()
    assert world.path()[2:] == ["step say0 sent", "step say1 skipped", "step say2 sent", "end converted"]
    assert [carrier for (carrier,) in world.rows(select(Outbox.carrier).order_by(Outbox.id))] == [
        "sms",
        "email",
    ]


def test_one_move_counts_what_it_has_just_said(world: World) -> None:
    allow(world, one_a_minute=True)
    world.publish(says("sms", "sms", "email"))
    world.event("joined")
    world.run()
    assert world.count(Outbox) == 1
    world.go("2026-03-02 10:01")
    assert world.count(Outbox) == 3


def test_a_message_that_reached_nobody_takes_no_room(world: World) -> None:
    allow(world, caps=[{"most": 1, "per": "P7D", "when_full": "refuse"}])
    world.publish(says("sms"), "first")
    world.publish(says("email", event="later"), "second")
    world.event("joined")
    world.run()
    with world.database.transaction() as tx:
        for row in tx.session.scalars(select(Outbox)):
            row.state = "failed"
    world.go("2026-03-02 11:00")
    world.event("later")
    world.run()
    assert world.count(Outbox, Outbox.carrier == "email") == 1


def test_high_value_may_be_reached_more_often(world: World) -> None:
    allow(
        world,
        caps=[
            {"most": 2, "per": "day", "who": {"tier": "value", "level": "high"}, "when_full": "refuse"},
            {"most": 0, "per": "day", "who": {"tier": "value", "level": "low"}, "when_full": "refuse"},
        ],
    )
    world.publish(says("sms", "email", "sms"))
    levels = [
        {"key": "high", "name": "高", "rule": rule("attribute.spent", ">=", 100), **PLAIN},
        {"key": "mid", "name": "中", "rule": rule("attribute.spent", ">=", 10), **PLAIN},
        {"key": "low", "name": "低", "rule": None, **PLAIN},
    ]
    with world.database.transaction() as tx:
        tier_dimensions.create(tx.session, world.workspace, Wanted("价值", levels, "value"), at(START), "林")
    for who, spent in (("lin", 500), ("wang", 1), ("zhao", 50)):
        world.person(who, attributes={"spent": spent})
    world.run()
    for who in ("lin", "wang", "zhao"):
        world.event("joined", who)
    world.run()
    assert [len(world.messages(who)) for who in ("lin", "wang", "zhao")] == [2, 0, 3]


def test_a_policy_set_later_is_obeyed_at_once(world: World) -> None:
    world.publish(says("sms", "sms", pause="PT1H"))
    world.event("joined")
    world.run()
    allow(world, caps=[{"most": 1, "per": "day"}])
    world.go("2026-03-02 11:00")
    assert world.count(Outbox) == 1
    allow(world)
    world.go("2026-03-03 09:00")
    assert world.count(Outbox) == 2


def test_what_is_overdue_counts_at_its_own_time(world: World) -> None:
    """A worker that was away does two days at once: still not two in one stretch."""
    allow(world, caps=[{"most": 1, "per": "PT24H"}])
    world.publish(says("sms", "sms", "sms", pause="PT1H"))
    world.event("joined")
    world.go("2026-03-06 10:00")
    times = [when for (when,) in world.rows(select(Outbox.due_at).order_by(Outbox.due_at))]
    assert len(times) == 3
    assert all(later - first >= timedelta(hours=24) for first, later in pairwise(times))


def test_a_lower_journey_waits_for_a_higher_one(world: World) -> None:
    vip = journey(
        stages=[{"id": "s", "initial": "soon"}],
        steps=[wait("soon", "s", **{"for": "PT2H"}), send("hi", "s", "hi")],
        arrows=[exits("a", "soon", "next", "hi"), exits("b", "hi", "sent", "won")],
    )
    allow(
        world,
        priority={"hours": 4, "journeys": ["vip"]},
        caps=[{"most": 1, "per": "P1D"}],
    )
    world.publish(vip, "vip")
    world.publish(says("sms", event="bought"), "daily")
    world.event("joined")
    world.run()
    world.event("bought")
    world.go("2026-03-02 11:00")
    assert held(world) == [("priority", "2026-03-02T04:01")]
    world.go("2026-03-02 12:02")
    assert [key for (key,) in world.rows(select(Outbox.content))] == ["hi"]
    world.go("2026-03-03 12:00")
    assert world.count(Outbox) == 2


def test_people_who_were_reached_alike_move_as_one(world: World) -> None:
    allow(world, caps=[{"most": 2, "per": "P7D"}])
    world.publish(says("sms", "sms", "sms", pause="P1D"))
    for n in range(30):
        world.event("joined", f"p{n}")
    world.run()
    world.go("2026-03-20 10:00")
    assert world.count(Outbox) == 90
    assert world.count(Enrollment, Enrollment.result == "converted") == 30
