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


def test_what_the_events_are_like(page: Page, server: Server) -> None:
    who = customers(server)
    happened(server, "order_paid", who[:30], amount=199)
    happened(server, "order_paid", who[:1], amount="很多")
    happened(server, "orderPaid", who[:2], amount=5)
    server.settled()
    sign_in(page, server)
    page.goto(f"{server.base}/events")
    expect(page.get_by_role("img", name=re.compile("支付订单.*31 次"))).to_be_visible()
    page.get_by_role("button", name="支付订单").click()
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
