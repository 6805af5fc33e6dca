"""How a journey looks and how one looks at it: a stage's colour and size, the whole screen, and what is selected."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.drawing import Canvas, bare, shown
from tests.browser.test_canvas_mouse import CHAIN, SCATTERED

#: The fourth of the colours that a stage may have.
TEAL, TEAL_SEEN = "#3d7f83", "rgb(61, 127, 131)"
PAINTED = "(card) => getComputedStyle(card).getPropertyValue('--stage').trim()"


def stage(canvas: Canvas) -> Locator:
    return canvas.page.locator(".rb-stage")


def open_stage(canvas: Canvas) -> None:
    canvas.page.locator(".rb-stage-name").first.click()


def test_a_stage_is_given_a_colour_of_its_own(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("颜色", CHAIN)
    before = bare(canvas.saved())
    plain = stage(canvas).evaluate(PAINTED)
    open_stage(canvas)
    colours = page.get_by_role("group", name="颜色")
    expect(colours.get_by_role("button", pressed=True)).to_have_accessible_name("默认")
    teal = colours.get_by_role("button", name="颜色 4")
    teal.click()
    expect(teal).to_have_attribute("aria-pressed", "true")
    expect(colours.get_by_role("button", pressed=True)).to_have_count(1)
    assert stage(canvas).evaluate(PAINTED) == TEAL != plain
    drawn = canvas.saved()
    assert drawn["stages"][0]["color"] == TEAL
    # It is seen at once, while the stage is still selected.
    expect(stage(canvas)).to_have_class(re.compile("rb-selected"))
    expect(stage(canvas)).to_have_css("border-top-color", TEAL_SEEN)
    shown(page, "73-colour-of-a-stage")

    # The server has it, undo takes it back, and so does "no colour".
    page.reload()
    expect(canvas.board).to_be_visible()
    assert stage(canvas).evaluate(PAINTED) == TEAL
    open_stage(canvas)
    colours.get_by_role("button", name="默认").click()
    assert bare(canvas.saved()) == before
    assert stage(canvas).evaluate(PAINTED) == plain
    canvas.board.focus()
    canvas.key("Control+z")
    assert canvas.saved()["stages"][0]["color"] == TEAL


def test_a_stage_is_pulled_by_its_corner(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("大小", CHAIN)
    before = canvas.saved()
    expect(page.locator(".rb-resize")).to_have_count(0)
    open_stage(canvas)
    canvas.close_panel()
    corner = page.locator(".rb-resize")
    small = stage(canvas).bounding_box()
    begin = canvas.middle(corner)
    canvas.drag(begin, (begin[0] + 120, begin[1] + 60))
    large = stage(canvas).bounding_box()
    assert small and large
    assert (round(large["width"] - small["width"]), round(large["height"] - small["height"])) == (120, 60)
    assert (large["x"], large["y"]) == (small["x"], small["y"])
    drawn = canvas.saved()
    assert drawn["layout"]["s"] == {"x": 300, "y": 60, "w": 760, "h": 480}
    assert bare(drawn) == bare(before)
    shown(page, "74-a-stage-pulled-larger")

    # However far it is pulled in, what stands in it stays inside.
    begin = canvas.middle(corner)
    canvas.drag(begin, (begin[0] - 700, begin[1] - 460))
    tight = stage(canvas).bounding_box()
    assert tight and tight["width"] < small["width"]
    for name in ("甲", "乙", "丙"):
        card = canvas.card(name).bounding_box()
        assert card and card["x"] + card["width"] <= tight["x"] + tight["width"]
        assert card["y"] + card["height"] <= tight["y"] + tight["height"]
    # Escape while pulling leaves it as it was.
    begin = canvas.middle(corner)
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0] + 90, begin[1] + 90, steps=4)
    canvas.key("Escape")
    page.mouse.up()
    assert stage(canvas).bounding_box() == tight
    canvas.undone()
    assert canvas.saved()["layout"]["s"] == before["layout"]["s"]


def test_the_canvas_takes_the_whole_screen(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("全屏", CHAIN)
    tool = page.get_by_role("toolbar", name="缩放").get_by_role("button", name=re.compile("^全屏"))
    assert not page.evaluate("document.fullscreenElement !== null")
    tool.click()
    page.wait_for_function("document.fullscreenElement !== null")
    # Drawing goes on there as everywhere: lists, panels and dialogs are on that screen, too.
    canvas.dot("c", "next").click()
    canvas.pick("等待")
    expect(page.locator(".rb-side")).to_be_visible()
    canvas.close_panel()
    assert len(canvas.saved()["steps"]) == 4
    shown(page, "75-full-screen")
    canvas.board.focus()
    canvas.key("Shift+F")
    page.wait_for_function("document.fullscreenElement === null")


def test_what_is_selected_is_brought_into_view(canvas: Canvas) -> None:
    page = canvas.page
    far = {**SCATTERED, "layout": {"one": {"x": 200, "y": 100}, "two": {"x": 4200, "y": 160}, "three": {"x": 4400, "y": 900}}}  # fmt: skip
    canvas.new("选中", far)
    zoom = page.locator(".rb-zoom")
    canvas.board.focus()
    canvas.key("Shift+1")
    expect(zoom).to_have_text(re.compile(r"^[1-4]\d%$"))
    # The two that lie far out are framed, and are seen much larger than before.
    page.locator("#rb-node-two").click()
    page.locator("#rb-node-three").click(modifiers=["Shift"])
    expect(page.get_by_role("toolbar", name="选中 2 项")).to_be_visible()
    canvas.board.focus()
    canvas.key("Shift+2")
    expect(zoom).to_have_text("75%")
    page.wait_for_function(BOTH_INSIDE)
    shown(page, "76-zoom-to-selection")
    # One thing alone comes to the middle.
    canvas.key("Escape")
    page.locator("#rb-node-two").click()
    canvas.close_panel()
    canvas.board.focus()
    canvas.key("Shift+2")
    page.wait_for_function(IN_THE_MIDDLE)


def test_a_step_is_picked_from_afar_where_it_is_only_a_mark(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("远看", CHAIN)
    page.mouse.move(*canvas.middle(canvas.board))
    while canvas.cards("step").count():
        page.keyboard.down("Control")
        page.mouse.wheel(0, 120)
        page.keyboard.up("Control")
        canvas.middle(canvas.board)
    expect(canvas.cards("step")).to_have_count(0)
    stage_box = stage(canvas).bounding_box()
    assert stage_box
    scale = stage_box["width"] / 640
    name = page.get_by_label("名称", exact=True)
    for words, (x, y) in {"乙": (460, 240), "丙": (140, 340)}.items():
        page.mouse.click(stage_box["x"] + x * scale, stage_box["y"] + y * scale)
        expect(name).to_have_value(words)
        expect(page.locator(".rb-stub-selected")).to_have_count(1)
    # Where there is none it is the stage itself.
    page.mouse.click(stage_box["x"] + 460 * scale, stage_box["y"] + 400 * scale)
    expect(name).to_have_value("阶段")


BOX = "const at = (what) => document.querySelector(what).getBoundingClientRect(), board = at('.rb-board');"
BOTH_INSIDE = f"""() => {{ {BOX}
  return ['#rb-node-two', '#rb-node-three'].map(at).every((card) => card.left >= board.left
    && card.right <= board.right && card.top >= board.top && card.bottom <= board.bottom);
}}"""
IN_THE_MIDDLE = f"""() => {{ {BOX}
  const card = at('#rb-node-two');
  return Math.abs(card.left + card.right - board.left - board.right) < 20
    && Math.abs(card.top + card.bottom - board.top - board.bottom) < 20;
}}"""
