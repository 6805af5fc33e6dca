"""Customer groups and their members.

Revision 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_group",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("attributes", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("dismissed_at", UTCDateTime(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_customer_group_workspace", "customer_group", ["workspace_id", "id"])
    op.create_table(
        "group_member",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("group_id", Id, sa.ForeignKey("customer_group.id"), nullable=False),
        sa.Column("contact_id", Id, sa.ForeignKey("contact.id"), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("invited_by", sa.String(length=255), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("group_id", "contact_id"),
    )
    op.create_index("ix_group_member_contact_id", "group_member", ["contact_id"])


def downgrade() -> None:
    # What was told of groups goes with them; who is a person keeps everything.
    for table, column in (
        ("inbox", "contact_id"),
        ("event", "contact_id"),
        ("outbox", "contact_id"),
        ("enrollment", "subject_id"),
    ):
        op.execute(f"DELETE FROM {table} WHERE {column} < 0")
    op.drop_table("group_member")
    op.drop_table("customer_group")
