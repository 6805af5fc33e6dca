"""Order on the canvas: tidying one stage, a selection or everything, the small map, and the head on a telephone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.drawing import Canvas, shown, sign_in
from tests.browser.server import Server


def step(id: str, stage: str) -> dict[str, Any]:
    return {"id": id, "stage": stage, "kind": "tag", "name": f"打标签 {id}", "config": {"add": ["新客"]}}


def stage_arrow(id: str, source: Any, to: str) -> dict[str, Any]:
    return {"id": id, "from": source, "on": {"type": "done"}, "to": to}


CROOKED: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "stages": [{"id": "s1", "name": "前", "initial": "a"}, {"id": "s2", "name": "后", "initial": "c"}],
    "steps": [step("a", "s1"), step("b", "s1"), step("c", "s2"), step("d", "s2")],
    "arrows": [
        {"id": "ab", "from": "a", "exit": "next", "to": "b"},
        {"id": "cd", "from": "c", "exit": "next", "to": "d"},
        stage_arrow("s12", "s1", "s2"),
    ],
    "entries": [],
    "ends": [],
    "goals": [],
    "settings": {},
    "layout": {
        "s1": {"x": 60, "y": 60, "w": 700, "h": 420},
        "a": {"x": 24, "y": 320},
        "b": {"x": 380, "y": 90},
        "s2": {"x": 2400, "y": 700, "w": 700, "h": 420},
        "c": {"x": 24, "y": 320},
        "d": {"x": 380, "y": 90},
    },
    "notes": [],
}

FIVE: dict[str, Any] = {
    **CROOKED,
    "stages": [{"id": "s1", "name": "前", "initial": "a"}, {"id": "s2", "name": "后", "initial": "d"}],
    "steps": [*(step(one, "s1") for one in "abcef"), step("d", "s2")],
    "arrows": [
        {"id": "ab", "from": "a", "exit": "next", "to": "b"},
        {"id": "bc", "from": "b", "exit": "next", "to": "c"},
        {"id": "ef", "from": "e", "exit": "next", "to": "f"},
        stage_arrow("s12", "s1", "s2"),
    ],
    "layout": {
        "s1": {"x": 40, "y": 60, "w": 700, "h": 560},
        "a": {"x": 24, "y": 80},
        "b": {"x": 150, "y": 330},
        "c": {"x": 60, "y": 200},
        "e": {"x": 440, "y": 120},
        "f": {"x": 410, "y": 420},
        "s2": {"x": 800, "y": 60, "w": 300, "h": 300},
        "d": {"x": 24, "y": 80},
    },
}


def test_one_stage_is_tidied_and_then_everything(canvas: Canvas) -> None:
    canvas.new("歪的", CROOKED)
    before = canvas.saved()["layout"]
    canvas.board.focus()
    canvas.key("Shift+1")
    first = canvas.page.locator("#rb-node-s1")
    first.click(position={"x": 40, "y": 12})
    canvas.close_panel()
    tidy = canvas.page.locator(".rb-head").get_by_role("button", name="整理布局", exact=True)
    tidy.click()
    one = canvas.saved()["layout"]
    assert one["b"]["y"] > one["a"]["y"], "what comes next stands below"
    assert {id: one[id] for id in ("s2", "c", "d")} == {id: before[id] for id in ("s2", "c", "d")}

    canvas.board.focus()
    canvas.key("Escape", "Escape")
    tidy.click()
    all_of_it = canvas.saved()["layout"]
    assert all_of_it["d"]["y"] > all_of_it["c"]["y"]
    assert all_of_it["s2"]["x"] < before["s2"]["x"]
    canvas.board.focus()
    canvas.key("Control+z", "Control+z")
    assert canvas.saved()["layout"] == before


def test_only_what_is_selected_is_tidied(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("几步", FIVE)
    before = canvas.saved()["layout"]
    canvas.card("打标签 a").click()
    for name in ("b", "c"):
        canvas.card(f"打标签 {name}").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="选中 3 项")
    shown(page, "146-before-tidying-a-selection")
    bar.get_by_role("button", name="整理布局").click()
    tidy = canvas.saved()["layout"]
    shown(page, "147-a-selection-tidied")
    # The three stand one below the other; what was not selected, and the other stage, stay where they were.
    assert tidy["a"]["y"] < tidy["b"]["y"] < tidy["c"]["y"]
    assert len({tidy[one]["x"] for one in "abc"}) == 1
    others = ("e", "f", "s2", "d")
    assert {one: tidy[one] for one in others} == {one: before[one] for one in others}
    expect(bar).to_be_visible()
    canvas.board.focus()
    canvas.key("Control+z")
    assert canvas.saved()["layout"] == before


def test_the_small_map_leads_elsewhere(canvas: Canvas) -> None:
    canvas.new("很宽", CROOKED)
    canvas.board.focus()
    canvas.key("Shift+0")
    chart = canvas.page.get_by_role("img", name="缩略图")
    box = chart.bounding_box()
    assert box
    canvas.page.mouse.click(box["x"] + box["width"] - 24, box["y"] + box["height"] / 2 + 12)
    expect(canvas.page.locator("#rb-node-c")).to_be_in_viewport()
    canvas.page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2 - 14)
    expect(canvas.page.locator("#rb-node-a")).to_be_in_viewport()
    expect(canvas.page.locator("#rb-node-c")).not_to_be_in_viewport()


def test_the_head_has_its_place_on_a_telephone(server: Server, browser: Browser) -> None:
    room = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    page = room.new_page()
    sign_in(page, server)
    canvas = Canvas(page, server)
    canvas.new("名字很长很长很长很长很长很长的一条旅程", CROOKED)
    canvas.saved()
    boxes = []
    for one in page.locator(".rb-head").locator("a, button, input, .rb-save, .rb-head-status").all():
        box = one.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, one.inner_text()
        boxes.append((box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]))
    for n, (left, top, right, bottom) in enumerate(boxes):
        for x, y, to, down in boxes[n + 1 :]:
            assert right <= x + 1 or to <= left + 1 or bottom <= y + 1 or down <= top + 1, (
                "two lie upon each other"
            )
    shown(page, "140-editor-phone")
    page.get_by_role("button", name="发布", exact=True).tap()
    expect(page.get_by_role("button", name=re.compile(r"发布 v1"))).to_be_visible()
    assert canvas.errors == []
    room.close()
