"""Two tabs: what is copied in one journey is pasted into another, with ids of its own."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import BrowserContext, expect

from tests.browser.drawing import Canvas, asked
from tests.browser.server import Server
from tests.browser.test_canvas_mouse import CHAIN


def test_a_stage_is_copied_into_another_journey_in_another_tab(
    canvas: Canvas, context: BrowserContext, server: Server
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas.new("从这里", CHAIN)
    other = Canvas(context.new_page(), server)
    other.page.goto(f"{server.base}/journeys")
    other.new("到那里", CHAIN)

    canvas.page.bring_to_front()
    canvas.page.mouse.click(*canvas.middle(canvas.cards("stage").first, 0, -190))
    canvas.close_panel()
    canvas.board.focus()
    canvas.key("Control+c")
    other.page.bring_to_front()
    other.board.focus()
    other.key("Control+v")
    expect(other.cards("stage")).to_have_count(2)
    pasted = other.saved()
    assert len(pasted["steps"]) == 6 and len({one["id"] for one in pasted["steps"]}) == 6
    copied = {one["id"] for one in pasted["steps"] if one["stage"] != "s"}
    inner = [one for one in pasted["arrows"] if one["from"] in copied]
    assert len(inner) == 1 and inner[0]["to"] in copied

    # Cut here, pasted there; undo brings both back.
    canvas.page.bring_to_front()
    canvas.card("丙").click()
    canvas.close_panel()
    canvas.board.focus()
    canvas.key("Control+x")
    expect(canvas.cards("step")).to_have_count(2)
    other.page.bring_to_front()
    other.board.focus()
    other.key("Control+v")
    expect(other.cards("step")).to_have_count(7)
    assert other.undone() == 2
    assert len(other.saved()["steps"]) == 3
    canvas.page.bring_to_front()
    canvas.key("Control+z")
    expect(canvas.cards("step")).to_have_count(3)
    assert canvas.errors == other.errors == []


def test_the_drawing_leaves_as_files_and_comes_back(canvas: Canvas, tmp_path: Path) -> None:
    page = canvas.page
    template = asked(page, "GET", "templates")["items"][0]["slug"]
    number = asked(page, "POST", f"templates/{template}/clone", {})["id"]
    canvas.open(int(number))
    drawn = canvas.saved()
    files = {word: kept(canvas, word, tmp_path) for word in ("PNG", "SVG", "JSON", "Mermaid", "SCXML")}
    png = files["PNG"].read_bytes()
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert png.startswith(b"\x89PNG") and width > 2000 and height > 800
    picture = ElementTree.fromstring(files["SVG"].read_text("utf-8"))
    words = "".join(picture.itertext())
    assert all(stage["name"] in words for stage in drawn["stages"])
    assert len(picture.findall("{http://www.w3.org/2000/svg}g")) >= len(drawn["steps"]) + len(drawn["stages"])
    assert [one["id"] for one in json.loads(files["JSON"].read_text("utf-8"))["steps"]] == [
        one["id"] for one in drawn["steps"]
    ]
    assert files["Mermaid"].read_text("utf-8").startswith("stateDiagram")
    ElementTree.fromstring(files["SCXML"].read_bytes())

    # Into an open draft, which undo brings back; then as a journey of its own.
    canvas.new("空的", CHAIN)
    take_in(canvas, "导入到这份草稿", files["JSON"])
    expect(canvas.cards("stage").first).to_be_visible()
    assert len(canvas.saved()["stages"]) == len(drawn["stages"])
    canvas.board.focus()
    canvas.key("Control+z")
    assert [one["id"] for one in canvas.saved()["steps"]] == ["a", "b", "c"]
    before = canvas.number
    take_in(canvas, "导入为新旅程", files["JSON"])
    page.wait_for_url(lambda url: "/journeys/" in url and not url.endswith(f"/{before}"))
    assert canvas.errors == []


def kept(canvas: Canvas, form: str, folder: Path) -> Path:
    canvas.page.get_by_role("button", name="导出与导入").click()
    with canvas.page.expect_download() as download:
        canvas.page.get_by_role("menuitem").filter(has_text=form).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def take_in(canvas: Canvas, word: str, path: Path) -> None:
    canvas.page.get_by_role("button", name="导出与导入").click()
    with canvas.page.expect_file_chooser() as chooser:
        canvas.page.get_by_role("menuitem").filter(has_text=word).click()
    chooser.value.set_files(str(path))
