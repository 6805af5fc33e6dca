"""Tiers as a marketer makes them: a ladder from an example, somebody watched for a while, and the RFM grid."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled

PEOPLE = 120
FAMILY, GIVEN = "林陈王李张赵周吴徐孙", ("小满", "一诺", "思远", "雨桐", "子墨", "佳宁", "亦辰", "若溪")
NOW = datetime.fromisoformat("2026-03-28T10:00:00+08:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with customers who reply and buy as differently as real ones do."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-28T02:00:00")
    key_for(started)
    dice = random.Random(7)
    people = [
        {"external_id": f"c{n:03d}", "name": FAMILY[n % 10] + GIVEN[n % 8], "attributes": {}, "tags": []}
        for n in range(PEOPLE)
    ]
    started.api("POST", "contacts/batch", {"contacts": people})
    happened = []
    for n in range(PEOPLE):
        for _ in range(int(dice.paretovariate(0.9)) % 14):
            at = NOW - timedelta(hours=dice.uniform(1, 600))
            happened.append({"name": "replied", "external_id": f"c{n:03d}", "occurred_at": at.isoformat()})
        for _ in range(int(dice.paretovariate(1.0)) % 9):
            at = NOW - timedelta(days=dice.uniform(0.1, 250))
            bought = {"amount": round(dice.lognormvariate(5, 0.9), 2)}
            happened.append({"name": "order_paid", "external_id": f"c{n:03d}", "occurred_at": at.isoformat(), "properties": bought})  # fmt: skip
    for first in range(0, len(happened), 900):
        started.api("POST", "events", {"events": happened[first : first + 900]})
    started.settled()
    yield started
    started.stop()


@pytest.fixture
def marketer(page: Page, server: Server) -> Page:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    return page


def until(page: Page, address: str, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Wait for what the worker does in the background."""
    for _ in range(200):
        items: list[dict[str, Any]] = asked(page, "GET", address)["items"]
        if done(items):
            return items
        page.wait_for_timeout(200)
    raise AssertionError(f"{address} never came to rest")


def sorted_out(items: list[dict[str, Any]]) -> bool:
    everybody = sum(level["people"] for level in items[0]["levels"])
    return items[0]["state"] == "kept" and everybody == PEOPLE


def all_done(items: list[dict[str, Any]]) -> bool:
    return bool(items) and all(run["state"] == "done" for run in items)


def test_a_ladder_is_made_from_the_example_and_somebody_watched(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/tiers")
    page.get_by_role("link", name="用现成的例子：互动频次 高/中/低").click()
    expect(page.get_by_label("维度名称")).to_have_value("互动频次")
    page.get_by_role("button", name="创建维度").click()
    card = page.get_by_role("region", name="互动频次")
    expect(card.get_by_text("30 天内回复 8 次以上")).to_be_visible()
    (dimension,) = until(page, "tiers", sorted_out)
    assert all(level["people"] > 0 for level in dimension["levels"])

    low = asked(page, "GET", "tiers/touch/people?level=low&limit=3")["items"]
    page.goto(f"{server.base}/contacts/{low[0]['contact_id']}")
    page.get_by_role("button", name="先当作…看一阵").click()
    page.get_by_label("为什么").fill("门店反馈意向强")
    page.get_by_role("button", name="开始观察").click()
    expect(page.get_by_text("按标准是“低”")).to_be_visible()
    bought = {
        "combinator": "and",
        "rules": [{"field": "history.order_paid.count", "operator": ">=", "value": 1}],
    }
    for one in low[1:]:
        given = {"dimension": "touch", "level": "mid", "days": 21, "measure": bought, "reason": "新品试用"}
        given["contact_id"] = one["contact_id"]
        asked(page, "POST", "tiers/overrides", given)
    server.settled()
    page.goto(f"{server.base}/tiers")
    expect(page.get_by_role("heading", name="正在观察的客户")).to_be_visible()
    expect(page.get_by_role("cell", name="还剩 21 天").first).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "92-tiers")
    page.goto(f"{server.base}/tiers/touch/edit")
    expect(page.get_by_label("维度名称")).to_have_value("互动频次")
    page.wait_for_timeout(800)
    settled(page)
    assert faults(page) == []
    shown(page, "93-tier-levels")


def test_rfm_is_worked_out_and_a_cell_becomes_a_segment(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/tiers/rfm")
    page.get_by_role("button", name="保存设置").click()
    expect(page.get_by_text("还没有算过")).to_be_visible()
    server.api("POST", "test/clock", {"now": "2026-04-02T02:00:00+00:00"})
    until(page, "rfm/runs", all_done)
    more = [
        {"name": "order_paid", "external_id": f"c{n:03d}", "properties": {"amount": 300 + n}}
        for n in range(0, PEOPLE, 4)
    ]
    server.api("POST", "events", {"events": more})
    server.settled()
    page.reload()
    page.get_by_role("button", name="现在算一次").click()
    until(page, "rfm/runs", lambda items: len(items) == 2 and all_done(items))
    page.reload()
    expect(page.get_by_text("与 2026-03 对比")).to_be_visible()
    expect(page.get_by_text("重要价值客户")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "94-rfm")
    page.get_by_role("region", name="R × F 方格").get_by_role("button").first.click()
    page.get_by_role("button", name="建成人群").click()
    page.wait_for_url("**/segments/*")
    until(page, "segments", lambda items: bool(items) and items[0]["count"] > 0)
