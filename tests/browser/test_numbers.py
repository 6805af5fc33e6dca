"""Live numbers over the drawing: each layer, equal to the API's, fresh without reloading, of any version."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish


def lived(server: Server) -> tuple[int, list[str]]:
    """A published journey with 60 people in it, ten days old: 24 have bought, 9 have gone."""
    journey = clone(server)
    publish(server, journey)
    who = customers(server)
    happened(server, "friend_added", who)
    server.clock("2026-03-04T15:00:00+08:00")
    happened(server, "order_paid", who[:24], amount=199)
    server.clock("2026-03-06T15:00:00+08:00")
    happened(server, "friend_deleted", who[50:59])
    for day in (8, 10, 12):
        server.clock(f"2026-03-{day:02}T21:00:00+08:00")
    return journey, who


def layer(page: Page, name: str) -> None:
    page.locator(".rb-numbers .ant-segmented-item-label").get_by_text(name, exact=True).click()


def test_numbers_over_the_drawing(page: Page, server: Server) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    journey, who = lived(server)
    stats = server.api("GET", f"journeys/{journey}/stats")
    assert stats["entered"] == 60 and stats["ended"]["lost"] == 9
    sign_in(page, server)
    page.goto(f"{server.base}/journeys/{journey}")
    page.get_by_role("button", name=re.compile("数据")).click()
    page.get_by_role("menuitem", name="现在在这里").click()
    bar = page.get_by_role("region", name="线上数据")
    expect(bar.get_by_text("累计进入")).to_be_visible()
    page.keyboard.press("Shift+Digit1")
    stages = {
        s["id"]: s["name"] for s in server.api("GET", f"journeys/{journey}/draft")["definition"]["stages"]
    }
    stage, here = max(((n, stats["nodes"].get(n, {}).get("here", 0)) for n in stages), key=lambda one: one[1])
    count = page.locator(".rb-stage").filter(has_text=stages[stage]).first.locator(".rb-count")
    expect(count).to_have_text(str(here))
    shown(page, "60-numbers-here")

    layer(page, "累计经过")
    expect(count).to_have_text(str(stats["nodes"][stage]["passed"]))
    layer(page, "占比")
    share = 100 * stats["nodes"][stage]["passed"] / 60
    expect(count).to_have_text(f"{share:.1f}%" if share < 10 else f"{share:.0f}%")
    shown(page, "61-numbers-share")
    layer(page, "停留中位数")
    expect(page.locator(".rb-count-median").first).to_have_text(re.compile(r"^[\d.]+ (秒|分钟|小时|天)$"))
    shown(page, "62-numbers-median")
    layer(page, "流失")
    expect(page.locator(".rb-stage .rb-count-loss").first).to_have_text(re.compile(r"^9 · \d+%$"))
    expect(page.locator(".rb-heat-lost .rb-heat").first).to_be_attached()
    expect(page.locator(".rb-heat-lost-count").first).to_have_text("15%")
    page.get_by_role("button", name="显示全部").click()
    shown(page, "63-numbers-loss")

    # One click on a number: who stands there.
    layer(page, "现在在这里")
    count.click()
    expect(page.get_by_role("complementary").get_by_text(re.compile("客户0")).first).to_be_visible()
    shown(page, "64-numbers-people")
    page.keyboard.press("Escape")

    # And on an end's number: who left there.
    layer(page, "累计经过")
    page.get_by_role("button", name="显示全部").click()
    page.locator("#rb-node-lost .rb-count").click()
    gone = page.get_by_role("complementary", name="从“已流失”离开的人")
    expect(gone).to_contain_text("9 人从这里离开了旅程")
    expect(gone.locator(".rb-list").get_by_role("button")).to_have_count(9)
    gone.get_by_role("button", name=re.compile("客户050")).click()
    expect(gone.get_by_text("已离开旅程")).to_be_visible()
    gone.get_by_role("button", name="关闭").click()
    layer(page, "现在在这里")

    # Somebody buys, and the numbers follow without reloading.
    before = server.api("GET", f"journeys/{journey}/stats")["nodes"]["bought"]["here"]
    happened(server, "order_paid", who[24:28], amount=59)
    bought = page.locator(".rb-stage").filter(has_text=stages["bought"]).first.locator(".rb-count")
    expect(bought).to_have_text(str(before + 4), timeout=15_000)

    # Of the version before: nobody has come to the new one yet.
    draft = server.api("GET", f"journeys/{journey}/draft")
    draft["definition"]["stages"][0]["stay"] = not draft["definition"]["stages"][0].get("stay", False)
    server.api(
        "PUT",
        f"journeys/{journey}/draft",
        {"definition": draft["definition"]},
        {"If-Match": f'"{draft["revision"]}"'},
    )
    assert publish(server, journey) == 2
    page.reload()
    page.get_by_role("button", name=re.compile("数据")).click()
    page.get_by_role("menuitem", name="现在在这里").click()
    expect(bar.locator("dd").first).to_have_text("0")
    bar.get_by_role("combobox", name="看哪个版本的数据").click()
    page.locator(".ant-select-item-option").filter(has_text="v1").click()
    expect(bar.locator("dd").first).to_have_text("60")
    expect(bought).to_have_text(str(before + 4))
    shown(page, "65-numbers-of-a-version")
    assert errors == []
