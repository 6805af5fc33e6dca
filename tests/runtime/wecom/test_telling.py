"""Staff hear of their tasks in WeCom: once of a new one, once a reminder, once when it is late, together and not twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from audience import tasks
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomDeed
from rules import guards
from runtime import faults, guard_words
from runtime.wecom import deeds
from store import clock
from store.tables import Account, Member, Workspace
from store.tables_guards import Guard, GuardTrip
from tests.connectors.wecom.conftest import Fake
from tests.runtime.wecom.company import Company
from tests.runtime.world import World, at

NOON = "2026-03-02 12:10"


@pytest.fixture
def company(world: World, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(deeds, "calm", lambda moment: moment)
    made = Company(world, fake)
    made.settle()
    world.go(NOON)
    return made


def speak(company: Company, language: str) -> None:
    """Let the workspace tell its members everything in this language."""
    with company.world.database.transaction() as tx:
        workspace = tx.session.get_one(Workspace, company.world.workspace)
        workspace.settings = {**workspace.settings, "language": language}


def give(company: Company, title: str, staff: str = "lili", **more: Any) -> int:
    world = company.world
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        number = tx.session.scalars(select(Staff.id).where(Staff.key == staff)).one()
        row = StaffTask(
            workspace_id=world.workspace, key=f"hand:{title}", title=title, assign="person", staff_id=number,
            state="assigned", given_at=now, assigned_at=now, **more,
        )  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        return row.id


def told(fake: Fake, who: str) -> list[str]:
    return [one["text"]["content"] for one in fake.world.store("staff messages").get(who, [])]


def test_a_new_task_is_told_once_with_the_others(company: Company, fake: Fake) -> None:
    give(company, "回访林女士", due_at=at("2026-03-02 18:00"))
    give(company, "准备会员日")
    give(company, "别人的", "wangwei")
    company.settle()
    company.settle()
    assert told(fake, "lili") == ["新任务：回访林女士（03-02 18:00 前完成）\n新任务：准备会员日"]
    assert told(fake, "wangwei") == ["新任务：别人的"]


def test_a_reminder_and_a_late_task_are_told(company: Company, fake: Fake) -> None:
    due = at("2026-03-02 14:00")
    give(company, "回访", due_at=due, remind_at=due - timedelta(minutes=30), reminds=1, remind_secs=600)
    company.settle()
    company.world.go("2026-03-02 13:31")
    company.settle()
    company.world.go("2026-03-02 14:00")
    company.settle()
    company.world.go("2026-03-02 14:01")
    company.settle()
    assert told(fake, "lili") == [
        "新任务：回访（03-02 14:00 前完成）",
        "提醒：回访（03-02 14:00 前完成）",
        "已逾期：回访",
    ]


def test_tasks_are_told_in_the_language_of_the_workspace(company: Company, fake: Fake) -> None:
    speak(company, "en")
    due = at("2026-03-02 14:00")
    give(company, "Call back", due_at=due, remind_at=due - timedelta(minutes=30), reminds=1, remind_secs=600)
    for moment in (NOON, "2026-03-02 13:31", "2026-03-02 14:00"):
        company.world.go(moment)
        company.settle()
    assert told(fake, "lili") == [
        "New task: Call back (due 03-02 14:00)",
        "Reminder: Call back (due 03-02 14:00)",
        "Overdue: Call back",
    ]


def test_what_is_done_is_not_told_and_who_takes_it_over_is(company: Company, fake: Fake) -> None:
    number = give(company, "回访")
    with company.world.database.transaction() as tx:
        tx.session.execute(update(StaffTask).values(closed_at=clock.now(tx.session), state="done"))
    company.settle()
    assert told(fake, "lili") == []
    with company.world.database.transaction() as tx:
        row = tx.session.get_one(StaffTask, number)
        row.closed_at = None
        wangwei = tx.session.scalars(select(Staff).where(Staff.key == "wangwei")).one()
        tasks.hand_to(row, wangwei, clock.now(tx.session))
    company.settle()
    assert told(fake, "wangwei") == ["新任务：回访"] and told(fake, "lili") == []


def test_nobody_is_told_twice_by_a_worker_that_dies(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "wecom.told":
            raise Killed

    give(company, "回访")
    monkeypatch.setattr(faults, "hit", kill)
    with pytest.raises(Killed):
        company.settle()
    monkeypatch.setattr(faults, "hit", lambda _: None)
    give(company, "另一件")
    company.again()
    company.due()
    company.settle()
    assert sorted(told(fake, "lili")) == ["新任务：另一件", "新任务：回访"]


def test_nothing_is_told_at_the_full_hour_or_without_an_app(
    world: World, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(world, fake)
    company.settle()
    soon = clock.system() + timedelta(minutes=1)

    def calm(moment: datetime) -> datetime:
        return max(moment, soon)

    monkeypatch.setattr(deeds, "calm", calm)
    give(company, "回访")
    company.settle()
    assert told(fake, "lili") == []
    assert world.rows(select(WecomDeed.state, WecomDeed.tries)) == [("pending", 0)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "守护“员工失败过多”：王伟，40 次触达有 10 次发送失败（25.0%），已自动放慢。"),
        (
            "en",
            "Guard “员工失败过多”: 王伟, 10 of 40 touches, messages that fail (25.0 %): it goes on slowly.",
        ),
    ],
)
def test_an_owner_is_told_once_when_a_guard_trips(
    company: Company, fake: Fake, language: str, said: str
) -> None:
    world = company.world
    speak(company, language)
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        account = Account(
            email="boss@brand.example", name="boss", password_hash="", active=True, created_at=now
        )
        tx.session.add(account)
        tx.session.flush()
        tx.session.add(
            Member(workspace_id=world.workspace, account_id=account.id, role="owner", created_at=now)
        )
        tx.session.execute(update(Staff).where(Staff.key == "lili").values(account_id=account.id))
        rule = guards.written(guards.Rule("failure", "staff", 24, 72, 10.0, 10, "slow"))
        row = GuardTrip(
            workspace_id=world.workspace, guard_id=1, per="staff", subject="wangwei", rule=rule, action="slow",
            at=now, touches=40, hits=10, woken=False,
        )  # fmt: skip
        tx.session.add(Guard(
            id=1, workspace_id=world.workspace, name="员工失败过多", rule=rule, state="on", since=now,
            updated_at=now, updated_by="account:1",
        ))  # fmt: skip
        tx.session.flush()
        tx.session.add(row)
        tx.session.flush()
        guard_words.tell(tx.session, row, "员工失败过多", now)
        guard_words.tell(tx.session, row, "员工失败过多", now)
    company.settle()
    company.settle()
    [words] = told(fake, "lili")
    assert words == said
    assert told(fake, "wangwei") == [], "whom it is about is spoken with by people"
