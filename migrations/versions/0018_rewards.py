"""Coupons, points, referrals and draws.

Revision 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FREE = sa.text("state = 'free'")
RUNS_OUT = sa.text("state = 'issued' AND expires_at IS NOT NULL")
DUE = sa.text("due_at IS NOT NULL")
TABLES = (
    "coupon_pool",
    "coupon_code",
    "coupon_issue",
    "points_scheme",
    "points_account",
    "points_entry",
    "referral_program",
    "referral_code",
    "referral",
    "referral_reward",
    "draw",
    "draw_prize",
    "draw_entry",
)


def upgrade() -> None:
    _pools()
    _issues()
    _schemes()
    _ledger()
    _referrals()
    _ladder()
    _draws()
    _draw_entries()


def _pools() -> None:
    op.create_table(
        "coupon_pool",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("form", Json, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("rules", sa.String(length=2000), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("valid_from", UTCDateTime(), nullable=True),
        sa.Column("valid_until", UTCDateTime(), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("property", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "coupon_code",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("pool_id", Id, sa.ForeignKey("coupon_pool.id"), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.UniqueConstraint("pool_id", "code"),
    )
    op.create_index(
        "ix_coupon_code_free", "coupon_code", ["pool_id", "id"], postgresql_where=FREE, sqlite_where=FREE
    )


def _issues() -> None:
    op.create_table(
        "coupon_issue",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("pool_id", Id, sa.ForeignKey("coupon_pool.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("redeemed_at", UTCDateTime(), nullable=True),
        sa.Column("redeemed_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_index("ix_coupon_issue_code", "coupon_issue", ["pool_id", "code"])
    op.create_index("ix_coupon_issue_contact", "coupon_issue", ["contact_id", "id"])
    op.create_index(
        "ix_coupon_issue_due",
        "coupon_issue",
        ["expires_at"],
        postgresql_where=RUNS_OUT,
        sqlite_where=RUNS_OUT,
    )
    op.create_index("ix_coupon_issue_pool", "coupon_issue", ["pool_id", "issued_at"])


def _schemes() -> None:
    op.create_table(
        "points_scheme",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("earn", Json, nullable=False),
        sa.Column("exchange", Json, nullable=False),
        sa.Column("expires_days", sa.Integer(), nullable=True),
        sa.Column("may_owe", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "points_account",
        sa.Column("scheme_id", Id, sa.ForeignKey("points_scheme.id"), primary_key=True),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_points_account_contact", "points_account", ["contact_id"])
    op.create_index(
        "ix_points_account_due", "points_account", ["due_at"], postgresql_where=DUE, sqlite_where=DUE
    )
    op.create_index("ix_points_account_rank", "points_account", ["scheme_id", "balance"])


def _ledger() -> None:
    op.create_table(
        "points_entry",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("scheme_id", Id, sa.ForeignKey("points_scheme.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=140), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_index("ix_points_entry_contact", "points_entry", ["contact_id", "scheme_id", "id"])
    op.create_index("ix_points_entry_day", "points_entry", ["contact_id", "rule", "day"])


def _referrals() -> None:
    op.create_table(
        "referral_program",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("property", sa.String(length=64), nullable=False),
        sa.Column("ladder", Json, nullable=False),
        sa.Column("hints", Json, nullable=False),
        sa.Column("hint_over", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "referral_code",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "code"),
    )
    op.create_index("ix_referral_code_contact", "referral_code", ["contact_id"])


def _ladder() -> None:
    op.create_table(
        "referral",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("program_id", Id, sa.ForeignKey("referral_program.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("inviter_id", Id, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("hints", Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("program_id", "contact_id"),
    )
    op.create_index("ix_referral_contact", "referral", ["contact_id"])
    op.create_index("ix_referral_inviter", "referral", ["program_id", "inviter_id"])
    op.create_table(
        "referral_reward",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("program_id", Id, sa.ForeignKey("referral_program.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("given", Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("program_id", "contact_id", "step"),
    )
    op.create_index("ix_referral_reward_contact", "referral_reward", ["contact_id"])


def _draws() -> None:
    op.create_table(
        "draw",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "draw_prize",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("draw_id", Id, sa.ForeignKey("draw.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("pool", sa.String(length=64), nullable=False),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.UniqueConstraint("draw_id", "key"),
    )


def _draw_entries() -> None:
    op.create_table(
        "draw_entry",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("draw_id", Id, sa.ForeignKey("draw.id"), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("weights", Json, nullable=False),
        sa.Column("prize", sa.String(length=64), nullable=False),
        sa.Column("given", Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("draw_id", "key"),
        sa.UniqueConstraint("draw_id", "number"),
    )
    op.create_index("ix_draw_entry_contact", "draw_entry", ["contact_id", "draw_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
