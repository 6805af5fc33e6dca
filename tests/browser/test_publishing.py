"""Publishing over people as a person does it: what changes, who goes where, how it went, and the way back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import Canvas, people_at, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish

#: The step at which nearly everybody stands on the fifth day.
GONE = "day6"
#: So many contacts are taken in one call.
MOST_AT_ONCE = 1000


def fifth_day(server: Server, month: str = "2026-03", count: int = 60) -> int:
    """A journey begun on the 2nd whose people have come to the wait for day 6, but for nine who bought."""
    if month != "2026-03":
        server.clock(f"{month}-02T10:00:00+08:00")
    journey = clone(server)
    publish(server, journey)
    who = customers(server, min(count, MOST_AT_ONCE))
    late = [f"late-{n}" for n in range(count - len(who))]
    if late:
        people = [{"external_id": name, "name": name} for name in late]
        server.api("POST", "contacts/batch", {"contacts": people})
    for begin in range(0, count, 500):
        happened(server, "friend_added", (who + late)[begin : begin + 500])
    server.clock(f"{month}-04T14:00:00+08:00")
    happened(server, "order_paid", who[:9], amount=199)
    server.clock(f"{month}-05T21:00:00+08:00")
    assert standing(server, journey)[("first-order", GONE)] == count - 9
    return journey


def put_away(server: Server, journey: int) -> None:
    """Let everybody exit and archive it, so that the next test has the shop to itself."""
    people = server.api("GET", f"journeys/{journey}")["inside"]
    server.api("POST", f"journeys/{journey}/archive", {"inside": "exit", "confirm": people})
    server.settled()


def standing(server: Server, journey: int) -> dict[tuple[str, str | None], int]:
    """How many stand where, by the database."""
    rows = server.rows(
        "SELECT stage, step, count(*) FROM enrollment WHERE journey_id = ? AND ended_at IS NULL"
        " GROUP BY stage, step",
        journey,
    )
    return {(stage, step): count for stage, step, count in rows}


def now_of(server: Server) -> datetime:
    """What the product's clock says."""
    ((now,),) = server.rows("SELECT now FROM virtual_clock")
    return datetime.fromisoformat(now).replace(tzinfo=UTC)


def versions_of(server: Server, journey: int) -> dict[int, int]:
    """How many are inside on each version."""
    rows = server.rows(
        "SELECT v.number, count(*) FROM enrollment e JOIN version v ON v.id = e.version_id"
        " WHERE e.journey_id = ? AND e.ended_at IS NULL GROUP BY v.number",
        journey,
    )
    return dict(rows)


def without(definition: dict[str, Any], step: str) -> dict[str, Any]:
    """The drawing without a step; what led to it leads on to where its exit led."""
    heir = next(arrow["to"] for arrow in definition["arrows"] if arrow["from"] == step)
    arrows = [arrow for arrow in definition["arrows"] if arrow["from"] != step]
    return definition | {
        "steps": [one for one in definition["steps"] if one["id"] != step],
        "arrows": [arrow | {"to": heir} if arrow["to"] == step else arrow for arrow in arrows],
    }


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary", name=re.compile("^发布 v"))


def test_publishing_over_people_and_back(page: Page, server: Server) -> None:
    journey = fifth_day(server)
    before = standing(server, journey)
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.open(journey)

    # A step is taken out and another renamed.
    canvas.card("第 6 天 20:00").click()
    canvas.close_panel()
    canvas.key("Delete")
    expect(page.get_by_text(re.compile("已删除 .* 项"))).to_be_visible()
    canvas.saved()

    # The drawer says what changes, and the canvas shows it.
    page.get_by_role("button", name="发布", exact=True).click()
    panel = drawer(page)
    row = panel.get_by_role("button", name=re.compile("删除步骤「第 6 天 20:00」"))
    expect(row).to_be_visible(timeout=20_000)
    ghost = page.locator(f"#rb-node-{GONE}")
    expect(ghost.locator(".rb-mark-removed")).to_be_visible()
    row.click()
    expect(ghost.locator(".rb-mark-at")).to_be_visible()

    # Who is inside: they stay unless somebody says otherwise.
    group = panel.locator(".rb-group-card")
    expect(group).to_contain_text("60 人")
    expect(group.get_by_role("radio", name=re.compile("^留在 v1"))).to_be_checked()
    group.get_by_role("radio", name=re.compile("^移到 v2 ?站")).check()
    expect(group.get_by_text("1 处在新图里没有了")).to_be_visible()
    target = group.get_by_role("combobox")
    expect(group.locator(".rb-homeless-target")).to_contain_text("看过商品")
    expect(page.locator(".rb-badge-less", has_text="51 → 0")).to_be_visible(timeout=20_000)

    # Without a target nobody is moved.
    group.locator(".rb-homeless-target .ant-select").hover()
    group.locator(".rb-homeless-target .ant-select-clear").click()
    expect(panel.get_by_text("请选一个去向，才能移动。")).to_be_visible()
    go = panel.get_by_role("button", name="发布 v2 并移动 60 人")
    expect(go).to_be_disabled()
    target.click()
    target.fill("看过商品")
    target.press("Enter")
    expect(go).to_be_enabled()
    expect(panel.get_by_role("region", name="如果按上面移动")).to_contain_text("第一小时的消息")
    row.click()
    shown(page, "40-publish-over-people")
    panel.get_by_role("region", name="如果按上面移动").scroll_into_view_if_needed()
    shown(page, "41-publish-dry-run")

    go.click()
    expect(page.get_by_text(re.compile("v2 已发布")).first).to_be_visible(timeout=20_000)
    server.settled()
    expect(page.get_by_text("完成，移动了 60 人")).to_be_visible(timeout=20_000)
    assert versions_of(server, journey) == {2: 60}
    assert ("first-order", GONE) not in standing(server, journey)
    shown(page, "42-people-moved")

    # Somewhere else meanwhile: the tray leads back to it.
    page.get_by_role("link", name="返回旅程列表").click()
    tray = page.get_by_role("list", name="进行中的工作")
    expect(tray).to_contain_text("60 人完成")
    tray.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/journeys/{journey}$"))

    # One click back: each stands where he stood, unless he has moved on since.
    page.get_by_role("button", name="退回 v1").click()
    page.get_by_role("dialog").get_by_role("button", name="退回 v1").click()
    expect(page.get_by_text("正在退回 v1。")).to_be_visible()
    server.settled()
    expect(page.locator(".rb-head-status")).to_contain_text("v1")
    assert server.api("GET", f"journeys/{journey}")["live_version"]["number"] == 1
    assert versions_of(server, journey) == {1: 60}
    after = standing(server, journey)
    assert after[("bought", "t7")] == before[("bought", "t7")] == 9
    assert canvas.errors == []
    put_away(server, journey)


def test_a_large_publish_asks_for_the_number(page: Page, server: Server) -> None:
    journey = fifth_day(server, "2026-04", 1_050)
    draft = server.api("GET", f"journeys/{journey}/draft")
    server.api(
        "PUT",
        f"journeys/{journey}/draft",
        {"definition": without(draft["definition"], GONE)},
        {"If-Match": f'"{draft["revision"]}"'},
    )
    sign_in(page, server)
    Canvas(page, server).open(journey)
    page.get_by_role("button", name="发布", exact=True).click()
    panel = drawer(page)
    panel.get_by_role("radio", name=re.compile("^移到 v2，并重新计算等待")).check()
    go = panel.get_by_role("button", name="发布 v2 并移动 1,050 人")
    expect(go).to_be_disabled(timeout=30_000)
    number = panel.get_by_label(re.compile("请输入人数确认"))
    number.fill("1,000")
    expect(go).to_be_disabled()
    number.fill("1050")
    expect(go).to_be_enabled()
    shown(page, "43-confirm-the-number")
    go.click()
    expect(page.get_by_text(re.compile("v2 已发布")).first).to_be_visible(timeout=20_000)
    server.settled()
    expect(page.get_by_text("完成，移动了 1,050 人")).to_be_visible(timeout=30_000)
    assert versions_of(server, journey) == {2: 1_050}
    put_away(server, journey)


def test_pausing_resuming_and_archiving(page: Page, server: Server) -> None:
    journey = clone(server)
    publish(server, journey)
    server.api("POST", "contacts/batch", {"contacts": [{"external_id": f"p-{n}"} for n in (1, 2, 3)]})
    happened(server, "friend_added", ["p-1", "p-2", "p-3"])
    assert versions_of(server, journey) == {1: 3}
    sign_in(page, server)
    Canvas(page, server).open(journey)

    def choose(menu: str, deed: str) -> Locator:
        page.get_by_role("button", name=re.compile(f"^{menu}")).click()
        page.get_by_role("menuitem", name=deed).click()
        return page.get_by_role("dialog")

    asked = choose("运行中", "暂停…")
    expect(asked).to_contain_text("3 人会停在原地")
    asked.get_by_role("radio", name=re.compile("^顺延")).check()
    shown(page, "44-pause")
    asked.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name=re.compile("^已暂停"))).to_be_visible()
    assert server.api("GET", f"journeys/{journey}")["on_resume"] == "shift"

    # An evening goes by. Resumed, what came due meanwhile is late, and what it would have said stays unsaid.
    later = now_of(server) + timedelta(hours=50)
    server.clock(later.isoformat())
    assert standing(server, journey) == {("trust", "next-evening"): 3}
    page.clock.set_fixed_time(later)
    page.reload()
    asked = choose("已暂停", "恢复运行…")
    expect(asked).to_contain_text("2 天前暂停的，3 人等在原地")
    expect(asked.get_by_role("radio", name=re.compile("^顺延"))).to_be_checked()
    asked.get_by_role("radio", name=re.compile("^当作迟到")).check()
    asked.get_by_role("button", name="恢复运行").click()
    expect(page.get_by_role("button", name=re.compile("^运行中"))).to_be_visible()
    assert server.api("GET", f"journeys/{journey}")["on_resume"] == "skip"
    server.settled()
    assert standing(server, journey) == {("first-order", "day3"): 3}
    messages = server.api("GET", f"messages?journey_id={journey}")["items"]
    assert [one["step"] for one in messages] == ["welcome"] * 3
    people = people_at(page, "first-order")
    people.get_by_role("button", name=re.compile("p-2")).click()
    expect(people.get_by_text("护肤小知识 → 未发送")).to_be_visible()
    shown(page, "149-skipped-after-a-pause")

    # Paused once more for three days and made up for: the offer of the third day is sent now.
    server.clock((later + timedelta(minutes=1)).isoformat())
    choose("运行中", "暂停…").get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name=re.compile("^已暂停"))).to_be_visible()
    server.clock((later + timedelta(days=3)).isoformat())
    assert standing(server, journey) == {("first-order", "day3"): 3}
    asked = choose("已暂停", "恢复运行…")
    asked.get_by_role("radio", name=re.compile("^补上")).check()
    asked.get_by_role("button", name="恢复运行").click()
    expect(page.get_by_role("button", name=re.compile("^运行中"))).to_be_visible()
    server.settled()
    assert standing(server, journey) != {("first-order", "day3"): 3}
    assert len(server.api("GET", f"messages?journey_id={journey}")["items"]) > 3

    # From the list, too: those inside leave first, and only when that is said.
    page.get_by_role("link", name="返回旅程列表").click()
    row = page.get_by_role("row").filter(has=page.locator(f'a[href$="/journeys/{journey}"]'))
    row.get_by_role("button", name=re.compile("的操作$")).click()
    page.get_by_role("menuitem", name="归档").click()
    asked = page.get_by_role("dialog")
    archive = asked.get_by_role("button", name="归档")
    expect(archive).to_be_disabled()
    asked.get_by_role("checkbox").check()
    archive.click()
    expect(page.get_by_text(re.compile("已归档。"))).to_be_visible()
    server.settled()
    assert server.api("GET", f"journeys/{journey}")["status"] == "archived"
    assert versions_of(server, journey) == {}
