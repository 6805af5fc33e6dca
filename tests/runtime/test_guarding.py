"""Guards over real journeys: who deleted us after which step, and what is done then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from audience import consent, contacts
from audience.tables import Contact
from content.tables import Material
from rules import guards
from rules.guards import Rule
from runtime import guarding
from runtime.holding import FAR
from store import clock, trips
from store.tables import Audit, Outbox
from store.tables_guards import Guard, GuardHit, GuardTally, GuardTrip
from tests.runtime.charts import exits, journey, send, wait
from tests.runtime.world import World

CHART = journey(
    stages=[{"id": "one", "initial": "greet"}],
    steps=[send("greet", "one", "hello"), wait("day", "one", **{"for": "P1D"}), send("offer", "one", "sale")],
    arrows=[
        exits("a1", "greet", "sent", "day"),
        exits("a2", "day", "next", "offer"),
        exits("a3", "offer", "sent", "won"),
    ],
)
DELETION = Rule("deletion", "step", 24, 72, 10.0, 20, "pause")


@pytest.fixture
def shop(world: World) -> World:
    world.publish(CHART)
    return world


def guard(world: World, rule: Rule) -> int:
    world.worker.housekeeping.upkeep._guarded = float("inf")  # looked at when the test says so
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        row = Guard(
            workspace_id=world.workspace, name="删好友", rule=guards.written(rule), state="on", since=now,
            updated_at=now, updated_by="account:1",
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        return row.id


def come(world: World, first: int, number: int) -> list[str]:
    people = [f"p{one}" for one in range(first, first + number)]
    world.events([("joined", who, None, None, {}) for who in people])
    world.run()
    return people


def delete(world: World, people: list[str]) -> None:
    world.events([("friend_deleted", who, None, None, {"staff": "li"}) for who in people])
    world.run()


def look(world: World) -> int:
    with world.database.transaction() as tx:
        return guarding.look(tx.session, world.workspace, clock.now(tx.session))


def trip(world: World) -> GuardTrip:
    with world.database.reading() as tx:
        return tx.session.scalars(select(GuardTrip).order_by(GuardTrip.id.desc())).first()


def test_too_many_deletions_pause_the_step_and_the_journey_lives_on(shop: World) -> None:
    guard(shop, DELETION)
    people = come(shop, 0, 20)
    delete(shop, people[:1])
    assert look(shop) == 0, "5 %"
    delete(shop, people[1:2])
    assert look(shop) == 1, "10 %"
    row = trip(shop)
    assert (row.per, row.action, row.touches, row.hits) == ("step", "pause", 20, 2)
    assert row.subject.endswith(":greet")
    come(shop, 100, 3)
    held = shop.rows(select(Outbox.step, Outbox.reason).where(Outbox.not_before == FAR))
    assert held == [("greet", "a guard holds it back")] * 3
    shop.go("2026-03-03 10:05")
    assert shop.count(Outbox, Outbox.step == "offer", Outbox.state == "delivered") == 23, (
        "the journey lives on"
    )
    acts = [row.action for row in shop.rows(select(Audit.action).order_by(Audit.id))]
    assert acts[-1] == "guard.tripped"


def test_it_is_released_by_a_person_and_does_not_trip_again_by_old_numbers(shop: World) -> None:
    guard(shop, DELETION)
    delete(shop, come(shop, 0, 20)[:4])
    assert look(shop) == 1
    come(shop, 100, 3)
    with shop.database.transaction() as tx:
        row = tx.session.scalars(select(GuardTrip)).one()
        trips.let_go(tx.session, row, "account:1", "the text was changed", clock.now(tx.session))
    shop.run()
    assert look(shop) == 0
    with shop.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(minutes=11))
    shop.run()
    assert shop.count(Outbox, Outbox.state == "pending") == 0
    assert look(shop) == 0 and trip(shop).woken


def test_each_deletion_counts_once_and_only_for_touches_within_the_hours(shop: World) -> None:
    guard(shop, DELETION)
    people = come(shop, 0, 20)
    shop.go("2026-03-03 10:05")  # everybody has had the offer too, and the greeting is a day old
    delete(shop, people[:5])
    for _ in range(3):
        look(shop)
    assert shop.count(GuardHit) == 10
    steps = {row.subject.partition(":")[2] for row in shop.rows(select(GuardTrip.subject))}
    assert steps == {"offer"}, "the greeting was more than 24 hours ago"


def test_complaints_count_for_their_carrier_and_its_material(shop: World) -> None:
    guard(shop, Rule("complaint", "material", 48, 72, 10.0, 20, "pause"))
    come(shop, 0, 20)
    with shop.database.transaction() as tx:
        ids = list(tx.session.scalars(select(Contact.id).order_by(Contact.id)))
        now = clock.now(tx.session)
        for topic, some in (("sms", ids[:5]), ("wecom_direct", ids[5:7])):
            words = consent.attributes({topic: False})
            said = [contacts.Change(shop.workspace, number, now, attributes=words) for number in some]
            contacts.change(tx.session, said, now, said=consent.Said("link", "link"))
    assert look(shop) == 1
    row = trip(shop)
    assert (row.per, row.subject, row.hits) == ("material", "hello", 2)


def test_a_slowed_step_goes_on_at_a_part_of_its_rate(shop: World) -> None:
    guard(shop, Rule("deletion", "step", 24, 1, 10.0, 20, "slow", 0.5))
    delete(shop, come(shop, 0, 60)[:12])
    assert look(shop) == 1
    assert trip(shop).interval_secs == 120
    begin = shop.count(Outbox, Outbox.step == "greet", Outbox.state == "delivered")
    come(shop, 100, 10)
    sent = []
    for _ in range(25):
        with shop.database.transaction() as tx:
            clock.set_now(tx.session, clock.now(tx.session) + timedelta(minutes=1))
        shop.run()
        sent.append(shop.count(Outbox, Outbox.step == "greet", Outbox.state == "delivered") - begin)
    assert sent[-1] == 10
    assert all(sent[n + 2] - sent[n] <= 2 for n in range(len(sent) - 2)), "one in two minutes"
    assert shop.count(Outbox, Outbox.step == "greet", Outbox.state == "failed") == 0


def test_without_guards_nothing_is_counted(shop: World) -> None:
    come(shop, 0, 5)
    assert shop.count(GuardTally) == 0


def test_failures_count_too(world: World) -> None:
    world.publish(
        journey(
            stages=[{"id": "one", "initial": "greet"}],
            steps=[send("greet", "one", "missing")],
            arrows=[exits("a1", "greet", "sent", "won")],
        )
    )
    with world.database.transaction() as tx:
        tx.session.execute(Material.__table__.delete())
    guard(world, Rule("failure", "step", 1, 24, 50.0, 10, "tell"))
    come(world, 0, 12)
    assert look(world) == 1
    row = trip(world)
    assert (row.touches, row.hits, row.woken) == (12, 12, True)
