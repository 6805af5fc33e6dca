"""Tags both ways: each side's changes reach the other, once, and neither undoes what the other did."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audience import contacts
from audience.changes import Change
from audience.tables_tags import TagChange
from audience.tables_wecom import WecomDeed
from runtime import faults
from store import clock
from store.wecom_calls import look_at
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey
from tests.runtime.wecom.company import Company
from tests.runtime.world import World

MARK = "externalcontact/mark_tag"


def tag(fake: Fake, name: str, group: str = "肤质") -> str:
    return str(fake.act("tag/make", name=name, group=group)["id"])


def wear(
    company: Company, external: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = (), by: str
) -> None:
    world = company.world
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        change = Change(world.workspace, company.contact(external).id, now, add=add, remove=remove, by=by)
        assert not contacts.change(tx.session, [change], now)
    world.run()


def edited(company: Company, external: str) -> None:
    """What WeCom's call about an edit leaves behind."""
    with company.world.database.transaction() as tx:
        look_at(tx.session, company.world.workspace, company.id, [("contact", external)], clock.system())


@pytest.fixture
def company(world: World, fake: Fake) -> Company:
    return Company(world, fake)


def test_a_tag_put_on_here_is_put_on_there_for_each_friend(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    fake.add("wangwei", external_userid=lin, before=True)
    tag(fake, "干性")
    company.settle()
    wear(company, lin, add=("干性", "内部用"), by="account:1")
    company.settle()
    assert company.there("lili", lin) == company.there("wangwei", lin) == {"干性"}
    wear(company, lin, remove=("干性",), by="rule:dry")
    company.settle()
    assert company.there("lili", lin) == company.there("wangwei", lin) == set()
    assert fake.world.asked[MARK] == 4
    assert {row.state for row in company.world.rows(select(WecomDeed.state))} == {"done"}


def test_a_journeys_tag_goes_out(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    tag(fake, "已激活")
    company.settle()
    steps = [{"id": "t", "kind": "tag", "stage": "s", "config": {"add": ["已激活"], "remove": []}}]
    company.world.publish(
        journey(stages=[{"id": "s", "initial": "t"}], steps=steps, arrows=[exits("a1", "t", "next", "won")])
    )
    number = company.contact(lin).id
    with company.world.database.transaction() as tx:
        from store.inbox import NewSignal, put

        now = clock.now(tx.session)
        put(
            tx.session,
            [NewSignal(company.world.workspace, "event", "joined", now, {}, contact_id=number)],
            now,
        )
    company.world.run()
    company.settle()
    assert company.there("lili", lin) == {"已激活"}


def test_a_tag_from_there_is_not_sent_back(company: Company, fake: Fake) -> None:
    lin, dry = fake.add("lili", before=True), tag(fake, "干性")
    fake.add("wangwei", external_userid=lin, before=True)
    company.settle()
    fake.act("staff/tag", userid="lili", external_userid=lin, add=[dry])
    edited(company, lin)
    company.settle()
    assert company.contact(lin).tags == ["干性"]
    assert fake.world.asked[MARK] == 0 and company.there("wangwei", lin) == set()
    fake.act("staff/tag", userid="lili", external_userid=lin, remove=[dry])
    edited(company, lin)
    company.settle()
    assert company.contact(lin).tags == [] and fake.world.asked[MARK] == 0


def test_what_we_sent_does_not_come_in_as_theirs(company: Company, fake: Fake) -> None:
    lin, dry = fake.add("lili", before=True), tag(fake, "干性")
    company.settle()
    wear(company, lin, add=("干性",), by="account:1")
    company.settle()
    company.night()
    assert [row.by for row in company.world.rows(select(TagChange.by))] == ["account:1"]
    fake.act("staff/tag", userid="lili", external_userid=lin, remove=[dry])
    company.night()
    assert company.contact(lin).tags == ["干性"], "a person here put it on: staff there do not take it off"
    assert company.there("lili", lin) == set() and fake.world.asked[MARK] == 1


def test_a_worker_killed_after_the_call_does_it_again_to_the_same_end(
    company: Company, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = fake.add("lili", before=True)
    tag(fake, "干性")
    company.settle()
    wear(company, lin, add=("干性",), by="account:1")

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "wecom.marked":
            raise Killed

    monkeypatch.setattr(faults, "hit", kill)
    with pytest.raises(Killed):
        company.settle()
    monkeypatch.undo()
    company.again()
    company.settle()
    assert company.world.rows(select(WecomDeed.state)) == [("sending",)], "nobody else takes it up at once"
    company.due()
    company.settle()
    assert company.there("lili", lin) == {"干性"} and fake.world.asked[MARK] == 2
    assert company.world.rows(select(WecomDeed.state, WecomDeed.tries)) == [("done", 2)]


def test_failures_wait_and_the_last_word_counts(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    tag(fake, "干性")
    company.settle()
    fake.act("fail", path=MARK, status=500)
    wear(company, lin, add=("干性",), by="account:1")
    company.settle()
    assert company.world.rows(select(WecomDeed.state)) == [("pending",)]
    wear(company, lin, remove=("干性",), by="account:1")
    company.due()
    company.settle()
    assert company.there("lili", lin) == set()
    assert fake.world.asked[MARK] == 0, "what is off already needs no call"
    assert {row.state for row in company.world.rows(select(WecomDeed.state))} == {"done"}


def test_who_is_no_customer_any_more_is_given_up(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    tag(fake, "干性")
    company.settle()
    fake.act("staff/delete_customer", userid="lili", external_userid=lin)
    wear(company, lin, add=("干性",), by="account:1")
    company.settle()
    [(state, reason)] = company.world.rows(select(WecomDeed.state, WecomDeed.reason))
    assert state == "failed" and "84061" in reason
    assert company.relations(lin)["lili"][0] == "none"


def test_missing_tags_are_made_where_all_are_to_go(world: World, fake: Fake) -> None:
    company = Company(world, fake, tags_out="all")
    lin = fake.add("lili", before=True)
    company.settle()
    wear(company, lin, add=("新客",), by="account:1")
    company.settle()
    assert company.there("lili", lin) == {"新客"}
    assert [one["group"] for one in fake.world.store("tags").values()] == ["Roadbook"]


def test_none_go_where_none_are_to_go(world: World, fake: Fake) -> None:
    company = Company(world, fake, tags_out="none")
    lin = fake.add("lili", before=True)
    tag(fake, "干性")
    company.settle()
    wear(company, lin, add=("干性",), by="account:1")
    company.settle()
    assert company.there("lili", lin) == set() and company.world.count(WecomDeed) == 0


def test_a_tag_renamed_there_is_renamed_here(company: Company, fake: Fake) -> None:
    lin, dry = fake.add("lili", before=True), tag(fake, "干性")
    fake.act("staff/tag", userid="lili", external_userid=lin, add=[dry])
    company.settle()
    fake.act("tag/change", id=dry, how="update", name="干性肌")
    with company.world.database.transaction() as tx:
        look_at(tx.session, company.world.workspace, company.id, [("tags", "")], clock.system())
    company.settle()
    assert company.contact(lin).tags == ["干性肌"] and fake.world.asked[MARK] == 0


def test_two_tags_of_one_name_are_told_apart(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    both = [tag(fake, "高", "消费力"), tag(fake, "高", "活跃度")]
    fake.act("staff/tag", userid="lili", external_userid=lin, add=both)
    company.settle()
    assert company.contact(lin).tags == ["活跃度=高", "高"]
