"""Members of staff whom a guard has paused, and mails to those who answer for a workspace.

Revision 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column("staff_task", sa.Column("held_by", Id, nullable=True))
    op.create_table(
        "notice",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("account_id", Id, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_index("ix_notice_waiting", "notice", ["not_before"], postgresql_where=WAITS, sqlite_where=WAITS)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_column("staff_task", "held_by")
