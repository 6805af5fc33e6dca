"""The reach policy as a marketer sets it: caps by tier, tried on a contact, and the touches ahead that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.runtime.charts import exits, journey, rule, step, wait

NAMES = ("林小满", "陈一诺", "王思远", "李雨桐", "张子墨", "赵佳宁")
PEOPLE = 60


def daily(carrier: str, event: str) -> dict[str, Any]:
    """Something every day for five days."""
    steps, arrows = [], []
    for n in range(5):
        steps += [
            step(f"say{n}", "s", "send", carrier=carrier, content="hello"),
            wait(f"day{n}", "s", **{"for": "P1D", "at": "20:00"}),
        ]
        arrows += [exits(f"a{n}", f"say{n}", "sent", f"day{n}")]
        arrows += [exits(f"b{n}", f"day{n}", "next", f"say{n + 1}" if n < 4 else "won")]
    return journey(
        stages=[{"id": "s", "name": "每日关怀", "initial": "say0"}],
        steps=steps,
        arrows=arrows,
        entries=[{"id": "in-1", "on": {"type": "event", "name": event}, "to": "s"}],
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two journeys that want the same sixty people every day."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    people = [
        {"external_id": f"c{n}", "name": NAMES[n % 6], "attributes": {"spent": n * 10}, "tags": []}
        for n in range(PEOPLE)
    ]
    started.api("POST", "contacts/batch", {"contacts": people})
    started.api("POST", "contents", {"key": "hello", "name": "每日一句", "carrier": "sms", "body": {"text": "你好"}})  # fmt: skip
    levels = [
        {"name": "高价值", "key": "high", "rule": rule("attribute.spent", ">=", 400)},
        {"name": "中价值", "key": "mid", "rule": rule("attribute.spent", ">=", 200)},
        {"name": "低价值", "key": "low", "rule": None},
    ]
    started.api("POST", "tiers", {"name": "消费价值", "key": "value", "levels": levels})
    for name, carrier in (("新客关怀", "sms"), ("会员日报", "email")):
        made = started.api("POST", "journeys", {"name": name, "definition": daily(carrier, "joined")})
        started.api("POST", f"journeys/{made['id']}/publish", {"revision": 1})
    started.api("POST", "events", {"events": [{"name": "joined", "external_id": f"c{n}"} for n in range(PEOPLE)]})  # fmt: skip
    started.settled()
    yield started
    started.stop()


@pytest.fixture
def marketer(page: Page, server: Server) -> Page:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    return page


def test_caps_by_tier_are_set_tried_and_seen_in_the_plan(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/settings/reach")
    expect(page.get_by_role("heading", name="触达计划：未来 14 天")).to_be_visible()
    expect(page.get_by_text("这段时间没有触达会被拦下。")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="按“消费价值”分层").click()
    expect(page.get_by_text("按未保存的改动计算。")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("rowheader", name="消费价值 · 高价值")).to_be_visible()
    page.get_by_role("button", name="消费价值 · 高价值 · 短信 的上限").click()
    page.get_by_role("button", name="加一条上限").click()
    page.get_by_label("最多几次").fill("3")
    page.get_by_role("button", name="保存策略").click()
    expect(page.get_by_text("已保存，进行中的旅程从下一步起生效。")).to_be_visible()
    saved = asked(page, "GET", "policies")
    assert saved["revision"] == 1 and len(saved["policies"]["caps"]) == 5
    assert [one["kind"] for one in saved["list"]][4:] == ["one_a_minute", *["cap"] * 5]
    expect(page.get_by_text("触达次数已到上限").first).to_be_visible(timeout=20_000)
    settled(page)
    page.get_by_role("heading", name="次数上限", exact=True).scroll_into_view_if_needed()
    shown(page, "121-reach-policy")
    page.get_by_role("heading", name="触达计划：未来 14 天").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)
    shown(page, "123-reach-planned")
    assert faults(page) == []
    plan = asked(page, "POST", "policies/plan", {"days": 14})
    assert plan["exact"] and plan["of"] == PEOPLE
    assert sum(day["held"] for one in plan["carriers"] for day in one["per_day"]) > 0
    low = [one for one in plan["people"] if one["act"] == "refused"]
    assert low, "who stands low is left out"


def test_a_contact_is_tried(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/settings/reach")
    page.get_by_role("combobox", name="客户", exact=True).fill("林小满")
    page.locator(".ant-select-item-option", has_text="林小满").first.click()
    expect(page.get_by_role("button", name="问一下")).to_be_enabled()
    page.get_by_role("button", name="问一下").click()
    verdict = page.get_by_role("status").filter(has_text="最近的触达")
    expect(verdict).to_be_visible()
    expect(verdict.get_by_text("同意")).to_be_visible()
    settled(page)
    shown(page, "122-reach-tried")
    assert faults(page) == []
