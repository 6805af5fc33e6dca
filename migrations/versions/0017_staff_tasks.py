"""Tasks for the staff.

Revision 0017.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("ix_staff_task_draft", ("id",), "state = 'draft'"),
    ("ix_staff_task_remind", ("remind_at",), "remind_at IS NOT NULL"),
    ("ix_staff_task_staff", ("staff_id", "state"), ""),
    ("ix_staff_task_open", ("workspace_id", "id"), "closed_at IS NULL"),
    ("ix_staff_task_enrollment", ("enrollment_id", "seq"), ""),
    ("ix_staff_task_contact", ("contact_id",), ""),
)


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("away_until", UTCDateTime(), nullable=True))
    op.create_table(
        "staff_task",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        _text("key", 64),
        *(sa.Column(name, Id, nullable=True) for name in ("journey_id", "version_id", "enrollment_id")),
        _text("step", 64),
        _text("stage", 64),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("visit", "seq")),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("group_id", Id, nullable=True),
        _text("title", 200),
        sa.Column("instructions", sa.Text(), nullable=False),
        _text("content", 128),
        sa.Column("scene", Json, nullable=False),
        sa.Column("results", Json, nullable=False),
        _text("assign", 16),
        _text("person", 64),
        _text("team", 200),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=True),
        _text("state", 16),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        _time("due_at"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("reminds", "remind_secs")),
        _time("remind_at"),
        sa.Column("reminded", sa.Integer(), nullable=False),
        *(_time(name) for name in ("assigned_at", "seen_at", "confirmed_at", "closed_at")),
        _text("closed_by", 120),
        _text("result", 64),
        _text("note", 2000),
        _text("reason", 2000),
        sa.Column("history", Json, nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    for name, columns, only in INDEXES:
        where: Any = sa.text(only) if only else None
        op.create_index(name, "staff_task", list(columns), postgresql_where=where, sqlite_where=where)
    op.create_table(
        "unusual_case",
        sa.Column("id", Id, primary_key=True),
        _workspace(),
        sa.Column("task_id", Id, nullable=True),
        sa.Column("journey_id", Id, nullable=True),
        _text("step", 64),
        sa.Column("contact_id", Id, nullable=True),
        _text("title", 200),
        _text("reason", 2000),
        sa.Column("at", UTCDateTime(), nullable=False),
        _text("by", 120),
        sa.Column("override", Json, nullable=True),
        _text("state", 16),
        _text("verdict", 16),
        _text("answer", 2000),
        _time("reviewed_at"),
        _text("reviewed_by", 120),
    )
    op.create_index("ix_unusual_case_workspace", "unusual_case", ["workspace_id", "state", "id"])
    op.create_index("ix_unusual_case_contact", "unusual_case", ["contact_id"])


def downgrade() -> None:
    op.drop_table("unusual_case")
    op.drop_table("staff_task")
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("away_until")


def _workspace() -> sa.Column[Any]:
    return sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _time(name: str) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=True)
