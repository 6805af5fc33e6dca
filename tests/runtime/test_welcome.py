"""The lane of welcomes: a new friend is greeted with WeCom's code, at once and once, or the arrow says what else."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from audience.tables import Contact
from audience.tables_channels import ChannelCode, ChannelJoin
from audience.tables_people import StaffRelation
from connectors.base import Account, Message, Receipt
from connectors.registry import Registry
from runtime.worker import Worker
from store import clock, stops
from store.inbox import NewSignal
from store.tables import Inbox, Outbox
from store.tables_connections import Connection
from store.tables_wecom import WecomWelcome
from store.wecom_calls import Call, event_id, store
from tests.quickest import TRIES, quickest
from tests.runtime.charts import exits, journey, send, step, wait
from tests.runtime.world import World

ENTRY = [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "s"}]


def greets(*steps: dict[str, Any], arrows: Sequence[dict[str, Any]] = (), **settings: Any) -> dict[str, Any]:
    first = [{"id": "s", "initial": steps[0]["id"]}]
    return journey(stages=first, steps=list(steps), arrows=list(arrows), entries=ENTRY, **settings)


GREETS = greets(
    send("hello", "s"), send("more", "s", "more"), step("missed", "s", "tag", add=["missed"], remove=[]),
    arrows=[exits("a1", "hello", "sent", "more"), exits("a2", "hello", "failed", "missed")],
)  # fmt: skip


class WeCom:
    """Takes messages one by one, as WeCom does; says `refused` of codes it will not have."""

    carriers = frozenset({"wecom_direct"})
    most, keeps_keys = 1, False

    def __init__(self, refuses: bool = False) -> None:
        self.sent: list[Message] = []
        self.refuses = refuses
        self.lock = threading.Lock()

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        with self.lock:
            self.sent += messages
        state = "refused" if self.refuses and messages[0].welcome_code else "sent"
        return [Receipt(m.key, state, datetime.now(UTC), reference="41051") for m in messages]  # type: ignore[arg-type]

    def later(self) -> list[Receipt]:
        return []


@pytest.fixture
def wecom(world: World) -> WeCom:
    made = WeCom()
    through(world, made)
    return made


def through(world: World, connector: WeCom) -> None:
    registry = Registry()
    registry.register("wecom", lambda account: connector)
    registry.open(Account(world.workspace, "wecom_direct", "wecom"))
    world.worker = Worker(world.database, registry=registry)
    with world.database.transaction() as tx:
        now = clock.system()
        tx.session.add(
            Connection(
                id=1, workspace_id=world.workspace, connector="wecom", name="w", carriers=[], settings={},
                state="off", callback_id="cb", created_at=now, updated_at=now,
            )
        )  # fmt: skip


def added(world: World, *who: str, code: str = "CODE", **more: Any) -> None:
    """What the callback stores of new friends."""
    calls = []
    for name in who:
        number = f"id-{name}"
        data = {"staff": "zhangsan", "welcome": event_id(1, number), **more}
        now = clock.system()
        signal = NewSignal(
            *(world.workspace, "event", "friend_added", now, data),
            identity={"external_userid": name},
            event_id=event_id(1, number),
        )
        welcome = (name, "zhangsan", f"{code}-{name}")
        calls.append(Call(world.workspace, 1, f"nonce-{name}", "add", number, now, [signal], welcome=welcome))
    with world.database.transaction() as tx:
        assert store(tx.session, [calls]) == [len(who)]


def states(world: World) -> list[tuple[str, str]]:
    return [tuple(row) for row in world.rows(select(Outbox.content, Outbox.state).order_by(Outbox.id))]


def later(world: World, secs: float) -> None:
    """Let so much time be over for WeCom."""
    with world.database.transaction() as tx:
        tx.session.execute(update(WecomWelcome).values(at=clock.system() - timedelta(seconds=secs)))


def test_the_first_message_greets_with_the_code_and_the_next_is_an_ordinary_one(
    world: World, wecom: WeCom
) -> None:
    world.publish(GREETS)
    added(world, "wm1")
    world.run()
    assert [(m.welcome_code, m.sender) for m in wecom.sent] == [("CODE-wm1", "zhangsan"), (None, "zhangsan")]
    assert states(world) == [("hello", "sent"), ("more", "sent")]


def test_the_lane_alone_does_all_of_it_whatever_waits_before_it(world: World, wecom: WeCom) -> None:
    world.publish(GREETS)
    for number in range(300):
        world.event("joined", f"old-{number}")
    added(world, "wm1", "wm2", "wm3")
    assert world.worker.welcomes is not None
    assert world.worker.welcomes.run() == 3
    assert {m.welcome_code for m in wecom.sent if m.welcome_code} == {f"CODE-wm{n}" for n in (1, 2, 3)}
    assert world.count(Inbox, Inbox.state == "new", Inbox.name == "joined") == 300
    assert world.worker.welcomes.run() == 0


def test_a_welcome_older_than_twenty_seconds_leaves_by_failed(world: World, wecom: WeCom) -> None:
    world.publish(GREETS)
    added(world, "wm1")
    later(world, 21)
    world.run()
    assert wecom.sent == []
    assert states(world) == [("hello", "failed")]
    assert world.rows(select(WecomWelcome.state))[0][0] == "missed"
    assert [tags for (tags,) in world.rows(select(Contact.tags))] == [["missed"]]


def test_a_code_that_wecom_refuses_leaves_by_failed(world: World) -> None:
    through(world, WeCom(refuses=True))
    world.publish(GREETS)
    added(world, "wm1")
    world.run()
    assert states(world) == [("hello", "failed")]
    assert [tags for (tags,) in world.rows(select(Contact.tags))] == [["missed"]]


def test_what_is_said_later_on_purpose_needs_no_code(world: World, wecom: WeCom) -> None:
    chart = greets(
        wait("tea", "s", **{"for": "PT1H"}), send("hello", "s"),
        arrows=[exits("a1", "tea", "next", "hello")],
    )  # fmt: skip
    world.publish(chart)
    added(world, "wm1")
    world.run()
    assert wecom.sent == []
    world.go("2026-03-02 11:30")
    assert [m.welcome_code for m in wecom.sent] == [None]


def test_a_welcome_is_not_held_by_quiet_hours(world: World, wecom: WeCom) -> None:
    world.publish(greets(send("hello", "s"), quiet_hours=["09:00", "12:00"]))
    added(world, "wm1")
    world.run()
    assert [m.welcome_code for m in wecom.sent] == ["CODE-wm1"]


def test_who_comes_while_everything_is_stopped_is_not_greeted(world: World, wecom: WeCom) -> None:
    world.publish(GREETS)
    with world.database.transaction() as tx:
        stops.stop(tx.session, world.workspace, "account:1", "wrong words", clock.now(tx.session))
    added(world, "wm1")
    assert world.worker.welcomes is not None
    assert world.worker.welcomes.run() == 1
    world.run()
    assert wecom.sent == [] and {state for _, state in states(world)} == {"pending"}
    later(world, 25)
    with world.database.transaction() as tx:
        stops.release(tx.session, world.workspace, "account:1", "", clock.now(tx.session))
    world.run()
    world.go("2026-03-02 10:30")
    assert states(world)[0] == ("hello", "failed"), "a welcome is good for twenty seconds"


def test_of_two_journeys_that_greet_one_has_the_code(world: World, wecom: WeCom) -> None:
    for key in ("one", "two"):
        world.publish(greets(send("hello", "s")), key=key)
    added(world, "wm1")
    world.run()
    assert sorted(m.welcome_code or "" for m in wecom.sent) == ["", "CODE-wm1"]


def test_two_lanes_greet_nobody_twice(world: World, wecom: WeCom) -> None:
    world.publish(greets(send("hello", "s")))
    added(world, *(f"wm{n}" for n in range(40)))
    registry = world.worker.deliver.registry
    lanes = [Worker(world.database, ("welcome",), registry=registry).welcomes for _ in range(2)]
    threads = [threading.Thread(target=lane.run) for lane in lanes if lane is not None]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.run()
    assert sorted(m.welcome_code or "" for m in wecom.sent) == sorted(f"CODE-wm{n}" for n in range(40))


def test_a_running_worker_greets_within_two_seconds(world: World, wecom: WeCom) -> None:
    world.publish(greets(send("hello", "s")))
    thread = threading.Thread(target=world.worker.run)
    thread.start()
    try:
        time.sleep(0.5)
        friends = iter(range(TRIES))

        def greeted() -> None:
            number, before = next(friends), len(wecom.sent)
            added(world, f"wm{number}")
            until = time.monotonic() + 20
            while len(wecom.sent) == before and time.monotonic() < until:
                time.sleep(0.01)

        assert quickest(greeted, 2.0) < 2.0
    finally:
        world.worker.stop()
        thread.join()
    codes = [m.welcome_code for m in wecom.sent]
    assert codes and codes == [f"CODE-wm{n}" for n in range(len(codes))]


def test_what_nobody_uses_is_forgotten(world: World, wecom: WeCom) -> None:
    added(world, "wm1")
    world.run()
    later(world, 30)
    world.run()
    assert world.rows(select(WecomWelcome.state, WecomWelcome.code)) == [("missed", "")]


def test_a_channel_code_lets_in_those_who_came_by_it_and_gives_what_it_brings(
    world: World, wecom: WeCom
) -> None:
    with world.database.transaction() as tx:
        tx.session.add(
            ChannelCode(
                workspace_id=world.workspace, key="summer", name="夏季海报", state="rb_summer", promised=[],
                route={"mode": "together", "staff": [{"key": "zhangsan"}]}, tags=["夏季"], told=[],
                attributes={"source": "poster"}, created_at=clock.system(), updated_at=clock.system(),
            )
        )  # fmt: skip
    chart = greets(send("hello", "s"))
    chart["entries"] = [{"id": "in-1", "on": {"type": "channel", "code": "summer"}, "to": "s"}]
    world.publish(chart)
    added(world, "wm1", channel="summer")
    added(world, "wm2", channel="winter")
    world.run()
    assert [m.welcome_code for m in wecom.sent] == ["CODE-wm1"]
    assert [tuple(row) for row in world.rows(select(Contact.tags, Contact.attributes).order_by(Contact.id))] == [
        (["夏季"], {"source": "poster"}), ([], {}),
    ]  # fmt: skip
    assert world.rows(select(ChannelJoin.staff_key, ChannelJoin.adviser)) == [("zhangsan", "zhangsan")]
    assert [row for (row,) in world.rows(select(StaffRelation.source).order_by(StaffRelation.contact_id))] == [
        "夏季海报", "",
    ]  # fmt: skip


def test_who_deletes_the_friend_is_not_written_to_any_more(world: World, wecom: WeCom) -> None:
    chart = greets(
        send("hello", "s"), wait("tea", "s", **{"for": "PT1H"}), send("more", "s", "more"),
        arrows=[exits("a1", "hello", "sent", "tea"), exits("a2", "tea", "next", "more")],
    )  # fmt: skip
    world.publish(chart)
    added(world, "wm1")
    world.run()
    world.go("2026-03-02 10:05")
    now = clock.system()
    signal = NewSignal(
        *(world.workspace, "event", "friend_deleted", now, {"staff": "zhangsan"}),
        identity={"external_userid": "wm1"},
        event_id=event_id(1, "gone"),
    )
    with world.database.transaction() as tx:
        store(tx.session, [[Call(world.workspace, 1, "n-gone", "del", "gone", now, [signal])]])
    world.run()
    world.go("2026-03-02 11:30")
    assert [m.body["text"][:5] for m in wecom.sent] == ["hello"]
    assert world.rows(select(StaffRelation.state)) == [("deleted",)]
    assert [one for (one,) in world.rows(select(Contact.attributes))] == [{"friend_deleted": True}]
