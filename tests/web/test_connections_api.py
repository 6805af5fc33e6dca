"""Connections over the API: forms are checked, secrets go in and never come out, tests wait for a worker."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.database import db
from store.secrets import Vault
from store.tables_connections import Connection, ConnectionTest, ConnectionTrouble
from tests.web.conftest import House

MAIL = {
    "connector": "email",
    "name": "品牌邮箱",
    "settings": {
        "host": "smtp.example.com",
        "from_address": "hi@example.com",
        "public_url": "https://roadbook.example.com",
        "username": "hi@example.com",
    },
    "secrets": {"password": "s3cret-pass-word"},
}


def made(house: House, **more: Any) -> dict[str, Any]:
    answer = house.client().post("connections", json={**MAIL, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def opened(house: House, number: int) -> dict[str, str]:
    with house.app.app_context():
        row = db.session.get_one(Connection, number)
        return (
            Vault(["t" * 64]).open(row.secrets, f"connection:{house.ids['main']}:{number}")
            if row.secrets
            else {}
        )


def test_an_account_is_connected_and_its_secret_is_never_told(house: House) -> None:
    row = made(house)
    assert row["settings"]["port"] == 587 and row["carriers"] == ["email"]
    assert row["secrets_set"] == ["password"] and row["health"] == "unused"
    assert row["callback_path"].startswith("/callbacks/email/") and len(row["callback_path"]) > 50
    owner = house.client()
    texts = [
        owner.get(path).text for path in ("connections", f"connections/{row['id']}", "audit", "carriers")
    ]
    assert all("s3cret-pass-word" not in text for text in texts)
    assert opened(house, row["id"]) == {"password": "s3cret-pass-word"}
    carriers = {one["carrier"]: one for one in owner.get("carriers").json["items"]}
    assert carriers["email"]["has_account"] and not carriers["sms"]["has_account"]


def test_only_owners_see_and_change_what_an_account_says(house: House) -> None:
    row = made(house)
    seen = house.client("viewer").get(f"connections/{row['id']}").json
    assert seen["settings"] == {} and seen["callback_path"] is None and seen["name"] == "品牌邮箱"
    for role in ("viewer", "analyst", "editor"):
        caller = house.client(role)
        assert caller.post("connections", json=MAIL).status_code == 403
        assert caller.patch(f"connections/{row['id']}", json={"name": "x"}).status_code == 403
        assert caller.post(f"connections/{row['id']}/test", json={}).status_code == 403
        assert caller.delete(f"connections/{row['id']}").status_code == 403


def test_a_change_leaves_secrets_that_are_not_given(house: House) -> None:
    row = made(house)
    path = f"connections/{row['id']}"
    settings = {**row["settings"], "port": 465, "encryption": "tls"}
    changed = house.client().patch(path, json={"settings": settings}).json
    assert changed["settings"]["port"] == 465 and changed["secrets_set"] == ["password"]
    assert opened(house, row["id"]) == {"password": "s3cret-pass-word"}
    house.client().patch(path, json={"secrets": {"password": "another"}})
    assert opened(house, row["id"]) == {"password": "another"}
    off = house.client().patch(path, json={"state": "off"}).json
    assert (off["state"], off["health"]) == ("off", "off")
    assert not any(one["has_account"] for one in house.client().get("carriers").json["items"])


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"connector": "pigeon"}, "connector"),
        ({"carriers": ["sms"]}, "carriers"),
        ({"carriers": []}, "carriers"),
        ({"settings": {"host": "h"}}, "settings.from_address"),
        ({"settings": {**MAIL["settings"], "port": "587"}}, "settings.port"),  # type: ignore[dict-item]
        ({"settings": {**MAIL["settings"], "port": 0}}, "settings.port"),  # type: ignore[dict-item]
        ({"settings": {**MAIL["settings"], "encryption": "rot13"}}, "settings.encryption"),  # type: ignore[dict-item]
        ({"settings": {**MAIL["settings"], "from_name": "a\nBcc: b@c"}}, "settings.from_name"),  # type: ignore[dict-item]
        ({"settings": {**MAIL["settings"], "password": "x"}}, "settings.password"),  # type: ignore[dict-item]
        ({"secrets": {"host": "x"}}, "secrets.host"),
        ({"settings": {**MAIL["settings"], "public_url": "javascript:x"}}, "settings.public_url"),  # type: ignore[dict-item]
    ],
)
def test_what_is_filled_in_wrongly_is_named(house: House, more: dict[str, Any], path: str) -> None:
    answer = house.client().post("connections", json={**MAIL, **more})
    assert answer.status_code == 422
    assert path in [one["path"] for one in answer.json["errors"]], answer.text
    assert house.client().get("connections").json["items"] == []


def test_forms_are_told_with_their_connectors(house: House) -> None:
    items = {
        one["connector"]: one for one in house.client("viewer").get("connections/connectors").json["items"]
    }
    form = {one["name"]: one for one in items["email"]["form"]}
    assert form["password"]["type"] == "secret" and form["port"]["default"] == 587
    for connector in items.values():
        for one in connector["form"]:
            assert one["title"]["zh"] and one["title"]["en"], (connector["connector"], one)


def test_a_test_send_waits_for_a_worker_and_its_recipient_is_told_to_nobody(house: House) -> None:
    row = made(house)
    owner = house.client()
    asked = owner.post(f"connections/{row['id']}/test", json={"to": "lin@example.com"})
    assert asked.status_code == 202 and asked.json["state"] == "waiting"
    seen = owner.get(f"connections/{row['id']}/tests/{asked.json['id']}")
    assert seen.status_code == 200 and "lin@example.com" not in seen.text
    other = house.client(slug="other")
    assert other.get(f"connections/{row['id']}/tests/{asked.json['id']}").status_code == 404
    wrong = owner.post(f"connections/{row['id']}/test", json={"to": "x", "carrier": "sms"})
    assert wrong.status_code == 422


def test_errors_are_listed_newest_first_and_go_with_their_connection(house: House) -> None:
    row = made(house)
    with house.app.app_context():
        for number in range(3):
            db.session.add(
                ConnectionTrouble(
                    workspace_id=house.ids["main"],
                    connection_id=row["id"],
                    at=db.session.get_one(Connection, row["id"]).created_at,
                    kind="retry",
                    sentence=f"no answer {number}",
                )
            )
        db.session.commit()
    said = house.client("viewer").get(f"connections/{row['id']}/errors").json["items"]
    assert [one["sentence"] for one in said] == ["no answer 2", "no answer 1", "no answer 0"]
    house.client().post(f"connections/{row['id']}/test", json={})
    assert house.client().delete(f"connections/{row['id']}").status_code == 204
    with house.app.app_context():
        for model in (Connection, ConnectionTest, ConnectionTrouble):
            assert db.session.scalars(select(model)).all() == []
