"""Links and callbacks: who unsubscribes and what bounces, by signed links and unguessable addresses; to look is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from audience.tables import Contact
from audience.tables_people import ConsentChange
from store import receipts
from store.database import db
from store.links import Unsubscribing, unsubscribing, who_unsubscribes
from store.secrets import Vault
from store.tables import Outbox
from store.tables_connections import Connection, ReceiptNote, Suppression
from tests.connectors.test_email import DSN
from tests.web.conftest import House
from tests.web.rows import Rows, furnish

VAULT = Vault(["t" * 64])


@pytest.fixture
def rows(house: House) -> Rows:
    return furnish(house, "main")


def token(rows: Rows, topic: str = "email") -> str:
    return unsubscribing(VAULT, Unsubscribing(rows.workspace_id, rows.contact_id, topic))


def allowed(house: House, rows: Rows, topic: str = "email") -> bool:
    with house.app.app_context():
        attributes = db.session.get_one(Contact, rows.contact_id).attributes
        return not attributes.get(f"no_{topic}")


def count(house: House, model: Any) -> int:
    with house.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_to_look_at_a_link_a_hundred_times_changes_nothing(house: House, rows: Rows) -> None:
    visitor = house.nobody()
    for _ in range(100):
        answer = visitor.get(f"/u/{token(rows)}")
        assert answer.status_code == 200 and '<form method="post">' in answer.text
    assert "林" not in answer.text and allowed(house, rows) and count(house, ConsentChange) == 0


def test_one_click_unsubscribes_once(house: House, rows: Rows) -> None:
    for _ in range(3):
        answer = house.nobody().post(f"/u/{token(rows)}", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "已退订" in answer.text
    assert not allowed(house, rows) and allowed(house, rows, "sms")
    with house.app.app_context():
        [line] = db.session.scalars(select(ConsentChange)).all()
        assert (line.topic, line.granted, line.source) == ("email", False, "link")
    said = house.client().get("audit").json["items"]
    assert [one["action"] for one in said[:1]] == ["contact.consent"]


def test_a_token_is_good_for_one_contact_of_one_workspace_alone(house: House, rows: Rows) -> None:
    mine = token(rows)
    assert who_unsubscribes(VAULT, mine) == Unsubscribing(rows.workspace_id, rows.contact_id, "email")
    middle = len(mine) // 2
    bad = [
        mine[:-1], mine[1:], mine[:middle] + ("A" if mine[middle] != "A" else "B") + mine[middle + 1 :], "x" * 40,
        unsubscribing(Vault(["y" * 64]), Unsubscribing(rows.workspace_id, rows.contact_id, "email")),
        "../../etc/passwd", "<script>", mine + "==",
    ]  # fmt: skip
    for one in bad:
        assert house.nobody().post(f"/u/{one}").status_code in (404, 405), one
    elsewhere = unsubscribing(VAULT, Unsubscribing(house.ids["other"], rows.contact_id, "email"))
    assert house.nobody().post(f"/u/{elsewhere}").status_code == 200
    assert allowed(house, rows)


def test_a_key_of_before_still_opens_links(rows: Rows) -> None:
    assert who_unsubscribes(Vault(["n" * 64, "t" * 64]), token(rows)) is not None
    assert who_unsubscribes(Vault(["n" * 64]), token(rows)) is None


def bouncing(house: House, rows: Rows) -> tuple[str, str]:
    """The address that the mail provider calls, and the key of a mail sent."""
    with house.app.app_context():
        message = db.session.get_one(Outbox, rows.message_id)
        message.carrier = "email"
        key = message.key
        db.session.commit()
        return f"/callbacks/email/{db.session.get_one(Connection, rows.connection_id).callback_id}", key


def test_a_bounce_is_noted_and_a_dead_address_is_left_alone(house: House, rows: Rows) -> None:
    address, key = bouncing(house, rows)
    told = f"<rb.{key.replace(':', '-')}@brand.example>"
    raw = DSN.format(action="failed", status="5.1.1", message_id=told)
    answer = house.nobody().post(address, data=raw, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 200 and answer.json["taken"] == 1
    with house.app.app_context():
        [note] = db.session.scalars(select(ReceiptNote)).all()
        assert (note.key, note.state, note.workspace_id) == (key, "failed", rows.workspace_id)
        [dead] = db.session.scalars(select(Suppression)).all()
        assert "lin@example.com" not in dead.address_hash + dead.reason
        here = rows.workspace_id
        asked = ["LIN@example.com ", "other@example.com"]
        assert receipts.suppressed(db.session(), here, "email", asked) == {"LIN@example.com "}
        assert receipts.suppressed(db.session(), house.ids["other"], "email", asked) == set()


def test_a_complaint_unsubscribes(house: House, rows: Rows) -> None:
    address, _ = bouncing(house, rows)
    owner = house.client()
    batch = {"contacts": [{"external_id": "c-main", "identities": {"email": "lin@example.com"}}]}
    assert owner.post("contacts/batch", json=batch).status_code == 200
    told = [{"event": "spamreport", "email": "lin@example.com"}]
    assert house.nobody().post(address, json=told).json["taken"] == 1
    assert not allowed(house, rows)


def test_a_call_that_is_not_for_us_has_no_effect(house: House, rows: Rows) -> None:
    address, _ = bouncing(house, rows)
    told = [{"event": "bounce", "email": "nobody@example.com", "type": "bounce"}]
    nobody = house.nobody()
    assert nobody.post("/callbacks/email/callback-0", json=told).status_code == 404
    assert nobody.post("/callbacks/sms/" + address.rsplit("/", 1)[1], json=told).status_code == 404
    assert nobody.post(address, json=told).status_code == 200
    assert (
        nobody.post(address, data=b"\xff{", headers={"Content-Type": "application/json"}).json["taken"] == 0
    )
    assert nobody.post(address, json=["x", 3, None, {"event": {}}]).json["taken"] == 0
    assert count(house, Suppression) == 0, "nobody else's address can be suppressed by a call"
    house.client().patch(f"connections/{rows.connection_id}", json={"state": "off"})
    assert nobody.post(address, json=told).status_code == 404
    assert nobody.get(address).status_code in (404, 405)
