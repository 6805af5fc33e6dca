"""Materials with owners, reviews and slots.

Revision 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED = ("version", "category", "topic", "owner_id", "status", "approved_version", "expires_at", "variants")
ADDED_LATER = ("winner", "choosing", "created_at")


def upgrade() -> None:
    with op.batch_alter_table("material") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("category", sa.String(length=16), nullable=False, server_default=""))
        table.add_column(sa.Column("topic", sa.String(length=64), nullable=False, server_default=""))
        owner = sa.ForeignKey("account.id", name="material_owner_id_fkey")
        table.add_column(sa.Column("owner_id", Id, owner, nullable=True))
        table.add_column(sa.Column("status", sa.String(length=16), nullable=False, server_default="draft"))
        table.add_column(sa.Column("approved_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("expires_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("variants", Json, nullable=True))
        table.add_column(sa.Column("winner", sa.String(length=8), nullable=False, server_default=""))
        table.add_column(sa.Column("choosing", Json, nullable=True))
        table.add_column(sa.Column("created_at", UTCDateTime(), nullable=True))
    with op.batch_alter_table("material") as table:
        for name in ("version", "category", "topic", "status", "winner"):
            table.alter_column(name, server_default=None)
    material = sa.ForeignKey("material.id", ondelete="CASCADE")
    op.create_table(
        "material_version",
        sa.Column("material_id", Id, material, primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("variants", Json, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
    )
    op.execute(
        "INSERT INTO material_version (material_id, number, workspace_id, name, carrier, body, at, by)"
        " SELECT id, 1, workspace_id, name, carrier, body, updated_at, updated_by FROM material"
    )
    op.create_table(
        "material_review",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("material_id", Id, sa.ForeignKey("material.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_material_review_material", "material_review", ["material_id", "id"])
    op.create_table(
        "slot_fill",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("material_id", Id, sa.ForeignKey("material.id", ondelete="CASCADE"), nullable=False),
        sa.Column("staff", Id, nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("material_id", "staff", "slot", "day"),
    )
    op.create_table(
        "material_policy",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("review", sa.String(length=8), nullable=False),
        sa.Column("others_review", sa.Boolean(), nullable=False),
        sa.Column("mix", Json, nullable=False),
        sa.Column("lists", Json, nullable=False),
    )
    op.create_table(
        "variant_message",
        sa.Column("outbox_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("material_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=8), nullable=False),
    )
    op.create_index("ix_variant_message_material", "variant_message", ["material_id", "version", "variant"])
    op.create_table(
        "script",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("journey", sa.String(length=128), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("copies", Json, nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_script_workspace", "script", ["workspace_id", "id"])


def downgrade() -> None:
    for name in (
        *("script", "variant_message", "material_policy", "slot_fill"),
        *("material_review", "material_version"),
    ):
        op.drop_table(name)
    with op.batch_alter_table("material") as table:
        for name in (*ADDED_LATER, *ADDED):
            table.drop_column(name)
