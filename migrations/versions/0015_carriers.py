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


def downgrade() -> None:
    op.drop_table("connection_error")
    op.drop_table("connection")
