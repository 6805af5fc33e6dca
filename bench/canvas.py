"""canvas: what the studio's drawing costs the browser's main thread, and how soon it is there.

The real product on a database of its own, headless Chromium. CPU per pointer move, because without a graphics
card a rate of frames says more about the machine than about the drawing; frames are counted only while zooming.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.wide_journey import journey
from tests.browser.conftest import ARGUMENTS, chromium
from tests.browser.server import OWNER, PASSWORD, ROOT, Server

LARGE, ORDINARY = 1500, 300
VIEW = {"width": 1440, "height": 900}
CARD = ".rb-step"
#: Wheel steps from reading a card to seeing the whole, each as one notch of a mouse.
NOTCHES = 30
HALF_SECOND_MS = 500


def run(quick: bool) -> dict[str, Any]:
    """Figures: `pan_ms`, `drag_ms`, `zoom_ms` (CPU a move, 1,500 steps), `zoom_fps`, `open_ms`, `first_page_kb`."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import studio

    with contextlib.redirect_stdout(sys.stderr):  # what the build says is not among the figures
        studio.build()
    folder = Path(tempfile.mkdtemp(prefix="roadbook-canvas-"))
    server = Server(folder)
    try:
        server.start("2026-03-02T02:00:00")
        return measured(server.base, quick)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measured(base: str, quick: bool) -> dict[str, Any]:
    """All figures of the product at an address."""
    moves, rounds = (40, 2) if quick else (200, 5)
    with sync_playwright() as playwright:
        found = chromium()
        if found is None:
            raise SystemExit("no browser is installed; on Debian: apt-get install chromium")
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        context = browser.new_context(viewport=VIEW, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        sign_in(page, base)
        large, ordinary = (made(page, f"{steps} steps", journey(steps)) for steps in (LARGE, ORDINARY))
        figures = {"first_page_kb": round(first_page_bytes(page, base) / 1000, 1)}
        opened(page, base, ordinary)  # from now on its files are in the browser's cache
        figures["open_ms"] = round(median(opened(page, base, ordinary) for _ in range(rounds)))
        figures["open_large_ms"] = round(opened(page, base, large))
        cdp = context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        figures["pan_ms"] = round(median(panned(page, cdp, moves) for _ in range(rounds)), 2)
        figures["drag_ms"] = round(median(dragged(page, cdp, moves) for _ in range(rounds)), 2)
        # There, back and there again, so that one round is three measurements already.
        zooms = [zoomed_out(page, cdp) for _ in range(1 if quick else rounds)]
        figures["zoom_fps"] = round(median(fps for fps, _ in zooms))
        figures["zoom_ms"] = round(median(ms for _, ms in zooms), 2)
        figures["pan_far_ms"] = round(median(panned(page, cdp, moves) for _ in range(rounds)), 2)
        browser.close()
        return figures


def sign_in(page: Page, base: str) -> None:
    page.goto(base)
    page.locator("input[type=email], input#email").first.fill(OWNER)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys*")


def made(page: Page, name: str, definition: dict[str, Any]) -> int:
    """The id of a new journey, made with the session of the page."""
    return int(
        page.evaluate(
            """async ({name, definition}) => {
              const {csrf} = await (await fetch('/api/v1/session')).json();
              const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': csrf};
              const body = JSON.stringify({name, definition});
              const answer = await fetch('/api/v1/journeys', {method: 'POST', headers, body});
              if (!answer.ok) throw new Error(await answer.text());
              return (await answer.json()).id;
            }""",
            {"name": name, "definition": definition},
        )
    )


def first_page_bytes(page: Page, base: str) -> int:
    """Bytes over the wire of the files (not the data) that the list of journeys needs, nothing cached."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    files: set[str] = set()
    sizes: list[int] = []
    cdp.on(
        "Network.responseReceived",
        lambda said: None if "/api/" in said["response"]["url"] else files.add(said["requestId"]),
    )
    cdp.on(
        "Network.loadingFinished",
        lambda said: sizes.append(int(said["encodedDataLength"])) if said["requestId"] in files else None,
    )
    page.goto(f"{base}/journeys")
    page.wait_for_load_state("networkidle")
    cdp.detach()
    return sum(sizes)


def opened(page: Page, base: str, number: int) -> float:
    """Milliseconds from pressing a journey in the list to its cards being painted."""
    page.goto(f"{base}/journeys")
    link = page.locator(f'a[href$="/journeys/{number}"]').first
    link.wait_for()
    page.wait_for_load_state("networkidle")
    return float(
        link.evaluate(
            """(link, card) => new Promise((done) => {
              const begun = performance.now();
              link.click();
              const look = () => {
                if (!document.querySelector(card)) return requestAnimationFrame(look);
                requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
              };
              look();
            })""",
            CARD,
        )
    )


def busy(cdp: CDPSession) -> float:
    """Seconds of CPU that the page's main thread has used so far."""
    metrics = cdp.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def moved(page: Page, cdp: CDPSession, moves: int, reach: tuple[float, float]) -> float:
    """Milliseconds of the main thread's CPU for each of many moves with the button down, there and back again."""
    at = page.evaluate("() => window.at")
    page.mouse.move(at["x"], at["y"])
    page.mouse.down()
    page.mouse.move(at["x"] + 6, at["y"] + 6)
    before = busy(cdp)
    for n in range(moves):
        share = 1 - abs(2 * (n + 1) / moves - 1)
        page.mouse.move(at["x"] + 6 + reach[0] * share, at["y"] + 6 + reach[1] * share)
    spent = busy(cdp) - before
    page.mouse.move(at["x"], at["y"])
    page.mouse.up()
    return spent * 1000 / moves


#: Looks for a point of the drawing under which there is this and nothing else.
FIND = """(want) => {
  for (let y = 180; y < 700; y += 9) for (let x = 260; x < 1000; x += 9) {
    const under = document.elementFromPoint(x, y);
    if (want === 'card' ? under?.closest('.rb-step') : under?.matches('.rb-ground-touch'))
      return void (window.at = {x, y});
  }
  throw new Error('nothing to take hold of: ' + want);
}"""


def panned(page: Page, cdp: CDPSession, moves: int) -> float:
    page.evaluate(FIND, "ground")
    return moved(page, cdp, moves, (-420, -260))


def dragged(page: Page, cdp: CDPSession, moves: int) -> float:
    page.evaluate(FIND, "card")
    spent = moved(page, cdp, moves, (180, 140))
    page.keyboard.press("Escape")
    return spent


def zoomed_out(page: Page, cdp: CDPSession) -> tuple[float, float]:
    """Frames a second in the worst half second of zooming out to the whole and back, and CPU for each notch."""
    page.mouse.move(600, 420)
    page.evaluate(
        """() => {
          window.frames_at = [];
          const tick = (at) => { window.frames_at.push(at); window.counting = requestAnimationFrame(tick); };
          window.counting = requestAnimationFrame(tick);
        }"""
    )
    before = busy(cdp)
    page.keyboard.down("Control")
    for turn in (1, -1, 1):
        for _ in range(NOTCHES):
            page.mouse.wheel(0, 40 * turn)
    page.keyboard.up("Control")
    spent = (busy(cdp) - before) * 1000 / (3 * NOTCHES)
    at = page.evaluate("() => (cancelAnimationFrame(window.counting), window.frames_at)")
    windows = [sum(1 for other in at if begin <= other < begin + HALF_SECOND_MS)
               for begin in at if begin + HALF_SECOND_MS <= at[-1]]  # fmt: skip
    return min(windows, default=0) * 1000 / HALF_SECOND_MS, spent
