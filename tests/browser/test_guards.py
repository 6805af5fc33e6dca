"""Guards and the stop button as an owner uses them: set up, tripped, released; everything stopped and let go again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.runtime.charts import exits, journey, step, wait

NAMES = ("林小满", "陈一诺", "王思远", "李雨桐", "张子墨", "赵佳宁")
PEOPLE = 80
CHART: dict[str, Any] = journey(
    stages=[{"id": "one", "name": "新客破冰", "initial": "hi"}],
    steps=[
        {**step("hi", "one", "send", carrier="wecom_direct", content="hello"), "name": "打招呼"},
        wait("day", "one", **{"for": "P1D", "at": "20:00"}),
        {**step("sale", "one", "send", carrier="wecom_direct", content="sale"), "name": "限时促销"},
    ],
    arrows=[
        exits("a1", "hi", "sent", "day"),
        exits("a2", "day", "next", "sale"),
        exits("a3", "sale", "sent", "won"),
    ],
)
RULE = {"measure": "deletion", "per": "step", "percent": 3, "minimum": 50, "action": "pause"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A journey whose sale made eight of eighty delete their adviser, while a guard looked on."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    people = [
        {"external_id": f"c{n}", "name": NAMES[n % 6], "attributes": {}, "tags": []}
        for n in range(PEOPLE + 5)
    ]
    started.api("POST", "contacts/batch", {"contacts": people})
    for key, name, text in (("hello", "初次问候", "你好"), ("sale", "限时促销", "最后一天！")):
        body = {"key": key, "name": name, "carrier": "wecom_direct", "body": {"text": text}}
        started.api("POST", "contents", body)
    made = started.api("POST", "journeys", {"name": "新客七日", "definition": CHART})
    started.api("POST", f"journeys/{made['id']}/publish", {"revision": 1})
    started.api("POST", "guards", {"name": "删好友过多就暂停", "rule": RULE})
    happen(started, "joined", range(PEOPLE))
    started.settled()
    started.clock("2026-03-03T12:05:00+00:00")
    happen(started, "friend_deleted", range(8))
    started.settled()
    started._wait(lambda: started.api("GET", "guards/trips?state=open")["items"], "no guard has tripped")
    yield started
    started.stop()


def happen(server: Server, name: str, people: range) -> None:
    server.api("POST", "events", {"events": [{"name": name, "external_id": f"c{n}"} for n in people]})


@pytest.fixture
def owner(page: Page, server: Server) -> Page:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    return page


def test_a_guard_trips_and_is_released(owner: Page, server: Server) -> None:
    page = owner
    held = page.get_by_role("region", name="守护正在起作用")
    expect(held.get_by_text("守护已暂停")).to_be_visible()
    expect(held).to_contain_text("新客七日 · 限时促销")
    expect(held).to_contain_text("80 次，24 小时内 8 次被删好友（10%，上限 3%）")
    held.get_by_role("link", name="新客七日 · 限时促销").click()
    expect(page.locator("#rb-node-sale")).to_be_visible()
    banner = page.get_by_role("region", name="守护正在起作用")
    expect(banner).to_contain_text("守护已暂停")
    settled(page)
    shown(page, "133-guard-tripped")
    assert faults(page) == []
    banner.get_by_role("button", name="放行“新客七日 · 限时促销”").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("放\\s*行"))).to_be_disabled()
    dialog.get_by_role("textbox").fill("换了文案，去掉了催促")
    dialog.get_by_role("button", name=re.compile("放\\s*行")).click()
    expect(banner).not_to_be_visible()
    (trip,) = server.api("GET", "guards/trips")["items"]
    assert trip["note"] == "换了文案，去掉了催促"


def test_rules_are_tried_on_the_last_month_before_they_are_used(owner: Page, server: Server) -> None:
    page = owner
    page.goto(f"{server.base}/settings/guards")
    expect(page.get_by_role("heading", name="守护规则")).to_be_visible()
    page.get_by_role("button", name="删好友偏多就放慢").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("过去 30 天会触发 0 次")).to_be_visible()
    panel.get_by_role("spinbutton", name="至少").fill("50")
    expect(panel.get_by_text("过去 30 天会触发 1 次")).to_be_visible()
    expect(panel.get_by_text("新客七日 · 限时促销")).to_be_visible()
    settled(page)
    shown(page, "131-guards")
    assert faults(page) == []
    panel.get_by_role("button", name=re.compile("启\\s*用")).click()
    expect(page.get_by_role("listitem", name="删好友偏多就放慢")).to_contain_text("放慢到 25%")
    assert len(server.api("GET", "guards")["items"]) == 2


def test_a_guard_of_staff_may_act(owner: Page, server: Server) -> None:
    page = owner
    page.goto(f"{server.base}/settings/guards")
    page.get_by_role("button", name="员工被删过多就暂停他").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("新任务给同规则的别人，没有别人就等着")
    expect(panel).to_contain_text("也会告诉负责人")
    settled(page)
    shown(page, "142-guard-of-staff")
    assert faults(page) == []
    panel.get_by_role("button", name=re.compile("启\\s*用")).click()
    expect(page.get_by_role("listitem", name="员工被删过多就暂停他")).to_contain_text("暂停")
    assert server.api("GET", "guards")["items"][-1]["rule"]["action"] == "pause"


def test_everything_is_stopped_and_let_go_again(owner: Page, server: Server) -> None:
    page = owner
    page.get_by_role("button", name="全部停发").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("两秒之内")
    expect(dialog.get_by_role("button", name="立即停发")).to_be_disabled()
    dialog.get_by_role("textbox").fill("价格写错了，正在核对")
    settled(page)
    assert faults(page) == []
    dialog.get_by_role("button", name="立即停发").click()
    banner = page.get_by_role("status", name="已全部停发")
    expect(banner).to_contain_text("价格写错了，正在核对")
    happen(server, "joined", range(PEOPLE, PEOPLE + 5))
    server.settled()
    page.goto(f"{server.base}/settings/guards")
    expect(page.get_by_role("status", name="已全部停发")).to_contain_text("5 条消息在等")
    settled(page)
    shown(page, "132-stopped")
    assert faults(page) == []
    page.goto(f"{server.base}/journeys/1")
    expect(page.get_by_role("status", name="已全部停发")).to_be_visible()
    page.get_by_role("button", name="恢复发送").click()
    page.get_by_role("dialog").get_by_role("button", name="恢复发送").click()
    expect(page.get_by_role("status", name="已全部停发")).not_to_be_visible()
    server._wait(lambda: server.api("GET", "stop")["state"] == "sending", "sending does not begin again")
    server.clock("2026-03-03T12:30:00+00:00")
    assert server.rows("SELECT count(*) FROM outbox WHERE state = 'pending'") == [(0,)]
