"""Lifecycle boards and scene matching.

Revision 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scene_table",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("moments", Json, nullable=False),
        sa.Column("rows", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_index("ix_tier_standing_stay", "tier_standing", ["dimension_id", "level", "since"])
    op.drop_index("ix_tier_change_dimension", "tier_change")
    op.create_index("ix_tier_change_dimension", "tier_change", ["dimension_id", "at", "old", "new"])
    op.create_table(
        "lifecycle",
        sa.Column(
            "dimension_id", Id, sa.ForeignKey("tier_dimension.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("dates", Json, nullable=True),
    )


def downgrade() -> None:
    op.drop_index("ix_tier_change_dimension", "tier_change")
    op.create_index("ix_tier_change_dimension", "tier_change", ["dimension_id", "at"])
    op.drop_index("ix_tier_standing_stay", "tier_standing")
    op.drop_table("lifecycle")
    op.drop_table("scene_table")
