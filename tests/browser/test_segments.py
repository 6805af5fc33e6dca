"""Segments as a marketer makes them: by a rule that is counted while it is written, by a file, by combining others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled

PEOPLE = 240
CITIES = ("上海", "杭州", "成都", "广州")
FAMILY, GIVEN = "林陈王李张赵周吴徐孙", ("小满", "一诺", "思远", "雨桐", "子墨", "佳宁", "亦辰", "若溪")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with 240 customers, most of whom looked at things and some of whom bought."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    people = [
        {
            "external_id": f"c{number:03d}",
            "name": FAMILY[number % len(FAMILY)] + GIVEN[number % len(GIVEN)],
            "identities": {"phone": f"138{number:08d}"},
            "attributes": {"city": CITIES[number % len(CITIES)], "due_date": f"2026-0{3 + number % 6}-12"},
            "tags": ["vip"] if number % 7 == 0 else [],
        }
        for number in range(PEOPLE)
    ]
    started.api("POST", "contacts/batch", {"contacts": people})
    happened = [
        {
            "name": "product_viewed",
            "external_id": f"c{number:03d}",
            "occurred_at": f"2026-02-2{day}T10:00:00+08:00",
        }
        for number in range(PEOPLE)
        for day in range(number % 5)
    ] + [
        {
            "name": "order_paid",
            "external_id": f"c{number:03d}",
            "occurred_at": f"2026-0{1 + number % 2}-25T10:00:00+08:00",
            "properties": {"amount": 100 + number},
        }
        for number in range(0, PEOPLE, 3)
    ]
    started.api("POST", "events", {"events": happened})
    started.settled()
    yield started
    started.stop()


@pytest.fixture
def marketer(page: Page, server: Server) -> Page:
    sign_in(page, server)
    return page


def big(page: Page) -> str:
    """The number of people beside what is being written."""
    return page.get_by_role("complementary", name="人数").inner_text()


def test_a_segment_from_an_idea_counted_while_it_is_written(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/segments")
    expect(page.get_by_text("把“谁”说一次")).to_be_visible()
    settled(page)
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("14 天内看了 3 次")).click()
    aside = page.get_by_role("complementary", name="人数")
    expect(aside).to_contain_text("80 人")
    page.get_by_role("button", name="＋ 加条件", exact=True).first.click()
    expect(aside).to_contain_text("还有条件没写完")
    page.get_by_role("button", name="删除条件").last.click()
    expect(aside).to_contain_text("80 人")
    settled(page)
    assert faults(page) == []
    shown(page, "85-segment-by-rule")
    page.get_by_role("button", name="创建人群").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("14 天内看了 3 次还没买")
    expect(page.get_by_role("table", name="成员").locator("tbody tr").first).to_be_visible(timeout=20_000)
    # Members are listed while the number is still being written down.
    for _ in range(100):
        if (count := asked(page, "GET", "segments")["items"][0]["count"]) == 80:
            break
        page.wait_for_timeout(200)
    assert count == 80, asked(page, "GET", "segments")


def test_a_list_from_a_file_that_has_faults(marketer: Page, server: Server, tmp_path: Path) -> None:
    page = marketer
    page.goto(f"{server.base}/segments/new")
    page.get_by_label("名称").fill("线下沙龙名单")
    page.get_by_text("名单", exact=True).click()
    page.get_by_role("button", name="创建人群").click()
    file = tmp_path / "沙龙.csv"
    rows = [f"138{number:08d},{number}" for number in range(0, 90, 2)] + ["13999999999,生客", ",没有手机"]
    file.write_bytes("\r\n".join(["手机号,备注", *rows]).encode("gb18030"))
    panel = page.get_by_role("dialog", name="上传名单")
    panel.locator("input[type=file]").set_input_files(file)
    expect(panel).to_contain_text("已加入 45 人")
    expect(panel).to_contain_text("2 行没有加入")
    expect(panel.get_by_role("row", name=re.compile("13999999999"))).to_contain_text("请先导入")
    settled(page)
    assert faults(page) == []
    shown(page, "86-segment-upload")
    panel.get_by_role("button", name="关闭").last.click()
    expect(page.get_by_role("table", name="成员").locator("tbody tr")).to_have_count(45)


def test_combined_and_overlapping(marketer: Page, server: Server) -> None:
    page = marketer
    keys = {one["name"]: one["key"] for one in asked(page, "GET", "segments")["items"]}
    looked, listed = keys["14 天内看了 3 次还没买"], keys["线下沙龙名单"]
    page.goto(f"{server.base}/segments/new")
    page.get_by_label("名称").fill("看了没买，且来过沙龙")
    page.get_by_text("组合", exact=True).click()
    for name in ("14 天", "沙龙名单"):
        page.get_by_label("同时在这些人群里").fill(name)
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    aside = page.get_by_role("complementary", name="人数")
    expect(aside).to_contain_text(re.compile(r"[1-9]\d* 人"))
    page.get_by_role("button", name="创建人群").click()
    expect(page.get_by_role("table", name="成员").locator("tbody tr").first).to_be_visible(timeout=20_000)
    page.goto(f"{server.base}/segments/overlap?keys={looked},{listed}")
    drawing = page.get_by_role("img", name=re.compile("人群重叠图"))
    expect(drawing).to_be_visible()
    both = asked(page, "POST", "segments/overlap", {"keys": [looked, listed]})["regions"][2]["count"]
    expect(page.get_by_role("row", name=re.compile("同时在"))).to_contain_text(str(both))
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name=re.compile("同时在")).click()
    people = page.get_by_role("dialog", name=re.compile(f"{both} 人"))
    expect(people.locator("tbody tr")).to_have_count(both)
    shown(page, "87-segment-overlap")


def test_how_a_segment_went_and_what_uses_it(marketer: Page, server: Server) -> None:
    page = marketer
    asked(page, "POST", "segments", {
        "name": "上海客户", "key": "shanghai", "kind": "rule",
        "rule": {"combinator": "and", "rules": [{"field": "attribute.city", "operator": "=", "value": "上海"}]},
    })  # fmt: skip
    page.goto(f"{server.base}/segments/shanghai")
    expect(page.get_by_text("60", exact=True).first).to_be_visible(timeout=20_000)
    for day, city, ids in ((4, "上海", (1, 2, 5)), (6, "杭州", (0, 4)), (9, "上海", (6, 7, 9, 10))):
        server.clock(f"2026-03-0{day}T02:00:00+00:00")
        people = [{"external_id": f"c{number:03d}", "attributes": {"city": city}} for number in ids]
        asked(page, "POST", "contacts/batch", {"contacts": people})
        server.settled()
        wanted = {4: 63, 6: 61, 9: 65}[day]
        page.wait_for_function(
            "async (n) => (await (await fetch('/api/v1/segments/shanghai')).json()).count === n", arg=wanted
        )
    asked(page, "POST", "journeys", {"name": "上海门店邀约", "definition": {
        "format": 1, "subject": "contact",
        "entries": [{"id": "in-1", "on": {"type": "event", "name": "friend_added"}, "to": "s"}],
        "stages": [{"id": "s", "name": "开始", "initial": "b", "stay": True}],
        "steps": [{"id": "b", "stage": "s", "kind": "branch", "name": "在上海？", "config": {"rules": [
            {"exit": "in", "rule": {"field": "segments", "operator": "has", "value": "shanghai"}}]}}],
        "arrows": [], "ends": [], "goals": [], "settings": {},
    }})  # fmt: skip
    page.reload()
    expect(page.get_by_role("link", name="上海门店邀约")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("进入 7, 离开 2"))).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "88-segment-over-time")
    page.get_by_role("button", name="删除", exact=True).click()
    page.get_by_role("tooltip").get_by_role("button", name="删除").click()
    expect(page.get_by_role("alert")).to_contain_text("上海门店邀约")
