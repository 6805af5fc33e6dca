"""Hands for the canvas: what a person does on it, and what the server then has."""

from __future__ import annotations

import os
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import OWNER, PASSWORD, ROOT, Server

IMAGES = ROOT / "docs" / "images"
SAVED = re.compile("^已保存$")


def shown(page: Page, name: str) -> None:
    """Keep a picture for the documents when asked to (ROADBOOK_SAVE_IMAGES=1)."""
    if os.environ.get("ROADBOOK_SAVE_IMAGES") == "1":
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(500)
        page.screenshot(path=str(IMAGES / f"{name}.png"))


def words(text: str) -> re.Pattern[str]:
    """Two Chinese characters on a button may have a space between them."""
    return re.compile("^" + r"\s*".join(re.escape(c) for c in text) + "$")


def sign_in(page: Page, server: Server, email: str = OWNER, password: str = PASSWORD) -> None:
    page.goto(server.base)
    page.get_by_label("邮箱").fill(email)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/journeys"))


def asked(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Call the API as the person who is signed in."""
    return page.evaluate(
        """async ({method, path, body}) => {
          const {csrf} = await (await fetch('/api/v1/session')).json();
          const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': csrf};
          const sent = body === null ? undefined : JSON.stringify(body);
          const answer = await fetch('/api/v1/' + path, {method, headers, body: sent});
          const text = await answer.text();
          if (!answer.ok) throw new Error(method + ' ' + path + ': ' + answer.status + ' ' + text);
          return text ? JSON.parse(text) : null;
        }""",
        {"method": method, "path": path, "body": body},
    )


def people_at(page: Page, node: str) -> Locator:
    """Show the numbers, and open the list of those who stand at a stage or a step."""
    page.get_by_role("button", name=re.compile("^数据")).click()
    page.get_by_role("menuitem", name="现在在这里").click()
    page.locator(f"#rb-node-{node} .rb-count").first.click()
    return page.get_by_role("complementary", name=re.compile("的人$"))


def choose(field: Locator, words: str) -> None:
    """Open a list of choices and take the first one that fits."""
    field.click()
    shown = field.page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
    shown.locator(".ant-select-item-option").filter(has_text=words).first.click()


class Canvas:
    """The canvas of one journey in one tab."""

    def __init__(self, page: Page, server: Server):
        self.page, self.server = page, server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def new(self, name: str, definition: dict[str, Any] | None = None) -> int:
        """Make a journey (empty without a definition) and open it; its id."""
        body: dict[str, Any] = {"name": name}
        if definition is not None:
            body["definition"] = definition
        number = int(asked(self.page, "POST", "journeys", body)["id"])
        self.open(number)
        return number

    def open(self, number: int) -> None:
        self.number = number
        self.page.goto(f"{self.server.base}/journeys/{number}")
        expect(self.board).to_be_visible()

    @property
    def board(self) -> Locator:
        return self.page.get_by_role("application", name="旅程画布")

    def cards(self, kind: str) -> Locator:
        """All cards of a kind: stage, step, entry, end, note."""
        return self.page.locator(f".rb-node-{kind}")

    def card(self, words: str) -> Locator:
        """The smallest card with these words on it."""
        return self.page.locator(".rb-node").filter(has_text=words).last

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move as a hand does, let go."""
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        mouse.move(begin[0] + 8, begin[1] + 8)
        mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        mouse.up()

    def middle(self, what: Locator, dx: float = 0, dy: float = 0) -> tuple[float, float]:
        """The middle of something on the screen once the view is at rest, or a place beside it."""
        expect(self.page.locator(".rb-sheet")).to_have_css("will-change", "auto")
        box = what.bounding_box()
        assert box, "it is not on the screen"
        return box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy

    def seed(self, name: str) -> Locator:
        return self.page.get_by_role("navigation", name="画布工具").get_by_role(
            "button", name=name, exact=True
        )

    def plant(self, name: str, at: tuple[float, float]) -> None:
        """Drag something from the palette to a place of the screen."""
        self.drag(self.middle(self.seed(name)), at)

    def dot(self, card: str, exit: str) -> Locator:
        """The dot of an exit of a step, or `out` of a stage, by the card's id."""
        return self.page.locator(f'[data-dot-of="{card}"][data-dot="{exit}"]')

    @property
    def panel(self) -> Locator:
        """What lies open beside the drawing."""
        return self.page.locator(".rb-side")

    def close_panel(self) -> None:
        if self.panel.count():
            self.panel.get_by_role("button", name="关闭").click()
            expect(self.panel).to_have_count(0)

    def pick(self, words: str) -> None:
        """Choose from the list of what comes next."""
        box = self.page.get_by_role("dialog", name="接下来做什么？")
        box.get_by_role("option", name=words, exact=True).first.click()
        expect(box).to_have_count(0)

    def key(self, *keys: str) -> None:
        for one in keys:
            self.page.keyboard.press(one)

    def saved(self) -> dict[str, Any]:
        """Wait until everything is saved; the definition that the server has."""
        expect(self.page.locator(".rb-head .rb-save")).to_have_text(SAVED, timeout=15_000)
        draft: dict[str, Any] = asked(self.page, "GET", f"journeys/{self.number}/draft")
        definition: dict[str, Any] = draft["definition"]
        return definition

    def undone(self) -> int:
        """Undo until nothing is left to undo; how often."""
        return self._until_off(re.compile("^撤销"), "Control+z")

    def redone(self) -> int:
        return self._until_off(re.compile("^重做"), "Control+Shift+z")

    def _until_off(self, name: re.Pattern[str], keys: str) -> int:
        button = self.page.locator(".rb-head").get_by_role("button", name=name)
        self.board.focus()
        times = 0
        while button.is_enabled():
            self.key(keys)
            times += 1
            assert times < 200, "it never ends"
        return times


def bare(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition without its places: what it means."""
    return {key: value for key, value in definition.items() if key not in ("layout", "settings")}
