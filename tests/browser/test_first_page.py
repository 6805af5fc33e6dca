"""What the first page of the studio weighs. Bytes do not depend on the machine: they may be asserted, times may not."""

from __future__ import annotations

from playwright.sync_api import Page

from bench.canvas import first_page_bytes
from tests.browser.drawing import sign_in
from tests.browser.server import Server

#: Compressed, all files. 273.6 when this was written; the promise is 330.
MOST_BYTES = 300_000


def test_the_first_page_is_light(page: Page, server: Server) -> None:
    sign_in(page, server)
    assert 200_000 < first_page_bytes(page, server.base) < MOST_BYTES
