"""What WeCom calls about is read anew: notes, tags, members of groups, and groups that are given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from audience.tables import Event
from audience.tables_groups import CustomerGroup
from connectors.wecom.signals import looks
from journeys.tables import Enrollment
from store import clock
from store.inbox import NewSignal, put
from store.subjects import of_group
from store.tables import Outbox
from store.tables_wecom import WecomLook
from store.wecom_calls import look_at
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey, wait
from tests.runtime.group_charts import cold_start, say
from tests.runtime.wecom.company import Company
from tests.runtime.world import World


@pytest.fixture
def company(world: World, fake: Fake) -> Company:
    made = Company(world, fake)
    made.settle()
    return made


def called(company: Company, what: str, key: str) -> None:
    with company.world.database.transaction() as tx:
        look_at(tx.session, company.world.workspace, company.id, [(what, key)], clock.system())


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        ("change_external_contact.add_external_contact", {"ExternalUserID": "wm1"}, [("contact", "wm1")]),
        ("change_external_contact.edit_external_contact", {"ExternalUserID": "wm1"}, [("contact", "wm1")]),
        ("change_external_contact.del_external_contact", {"ExternalUserID": "wm1"}, [("contact", "wm1")]),
        ("change_external_contact.del_follow_user", {"ExternalUserID": "wm1"}, []),
        ("change_external_contact.edit_external_contact", {}, []),
        ("change_external_chat.update", {"ChatId": "wr1"}, [("chat", "wr1")]),
        ("change_external_chat.dismiss", {"ChatId": "wr1"}, [("dismissed", "wr1")]),
        ("change_external_tag.update", {"Id": "et1"}, [("tags", "")]),
        ("message", {"Content": "hello"}, []),
    ],
)
def test_what_a_call_says_has_changed(
    kind: str, fields: dict[str, str], wanted: list[tuple[str, str]]
) -> None:
    assert looks(kind, fields) == wanted


def test_a_note_is_read_anew(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", name="林", before=True)
    called(company, "contact", lin)
    company.settle()
    assert company.relations(lin)["lili"] == ("friend", "", "")
    fake.act("staff/edit", userid="lili", external_userid=lin, remark="林姐")
    called(company, "contact", lin)
    company.settle()
    assert company.relations(lin)["lili"] == ("friend", "林姐", "")
    fake.act("staff/delete_customer", userid="lili", external_userid=lin)
    called(company, "contact", lin)
    company.settle()
    assert company.relations(lin)["lili"][0] == "none"


def test_members_who_came_and_went_are_told_once(company: Company, fake: Fake) -> None:
    lin, he = fake.add("lili", before=True), fake.add("lili", before=True)
    chat = fake.act("group/make", owner="lili", name="护肤一群")["chat_id"]
    called(company, "chat", chat)
    company.settle()
    for _ in range(2):
        fake.act("group/join", chat_id=chat, external_userid=lin)
        called(company, "chat", chat)
        company.settle()
        called(company, "chat", chat)
        company.settle()
        fake.act("group/leave", chat_id=chat, external_userid=lin)
        fake.later(2)
        called(company, "chat", chat)
        company.settle()
    fake.act("group/join", chat_id=chat, external_userid=he)
    called(company, "chat", chat)
    company.settle()
    told = [
        (name, number)
        for name, number in company.world.rows(
            select(Event.name, Event.contact_id).where(Event.contact_id > 0).order_by(Event.id)
        )
    ]
    lin_id, he_id = company.contact(lin).id, company.contact(he).id
    assert told == [("group_joined", lin_id), ("group_left", lin_id)] * 2 + [("group_joined", he_id)]
    assert company.world.rows(select(CustomerGroup.member_count)) == [(1,)]


def test_a_join_that_was_called_is_not_told_again(company: Company, fake: Fake) -> None:
    lin = fake.add("lili", before=True)
    chat = fake.act("group/make", owner="lili")["chat_id"]
    called(company, "chat", chat)
    company.settle()
    fake.act("group/join", chat_id=chat, external_userid=lin)
    with company.world.database.transaction() as tx:
        now = clock.now(tx.session)
        joined = NewSignal(
            company.world.workspace, "event", "group_joined", now, {"group": chat},
            identity={"external_userid": lin}, event_id="\x1fwecom:1:x",
        )  # fmt: skip
        put(tx.session, [joined], now)
        look_at(tx.session, company.world.workspace, company.id, [("chat", chat)], clock.system())
    company.turn()
    assert company.world.count(WecomLook) == 1, "it waits until the call was taken in"
    company.world.run()
    with company.world.database.transaction() as tx:
        tx.session.query(WecomLook).update({"due_at": clock.system()})
    company.settle()
    assert company.world.count(Event, Event.name == "group_joined", Event.contact_id > 0) == 1


def plain() -> dict[str, Any]:
    """A group's journey that does not think of the group's end."""
    drawn = journey(
        entries=[{"id": "new", "on": {"type": "event", "name": "noticed"}, "to": "s"}],
        stages=[{"id": "s", "initial": "w"}],
        steps=[wait("w", "s", **{"for": "P2D"}), say("news", "s")],
        arrows=[exits("x1", "w", "next", "news"), exits("x2", "news", "sent", "won")],
    )
    return {**drawn, "subject": "group"}


@pytest.mark.parametrize(
    ("drawn", "begins", "result"),
    [(plain, "noticed", "dismissed"), (cold_start, "group_created", "lost")],
)
def test_a_group_that_is_given_up_ends_what_it_is_in(
    company: Company, fake: Fake, drawn: Callable[[], dict[str, Any]], begins: str, result: str
) -> None:
    chat = fake.act("group/make", owner="lili", name="护肤一群")["chat_id"]
    called(company, "chat", chat)
    company.settle()
    world = company.world
    world.publish(drawn())
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        number = tx.session.scalars(select(CustomerGroup.id)).one()
        put(
            tx.session,
            [NewSignal(world.workspace, "event", begins, now, {}, contact_id=of_group(number))],
            now,
        )
    world.run()
    assert [row for (row,) in world.rows(select(Enrollment.status))] == ["waiting"]
    fake.act("group/dismiss", chat_id=chat)
    called(company, "dismissed", chat)
    company.settle()
    assert world.rows(select(Enrollment.status, Enrollment.result)) == [("ended", result)]
    assert world.rows(select(CustomerGroup.dismissed_at))[0][0] is not None
    said = world.count(Outbox)
    world.go("2026-03-20 10:00")
    assert world.count(Outbox) == said, "nothing more is said to it"
