"""Customer groups that are handed from one owner to another at WeCom.

Revision 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "wecom_group_transfer",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("connection_id", Id, nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("from_key", sa.String(64), nullable=False),
        sa.Column("to_key", sa.String(64), nullable=False),
        sa.Column("resigned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_wecom_group_transfer_open", "wecom_group_transfer", ["next_at"], postgresql_where=UNDER_WAY,
        sqlite_where=UNDER_WAY,
    )  # fmt: skip
    op.create_index("ix_wecom_group_transfer_workspace", "wecom_group_transfer", ["workspace_id", "id"])


def downgrade() -> None:
    op.drop_table("wecom_group_transfer")
