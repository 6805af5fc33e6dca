"""One customer as one person: the profile, consent, merging, the catalogue of attributes, and erasing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import sign_in
from tests.browser.server import Server
from tests.browser.shop import clone, happened, publish
from tests.browser.test_accessible import faults, settled
from tests.browser.test_first_ten_minutes import shown

LIN = {
    "external_id": "c-1001",
    "name": "林晓",
    "identities": {"phone": "13812345678", "unionid": "oU7xK2qLinXiao"},
    "attributes": {
        "source_channel": "小红书",
        "region": "上海",
        "occupation": "设计师",
        "gender": "女",
        "birthday": "1994-05-20",
        "consultation": "敏感肌能不能用",
    },
    "tags": ["敏感肌", "新客"],
}
TWIN = {
    "external_id": "pos-88",
    "name": "林小姐",
    "identities": {"email": "lin@example.com"},
    "attributes": {"region": "杭州", "orders": 3},
    "tags": ["到店"],
}


@pytest.fixture(scope="module")
def lin(server: Server) -> Iterator[int]:
    """A customer with a history, and the same person once more as the shop's till knows her."""
    journey = clone(server)
    publish(server, journey)
    server.api("POST", "contacts/batch", {"contacts": [LIN]})
    server.api("POST", "contacts/batch", {"contacts": [TWIN]})
    number = server.api("GET", "contacts?q=c-1001")["items"][0]["id"]
    happened(server, "friend_added", ["c-1001", "pos-88"])
    server.clock("2026-03-02T11:30:00+08:00")
    happened(server, "product_viewed", ["c-1001"], product="舒缓精华")
    staff = server.api("POST", "staff", {"key": "wangli", "name": "王丽", "team": "美妆一组"})
    listed = server.api("POST", "segments", {"name": "三月试用", "kind": "static"})["key"]
    for act in ("add", "remove"):
        server.api("POST", f"segments/{listed}/contacts", {"act": act, "contact_ids": [number]})
    relation = {"state": "friend", "source": "门店活码", "remark": "林姐"}
    server.api("PUT", f"contacts/{number}/staff/{staff['id']}", relation)
    changed = {"name": "林晓", "attributes": {"occupation": "设计总监", "consultation": None}}
    server.api("PATCH", f"contacts/{number}", changed)
    server.settled()
    yield number


def test_a_customer_is_shown_whole(page: Page, server: Server, lin: int) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, server)
    page.goto(f"{server.base}/contacts")
    page.get_by_role("link", name="林晓").click()
    expect(page.get_by_role("heading", name="林晓")).to_be_visible()
    expect(page.get_by_role("region", name="服务员工").get_by_text("王丽")).to_be_visible()
    expect(page.get_by_role("region", name="动态").get_by_text("加上标签“新客”")).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "80-profile")
    page.get_by_role("button", name="事件", exact=True).click()
    expect(page.get_by_role("region", name="动态").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="属性", exact=True).click()
    line = page.get_by_role("region", name="动态").get_by_role("listitem")
    expect(line.filter(has_text="职业：设计师 → 设计总监")).to_contain_text("密钥")
    expect(line.filter(has_text="咨询问题：敏感肌能不能用 → —")).to_be_visible()
    expect(line).to_have_count(2)
    page.get_by_role("button", name="人群", exact=True).click()
    expect(page.get_by_text("进入人群“三月试用”")).to_be_visible()
    expect(page.get_by_text("离开人群“三月试用”")).to_be_visible()
    assert errors == []


def test_consent_is_withdrawn_with_its_reason(page: Page, server: Server, lin: int) -> None:
    sign_in(page, server)
    page.goto(f"{server.base}/contacts/{lin}")
    page.get_by_role("switch", name="短信").click()
    page.get_by_label("说明").fill("电话里要求不再收短信")
    page.get_by_role("button", name=re.compile(r"^关\s*闭$")).click()
    expect(page.get_by_role("switch", name="短信")).to_have_attribute("aria-checked", "false")
    page.get_by_role("region", name="授权").get_by_role("button", name=re.compile(r"^记\s*录$")).click()
    expect(page.get_by_role("tooltip").get_by_text("电话里要求不再收短信")).to_be_visible()
    shown(page, "82-consent")
    assert server.api("GET", f"contacts/{lin}")["attributes"]["no_sms"] is True


def test_two_customers_become_one(page: Page, server: Server, lin: int) -> None:
    twin = server.api("GET", "contacts?q=pos-88")["items"][0]["id"]
    sign_in(page, server)
    page.goto(f"{server.base}/contacts/{lin}")
    page.locator("header").get_by_role("button", name=re.compile(r"^合\s*并$")).click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("combobox").fill("林小姐")
    page.get_by_title(re.compile("林小姐")).click()
    expect(panel.get_by_text("1 段旅程")).to_be_visible()
    expect(panel.get_by_text(re.compile("后进入的那一段会结束"))).to_be_visible()
    settled(page)
    assert faults(page) == []
    shown(page, "81-merge")
    panel.get_by_role("button", name="合并为一位").click()
    expect(page.get_by_role("region", name="动态").get_by_text(f"客户 #{twin} 并入了这一位")).to_be_visible()
    page.goto(f"{server.base}/contacts/{twin}")
    expect(page).to_have_url(re.compile(rf"/contacts/{lin}$"))
    server.settled()
    places = server.api("GET", f"contacts/{lin}/enrollments")["items"]
    assert sorted(place["result"] or "" for place in places) == ["", "merged"]


def test_the_catalogue_says_what_an_attribute_may_be(page: Page, server: Server, lin: int) -> None:
    server.api(
        "POST", "contacts/batch", {"contacts": [{"external_id": "c-2", "attributes": {"gender": "F"}}]}
    )
    sign_in(page, server)
    page.goto(f"{server.base}/attributes")
    expect(page.get_by_role("row", name=re.compile("性别")).get_by_text("1 个值不符")).to_be_visible()
    page.get_by_role("button", name="登记属性").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("属性名").fill("skin_type")
    panel.get_by_label("名称", exact=True).fill("肤质")
    for value in ("干性", "油性", "敏感"):
        panel.get_by_label("可选值").fill(value)
        panel.get_by_label("可选值").press("Enter")
    panel.get_by_role("switch").click()
    settled(page)
    assert faults(page) == []
    panel.get_by_role("button", name=re.compile(r"^保\s*存$")).click()
    expect(page.get_by_role("row", name=re.compile("肤质")).get_by_text("严格")).to_be_visible()
    expect(panel).to_be_hidden()
    settled(page)
    assert faults(page) == []
    shown(page, "83-attributes")


def test_a_person_is_erased_for_good(page: Page, server: Server, lin: int) -> None:
    sign_in(page, server)
    page.goto(f"{server.base}/contacts/{lin}")
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="清除此人").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(page.get_by_role("heading", level=1).inner_text())
    settled(page)
    shown(page, "84-erase")
    dialog.get_by_role("button", name="永久清除").click()
    expect(page).to_have_url(re.compile(r"/contacts$"))
    expect(page.get_by_role("link", name="林晓")).to_have_count(0)
