"""A contact's story: the way with its times, what the rules saw, what was said and held back; and acting on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import Canvas, people_at, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import happened, publish

CITY = {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "上海"}]}
DRAWING: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "trust"}],
    "stages": [
        {"id": "trust", "name": "建信任", "initial": "where", "stay": True},
        {"id": "care", "name": "老客维护", "initial": "month", "stay": True},
    ],
    "steps": [
        {
            "id": "where", "stage": "trust", "kind": "branch", "name": "在上海？",
            "config": {"rules": [{"exit": "here", "name": "本地", "rule": CITY}]},
        },
        {
            "id": "hello", "stage": "trust", "kind": "send", "name": "邀请到店",
            "config": {"carrier": "wecom_direct", "content": "come-in"},
        },
        {"id": "week", "stage": "trust", "kind": "wait", "name": "等一周", "config": {"until": {"for": "P7D"}}},
        {"id": "month", "stage": "care", "kind": "wait", "name": "等一个月", "config": {"until": {"for": "P1M"}}},
    ],
    "arrows": [
        {"id": "a1", "from": "where", "exit": "here", "to": "hello"},
        {"id": "a2", "from": "where", "exit": "else", "to": "week"},
        {"id": "a3", "from": "hello", "exit": "sent", "to": "week"},
        {"id": "a4", "from": "trust", "on": {"type": "event", "name": "order_paid"}, "to": "care"},
    ],
    "ends": [{"id": "lost", "name": "已流失", "result": "lost"}],
    "settings": {"quiet_hours": ["22:00", "08:00"], "timezone": "Asia/Shanghai"},
}  # fmt: skip


#: Monday 2 March 2026 at 23:00 in Shanghai: quiet hours.
BEGINS = "2026-03-02T15:00:00"


@pytest.fixture(scope="module")
def journey(server: Server) -> int:
    """Six friends at night: three of Shanghai, to whom the invitation goes in the morning, and three of elsewhere."""
    body = {"text": "{{ contact.name }}，周末来店里坐坐。"}
    material = {"key": "come-in", "name": "邀请到店", "carrier": "wecom_direct", "body": body}
    server.api("POST", "contents", material)
    made = server.api("POST", "journeys", {"name": "到店邀请", "definition": DRAWING})
    publish(server, made["id"])
    people = [
        {"external_id": f"s-{n}", "name": name, "attributes": {"city": "上海" if n < 3 else "成都"}}
        for n, name in enumerate(["林小满", "周可", "何晴", "陈一帆", "赵思远", "许诺"])
    ]
    server.api("POST", "contacts/batch", {"contacts": people})
    happened(server, "friend_added", [one["external_id"] for one in people])
    server.clock("2026-03-03T09:30:00+08:00")
    return int(made["id"])


def enrollment(server: Server, journey: int, name: str) -> dict[str, Any]:
    """One person's enrollment, as the API tells it."""
    rows = server.api("GET", f"journeys/{journey}/enrollments?limit=100")["items"]
    return next(row for row in rows if row["contact_name"] == name)


def test_a_story_is_told_with_its_reasons(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    panel = people_at(page, "trust")
    expect(panel.locator(".rb-together")).to_contain_text("6 人在这里")
    shown(page, "50-people-here")
    panel.get_by_role("button", name=re.compile("林小满")).click()

    # Why here, what next, when.
    now = panel.locator(".rb-now")
    expect(now).to_contain_text("建信任 › 等一周")
    expect(now).to_contain_text("为什么在这里")
    expect(now).to_contain_text("2026-03-10")

    # The rule with what it saw, the hold with its reason, the message as it was read.
    story = panel.locator(".rb-story")
    choice = story.get_by_role("listitem").filter(has_text="在上海？ → 本地").last
    expect(choice.get_by_label("当时看到的值")).to_contain_text("上海")
    expect(story).to_contain_text("邀请到店：先等一等再发")
    expect(story).to_contain_text("客户当地正是免打扰时段")
    expect(story.locator(".rb-letter")).to_contain_text("林小满，周末来店里坐坐。")
    expect(story.locator(".rb-letter")).to_contain_text(re.compile("已发送|已送达"))

    # The way on the canvas, with times and in order; what was not on it steps back.
    expect(page.locator("#rb-node-hello .rb-way-on")).to_be_visible()
    expect(page.locator("#rb-node-week .rb-way-at")).to_be_visible()
    expect(page.locator("#rb-node-care .rb-way-off")).to_be_visible()
    stops = page.locator(".rb-stop")
    expect(stops).to_have_count(2)
    expect(stops.first).to_contain_text("103-02 23:00")
    expect(stops.last).to_contain_text(re.compile("203-03 08:"))
    shown(page, "51-a-story")
    panel.get_by_role("button", name=re.compile("返回名单")).click()
    expect(stops).to_have_count(0)
    assert canvas.errors == []


def test_one_person_is_skipped_moved_and_let_go(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    panel = people_at(page, "week")
    panel.get_by_role("button", name=re.compile("陈一帆")).click()
    acts = panel.get_by_role("group", name="手动操作")

    acts.get_by_role("button", name="跳过这一步").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("让 陈一帆 跳过现在这一步？")
    asked.get_by_role("button", name="跳过").click()
    expect(page.get_by_text("1 人马上往下走。")).to_be_visible()
    server.settled()
    expect(panel.locator(".rb-now")).to_contain_text("停留", timeout=10_000)
    assert enrollment(server, journey, "陈一帆")["status"] == "resting"

    acts.get_by_role("button", name="移到…").click()
    asked = page.get_by_role("dialog")
    expect(asked.get_by_role("button", name="移动")).to_be_disabled()
    asked.get_by_role("combobox").fill("老客")
    asked.get_by_role("combobox").press("Enter")
    shown(page, "52-move-one")
    asked.get_by_role("button", name="移动").click()
    server.settled()
    expect(panel.locator(".rb-now")).to_contain_text("老客维护 › 等一个月", timeout=10_000)
    assert enrollment(server, journey, "陈一帆")["stage"] == "care"

    acts.get_by_role("button", name="让他退出").click()
    page.get_by_role("dialog").get_by_role("button", name="退出").click()
    server.settled()
    expect(panel.get_by_text("已离开旅程")).to_be_visible(timeout=10_000)
    assert enrollment(server, journey, "陈一帆")["status"] == "ended"
    assert canvas.errors == []


def test_all_who_stand_at_a_node_at_once(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    panel = people_at(page, "week")
    together = panel.locator(".rb-together")
    expect(together).to_contain_text("5 人在这里")
    together.get_by_role("button", name="都移到…").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("“等一周”的 5 人")
    asked.get_by_role("combobox").fill("等一个月")
    asked.get_by_role("combobox").press("Enter")
    asked.get_by_role("button", name="移动").click()
    expect(page.get_by_text("5 人马上移动。")).to_be_visible()
    server.settled()
    expect(panel.get_by_text("现在没有人在这里。")).to_be_visible(timeout=10_000)
    assert server.api("GET", f"journeys/{journey}/stats")["nodes"]["month"]["here"] == 5

    panel.get_by_role("button", name="关闭").click()
    panel = people_at(page, "month")
    panel.locator(".rb-together").get_by_role("button", name="都退出").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("5 人退出这条旅程？")
    asked.get_by_role("button", name="退出").click()
    server.settled()
    expect(panel.get_by_text("现在没有人在这里。")).to_be_visible(timeout=10_000)
    assert server.api("GET", f"journeys/{journey}")["inside"] == 0
    assert canvas.errors == []
