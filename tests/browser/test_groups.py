"""Customer groups: a journey about them, fifty groups put in at once, and one group's page with what helps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import shown, sign_in
from tests.browser.server import Server
from tests.browser.shop import key_for, publish
from tests.browser.test_accessible import faults
from tests.runtime.group_charts import cold_start, daily

NAMES = ("花间", "小满", "沐光", "青禾", "拾光")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    started.start("2026-03-02T02:00:00")
    key_for(started)
    yield started
    started.stop()


def journey(server: Server, name: str, definition: dict) -> int:  # type: ignore[type-arg]
    for step in definition["steps"]:
        if step["kind"] == "send":
            key = step["config"]["content"]
            known = {one["key"] for one in server.api("GET", "contents")["items"]}
            if key not in known:
                body = {"text": f"【{{{{ contact.name }}}}】{key}"}
                made = {"key": key, "name": key, "carrier": "wecom_group", "body": body}
                server.api("POST", "contents", made)
    made = server.api("POST", "journeys", {"name": name, "definition": definition})["id"]
    publish(server, made)
    return int(made)


def furnish(server: Server) -> int:
    """Fifty groups of different ages; the first has members who come, talk, buy and leave. Returns its id."""
    opened = ["2026-03-01", "2026-02-18", "2026-01-20", "2025-10-01", "2026-02-26"]
    groups = [
        {
            "key": f"wr-{n:02}",
            "name": f"{NAMES[n % 5]} {n + 1} 群",
            "owner": ("mei", "hua")[n % 2],
            "tags": ["新店"] if n % 3 == 0 else [],
            "created_at": f"{opened[n % 5]}T10:00:00+08:00",
        }
        for n in range(50)
    ]
    groups[1]["attributes"] = {"city": "上海", "expected_members": 80}
    server.api("POST", "groups/batch", {"groups": groups})
    server.settled()
    number = next(g["id"] for g in server.api("GET", "groups?q=wr-01")["items"])
    who = [f"m-{n:02}" for n in range(40)]
    people = [{"external_id": one, "name": f"客户{one[2:]}"} for one in who]
    server.api("POST", "contacts/batch", {"contacts": people})
    for day, some in enumerate((who[:15], who[15:24], who[24:32], who[32:36], who[36:])):
        server.clock(f"2026-03-{day + 2:02}T12:00:00+08:00")
        joined = [{"external_id": one, "invited_by": "mei"} for one in some]
        server.api("POST", f"groups/{number}/members", {"joined": joined})
        for one in who[day : day + 3]:
            said = {"name": "group_message", "external_id": one, "group_id": number}
            server.api("POST", "events", {"events": [said] * (day + 1)})
    left = [{"external_id": one} for one in who[1:4]]
    server.api("POST", f"groups/{number}/members", {"left": left})
    server.settled()
    return int(number)


def test_fifty_groups_walk_a_journey_of_their_own(page: Page, server: Server) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, server)
    page.goto(f"{server.base}/groups")
    expect(page.get_by_role("heading", name="还没有客户群")).to_be_visible()
    number = furnish(server)
    run = journey(server, "社群日不落", daily())
    journey(server, "社群冷启动", cold_start())

    page.reload()
    phases = page.get_by_role("group", name="阶段")
    expect(phases.get_by_role("button", name=re.compile("全部"))).to_contain_text("50")
    expect(page.get_by_text("偏低").first).to_be_visible()
    page.get_by_role("checkbox", name="选择 拾光 50 群").check()
    expect(page.get_by_text("已选 1 个群")).to_be_visible()
    page.get_by_role("button", name="放进旅程").click()
    panel = page.get_by_role("dialog")
    panel.get_by_text("全部群").click()
    panel.get_by_label("放进哪个旅程").click()
    page.get_by_title("社群日不落").click()
    panel.get_by_role("button", name="放进去").click()
    expect(panel.get_by_text("完成：50 个群在旅程中")).to_be_visible(timeout=20_000)
    assert server.api("GET", f"journeys/{run}/stats")["inside"] == 50
    shown(page, "99-groups-enrolled")
    assert faults(page) == []
    panel.get_by_role("button", name="关闭", exact=True).last.click()

    server.clock("2026-03-07T21:00:00+08:00")
    page.goto(f"{server.base}/groups/{number}")
    now = page.locator("section").filter(has=page.get_by_role("heading", name=re.compile("激活期")))
    expect(now.get_by_text(re.compile("怎么办"))).to_have_count(2, timeout=15_000)
    expect(page.get_by_text("等到").or_(page.get_by_text("08:30")).first).to_be_visible()
    page.wait_for_timeout(400)
    shown(page, "100-group-page")
    assert faults(page) == []
    page.get_by_role("tab", name="成员").click()
    expect(page.get_by_role("link", name="客户39")).to_be_visible()
    page.get_by_role("tab", name="经过").click()
    expect(page.get_by_text("evening").first).to_be_visible()

    page.goto(f"{server.base}/journeys/{run}")
    page.get_by_role("button", name="旅程设置").click()
    subject = page.locator(".rb-field").filter(has_text="旅程的主体")
    expect(subject.locator(".ant-segmented-item-selected")).to_have_text("客户群")
    expect(subject.locator(".ant-segmented-disabled")).to_have_count(1)
    page.wait_for_timeout(400)
    shown(page, "101-journey-of-groups")
    assert errors == []
