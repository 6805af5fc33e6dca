"""The stop of a workspace at WeCom: staff hear nothing, no customer is handed on; what reaches nobody goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from audience import tasks, transfers
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomDeed, WecomTransfer
from runtime import holding
from runtime.wecom import deeds
from store import clock, stops
from store.tables_connections import ConnectionTest
from tests.connectors.wecom.conftest import Fake
from tests.runtime.wecom.company import Company
from tests.runtime.wecom.test_tags import MARK, tag, wear
from tests.runtime.wecom.test_telling import NOON, give, told
from tests.runtime.wecom.test_transfers import TRANSFER, ask, known, states
from tests.runtime.world import World

SEND = "message/send"


@pytest.fixture
def company(world: World, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(deeds, "calm", lambda moment: moment)
    monkeypatch.setattr(holding, "FRESH_SECS", 0.0)
    made = Company(world, fake)
    made.settle()
    world.go(NOON)
    return made


def press(world: World) -> None:
    with world.database.transaction() as tx:
        stops.stop(tx.session, world.workspace, "account:1", "wrong price", clock.now(tx.session))


def let_go(company: Company) -> None:
    world = company.world
    with world.database.transaction() as tx:
        stops.release(tx.session, world.workspace, "account:1", "", clock.now(tx.session))
    world.run()
    company.due()
    company.settle()


def deeds_of(company: Company) -> list[tuple[str, int]]:
    return [tuple(row) for row in company.world.rows(select(WecomDeed.state, WecomDeed.tries))]


def at_the_last_moment(company: Company, monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """`then` happens once, when everything before a call has been done, and the connection stands."""
    client = company.service.companies.client_of(company.world.workspace, company.id)
    assert client is not None
    real, left = client.wire._kept, [then]

    def kept(secs: float) -> object:
        while left:
            left.pop()()
        return real(secs)

    client.tokens.get(client._fetch)
    monkeypatch.setattr(client.wire, "_kept", kept)


def test_staff_hear_of_their_tasks_when_it_is_let_go(company: Company, fake: Fake) -> None:
    press(company.world)
    give(company, "回访林女士")
    company.settle()
    company.due()
    company.settle()
    assert told(fake, "lili") == [] and fake.world.asked[SEND] == 0
    assert deeds_of(company) == [("pending", 0)], "it waits, and no try of it counts"
    let_go(company)
    assert told(fake, "lili") == ["新任务：回访林女士"]


def test_what_was_done_meanwhile_is_not_told_when_it_is_let_go(company: Company, fake: Fake) -> None:
    press(company.world)
    give(company, "回访林女士")
    taken = give(company, "准备会员日")
    give(company, "还没做的")
    company.settle()
    with company.world.database.transaction() as tx:
        now = clock.now(tx.session)
        done = update(StaffTask).where(StaffTask.title == "回访林女士")
        tx.session.execute(done.values(closed_at=now, state="done"))
        wangwei = tx.session.scalars(select(Staff).where(Staff.key == "wangwei")).one()
        tasks.hand_to(tx.session.get_one(StaffTask, taken), wangwei, now + timedelta(seconds=1))
    let_go(company)
    assert told(fake, "lili") == ["新任务：还没做的"]


def test_a_stop_that_comes_at_the_last_moment_is_heard(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(company, "回访林女士")
    company.service.run()
    at_the_last_moment(company, monkeypatch, lambda: press(company.world))
    company.settle()
    assert fake.world.asked[SEND] == 0 and told(fake, "lili") == []
    assert deeds_of(company) == [("pending", 0)]
    let_go(company)
    assert told(fake, "lili") == ["新任务：回访林女士"]


def test_no_customer_is_handed_on_and_those_asked_for_are_asked_after(company: Company, fake: Fake) -> None:
    lin, he = fake.add("lili", before=True), fake.add("lili", before=True)
    first, second = known(company, lin, he)
    ask(company, [first])
    company.settle()
    press(company.world)
    ask(company, [second], words="以后由王伟为您服务")
    fake.later(86400 + 60)
    company.due()
    company.settle()
    assert sorted(states(company)) == [("done", None), ("waiting", None)], (
        "of the first WeCom tells how it went"
    )
    assert fake.world.asked[TRANSFER] == 1 and not fake.world.customers[he].transfers
    let_go(company)
    assert sorted(states(company)) == [("asked", None), ("done", None)]
    assert len(fake.world.customers[he].transfers) == 1


def test_a_transfer_that_is_stopped_at_the_last_moment_waits(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = fake.add("lili", before=True)
    ask(company, known(company, lin))
    at_the_last_moment(company, monkeypatch, lambda: press(company.world))
    company.settle()
    assert fake.world.asked[TRANSFER] == 0 and states(company)[0][0] == transfers.WAITING
    let_go(company)
    assert states(company)[0][0] == "asked" and len(fake.world.customers[lin].transfers) == 1


def test_tags_and_readings_go_on_for_they_reach_nobody(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    tag(fake, "干性")
    company.night()
    press(company.world)
    wear(company, lin, add=("干性",), by="account:1")
    he = fake.add("lili", before=True)
    company.night()
    assert company.there("lili", lin) == {"干性"} and fake.world.asked[MARK] == 1
    assert company.relations(he)["lili"][0] == "friend"


def test_another_company_goes_on(company: Company, fake: Fake) -> None:
    from store.workspaces import create_workspace

    world = company.world
    with world.database.transaction() as tx:
        other = create_workspace(tx.session, "别家", "bie", clock.now(tx.session))
        tx.session.flush()
        stops.stop(tx.session, other.id, "account:9", "theirs", clock.now(tx.session))
    give(company, "回访林女士")
    company.settle()
    assert told(fake, "lili") == ["新任务：回访林女士"]


def test_a_test_send_is_stopped_at_the_last_moment(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, lin = company.world, fake.add("lili", before=True)
    trying = world.worker.trying
    with world.database.transaction() as tx:
        tx.session.add(
            ConnectionTest(
                workspace_id=world.workspace, connection_id=company.id, carrier="wecom_direct", to=lin, language="zh",
                state="waiting", asked_at=clock.system(),
            )
        )  # fmt: skip
    real = trying.registry.make

    def made(account: object) -> object:
        press(world)
        return real(account)  # type: ignore[arg-type]

    monkeypatch.setattr(trying.registry, "make", made)
    trying._looked = time.monotonic() - 10
    assert trying.run()
    assert fake.world.asked["externalcontact/add_msg_template"] == 0
    [(state, sentence)] = world.rows(select(ConnectionTest.state, ConnectionTest.sentence))
    assert state == "failed" and "stopped" in sentence
    assert world.count(WecomTransfer) == 0 and world.count(Staff) > 0
