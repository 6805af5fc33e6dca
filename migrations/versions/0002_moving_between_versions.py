"""Moving those inside from one version to another.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journey_move",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("journey_id", Id, sa.ForeignKey("journey.id"), nullable=False),
        sa.Column("from_version_id", Id, sa.ForeignKey("version.id"), nullable=False),
        sa.Column("to_version_id", Id, sa.ForeignKey("version.id"), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("targets", Json, nullable=False),
        sa.Column("undoes_id", Id, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_journey_move_journey", "journey_move", ["journey_id", "id"])
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_journey_move_running", "journey_move", ["id"], postgresql_where=running, sqlite_where=running
    )
    op.create_table(
        "moved_person",
        sa.Column("move_id", Id, sa.ForeignKey("journey_move.id"), primary_key=True),
        sa.Column("enrollment_id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
    )
    _count_what_was_not_counted_before()


def _count_what_was_not_counted_before() -> None:
    """What became of messages, and out of which stage people ended, are kept numbers from here on."""
    add = (
        "INSERT INTO counter (version_id, workspace_id, node, here, passed) SELECT version_id, workspace_id,"
    )
    op.execute(f"{add} step || ' @written', 0, count(*) FROM outbox GROUP BY version_id, workspace_id, step")
    op.execute(
        f"{add} step || ' @' || state, 0, count(*) FROM outbox"
        " WHERE state IN ('sent', 'delivered', 'failed', 'refused', 'expired', 'unknown')"
        " GROUP BY version_id, workspace_id, step, state"
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    result = "detail ->> 'result'" if postgresql else "json_extract(detail, '$.result')"
    op.execute(
        f"{add} stage || ' >' || ({result}), 0, count(*) FROM trail WHERE op = 'end' AND stage IS NOT NULL"
        f" GROUP BY version_id, workspace_id, stage, ({result})"
    )


def downgrade() -> None:
    op.drop_table("moved_person")
    op.drop_table("journey_move")
