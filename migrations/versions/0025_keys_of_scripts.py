"""Scripts that came with a template are known again by a key.

Revision 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("script", sa.Column("key", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("script", "key")
