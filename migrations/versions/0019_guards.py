"""The stop of a workspace, breakers before providers, and guards.

Revision 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STANDS = sa.text("until IS NULL")
NOT_WOKEN = sa.text("woken = false")
TABLES = ("sending_stop", "breaker", "guard", "guard_trip", "guard_tally", "guard_hit", "guard_cursor")


def upgrade() -> None:
    _stops()
    _breakers()
    _guards()
    _trips()
    _counts()


def _stops() -> None:
    op.create_table(
        "sending_stop",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("woken", sa.Boolean(), nullable=False),
    )
    _index("uq_sending_stop_stands", "sending_stop", ["workspace_id"], STANDS, unique=True)
    _index("ix_sending_stop_held", "sending_stop", ["workspace_id"], NOT_WOKEN)


def _breakers() -> None:
    op.create_table(
        "breaker",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("carrier", sa.String(length=32), primary_key=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("pause_secs", sa.Float(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("last_key", sa.String(length=64), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
    )


def _guards() -> None:
    op.create_table(
        "guard",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_guard_workspace", "guard", ["workspace_id", "id"])


def _trips() -> None:
    op.create_table(
        "guard_trip",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("guard_id", Id, sa.ForeignKey("guard.id"), nullable=False),
        sa.Column("per", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("interval_secs", sa.Float(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("woken", sa.Boolean(), nullable=False),
    )
    _index("uq_guard_trip_open", "guard_trip", ["guard_id", "subject"], STANDS, unique=True)
    _index("ix_guard_trip_held", "guard_trip", ["workspace_id"], NOT_WOKEN)
    op.create_index("ix_guard_trip_workspace", "guard_trip", ["workspace_id", "id"])


def _counts() -> None:
    op.create_table(
        "guard_tally",
        sa.Column("workspace_id", Id, primary_key=True),
        sa.Column("per", sa.String(length=16), primary_key=True),
        sa.Column("subject", sa.String(length=128), primary_key=True),
        sa.Column("bucket", UTCDateTime(), primary_key=True),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
    )
    op.create_index("ix_guard_tally_bucket", "guard_tally", ["bucket"])
    op.create_table(
        "guard_hit",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("outbox_id", Id, nullable=False),
        sa.Column("step", sa.String(length=128), nullable=False),
        sa.Column("material", sa.String(length=128), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("touched_at", UTCDateTime(), nullable=False),
        sa.Column("after_secs", sa.Float(), nullable=False),
        sa.UniqueConstraint("workspace_id", "measure", "outbox_id"),
    )
    op.create_index("ix_guard_hit_at", "guard_hit", ["workspace_id", "measure", "touched_at"])
    op.create_table(
        "guard_cursor",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("consent_id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
    )


def _index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
