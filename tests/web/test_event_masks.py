"""What events said of people is covered for those who may not see people whole, wherever it is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audience.masking import COVER, covered
from audience.tables import Event
from store.database import db
from tests.web.conftest import House

SAID = {
    "amount": 199,
    "Phone_Number": "13800138000",
    "note": "13900139000",
    "contact": "lin@example.com",
    "due_date": "2026-08-01",
    "skin": "混合肌",
    "receiver": {"city": "上海", "address": "南京路 1 号"},
    "order": {"mail": "a@b.cn", "lines": [{"sku": "S1", "mobile": "x"}]},
}
SHOWN = {
    "amount": 199,
    "Phone_Number": COVER,
    "note": "139****9000",
    "contact": "l***@example.com",
    "due_date": COVER,
    "skin": COVER,
    "receiver": COVER,
    "order": {"mail": COVER, "lines": [{"sku": "S1", "mobile": COVER}]},
}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"a": 13800138000}, {"a": "138****8000"}),
        ({"a": "+8613800138000"}, {"a": "+86****8000"}),
        ({"a": True, "b": None, "phone": None}, {"a": True, "b": None, "phone": None}),
        ({"name": "面霜", "id": "o-1", "a@b": 1}, {"name": "面霜", "id": "o-1", "a@b": 1}),
        ({"list": ["x", "a@b.cn"]}, {"list": ["x", "a***@b.cn"]}),
    ],
)
def test_only_what_is_personal_is_covered(said: dict[str, Any], shown: dict[str, Any]) -> None:
    assert covered(said) == shown


def test_viewers_and_analysts_see_no_personal_properties(house: House) -> None:
    owner = house.client("owner")
    assert owner.put("attributes/skin", json={"type": "text", "seen_by": "personal"}).status_code < 300
    owner.post("contacts/batch", json={"contacts": [{"external_id": "m-1", "name": "林晓"}]})
    contact = owner.get("contacts?q=m-1").json["items"][0]["id"]
    now = datetime.now(UTC)
    with house.app.app_context():
        row = {"id": 901, "workspace_id": house.ids["main"], "contact_id": contact, "name": "paid"}
        db.session.add(Event(**row, occurred_at=now, stored_at=now, properties=SAID))
        db.session.commit()
    for role, expected in (("editor", SAID), ("viewer", SHOWN), ("analyst", SHOWN)):
        client = house.client(role)
        (one,) = client.get("events?name=paid").json["items"]
        assert (one["properties"], one["who"]) == (expected, "林晓"), role
        assert client.get(f"events?contact_id={contact}").json["items"] == [one]
        line = client.get(f"contacts/{contact}/timeline?kind=event").json["items"]
        assert line[0]["properties"] == expected, role
