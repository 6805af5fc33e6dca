"""Templates in the studio: a clone tells what it made, a task has scripts beside it, a group's journey is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import clone, key_for, publish
from tests.browser.test_accessible import faults, settled

AMY, PASSWORD = "amy@roadbook.local", "correct-horse-43"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    try:
        key_for(started)
        yield started
    finally:
        started.stop()


def page_for(browser: Browser, width: int, height: int, scale: float = 1) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-CN",
        timezone_id="Asia/Shanghai", permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    return page


def test_a_community_template_is_cloned_tells_what_it_made_and_is_drawn(
    browser: Browser, server: Server
) -> None:
    page = page_for(browser, 1600, 900)
    sign_in(page, server)
    page.goto(f"{server.base}/templates")
    card = page.get_by_role("article", name="社群冷启动")
    card.get_by_role("button", name="克隆“社群冷启动”").click()
    page.wait_for_url("**/journeys/*?simulate=1")
    expect(page.get_by_text("素材 13")).to_be_visible()
    expect(page.get_by_text("第 1 天 · 欢迎与规则").first).to_be_visible()
    settled(page)
    shown(page, "136-community-template")
    page.context.close()


def test_scripts_lie_beside_a_task_and_are_copied_with_the_customers_name(
    browser: Browser, server: Server
) -> None:
    server.flask("users", "create", AMY, "--name", "艾米", "--role", "staff", "--password", PASSWORD)
    amy = next(one["account_id"] for one in server.api("GET", "members")["items"] if one["email"] == AMY)
    staff = {"key": "amy", "name": "艾米", "team": "美肤顾问", "account_id": amy}
    number = server.api("POST", "staff", staff)["id"]
    publish(server, clone(server, "beauty"))
    server.api("POST", "contacts/batch", {"contacts": [{"external_id": "c1", "name": "林小满"}]})
    contact = next(c for c in server.api("GET", "contacts")["items"] if c["external_id"] == "c1")["id"]
    server.api("PUT", f"contacts/{contact}/staff/{number}", {"state": "friend"})
    server.api("PATCH", f"contacts/{contact}", {"tags": ["敏感肌"]})
    happened = {"name": "friend_added", "external_id": "c1", "properties": {}}
    server.api("POST", "events", {"events": [happened]})
    server.settled()
    server.api("POST", "test/clock", {"now": "2026-03-03T20:01:00+08:00"})
    server.settled()
    page = page_for(browser, 430, 1080, 2)
    page.goto(server.base)
    page.get_by_label("邮箱").fill(AMY)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")
    body = page.get_by_role("region", name="问清客户的肤质与关注方向")
    if not body.is_visible():
        page.get_by_role("button", name="林小满").click()
    body.get_by_text("客户可能会问").click()
    answer = body.get_by_role("button", name="复制这句：敏感肌可以用吗？").first
    answer.scroll_into_view_if_needed()
    answer.click()
    expect(body.get_by_text("林小满，你平时对什么会敏感？")).to_be_visible()
    assert "林小满，你平时对什么会敏感？" in page.evaluate("navigator.clipboard.readText()")
    settled(page)
    assert faults(page) == []
    shown(page, "135-task-scripts")
    server.settled()
    assert server.rows("SELECT copies FROM script WHERE question = ?", "敏感肌可以用吗？") != [("[0, 0]",)]
    page.context.close()


def test_a_clone_says_that_nobody_does_its_tasks_and_leads_to_adding_somebody(
    browser: Browser, server: Server
) -> None:
    number = clone(server, "recall")
    page = page_for(browser, 1440, 900)
    sign_in(page, server)
    page.goto(f"{server.base}/journeys/{number}")
    page.locator(".rb-head").get_by_role("button", name="检查").click()
    expect(page.get_by_text("团队“会员顾问”里还没有人").first).to_be_visible()
    page.get_by_role("link", name="去添加员工").first.click()
    page.wait_for_url("**/tasks/team")
    page.get_by_role("button", name="添加员工", exact=True).click()
    form = page.get_by_role("region", name="添加员工")
    form.get_by_label("姓名").fill("周晓")
    form.get_by_label("工号").fill("zhouxiao")
    form.get_by_label("团队").fill("会员顾问")
    settled(page)
    assert faults(page) == []
    form.get_by_role("button", name=words("添加")).click()
    expect(page.get_by_role("row", name="周晓")).to_be_visible()
    page.goto(f"{server.base}/journeys/{number}")
    page.locator(".rb-head").get_by_role("button", name="检查").click()
    expect(page.get_by_text("里还没有人")).to_have_count(0)
    page.context.close()
