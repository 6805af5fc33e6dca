"""Whether messages may leave this database, and how it knows that it is not a copy.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("home", sa.String(length=128), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sending")
