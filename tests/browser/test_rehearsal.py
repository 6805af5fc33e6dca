"""A launch rehearsed: the real product on a fake WeCom, seen from both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connectors.wecom.crypto import new_key
from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET
from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.connectors.wecom.conftest import Fake
from tests.faults import children

JOURNEY: dict[str, Any] = {
    "format": 1, "subject": "contact", "ends": [], "goals": [],
    "stages": [{"id": "trust", "name": "建立信任", "initial": "hello"}],
    "steps": [
        {"id": "hello", "stage": "trust", "kind": "send", "name": "欢迎语",
         "config": {"carrier": "wecom_direct", "content": "hello"}},
        {"id": "news", "stage": "trust", "kind": "send", "name": "新品群发",
         "config": {"carrier": "wecom_direct", "content": "news"}},
    ],
    "arrows": [{"id": "a1", "from": "hello", "exit": "sent", "to": "news"}],
    "entries": [{"id": "in", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}],
    "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None},
}  # fmt: skip
TEXTS = {"hello": "你好，欢迎来到花间！", "news": "夏季新品到店，老客户本周专享 8 折"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fake: Fake) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.may_call(fake.server.server_address[1])
    try:
        started.start("2026-03-02T02:00:00")
        key_for(started)
        connect(started, fake)
        yield started
    finally:
        started.stop()


def connect(server: Server, fake: Fake) -> None:
    """As docs/wecom.md says: the connection first, then its address at WeCom, which asks it at once."""
    key = new_key()
    made = server.api("POST", "connections", {
        "connector": "wecom", "name": "花间企业微信", "carriers": ["wecom_direct"],
        "settings": {"corp_id": CORP_ID, "agent_id": str(AGENT_ID), "address": fake.url},
        "secrets": {"secret": SECRET, "callback_token": "花间".encode().hex(), "callback_aes_key": key},
    })  # fmt: skip
    told = fake.act(
        "callback", url=server.base + made["callback_path"], token="花间".encode().hex(), encoding_aes_key=key
    )
    assert "error" not in told, told
    for name, text in TEXTS.items():
        material = {"key": name, "name": name, "carrier": "wecom_direct", "body": {"text": text}}
        server.api("POST", "contents", material)
    journey = server.api("POST", "journeys", {"name": "新客欢迎", "definition": JOURNEY})
    revision = server.api("GET", f"journeys/{journey['id']}/draft")["revision"]
    server.api("POST", f"journeys/{journey['id']}/publish", {"revision": revision})


def test_a_new_friend_is_greeted_and_staff_confirm_what_follows(
    page: Page, server: Server, fake: Fake
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(fake.url)
    expect(page.get_by_text("还没有客户。")).to_be_visible()
    page.get_by_label("渠道码 state").fill("store-7")
    for number in range(3):
        page.get_by_role("button", name="来一位新客户").click()
        expect(page.get_by_text(TEXTS["hello"])).to_have_count(number + 1, timeout=20_000)
    expect(page.get_by_role("button", name="lili 确认发送").first).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="lili 确认发送").first.click()
    expect(page.locator("#customers").get_by_text(TEXTS["news"]).first).to_be_visible()
    expect(page.get_by_text("add_external_contact").first).to_be_visible()
    shown(page, "110-fake-wecom")
    # Else the virtual clock would stand still between the two, and WeCom's times are whole seconds.
    server.clock("2026-03-02T03:00:00+00:00")
    page.get_by_role("button", name="删除员工").first.click()
    expect(page.get_by_text("已删除员工")).to_be_visible()
    late = [
        one["after_seconds"]
        for c in fake.world.customers.values()
        for one in c.arrived
        if one["kind"] == "welcome"
    ]
    assert len(late) == 3 and max(late) < 20
    server.settled()

    gone = "SELECT count(*) FROM contact WHERE attributes LIKE '%friend_deleted%'"
    children.wait_for(lambda: server.rows(gone) == [(1,)], 30)
    sign_in(page, server)
    page.goto(f"{server.base}/contacts")
    row = page.get_by_role("row").filter(has_text="friend_deleted: true")
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/contacts/\d+"))
    page.wait_for_load_state("networkidle")
    shown(page, "111-rehearsal")
    assert errors == []
