"""P14: nothing leaves inside quiet hours, however long the queue, and their end is no thunderclap."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from audience import contacts
from rules.contact_policy import SPREAD
from store import clock
from store.tables import Outbox
from tests.runtime.reached import allow, says
from tests.runtime.world import World, at

PEOPLE = 1500
NIGHT = ["22:00", "08:00"]


def at_night(world: World, event: str) -> dict[str, object]:
    drawn = says("sms", event=event)
    return {**drawn, "settings": {**drawn["settings"], "quiet_hours": NIGHT}}


def crowd(world: World, number: int) -> None:
    given = [{"external_id": f"p{n}", "identities": {"phone": f"+86138{n:08}"}} for n in range(number)]
    for first in range(0, number, 500):
        with world.database.transaction() as tx:
            some = given[first : first + 500]
            assert not contacts.upsert(tx.session, world.workspace, some, clock.now(tx.session)).errors


def due(world: World) -> list[datetime]:
    return [when for (when,) in world.rows(select(Outbox.due_at).order_by(Outbox.due_at))]


def test_p14_the_end_of_quiet_hours_is_spread_and_a_cap_is_kept(world: World) -> None:
    """Two journeys wake the same crowd at eight: one message each, spread over ten minutes, the rest a day later."""
    allow(world, caps=[{"most": 1, "per": "PT24H"}])
    for name in ("first", "second"):
        world.publish(at_night(world, "joined"), name)
    crowd(world, PEOPLE)
    world.go("2026-03-02 23:00")
    for first in range(0, PEOPLE, 500):
        world.events([("joined", f"p{n}", None, None, {}) for n in range(first, first + 500)])
    world.run()
    world.go("2026-03-03 07:59")
    assert world.count(Outbox) == 0
    world.go("2026-03-03 08:30")
    times = due(world)
    opens = at("2026-03-03 08:00")
    assert len(times) == PEOPLE
    assert opens <= times[0] and times[-1] < opens + SPREAD
    fullest = max(Counter(when.replace(microsecond=0) for when in times).values())
    assert fullest <= 4 * PEOPLE / SPREAD.total_seconds() + 6, "no second has much more than its share"
    world.go("2026-03-04 09:00")
    assert world.count(Outbox) == 2 * PEOPLE
    shares = Counter(journey for (journey,) in world.rows(select(Outbox.journey_id)))
    assert min(shares.values()) == PEOPLE


def test_p14_what_still_waits_in_the_queue_when_quiet_hours_begin_goes_in_the_morning(world: World) -> None:
    """The worker that delivers was away: the messages were let go in the evening and are looked at after ten."""
    world.publish(at_night(world, "joined"))
    crowd(world, 20)
    world.go("2026-03-02 21:59")
    world.events([("joined", f"p{n}", None, None, {}) for n in range(20)])
    world.worker.intake.run()
    while world.worker.advance.run():
        pass
    assert world.count(Outbox, Outbox.state == "pending") == 20
    world.go("2026-03-02 22:01")
    assert world.count(Outbox, Outbox.state == "pending") == 20
    world.go("2026-03-03 07:59")
    assert world.count(Outbox, Outbox.state == "pending") == 20
    world.go("2026-03-03 08:15")
    assert world.count(Outbox, Outbox.state == "pending") == 0
    sent = [when for (when,) in world.rows(select(Outbox.sent_at))]
    assert all(when is not None and when >= at("2026-03-03 08:00") for when in sent)
