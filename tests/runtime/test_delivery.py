"""The outbox: hard stops at the last moment, retries with a backoff, receipts for steps that wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from connectors.base import Account, Message, Permanent, Receipt, Retryable
from connectors.registry import Registry
from journeys.tables import Enrollment
from runtime.deliver import WAITS_SECS, jitter
from runtime.worker import Worker
from store.tables import Outbox
from tests.runtime.charts import SHOP, exits, journey, send, step
from tests.runtime.world import World, at


class Stubborn:
    """Fails as often as it is told to."""

    carriers = frozenset({"wecom_direct"})
    most, keeps_keys = 100, True

    def __init__(self, failures: int, error: type[Exception] = Retryable) -> None:
        self.failures, self.error, self.calls = failures, error, 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("busy")
        return [Receipt(m.key, "delivered", datetime.now(UTC)) for m in messages]

    def later(self) -> list[Receipt]:
        return []


def through(world: World, connector: Stubborn) -> None:
    """Let the workspace's WeCom account be this connector."""
    registry = Registry()
    registry.register("stubborn", lambda account: connector)
    registry.open(Account(world.workspace, "wecom_direct", "stubborn"))
    world.worker = Worker(world.database, registry=registry)
    world.person("lin", identities={"external_userid": "lin"})


def test_a_failed_call_is_tried_again_later_and_later(world: World) -> None:
    connector = Stubborn(2)
    through(world, connector)
    world.publish(SHOP)
    world.event("joined")
    world.run()
    assert connector.calls == 1
    (row,) = world.rows(select(Outbox.state, Outbox.not_before, Outbox.tries))
    assert row.state == "pending" and row.tries == 1
    assert 4 <= (row.not_before - at("2026-03-02 10:00")).total_seconds() <= 6
    world.go("2026-03-02 10:01")
    assert connector.calls == 2
    world.go("2026-03-02 10:02")
    assert world.messages() == [("welcome", "delivered")] and connector.calls == 3


@pytest.mark.parametrize("error", [Permanent, Retryable])
def test_what_fails_for_good_leaves_by_failed(world: World, error: type[Exception]) -> None:
    connector = Stubborn(100, error)
    through(world, connector)
    chart = journey(
        stages=[{"id": "s", "initial": "hello"}],
        steps=[send("hello", "s"), step("mark", "s", "tag", add=["unreachable"], remove=[])],
        arrows=[exits("a1", "hello", "sent", "won"), exits("a2", "hello", "failed", "mark")],
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    if error is Retryable:
        assert world.place() == ("waiting", "s", "hello")
        for day in range(3, 9):
            world.go(f"2026-03-0{day} 10:00")
    assert connector.calls == (1 if error is Permanent else len(WAITS_SECS) + 1)
    assert world.messages() == [("hello", "failed")]
    assert world.tags() == ["unreachable"] and world.place()[0] == "completed"


def test_a_step_that_waits_goes_on_when_the_message_arrived(world: World) -> None:
    chart = journey(
        stages=[{"id": "s", "initial": "hello"}],
        steps=[send("hello", "s", until="delivered")],
        arrows=[exits("a1", "hello", "sent", "won")],
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    assert world.place()[0] == "converted"
    assert world.path() == ["open", "stage s", "step hello sent", "end converted"]


def test_consent_withdrawn_after_the_move_stops_the_message(world: World) -> None:
    world.publish(SHOP)
    world.person("lin")
    world.event("joined")
    world.worker.intake.run()
    world.worker.advance.run()
    world.person("lin", attributes={"no_marketing": True})
    world.run()
    assert world.messages() == [("welcome", "refused")]


def test_an_interruption_withdraws_what_has_not_left(world: World) -> None:
    world.publish(SHOP)
    world.event("joined")
    world.worker.intake.run()
    world.worker.advance.run()
    world.event("order_paid")
    world.run()
    assert world.messages() == [("welcome", "withdrawn"), ("thanks", "delivered")]


def test_an_interruption_reaches_a_message_that_is_leased(world: World) -> None:
    connector = Stubborn(1)
    through(world, connector)
    world.publish(SHOP)
    world.event("joined")
    world.run()
    world.event("order_paid")
    world.go("2026-03-02 10:05")
    assert world.messages() == [("welcome", "withdrawn"), ("thanks", "delivered")]


def test_a_message_past_its_time_is_not_sent(world: World) -> None:
    connector = Stubborn(1)
    through(world, connector)
    chart = journey(
        stages=[{"id": "s", "initial": "hello", "stay": True}],
        steps=[send("hello", "s", valid_until={"for": "PT1H"})],
    )
    world.publish(chart)
    world.event("joined")
    world.run()
    world.go("2026-03-02 12:00")
    assert world.messages() == [("hello", "expired")] and connector.calls == 1


def test_a_paused_journey_sends_nothing_and_resuming_does(world: World) -> None:
    number = world.publish(SHOP)
    world.event("joined")
    world.worker.intake.run()
    world.worker.advance.run()
    world.pause(number)
    world.go("2026-03-02 11:00")
    assert world.messages() == [("welcome", "pending")]
    world.resume(number)
    world.run()
    assert world.messages() == [("welcome", "delivered")]


def test_paused_people_stand_still_and_go_on_afterwards(world: World) -> None:
    number = world.publish(SHOP)
    world.event("joined")
    world.run()
    world.go("2026-03-03 10:00")
    world.pause(number, "late")
    world.event("order_paid", "lin", "2026-03-03 10:00")
    world.event("joined", "new")
    world.go("2026-03-06 10:00")
    assert world.place() == ("waiting", "trust", "two-days")
    assert world.enrollments("new") == []
    world.resume(number)
    world.run()
    assert world.place() == ("waiting", "bought", "week")
    assert world.enrollments()[0].entered_stage == at("2026-03-03 10:00")
    assert world.count(Enrollment, Enrollment.due_at.is_(None)) == 0


def test_a_text_that_cannot_be_written_fails_alone(world: World) -> None:
    world.publish(SHOP)
    from content.tables import Material

    with world.database.transaction() as tx:
        row = tx.session.scalars(select(Material).where(Material.key == "welcome")).one()
        row.body = {"text": "{{ contact.age | plus: 1 | divided_by: contact.zero }}"}
    world.person("odd", attributes={"age": "many", "zero": 0})
    world.event("joined", "odd")
    world.run()
    ((content, state),) = world.messages("odd")
    assert (content, state) == ("welcome", "failed")


def test_the_same_attempt_always_waits_the_same(world: World) -> None:
    factors = {jitter(f"1:{n}:1", 1) for n in range(1000)}
    assert 0.8 <= min(factors) < 0.82 and 1.18 < max(factors) <= 1.2
    assert jitter("1:2:1", 3) == jitter("1:2:1", 3)


class Crowded(Stubborn):
    """Wants a minute of silence, again and again."""

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        self.calls += 1
        if self.calls <= self.failures:
            raise Retryable("too many", after=60)
        return [Receipt(m.key, "delivered", datetime.now(UTC)) for m in messages]


def test_a_carrier_that_asks_for_silence_is_obeyed_for_a_day_and_loses_nobody(world: World) -> None:
    patient = Crowded(3 * len(WAITS_SECS))
    through(world, patient)
    world.publish(SHOP)
    world.event("joined")
    world.run()
    for minute in range(2, 80, 2):
        world.go(f"2026-03-02 {10 + minute // 60}:{minute % 60:02}")
    assert world.messages() == [("welcome", "delivered")] and patient.calls == patient.failures + 1


def test_one_that_asks_for_silence_for_ever_fails_after_a_day(world: World) -> None:
    through(world, Crowded(10_000))
    world.publish(SHOP)
    world.event("joined")
    world.run()
    for hour in ("02 12:00", "02 18:00", "02 22:00", "03 01:00", "03 05:00", "03 09:58"):
        world.go(f"2026-03-{hour}")
        assert world.messages() == [("welcome", "pending")]
    world.go("2026-03-03 10:10")
    assert world.messages() == [("welcome", "failed")]
