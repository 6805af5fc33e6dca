"""The staff's day on a phone: copy, done, not suitable, without a net; the team and unusual cases on a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawing import Canvas, shown, sign_in, words
from tests.browser.server import OWNER, Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled

AMY, PASSWORD = "amy@roadbook.local", "correct-horse-43"
WORDS = '{{ contact.name }}，您上次买的水乳快用完了。{% slot "场景" max: 40 %}周末降温，记得保湿。{% endslot %}点这里续订有满减。'
RESULTS = [
    {"exit": "sent", "name": "已发送"},
    {"exit": "not_sent", "name": "没发出去"},
    {"exit": "not_friend", "name": "不是好友"},
]


def care(title: str, amount: str, stage: str) -> dict[str, Any]:
    task = {
        "title": title, "instructions": f"上次消费 {{{{ entry.{amount} }}}} 元，先问使用感受。", "content": "refill",
        "team": "顾问", "due": {"for": "PT6H"}, "remind": "PT2H", "reminds": 3, "results": RESULTS,
    }  # fmt: skip
    return {
        "format": 1,
        "entries": [{"id": "in", "on": {"type": "event", "name": "order_paid"}, "to": "care"}],
        "stages": [{"id": "care", "name": stage, "initial": "call", "stay": True}],
        "steps": [
            {"id": "call", "stage": "care", "kind": "task", "name": title, "config": task},
            {"id": "well", "stage": "care", "kind": "tag", "name": "已跟进", "config": {"add": ["已跟进"]}},
        ],
        "arrows": [{"id": "a1", "from": "call", "exit": "sent", "to": "well"}],
        "ends": [],
        "goals": [],
        "settings": {"reentry": {"mode": "never"}},
    }  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    try:
        key_for(started)
        furnish(started)
        yield started
    finally:
        started.stop()


def furnish(server: Server) -> None:
    """Two teams, two journeys with tasks, a ladder, and five customers who have just bought."""
    server.flask("users", "create", AMY, "--name", "艾米", "--role", "staff", "--password", PASSWORD)
    accounts = server.api("GET", "members")["items"]
    amy = next(one["account_id"] for one in accounts if one["email"] == AMY)
    team = [("amy", "艾米", "顾问", amy), ("ben", "小本", "顾问", None), ("tom", "汤老师", "教务", None)]
    ids = {}
    for key, name, group, account in team:
        made = server.api("POST", "staff", {"key": key, "name": name, "team": group, "account_id": account})
        ids[key] = made["id"]
    material = {"key": "refill", "name": "补货提醒", "carrier": "wecom_direct", "body": {"text": WORDS}}
    server.api("POST", "contents", material)
    tree = {"combinator": "and", "rules": [{"field": "attribute.level", "operator": "=", "value": "高"}]}
    levels = [
        {"key": "high", "name": "高价值", "rule": tree, "words": "", "benefits": [], "color": ""},
        {"key": "low", "name": "普通", "rule": None, "words": "", "benefits": [], "color": ""},
    ]
    server.api("POST", "tiers", {"key": "worth", "name": "价值", "levels": levels})
    people = [
        ("c1", "林小满", "高", "13800138001"), ("c2", "陈一诺", "普通", "13800138002"),
        ("c3", "王思远", "普通", "13800138003"), ("c4", "李雨桐", "普通", "13800138004"),
        ("c5", "赵子墨", "普通", "13800138005"),
    ]  # fmt: skip
    server.api(
        "POST",
        "contacts/batch",
        {
            "contacts": [
                {
                    "external_id": key,
                    "name": name,
                    "attributes": {"level": level},
                    "identities": {"phone": phone},
                }
                for key, name, level, phone in people
            ]
        },
    )
    for found in server.api("GET", "contacts")["items"]:
        whose = ids["ben"] if found["external_id"] == "c5" else ids["amy"]
        server.api("PUT", f"contacts/{found['id']}/staff/{whose}", {"state": "friend"})
    for name, drawn in (("补货关怀", care("提醒补货", "amount", "快用完了")),):
        made = server.api("POST", "journeys", {"name": name, "definition": drawn})
        server.api("POST", f"journeys/{made['id']}/publish", {"revision": 1})
    bought = [
        {"name": "order_paid", "external_id": f"c{n}", "properties": {"amount": amount}}
        for n, amount in ((1, 200), (2, 880), (3, 99), (4, 45), (5, 300))
    ]
    server.api("POST", "events", {"events": bought})
    server.settled()
    server.api("POST", "tasks", {"title": "准备下周会员日", "staff_id": ids["amy"]})


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """A member of staff on a telephone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True,
        locale="zh-CN", timezone_id="Asia/Shanghai", permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.base)
    page.get_by_label("邮箱").fill(AMY)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")
    yield page
    context.close()


def state_of(server: Server, title: str, who: str) -> tuple[str, str]:
    (row,) = server.rows(
        "SELECT t.state, t.result FROM staff_task t LEFT JOIN contact c ON c.id = t.contact_id"
        " WHERE t.title LIKE ? AND c.name = ?",
        f"%{title}%", who,
    )  # fmt: skip
    return row[0], row[1]


def until(page: Page, server: Server, who: str, wanted: tuple[str, str]) -> None:
    for _ in range(100):
        if state_of(server, "提醒补货", who) == wanted:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{who}: {state_of(server, '提醒补货', who)} is not {wanted}")


def test_the_day_on_a_phone(phone: Page, server: Server) -> None:
    page = phone
    cards = page.locator("ol > li")
    expect(cards).to_have_count(5)
    assert "林小满" in cards.nth(0).inner_text() and "高价值" in cards.nth(0).inner_text(), "value first"
    assert "陈一诺" in cards.nth(1).inner_text(), "then the money it is about"
    assert page.get_by_role("link", name="旅程").count() == 0, "nothing else is there for the staff"
    first = page.get_by_role("region", name="提醒补货")
    expect(first.get_by_text("旅程「补货关怀」，阶段「快用完了」")).to_be_visible()
    expect(first.get_by_text("上次消费 200 元")).to_be_visible()
    first.get_by_label("场景").fill("今天零下三度，面霜厚涂。")
    first.get_by_role("button", name="复制话术").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "林小满，您上次买的水乳快用完了。今天零下三度，面霜厚涂。点这里续订有满减。"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"
    for button in first.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44, button.inner_text()  # type: ignore[index]
    settled(page)
    assert faults(page) == []
    shown(page, "124-tasks-phone")

    # Pressed by mistake: taken back within five seconds, nothing happened.
    first.get_by_role("button", name="没发出去").click()
    expect(page.get_by_role("status")).to_contain_text("林小满：没发出去")
    expect(cards).to_have_count(4)
    page.get_by_role("button", name="撤销").click()
    expect(cards).to_have_count(5)
    page.get_by_role("region", name="提醒补货").get_by_role("button", name="已发送", exact=True).click()
    until(page, server, "林小满", ("done", "sent"))
    server.settled()
    assert server.rows("SELECT count(*) FROM contact WHERE tags LIKE '%已跟进%'") == [(1,)]


def test_not_suitable_and_handing_over(phone: Page, server: Server) -> None:
    page = phone
    task = page.get_by_role("region", name="提醒补货")
    task.get_by_role("button", name="不适合，因为…").click()
    task.get_by_label("为什么不适合").fill("上周退过货，正在生气")
    settled(page)
    assert faults(page) == []
    shown(page, "125-tasks-not-suitable")
    task.get_by_role("button", name="记录并关闭任务").click()
    until(page, server, "陈一诺", ("done", "not_suitable"))
    # The one who has just been done with may still stand there: it is about the next one.
    task = page.locator("ol > li").filter(has_text="王思远").get_by_role("region", name="提醒补货")
    task.get_by_role("button", name="转交").click()
    page.get_by_label("转给谁").select_option(label="教务")
    task.get_by_label("留言").fill("想上课，请排课")
    task.get_by_role("button", name="转交").last.click()
    of = "SELECT team FROM staff_task t JOIN contact c ON c.id = t.contact_id WHERE c.name = '王思远'"
    server._wait(lambda: server.rows(of) == [("教务",)], "the task is not handed over")
    expect(page.get_by_text("王思远")).to_have_count(0)


def test_without_a_net_a_result_waits(phone: Page, server: Server) -> None:
    page = phone
    card = page.locator("ol > li").filter(has_text="李雨桐")
    if card.get_by_role("region").count() == 0:
        card.get_by_role("button", name=re.compile("李雨桐")).click()
    page.context.set_offline(True)
    card.get_by_role("region").get_by_role("button", name="已发送", exact=True).click()
    expect(page.get_by_text("没有网络，1 条结果联网后自动提交")).to_be_visible()
    page.wait_for_timeout(6000)
    assert state_of(server, "提醒补货", "李雨桐")[0] != "done"
    page.context.set_offline(False)
    until(page, server, "李雨桐", ("done", "sent"))
    heard = (
        "SELECT count(*) FROM inbox i JOIN staff_task t ON i.event_id = 'task:' || t.key"
        " JOIN contact c ON c.id = t.contact_id WHERE c.name = '李雨桐'"
    )
    assert server.rows(heard) == [(1,)]


def test_leads_see_the_load_give_tasks_on_and_review_cases(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(f"{server.base}/tasks/team")
    row = page.get_by_role("row", name="小本")
    expect(row).to_be_visible()
    settled(page)
    assert faults(page) == []
    row.get_by_role("button", name="改派").click()
    page.get_by_label("转给谁").click()
    page.get_by_title("艾米（顾问）").click()
    page.get_by_label("留言").fill("小本今天休假")
    shown(page, "126-tasks-team")
    page.get_by_role("button", name="改派 1 件").click()
    expect(page.get_by_role("region", name="改派 小本 的任务")).to_have_count(0)
    page.goto(f"{server.base}/tasks/cases")
    expect(page.get_by_text("上周退过货，正在生气")).to_be_visible()
    page.get_by_label("结论说明").fill("退货后 14 天内不提醒")
    settled(page)
    assert faults(page) == []
    shown(page, "127-unusual-cases")
    page.get_by_role("button", name="改旅程").click()
    expect(page.get_by_text("没有特殊个案")).to_be_visible()


def test_a_task_is_drawn_on_the_canvas(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("补货", care("提醒补货", "amount", "快用完了"))
    page.locator("#rb-node-call").first.click()
    expect(page.get_by_text("最晚完成").first).to_be_visible()
    expect(page.get_by_text("交给谁").first).to_be_visible()
    expect(page.get_by_text("不是好友").first).to_be_visible()


def test_an_account_is_connected_with_its_person(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    page.goto(f"{server.base}/tasks")
    expect(page.get_by_text("你还不是名单里的员工")).to_be_visible()
    page.goto(f"{server.base}/tasks/team")
    page.get_by_role("button", name="修改 小本").click()
    panel = page.get_by_role("dialog", name="小本")
    panel.get_by_label("登录账号").click()
    page.locator(".ant-select-item-option", has_text=OWNER).click()
    settled(page)
    assert faults(page) == []
    shown(page, "141-staff-account")
    panel.get_by_role("button", name=words("保存")).click()
    expect(panel).to_have_count(0)
    page.goto(f"{server.base}/tasks")
    expect(page.get_by_role("navigation", name="任务").first).to_be_visible()
    expect(page.get_by_text("你还不是名单里的员工")).to_have_count(0)
    assert server.rows("SELECT account_id FROM staff WHERE name = '小本'") == [(1,)]
