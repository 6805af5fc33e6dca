"""Rules about contacts that keep themselves right, and the tiers that a contact is in.

Revision 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNFILLED = sa.text("filled_to IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("tiers", Json, nullable=False, server_default="{}"))
    op.create_table(
        "watched_rule",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("hears", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("filled_to", Id, nullable=True),
        sa.Column("looked_until", UTCDateTime(), nullable=False),
        sa.Column("looking_from", UTCDateTime(), nullable=True),
        sa.Column("looked_to", Id, nullable=False),
        sa.Column("next_look", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("workspace_id", "family", "owner", "part"),
    )
    op.create_index("ix_watched_rule_next_look", "watched_rule", ["next_look"])
    op.create_index(
        "ix_watched_rule_unfilled",
        "watched_rule",
        ["id"],
        postgresql_where=UNFILLED,
        sqlite_where=UNFILLED,
    )
    op.create_table(
        "recheck",
        sa.Column("workspace_id", Id, primary_key=True),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("heard", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("recheck")
    op.drop_table("watched_rule")
    # In place on SQLite too: making the table anew would break what points to it.
    op.execute("ALTER TABLE contact DROP COLUMN tiers")
