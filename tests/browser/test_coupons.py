"""Coupons, points, referrals and draws as a marketer sees them while customers use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled

PEOPLE = 60
FAMILY, GIVEN = "林陈王李张赵周吴徐孙", ("小满", "一诺", "思远", "雨桐", "子墨", "佳宁", "亦辰", "若溪")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with some customers."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-28T02:00:00")
    key_for(started)
    people = [{"external_id": f"c{n:03d}", "name": FAMILY[n % 10] + GIVEN[n % 8]} for n in range(PEOPLE)]
    started.api("POST", "contacts/batch", {"contacts": people})
    yield started
    started.stop()


@pytest.fixture
def marketer(page: Page, server: Server) -> Page:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    return page


def test_a_pool_is_filled_given_used_and_seen_on_the_customer(
    marketer: Page, server: Server, tmp_path: Path
) -> None:
    page = marketer
    page.goto(f"{server.base}/coupons")
    expect(page.get_by_text("还没有券池")).to_be_visible()
    page.get_by_role("button", name="新建券池").click()
    page.get_by_label("名称").fill("新人专享券")
    page.get_by_label("面值或权益").fill("满 200 减 30")
    page.get_by_label("总数").fill("5000")
    page.get_by_role("button", name="创建", exact=True).click()
    card = page.get_by_role("region", name="新人专享券")
    expect(card.get_by_text("5,000", exact=True)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="新建券池").click()
    page.get_by_text("上传券码", exact=True).last.click()
    page.get_by_label("名称").fill("回购券")
    page.get_by_label("面值或权益").fill("无门槛 20 元")
    page.get_by_role("button", name="创建", exact=True).click()
    sheet = tmp_path / "codes.csv"
    sheet.write_text("code\n" + "\n".join(f"HG{n:05d}" for n in range(12_000)), encoding="utf-8")
    other = page.get_by_role("region", name="回购券")
    other.locator("input[type=file]").set_input_files(str(sheet))
    expect(other.get_by_text("新增 12000 个")).to_be_visible(timeout=30_000)
    customers = asked(page, "GET", "contacts?limit=60")["items"]
    for n, one in enumerate(customers[:36]):
        given = {"contact_id": one["id"], "key": f"w{n}"}
        code = server.api("POST", "coupons/coupon_1/issues", given)["code"]
        if n % 3:
            bought = {
                "name": "order_paid",
                "contact_id": one["id"],
                "properties": {"coupon": code, "amount": 260},
            }
            server.api("POST", "events", bought)
    server.settled()
    page.reload()
    expect(card.get_by_text("67%")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "128-coupon-pools")


def test_points_friends_and_luck(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/coupons/points")
    page.get_by_role("button", name="新建积分").click()
    page.get_by_label("名称").fill("会员积分")
    page.get_by_role("button", name="加一种兑换").click()
    page.get_by_role("button", name="创建", exact=True).click()
    expect(page.get_by_role("region", name="会员积分")).to_be_visible()
    page.goto(f"{server.base}/coupons/referrals")
    page.get_by_role("button", name="新建裂变活动").click()
    page.get_by_label("名称").fill("老带新")
    page.get_by_label("邀请链接").fill("https://example.com/join?code={code}")
    page.get_by_role("button", name="创建", exact=True).click()
    expect(page.get_by_role("region", name="老带新")).to_be_visible()
    customers = asked(page, "GET", "contacts?limit=60")["items"]
    codes = [server.api("POST", f"referrals/contacts/{one['id']}/code", {})["code"] for one in customers[:3]]
    for n in range(12):
        told = {"code": codes[0 if n < 6 else 1 if n < 10 else 2], "device": "D1" if n < 5 else f"D{n}"}
        server.api("POST", "events", {"name": "referred", "external_id": f"friend{n}", "properties": told})
        server.api("POST", "events", {"name": "group_message", "contact_id": customers[n % 4]["id"]})
    server.settled()
    page.reload()
    expect(page.get_by_text("5 次邀请来自同一个 device")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "129-referral-ladder")
    page.goto(f"{server.base}/coupons/draws")
    page.get_by_role("button", name="新建抽奖").click()
    page.get_by_label("名称", exact=True).fill("周三抽奖")
    for place, name in enumerate(("护肤礼盒", "小样一份")):
        page.get_by_label("奖品名称").nth(place).fill(name)
    page.get_by_role("button", name="创建", exact=True).click()
    card = page.get_by_role("region", name="周三抽奖")
    expect(card.get_by_text("种子指纹（SHA-256）")).to_be_visible()
    for one in customers[:30]:
        server.api("POST", "draws/draw_1/entries", {"contact_id": one["id"], "key": f"k{one['id']}"})
    page.reload()
    expect(card.get_by_text("已抽 30 次")).to_be_visible()
    settled(page)
    assert faults(page) == []
    page.goto(f"{server.base}/coupons/points")
    expect(page.get_by_text("群里", exact=False).first).to_be_hidden()
    settled(page)
    assert faults(page) == []
    page.goto(f"{server.base}/contacts/{customers[1]['id']}")
    part = page.get_by_role("heading", name="券与积分")
    expect(part).to_be_visible()
    part.scroll_into_view_if_needed()
    expect(page.get_by_text("会员积分").first).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "130-contact-rewards")
