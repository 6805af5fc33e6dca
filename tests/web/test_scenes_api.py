"""The API of scenes: tables that are checked whole, tried on a contact, taken out as sheets and brought back."""

from __future__ import annotations

import io
from typing import Any

import pytest

from audience import csv_text
from tests.web.conftest import House
from tests.web.matching_rows import MASK, MOMENTS, ROWS, SCENE
from tests.web.rows import furnish


def test_a_table_is_made_read_changed_and_deleted(house: House) -> None:
    owner = house.client()
    made = owner.post("scenes", json=SCENE)
    assert made.status_code == 201, made.text
    assert [row["key"] for row in made.json["rows"]] == ["row_1", "row_2"]
    assert "vip" in made.json["rows"][0]["people"]
    key = made.json["key"]
    assert owner.get("scenes").json["items"] == [owner.get(f"scenes/{key}").json]
    changed = owner.put(f"scenes/{key}", json={**SCENE, "rows": ROWS[1:], "revision": 1})
    assert (changed.json["revision"], len(changed.json["rows"])) == (2, 1)
    moved = owner.put(f"scenes/{key}", json={**SCENE, "revision": 1})
    assert (moved.status_code, moved.json["code"]) == (409, "scene-moved")
    assert house.client("viewer").put(f"scenes/{key}", json=SCENE).status_code == 403
    assert owner.delete(f"scenes/{key}").status_code == 204
    assert owner.get(f"scenes/{key}").status_code == 404


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"product": {**MASK, "key": ""}}, "rows[0].product.key"),
        ({"product": {**MASK, "url": "javascript:alert(1)"}}, "rows[0].product.url"),
        ({"product": {**MASK, "material": "nothing"}}, "rows[0].product.material"),
        ({"product": MASK, "moments": ["never"]}, "rows[0].moments[0]"),
        ({"product": MASK, "tags": [" vip"]}, "rows[0].tags[0]"),
        ({"product": MASK, "until": "2026-02-30"}, "rows[0].until"),
        ({"product": MASK, "who": {"field": "stage", "operator": "=", "value": "x"}}, "rows[0].who"),
        ({"product": MASK, "who": {"field": "scene.other", "operator": "=", "value": "x"}}, "rows[0].who"),
        ({"product": MASK, "who": {"field": "journey.a", "operator": "=", "value": "inside"}}, "rows[0].who"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_at_its_place(house: House, row: dict[str, Any], path: str) -> None:
    bad = house.client().post("scenes", json={**SCENE, "rows": [row]})
    assert bad.status_code == 422
    assert path in [error["path"] for error in bad.json["errors"]], bad.text


@pytest.mark.parametrize(
    "moment",
    [
        {"name": "空", "from": "", "to": ""},
        {"name": "错", "from": "25:00", "to": "26:00"},
        {"name": "同", "from": "12:00", "to": "12:00"},
    ],
)
def test_a_moment_has_hours_that_exist(house: House, moment: dict[str, Any]) -> None:
    bad = house.client().post("scenes", json={**SCENE, "moments": [moment], "rows": []})
    assert bad.status_code == 422
    assert bad.json["errors"][0]["path"].startswith("moments[0]"), bad.text


def test_trying_explains_every_row(house: House) -> None:
    rows = furnish(house, "main")
    viewer = house.client("viewer")
    asked = {"contact_id": rows.contact_id, "at": "2026-03-02T12:30:00+08:00"}
    noon = viewer.post(f"scenes/{rows.scene_key}/try", json=asked).json
    assert noon["product"]["key"] == "soap" and noon["now"] and noon["moment"] == "noon"
    assert [reason["because"] for reason in noon["reasons"]] == ["later", "chosen"]
    assert "19:00" in noon["reasons"][0]["words"]["zh"]
    later = viewer.post(
        f"scenes/{rows.scene_key}/try", json={**asked, "at": "2026-03-02T15:00:00+08:00"}
    ).json
    assert later["product"]["key"] == "mask" and not later["now"]
    assert later["local_time"] == "2026-03-02T19:00+08:00"
    missing = viewer.post(f"scenes/{rows.scene_key}/try", json={"contact_id": 10**9})
    assert missing.status_code == 404


def test_who_is_not_meant_is_told_what_was_asked_and_seen(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    owner.put(
        f"scenes/{rows.scene_key}",
        json={**SCENE, "rows": [{"product": MASK, "tags": ["敏感肌"]}]},
    )
    told = owner.post(f"scenes/{rows.scene_key}/try", json={"contact_id": rows.contact_id}).json
    assert told["row"] is None and told["send_at"] is None
    (reason,) = told["reasons"]
    assert (reason["because"], reason["asked"][0]["held"]) == ("who", False)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_taken_out_comes_back_as_it_was(house: House, form: str) -> None:
    owner = house.client()
    mean = {**MASK, "name": "=HYPERLINK(1)", "key": "-2+3"}
    given = {**SCENE, "rows": [{**ROWS[0], "product": mean, "until": "2026-12-31"}, ROWS[1]]}
    key = owner.post("scenes", json=given).json["key"]
    before = owner.get(f"scenes/{key}").json["rows"]
    sheet = owner.get(f"scenes/{key}/export?as={form}")
    assert sheet.status_code == 200
    if form == "csv":
        assert "'=HYPERLINK" in sheet.text and "'-2+3" in sheet.text
    file = (io.BytesIO(sheet.data), f"sheet.{form}")
    owner.put(f"scenes/{key}", json={**SCENE, "rows": []})
    back = owner.post(f"scenes/{key}/upload", data={"file": file}, content_type="multipart/form-data")
    assert back.status_code == 200, back.text
    assert back.json["rows"] == before


def test_a_sheet_with_a_wrong_line_changes_nothing(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    head = ["标签", "商品编号", "商品名称", "价格", "时机", "优先级"]
    lines = [["vip", "a", "好物", "九十九", "半夜", "高"], ["", "b", "另一件", "¥1,099", "午休、晚间", "2"]]
    text = "".join(csv_text.write([head, *lines])).encode()
    bad = owner.post(
        f"scenes/{rows.scene_key}/upload",
        data={"file": (io.BytesIO(text), "a.csv")},
        content_type="multipart/form-data",
    )
    assert bad.status_code == 422
    assert [error["path"] for error in bad.json["errors"]] == ["line[2]"] * 3
    assert len(owner.get(f"scenes/{rows.scene_key}").json["rows"]) == len(ROWS)
    good = "".join(csv_text.write([head, lines[1]])).encode()
    done = owner.post(
        f"scenes/{rows.scene_key}/upload",
        data={"file": (io.BytesIO(good), "a.csv")},
        content_type="multipart/form-data",
    )
    (row,) = done.json["rows"]
    assert (row["product"]["price"], row["moments"], row["priority"]) == (
        1099.0,
        [moment["key"] for moment in MOMENTS],
        2,
    )


def test_a_material_is_previewed_with_what_the_scene_has(house: House) -> None:
    rows = furnish(house, "main")
    body = {"text": f"{{{{ scene.{rows.scene_key}.product.name | default: '好物' }}}}"}
    owner = house.client()
    told = owner.post(
        "contents/preview", json={"carrier": "sandbox", "body": body, "contact_id": rows.contact_id}
    )
    assert told.json["text"] in ("面膜", "洁面"), told.text
    assert owner.post("contents/preview", json={"carrier": "sandbox", "body": body}).json["text"] == "好物"


def test_a_journey_that_asks_for_no_table_cannot_be_published(house: House) -> None:
    from tests.journeys.drawing import chart, rule

    rows = furnish(house, "main")
    owner = house.client()

    def problems(key: str) -> list[str]:
        rules = [{"exit": "mask", "rule": rule(f"scene.{key}", "=", "mask")}]
        drawn = chart(
            {"s": "b"},
            {"b": ("s", "branch", {"rules": rules})},
            [("b", "mask", "e"), ("b", "else", "e")],
            {"e": "done"},
        )
        made = owner.post("journeys", json={"name": "x"}).json
        checked = owner.post(f"journeys/{made['id']}/check", json={"definition": drawn})
        return [one["code"] for one in checked.json["problems"] if one["severity"] == "error"]

    assert "unknown-scene" in problems("nothing")
    assert problems(rows.scene_key) == []
