"""Merged contacts, consent, typed attributes, and the staff who look after contacts.

Revision 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNSWEPT = sa.text("swept_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "merged_contact",
        sa.Column("old_id", Id, primary_key=True, autoincrement=False),
        _workspace(),
        sa.Column("keeper_id", Id, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("swept_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_merged_contact_keeper", "merged_contact", ["keeper_id"])
    op.create_index(
        "ix_merged_contact_unswept",
        "merged_contact",
        ["old_id"],
        postgresql_where=UNSWEPT,
        sqlite_where=UNSWEPT,
    )
    op.create_table(
        "consent_change",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
    )
    op.create_index("ix_consent_change_contact", "consent_change", ["contact_id", "id"])
    _attributes()
    _staff()
    op.create_table(
        "suppressed",
        _workspace(key=True),
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "suppression_salt",
        _workspace(key=True),
        sa.Column("salt", sa.String(length=64), nullable=False),
    )


def _attributes() -> None:
    op.create_table(
        "attribute_type",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("allowed", Json, nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("seen_by", sa.String(length=16), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "name"),
    )
    op.create_table(
        "attribute_warning",
        _workspace(key=True),
        sa.Column("name", sa.String(length=64), primary_key=True),
        sa.Column("wrong", sa.String(length=8), primary_key=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("account_id", Id, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "staff_relation",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("group_key", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("contact_id", "staff_id", "group_key"),
    )
    op.create_index("ix_staff_relation_staff", "staff_relation", ["staff_id", "state"])


def _workspace(*, key: bool = False) -> sa.Column[int]:
    return sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False, primary_key=key)


def downgrade() -> None:
    for table in (
        *("suppression_salt", "suppressed", "staff_relation", "staff"),
        *("attribute_warning", "attribute_type", "consent_change", "merged_contact"),
    ):
        op.drop_table(table)
