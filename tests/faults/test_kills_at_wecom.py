"""kill -9 among the work with a company: wherever a worker dies, everything is there once and was done once in the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, update

from audience import contacts, friends, transfers
from audience.changes import Change
from audience.tables import Contact, Event, Identity
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_people import Staff, StaffRelation
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomDeed, WecomFollow, WecomTransfer
from connectors import dialing
from connectors.wecom.fake.calls import CALLS
from connectors.wecom.signals import JOINED
from runtime.wecom import reading
from store import clock, stops
from store.tables import Inbox
from store.tables_wecom import WecomCursor, WecomLook
from store.wecom_calls import look_at
from tests.connectors.wecom.conftest import Fake
from tests.databases import Databases
from tests.faults import children, company_worker
from tests.runtime.wecom.company import Company
from tests.runtime.world import World

pytestmark = pytest.mark.faults

STAFF = ("lili", "wangwei", "chenjie")
#: Customers of each member of staff, customer groups, and those who are in each from the beginning and come later.
CUSTOMERS, GROUPS, THERE, LATER = 130, 4, 10, 5
TAGGED, GIVEN, TOLD = 12, 6, 9
#: Where a worker that reads dies, at the how-manieth visit.
WHILE_READING = (("wecom.mid_staff", 1), ("wecom.mid_page", 2), ("wecom.mid_page", 3), ("wecom.mid_chats", 1),
                 ("wecom.mid_look", 2), ("wecom.mid_look", 3))  # fmt: skip
#: Where one that does dies, after WeCom has done it and before that is written down.
WHILE_DOING = (("wecom.mid_look", 1), ("wecom.marked", 1), ("wecom.marked", 4), ("wecom.told", 1), ("wecom.told", 2),
               ("wecom.transferred", 1))  # fmt: skip
MARK, TRANSFER, SEND = "externalcontact/mark_tag", "externalcontact/transfer_customer", "message/send"


@dataclass
class House:
    """A company and a database; whoever works on them is a process that may be killed."""

    company: Company
    fake: Fake
    kills: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.company.world

    def lives(self, points: tuple[tuple[str, int], ...], done: Callable[[], bool]) -> None:
        """Let a worker die at each point, and then one live until it is `done`."""
        for point, visit in points:
            worker = self._start((point, "kill", visit, 0.0))
            children.wait_for(lambda w=worker: not w.is_alive() or done(), 60)
            if worker.is_alive():
                worker.terminate()
            worker.join(30)
            self.kills += [point] * (worker.exitcode == -9)
            self._over()
        worker = self._start(None)
        children.wait_for(done, 90)
        worker.terminate()
        worker.join(30)

    def _start(self, fault: tuple[str, str, int, float] | None) -> object:
        self.world.database.engine.dispose()
        return company_worker.start(self.world.database.url, self.fake.server.server_address[1], fault)

    def _over(self) -> None:
        """The minute for which the dead one held its places is over."""
        past = clock.system()
        with self.world.database.transaction() as tx:
            asked = WecomCursor.what != "behaviour", WecomCursor.finished_at.is_(None)
            tx.session.execute(update(WecomCursor).where(*asked).values(next_at=past))
            tx.session.execute(update(WecomLook).values(due_at=past))
            tx.session.execute(update(WecomDeed).where(WecomDeed.done_at.is_(None)).values(not_before=past))
            tx.session.execute(update(WecomTransfer).values(next_at=past))

    def has_read(self) -> bool:
        with self.world.database.reading() as tx:
            read = select(WecomCursor.finished_at).where(WecomCursor.what == reading.WHAT)
            left = tx.session.scalar(select(func.count()).select_from(WecomLook))
            unread = tx.session.scalar(select(func.count()).select_from(Inbox).where(Inbox.state == "new"))
            return tx.session.scalar(read) is not None and not left and not unread

    def has_done(self) -> bool:
        with self.world.database.reading() as tx:
            deeds = Counter(tx.session.scalars(select(WecomDeed.state)))
            states = set(tx.session.scalars(select(WecomTransfer.state)))
        return (
            set(deeds) == {"done"}
            and deeds.total() >= TAGGED + TOLD
            and states == {"asked"}
            and self.has_read()
        )


@pytest.fixture
def house(databases: Databases) -> Iterator[House]:
    world, fake = World(databases.fresh()), Fake()
    dialing.configure(["127.0.0.0/8"], [fake.server.server_address[1]])
    company = Company(world, fake)
    yield House(company, fake)
    fake.end()
    dialing.configure()
    world.close()


def people(fake: Fake) -> list[str]:
    return [fake.add(STAFF[n % 3], name=f"客{n}", before=True) for n in range(CUSTOMERS * 3)]


def test_a_company_is_read_once_and_what_is_done_there_is_done_once(house: House) -> None:
    fake, world = house.fake, house.world
    customers = people(fake)
    tag = str(fake.act("tag/make", name="干性", group="肤质")["id"])
    chats = [fake.act("group/make", owner=STAFF[n % 3], name=f"群{n}")["chat_id"] for n in range(GROUPS)]
    for n, chat in enumerate(chats):
        for who in customers[n * 30 : n * 30 + THERE]:
            fake.act("group/join", chat_id=chat, external_userid=who)
    house.lives(WHILE_READING, house.has_read)
    assert len(house.kills) >= 5, house.kills
    everything_is_there_once(world, customers, chats, THERE)
    assert world.count(Event, Event.name == JOINED) == 0, "of a group that is new to us nobody is told"

    done_before = len(house.kills)
    fake.world.asked.clear()
    ids = give_work(house, customers)
    for n, chat in enumerate(chats):
        for who in customers[n * 30 + THERE : n * 30 + THERE + LATER]:
            fake.act("group/join", chat_id=chat, external_userid=who)
    with world.database.transaction() as tx:
        looks = [("chat", chat) for chat in chats]
        look_at(tx.session, world.workspace, house.company.id, looks, clock.system())
    house.lives(WHILE_DOING, house.has_done)
    assert len(house.kills) - done_before >= 4, house.kills
    everything_is_there_once(world, customers, chats, THERE + LATER)
    joins = select(Event.contact_id, func.count()).where(Event.name == JOINED).group_by(Event.contact_id)
    assert [number for _, number in world.rows(joins)] == [1] * (GROUPS * LATER)
    with_effect_once(house, customers, ids, tag)


def everything_is_there_once(world: World, customers: list[str], chats: list[str], inside: int) -> None:
    names = [name for (name,) in world.rows(select(Identity.value).where(Identity.kind == "external_userid"))]
    assert sorted(names) == sorted(customers)
    assert world.count(Contact) == len(customers)
    assert (
        world.count(WecomFollow)
        == world.count(StaffRelation, StaffRelation.state == "friend")
        == len(customers)
    )
    assert sorted(key for (key,) in world.rows(select(CustomerGroup.key))) == sorted(chats)
    assert (
        world.count(GroupMember, GroupMember.left_at.is_(None))
        == world.count(GroupMember)
        == len(chats) * inside
    )
    assert {key for (key,) in world.rows(select(Staff.key))} == set(STAFF)


def give_work(house: House, customers: list[str]) -> list[int]:
    """Tags to push, customers to hand on, and tasks to tell staff of."""
    world = house.world
    with world.database.transaction() as tx:
        session, now = tx.session, clock.now(tx.session)
        found = dict(session.execute(select(Identity.value, Identity.contact_id)).all())
        changes = [
            Change(world.workspace, found[who], now, add=("干性",), by="account:1")
            for who in customers[:TAGGED]
        ]
        assert not contacts.change(session, changes, now)
        staff = {one.key: one for one in session.scalars(select(Staff))}
        given = [found[who] for who in customers[:90] if who in house.fake.world.customers][0 : 3 * GIVEN : 3]
        told, refused = transfers.ask(
            session, house.company.whole, given, staff["lili"], staff["wangwei"], "", "account:1"
        )
        assert not refused
        rows = [
            StaffTask(
                workspace_id=world.workspace, key=f"hand:{n}", title=f"任务{n}", assign="person",
                staff_id=staff[STAFF[n % 3]].id, state="assigned", given_at=now, assigned_at=now,
            )
            for n in range(TOLD)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
    return told


def with_effect_once(house: House, customers: list[str], given: list[int], tag: str) -> None:
    fake = house.fake
    worn = [
        who for who in customers
        if any(tag in follow.tags for follow in fake.world.customers[who].follows.values())
    ]  # fmt: skip
    assert worn == customers[:TAGGED]
    handed = [who for who in customers if fake.world.customers[who].transfers]
    assert len(handed) == len(given) == GIVEN
    assert all(len(fake.world.customers[who].transfers) == 1 for who in handed)
    told = [
        line
        for who in STAFF
        for one in fake.world.store("staff messages").get(who, [])
        for line in one["text"]["content"].split("\n")
    ]
    assert sorted(told) == sorted(f"新任务：任务{n}" for n in range(TOLD))
    again = fake.world.asked[MARK] - TAGGED, fake.world.asked[TRANSFER] - 1
    print(f"\nkills: {len(house.kills)} at {sorted(set(house.kills))}; repeated with no effect: {again}")


WAITING, GRACE_SECS, CALL_SECS = 60, 2.0, 0.1


def test_p16_after_the_stop_no_member_of_staff_is_told_anything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers, one message each tenth of a second; the stop; then nothing; and all of it once it is let go."""
    world, begun, real = house.world, [], CALLS[SEND]

    def slow(asked: object) -> dict[str, object]:
        begun.append(time.monotonic())
        time.sleep(CALL_SECS)
        return real(asked)  # type: ignore[arg-type]

    monkeypatch.setitem(CALLS, SEND, slow)
    house.lives((), house.has_read)
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        friends.known_staff(tx.session, world.workspace, {f"member{n}" for n in range(WAITING)}, now)
        ids = tx.session.scalars(select(Staff.id).where(Staff.key.startswith("member")).order_by(Staff.id))
        tx.session.add_all(
            StaffTask(
                workspace_id=world.workspace, key=f"hand:{n}", title="回访", assign="person", staff_id=number,
                state="assigned", given_at=now, assigned_at=now,
            )
            for n, number in enumerate(ids.all())
        )  # fmt: skip
        tx.session.flush()
    for n in range(WAITING):
        house.fake.act("staff", userid=f"member{n}", name=f"员工{n}")
    workers = [house._start(None) for _ in range(2)]
    try:
        children.wait_for(lambda: len(begun) >= 10, 60)
        with world.database.transaction() as tx:
            stops.stop(tx.session, world.workspace, "account:1", "wrong words", clock.now(tx.session))
        stopped = time.monotonic()
        time.sleep(GRACE_SECS + 1.0)
        late = max(begun) - stopped
        print(f"\nstop: {len(begun)} of {WAITING} told, the last began {late:.2f} s after it")
        assert late <= GRACE_SECS and len(begun) < WAITING
        with world.database.transaction() as tx:
            stops.release(tx.session, world.workspace, "account:1", "", clock.now(tx.session))
        children.wait_for(lambda: world.count(WecomDeed, WecomDeed.state == "done") == WAITING, 90)
    finally:
        for worker in workers:
            worker.terminate()  # type: ignore[attr-defined]
        for worker in workers:
            worker.join(30)  # type: ignore[attr-defined]
    told = [house.fake.world.store("staff messages")[f"member{n}"] for n in range(WAITING)]
    assert [len(one) for one in told] == [1] * WAITING
