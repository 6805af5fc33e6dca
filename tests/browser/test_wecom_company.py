"""A company that was there before us: read whole, and a customer handed on, in the studio beside a fake WeCom."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from connectors.wecom.fake.world import AGENT_ID, CORP_ID, SECRET
from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.connectors.wecom.conftest import Fake

PEOPLE = 23


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fake: Fake) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.may_call(fake.server.server_address[1])
    try:
        started.start("2026-03-02T02:00:00")
        key_for(started)
        company(fake)
        started.api("POST", "connections", {
            "connector": "wecom", "name": "花间企业微信", "carriers": ["wecom_direct", "wecom_group", "moments"],
            "settings": {"corp_id": CORP_ID, "agent_id": str(AGENT_ID), "address": fake.url},
            "secrets": {"secret": SECRET},
        })  # fmt: skip
        yield started
    finally:
        started.stop()


def company(fake: Fake) -> None:
    """Customers, groups and tags that were there before the connection."""
    tags = [fake.act("tag/make", name=name, group="肤质")["id"] for name in ("干性", "油性", "敏感肌")]
    people = []
    for number in range(PEOPLE):
        who = ("lili", "wangwei", "chenjie")[number % 3]
        people.append(fake.add(who, add_way=(1, 2, 10)[number % 3], before=True))
        fake.act("staff/tag", userid=who, external_userid=people[-1], add=[tags[number % 3]])
    fake.act("staff/edit", userid="lili", external_userid=people[0], remark="王姐 · 老客")
    for name in ("护肤一群", "护肤二群"):
        chat = fake.act("group/make", owner="lili", name=name)["chat_id"]
        for one in people[:5]:
            fake.act("group/join", chat_id=chat, external_userid=one)


def test_a_company_is_read_and_a_customer_is_handed_on(page: Page, server: Server, fake: Fake) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, server)
    page.goto(f"{server.base}/settings/channels")
    part = page.get_by_role("region", name="从企业微信同步")
    expect(part.get_by_text("已同步")).to_be_visible(timeout=60_000)
    expect(part.get_by_text(str(PEOPLE), exact=True)).to_be_visible()
    until = time.monotonic() + 30
    while len(server.api("GET", "groups")["items"]) < 2 and time.monotonic() < until:
        time.sleep(0.5)
    assert {one["name"] for one in server.api("GET", "groups")["items"]} == {"护肤一群", "护肤二群"}

    page.goto(f"{server.base}/contacts")
    page.get_by_role("link", name="王婷").first.click()
    card = (
        page.get_by_role("region", name="员工") if page.get_by_role("region", name="员工").count() else page
    )
    expect(card.get_by_text("王姐 · 老客")).to_be_visible()
    page.get_by_role("button", name="把客户从李丽移交给别人").click()
    page.get_by_role("combobox", name="接手人").click()
    page.get_by_title("王伟").click()
    page.get_by_role("button", name=words("开始移交")).click()
    moved = page.get_by_role("region", name="移交记录")
    expect(moved.get_by_text("等待生效")).to_be_visible(timeout=30_000)
    expect(moved.get_by_text("李丽 → 王伟")).to_be_visible()

    page.goto(f"{server.base}/settings/channels")
    expect(part.get_by_text("李丽 → 王伟")).to_be_visible()
    page.get_by_role("button", name="移交员工的客户").click()
    expect(page.get_by_role("combobox", name="移交人")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "134-wecom-company")

    page.get_by_role("combobox", name="移交人").click()
    page.get_by_title("李丽").click()
    page.get_by_role("combobox", name="接手人").click()
    page.get_by_title("陈洁").last.click()
    expect(page.get_by_role("checkbox", name="名下的客户群也一并移交")).to_be_checked()
    page.get_by_role("button", name=words("开始移交")).click()
    groups = page.get_by_role("region", name="客户群移交记录")
    expect(groups.get_by_text("已移交")).to_have_count(2, timeout=30_000)
    expect(groups.get_by_text("护肤一群")).to_be_visible()
    until = time.monotonic() + 30
    while not all(one["owner"] == "chenjie" for one in server.api("GET", "groups")["items"]):
        assert time.monotonic() < until, "the groups are still hers"
        time.sleep(0.5)
    settled(page)
    assert faults(page) == []
    groups.scroll_into_view_if_needed()
    shown(page, "143-groups-handed-on")
    assert errors == []
