"""The templates about customer groups, cloned and lived through: the first week of one, and a month of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from audience import task_acts
from audience.tables_tasks import StaffTask
from journeys import versions
from journeys.tables import Draft
from runtime.verify import verify
from store import clock
from store.subjects import of_group
from templates_lib.clone import clone
from tests.runtime.grouped import Grouped


@pytest.fixture
def world(database_url: str) -> Iterator[Grouped]:
    made = Grouped(database_url)
    yield made
    made.close()


def published(world: Grouped, slug: str) -> str:
    """Clone a template and publish it as it is; its key."""
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        journey = clone(tx.session, world.workspace, slug, now=now, actor="test").journey
        revision = tx.session.scalars(select(Draft.revision).where(Draft.journey_id == journey.id)).one()
        versions.publish(tx.session, journey, revision, lambda _: [], now=now, actor="test")
        return journey.key


def tasks(world: Grouped) -> list[tuple[str, str]]:
    return [tuple(row) for row in world.rows(select(StaffTask.step, StaffTask.state).order_by(StaffTask.id))]


def done(world: Grouped, step: str, result: str) -> None:
    with world.database.transaction() as tx:
        number = tx.session.scalars(
            select(StaffTask.id).where(StaffTask.step == step).order_by(StaffTask.id.desc())
        ).first()
        task = task_acts.take(tx.session, world.workspace, number or 0)
        assert task is not None and task.group_id is not None
        task_acts.finish(tx.session, task, result, "lili", clock.now(tx.session))
    world.run()


def test_a_new_group_is_brought_to_life_within_a_week(world: Grouped) -> None:
    published(world, "community-cold-start")
    number = world.group("g1", name="花间 1 群")
    world.run()
    assert tasks(world) == [("prepare", "assigned")], "nobody speaks before the owner is ready"
    assert world.said_in() == []
    done(world, "prepare", "ready")
    world.go("2026-03-04 20:00")
    done(world, "warm", "warm")
    assert world.said_in() == [
        *(("cold-welcome", "03-02 10:00"), ("cold-intro", "03-02 11:00"), ("cold-useful", "03-03 12:30")),
        *(("cold-topic", "03-04 20:00"), ("cold-checkin", "03-04 20:00")),
    ]
    for member in range(30):
        world.in_group("checked_in", who=f"m{member}")
    world.run()
    assert world.said_in()[-1][0] == "cold-prize" and "打卡达成" in world.one().tags
    for member in range(30):
        world.in_group("group_joined", who=f"m{member}")
        world.in_group("group_message", who=f"m{member}")
    world.go("2026-03-09 20:01")
    assert world.standing(of_group(number)) == [("converted", "review", None)]
    assert world.said_in()[-1] == ("cold-thanks", "03-09 20:00") and "活跃群" in world.one().tags
    with world.database.transaction() as tx:
        assert verify(tx.session) == []


def test_a_group_that_stays_small_is_looked_back_upon_by_the_staff(world: Grouped) -> None:
    published(world, "community-cold-start")
    number = world.group("g1")
    world.run()
    done(world, "prepare", "ready")
    world.go("2026-03-04 20:00")
    done(world, "warm", "cold")
    world.go("2026-03-07 21:00")
    assert world.standing(of_group(number)) == [("waiting", "quiet", "quiet-owner")]
    world.go("2026-03-11 20:01")
    assert world.standing(of_group(number)) == [("waiting", "review", "look-back")]
    done(world, "look-back", "merge")
    assert world.standing(of_group(number)) == [("completed", "review", None)]


def test_a_month_of_a_mature_group(world: Grouped) -> None:
    key = published(world, "community-daily")
    number = world.group("g1")
    world.enroll(key, of_group(number), by="hand")
    world.run()
    for day in range(3, 32):
        world.go(f"2026-03-{day:02} 12:00")
        world.in_group("group_message", who="lin")
    world.go("2026-04-01 23:00")
    said = {(content, at) for content, at in world.said_in()}
    assert len(world.said_in()) == 30 * 3
    assert {
        ("sun-morning", "03-03 08:30"), ("sun-useful", "03-03 15:00"), ("sun-offer", "03-03 20:00"),
        ("sun-live", "03-04 20:00"), ("sun-fission", "03-06 20:00"), ("sun-seeding", "03-09 20:00"),
        ("sun-survey", "03-15 15:00"), ("sun-countdown", "03-15 20:00"), ("sun-countdown", "03-17 20:00"),
        ("sun-vip", "03-18 20:00"), ("sun-month-end", "03-31 08:30"), ("sun-theme", "04-01 08:30"),
    } <= said  # fmt: skip
    assert [step for step, _ in tasks(world)] == ["prepare"], "the member day is prepared a week ahead, once"
    with world.database.transaction() as tx:
        assert verify(tx.session) == []


def test_thirty_silent_days_lead_to_a_recall_and_a_word_leads_back(world: Grouped) -> None:
    key = published(world, "community-daily")
    number = world.group("g1")
    world.enroll(key, of_group(number), by="hand")
    world.run()
    world.go("2026-04-01 11:00")
    assert world.standing(of_group(number)) == [("waiting", "silent", "call-owner")]
    done(world, "call-owner", "done")
    world.go("2026-04-04 12:00")
    content, when = world.said_in()[-1]
    assert content == "sun-recall" and when.startswith("04-04 10:0"), (
        "spread over the first minutes of the window"
    )
    world.in_group("group_message", who="lin")
    world.run()
    assert world.standing(of_group(number)) == [("waiting", "daily", "morning-time")]
