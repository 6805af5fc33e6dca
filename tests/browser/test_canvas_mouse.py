"""A small journey drawn from nothing by mouse alone, taken back to nothing and drawn again; and what panels say."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.drawing import Canvas, bare, choose, shown


def test_a_journey_is_drawn_by_mouse_undone_to_nothing_and_redone(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("画出来的旅程")
    shown(page, "20-empty-canvas")

    # A stage from the palette, a step into it, the next one behind it, both by dragging.
    canvas.plant("阶段", (520, 260))
    expect(canvas.cards("stage")).to_have_count(1)
    canvas.plant("发送消息", canvas.middle(canvas.cards("stage").first, 0, 10))
    expect(canvas.cards("step")).to_have_count(1)
    canvas.close_panel()
    # A dot that is pressed asks what comes next.
    canvas.dot("send-1", "sent").click()
    shown(page, "21-what-comes-next")
    canvas.pick("等待")
    expect(canvas.cards("step")).to_have_count(2)
    canvas.close_panel()

    # A third one is put into the arrow between the two.
    upper, lower = canvas.middle(canvas.card("发送消息")), canvas.middle(canvas.card("等待"))
    canvas.plant("打标签", ((upper[0] + lower[0]) / 2, (upper[1] + lower[1]) / 2))
    expect(canvas.cards("step")).to_have_count(3)
    canvas.close_panel()
    drawn = canvas.saved()
    ways = {(one["from"], one["exit"], one["to"]) for one in drawn["arrows"]}
    assert ways == {("send-1", "sent", "tag-1"), ("tag-1", "next", "wait-1")}

    # A second stage; an arrow pulled from the border of the first one to it.
    canvas.plant("阶段", (980, 260))
    canvas.close_panel()
    canvas.drag(canvas.middle(canvas.dot("stage-1", "out")), canvas.middle(canvas.cards("stage").nth(1)))
    expect(page.locator(".rb-chip")).to_have_count(1)
    canvas.close_panel()
    # An end, a trigger on the first stage, and an arrow out of any stage.
    canvas.plant("结束", (980, 620))
    canvas.close_panel()
    canvas.plant("发生事件", canvas.middle(canvas.cards("stage").first, -120, 0))
    expect(canvas.cards("entry")).to_have_count(1)
    canvas.close_panel()
    canvas.plant("任意阶段触发", canvas.middle(canvas.cards("end").first))
    expect(page.locator(".rb-chip")).to_have_count(2)
    canvas.close_panel()
    canvas.plant("便签", (1180, 190))
    expect(canvas.cards("note")).to_have_count(1)

    # The last step is taken over to the other stage.
    canvas.drag(
        canvas.middle(canvas.card("等待"), -60, 0), canvas.middle(canvas.cards("stage").nth(1), 0, 30)
    )
    drawn = canvas.saved()
    assert {step["id"]: step["stage"] for step in drawn["steps"]}["wait-1"] == "stage-2"
    canvas.board.focus()
    canvas.key("Escape", "Shift+1")
    shown(page, "22-drawn-by-mouse")
    assert [stage["id"] for stage in drawn["stages"]] == ["stage-1", "stage-2"]
    assert drawn["entries"][0]["to"] == "stage-1"
    stage_arrows = {(str(one["from"]), one["to"]) for one in drawn["arrows"] if "on" in one}
    assert stage_arrows == {("stage-1", "stage-2"), ("*", "end-1")}

    # Everything back to nothing, and everything again.
    times = canvas.undone()
    expect(canvas.cards("stage")).to_have_count(0)
    nothing = canvas.saved()
    assert not any(nothing[part] for part in ("stages", "steps", "arrows", "ends", "entries", "notes"))
    assert canvas.redone() == times
    assert canvas.saved() == drawn
    assert canvas.errors == []


def test_an_arrow_is_hung_elsewhere_and_a_loose_step_dropped_onto_it(canvas: Canvas) -> None:
    canvas.new("改线", CHAIN)
    # Its end is taken from b and hung on c.
    canvas.page.mouse.move(*canvas.middle(canvas.dot("a", "next"), 0, 12))
    end = canvas.page.locator('[data-end-of="ab"][data-end="target"]')
    expect(end).to_be_visible()
    canvas.drag(canvas.middle(end), canvas.middle(canvas.card("丙")))
    drawn = canvas.saved()
    assert [(one["from"], one["to"]) for one in drawn["arrows"]] == [("a", "c")]
    # b, which now stands alone, is dropped onto that arrow and is between the two.
    upper, lower = canvas.middle(canvas.card("甲")), canvas.middle(canvas.card("丙"))
    canvas.drag(canvas.middle(canvas.card("乙"), -40, 0), ((upper[0] + lower[0]) / 2, lower[1] - 52))
    drawn = canvas.saved()
    assert {(one["from"], one["to"]) for one in drawn["arrows"]} == {("a", "b"), ("b", "c")}
    assert canvas.errors == []


def test_several_things_are_framed_lined_up_and_spread(canvas: Canvas) -> None:
    canvas.new("对齐", SCATTERED)
    page = canvas.page
    before = bare(canvas.saved())
    first = canvas.middle(canvas.cards("end").first)
    page.keyboard.down("Shift")
    canvas.drag((first[0] - 140, first[1] - 70), (first[0] + 700, first[1] + 460))
    page.keyboard.up("Shift")
    bar = page.get_by_role("toolbar", name="选中 3 项")
    expect(bar).to_be_visible()
    shown(page, "23-several-selected")
    bar.get_by_role("button", name="左对齐").click()
    bar.get_by_role("button", name="垂直均匀分布").click()
    drawn = canvas.saved()
    places = [drawn["layout"][one] for one in ("one", "two", "three")]
    assert len({at["x"] for at in places}) == 1
    assert places[1]["y"] - places[0]["y"] == places[2]["y"] - places[1]["y"]
    assert bare(drawn) == before


def test_the_menu_of_a_card_and_of_the_ground(canvas: Canvas) -> None:
    canvas.new("菜单", CHAIN)
    page = canvas.page
    canvas.card("甲").click(button="right")
    menu = page.get_by_role("menu", name="菜单")
    shown(page, "24-menu")
    menu.get_by_role("menuitem", name="复制一份").click()
    expect(canvas.cards("step")).to_have_count(4)
    page.mouse.click(200, 100, button="right")
    menu.get_by_role("menuitem", name="加便签").click()
    expect(canvas.cards("note")).to_have_count(1)
    drawn = canvas.saved()
    assert len(drawn["steps"]) == 4 and len(drawn["notes"]) == 1


def test_why_an_arrow_goes_is_chosen_and_said_in_words(canvas: Canvas) -> None:
    canvas.new("什么时候走", WAITING)
    panel = canvas.panel
    chip = canvas.page.locator(".rb-chip")
    chip.click()
    why = panel.locator("#arrow-type")

    def drawn() -> object:
        return next(one["on"] for one in canvas.saved()["arrows"] if one["id"] == "over")

    # At a moment: T+N, at a clock, on Fridays only; said in words, and tried on three customers.
    choose(why, "到某一刻")
    panel.get_by_text("T+N", exact=True).click()
    choose(panel.get_by_role("combobox", name="从哪里算起"), "加入旅程")
    panel.get_by_role("spinbutton").first.fill("7")
    clock = panel.get_by_label("钟点")
    clock.fill("20:00")
    clock.press("Enter")
    panel.get_by_role("button", name=re.compile("限定星期")).click()
    panel.get_by_role("group", name="星期").get_by_role("button", name="五").click()
    said = panel.locator(".rb-dates")
    expect(said.locator("strong")).to_have_text("加入旅程后第 7 天 20:00，周五")
    expect(said.get_by_text(re.compile("→ .*周五 20:00$"))).to_have_count(3)
    expect(chip).to_contain_text("加入旅程后第 7 天")
    shown(canvas.page, "144-arrow-at-a-moment")
    moment = {"type": "at", "anchor": "entered_journey", "offset": "P7D", "at": "20:00", "weekdays": [5]}
    assert drawn() == moment
    # After a while.
    choose(why, "经过多久")
    panel.get_by_role("spinbutton").fill("3")
    expect(chip).to_contain_text("3 天后")
    assert drawn() == {"type": "after", "duration": "P3D"}
    # When something holds.
    choose(why, "满足条件")
    panel.locator(".rb-rules").get_by_role("button", name=re.compile("加条件$")).click()
    choose(panel.get_by_role("combobox", name="选择字段"), "标签")
    value = panel.locator(".rb-rules").get_by_role("combobox").last
    value.fill("会员")
    value.press("Enter")
    expect(chip).to_contain_text("会员")
    shown(canvas.page, "145-arrow-when-a-rule-holds")
    rule = {"combinator": "and", "rules": [{"field": "tags", "operator": "has", "value": "会员"}]}
    assert drawn() == {"type": "when", "rule": rule}


def test_a_message_is_read_with_the_eyes_of_a_chosen_customer(canvas: Canvas) -> None:
    server, panel = canvas.server, canvas.panel
    text = "{{ contact.name }}，{{ contact.city }}的周末不下雨，来店里坐坐？"
    material = {"key": "weekend", "name": "周末到店", "carrier": "wecom_direct", "body": {"text": text}}
    server.api("POST", "contents", material)
    people = [
        {"external_id": "a-1", "name": "林小满", "attributes": {"city": "杭州"}},
        {"external_id": "a-2", "name": "周可"},
    ]
    server.api("POST", "contacts/batch", {"contacts": people})
    config = {"carrier": "wecom_direct", "content": "weekend"}
    send = {"id": "a", "stage": "s", "kind": "send", "name": "甲", "config": config}
    canvas.new("谁来读", CHAIN | {"steps": [send, *CHAIN["steps"][1:]]})
    canvas.card("甲").click()
    reader = panel.get_by_role("combobox", name="用哪位客户的资料预览")
    phone = panel.get_by_role("figure")
    choose(reader, "林小满")
    expect(phone).to_contain_text("林小满，杭州的周末不下雨")
    shown(canvas.page, "148-message-of-a-customer")
    choose(reader, "周可")
    expect(phone).to_contain_text("周可，")
    expect(panel.get_by_role("alert")).to_contain_text("这位客户没有：")


def step(id: str, name: str) -> dict[str, object]:
    return {"id": id, "stage": "s", "kind": "tag", "name": name, "config": {"add": ["x"], "remove": []}}


CHAIN: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "stages": [{"id": "s", "name": "阶段", "initial": "a"}],
    "steps": [step("a", "甲"), step("b", "乙"), step("c", "丙")],
    "arrows": [{"id": "ab", "from": "a", "exit": "next", "to": "b"}],
    "entries": [],
    "ends": [],
    "goals": [],
    "settings": {},
    "layout": {
        "s": {"x": 300, "y": 60, "w": 640, "h": 420},
        "a": {"x": 24, "y": 72},
        "b": {"x": 340, "y": 200},
        "c": {"x": 24, "y": 300},
    },
    "notes": [],
}
WAITING = {
    **CHAIN,
    "stages": [{"id": "s", "name": "阶段", "initial": "a"}, {"id": "t", "name": "下一阶段"}],
    "arrows": [{"id": "over", "from": "s", "on": {"type": "done"}, "to": "t"}],
    "layout": {
        "s": {"x": 40, "y": 60, "w": 320, "h": 480},
        "a": {"x": 24, "y": 72},
        "b": {"x": 24, "y": 200},
        "c": {"x": 24, "y": 328},
        "t": {"x": 560, "y": 60, "w": 240, "h": 240},
    },
}
SCATTERED = {
    **CHAIN,
    "steps": [],
    "arrows": [],
    "stages": [],
    "ends": [{"id": one, "name": one, "result": "completed"} for one in ("one", "two", "three")],
    "layout": {"one": {"x": 200, "y": 100}, "two": {"x": 424, "y": 160}, "three": {"x": 320, "y": 400}},
}
