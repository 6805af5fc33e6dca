"""What if: a real customer is given things to happen, and the canvas shows where he would go and why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    server.journey = clone(server)  # type: ignore[attr-defined]
    publish(server, server.journey)  # type: ignore[attr-defined]
    who = customers(server, 12)
    happened(server, "friend_added", who[:4])
    return server


@pytest.fixture
def panel(page: Page, server: Server) -> Page:
    """The journey's canvas with the panel open."""
    sign_in(page, server)
    page.goto(f"{server.base}/journeys/{server.journey}")  # type: ignore[attr-defined]
    page.get_by_role("button", name=re.compile("如果……会怎样")).click()
    return page


def choose(page: Page, name: str) -> None:
    """Find a customer by what somebody types."""
    search = page.get_by_role("combobox", name="哪位客户")
    search.click()
    search.fill(name)
    page.locator(".ant-select-item-option").filter(has_text=name).first.click()


def test_a_customer_inside_goes_on_from_where_he_is(panel: Page, server: Server) -> None:
    errors: list[str] = []
    panel.on("pageerror", lambda error: errors.append(str(error)))
    before = server.rows("SELECT count(*), max(id) FROM trail")
    choose(panel, "客户001")
    panel.get_by_role("button", name=re.compile("加一件事")).click()
    panel.get_by_role("spinbutton", name="多久以后").fill("5")
    panel.get_by_role("combobox", name="单位").click()
    panel.locator(".ant-select-item-option").filter(has_text="天").first.click()
    panel.get_by_role("combobox", name="什么事").click()
    panel.locator(".ant-select-item-option").filter(has_text="支付订单").click()
    panel.get_by_label(re.compile("事件内容")).fill("amount=199")
    panel.get_by_role("button", name=words("看看会怎样")).click()
    came = panel.get_by_role("region", name="会怎样")
    expect(came.get_by_text("第 5 天")).to_be_visible(timeout=20_000)
    expect(came.get_by_text("会发送").first).to_be_visible()
    expect(came.get_by_text(re.compile("订单 199 元")).first).to_be_visible()
    # The way is on the canvas, with its stops numbered.
    expect(panel.locator(".rb-way-on").first).to_be_attached()
    expect(panel.locator(".rb-stop").first).to_be_attached()
    shown(panel, "71-what-if")
    # What a rule saw.
    expect(came.get_by_text(re.compile("看到的是")).first).to_be_attached()
    came.get_by_text(re.compile("看到的是")).first.scroll_into_view_if_needed()
    shown(panel, "72-what-if-why")
    assert server.rows("SELECT count(*), max(id) FROM trail") == before
    panel.keyboard.press("Escape")
    expect(panel.locator(".rb-way-on")).to_have_count(0)
    assert errors == []


def test_a_customer_outside_comes_in_first(panel: Page) -> None:
    choose(panel, "客户009")
    panel.get_by_role("button", name=re.compile("加一件事")).click()
    panel.get_by_role("combobox", name="什么事").click()
    panel.locator(".ant-select-item-option").filter(has_text="添加好友").click()
    panel.get_by_role("button", name=words("看看会怎样")).click()
    came = panel.get_by_role("region", name="会怎样")
    expect(came.get_by_text("不在旅程里").first).to_be_visible(timeout=20_000)
    expect(came.get_by_text("第 0 天")).to_be_visible()
    expect(panel.locator(".rb-way-on").first).to_be_attached()
