"""Connections to carriers, what they call back, and channel codes.

Revision 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _connections()
    _wecom()
    _channels()
    _receipts()


def _connections() -> None:
    op.create_table(
        "connection",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("connector", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("carriers", Json, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("callback_id", sa.String(length=64), nullable=False),
        sa.Column("revision", Id, nullable=False),
        sa.Column("last_ok_at", UTCDateTime(), nullable=True),
        sa.Column("last_error_at", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("callback_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_connection_workspace", "connection", ["workspace_id", "id"])
    op.create_table(
        "connection_error",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("sentence", sa.String(length=500), nullable=False),
    )
    op.create_index("ix_connection_error_connection", "connection_error", ["connection_id", "id"])
    op.create_table(
        "connection_test",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_connection_test_waiting",
        "connection_test",
        ["id"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.create_index("ix_connection_test_connection", "connection_test", ["connection_id", "id"])
    op.create_table(
        "suppression",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "carrier", "address_hash"),
    )
    op.create_table(
        "receipt_note",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )


def _wecom() -> None:
    op.create_table(
        "wecom_nonce",
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), primary_key=True),
        sa.Column("nonce", sa.String(length=128), primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_wecom_nonce_at", "wecom_nonce", ["at"])
    op.create_table(
        "wecom_count",
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), primary_key=True),
        sa.Column("name", sa.String(length=96), primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "wecom_unknown",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("name", sa.String(length=96), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.UniqueConstraint("connection_id", "digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wecom_unknown_at", "wecom_unknown", ["at"])
    op.create_table(
        "wecom_welcome",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("external_userid", sa.String(length=255), nullable=False),
        sa.Column("staff_key", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=512), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("outbox_id", Id, nullable=True),
        sa.UniqueConstraint("workspace_id", "event_id"),
        sqlite_autoincrement=True,
    )
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "ix_wecom_welcome_waiting", "wecom_welcome", ["id"], postgresql_where=waits, sqlite_where=waits
    )
    op.create_index("ix_wecom_welcome_at", "wecom_welcome", ["at"])
    op.create_table(
        "wecom_cursor",
        sa.Column("connection_id", Id, sa.ForeignKey("connection.id"), primary_key=True),
        sa.Column("what", sa.String(length=16), primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("place", Json, nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
    )
    op.create_table(
        "staff_day",
        sa.Column("workspace_id", Id, primary_key=True, autoincrement=False),
        sa.Column("staff_key", sa.String(length=64), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("asked", "befriended", "deleted", "chats", "messages")
        ),
    )


def _channels() -> None:
    op.create_table(
        "channel_code",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("greeting", sa.String(length=128), nullable=False),
        sa.Column("promise", sa.String(length=500), nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("promised", "route", "tags", "attributes")),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("config_id", sa.String(length=128), nullable=True),
        sa.Column("qr_code", sa.String(length=1000), nullable=True),
        sa.Column("told", Json, nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
        sa.UniqueConstraint("workspace_id", "state"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "channel_join",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("code_id", Id, sa.ForeignKey("channel_code.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("staff_key", sa.String(length=64), nullable=False),
        sa.Column("adviser", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_channel_join_code", "channel_join", ["code_id", "at"])
    op.create_index("ix_channel_join_contact", "channel_join", ["contact_id"])


def _receipts() -> None:
    op.add_column("outbox", sa.Column("reference", sa.String(length=128), nullable=True))
    known = sa.text("reference IS NOT NULL")
    op.create_index(
        "ix_outbox_reference",
        "outbox",
        ["workspace_id", "reference"],
        postgresql_where=known,
        sqlite_where=known,
    )
    open_ = sa.text("state = 'sent' AND reference IS NOT NULL")
    op.create_index(
        "ix_outbox_unconfirmed",
        "outbox",
        ["workspace_id", "carrier", "id"],
        postgresql_where=open_,
        sqlite_where=open_,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unconfirmed", "outbox")
    op.drop_index("ix_outbox_reference", "outbox")
    op.drop_column("outbox", "reference")
    for table in ("channel_join", "channel_code", "staff_day", "wecom_cursor", "wecom_welcome"):
        op.drop_table(table)
    for table in ("wecom_unknown", "wecom_count", "wecom_nonce"):
        op.drop_table(table)
    op.drop_table("receipt_note")
    op.drop_table("suppression")
    op.drop_table("connection_test")
    op.drop_table("connection_error")
    op.drop_table("connection")
