"""What the attributes of a contact were before, and who changed them when.

Revision 0026.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attribute_change",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("field", sa.String(80), nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(120)),
        sa.Column("enrollment_id", Id),
    )
    op.create_index("ix_attribute_change_contact", "attribute_change", ["contact_id", "at"])


def downgrade() -> None:
    op.drop_table("attribute_change")
