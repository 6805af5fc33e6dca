"""The simulator as a marketer uses it: invented people, real ones, a log, a version beside the draft, and its limits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    """A published journey; 60 customers of whom half bought lately, so that a sample has habits."""
    server.journey = clone(server)  # type: ignore[attr-defined]
    publish(server, server.journey)  # type: ignore[attr-defined]
    who = customers(server)
    happened(server, "product_viewed", who)
    happened(server, "order_paid", who[:30], amount=120)
    return server


@pytest.fixture
def simulator(page: Page, server: Server) -> Page:
    """The journey's canvas with the simulator open."""
    sign_in(page, server)
    page.goto(f"{server.base}/journeys/{server.journey}")  # type: ignore[attr-defined]
    page.get_by_role("button", name=words("模拟"), exact=True).click()
    return page


def played(page: Page) -> None:
    """Run it and wait for what came of it."""
    page.get_by_role("button", name=re.compile("开始模拟|重新模拟")).click()
    expect(page.get_by_role("figure", name=re.compile("各阶段到达"))).to_be_visible(timeout=30_000)


def at_the_end(page: Page) -> None:
    """Let the clock run to the last day."""
    page.get_by_role("button", name="100×").click()
    expect(page.get_by_role("button", name="播放")).to_be_visible(timeout=15_000)


def test_people_play_and_stop_and_what_bit_is_told(simulator: Page, server: Server) -> None:
    errors: list[str] = []
    simulator.on("pageerror", lambda error: errors.append(str(error)))
    played(simulator)
    expect(simulator.get_by_role("button", name="暂停")).to_be_visible()
    simulator.get_by_role("button", name="暂停").click()
    day = simulator.locator(".rb-play-day")
    before = int(re.search(r"\d+", day.inner_text())[0])  # type: ignore[index]
    simulator.get_by_role("button", name="前进一天").click()
    expect(day).to_have_text(f"第 {before + 1} 天")
    simulator.get_by_role("button", name="播放").click()
    # People are seen on the way: the sheet over the canvas is not empty.
    simulator.wait_for_function(
        """() => { const c = document.querySelector('canvas.rb-play-sheet'); if (!c || !c.width) return false;
        const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return p.some((v) => v > 0); }"""
    )
    shown(simulator, "66-simulator-playing")
    at_the_end(simulator)
    for card in ("各阶段到达", "每天触达（按载体）", "最后停在哪里", "免打扰和频控", "没有人走到"):
        expect(simulator.get_by_role("figure", name=card)).to_be_visible()
    entered = simulator.locator(".rb-play-row").get_by_text("进入").first
    expect(entered).to_contain_text("500")
    shown(simulator, "67-simulator-results")
    # Nothing has left, and nobody is inside.
    assert server.rows("SELECT count(*) FROM enrollment") == [(0,)]
    assert errors == []


def test_what_nobody_reaches_is_marked_on_the_canvas(simulator: Page) -> None:
    simulator.get_by_role("spinbutton").nth(1).fill("3")
    played(simulator)
    chips = simulator.get_by_role("figure", name="没有人走到").get_by_role("button")
    expect(chips.first).to_be_visible()
    chips.first.click()
    expect(simulator.locator(".rb-mark-unreached").first).to_be_visible()
    shown(simulator, "68-simulator-unreached")


def test_a_draft_beside_a_version_with_the_same_people(simulator: Page, server: Server) -> None:
    journey = server.journey  # type: ignore[attr-defined]
    draft = server.api("GET", f"journeys/{journey}/draft")
    changed = 0
    for arrow in draft["definition"]["arrows"]:
        if arrow.get("on", {}).get("offset") == "P7D":
            arrow["on"]["offset"] = "P2D"
            changed += 1
    assert changed == 1
    tag = {"If-Match": f'"{draft["revision"]}"'}
    server.api("PUT", f"journeys/{journey}/draft", {"definition": draft["definition"]}, tag)
    simulator.goto(f"{server.base}/journeys/{journey}")
    simulator.get_by_role("button", name=words("模拟"), exact=True).click()
    simulator.get_by_role("combobox", name="和哪个版本并排比较").click()
    simulator.locator(".ant-select-item-option").filter(has_text="v1").click()
    played(simulator)
    table = simulator.get_by_role("figure", name="同一批客户，两张图").get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("^进入"))).to_contain_text("500500＝")
    expect(table.get_by_role("row", name=re.compile("^消息"))).to_contain_text(re.compile(r"[+−][\d,]+"))
    at_the_end(simulator)
    shown(simulator, "69-simulator-two-drawings")


def test_real_customers_and_a_log(simulator: Page, tmp_path: Path) -> None:
    who = simulator.get_by_role("combobox", name="让谁来走")
    who.click()
    simulator.locator(".ant-select-item-option").filter(has_text="真实客户抽样").click()
    played(simulator)
    expect(simulator.get_by_text("从 60 位真实客户里抽了 60 位")).to_be_visible()
    shown(simulator, "70-simulator-real-customers")
    who.click()
    simulator.locator(".ant-select-item-option").filter(has_text="事件日志").click()
    log = [
        {"subject": name, "name": event, "at": f"2026-01-0{day}T10:00:00+08:00"}
        for name in ("甲", "乙", "丙")
        for event, day in (("friend_added", 1), ("order_paid", 4))
    ]
    path = tmp_path / "log.json"
    path.write_text(json.dumps(log), "utf-8")
    simulator.locator("input[type=file]").set_input_files(str(path))
    expect(simulator.get_by_role("button", name="6 条事件")).to_be_visible()
    simulator.get_by_role("button", name="重新模拟").click()
    expect(simulator.get_by_text("日志里的 3 位客户")).to_be_visible(timeout=30_000)


def test_the_limit_is_said_in_words(simulator: Page) -> None:
    simulator.get_by_role("spinbutton").first.fill("30000")
    expect(simulator.get_by_text("最多 20,000 人")).to_be_visible()
    expect(simulator.get_by_role("button", name="开始模拟")).to_be_disabled()
    simulator.get_by_role("spinbutton").first.fill("20000")
    simulator.get_by_role("spinbutton").nth(1).fill("365")
    expect(simulator.get_by_text("这么多天最多 6,575 人，这么多人最多 120 天")).to_be_visible()
