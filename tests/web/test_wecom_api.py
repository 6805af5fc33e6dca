"""Reading a company and handing customers on, over the API; and forgetting a connection with all that it brought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from audience.identities import Identity
from audience.tables_groups import CustomerGroup
from audience.tables_people import Staff, StaffRelation
from audience.tables_wecom import WecomChat, WecomDeed, WecomFollow, WecomTag, WecomTransfer
from store.database import db
from store.tables_wecom import WecomCursor
from tests.web.conftest import House
from tests.web.rows import Rows, furnish

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def friends(house: House, rows: Rows) -> None:
    """The contact is a customer of the first member of staff."""
    with house.app.app_context():
        db.session.add(
            Identity(
                workspace_id=rows.workspace_id,
                contact_id=rows.contact_id,
                kind="external_userid",
                value="wmlin",
            )
        )
        row = db.session.scalars(
            select(StaffRelation).where(
                StaffRelation.contact_id == rows.contact_id, StaffRelation.staff_id == rows.staff_id
            )
        ).first()
        if row is None:
            db.session.add(
                StaffRelation(
                    workspace_id=rows.workspace_id, contact_id=rows.contact_id, staff_id=rows.staff_id, since=NOW,
                    updated_at=NOW,
                )
            )  # fmt: skip
        else:
            row.state = "friend"
        db.session.add_all(
            [
                WecomTag(connection_id=rows.wecom_id, tag_id="et1", workspace_id=rows.workspace_id, name="干性"),
                WecomFollow(
                    connection_id=rows.wecom_id, contact_id=rows.contact_id, staff_key="k", tags=["et1"],
                    workspace_id=rows.workspace_id, external_userid="wmlin",
                ),
                WecomDeed(
                    workspace_id=rows.workspace_id, connection_id=rows.wecom_id, kind="tag", key="tag:1:k",
                    contact_id=rows.contact_id, staff_key="k", not_before=NOW, created_at=NOW,
                ),
            ]
        )  # fmt: skip
        db.session.commit()


def cursor(house: House, rows: Rows, place: dict[str, Any]) -> None:
    with house.app.app_context():
        db.session.merge(
            WecomCursor(
                connection_id=rows.wecom_id, what="people", workspace_id=rows.workspace_id, place=place,
                next_at=datetime.now(UTC) + timedelta(hours=9), finished_at=NOW,
            )
        )  # fmt: skip
        db.session.commit()


def test_how_far_it_was_read_is_told_and_it_is_read_now_if_asked(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    where = f"connections/{rows.wecom_id}/sync"
    assert owner.get(where).json["state"] == "waiting"
    friends(house, rows)
    cursor(house, rows, {"last": 7})
    told = owner.get(where).json
    assert (told["state"], told["last"], told["customers"], told["tags"], told["tags_waiting"]) == (
        "rests", 7, 1, 1, 1,
    )  # fmt: skip
    assert owner.get("work").json["items"] == [] or all(
        one["kind"] != "wecom" for one in owner.get("work").json["items"]
    )
    assert datetime.fromisoformat(owner.post(where).json["next_at"]) <= datetime.now(UTC)
    place = {"stage": "contacts", "done": 3, "last": 7, "began": NOW.isoformat()}
    cursor(house, rows, place)
    [line] = [one for one in owner.get("work").json["items"] if one["kind"] == "wecom"]
    assert (line["state"], line["done"], line["total"], line["name"]) == ("contacts", 3, 7, "企业微信")
    assert datetime.fromisoformat(owner.post(where).json["next_at"]) > datetime.now(UTC), (
        "a turn is not cut short"
    )


def test_only_wecom_is_read_and_only_where_it_is_on(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    assert owner.get(f"connections/{rows.connection_id}/sync").json["code"] == "nothing-to-read"
    assert owner.post("connections/999999/sync").status_code == 404
    owner.patch(f"connections/{rows.wecom_id}", json={"state": "off"})
    assert owner.post(f"connections/{rows.wecom_id}/sync").json["code"] == "connection-off"


def test_customers_are_handed_on_once(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    friends(house, rows)
    body = {"from_staff_id": rows.staff_id, "to_staff_id": rows.taker_id, "contact_ids": [rows.contact_id]}
    assert owner.post("transfers", json=body).json == {"asked": 1, "refused": []}
    again = owner.post("transfers", json=body).json
    assert again == {"asked": 0, "refused": [{"contact_id": rows.contact_id, "reason": "under_way"}]}
    [one] = owner.get(f"transfers?contact_id={rows.contact_id}").json["items"]
    assert (one["state"], one["to_name"]) == ("waiting", "接手人")
    assert owner.get("transfers?state=done").json["items"] == []
    with house.app.app_context():
        [(key, by)] = db.session.execute(select(WecomTransfer.external_userid, WecomTransfer.by)).all()
    assert key == "wmlin" and by


def test_groups_are_handed_on_once(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    with house.app.app_context():
        group = db.session.get(CustomerGroup, rows.group_id)
        staff = db.session.get(Staff, rows.staff_id)
        group.owner = staff.key
        db.session.add(
            WecomChat(connection_id=rows.wecom_id, chat_id=group.key, workspace_id=rows.workspace_id)
        )
        db.session.commit()
    both = {"from_staff_id": rows.staff_id, "to_staff_id": rows.taker_id}
    assert owner.post("group-transfers", json={**both, "all": True}).json == {"asked": 1, "refused": []}
    again = owner.post("group-transfers", json={**both, "group_ids": [rows.group_id, 10**15]}).json
    assert again["asked"] == 0
    assert {one["group_id"]: one["reason"] for one in again["refused"]} == {
        rows.group_id: "under_way", 10**15: "not_owner"
    }  # fmt: skip
    [one] = owner.get(f"group-transfers?group_id={rows.group_id}").json["items"]
    assert (one["state"], one["to_name"], one["resigned"]) == ("waiting", "接手人", False)
    assert owner.get("group-transfers?state=done").json["items"] == []
    for body, status in (
        (both, 422),
        ({**both, "group_ids": []}, 422),
        ({**both, "to_staff_id": rows.staff_id, "all": True}, 422),
        ({**both, "from_staff_id": 10**12, "all": True}, 404),
    ):
        assert owner.post("group-transfers", json=body).status_code == status, body
    other = house.client(slug="other")
    assert other.get("group-transfers").json["items"] == []
    assert other.post("group-transfers", json={**both, "all": True}).status_code == 404


def test_a_wrong_request_is_told_what_is_wrong(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    both = {"from_staff_id": rows.staff_id, "to_staff_id": rows.taker_id}
    for body, status in (
        (both, 422),
        ({**both, "all": True, "contact_ids": [1]}, 422),
        ({**both, "to_staff_id": rows.staff_id, "all": True}, 422),
        ({**both, "to_staff_id": 10**12, "all": True}, 404),
        ({**both, "contact_ids": [10**17]}, 201),
        ({**both, "contact_ids": []}, 422),
        ({**both, "contact_ids": list(range(1, 1002))}, 422),
    ):
        assert owner.post("transfers", json=body).status_code == status, body
    owner.patch(f"staff/{rows.taker_id}", json={"active": False})
    assert owner.post("transfers", json={**both, "all": True}).status_code == 422
    owner.patch(f"staff/{rows.taker_id}", json={"active": True})
    owner.patch(f"connections/{rows.wecom_id}", json={"state": "off"})
    assert owner.post("transfers", json={**both, "all": True}).json["code"] == "not-connected"


def test_a_connection_is_forgotten_with_what_it_brought_and_people_stay(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    friends(house, rows)
    cursor(house, rows, {})
    assert owner.delete(f"connections/{rows.wecom_id}").status_code == 204
    with house.app.app_context():
        for table in (WecomTag, WecomFollow, WecomDeed, WecomCursor):
            assert db.session.scalars(select(table)).all() == []
    assert owner.get(f"contacts/{rows.contact_id}").status_code == 200
