"""The whole of it by keyboard: draw, walk, connect, rename, find, and the list of all keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.drawing import Canvas, shown


def choose(canvas: Canvas, typed: str) -> None:
    """Type into the list of what comes next and take the first that fits."""
    box = canvas.page.get_by_role("dialog", name="接下来做什么？")
    box.get_by_role("combobox").fill(typed)
    canvas.key("Enter")
    expect(box).to_have_count(0)
    back(canvas)


def back(canvas: Canvas) -> None:
    """Leave the panel; what is selected stays selected, and keys mean the drawing again."""
    canvas.close_panel()
    canvas.board.focus()


def test_a_journey_is_drawn_without_touching_the_mouse(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("键盘画的旅程")
    canvas.board.focus()
    canvas.key("s")
    expect(canvas.cards("stage")).to_have_count(1)
    back(canvas)
    canvas.key("F2")
    page.keyboard.type("欢迎")
    canvas.key("Enter")
    canvas.board.focus()
    # What comes next behind the stage: an end, connected by an arrow of its own.
    canvas.key("+")
    choose(canvas, "结束")
    expect(page.locator(".rb-chip")).to_have_count(1)
    # A step by the palette, reached by Tab and pressed by Enter.
    canvas.key("ArrowLeft")
    seed = canvas.seed("发送消息")
    seed.focus()
    canvas.key("Enter")
    expect(canvas.cards("step")).to_have_count(1)
    back(canvas)
    canvas.key("+")
    choose(canvas, "等待")
    expect(canvas.cards("step")).to_have_count(2)
    drawn = canvas.saved()
    assert drawn["stages"][0]["name"] == "欢迎"
    assert [(one["from"], one["to"]) for one in drawn["arrows"] if "exit" in one] == [("send-1", "wait-1")]

    # From the new step up to the first, on to the arrow between them, and a third one put into it.
    spoken = page.locator(".rb-board > [role=status]")
    canvas.key("ArrowUp")
    expect(spoken).to_contain_text("步骤 发送消息")
    canvas.key(".")
    expect(spoken).to_contain_text("箭头")
    canvas.key("+")
    choose(canvas, "打标签")
    expect(canvas.cards("step")).to_have_count(3)
    # Connect to what is there already.
    canvas.key("ArrowDown")
    expect(spoken).to_contain_text("步骤 等待")
    canvas.key("+")
    box = page.get_by_role("dialog", name="接下来做什么？")
    box.get_by_role("combobox").fill("结束")
    canvas.key("End")
    for _ in range(box.get_by_role("option").count() - 1):
        canvas.key("ArrowDown")
    canvas.key("Enter")
    back(canvas)
    drawn = canvas.saved()
    exits = {(one["from"], one["to"]) for one in drawn["arrows"] if "exit" in one}
    assert exits == {("send-1", "tag-1"), ("tag-1", "wait-1"), ("wait-1", "end-1")}

    # Move, duplicate, remove; then all of it back.
    before = drawn["layout"]["stage-1"]["x"]
    canvas.key("ArrowLeft", "ArrowUp", "ArrowUp", "ArrowUp")
    expect(spoken).to_contain_text("阶段 欢迎")
    canvas.key("Control+ArrowRight", "Control+ArrowRight")
    assert canvas.saved()["layout"]["stage-1"]["x"] == before + 16
    canvas.key("Control+d")
    expect(canvas.cards("stage")).to_have_count(2)
    canvas.key("Delete")
    expect(canvas.cards("stage")).to_have_count(1)
    canvas.undone()
    expect(canvas.cards("stage")).to_have_count(0)
    canvas.redone()
    expect(canvas.cards("step")).to_have_count(3)
    assert canvas.errors == []


def test_enter_opens_the_first_field_and_escape_comes_back(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("面板")
    canvas.board.focus()
    canvas.key("s")
    back(canvas)
    canvas.key("Enter")
    expect(page.get_by_label("名称", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("第一阶段")
    canvas.key("Escape")
    expect(page.locator(".rb-side")).to_have_count(0)
    expect(canvas.board).to_be_focused()
    assert canvas.saved()["stages"][0]["name"] == "第一阶段"


def test_things_are_found_by_their_words(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("查找")
    canvas.board.focus()
    for name in ("甲组", "乙组", "丙组"):
        canvas.key("s")
        back(canvas)
        canvas.key("F2")
        page.keyboard.type(name)
        canvas.key("Enter")
        canvas.board.focus()
    canvas.key("Shift+1", "Control+k")
    page.get_by_role("combobox", name="查找").fill("乙组")
    shown(page, "25-find")
    canvas.key("Enter")
    expect(page.locator(".rb-node .rb-stage.rb-selected")).to_contain_text("乙组")


def test_every_key_is_listed_and_means_one_thing(canvas: Canvas) -> None:
    page = canvas.page
    canvas.new("快捷键")
    canvas.board.focus()
    canvas.key("?")
    box = page.get_by_role("dialog", name="键盘快捷键")
    expect(box.get_by_text("走到旁边的卡片")).to_be_visible()
    shown(page, "26-keys")
    keys = [one.strip() for one in box.locator("section:not(:last-child) kbd").all_inner_texts()]
    assert len(keys) > 35 and len(keys) == len(set(keys))
    canvas.key("Escape")
    expect(box).to_have_count(0)
