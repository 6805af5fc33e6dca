"""Caps, quotas and the touches that count.

Revision 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reach_policy",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policies", Json, nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reach_policy")
