"""A connection that has been tried and has had trouble."""

from __future__ import annotations

from datetime import datetime

from audience.tables_people import Staff
from store.database import db
from store.tables_connections import Connection, ConnectionTest, ConnectionTrouble

FORM = {
    "host": "smtp.example.com",
    "from_address": "hi@example.com",
    "public_url": "https://roadbook.example.com",
}


def furnish_connections(here: int, now: datetime) -> dict[str, int]:
    """The ids of a connection and of a test of it, by the names that path parameters bear."""
    row = Connection(
        workspace_id=here, connector="email", name="邮箱", carriers=["email"], settings=dict(FORM),
        callback_id=f"callback-{here}", created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    test = ConnectionTest(
        workspace_id=here, connection_id=row.id, carrier="email", state="sent", asked_at=now, done_at=now
    )
    trouble = ConnectionTrouble(
        workspace_id=here, connection_id=row.id, at=now, kind="retry", sentence="451 try again"
    )
    db.session.add_all([test, trouble])
    db.session.flush()
    wecom = Connection(
        workspace_id=here, connector="wecom", name="企业微信", carriers=["wecom_direct"], settings={"corp_id": "ww1"},
        callback_id=f"wecom-{here}", created_at=now, updated_at=now,
    )  # fmt: skip
    taker = Staff(workspace_id=here, key="taker", name="接手人", active=True, created_at=now)
    db.session.add_all([wecom, taker])
    db.session.flush()
    return {"connection_id": row.id, "test_id": test.id, "wecom_id": wecom.id, "taker_id": taker.id}
