"""Materials in a browser: the library and its mix, writing with checks, review, versions, slots, and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import customers, key_for
from tests.browser.test_accessible import faults, settled

WELCOME = (
    "{{ contact.name | default: '你' }}，你好，我是花间的顾问小美。\n"
    '{% slot "场景" max: 30 %}周末到店，先喝杯茶再逛。{% endslot %}\n'
    "新朋友专享满 199 减 30 券，回复“1”就可以领取。"
)
LIBRARY = (
    ("hi-20260302", "欢迎-20260302", "wecom_direct", "activation", {"text": WELCOME}),
    ("knowledge-20260302", "护肤小知识-20260302", "wecom_group", "activation",
     {"title": "今晚八点", "text": "换季补水三步走", "call": "回复“补水”领取小样"}),
    ("coupon-20260302", "满减券-20260302", "sms", "conversion",
     {"signature": "花间", "text": "满 199 减 30 券今晚到期", "opt_out": "拒收请回复R"}),
    ("letter-20260302", "会员月报-20260302", "email", "brand",
     {"subject": "三月的花", "text": "三月的花", "html": "<h1>三月的花</h1><script>alert(1)</script>"}),
    ("ready-20260302", "到店提醒-20260302", "mini_program", "conversion",
     {"template_id": "T1", "text": "到店提醒", "data": [{"name": "thing1", "value": "{{ contact.name }}"}]}),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with a small library."""
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    customers(started, 5)
    for key, name, carrier, category, body in LIBRARY:
        given = {"key": key, "name": name, "carrier": carrier, "category": category, "body": body}
        started.api("POST", "contents", given | {"topic": "欢迎" if key.startswith("hi") else ""})
    started.settled()
    yield started
    started.stop()


@pytest.fixture
def marketer(page: Page, server: Server) -> Page:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    sign_in(page, server)
    page.errors = errors  # type: ignore[attr-defined]
    return page


def test_the_library_and_its_rules(marketer: Page, server: Server) -> None:
    page = marketer
    page.goto(f"{server.base}/contents")
    expect(page.get_by_text("2026-03 新增 5 条")).to_be_visible()
    expect(page.get_by_text("40%")).to_have_count(2)
    page.get_by_label("分类").click()
    page.get_by_title("转化").click()
    expect(page.get_by_role("link", name="满减券-20260302")).to_be_visible()
    expect(page.get_by_role("link", name="会员月报-20260302")).to_have_count(0)
    page.goto(f"{server.base}/contents")
    expect(page.get_by_role("link", name="会员月报-20260302")).to_be_visible()
    shown(page, "118-materials")
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name=words("规则")).click()
    panel = page.get_by_role("dialog")
    panel.get_by_text("提醒", exact=True).click()
    own = panel.get_by_role("textbox", name="自己的禁用词")
    own.fill("竞品")
    settled(page)
    assert faults(page) == []
    panel.get_by_role("button", name=words("保存")).click()
    expect(page.get_by_text("规则已保存。")).to_be_visible()
    assert server.api("GET", "contents/policy")["review"] == "warning"
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_text_is_written_reviewed_and_gone_back_to(marketer: Page, server: Server) -> None:
    page = marketer
    server.api("PUT", "contents/policy", {"review": "warning"})
    listed = server.api("GET", "contents?q=hi-20260302")["items"]
    place = f"{server.base}/contents/{listed[0]['id']}"
    page.goto(place)
    checks = page.get_by_role("region", name="检查")
    expect(checks).to_contain_text("欢迎语写明了我是谁")
    phone = page.get_by_role("figure")
    expect(phone).to_contain_text("周末到店，先喝杯茶再逛。")
    review = page.get_by_role("region", name="审核第 1 版")
    expect(review).to_contain_text("合规")
    review.get_by_role("button", name=words("通过")).click()
    expect(page.get_by_text("已通过").first).to_be_visible()

    text = page.get_by_label("正文", exact=True)
    text.fill(WELCOME.replace("满 199 减 30 券", "全网最低价的礼盒"))
    expect(checks).to_contain_text("含有禁用词“全网最低”")
    page.get_by_role("button", name=words("保存")).first.click()
    expect(page.get_by_text("客户现在读到的是通过审核的第 1 版")).to_be_visible()
    page.get_by_role("tab", name=words("版本")).click()
    page.get_by_role("button", name="和上一版比较").first.click()
    expect(page.locator("del").first).to_be_visible()
    settled(page)
    assert faults(page) == []
    page.get_by_role("tab", name=words("版本")).scroll_into_view_if_needed()
    shown(page, "119-material-versions")
    page.get_by_role("button", name="恢复这一版").click()
    expect(page.get_by_role("tabpanel", name="版本").get_by_text("第 3 版", exact=True)).to_be_visible()

    page.get_by_role("tab", name=words("留白")).click()
    slot = page.get_by_role("region", name="场景")
    slot.get_by_role("textbox").fill("妇女节快乐，给自己放个假。")
    slot.get_by_role("button", name=words("填入")).click()
    expect(page.get_by_text("留白已更新。")).to_be_visible()
    contact = server.api("GET", f"contacts?q={quote('客户001')}")["items"][0]["id"]
    said = server.api("GET", f"contents/{listed[0]['id']}/words?contact_id={contact}")
    assert "妇女节快乐，给自己放个假。" in said["text"] and "满 199 减 30" in said["text"]
    settled(page)
    assert faults(page) == []
    assert page.errors == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_carrier_has_its_phone(marketer: Page, server: Server, language: str) -> None:
    page = marketer
    page.evaluate(f"localStorage.setItem('roadbook.language', '{language}')")
    for key, _, carrier, _, _ in LIBRARY:
        number = server.api("GET", f"contents?q={key}")["items"][0]["id"]
        page.goto(f"{server.base}/contents/{number}")
        phone = page.get_by_role("figure")
        expect(phone).to_be_visible()
        if carrier == "sms":
            expect(phone).to_contain_text("【花间】满 199 减 30 券今晚到期 拒收请回复R")
        elif carrier == "wecom_group":
            expect(phone).to_contain_text("回复“补水”领取小样")
        elif carrier == "email":
            frame = phone.frame_locator("iframe")
            expect(frame.locator("h1")).to_have_text("三月的花")
            expect(frame.locator("script")).to_have_count(0)
        elif carrier == "mini_program":
            expect(phone).to_contain_text("thing1")
        settled(page)
        assert faults(page) == [], carrier
    assert page.errors == []  # type: ignore[attr-defined]


def test_scripts_are_written_found_and_copied(marketer: Page, server: Server) -> None:
    page = marketer
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.base}/contents/scripts")
    expect(page.get_by_text("还没有话术")).to_be_visible()
    page.get_by_role("button", name=re.compile("新建话术")).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("客户怎么问").fill("为什么比别家贵？")
    panel.get_by_label("第 1 种答法").fill("我们的价格里含终身保养，算下来每年更省。")
    panel.get_by_role("button", name=re.compile("再加一种答法")).click()
    panel.get_by_label("第 2 种答法").fill("原料来自云南的合作花田，当季采收。")
    settled(page)
    assert faults(page) == []
    panel.get_by_role("button", name=words("保存")).click()
    more = {
        "question": "多久发货？",
        "answers": ["今天 16 点前下单，当天发出。"],
        "tags": ["物流"],
        "stage": "w1",
    }
    server.api("POST", "scripts", more)
    page.goto(f"{server.base}/contents/scripts")
    card = page.get_by_role("article").filter(has_text="为什么比别家贵")
    card.get_by_role("button", name=words("复制")).first.click()
    expect(card).to_contain_text("复制过 1 次")
    shown(page, "120-scripts")
    page.get_by_label("查找话术").fill("物流")
    expect(page.get_by_role("article")).to_have_count(1)
    settled(page)
    assert faults(page) == []
    assert page.errors == []  # type: ignore[attr-defined]
