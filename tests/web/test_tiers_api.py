"""The API of tiers: levels with words and numbers, overrides that are checked, and RFM by hand."""

from __future__ import annotations

from tests.web.conftest import House
from tests.web.rows import furnish
from tests.web.tier_rows import LEVELS


def test_a_dimension_is_made_read_changed_and_deleted(house: House) -> None:
    owner = house.client()
    made = owner.post(
        "tiers", json={"name": "互动频次", "levels": [{**LEVELS[0], "key": ""}, {"name": "低"}]}
    )
    assert made.status_code == 201, made.text
    key = made.json["key"]
    assert [level["key"] for level in made.json["levels"]] == ["level_1", "level_2"]
    assert "vip" in made.json["levels"][0]["criteria"]
    body = {"name": "新", "levels": LEVELS, "revision": 1}
    assert owner.put(f"tiers/{key}", json=body).json["revision"] == 2
    moved = owner.put(f"tiers/{key}", json=body)
    assert (moved.status_code, moved.json["code"]) == (409, "tier-moved")
    assert owner.delete(f"tiers/{key}").status_code == 204
    assert owner.get(f"tiers/{key}").status_code == 404


def test_what_is_wrong_with_a_level_is_said_at_its_place(house: House) -> None:
    of_a_journey = {"combinator": "and", "rules": [{"field": "stage", "operator": "=", "value": "x"}]}
    levels = [{"name": "高", "rule": None}, {"name": "低", "rule": of_a_journey}]
    bad = house.client().post("tiers", json={"name": "x", "levels": levels})
    assert bad.status_code == 422
    assert {error["path"] for error in bad.json["errors"]} == {"levels[0].rule", "levels[1].rule"}


def test_an_override_is_checked_and_seen_on_the_contact(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    given = {"contact_id": rows.contact_id, "dimension": rows.dimension_key, "level": "high", "days": 7}
    for wrong, path in (({"level": "top"}, "level"), ({"days": 0}, "days"), ({"until": "2020-01-01T00:00:00Z"}, "until")):  # fmt: skip
        bad = owner.post("tiers/overrides", json=given | wrong)
        assert bad.status_code == 422 and bad.json["errors"][0]["path"] == path, bad.text
    assert owner.post("tiers/overrides", json=given | {"dimension": "none"}).status_code == 404
    made = owner.post("tiers/overrides", json=given)
    assert made.status_code == 201 and made.json["days_left"] == 7
    mine = owner.get(f"tiers/contacts/{rows.contact_id}").json
    (standing,) = [one for one in mine["items"] if one["dimension"] == rows.dimension_key]
    assert standing["level"] == "high" and standing["override"]["id"] == made.json["id"]
    assert mine["changes"][0]["because"] == "override"
    (listed,) = owner.get("tiers/overrides").json["items"]
    assert listed["id"] == made.json["id"], "the one before is replaced"
    assert owner.delete(f"tiers/overrides/{made.json['id']}").status_code == 204
    assert owner.delete(f"tiers/overrides/{made.json['id']}").json["code"] == "override-over"


def test_rfm_is_set_started_and_shown(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    grid = owner.get(f"rfm/runs/{rows.run_id}").json
    assert grid["cells"] == [{"r": 1, "f": 1, "people": 1, "money": 1.0, "money_share": 1.0, "before": None}]
    assert len(grid["groups"]) == 8 and sum(group["people"] for group in grid["groups"]) == 1
    (person,) = owner.get(f"rfm/runs/{rows.run_id}/people?r=1&f=1").json["items"]
    assert person["contact_id"] == rows.contact_id
    assert owner.get(f"rfm/runs/{rows.run_id}/people?r=5").json["items"] == []
    assert owner.put("rfm", json={"event": "order_paid", "window_days": 90}).json["plan"]["window_days"] == 90
    assert owner.post("rfm/runs").status_code == 202
    assert owner.post("rfm/runs").json["code"] == "rfm-running"
    fixed = owner.put("tiers/rfm", json={"name": "x", "levels": LEVELS})
    assert (fixed.status_code, fixed.json["code"]) == (409, "tier-worked-out")
