"""A real browser: Debian's Chromium where it is, else the one Playwright brought."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.drawing import Canvas, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.connectors.wecom.conftest import Fake
from tests.needs import need


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a person does in a browser may be tried twice (docs/decisions/0010); the report counts every second try."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


#: When the product starts unless a module says when it BEGINS.
MONDAY = "2026-03-02T02:00:00"

#: Container and root need no sandbox of the browser's own; the rest keeps it from talking to the world.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Path of the browser to drive: ROADBOOK_TEST_CHROMIUM, or the first one installed."""
    named = os.environ.get("ROADBOOK_TEST_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser; skips every browser test where there is none."""
    found = chromium()
    need("chromium", found, "no browser is installed; on Debian: apt-get install chromium fonts-noto-cjk")
    return {**browser_type_launch_args, "executable_path": found, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A marketer's screen: a laptop, Chinese, Shanghai time."""
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with a key for programs, on Monday 2 March 2026 at ten in Shanghai or when the module BEGINS."""
    started = Server(tmp_path_factory.mktemp("server"))
    try:
        started.start(getattr(request.module, "BEGINS", MONDAY))
        key_for(started)
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    """A fake WeCom for the tests of one file."""
    made = Fake()
    yield made
    made.end()


@pytest.fixture
def canvas(page: Page, server: Server) -> Iterator[Canvas]:
    """The canvas in a tab where the owner is signed in; at the end nothing may have failed in the page."""
    sign_in(page, server)
    canvas = Canvas(page, server)
    yield canvas
    assert canvas.errors == []
