"""Channel codes and the welcome, with a fake WeCom: scanned, greeted, written to, and left alone once deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connectors.wecom.crypto import new_key
from connectors.wecom.fake import doors
from connectors.wecom.fake.server import Server as Fake
from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.browser.test_first_ten_minutes import shown, sign_in

BEGINS = "2026-03-02T02:00:00"
TOKEN, KEY = "browser-token", new_key()
HELLO = "你好，我是你的专属顾问。先送你新人礼包，回复“1”领取。"
STEPS: list[dict[str, Any]] = [
    {"id": "hello", "stage": "s", "kind": "send", "config": {"carrier": "wecom_direct", "content": "hello"}},
    {"id": "day", "stage": "s", "kind": "wait", "config": {"until": {"for": "P1D"}}},
    {"id": "more", "stage": "s", "kind": "send", "config": {"carrier": "wecom_direct", "content": "more"}},
    {"id": "days", "stage": "s", "kind": "wait", "config": {"until": {"for": "P2D"}}},
    {"id": "last", "stage": "s", "kind": "send", "config": {"carrier": "wecom_direct", "content": "last"}},
]
JOURNEY = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "name": "扫码", "on": {"type": "channel", "code": "summer"}, "to": "s"}],
    "stages": [{"id": "s", "name": "新客", "initial": "hello"}],
    "steps": STEPS,
    "arrows": [
        {"id": "a1", "from": "hello", "exit": "sent", "to": "day"},
        {"id": "a2", "from": "day", "exit": "next", "to": "more"},
        {"id": "a3", "from": "more", "exit": "sent", "to": "days"},
        {"id": "a4", "from": "days", "exit": "next", "to": "last"},
        {"id": "a5", "from": "last", "exit": "sent", "to": "done"},
        {"id": "a6", "from": "last", "exit": "skipped", "to": "lost"},
    ],
    "ends": [{"id": "done", "result": "completed"}, {"id": "lost", "result": "lost"}],
    "goals": [],
    "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None},
}


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    made = Fake().begin()
    yield made
    made.end()


@pytest.fixture(scope="module")
def server(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product connected with the fake, with a code, its staff, and a journey of those who scan it."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.may_call(fake.server_address[1])
    try:
        started.start(BEGINS)
        key_for(started)
        furnish(started, fake)
        yield started
    finally:
        started.stop()


def furnish(server: Server, fake: Fake) -> None:
    secrets = {"secret": SECRET, "callback_token": TOKEN, "callback_aes_key": KEY}
    settings = {"corp_id": CORP_ID, "agent_id": str(AGENT_ID), "address": fake.url}
    given = {"connector": "wecom", "name": "企业微信", "settings": settings, "secrets": secrets}
    made = server.api("POST", "connections", given)
    url = f"{server.base}{made['callback_path']}"
    doors.enter(fake.world, "callback", {"url": url, "token": TOKEN, "encoding_aes_key": KEY})
    for key, name in (("zhangsan", "张珊"), ("lisi", "李思"), ("wangwu", "王午")):
        doors.enter(fake.world, "staff", {"userid": key, "name": name})
        server.api("POST", "staff", {"key": key, "name": name})
    for key, text in (("hello", HELLO), ("more", "昨天的礼包用上了吗？"), ("last", "周末有沙龙，来吗？")):
        material = {"key": key, "name": key, "carrier": "wecom_direct", "body": {"text": text}}
        server.api("POST", "contents", material)
    route = {
        "mode": "round_robin",
        "staff": [{"key": "zhangsan", "cap": 2}, {"key": "lisi", "cap": 2}],
        "fallback": ["wangwu"],
    }
    code = {
        "name": "夏季门店海报",
        "key": "summer",
        "greeting": "hello",
        "route": route,
        "tags": ["夏季海报"],
    }
    promise = {"promise": "扫码领新人礼包，专属顾问一对一。", "promised": ["新人礼包", "专属顾问"]}
    server.api("POST", "codes", code | promise)
    other = {"name": "直播间", "key": "live", "greeting": "hello", "promised": ["免费检测"], "route": route}
    server.api("POST", "codes", other | {"promise": "加好友送免费肌肤检测。"})
    journey = server.api("POST", "journeys", {"name": "扫码新客", "definition": JOURNEY})
    server.api("POST", f"journeys/{journey['id']}/publish", {"revision": journey["revision"]})
    wait(lambda: all(one["qr_code"] for one in server.api("GET", "codes")["items"]))


def wait(done: Callable[[], Any], secs: float = 90.0) -> None:
    until = time.monotonic() + secs
    while not done():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.05)


def scan(server: Server, fake: Fake) -> str:
    """Somebody scans the poster, and WeCom is told who takes the next one."""
    state = server.api("GET", "codes/summer")["state"]
    told = doors.enter(fake.world, "customer/scan", {"state": state})
    return str(told["external_userid"])


def arrived(fake: Fake, who: str) -> list[dict[str, Any]]:
    with fake.world.lock:
        return list(fake.world.customers[who].arrived)


def test_from_the_poster_to_the_one_who_leaves(page: Page, server: Server, fake: Fake) -> None:
    first = scan(server, fake)
    wait(lambda: arrived(fake, first))
    (welcome,) = arrived(fake, first)
    assert welcome["kind"] == "welcome" and "新人礼包" in str(welcome)
    assert welcome["after_seconds"] <= 2.0
    # The others follow in turn, until both have reached their caps and the fall-back takes over.
    for number in range(2, 6):
        settle_route(server)
        one = scan(server, fake)
        wait(lambda one=one: arrived(fake, one))
        wait(lambda number=number: server.api("GET", "codes/summer")["joins"] == number)
    got = {one["key"]: one["today"] for one in server.api("GET", "codes/summer/joins")["staff"]}
    assert got == {"zhangsan": 2, "lisi": 2, "wangwu": 1}

    sign_in(page, server)
    page.goto(f"{server.base}/codes")
    card = page.get_by_role("article", name="夏季门店海报")
    expect(card.locator("dd").first).to_have_text("5")
    expect(page.get_by_text("欢迎语没有兑现承诺：免费检测")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "112-channel-codes")
    card.get_by_role("button", name="加入情况").click()
    expect(page.get_by_text("张珊").first).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "113-channel-joins")

    # A day later the staff confirm a mass task, and its result comes back.
    server.clock("2026-03-03T02:30:00+00:00")
    wait(lambda: fake.world.store("tasks"))
    for msgid in list(fake.world.store("tasks")):
        doors.enter(fake.world, "task/confirm", {"msgid": msgid})
    wait(lambda: [one["kind"] for one in arrived(fake, first)] == ["welcome", "broadcast"])

    # Who deletes his adviser is not written to any more.
    staff = next(iter(fake.world.customers[first].follows))
    doors.enter(fake.world, "customer/delete_staff", {"userid": staff, "external_userid": first})
    wait(lambda: server.rows("SELECT 1 FROM staff_relation WHERE state = 'deleted'"))
    server.clock("2026-03-05T03:00:00+00:00")
    ((contact_id, state),) = server.rows(
        "SELECT contact_id, state FROM staff_relation WHERE state = 'deleted'"
    )
    assert state == "deleted"
    ended = server.rows("SELECT result FROM enrollment WHERE subject_id = ?", contact_id)
    assert ended == [("lost",)]
    said = server.rows("SELECT content FROM outbox WHERE contact_id = ? ORDER BY id", contact_id)
    assert said == [("hello",), ("more",)]
    page.goto(f"{server.base}/contacts/{contact_id}")
    expect(page.get_by_text("夏季海报").first).to_be_visible()
    settled(page)
    shown(page, "114-scanned-and-left")


def settle_route(server: Server) -> None:
    """Wait until WeCom has been told to whom the next one goes."""
    codes = "SELECT told FROM channel_code WHERE key = 'summer'"
    before = server.rows(codes)
    until = time.monotonic() + 10.0
    while server.rows(codes) == before and time.monotonic() < until:
        time.sleep(0.1)
