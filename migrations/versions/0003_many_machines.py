"""Many machines: carriers' token buckets, workers' heartbeats, each journey's own queue of messages.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier_rate",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("carrier", sa.String(length=32), primary_key=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", UTCDateTime(), nullable=False),
        sa.Column("closed_until", UTCDateTime(), nullable=True),
        sa.Column("turn", Id, nullable=False),
    )
    op.create_table(
        "worker_beat",
        sa.Column("owner", sa.String(length=64), primary_key=True),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_worker_beat_seen_at", "worker_beat", ["seen_at"])
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_outbox_journey",
        "outbox",
        ["journey_id", "carrier", "not_before"],
        postgresql_where=pending,
        sqlite_where=pending,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_journey", table_name="outbox")
    op.drop_table("worker_beat")
    op.drop_table("carrier_rate")
