"""The lifecycle board and the sheet of scenes, as a marketer makes and uses them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import clone, customers, happened, publish
from tests.browser.test_accessible import faults, settled

#: One after the other, and how many of the customers come so far.
PATH = (
    ("lead_created", 60),
    ("friend_added", 44),
    ("store_visited", 27),
    ("test_driven", 19),
    ("deposit_paid", 11),
    ("delivered", 6),
)


def until_kept(page: Page, key: str, people: int) -> None:
    for _ in range(200):
        board = asked(page, "GET", f"lifecycles/{key}/board")
        if board["state"] == "kept" and board["people"] == people:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the board never came to rest")


def test_a_model_becomes_a_board_and_a_column_a_segment(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    publish(server, clone(server, "new-energy-car"))
    names = customers(server)
    happened(server, "lead_created", names[:20])
    page.goto(f"{server.base}/lifecycle")
    settled(page)
    assert faults(page) == []
    page.get_by_role("link", name="新能源汽车").click()
    expect(page.get_by_label("名称", exact=True)).to_have_value("新能源汽车")
    page.wait_for_timeout(800)
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name="创建", exact=True).click()
    expect(page.get_by_role("region", name="生命周期看板")).to_be_visible()
    until_kept(page, "cars", 20)

    day = 3
    for event, count in PATH:
        server.clock(f"2026-03-{day:02}T10:00:00+08:00")
        happened(server, event, names[:count])
        day += 5
    happened(server, "deposit_refunded", names[6:9])
    until_kept(page, "cars", 60)
    server.clock("2026-03-30T10:00:00+08:00")
    page.reload()
    board = page.get_by_role("region", name="生命周期看板")
    expect(board.get_by_role("button", name="“车主”的客户 6")).to_be_visible()
    expect(board.get_by_role("button", name="“试驾”的客户 11")).to_be_visible()
    expect(board.get_by_role("link", name="新能源汽车").first).to_be_visible()
    counts = {one["stage"]: one for one in asked(page, "GET", "lifecycles/cars/board")["columns"]}
    assert (counts["deposit"]["arrived"], counts["deposit"]["went_on"], counts["deposit"]["lost"]) == (
        11,
        6,
        3,
    )
    settled(page)
    assert faults(page) == []
    shown(page, "102-lifecycle-board")

    board.get_by_role("button", name="“试驾”的客户 11").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("link").first).to_be_visible()
    drawer.get_by_role("button", name="存为人群").click()
    page.wait_for_url("**/segments/*")
    for _ in range(100):
        (segment,) = asked(page, "GET", "segments")["items"]
        if segment["count"] == 11:
            break
        page.wait_for_timeout(200)
    assert segment["count"] == 11


def test_a_sheet_is_filled_from_a_spreadsheet_and_tried(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    given = {"external_id": "vip", "name": "林小满", "attributes": {}, "tags": ["VIP"]}
    server.api("POST", "contacts/batch", {"contacts": [given]})
    page.goto(f"{server.base}/scenes")
    settled(page)
    assert faults(page) == []
    page.get_by_role("link", name="从例子开始").click()
    first = page.get_by_label("第 1 行 商品编号")
    expect(first).to_have_value("mask01")

    # A block from a spreadsheet goes where one stands, and all of it is taken back by one Ctrl+Z.
    page.evaluate(
        """() => {
            const cell = document.querySelector('[aria-label="第 4 行 商品编号"]');
            cell.focus();
            const data = new DataTransfer();
            data.setData('text/plain', 'tea01\\t晚安花茶\\t晚间在家\\t2\\nball01\\t颈椎按摩球\\t午休\\t1\\n');
            cell.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.get_by_label("第 5 行 商品名称")).to_have_value("颈椎按摩球")
    expect(page.get_by_label("第 4 行 时机")).to_have_value("晚间在家")
    page.get_by_label("第 4 行 商品编号").press("Control+z")
    expect(page.get_by_label("第 5 行 商品名称")).to_have_count(0)
    page.get_by_role("button", name="重做").click()
    expect(page.get_by_label("第 5 行 商品名称")).to_have_value("颈椎按摩球")

    # Keys walk as in a sheet.
    first.focus()
    first.press("Enter")
    expect(page.get_by_label("第 2 行 商品编号")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("第 2 行 商品名称")).to_be_focused()
    page.get_by_label("第 1 行 链接").fill("没有地址")
    page.get_by_label("第 1 行 链接").press("Enter")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("地址须以 http").first).to_be_visible()
    expect(page.get_by_label("第 1 行 链接")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("第 1 行 链接").fill("https://shop.example/mask01")
    page.get_by_label("第 1 行 链接").press("Enter")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/scenes/scene_1")
    settled(page)
    assert faults(page) == []
    shown(page, "103-scene-sheet")

    panel = page.get_by_role("region", name="找个客户试试")
    panel.get_by_label("搜索客户").fill("林小满")
    page.locator(".ant-select-item-option", has_text="林小满").first.click()
    panel.get_by_label("时间（不填就是现在）").fill("2026-03-30T12:30")
    panel.get_by_role("button", name="看看选中什么").click()
    answer = panel.get_by_role("status")
    expect(answer.get_by_text("现在就可以发")).to_be_visible()
    expect(answer.get_by_text("颈椎按摩球").first).to_be_visible()
    expect(answer.get_by_text("它的时机更晚").first).to_be_visible()
    expect(answer.get_by_text("不是这一行的人群")).to_be_visible()
    settled(page)
    assert faults(page) == []
    panel.scroll_into_view_if_needed()
    shown(page, "104-scene-tried")
