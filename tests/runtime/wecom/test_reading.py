"""A company read whole: who is whose customer, by which channel, with which tags; and again after a kill."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audience.tables import Contact, Event, Identity
from audience.tables_channels import ChannelCode
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_people import Staff
from audience.tables_tags import TagChange
from journeys.tables import Enrollment
from runtime import faults
from store import clock
from store.tables_connections import ConnectionTrouble
from store.tables_wecom import WecomCursor
from tests.connectors.wecom.conftest import Fake
from tests.runtime.wecom.company import Company
from tests.runtime.world import World


def tag(fake: Fake, name: str, group: str = "肤质") -> str:
    return str(fake.act("tag/make", name=name, group=group)["id"])


def test_customers_come_with_their_names_staff_channel_and_tags(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        tx.session.add(
            ChannelCode(
                workspace_id=world.workspace, key="summer", name="夏季海报", state="rb_summer", promised=[], route={},
                tags=[], attributes={}, told=[], created_at=now, updated_at=now,
            )
        )  # fmt: skip
    lin = fake.add("lili", name="林", unionid="u-lin", state="rb_summer", before=True)
    fake.add("wangwei", external_userid=lin, add_way=10, before=True)
    he = fake.add("wangwei", name="何", add_way=2, before=True)
    dry = tag(fake, "干性")
    fake.act("staff/edit", userid="lili", external_userid=lin, remark="林姐 老客")
    fake.act("staff/tag", userid="lili", external_userid=lin, add=[dry])
    company.settle()
    one = company.contact(lin)
    assert (one.name, one.tags) == ("林", ["干性"])
    assert company.names(one.id) == {"external_userid": [lin], "unionid": ["u-lin"]}
    assert company.relations(lin) == {
        "lili": ("friend", "林姐 老客", "夏季海报"), "wangwei": ("friend", "", "视频号"),
    }  # fmt: skip
    assert company.relations(he) == {"wangwei": ("friend", "", "搜索手机号")}
    assert world.rows(select(TagChange.tag, TagChange.by)) == [("干性", "wecom")]
    assert not world.count(Enrollment) and not world.count(Event, Event.name == "friend_added")


def test_staff_come_with_their_departments_and_keep_what_was_written_here(world: World, fake: Fake) -> None:
    fake.act("staff", userid="lili", name="李丽", departments=[1, 2], teams={"2": "华东一组"})
    company = Company(world, fake)
    with world.database.transaction() as tx:
        tx.session.add(
            Staff(
                workspace_id=world.workspace, key="wangwei", name="王经理", team="总部", active=True,
                created_at=clock.now(tx.session),
            )
        )  # fmt: skip
    company.settle()
    rows = world.rows(select(Staff.key, Staff.name, Staff.team).order_by(Staff.key))
    assert rows == [("chenjie", "陈洁", "花间"), ("lili", "李丽", "华东一组"), ("wangwei", "王经理", "总部")]


def test_a_known_name_and_the_owner_of_a_union_id_are_left_as_they_are(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    known = world.person("known", identities={"unionid": "u-1"}, name="林女士")
    lin = fake.add("lili", name="xx小林xx", unionid="u-1", before=True)
    other = world.person("other", identities={"external_userid": "wmother"})
    fake.add("lili", external_userid="wmother", name="何", unionid="u-1", before=True)
    company.settle()
    assert company.contact(lin).id == known and company.contact(lin).name == "林女士"
    assert company.contact("wmother").id == other


def test_a_killed_worker_costs_one_page_and_nobody_is_read_twice(
    world: World, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.wecom.reading.PAGE", 5)
    company = Company(world, fake)
    people = [fake.add("lili", before=True) for _ in range(23)]

    class Killed(BaseException):
        pass

    hits = []

    def kill(point: str) -> None:
        hits.append(point)
        if point == "wecom.mid_page" and hits.count(point) == 3:
            raise Killed

    monkeypatch.setattr(faults, "hit", kill)
    with pytest.raises(Killed):
        company.settle()
    assert world.count(Identity, Identity.kind == "external_userid") == 10
    fake.world.asked.clear()
    company.again()
    company.turn()
    assert not fake.world.asked, "the dead one still holds the place"
    company.due("people")
    company.settle()
    assert world.count(Identity, Identity.kind == "external_userid") == len(people)
    assert fake.world.asked["externalcontact/batch/get_by_user"] == 3 + 2, "the other two members have nobody"
    assert fake.world.asked["externalcontact/get_corp_tag_list"] == 0
    [(place, finished)] = world.rows(
        select(WecomCursor.place, WecomCursor.finished_at).where(WecomCursor.what == "people")
    )
    assert place == {"last": 23} and finished is not None


def test_what_is_asked_too_often_rests_for_its_window(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    fake.add("lili", before=True)
    fake.act("fail", path="externalcontact/batch/get_by_user", code=45009)
    company.settle()
    asked = dict(fake.world.asked)
    [(next_at, place)] = world.rows(
        select(WecomCursor.next_at, WecomCursor.place).where(WecomCursor.what == "people")
    )
    assert (next_at - clock.system()).total_seconds() > 50 and place["stage"] == "contacts"
    company.due("people")
    company.turn()
    assert dict(fake.world.asked) == asked, "the circuit is open"
    assert "45009" in world.rows(select(ConnectionTrouble.sentence))[-1][0]


def test_who_is_not_listed_any_more_is_nobodys_customer(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    lin, he = fake.add("lili", before=True), fake.add("lili", before=True)
    dry = tag(fake, "干性")
    fake.act("staff/tag", userid="lili", external_userid=lin, add=[dry])
    company.settle()
    assert company.contact(lin).tags == ["干性"]
    fake.act("staff/delete_customer", userid="lili", external_userid=lin)
    fake.act("customer/delete_staff", userid="lili", external_userid=he)
    company.night()
    assert company.relations(lin)["lili"][0] == "none"
    assert company.contact(lin).tags == [], "the tag came from there and went there"
    assert company.relations(he)["lili"][0] == "friend", "one side of the relation stays: only a call tells"


def test_who_deleted_the_member_of_staff_stays_deleted(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    lin = fake.add("lili", before=True)
    company.settle()
    number = company.contact(lin).id
    with world.database.transaction() as tx:
        from audience import staff

        [(_, lili)] = staff.of_contacts(tx.session, world.workspace, [number])[number]
        staff.relate(tx.session, world.workspace, number, lili.id, "deleted", clock.now(tx.session))
    company.night()
    assert company.relations(lin)["lili"][0] == "deleted"


def test_groups_come_with_their_members_and_nobody_is_told(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    lin = fake.add("lili", before=True)
    chat = fake.act("group/make", owner="lili", name="护肤一群")["chat_id"]
    fake.act("group/join", chat_id=chat, external_userid=lin)
    company.settle()
    [(key, name, owner, count)] = world.rows(
        select(CustomerGroup.key, CustomerGroup.name, CustomerGroup.owner, CustomerGroup.member_count)
    )
    assert (key, name, owner, count) == (chat, "护肤一群", "lili", 1)
    assert world.count(Event) == 0
    he = fake.add("wangwei", before=True)
    fake.act("group/join", chat_id=chat, external_userid=he)
    fake.act("group/leave", chat_id=chat, external_userid=lin)
    company.night()
    told = world.rows(select(Event.name, Event.contact_id).where(Event.contact_id > 0).order_by(Event.name))
    assert told == [("group_joined", company.contact(he).id), ("group_left", company.contact(lin).id)]
    inside = select(Contact.id).join(GroupMember, GroupMember.contact_id == Contact.id)
    assert world.rows(inside.where(GroupMember.left_at.is_(None))) == [(company.contact(he).id,)]
    company.night()
    assert world.count(Event, Event.contact_id > 0) == 2


def test_a_group_that_is_not_listed_any_more_has_been_given_up(world: World, fake: Fake) -> None:
    company = Company(world, fake)
    chat = fake.act("group/make", owner="lili")["chat_id"]
    company.settle()
    fake.act("group/dismiss", chat_id=chat)
    company.night()
    assert world.rows(select(CustomerGroup.dismissed_at))[0][0] is not None
    assert [name for (name,) in world.rows(select(Event.name))] == ["group_dismissed"]


@pytest.mark.parametrize("code", [40058, 40003, 40031, 60111, 84061])
def test_nobody_is_said_to_be_gone_because_a_page_is_refused(world: World, fake: Fake, code: int) -> None:
    company = Company(world, fake)
    lin = fake.add("lili", before=True)
    company.settle()
    for _ in range(2):
        fake.act("fail", path="externalcontact/batch/get_by_user", code=code, times=3)
        company.night()
        assert company.relations(lin)["lili"][0] == "friend", (
            "WeCom still names her when asked for the customer"
        )
    assert not world.count(Event)


@pytest.mark.parametrize("code", [60111, 84061])
def test_of_whom_a_page_says_that_there_is_nobody_each_is_asked_for(
    world: World, fake: Fake, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr("runtime.wecom.reading.LOOKED_AT", 2)
    company = Company(world, fake)
    gone, stays, his = (fake.add(who, before=True) for who in ("lili", "lili", "wangwei"))
    company.settle()
    fake.world.customers[gone].follows["lili"].deleted_by = "staff"  # and the call about it was lost
    fake.world.asked.clear()
    fake.act("fail", path="externalcontact/batch/get_by_user", code=code, times=3)
    company.night()
    assert company.relations(gone)["lili"][0] == "none"
    assert company.relations(stays)["lili"][0] == "friend" == company.relations(his)["wangwei"][0]
    assert fake.world.asked["externalcontact/get"] == 3
