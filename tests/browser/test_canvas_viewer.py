"""Those who may only look: nothing can be changed, nothing is sent; and fingers instead of a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, expect

from tests.browser.drawing import Canvas, asked, shown, sign_in
from tests.browser.server import Server
from tests.browser.test_canvas_mouse import CHAIN

VIEWER, PASSWORD = "viewer@roadbook.local", "only-looking-42"


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    server.flask("users", "create", VIEWER, "--role", "viewer", "--password", PASSWORD)
    return server


def test_a_viewer_sees_everything_and_changes_nothing(page: Page, server: Server, browser: Browser) -> None:
    sign_in(page, server)
    number = int(asked(page, "POST", "journeys", {"name": "只看", "definition": CHAIN})["id"])
    room = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    canvas = Canvas(room.new_page(), server)
    sign_in(canvas.page, server, VIEWER, PASSWORD)
    writes: list[str] = []

    def watch(request: Request) -> None:
        # Checking is a question that needs a body; all else would be a write.
        if request.method in ("PUT", "PATCH", "DELETE", "POST") and not request.url.endswith("/check"):
            writes.append(f"{request.method} {request.url}")

    canvas.page.on("request", watch)
    canvas.open(number)
    expect(canvas.page.get_by_text("只读", exact=True)).to_be_visible()
    expect(canvas.page.get_by_role("navigation", name="画布工具")).to_have_count(0)
    expect(canvas.page.get_by_role("button", name="发布")).to_have_count(0)
    before = canvas.card("甲").bounding_box()
    view = canvas.page.locator(".rb-sheet").get_attribute("style")
    canvas.card("甲").click()
    expect(canvas.page.get_by_label("名称", exact=True)).to_be_disabled()
    canvas.close_panel()
    canvas.board.focus()
    for keys in ("Delete", "Control+ArrowRight", "Control+d", "s", "n", "Shift+T", "F2"):
        canvas.key(keys)
    # Dragging a card pushes the canvas; the card keeps its place on it.
    canvas.drag(canvas.middle(canvas.card("甲")), canvas.middle(canvas.card("甲"), 120, 60))
    assert canvas.page.locator(".rb-sheet").get_attribute("style") != view
    after = canvas.card("甲").bounding_box()
    assert before and after and round(after["x"] - before["x"]) == 120
    expect(canvas.cards("step")).to_have_count(3)
    expect(canvas.cards("note")).to_have_count(0)
    shown(canvas.page, "27-read-only")
    canvas.page.goto("about:blank")
    assert writes == []
    assert canvas.errors == []
    room.close()
    assert asked(page, "GET", f"journeys/{number}/draft")["revision"] == 1


def fingers(cdp: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touches = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_fingers_tap_push_stretch_and_press_long(server: Server, browser: Browser) -> None:
    room = browser.new_context(viewport={"width": 1024, "height": 768}, locale="zh-CN", has_touch=True)
    page = room.new_page()
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.new("手指", CHAIN)
    cdp = room.new_cdp_session(page)
    zoom = page.locator(".rb-zoom")
    # A tap opens.
    page.touchscreen.tap(*canvas.middle(canvas.card("甲")))
    expect(page.locator(".rb-side")).to_be_visible()
    canvas.close_panel()
    # Two fingers stretch, and one pushes.
    expect(zoom).to_have_text("100%")
    fingers(cdp, "touchStart", (560, 650), (640, 650))
    fingers(cdp, "touchMove", (520, 650), (680, 650))
    fingers(cdp, "touchEnd")
    expect(zoom).to_have_text("200%")
    place = canvas.card("甲").bounding_box()
    fingers(cdp, "touchStart", (600, 740))
    for x in (580, 560, 540):
        fingers(cdp, "touchMove", (x, 740))
    fingers(cdp, "touchEnd")
    moved = canvas.card("甲").bounding_box()
    assert place and moved and round(place["x"] - moved["x"]) == 60
    # A long press opens the menu.
    canvas.key("Shift+1")
    expect(zoom).to_have_text("100%")
    fingers(cdp, "touchStart", canvas.middle(canvas.card("甲")))
    menu = page.get_by_role("menu", name="菜单")
    expect(menu).to_be_visible()
    fingers(cdp, "touchEnd")
    expect(menu).to_be_visible()
    menu.get_by_role("menuitem", name="删除").tap()
    expect(canvas.cards("step")).to_have_count(2)
    assert canvas.errors == []
    room.close()
