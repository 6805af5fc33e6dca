"""Imports go on where a killed worker left them; old rows go, and what is still needed stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from audience import imports
from audience.tables import Contact, Event
from journeys.tables import Enrollment
from runtime import faults
from runtime.housekeeping import INBOX_KEPT
from store import clock
from store.tables import Idempotency, Inbox, LoginSession
from tests.runtime.charts import SHOP, journey
from tests.runtime.world import World, at

ROWS = 1200


def started(world: World) -> int:
    lines = "\n".join(f"c{number},新客" for number in range(ROWS))
    content = f"会员号,标签\n{lines}\n".encode()
    with world.database.transaction() as tx:
        made = imports.create(
            tx.session,
            world.workspace,
            filename="people.csv",
            content=content,
            mapping={"会员号": "external_id", "标签": "tags"},
            now=clock.now(tx.session),
        )
        return made.id


def test_an_import_enters_everybody_once_whatever_happens_in_the_middle(world: World) -> None:
    world.publish(journey(stages=[{"id": "s", "stay": True}], entries=[{"id": "in", "on": {"type": "tag", "tag": "新客"}, "to": "s"}]))  # fmt: skip
    number = started(world)
    faults.arm(faults.Fault("import.mid_batch", "raise", 2))
    world.worker.housekeeping.import_some()
    with world.database.transaction() as tx:
        row = imports.get(tx.session, world.workspace, number)
        assert row is not None and row.state == "running" and row.done == 1000
    try:
        with pytest.raises(faults.Broken), world.database.transaction() as tx:
            imports.run_chunk(tx.session, number, clock.now(tx.session))
            faults.hit("import.mid_batch")
    finally:
        faults.disarm()
    world.run()
    assert world.count(Contact) == ROWS
    assert world.count(Enrollment) == ROWS
    with world.database.reading() as tx:
        row = imports.get(tx.session, world.workspace, number)
        assert row is not None and row.state == "done"


def test_old_rows_go_and_history_stays(world: World) -> None:
    number = world.publish(SHOP)
    world.event("joined", id="e-1")
    world.run()
    world.pause(number)
    world.event("order_paid", "lin")
    world.run()
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        tx.session.add(Idempotency(workspace_id=world.workspace, key="k", request_hash="h", created_at=now))
    with world.database.transaction() as tx:
        clock.set_now(tx.session, at("2026-03-02 10:00") + INBOX_KEPT + timedelta(hours=1))
    world.worker.housekeeping.sweep()
    assert world.rows(select(Inbox.name)) == [("order_paid",)], "a paused journey has not heard it yet"
    assert sorted(name for (name,) in world.rows(select(Event.name))) == ["joined", "order_paid"]
    assert world.count(Idempotency) == 0 and world.count(LoginSession) == 0
    world.resume(number)
    world.run()
    assert world.enrollments()[0].stage == "bought"


def test_a_number_once_given_to_a_signal_is_never_given_again(world: World) -> None:
    world.publish(SHOP)
    for day in (2, 12, 22):
        world.go(f"2026-03-{day:02} 10:00").event("viewed")
        world.run()
        world.worker.housekeeping.sweep()
    assert world.count(Event) == 3
