"""Versions as a person uses them: opened, held side by side, counted, put back into the draft, rolled back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import Canvas, bare, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish


@pytest.fixture(scope="module")
def journey(server: Server) -> int:
    """Two versions: forty people came while the first ran, twenty since the second does."""
    number = clone(server)
    publish(server, number)
    who = customers(server)
    happened(server, "friend_added", who[:40])
    server.clock("2026-03-04T14:00:00+08:00")
    happened(server, "order_paid", who[:9], amount=199)
    draft = server.api("GET", f"journeys/{number}/draft")
    definition = draft["definition"]
    for step in definition["steps"]:
        if step["id"] == "welcome":
            step["name"] = "新的欢迎语"
        if step["id"] == "day3":
            step["config"]["until"]["offset"] = "P4D"
    definition["steps"].append(
        {
            "id": "pause",
            "stage": "trust",
            "kind": "wait",
            "name": "缓一天",
            "config": {"until": {"for": "P1D"}},
        }
    )
    definition["arrows"].append({"id": "to-pause", "from": "knowledge", "exit": "sent", "to": "pause"})
    definition["steps"] = [step for step in definition["steps"] if step["id"] != "new-products"]
    server.api(
        "PUT", f"journeys/{number}/draft", {"definition": definition}, {"If-Match": f'"{draft["revision"]}"'}
    )
    assert publish(server, number) == 2
    happened(server, "friend_added", who[40:])
    server.clock("2026-03-06T21:00:00+08:00")
    return number


def panel(page: Page) -> Locator:
    page.get_by_role("button", name="版本", exact=True).click()
    return page.get_by_role("complementary", name="版本")


def row(page: Page, number: int) -> Locator:
    name = page.locator("b").filter(has_text=re.compile(f"^v{number}$"))
    return page.get_by_role("complementary", name="版本").locator(".rb-version").filter(has=name)


def places(page: Page) -> list[str]:
    """Where each sheet looks."""
    return page.locator(".rb-pane .rb-sheet").evaluate_all(
        "sheets => sheets.map(sheet => sheet.style.transform)"
    )


def test_versions_side_by_side(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    panel(page)
    expect(row(page, 2)).to_contain_text("运行中")
    expect(row(page, 2)).to_contain_text("20 人在里面")
    expect(row(page, 1)).to_contain_text("40 人在里面")

    # A version alone: to be read, not to be changed.
    row(page, 1).get_by_role("button", name="看图").click()
    view = page.get_by_role("region", name="对比版本")
    expect(view.get_by_text("v1 · 只读")).to_be_visible()
    expect(view.locator("#rb-node-welcome")).to_contain_text("1v1 欢迎语")
    canvas.key("Delete", "Control+a", "Delete", "Control+z")
    view.locator("#rb-node-welcome").click()
    expect(page.locator(".rb-side")).to_have_count(0)
    canvas.key("Escape")
    expect(view).to_have_count(0)

    # Two of them: coloured, in words, and gone through by keys.
    row(page, 2).get_by_role("button", name="和 v1 对比").click()
    left, right = view.get_by_role("region", name="左边"), view.get_by_role("region", name="右边")
    expect(right.locator("#rb-node-pause .rb-mark-added")).to_be_visible()
    expect(left.locator("#rb-node-pause")).to_have_count(0)
    expect(left.locator("#rb-node-welcome .rb-mark-changed")).to_be_visible()
    expect(right.locator("#rb-node-welcome .rb-mark-changed")).to_be_visible()
    status = view.get_by_role("group", name="差别").get_by_role("status")
    all_of_them = int(status.inner_text().split("/")[1])
    assert all_of_them >= 3
    canvas.key("n")
    at = int(status.inner_text().split("/")[0])
    canvas.key("n")
    expect(status).to_have_text(f"{at % all_of_them + 1} / {all_of_them}")
    canvas.key("p")
    expect(status).to_have_text(f"{at} / {all_of_them}")
    expect(view.locator(".rb-diff-row.rb-on")).to_have_count(1)
    view.get_by_role("button", name=re.compile("第 3 天 20:00")).click()
    expect(right.locator("#rb-node-day3 .rb-mark-at")).to_be_visible()
    expect(view.locator(".rb-diff-fields")).to_contain_text("→")

    # What is moved at the left is moved at the right.
    board = left.locator(".rb-board")
    board.hover()
    page.mouse.wheel(140, 90)
    one, other = places(page)
    assert one == other and one != ""

    # Numbers of the second against the first.
    view.get_by_role("switch").click()
    numbers = view.get_by_role("table")
    expect(numbers.get_by_role("row", name=re.compile("^进入"))).to_contain_text("40")
    expect(numbers.get_by_role("row", name=re.compile("^进入"))).to_contain_text("20")
    expect(left.locator(".rb-badge").first).to_be_visible()
    shown(page, "45-versions-side-by-side")
    assert canvas.errors == []


def test_a_version_is_put_back_into_the_draft(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    before = canvas.saved()
    panel(page)
    shown(page, "46-versions")
    row(page, 1).get_by_role("button", name="v1 的更多操作").click()
    page.get_by_role("menuitem", name="放回草稿").click()
    page.get_by_role("dialog").get_by_role("button", name="放回草稿").click()
    expect(page.get_by_text("v1 已放回草稿。")).to_be_visible()
    old = server.api("GET", f"journeys/{journey}/versions/1")["definition"]
    expect(page.locator("#rb-node-welcome")).to_contain_text("1v1 欢迎语")
    assert bare(canvas.saved())["steps"] == bare(old)["steps"]
    # Undo leads back to the draft as it was.
    canvas.board.focus()
    canvas.key("Control+z")
    expect(page.locator("#rb-node-welcome")).to_contain_text("新的欢迎语")
    assert bare(canvas.saved())["steps"] == bare(before)["steps"]


def test_rolling_back_makes_an_older_version_the_live_one(page: Page, server: Server, journey: int) -> None:
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    panel(page)
    row(page, 1).get_by_role("button", name="v1 的更多操作").click()
    page.get_by_role("menuitem", name="退回到这个版本…").click()
    page.get_by_role("dialog").get_by_role("button", name="退回 v1").click()
    expect(page.get_by_text("v1 已重新成为运行版本。")).to_be_visible()
    expect(row(page, 1)).to_contain_text("运行中")
    assert server.api("GET", f"journeys/{journey}")["live_version"]["number"] == 1
    # Those on the second version have stayed there, and can be brought along now.
    expect(row(page, 2)).to_contain_text("20 人在里面")
    row(page, 2).get_by_role("button", name="v2 的更多操作").click()
    page.get_by_role("menuitem", name="把里面的人移到 v1…").click()
    drawer = page.get_by_role("complementary", name="把里面的人移到 v1")
    drawer.get_by_role("radio", name=re.compile("^移到 v1 ?站")).check()
    go = drawer.get_by_role("button", name="移动 20 人到 v1")
    expect(go).to_be_enabled(timeout=20_000)
    go.click()
    server.settled()
    expect(page.get_by_text("完成，移动了 20 人")).to_be_visible(timeout=20_000)
    inside = server.rows(
        "SELECT DISTINCT v.number FROM enrollment e JOIN version v ON v.id = e.version_id"
        " WHERE e.journey_id = ? AND e.ended_at IS NULL",
        journey,
    )
    assert inside == [(1,)]
