"""What stops messages is lifted by who may, with words: an address that came back, and a withdrawal by oneself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audience.changes import Change
from audience.contacts import change
from store import receipts
from store.database import db
from store.links import Unsubscribing
from tests.web.conftest import House
from web.links import leave

PERSON = {
    "external_id": "l-1",
    "name": "林晓",
    "identities": {"email": "Lin@example.com", "phone": "13800138000"},
}
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def person(house: House) -> int:
    owner = house.client()
    assert owner.post("contacts/batch", json={"contacts": [PERSON]}).json["created"] == 1
    return int(owner.get("contacts?q=l-1").json["items"][0]["id"])


def unsubscribed(house: House, person: int) -> None:
    with house.app.app_context():
        leave(Unsubscribing(house.ids["main"], person, "email"), "link")
        db.session.commit()


def bounced(house: House) -> None:
    with house.app.app_context():
        receipts.suppress(
            db.session(), house.ids["main"], "email", "lin@example.com", "550 no such user", NOW
        )
        db.session.commit()


def test_an_address_that_came_back_is_tried_again_with_a_reason(house: House, person: int) -> None:
    bounced(house)
    owner, place = house.client(), f"contacts/{person}/suppressions"
    (one,) = owner.get(place).json["items"]
    assert (one["carrier"], one["address"], one["reason"]) == ("email", "lin@example.com", "550 no such user")
    assert house.client("viewer").get(place).json["items"][0]["address"] == "l***@example.com"
    body = {"carrier": "email", "reason": "客户说邮箱已经恢复"}
    for role in ("viewer", "analyst"):
        assert house.client(role).post(f"{place}/lift", json=body).status_code == 403
    assert owner.post(f"{place}/lift", json=body | {"reason": " "}).json["errors"][0]["path"] == "reason"
    assert owner.post(f"{place}/lift", json=body | {"carrier": "sms"}).status_code == 409
    assert house.client("editor").post(f"{place}/lift", json=body).json == {"items": [], "next": None}
    assert owner.post(f"{place}/lift", json=body).status_code == 409
    (line,) = owner.get(f"contacts/{person}/timeline?kind=consent").json["items"]
    assert (line["source"], line["topic"], line["note"]) == ("lifted", "email", body["reason"])
    assert owner.get("audit").json["items"][0]["action"] == "contact.suppression_lifted"


def test_a_withdrawal_by_oneself_is_lifted_only_with_proof(house: House, person: int) -> None:
    unsubscribed(house, person)
    owner, place = house.client(), f"contacts/{person}/consent"
    assert owner.get(f"contacts/{person}").json["unsubscribed"] == ["email"]
    refused = owner.post(place, json={"topics": {"email": True, "sms": True}})
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "note")
    again = {"topics": {"email": False}, "note": "再次确认"}
    assert (
        owner.post(place, json=again).status_code == 200
    )  # said again by hand, it is still the person's own word
    assert owner.post(place, json={"topics": {"email": True}, "note": "  "}).status_code == 422
    said = owner.post(place, json={"topics": {"email": True}, "note": "3 月 2 日到店签了同意书"})
    assert said.json["topics"]["email"] is True
    assert owner.get(f"contacts/{person}").json["unsubscribed"] == []
    assert owner.post(place, json={"topics": {"email": False}}).status_code == 200
    assert owner.post(place, json={"topics": {"email": True}}).status_code == 200  # the brand's own switch


def test_no_other_way_leads_around_it(house: House, person: int) -> None:
    unsubscribed(house, person)
    owner, wipe = house.client(), {"no_email": None, "city": "上海"}
    changed = owner.patch(f"contacts/{person}", json={"attributes": wipe})
    assert changed.status_code == 422 and changed.json["errors"][0]["path"] == "attributes.no_email"
    batch = owner.post("contacts/batch", json={"contacts": [PERSON | {"attributes": wipe}]}).json
    assert batch["errors"][0]["path"] == "contacts[0].attributes.no_email"
    with house.app.app_context():
        step = Change(house.ids["main"], person, NOW, attributes={"no_email": False, "age": 3}, source_id=7)
        problems: list[Any] = change(db.session(), [step], NOW)
        db.session.commit()
        assert [one.path for one in problems] == ["0.attributes.no_email"]
    seen = owner.get(f"contacts/{person}").json
    assert seen["consent"]["email"] is False
    assert (seen["attributes"]["city"], seen["attributes"]["age"]) == ("上海", 3)
