"""Segments and who is in them.

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ZONED = sa.text("timezone IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rule", Json, nullable=True),
        sa.Column("combine", Json, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "segment_member",
        sa.Column("segment_id", Id, sa.ForeignKey("segment.id"), primary_key=True, autoincrement=False),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_segment_member_contact", "segment_member", ["contact_id", "segment_id"])
    op.create_table(
        "segment_day",
        sa.Column("segment_id", Id, sa.ForeignKey("segment.id"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recheck_later",
        sa.Column("at", UTCDateTime(), primary_key=True),
        sa.Column("workspace_id", Id, primary_key=True, autoincrement=False),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
    )
    op.create_index(
        "ix_contact_zone", "contact", ["workspace_id", "timezone"], postgresql_where=ZONED, sqlite_where=ZONED
    )
    op.create_index("ix_event_name_at", "event", ["workspace_id", "name", "occurred_at", "contact_id"])


def downgrade() -> None:
    op.drop_index("ix_event_name_at", "event")
    op.drop_index("ix_contact_zone", "contact")
    op.drop_table("recheck_later")
    op.drop_table("segment_day")
    op.drop_table("segment_member")
    op.drop_table("segment")
