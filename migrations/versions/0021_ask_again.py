"""Asking those again who are held, when the policies have changed.

Revision 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ask_again",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("message", Id, nullable=True),
        sa.Column("up_to", Id, nullable=False),
        sa.Column("last", Id, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ask_again")
