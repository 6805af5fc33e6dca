"""No page, nor the editor in any state, has a serious fault of accessibility (axe-core); panels give back the focus."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import Canvas, asked, sign_in
from tests.browser.server import ROOT, Server

AXE = ROOT / "web" / "studio" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
#: A spinner that turns for ever never finishes, so only animations with an end are waited for.
FADED = """() => Promise.all(
    document.getAnimations()
        .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
        .map((one) => one.finished.catch(() => null))
)"""
PAGES = (
    "journeys",
    "templates",
    "contacts",
    "contacts/import",
    "segments",
    "segments/new",
    "segments/overlap",
    "contents",
    "messages",
    "settings",
    "settings/api-keys",
    "settings/members",
)

#: On these pages a button opens a panel.
OPENERS = {
    "tags": "定义标签",
    "codes": "新建渠道码",
    "contents/scripts": "新建话术",
    "attributes": "登记属性",
}


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical, each with the first element that has it."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']} ({one['impact']}): {one['help']} × {len(one['nodes'])}, as in {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def settled(page: Page) -> None:
    """Wait until the page has its data and nothing fades in any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate(FADED)


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def canvas(page: Page, server: Server, theme: str) -> Canvas:
    page.add_init_script(f"localStorage.setItem('roadbook.theme', '{theme}')")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    sign_in(page, server)
    return Canvas(page, server)


def test_the_sign_in(page: Page, server: Server) -> None:
    page.goto(server.base)
    settled(page)
    assert faults(page) == []


def test_every_page(canvas: Canvas, server: Server) -> None:
    page = canvas.page
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(f"{server.base}/{path}")
        settled(page)
        if wrong := faults(page):
            found[path] = wrong
    assert found == {}


def test_the_editor_in_all_its_states(canvas: Canvas) -> None:
    page = canvas.page
    template = asked(page, "GET", "templates")["items"][0]["slug"]
    canvas.open(int(asked(page, "POST", f"templates/{template}/clone", {})["id"]))
    expect(canvas.cards("step").first).to_be_visible()
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        settled(page)
        if wrong := faults(page):
            found[state] = wrong

    look("as it opens")
    canvas.board.focus()
    canvas.key("Shift+1")
    look("from afar")
    canvas.cards("end").first.click()
    look("the panel of an end")
    canvas.close_panel()
    canvas.open(canvas.number)
    for kind in ("entry", "stage", "step"):
        canvas.cards(kind).first.click(position={"x": 20, "y": 12})
        look(f"the panel of a {kind}")
        canvas.close_panel()
    page.locator(".rb-chip").first.click()
    look("the panel of an arrow")
    canvas.close_panel()
    for name in ("旅程设置", "目标", "版本"):
        page.locator(".rb-head").get_by_role("button", name=name).click()
        look(f"the panel {name}")
        canvas.close_panel()
    page.locator(".rb-head").get_by_role("button", name="检查").click()
    look("the list of problems")
    canvas.close_panel()
    canvas.board.focus()
    canvas.key("Control+k")
    look("finding")
    canvas.key("Escape")
    canvas.key("Control+a")
    look("several selected")
    canvas.key("ContextMenu")
    look("a menu")
    canvas.key("Escape")
    canvas.key("?")
    look("the list of keys")
    canvas.key("Escape")
    page.locator(".rb-head").get_by_role("button", name="模拟").click()
    look("the simulation")
    assert found == {}


def test_the_focus_goes_back_to_what_opened_a_panel(page: Page, server: Server) -> None:
    sign_in(page, server)
    lost: list[str] = []
    for path, name in OPENERS.items():
        page.goto(f"{server.base}/{path}")
        opener = page.get_by_role("main").get_by_role("button", name=name).first
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        if not opener.evaluate("(one) => one === document.activeElement"):
            lost.append(path)
    assert lost == []
