"""`flask demo shop`: a workspace with an invented shop's last ninety days in it, so that a newcomer sees people move."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from audience import contacts
from audience.tables_people import Staff
from journeys import versions
from journeys.tables import Draft
from runtime.database import Database
from runtime.worker import ROLES, Worker
from store import clock
from store.inbox import NewSignal, put
from store.tables import Member, VirtualClock, Workspace
from store.workspaces import add_member, create_workspace
from templates_lib.clone import clone

SLUG, NAME = "demo-shop", "演示店铺 Demo"
PEOPLE, DAYS = 300, 90
#: What is invented is the same every time.
SEED = 20
ACTOR = "demo"
#: Who does the tasks of the shop.
TEAM, STAFF = "美肤顾问", (("demo-tang", "唐小棠"), ("demo-xu", "徐一鸣"))
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "婷",
    "雨桐",
    "思琪",
    "欣怡",
    "静",
    "敏",
    "佳",
    "梦洁",
    "晓雯",
    "丽",
    "浩",
    "子轩",
    "明",
    "倩",
    "颖",
    "诗涵",
)
CITIES = ("上海", "杭州", "成都", "北京", "广州", "南京", "武汉", "西安")
#: (event, chance, first and last day after becoming a friend, smallest and largest amount)
HABITS = (
    ("product_viewed", 0.7, 0, 5, 0, 0),
    ("activity_joined", 0.3, 1, 9, 0, 0),
    ("order_paid", 0.55, 1, 14, 59, 399),
    ("order_paid", 0.3, 16, 45, 89, 599),
    ("order_paid", 0.15, 46, 80, 89, 899),
    ("friend_deleted", 0.06, 2, 60, 0, 0),
)


def make(url: str, now: datetime | None = None, on_day: Callable[[int], None] = lambda day: None) -> bool:
    """Make the shop on the database at `url` and play its days up to `now`; False if it is there already.

    Only while no worker runs: the days are played on a clock of their own, which is put away afterwards.
    """
    until = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    start = until - timedelta(days=DAYS)
    database = Database(url)
    clock.configure(True)
    try:
        made = _workspace(database, start)
        if made is None:
            return False
        workspace, people = made
        worker = Worker(database)
        # Rules about contacts and what runs out are looked at once a day; a customer's own hours need no more.
        hourly = Worker(database, [role for role in ROLES if role != "housekeeping"])
        kept = start
        for day, (at, happening) in enumerate(_days(start, until)):
            with database.transaction() as tx:
                clock.set_now(tx.session, at)
                signals = [
                    NewSignal(workspace, "event", name, at, data, contact_id=people[person])
                    for person, name, data in happening
                ]
                put(tx.session, signals, at)
            (worker if at - kept >= timedelta(days=1) or at == until else hourly).run_until_idle()
            kept = at if at - kept >= timedelta(days=1) else kept
            on_day(day)
        return True
    finally:
        with database.transaction() as tx:
            tx.session.execute(delete(VirtualClock))
        clock.configure(False)
        database.close()


def _workspace(database: Database, start: datetime) -> tuple[int, list[int]] | None:
    """The workspace with its published journey and its people; everybody who signs in to another may enter it."""
    with database.transaction() as tx:
        session = tx.session
        if session.scalar(select(Workspace.id).where(Workspace.slug == SLUG)) is not None:
            return None
        session.execute(delete(VirtualClock))
        clock.set_now(session, start)
        roles = session.execute(select(Member.account_id, Member.role)).all()
        workspace = create_workspace(session, NAME, SLUG, start)
        for account, role in dict(map(tuple, roles)).items():
            add_member(session, workspace.id, account, role, start)
        journey = clone(session, workspace.id, "beauty", now=start, actor=ACTOR).journey
        session.add_all(
            Staff(workspace_id=workspace.id, key=key, name=name, team=TEAM, active=True, created_at=start)
            for key, name in STAFF
        )
        session.flush()
        revision = session.scalars(select(Draft.revision).where(Draft.journey_id == journey.id)).one()
        versions.publish(session, journey, revision, lambda _: [], now=start, actor=ACTOR)
        made = contacts.upsert(session, workspace.id, list(_invented()), start)
        return workspace.id, [number for number in made.ids if number]


def _invented() -> Iterator[dict[str, Any]]:
    chance = random.Random(SEED)
    for number in range(PEOPLE):
        name = chance.choice(FAMILY) + chance.choice(GIVEN)
        attributes = {"city": chance.choice(CITIES), "age": chance.randint(18, 48)}
        yield {"external_id": f"demo-{number + 1:03}", "name": name, "attributes": attributes}


def _days(
    start: datetime, until: datetime
) -> Iterator[tuple[datetime, list[tuple[int, str, dict[str, Any]]]]]:
    """Every hour in which something happens, and every hour at which journeys tend to speak."""
    chance = random.Random(SEED + 1)
    by_hour: dict[datetime, list[tuple[int, str, dict[str, Any]]]] = {}
    for person in range(PEOPLE):
        joined = start + timedelta(hours=chance.randint(1, (DAYS - 1) * 24))
        by_hour.setdefault(joined, []).append((person, "friend_added", {"channel": "demo"}))
        for name, likely, first, last, least, most in HABITS:
            if chance.random() < likely:
                at = joined + timedelta(hours=chance.randint(first * 24 + 1, last * 24))
                data = {"amount": chance.randint(least, most)} if most else {}
                by_hour.setdefault(at, []).append((person, name, data))
    for day in range(DAYS):
        by_hour.setdefault(start + timedelta(days=day, hours=12), [])
    by_hour.setdefault(until, [])
    for at in sorted(by_hour):
        if at <= until:
            yield at, by_hour[at]
