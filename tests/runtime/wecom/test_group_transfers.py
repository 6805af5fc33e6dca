"""Customer groups are handed on: messages go in the new owner's name, members and journeys stay, nothing is done twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from audience import group_transfers
from audience.tables import Event
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomGroupTransfer
from runtime import faults
from runtime.wecom.group_transfers import GroupTransfers
from store import clock, stops
from tests.connectors.wecom.conftest import Fake
from tests.runtime.wecom.company import Company
from tests.runtime.world import World


@pytest.fixture
def company(world: World, fake: Fake) -> Company:
    made = Company(world, fake)
    made.settle()
    return made


def known(company: Company, fake: Fake, number: int = 1) -> list[int]:
    """Groups of Lili's with a customer in each, as they were read."""
    lin = fake.add("lili", before=True)
    for one in range(number):
        chat = fake.act("group/make", owner="lili", name=f"{one} 群")["chat_id"]
        fake.act("group/join", chat_id=chat, external_userid=lin)
    company.night()
    rows = company.world.rows(select(CustomerGroup.id, CustomerGroup.owner).order_by(CustomerGroup.id))
    assert [owner for _, owner in rows] == ["lili"] * number
    return [found for found, _ in rows]


def ask(company: Company, ids: Sequence[int], gives: str = "lili", takes: str = "wangwei") -> dict[int, str]:
    with company.world.database.transaction() as tx:
        people = {one.key: one for one in tx.session.scalars(select(Staff))}
        return group_transfers.ask(tx.session, company.whole, ids, people[gives], people[takes], "account:1")[
            1
        ]


def owners(company: Company) -> list[str]:
    return list(company.world.rows(select(CustomerGroup.owner).order_by(CustomerGroup.id))[0])


def states(company: Company) -> list[tuple[str, str | None]]:
    query = select(WecomGroupTransfer.state, WecomGroupTransfer.reason).order_by(WecomGroupTransfer.id)
    return [tuple(row) for row in company.world.rows(query)]


def again(company: Company) -> None:
    """A new worker, as if all pauses were over."""
    company.again()
    with company.world.database.transaction() as tx:
        tx.session.execute(update(WecomGroupTransfer).values(next_at=clock.system()))


def test_a_group_is_the_new_owners_with_its_members_and_its_tasks(company: Company, fake: Fake) -> None:
    [number] = known(company, fake)
    world = company.world
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        lili = tx.session.scalars(select(Staff).where(Staff.key == "lili")).one()
        for assign in ("relationship", "person"):
            row = StaffTask(
                workspace_id=world.workspace, key=f"hand:{assign}", group_id=number, title="发公告", assign=assign,
                staff_id=lili.id, state="assigned", given_at=now,
            )  # fmt: skip
            tx.session.add(row)
    assert ask(company, [number, number, 10**12]) == {10**12: "not_owner"}
    assert ask(company, [number]) == {number: "under_way"}
    company.settle()
    assert states(company) == [("done", None)]
    assert owners(company) == ["wangwei"]
    assert world.count(GroupMember, GroupMember.left_at.is_(None)) == 1
    [told] = [data for (data,) in world.rows(select(Event.properties).where(Event.name == "group_handed_on"))]
    assert told == {"from": "lili", "to": "wangwei"}
    tasks = dict(
        tuple(row)
        for row in world.rows(select(StaffTask.assign, Staff.key).join(Staff, Staff.id == StaffTask.staff_id))
    )
    assert tasks == {"relationship": "wangwei", "person": "lili"}


def test_groups_of_somebody_who_left_go_by_the_other_call(company: Company, fake: Fake) -> None:
    [number] = known(company, fake)
    fake.act("staff", userid="lili", resigned=True)
    with company.world.database.transaction() as tx:
        tx.session.execute(update(Staff).where(Staff.key == "lili").values(active=False))
    ask(company, [number])
    company.settle()
    assert states(company) == [("done", None)] and owners(company) == ["wangwei"]


def test_what_wecom_will_not_do_leaves_it_as_it_was(company: Company, fake: Fake) -> None:
    first, second = known(company, fake, 2)
    fake.rule(chat__transfer_day=1)
    ask(company, [first, second])
    company.settle()
    assert [state for state, _ in states(company)] == ["done", "failed"]
    assert states(company)[1][1] == "90507 transfer too many times"
    assert company.world.rows(select(CustomerGroup.owner).where(CustomerGroup.id == second)) == [("lili",)]


def test_an_answer_that_was_lost_is_read_and_not_repeated(company: Company, fake: Fake) -> None:
    [number] = known(company, fake)
    ask(company, [number])
    faults.arm(faults.Fault("wecom.transferred", "raise"))
    with pytest.raises(faults.Broken):
        company.settle()
    faults.disarm()
    assert states(company) == [("asking", None)]
    again(company)
    company.settle()
    assert states(company) == [("done", None)] and owners(company) == ["wangwei"]
    assert [len(group["transfers"]) for group in fake.world.store("groups").values()] == [1]


def test_while_everything_is_stopped_nobody_is_handed_on(company: Company, fake: Fake) -> None:
    [number] = known(company, fake)
    with company.world.database.transaction() as tx:
        stops.stop(tx.session, company.world.workspace, "account:1", "a mistake", clock.now(tx.session))
    ask(company, [number])
    company.settle()
    assert states(company) == [("waiting", None)]
    with company.world.database.transaction() as tx:
        stops.release(tx.session, company.world.workspace, "account:1", "", clock.now(tx.session))
    company.world.run()
    company.settle()
    assert states(company) == [("done", None)]


def test_two_workers_take_different_groups(company: Company, fake: Fake) -> None:
    known(company, fake, 3)
    ids = [number for (number,) in company.world.rows(select(CustomerGroup.id))]
    ask(company, ids)
    one, other = GroupTransfers(company.service.companies), GroupTransfers(company.service.companies)
    taken = [len(rows) for part in (one, other) for rows in part._claim()]
    assert taken == [3], "what one has taken the other leaves alone"
