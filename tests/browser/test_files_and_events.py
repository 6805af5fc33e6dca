"""Files in and out as one list of work, and what the events are like: in the studio as a marketer meets it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import customers, happened

ROWS = "客户编号,姓名,手机,标签,城市,积分\n" + "".join(
    f"f-{n},客户{n},1391234{n:04d},新客,杭州,{'很多' if n % 50 == 7 else n * 3}\n" for n in range(400)
)


def test_a_file_goes_in_and_comes_out(page: Page, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "秋季会员.csv"
    file.write_text(ROWS, encoding="gbk")
    sign_in(page, server)
    page.goto(f"{server.base}/files")
    page.get_by_role("link", name="导入文件").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("GB18030")).to_be_visible()
    page.get_by_label("“积分”的类型").click()
    page.locator(".ant-select-item-option").get_by_text("数字", exact=True).click()
    page.get_by_role("button", name="开始导入").click()
    page.wait_for_url(re.compile(r"/contacts/import/\d+"))
    page.goto(f"{server.base}/files")
    row = page.get_by_role("listitem").filter(has_text="秋季会员.csv")
    expect(row.get_by_text("新建 392，更新 0，出错 8")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="导出").click()
    shown(page, "96-export")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("link", name="XLSX")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(400)
    shown(page, "95-files")
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert got.value.path().read_text(encoding="utf-8").startswith("\ufeffexternal_id,name")


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
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="开始导入").click()
    page.get_by_role("link", name="查看名单").click()
    expect(page.get_by_role("heading", name="沙龙名单")).to_be_visible()
    expect(page.get_by_text("林晓")).to_be_visible()


def test_what_the_events_are_like(page: Page, server: Server) -> None:
    who = customers(server)
    happened(server, "order_paid", who[:30], amount=199)
    happened(server, "order_paid", who[:1], amount="很多")
    happened(server, "orderPaid", who[:2], amount=5)
    server.settled()
    sign_in(page, server)
    page.goto(f"{server.base}/events")
    expect(page.get_by_role("img", name=re.compile("order_paid.*31 次"))).to_be_visible()
    page.get_by_role("button", name="order_paid").click()
    expect(page.get_by_text("属性 amount 原来是数字，现在来的是文字。")).to_be_visible()
    page.wait_for_timeout(400)
    shown(page, "97-events")
    page.get_by_role("button", name="没问题").click()
    expect(page.get_by_text("属性 amount 原来是")).to_have_count(0)
    page.keyboard.press("Escape")
    page.goto(f"{server.base}/events/send")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_text("已收到。")).to_be_visible()
    page.goto(f"{server.base}/events/live")
    expect(page.get_by_text("面霜")).to_be_visible(timeout=20_000)
    shown(page, "98-live")
