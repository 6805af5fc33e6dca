"""Why messages wait, as the studio says it: a provider that does not answer, no worker that delivers, everything stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.connectors.providers import Gateway, said
from tests.connectors.servers import Desk, web
from tests.runtime.charts import exits, journey, step

PEOPLE = 8
SOME_SENT = journey(
    stages=[{"id": "one", "name": "新品上市", "initial": "hi"}],
    steps=[{**step("hi", "one", "send", carrier="sms", content="launch"), "name": "短信通知"}],
    arrows=[exits("a1", "hi", "sent", "won")],
)


class Provider:
    """An SMS gateway that answers nothing but 503 until it is `well`."""

    def __init__(self) -> None:
        self.well = False
        self.gateway = Gateway()


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


@pytest.fixture(scope="module")
def desk(provider: Provider) -> Iterator[Desk]:
    with web(lambda post: provider.gateway(post) if provider.well else said({}, 503)) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Iterator[Server]:
    """Eight people who are to get a text message of a provider that does not answer."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.may_call(desk.port)
    try:
        started.start("2026-03-02T02:00:00")
        key_for(started)
        account = {
            "connector": "sms", "name": "短信网关",
            "settings": {"url": f"{desk.url}/send", "signature": "花间"}, "secrets": {"password": "p"},
        }  # fmt: skip
        started.api("POST", "connections", account)
        people = [
            {"external_id": f"c{n}", "name": f"客户{n}", "identities": {"phone": f"1380013800{n}"}}
            for n in range(PEOPLE)
        ]
        started.api("POST", "contacts/batch", {"contacts": people})
        launch = {
            "key": "launch",
            "name": "新品上市",
            "carrier": "sms",
            "body": {"text": "新品到店，欢迎来试"},
        }
        started.api("POST", "contents", launch)
        made = started.api("POST", "journeys", {"name": "新品通知", "definition": SOME_SENT})
        started.api("POST", f"journeys/{made['id']}/publish", {"revision": 1})
        joined = [{"name": "joined", "external_id": f"c{n}"} for n in range(PEOPLE)]
        started.api("POST", "events", {"events": joined})
        started._wait(
            lambda: started.rows("SELECT 1 FROM breaker WHERE state != 'closed'"), "no breaker opens"
        )
        yield started
    finally:
        started.stop()


def forget_workers(server: Server) -> None:
    """As if a minute had gone by since the last of them was heard of."""
    with sqlite3.connect(server.database, timeout=10) as connection:
        connection.execute("UPDATE worker_beat SET seen_at = '2026-01-01 00:00:00.000000'")


def test_what_keeps_messages_back_is_said(page: Page, server: Server, provider: Provider) -> None:
    sign_in(page, server)
    page.goto(f"{server.base}/settings/channels")
    card = page.get_by_role("listitem", name="短信网关")
    expect(card.get_by_role("status")).to_contain_text("服务方连续 5 次没有回应")
    settled(page)
    shown(page, "139-breaker-open")
    assert faults(page) == []

    page.goto(f"{server.base}/messages")
    why = page.get_by_role("region", name="为什么有消息没有发出")
    expect(why.get_by_role("alert")).to_have_count(1)
    expect(why).to_contain_text(f"短信的服务商没有回应 · {PEOPLE} 条在等")
    server.kill_worker()
    forget_workers(server)
    page.reload()
    expect(why).to_contain_text("没有在发送的后台进程")
    server.api("POST", "stop", {"reason": "等服务商恢复"})
    page.reload()
    expect(page.get_by_role("status", name="已全部停发")).to_contain_text("等服务商恢复")
    settled(page)
    shown(page, "138-why-they-wait")
    assert faults(page) == []

    provider.well = True
    server.start_worker()
    server.api("DELETE", "stop?note=ok")
    server._wait(lambda: server.api("GET", "stop")["state"] == "sending", "sending does not begin again")
    server.clock("2026-03-02T02:10:00+00:00")  # one message tries
    server.clock("2026-03-02T02:20:00+00:00")  # and the others follow
    page.reload()
    expect(page.get_by_role("row").filter(has_text="已发送")).to_have_count(PEOPLE)
    expect(why).not_to_be_visible()
