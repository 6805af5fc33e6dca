"""Staff tasks through the whole engine: given in the move, assigned, done once, reminded of, escalated, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audience import staff, task_acts, tasks
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask, UnusualCase
from audience.tables_tiers import TierOverride
from journeys.tables import Enrollment, Journey
from store import clock
from store.tables import Inbox, Outbox
from tests.runtime.charts import journey
from tests.runtime.test_tiers import dimension
from tests.runtime.world import World, at

RESULTS = [{"exit": "sent", "name": "已发送"}, {"exit": "not_friend", "name": "不是好友"}]


def drawing(**config: Any) -> dict[str, Any]:
    config = {"title": "请致电", "team": "顾问", "due": {"for": "P1D"}, "results": RESULTS, **config}
    return journey(
        entries=[{"id": "in", "on": {"type": "hand"}, "to": "care"}],
        stages=[{"id": "care", "initial": "call"}, {"id": "over", "stay": True}],
        steps=[{"id": "call", "stage": "care", "kind": "task", "config": config}],
        arrows=[
            {"id": "a1", "from": "call", "exit": "sent", "to": "won"},
            {"id": "a2", "from": "call", "exit": "timeout", "to": "lost"},
            {"id": "a3", "from": "care", "on": {"type": "event", "name": "bought"}, "to": "over"},
        ],
        ends=[{"id": "won", "result": "won"}, {"id": "lost", "result": "lost"}],
    )  # fmt: skip


def crew(world: World, *names: str, team: str = "顾问") -> dict[str, int]:
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        rows = [
            Staff(workspace_id=world.workspace, key=n, name=n, team=team, active=True, created_at=now)
            for n in names
        ]
        tx.session.add_all(rows)
        tx.session.flush()
        return {row.key: row.id for row in rows}


def all_tasks(world: World) -> list[StaffTask]:
    with world.database.reading() as tx:
        return list(tx.session.scalars(select(StaffTask).order_by(StaffTask.id)))


def befriend(world: World, contact: int, person: int, when: str = "2026-01-01 10:00") -> None:
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        staff.relate(tx.session, world.workspace, contact, person, "friend", now, since=at(when))


def begin(world: World, who: str = "lin", **config: Any) -> StaffTask:
    world.publish(drawing(**config))
    world.person(who)
    world.signal("enroll", "main", who)
    world.run()
    return all_tasks(world)[-1]


def act(world: World, task: StaffTask, does: Any, *args: Any, **more: Any) -> Any:
    with world.database.transaction() as tx:
        row = task_acts.take(tx.session, world.workspace, task.id)
        return does(tx.session, row, *args, "account:1", clock.now(tx.session), **more)


def result_of(world: World) -> str | None:
    return world.rows(select(Enrollment.result))[0][0]


def test_the_adviser_does_it_and_the_journey_goes_on_once(world: World) -> None:
    people = crew(world, "amy", "ben")
    befriend(world, world.person("lin"), people["ben"])
    task = begin(world)
    assert (task.state, task.staff_id, task.team) == ("assigned", people["ben"], "顾问")
    assert task.key == f"{task.enrollment_id}:1" and task.due_at == at("2026-03-03 10:00")
    assert act(world, task, task_acts.finish, "sent") is True
    assert act(world, task, task_acts.finish, "sent") is False, "pressed twice"
    with pytest.raises(task_acts.TaskError) as told:
        act(world, task, task_acts.finish, "not_friend")
    assert told.value.code == "done"
    world.run()
    assert result_of(world) == "won"
    assert len(world.rows(select(Inbox.id).where(Inbox.kind == "task"))) == 1
    assert [line["act"] for line in all_tasks(world)[0].history] == ["given", "assigned", "done"]


def test_nobody_does_it_in_time_and_the_late_result_is_an_event(world: World) -> None:
    crew(world, "amy")
    task = begin(world)
    world.go("2026-03-03 10:01")
    assert all_tasks(world)[0].state == "timed_out" and result_of(world) == "lost"
    assert act(world, task, task_acts.finish, "sent") is True
    world.run()
    assert result_of(world) == "lost" and all_tasks(world)[0].state == "done"


def test_an_interruption_takes_it_back(world: World) -> None:
    crew(world, "amy")
    task = begin(world)
    world.event("bought")
    world.run()
    (row,) = all_tasks(world)
    assert (row.state, row.reason) == ("withdrawn", "no_longer_needed")
    with pytest.raises(task_acts.TaskError) as told:
        act(world, task, task_acts.finish, "sent")
    assert told.value.code == "withdrawn"


def test_archiving_takes_all_back(world: World) -> None:
    crew(world, "amy")
    begin(world)
    from journeys import versions

    with world.database.transaction() as tx:
        row = tx.session.scalars(select(Journey)).one()
        versions.archive(tx.session, row, now=clock.now(tx.session), actor="test", leave=True)
    world.run()
    assert all_tasks(world)[0].state == "withdrawn"


def test_who_does_it(world: World) -> None:
    people = crew(world, "amy", "ben", "cho")
    names = {number: name for name, number in people.items()}
    world.publish(drawing(assign="load"))
    for n in range(9):
        world.person(f"p{n}")
        world.signal("enroll", "main", f"p{n}")
    world.run()
    held = [names[task.staff_id or 0] for task in all_tasks(world)]
    assert {name: held.count(name) for name in names.values()} == {"amy": 3, "ben": 3, "cho": 3}


def test_rota_is_the_same_for_one_task_and_spreads(world: World) -> None:
    crew(world, "amy", "ben")
    world.publish(drawing(assign="rota"))
    for n in range(20):
        world.person(f"p{n}")
        world.signal("enroll", "main", f"p{n}")
    world.run()
    rows = all_tasks(world)
    ids = sorted({row.staff_id or 0 for row in rows})
    assert len(ids) == 2
    assert all(row.staff_id == ids[tasks.turn(row.key, 2)] for row in rows)


def test_who_is_on_leave_gets_none(world: World) -> None:
    people = crew(world, "amy", "ben")
    befriend(world, world.person("lin"), people["ben"])
    with world.database.transaction() as tx:
        tx.session.get_one(Staff, people["ben"]).away_until = at("2026-03-05 00:00")
    assert begin(world).staff_id == people["amy"], "somebody of the team stands in"


def test_without_anybody_it_waits_for_the_team(world: World) -> None:
    task = begin(world)
    assert (task.state, task.staff_id, task.team) == ("assigned", None, "顾问")


def test_reminders_come_three_times_at_most(world: World) -> None:
    crew(world, "amy")
    begin(world, remind="PT4H", reminds=3)
    for hour in ("13:59", "14:01", "18:02", "22:03", "23:59"):
        world.go(f"2026-03-02 {hour}")
    (row,) = all_tasks(world)
    assert row.reminded == 3 and row.remind_at is None
    assert [one["act"] for one in row.history].count("reminded") == 3


def test_it_is_escalated_and_the_boss_does_it(world: World) -> None:
    crew(world, "amy")
    boss = crew(world, "boss", team="主管")["boss"]
    task = begin(world, fallback="escalate", escalate_to="boss", escalate_for="PT4H")
    world.go("2026-03-03 10:01")
    (row,) = all_tasks(world)
    assert (row.state, row.staff_id, row.escalated) == ("assigned", boss, True)
    assert row.due_at == at("2026-03-03 14:00")
    act(world, task, task_acts.finish, "sent")
    world.run()
    assert result_of(world) == "won"


def test_a_message_goes_instead(world: World) -> None:
    crew(world, "amy")
    begin(world, fallback="message", fallback_carrier="sms", fallback_content="hello")
    world.go("2026-03-03 10:01")
    assert world.rows(select(Outbox.carrier, Outbox.content)) == [("sms", "hello")]
    assert result_of(world) == "lost"


def test_another_team_takes_over_with_a_note_and_the_history(world: World) -> None:
    crew(world, "amy")
    teaching = crew(world, "tom", team="教务")["tom"]
    task = begin(world)
    act(world, task, task_acts.hand_over, team="教务", text="已成交，请排课")
    (row,) = all_tasks(world)
    assert (row.team, row.staff_id, row.state) == ("教务", teaching, "assigned")
    assert row.history[-1] | {"at": ""} == {
        "at": "", "by": "account:1", "act": "handed_over", "from": "amy", "to": "tom", "note": "已成交，请排课",
        "team": "教务",
    }  # fmt: skip


def test_not_suitable_is_recorded_and_gives_a_tier_for_a_while(world: World) -> None:
    crew(world, "amy")
    dimension(world)
    task = begin(world)
    until = at("2026-03-02 10:00") + timedelta(days=30)
    override = {"dimension": "touch", "level": "low", "until": until}
    act(world, task, task_acts.not_suitable, "刚投诉过", override=override)
    world.run()
    assert world.rows(select(UnusualCase.reason, UnusualCase.state)) == [("刚投诉过", "open")]
    assert world.rows(select(TierOverride.level, TierOverride.reason)) == [("low", "刚投诉过")]
    assert result_of(world) == "lost", "no exit of its own: as if nobody had done it"


def test_a_second_worker_gives_nobody_a_second_task(world: World) -> None:
    crew(world, "amy")
    task = begin(world)
    with world.database.transaction() as tx:
        row = {"workspace_id": world.workspace, "key": task.key, "title": "x", "assign": "load"}
        assert tasks.given(tx.session, [{**row, "given_at": clock.now(tx.session)}]) == 0
    assert len(all_tasks(world)) == 1
