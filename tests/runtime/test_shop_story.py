"""One customer's way through a small shop's journey, told by the day."""

from __future__ import annotations

from tests.runtime.charts import SHOP
from tests.runtime.world import World


def test_a_newcomer_is_greeted_and_offered_after_two_days(world: World) -> None:
    world.publish(SHOP)
    world.person("lin", name="林一")
    world.event("joined")
    world.run()
    assert world.place() == ("waiting", "trust", "two-days")
    assert world.texts() == ["welcome: 林一"]
    world.go("2026-03-04 09:59")
    assert world.place() == ("waiting", "trust", "two-days")
    world.go("2026-03-04 10:00")
    assert world.messages() == [("welcome", "delivered"), ("offer", "delivered")]
    assert world.path() == [
        "open", "stage trust", "step greet sent", "step two-days next", "step offer sent", "rest trust",
    ]  # fmt: skip


def test_a_purchase_interrupts_and_restarts(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.go("2026-03-03 12:00").event("order_paid", amount=99)
    world.run()
    assert world.place() == ("waiting", "bought", "week")
    assert world.goals() == ["first-order"]
    world.go("2026-03-05 12:00").event("order_paid", amount=10)
    world.run()
    assert world.enrollments()[0].visit == 3
    world.go("2026-03-12 11:59")
    assert [content for content, _ in world.messages()] == ["welcome", "thanks", "thanks"]
    world.go("2026-03-12 12:00")
    assert [content for content, _ in world.messages()] == ["welcome", "thanks", "thanks", "how-is-it"]


def test_leaving_ends_and_coming_back_opens_anew(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.event("friend_deleted")
    world.run()
    assert world.place() == ("lost", "trust", None)
    world.go("2026-03-10 10:00").event("joined")
    world.run()
    assert [e.result or e.status for e in world.enrollments()] == ["lost", "waiting"]
    assert world.unread() == 0


def test_an_outage_shifts_nothing(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.go("2026-04-30 08:00")
    assert world.path()[-1] == "end lost"
    one = world.enrollments()[0]
    assert one.ended_at is not None and one.ended_at.isoformat() == "2026-04-01T02:00:00+00:00"
