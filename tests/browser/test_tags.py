"""Tags in a browser: defined, adopted, set by a rule tried before, worn with reasons, put on many."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.browser.test_first_ten_minutes import shown, sign_in, words

CITIES = ("杭州", "上海", "杭州", "成都", "杭州", "广州", "杭州", "北京")
STYLE = {
    "name": "style",
    "title": "风格",
    "category": "interest",
    "description": "按看过的商品判断",
    "values": [{"value": "business", "title": "商务"}, {"value": "casual", "title": "休闲"},
               {"value": "sport", "title": "运动"}],
    "exclusive": True,
    "days": 90,
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with some dozens of customers in various clothes."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    furnish(started)
    yield started
    started.stop()


def furnish(server: Server) -> None:
    people = [
        {
            "external_id": f"c-{number:03}",
            "name": f"客户{number}",
            "attributes": {"city": CITIES[number % len(CITIES)], "visits": number % 7},
            "tags": [f"style={('casual', 'sport', 'business')[(number + number // 4) % 3]}"]
            + (["老客"] if number % 3 else [])
            + (["vip"] if number % 5 == 0 else []),
        }
        for number in range(60)
    ]
    server.api("POST", "contacts/batch", {"contacts": people})
    server.api("POST", "tags/definitions", STYLE)
    server.api(
        "POST", "tags/definitions", {"name": "vip", "title": "贵宾", "category": "basic", "by_hand": "owner"}
    )
    server.settled()


def test_tags_from_definition_to_profile(page: Page, server: Server) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, server)

    # The library: what is worn and not defined is taken over with one click.
    page.goto(f"{server.base}/tags")
    card = page.get_by_role("article", name="风格")
    expect(card).to_contain_text("商务")
    page.get_by_role("button", name=re.compile("还没定义")).click()
    page.get_by_role("button", name="收进标签库 老客").click()
    expect(page.get_by_text("送进来的标签都已定义")).to_be_visible()
    page.get_by_role("button", name=re.compile("^全部(?!停发)")).click()
    expect(page.get_by_role("article", name="老客")).to_contain_text("40 人")
    shown(page, "89-tags")
    settled(page)
    assert faults(page) == []

    # A rule, tried before it is saved.
    page.goto(f"{server.base}/tags/rules")
    page.get_by_role("link", name=re.compile("新建规则")).click()
    rule = {
        "name": "常逛的杭州客户偏商务",
        "rule": {
            "combinator": "and",
            "rules": [
                {"field": "attribute.city", "operator": "=", "value": "杭州"},
                {"field": "attribute.visits", "operator": ">=", "value": 3},
            ],
        },
        "holding": {"add": ["style=business"], "remove": []},
        "ending": {"add": [], "remove": ["style=business"]},
        "on": False,
    }
    made = server.api("POST", "tags/rules", rule)
    server.settled()
    page.goto(f"{server.base}/tags/rules/{made['id']}")
    preview = page.get_by_role("complementary", name="现在会怎样")
    expect(preview).to_contain_text("人成立")
    expect(preview).to_contain_text("风格：商务")
    shown(page, "90-tag-rule")
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name=words("保存并启用")).click()
    expect(page.get_by_role("article", name=rule["name"])).to_contain_text("运行中")

    # Many at once, with progress.
    server.api(
        "POST", "tags/jobs", {"name": "全员活动", "contact_ids": list(range(1, 41)), "add": ["三月活动"]}
    )
    job = {"name": "杭州客户补标", "rule": rule["rule"], "add": ["到店邀约"]}
    server.api("POST", "tags/jobs", job)
    server.settled()
    page.goto(f"{server.base}/tags/jobs")
    row = page.get_by_role("row", name=re.compile("杭州客户补标"))
    expect(row).to_contain_text("完成")
    expect(row).to_contain_text("60 / 60")
    shown(page, "91-tag-jobs")
    page.get_by_role("button", name=re.compile("批量打标")).click()
    expect(page.get_by_role("button", name=words("开始打标"))).to_be_disabled()
    assert errors == []
