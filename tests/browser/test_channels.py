"""Channels in the studio: a mail account is connected, tried, breaks, is mended; what is not connected says so."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import asked, shown, sign_in, words
from tests.browser.server import Server
from tests.browser.shop import key_for
from tests.browser.test_accessible import faults, settled
from tests.connectors.providers import Gateway, Hook
from tests.connectors.servers import Desk, PostOffice, mail, web


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with mail(PostOffice(users={"hi@huajian.example": "right"})) as running:
        yield running


@pytest.fixture(scope="module")
def gateway() -> Iterator[Desk]:
    with web(Gateway()) as running:
        yield running


@pytest.fixture(scope="module")
def hook() -> Iterator[Desk]:
    with web(Hook()) as running:
        yield running


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, office: PostOffice, gateway: Desk, hook: Desk
) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    ports = ",".join(str(one.port) for one in (office, gateway, hook))
    started.env |= {"ROADBOOK_ALLOW_SUBNETS": "127.0.0.0/8", "ROADBOOK_ALLOW_PORTS": ports}
    try:
        started.start("2026-03-02T02:00:00")
        key_for(started)
        yield started
    finally:
        started.stop()


def test_a_mail_account_is_connected_tried_and_mended(
    page: Page, server: Server, office: PostOffice, gateway: Desk, hook: Desk
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, server)
    page.goto(f"{server.base}/settings/channels")
    expect(page.get_by_text("还没有接通任何渠道")).to_be_visible()
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name="接入渠道").click()
    page.get_by_role("menuitem", name="邮件（SMTP）").click()
    page.get_by_label("名称", exact=True).fill("品牌邮箱")
    page.get_by_label("SMTP 服务器").fill("127.0.0.1")
    page.get_by_label("端口").fill(str(office.port))
    page.get_by_label("加密").click()
    page.locator(".ant-select-item-option").get_by_text("不加密").click()
    page.get_by_label("用户名").fill("hi@huajian.example")
    page.get_by_label("密码或授权码").fill("wrong")
    page.get_by_label("发件地址").fill("hi@huajian.example")
    page.get_by_label("发件人名称").fill("花间")
    settled(page)
    shown(page, "115-connect-mail")
    page.get_by_role("button", name=words("保存")).click()
    card = page.get_by_role("listitem", name="品牌邮箱")
    expect(card.get_by_text("尚未使用")).to_be_visible()

    card.get_by_role("button", name="测试发送").click()
    card.get_by_label("收件人").fill("me@example.com")
    card.get_by_role("button", name="发送测试").click()
    expect(card.get_by_text("没有发出去")).to_be_visible(timeout=30_000)
    expect(card.get_by_role("status").get_by_text("535")).to_be_visible()
    expect(card.get_by_text("最近出错", exact=True)).to_be_visible()

    card.get_by_role("button", name=words("修改")).click()
    expect(page.get_by_placeholder("已保存，留空则不变")).to_have_value("")
    page.get_by_label("密码或授权码").fill("right")
    page.get_by_role("button", name=words("保存")).click()
    card.get_by_role("button", name="发送测试").click()
    expect(card.get_by_role("status").get_by_text("发送成功")).to_be_visible(timeout=30_000)
    assert [one.to for one in office.mails] == ["me@example.com"]
    expect(card.get_by_text("正常", exact=True)).to_be_visible()
    settled(page)
    shown(page, "116-test-send")
    assert faults(page) == []

    secret = base64.b64encode(b"s" * 32).decode()
    for body in (
        {
            "connector": "webhook",
            "name": "会员系统",
            "settings": {"url": hook.url},
            "secrets": {"secret": secret},
        },
        {
            "connector": "sms",
            "name": "短信网关",
            "settings": {"url": f"{gateway.url}/send", "signature": "花间"},
            "secrets": {"password": "p"},
        },
    ):
        asked(page, "POST", "connections", body)
    asked(page, "POST", "connections", {
        "connector": "sms_aliyun", "name": "阿里云短信（备用）",
        "settings": {"access_key_id": "LTAI", "template_code": "SMS_1"}, "secrets": {"access_key_secret": "x"},
    })  # fmt: skip
    page.reload()
    for name, to in (("会员系统", ""), ("短信网关", "13800138000")):
        one = page.get_by_role("listitem", name=name)
        one.get_by_role("button", name="测试发送").click()
        if to:
            one.get_by_label("收件人").fill(to)
        one.get_by_role("button", name="发送测试").click()
        expect(one.get_by_role("status").get_by_text("发送成功")).to_be_visible(timeout=30_000)
        one.get_by_role("button", name="测试发送").click()
    spare = page.get_by_role("listitem", name="阿里云短信（备用）")
    spare.get_by_role("switch").click()
    page.get_by_role("dialog").get_by_role("button", name=words("停用")).click()
    expect(spare.get_by_text("已停用", exact=True)).to_be_visible()
    page.get_by_role("listitem", name="品牌邮箱").get_by_role("button", name="错误记录").click()
    expect(page.get_by_text("由沙盒代收").first).to_be_visible()
    settled(page)
    shown(page, "117-channels")
    assert faults(page) == []
    assert errors == []
