"""Events of the past and the people of a list come in from files: in the studio as a marketer brings them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import customers

ORDERS = "会员编号,下单时间,订单号,金额,商品\n" + "".join(
    f"c-{n:03},2026-02-{1 + n % 28:02} 18:{n:02},o-{n},{99 + n},面霜\n" for n in range(40)
)


def test_orders_of_the_past_come_in(page: Page, server: Server, tmp_path: Path) -> None:
    customers(server)
    file = tmp_path / "二月订单.csv"
    file.write_text(ORDERS + "c-041,昨天,o-99,1,面霜\n", encoding="gbk")
    sign_in(page, server)
    page.goto(f"{server.base}/events")
    page.get_by_role("link", name="导入事件").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("整个文件都是这个事件").fill("order_paid")
    page.keyboard.press("Escape")
    expect(page.get_by_text("发生时间", exact=True)).to_be_visible()
    page.get_by_label("“订单号”这一列成为").click()
    page.locator(".ant-select-item-option").get_by_text("事件编号（用来去重）", exact=True).click()
    page.get_by_label("“金额”对应的属性名").fill("amount")
    page.get_by_label("“商品”对应的属性名").fill("item")
    shown(page, "137-import-of-events")
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_role("link", name="查看事件")).to_be_visible(timeout=30_000)
    assert server.rows("SELECT created, failed FROM import WHERE filename = '二月订单.csv'") == [(40, 1)]
    with page.expect_download() as got:
        page.get_by_role("link", name="下载出错的行").click()
    assert "下单时间" in got.value.path().read_text(encoding="utf-8-sig")
    server.settled()
    events = server.api("GET", "events?name=order_paid&limit=100")["items"]
    assert len(events) == 40 and events[0]["properties"]["item"] == "面霜"


def test_people_of_a_file_are_put_on_a_list(page: Page, server: Server, tmp_path: Path) -> None:
    server.api("POST", "segments", {"name": "沙龙名单", "kind": "static"})
    file = tmp_path / "沙龙.csv"
    file.write_text("会员编号,姓名\ns-1,林晓\ns-2,周然\n", encoding="utf-8")
    sign_in(page, server)
    page.goto(f"{server.base}/contacts/import?kind=list")
    page.get_by_role("combobox", name="放进哪个名单").click()
    page.locator(".ant-select-item-option").get_by_text("沙龙名单", exact=True).click()
    expect(page.get_by_text("请先选择名单，再选择文件。")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="开始导入").click()
    page.get_by_role("link", name="查看名单").click()
    expect(page.get_by_role("heading", name="沙龙名单")).to_be_visible()
    expect(page.get_by_text("林晓")).to_be_visible()
