"""A customer is handed on: his journey goes on, in the new one's name; refusals and kills leave it as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from audience import transfers
from audience.tables import Event
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tables_wecom import WecomTransfer
from content.tables import Material
from journeys.tables import Enrollment
from runtime import faults
from store import clock
from store.inbox import NewSignal, put
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey, send, wait
from tests.runtime.wecom.company import VAULT, Company
from tests.runtime.world import World

TRANSFER = "externalcontact/transfer_customer"
DAY = 86400.0


@pytest.fixture
def company(world: World, fake: Fake) -> Company:
    made = Company(world, fake)
    made.settle()
    return made


def known(company: Company, *people: str) -> list[int]:
    company.night()
    return [company.contact(one).id for one in people]


def ask(
    company: Company, ids: Sequence[int], gives: str = "lili", takes: str = "wangwei", words: str = ""
) -> dict[int, str]:
    with company.world.database.transaction() as tx:
        people = {one.key: one for one in tx.session.scalars(select(Staff))}
        _, refused = transfers.ask(
            tx.session, company.whole, ids, people[gives], people[takes], words, "account:1"
        )
    return refused


def states(company: Company) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in company.world.rows(select(WecomTransfer.state, WecomTransfer.reason))]


def events(company: Company, name: str) -> list[dict[str, str]]:
    return [data for (data,) in company.world.rows(select(Event.properties).where(Event.name == name))]


def test_the_journey_goes_on_and_is_said_by_the_new_one(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    [number] = known(company, lin)
    world = company.world
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="news", name="news", carrier="wecom_direct", body={"text": "新品"},
                updated_at=now, updated_by="test",
            )
        )  # fmt: skip
        lili = tx.session.scalars(select(Staff).where(Staff.key == "lili")).one()
        tx.session.add(
            StaffTask(
                workspace_id=world.workspace, key="hand:1", contact_id=number, title="回访", assign="relationship",
                staff_id=lili.id, state="assigned", given_at=now,
            )
        )  # fmt: skip
    world.publish(
        journey(
            stages=[{"id": "s", "initial": "w"}],
            steps=[wait("w", "s", **{"for": "P2D"}), send("tell", "s", "news")],
            arrows=[exits("x1", "w", "next", "tell"), exits("x2", "tell", "sent", "won")],
        )
    )
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        put(tx.session, [NewSignal(world.workspace, "event", "joined", now, {}, contact_id=number)], now)
    world.run()
    [before] = world.rows(select(Enrollment.id, Enrollment.step, Enrollment.status))
    assert ask(company, [number]) == {}
    company.settle()
    assert states(company) == [("asked", None)] and company.relations(lin)["lili"][0] == "friend"
    fake.later(DAY + 60)
    company.due()
    company.settle()
    assert states(company) == [("done", None)]
    assert {key: state for key, (state, *_) in company.relations(lin).items()} == {
        "lili": "none",
        "wangwei": "friend",
    }
    assert events(company, "transferred") == [{"from": "lili", "to": "wangwei"}]
    assert world.rows(select(Enrollment.id, Enrollment.step, Enrollment.status)) == [before]
    [(_, wangwei)] = world.rows(select(StaffTask.key, StaffTask.staff_id))
    assert world.rows(select(Staff.key).where(Staff.id == wangwei)) == [("wangwei",)]
    world.worker = type(world.worker)(world.database, vault=VAULT)
    world.worker.wecom = None
    world.go("2026-03-04 10:01")
    [task] = fake.world.store("tasks").values()
    assert list(task.staff) == ["wangwei"]
    company.night()
    assert company.relations(lin)["wangwei"][0] == "friend", "and the night finds it so"


def test_a_refusal_leaves_everything_as_it_was(company: Company, fake: Fake) -> None:
    lin, he = fake.add("lili", before=True), fake.add("lili", before=True)
    ids = known(company, lin, he)
    ask(company, ids)
    company.settle()
    fake.act("customer/refuse_transfer", userid="lili", external_userid=lin)
    fake.act("customer/refuse_transfer", userid="lili", external_userid=he, limit=True)
    company.due()
    company.settle()
    assert states(company) == [("refused", "customer_refused"), ("limit", "customer_limit_exceed")]
    assert company.relations(lin)["lili"][0] == "friend" and "wangwei" not in company.relations(lin)
    assert len(events(company, "transfer_failed")) == 2


def test_a_third_time_within_90_days_is_refused_at_once(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    [number] = known(company, lin)
    for gives, takes in (("lili", "wangwei"), ("wangwei", "chenjie"), ("chenjie", "lili")):
        assert ask(company, [number], gives, takes) == {}
        company.settle()
        fake.later(DAY + 60)
        company.due()
        company.settle()
    assert [state for state, _ in states(company)] == ["done", "done", "limit"]
    assert "40128" in (states(company)[-1][1] or "")


def test_customers_of_somebody_who_left_go_by_their_own_call(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    [number] = known(company, lin)
    fake.act("staff", userid="lili", resigned=True)
    with company.world.database.transaction() as tx:
        tx.session.scalars(select(Staff).where(Staff.key == "lili")).one().active = False
    ask(company, [number])
    company.settle()
    assert fake.world.asked["externalcontact/resigned/transfer_customer"] == 1
    fake.later(DAY + 60)
    company.due()
    company.settle()
    assert states(company) == [("done", None)]


def test_a_hundred_go_in_one_call(company: Company, fake: Fake) -> None:
    ids = known(company, *[fake.add("lili", before=True) for _ in range(130)])
    ask(company, ids)
    company.settle()
    assert fake.world.asked[TRANSFER] == 2
    assert {state for state, _ in states(company)} == {"asked"}


def test_an_answer_that_was_lost_is_asked_after_and_not_repeated(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    ask(company, known(company, lin))
    fake.act("fail", path=TRANSFER, drop=True, after=True)
    company.settle()
    assert states(company)[0][0] == "asking"
    company.due()
    company.settle()
    assert states(company)[0][0] == "asked" and fake.world.asked[TRANSFER] == 1
    assert len(fake.world.customers[lin].transfers) == 1


def test_what_wecom_has_not_heard_is_asked_for_again(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = fake.add("lili", before=True)
    ask(company, known(company, lin))
    fake.act("fail", path=TRANSFER, drop=True)
    company.settle()
    assert states(company)[0][0] == "asking" and not fake.world.customers[lin].transfers
    company.due()
    company.settle()
    assert states(company)[0][0] == "asked"

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "wecom.transferred":
            raise Killed

    he = fake.add("lili", before=True)
    ask(company, known(company, he))
    monkeypatch.setattr(faults, "hit", kill)
    with pytest.raises(Killed):
        company.settle()
    monkeypatch.undo()
    company.again()
    company.due()
    company.settle()
    assert states(company)[1][0] == "asked" and len(fake.world.customers[he].transfers) == 1


def test_who_is_no_customer_of_the_one_who_gives_is_left_out(company: Company, fake: Fake) -> None:
    lin, he = fake.add("lili", before=True), fake.add("chenjie", before=True)
    first, second = known(company, lin, he)
    assert ask(company, [first, second]) == {second: "no_relation"}
    assert ask(company, [first]) == {first: "under_way"}
    [(next_at,)] = company.world.rows(select(WecomTransfer.next_at))
    assert next_at <= clock.system() + timedelta(seconds=1)
