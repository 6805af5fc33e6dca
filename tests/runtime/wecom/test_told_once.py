"""A customer joins a group once, and leaves it once, however many tell of it: two readings at once, a call beside a reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from audience.tables import Event
from audience.tables_groups import GroupMember
from audience.tables_wecom import WecomFollow
from connectors.wecom.signals import JOINED, LEFT
from journeys.tables import Enrollment
from runtime.wecom import looks, reading
from runtime.wecom.service import WecomService
from store import clock
from store.inbox import NewSignal
from store.tables import Inbox
from store.tables_wecom import WecomLook
from store.wecom_calls import Call, event_id, store
from tests.connectors.wecom.conftest import Fake
from tests.runtime.charts import exits, journey, wait
from tests.runtime.wecom.company import VAULT, Company
from tests.runtime.wecom.test_looks import called
from tests.runtime.world import World

GREETS = journey(
    stages=[{"id": "s", "initial": "day"}],
    steps=[wait("day", "s", **{"for": "P1D"})],
    arrows=[exits("a1", "day", "next", "won")],
    entries=[{"id": "in", "on": {"type": "event", "name": JOINED}, "to": "s"}],
)


class Group:
    """A customer and a group that was read before he came."""

    def __init__(self, company: Company, fake: Fake) -> None:
        self.company, self.fake, self.calls = company, fake, 0
        self.lin = fake.add("lili", before=True)
        self.chat = fake.act("group/make", owner="lili", name="护肤一群")["chat_id"]
        company.night()

    def comes(self) -> None:
        self.fake.act("group/join", chat_id=self.chat, external_userid=self.lin)

    def goes(self) -> None:
        self.fake.act("group/leave", chat_id=self.chat, external_userid=self.lin)

    def call(self, name: str, ago: timedelta = timedelta(0)) -> None:
        """WeCom calls about him, which is stored as its route does."""
        self.calls += 1
        signal = NewSignal(
            self.company.world.workspace, "event", name, clock.system(), {"group": self.chat},
            identity={"external_userid": self.lin}, event_id=event_id(self.company.id, f"step{self.calls}"),
        )  # fmt: skip
        told = Call(
            self.company.world.workspace, self.company.id, f"n{self.calls}", "change", f"step{self.calls}",
            clock.system() - ago, [signal], looks=[("chat", self.chat)],
        )  # fmt: skip
        with self.company.world.database.transaction() as tx:
            assert store(tx.session, [[told]]) == [1]

    def read(self) -> None:
        called(self.company, "chat", self.chat)
        self.company.settle()

    def told(self) -> list[str]:
        """What his journeys could hear."""
        query = select(Event.name).where(Event.name.in_((JOINED, LEFT))).order_by(Event.id)
        return [name for (name,) in self.company.world.rows(query)]

    def stands(self) -> list[bool]:
        """Of each row that says that he is, or was, in the group: whether he is."""
        return [left is None for (left,) in self.company.world.rows(select(GroupMember.left_at))]


@pytest.fixture
def group(world: World, fake: Fake) -> Group:
    company = Company(world, fake)
    company.settle()
    world.publish(GREETS)
    return Group(company, fake)


def whole(group: Group, told: list[str], inside: bool) -> None:
    """It was told so, to journeys too, and every signal has been taken."""
    assert group.told() == told and group.stands() == [inside]
    world = group.company.world
    assert world.count(Enrollment) == min(1, told.count(JOINED))
    assert world.count(Inbox, Inbox.state != "done") == 0


def test_a_call_that_comes_after_the_reading_tells_nothing_new(group: Group) -> None:
    group.comes()
    group.read()
    whole(group, [JOINED], True)
    group.call(JOINED)
    group.company.settle()
    whole(group, [JOINED], True)
    group.goes()
    group.read()
    group.call(LEFT)
    group.company.settle()
    whole(group, [JOINED, LEFT], False)


def test_both_in_one_batch_are_one(group: Group) -> None:
    group.comes()
    called(group.company, "chat", group.chat)
    group.company.turn()
    assert group.company.world.count(Inbox, Inbox.state == "new") == 1, "the reading has told it"
    group.call(JOINED)
    group.company.settle()
    whole(group, [JOINED], True)


def test_a_call_between_the_answer_and_its_keeping_lets_it_be_read_anew(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    group.comes()
    asked = calling_between(group, monkeypatch, lambda: group.call(JOINED))
    group.read()
    assert len(asked) == 2, "what was read has not been kept"
    whole(group, [JOINED], True)


def test_who_came_after_the_list_was_read_is_not_said_to_have_left(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def comes() -> None:
        group.comes()
        group.call(JOINED)
        while group.company.world.worker.intake.run():
            pass

    calling_between(group, monkeypatch, comes)
    group.read()
    whole(group, [JOINED], True)


def calling_between(group: Group, monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> list[str]:
    """`then` happens once, after WeCom has answered and before the answer is kept."""
    real, asked = looks.asked, list[str]()

    def slow(look: Any, call: Any) -> Any:
        told = real(look, call)
        asked.append(look.key)
        if len(asked) == 1:
            then()
        return told

    monkeypatch.setattr(looks, "asked", slow)
    return asked


def test_two_readings_at_once_tell_it_once(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    other = WecomService(group.company.world.database, clock.now, None, VAULT)

    def overtaken() -> None:
        """This one stands still for longer than its lease; another takes the reading up and ends it."""
        with group.company.world.database.transaction() as tx:
            tx.session.execute(update(WecomLook).values(due_at=clock.system() - timedelta(seconds=1)))
        other.run()
        group.company.world.run()

    group.comes()
    calling_between(group, monkeypatch, overtaken)
    try:
        group.read()
    finally:
        other.close()
    whole(group, [JOINED], True)


def test_who_is_found_at_the_first_reading_is_told_of_by_his_call(group: Group, fake: Fake) -> None:
    chat = fake.act("group/make", owner="lili", name="护肤二群")["chat_id"]
    group.chat = chat
    group.comes()
    group.read()
    assert group.told() == [] and group.stands() == [True], "a group that is new to us tells nobody"
    group.call(JOINED)
    group.company.settle()
    whole(group, [JOINED], True)


def test_coming_again_within_a_minute_is_coming_again(group: Group) -> None:
    for second, name in enumerate((JOINED, LEFT, JOINED)):
        group.company.world.go(f"2026-03-02 10:00:{10 * second:02}")
        group.call(name)
        group.company.world.run()
    assert group.told() == [JOINED, LEFT, JOINED] and group.stands() == [True]


def test_two_readings_of_one_customer_keep_one_pair(
    group: Group, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of the whole list and the reading of one customer, both for somebody new, one inside the other."""
    he = fake.add("lili", before=True)
    company = group.company
    other = WecomService(company.world.database, clock.now, None, VAULT)
    other.companies.any()
    seen: list[int] = []
    page = reading.Reading._page

    def answered(self: Any, held: Any, key: str, cursor: str) -> Any:
        told = page(self, held, key, cursor)
        if not seen:
            seen.append(1)
            called(company, "contact", he)
            other.run()
        return told

    monkeypatch.setattr(reading.Reading, "_page", answered)
    company.night()
    other.close()
    pairs = select(WecomFollow.contact_id, func.count()).group_by(WecomFollow.contact_id)
    assert {number for _, number in company.world.rows(pairs)} == {1}
    assert company.relations(he) == {"lili": ("friend", "", "")}
