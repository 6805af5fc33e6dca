"""The first ten minutes as a newcomer has them: sign in, clone, publish, import, events, messages, a path."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in, words
from tests.browser.server import OWNER, Server

CSV = """客户编号,姓名,城市,标签
c-001,林小满,上海,护肤
c-002,周可,杭州,彩妆
c-003,陈一帆,成都,护肤
c-004,赵思远,北京,
c-005,何晴,广州,彩妆
,没有编号,上海,护肤
"""


def test_the_first_ten_minutes(page: Page, server: Server, tmp_path: Path) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.base)
    shown(page, "01-sign-in")
    sign_in(page, server)
    shown(page, "02-pick-an-industry")

    # Clone, look at it on the canvas, publish.
    page.get_by_role("button", name=re.compile("克隆.*美妆")).click()
    expect(page).to_have_url(re.compile(r"/journeys/\d+"))
    expect(page.get_by_text("T+0 建信任").first).to_be_visible()
    shown(page, "03-canvas")
    page.get_by_role("button", name=words("发布")).click()
    page.get_by_role("button", name=re.compile(r"发布 v1")).click()
    expect(page.get_by_text(re.compile("v1 已发布"))).to_be_visible()
    journey = int(page.url.split("/journeys/")[1].split("?")[0])

    # A key for programs, as the shop's system would have one: shown once.
    page.goto(f"{server.base}/settings/api-keys")
    page.get_by_role("button", name=re.compile("新建密钥")).click()
    page.get_by_label("用途").fill("商城订单")
    page.get_by_role("button", name=re.compile("生成密钥")).click()
    secret = page.get_by_text(re.compile(r"rb_[A-Za-z0-9_-]{20,}")).first
    expect(secret).to_be_visible()
    server.key = re.search(r"rb_[A-Za-z0-9_-]{20,}", secret.inner_text())[0]  # type: ignore[index]

    # Import contacts from a file; one row is wrong, and the file of errors says which.
    page.goto(f"{server.base}/contacts/import")
    path = tmp_path / "contacts.csv"
    path.write_text(CSV, "utf-8")
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_role("button", name=words("开始导入")).click()
    expect(page.get_by_text("已完成")).to_be_visible(timeout=20_000)
    shown(page, "04-import")
    with page.expect_download() as download:
        page.get_by_text("下载出错的行").click()
    assert "7" in Path(download.value.path()).read_text("utf-8-sig")
    page.goto(f"{server.base}/contacts")
    expect(page.get_by_text("林小满")).to_be_visible()
    shown(page, "05-contacts")

    # Everybody is added as a friend; two of them buy on the third day.
    for number in range(1, 6):
        server.api("POST", "events", {"name": "friend_added", "external_id": f"c-00{number}"})
    server.settled()
    for day in (3, 4, 5):
        server.clock(f"2026-03-0{day}T14:00:00+08:00")
    for number, amount in ((1, 199), (2, 88)):
        event = {"name": "order_paid", "external_id": f"c-00{number}", "properties": {"amount": amount}}
        server.api("POST", "events", event)
    server.settled()
    # The worker is killed, people go on buying, and nothing is lost when it is back.
    server.kill_worker()
    server.api(
        "POST", "events", {"name": "order_paid", "external_id": "c-003", "properties": {"amount": 320}}
    )
    server.start_worker()
    server.settled()
    for day in (6, 7, 8, 9):
        server.clock(f"2026-03-0{day}T21:00:00+08:00")

    # The canvas counts them: three have bought, two are in the second week.
    page.goto(f"{server.base}/journeys/{journey}")
    stats = server.api("GET", f"journeys/{journey}/stats")
    assert stats["inside"] == 5 and stats["nodes"]["bought"]["here"] == 3
    assert stats["nodes"]["activity"]["here"] == 2
    stage = page.locator(".rb-node").filter(has_text="W2 促活跃").first
    expect(stage.get_by_text("2", exact=True).first).to_be_visible(timeout=15_000)
    shown(page, "06-live-counts")

    # Who stands there, why, what comes next, and the way they came.
    stage.get_by_text("2", exact=True).first.click()
    page.get_by_role("button", name=re.compile("赵思远")).click()
    expect(page.get_by_text("为什么在这里")).to_be_visible()
    expect(page.get_by_text("走过的路")).to_be_visible()
    shown(page, "07-one-path")

    # What they were told.
    page.goto(f"{server.base}/messages")
    expect(page.get_by_text(re.compile("陈一帆，谢谢你的信任，订单 320 元")).first).to_be_visible()
    shown(page, "08-messages")
    page.get_by_text(re.compile("陈一帆，谢谢你的信任")).first.click()
    shown(page, "09-message")
    assert all(
        row["status"] in ("sent", "delivered") for row in server.api("GET", "messages?limit=100")["items"]
    )
    assert errors == []


def test_a_simulation_is_played_before_publishing(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(f"{server.base}/templates")
    page.get_by_role("button", name=re.compile("克隆.*新活沉")).click()
    expect(page.get_by_text("沉睡用户").first).to_be_visible()
    # What was just cloned is seen simulated at once.
    expect(page.get_by_text("各阶段到达")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(2500)
    shown(page, "10-simulation")
    # People are seen standing somewhere while the days go by, and nothing has left.
    standing = page.locator(".rb-node .rb-count").all_inner_texts()
    assert any(int(text.replace(",", "")) > 0 for text in standing if text.strip())
    assert server.rows("SELECT count(*) FROM enrollment e JOIN journey j ON j.id = e.journey_id WHERE j.template = ?",
                       "new-active-sleeping") == [(0,)]  # fmt: skip


def test_a_wrong_password_is_refused_with_a_sentence(page: Page, server: Server) -> None:
    page.goto(server.base)
    page.get_by_label("邮箱").fill(OWNER)
    page.locator("input[type=password]").fill("wrong")
    page.get_by_role("button", name=words("登录")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile("sign-in"))
