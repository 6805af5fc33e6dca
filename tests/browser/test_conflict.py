"""Two people on one draft, and a network that goes away: nothing is lost, and everything can be chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.drawing import Canvas, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import clone


def colleague(server: Server, journey: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Somebody else changes the draft and saves it."""
    draft = server.api("GET", f"journeys/{journey}/draft")
    change(draft["definition"])
    server.api(
        "PUT",
        f"journeys/{journey}/draft",
        {"definition": draft["definition"]},
        {"If-Match": f'"{draft["revision"]}"'},
    )


def call(step: str, name: str) -> Callable[[dict[str, Any]], None]:
    """Give a step another name."""

    def change(definition: dict[str, Any]) -> None:
        next(one for one in definition["steps"] if one["id"] == step)["name"] = name

    return change


def rename(page: Page, step: str, name: str) -> None:
    page.locator(f"#rb-node-{step} .rb-step-name").dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def names(definition: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step.get("name", "") for step in definition["steps"]}


def test_what_does_not_collide_is_merged_at_once(page: Page, server: Server) -> None:
    journey = clone(server)
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    colleague(server, journey, call("knowledge", "同事改的小知识"))
    rename(page, "welcome", "我改的欢迎语")
    expect(page.get_by_text("别人改了 1 处，已合并进来。")).to_be_visible(timeout=15_000)
    expect(page.locator("#rb-node-knowledge")).to_contain_text("同事改的小知识")
    both = names(canvas.saved())
    assert both["welcome"] == "我改的欢迎语" and both["knowledge"] == "同事改的小知识"
    assert canvas.errors == []


def test_what_both_changed_is_chosen_node_by_node(page: Page, server: Server) -> None:
    journey = clone(server)
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)

    def theirs(definition: dict[str, Any]) -> None:
        call("welcome", "同事的欢迎语")(definition)
        call("next-evening", "同事的晚上")(definition)
        call("knowledge", "同事改的小知识")(definition)

    colleague(server, journey, theirs)
    rename(page, "welcome", "我的欢迎语")
    rename(page, "next-evening", "我的晚上")
    rename(page, "day3", "我的第三天")
    view = page.get_by_role("dialog", name="别人也改了这份草稿")
    expect(view).to_be_visible(timeout=15_000)

    # Their drawing beside mine, and only what collides is asked for; its name leads to it in both.
    view.locator(".rb-choice-name").first.click()
    expect(view.get_by_role("region", name="对方的草稿").locator("#rb-node-welcome")).to_contain_text(
        "同事的欢迎语"
    )
    expect(view.get_by_role("region", name="我的草稿").locator("#rb-node-welcome")).to_contain_text(
        "我的欢迎语"
    )
    expect(view.locator(".rb-choice")).to_have_count(2)
    settle = view.get_by_role("button", name="合并并保存")
    expect(settle).to_be_disabled()
    shown(page, "47-two-drafts")
    # It can be left: nothing is written over anybody meanwhile, and the mark leads back.
    view.get_by_role("button", name="先不处理").click()
    page.get_by_role("button", name="看看差别").click()

    view.get_by_role("radiogroup", name="我的欢迎语").get_by_role("radio", name=re.compile("^对方")).click()
    view.get_by_role("radiogroup", name="我的晚上").get_by_role("radio", name=re.compile("^我")).click()
    view.get_by_text("合并后", exact=True).click()
    merged = view.get_by_role("region", name="合并后")
    expect(merged.locator("#rb-node-welcome")).to_contain_text("同事的欢迎语")
    shown(page, "48-merged-by-node")
    settle.click()
    expect(view).to_have_count(0)
    both = names(canvas.saved())
    assert both["welcome"] == "同事的欢迎语" and both["next-evening"] == "我的晚上"
    assert both["knowledge"] == "同事改的小知识" and both["day3"] == "我的第三天"
    # Undo leads back to mine alone, as a further edit.
    canvas.board.focus()
    canvas.key("Control+z")
    assert names(canvas.saved())["welcome"] == "我的欢迎语"
    assert canvas.errors == []


def test_work_done_without_a_network_is_saved_on_return(page: Page, server: Server) -> None:
    journey = clone(server)
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    canvas.saved()
    mark = page.locator(".rb-head .rb-save")
    page.context.set_offline(True)
    rename(page, "welcome", "火车上改的")
    expect(mark).to_contain_text("离线，已存在本机", timeout=15_000)
    shown(page, "49-offline")
    page.context.set_offline(False)
    assert names(canvas.saved())["welcome"] == "火车上改的"


def test_unsaved_work_survives_a_reload_and_is_merged(page: Page, server: Server) -> None:
    journey = clone(server)
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)
    canvas.saved()

    def cut(route: Route) -> None:
        route.abort() if route.request.method == "PUT" else route.fallback()

    page.route("**/draft", cut)
    rename(page, "welcome", "没来得及保存的")
    mark = page.locator(".rb-head .rb-save")
    expect(mark).to_contain_text("离线", timeout=15_000)
    # Meanwhile a colleague saves something else; then the browser is opened anew.
    colleague(server, journey, call("knowledge", "同事改的小知识"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("找回了上次没有保存的修改。")).to_be_visible()
    expect(page.locator("#rb-node-welcome")).to_contain_text("没来得及保存的")
    page.unroute("**/draft", cut)
    expect(page.get_by_text("别人改了 1 处，已合并进来。")).to_be_visible(timeout=15_000)
    both = names(canvas.saved())
    assert both["welcome"] == "没来得及保存的" and both["knowledge"] == "同事改的小知识"
