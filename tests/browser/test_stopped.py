"""Somebody whom the engine stopped is found, his cause is looked at and mended, he tries again, and goes on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import Canvas, people_at, shown
from tests.browser.server import Server
from tests.browser.shop import happened, publish

GIVEN = {"combinator": "and", "rules": [{"field": "attribute.size", "operator": "notNull"}]}
#: Asks again every ten minutes until an answer is there: far too often, and nobody thought of those who never answer.
DRAWING: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in-1", "on": {"type": "event", "name": "form_opened"}, "to": "measure"}],
    "stages": [{"id": "measure", "name": "等客户填尺码", "initial": "look", "stay": True}],
    "steps": [
        {"id": "look", "stage": "measure", "kind": "wait", "name": "过十分钟再看", "config": {"until": {"for": "PT10M"}}},
        {
            "id": "known", "stage": "measure", "kind": "branch", "name": "填好了？",
            "config": {"rules": [{"exit": "yes", "name": "已填", "rule": GIVEN}]},
        },
        {
            "id": "thanks", "stage": "measure", "kind": "send", "name": "感谢",
            "config": {"carrier": "wecom_direct", "content": "thanks"},
        },
    ],
    "arrows": [
        {"id": "a1", "from": "look", "exit": "next", "to": "known"},
        {"id": "a2", "from": "known", "exit": "else", "to": "look"},
        {"id": "a3", "from": "known", "exit": "yes", "to": "thanks"},
    ],
    "ends": [],
    "settings": {"timezone": "Asia/Shanghai"},
}  # fmt: skip
PEOPLE = {"s-0": "林小满", "s-1": "周可", "s-2": "何晴"}


@pytest.fixture(scope="module")
def journey(server: Server) -> int:
    """Three who did not answer for ten hours: the guard has stopped each in the loop."""
    body = {"text": "谢谢{{ contact.name }}，尺码已记下。"}
    material = {"key": "thanks", "name": "感谢", "carrier": "wecom_direct", "body": body}
    server.api("POST", "contents", material)
    made = server.api("POST", "journeys", {"name": "收集尺码", "definition": DRAWING})
    publish(server, made["id"])
    people = [{"external_id": who, "name": name} for who, name in PEOPLE.items()]
    server.api("POST", "contacts/batch", {"contacts": people})
    happened(server, "form_opened", list(PEOPLE))
    server.clock("2026-03-02T20:00:00+08:00")
    stopped = server.api("GET", f"journeys/{made['id']}/enrollments?status=stopped")["items"]
    assert sorted(one["contact_name"] for one in stopped) == sorted(PEOPLE.values())
    return int(made["id"])


def answered(server: Server, *who: str) -> None:
    people = [{"external_id": one, "attributes": {"size": "M"}} for one in who]
    server.api("POST", "contacts/batch", {"contacts": people})


def told(server: Server) -> list[str]:
    """Who got the message."""
    rows = server.rows(
        "SELECT c.external_id FROM outbox o JOIN contact c ON c.id = o.contact_id WHERE o.state IN ('sent', 'delivered')"
    )
    return sorted(who for (who,) in rows)


def test_one_who_was_stopped_is_tried_again_and_goes_on(
    page: Page, server: Server, canvas: Canvas, journey: int
) -> None:
    answered(server, "s-0")
    server.clock("2026-03-03T21:00:00+08:00")
    assert told(server) == []  # the answer alone moves nobody who was stopped
    canvas.open(journey)
    panel = people_at(page, "measure")
    together = panel.locator(".rb-together")
    expect(together).to_contain_text("3 人在这里")
    expect(together).to_contain_text("其中 3 人出错停下")
    panel.get_by_role("button", name=re.compile("林小满")).click()
    now = panel.locator(".rb-now")
    expect(now).to_contain_text("出错停下，等人处理：在循环里转了太多次")
    expect(panel.locator(".rb-story")).to_contain_text("在循环里转了太多次")
    shown(page, "77-stopped-and-why")

    panel.get_by_role("group", name="手动操作").get_by_role("button", name="重试").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("让 林小满 重试这一步？")
    asked.get_by_role("button", name="重试").click()
    expect(page.get_by_text("1 人马上重试。")).to_be_visible()
    server.settled()
    expect(now).not_to_contain_text("出错停下", timeout=10_000)
    expect(now).to_contain_text("过十分钟再看")
    expect(now).to_contain_text("2026-03-03 21:10")
    server.clock("2026-03-03T21:15:00+08:00")
    expect(panel.locator(".rb-letter")).to_contain_text("谢谢林小满，尺码已记下。", timeout=10_000)
    expect(panel.get_by_role("button", name="重试")).to_have_count(0)
    shown(page, "78-tried-again")
    assert told(server) == ["s-0"]


def test_all_who_were_stopped_are_tried_again_at_once(
    page: Page, server: Server, canvas: Canvas, journey: int
) -> None:
    answered(server, "s-1", "s-2")
    server.clock("2026-03-04T12:00:00+08:00")
    canvas.open(journey)
    panel = people_at(page, "measure")
    together = panel.locator(".rb-together")
    expect(together).to_contain_text("其中 2 人出错停下")
    together.get_by_role("button", name="重试停下的").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("让 2 个出错停下的人重试？")
    shown(page, "79-all-stopped-again")
    asked.get_by_role("button", name="重试").click()
    expect(page.get_by_text("2 人马上重试。")).to_be_visible()
    server.settled()
    expect(together).not_to_contain_text("出错停下", timeout=10_000)
    server.clock("2026-03-04T12:15:00+08:00")
    assert told(server) == sorted(PEOPLE)
    assert server.api("GET", f"journeys/{journey}/enrollments?status=stopped")["items"] == []
