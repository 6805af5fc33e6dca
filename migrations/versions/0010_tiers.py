"""Tiers by dimension with their levels and overrides, and RFM.

Revision 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
DUE = sa.text("due_at IS NOT NULL")
RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    _dimensions()
    _standings()
    _overrides()
    _changes()
    _rfm()


def _dimensions() -> None:
    op.create_table(
        "tier_dimension",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("levels", Json, nullable=False),
        sa.Column("demote_after_days", sa.Integer(), nullable=False),
        sa.Column("otherwise", sa.String(length=16), nullable=False),
        sa.Column("if_worked", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ready_at", UTCDateTime(), nullable=True),
        sa.Column("sorted_to", Id, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
        sqlite_autoincrement=True,
    )


def _standings() -> None:
    op.create_table(
        "tier_standing",
        sa.Column("dimension_id", Id, sa.ForeignKey("tier_dimension.id"), primary_key=True),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("level", sa.String(length=64), nullable=True),
        sa.Column("natural", sa.String(length=64), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("met", Json, nullable=False),
        sa.Column("lost", Json, nullable=False),
        sa.Column("override_id", Id, nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
    )
    op.create_index(
        "ix_tier_standing_due", "tier_standing", ["due_at"], postgresql_where=DUE, sqlite_where=DUE
    )
    op.create_index("ix_tier_standing_level", "tier_standing", ["dimension_id", "level", "contact_id"])
    op.create_index("ix_tier_standing_contact", "tier_standing", ["contact_id"])


def _overrides() -> None:
    op.create_table(
        "tier_override",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("dimension_id", Id, sa.ForeignKey("tier_dimension.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("measure", Json, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=120), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_tier_override_open",
        "tier_override",
        ["dimension_id", "contact_id"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_index("ix_tier_override_list", "tier_override", ["workspace_id", "state", "until", "id"])
    op.create_index("ix_tier_override_contact", "tier_override", ["contact_id"])


def _changes() -> None:
    op.create_table(
        "tier_change",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("dimension_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("old", sa.String(length=64), nullable=True),
        sa.Column("new", sa.String(length=64), nullable=True),
        sa.Column("because", sa.String(length=16), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("override_id", Id, nullable=True),
    )
    op.create_index("ix_tier_change_contact", "tier_change", ["contact_id", "id"])
    op.create_index("ix_tier_change_dimension", "tier_change", ["dimension_id", "at"])


def _rfm() -> None:
    op.create_table(
        "rfm_plan",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("amount", sa.String(length=128), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("next_run", UTCDateTime(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_rfm_plan_next_run", "rfm_plan", ["next_run"])
    op.create_table(
        "rfm_run",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("amount", sa.String(length=128), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("done_to", Id, nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("cuts", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "label"),
    )
    op.create_index("ix_rfm_run_running", "rfm_run", ["id"], postgresql_where=RUNNING, sqlite_where=RUNNING)
    op.create_table(
        "rfm_score",
        sa.Column("run_id", Id, sa.ForeignKey("rfm_run.id"), primary_key=True),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("money", sa.Float(), nullable=False),
        sa.Column("r", sa.SmallInteger(), nullable=True),
        sa.Column("f", sa.SmallInteger(), nullable=True),
        sa.Column("m", sa.SmallInteger(), nullable=True),
        sa.Column("group", sa.String(length=32), nullable=True),
    )
    op.create_index("ix_rfm_score_cell", "rfm_score", ["run_id", "r", "f", "contact_id"])


def downgrade() -> None:
    for table in ("rfm_score", "rfm_run", "rfm_plan", "tier_change", "tier_override", "tier_standing"):
        op.drop_table(table)
    op.drop_table("tier_dimension")
