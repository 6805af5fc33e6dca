"""What is read from a company's WeCom, and what is asked of it besides messages.

Revision 0020.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = (
    "wecom_look",
    "wecom_tag",
    "wecom_follow",
    "wecom_chat",
    "wecom_deed",
    "wecom_transfer",
    "wecom_moment",
)


def upgrade() -> None:
    _mirror()
    _asked()


def _mirror() -> None:
    op.create_table(
        "wecom_look",
        _connection(),
        sa.Column("what", sa.String(length=16), primary_key=True),
        sa.Column("key", sa.String(length=255), primary_key=True),
        _id("workspace_id"),
        _time("due_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_index("ix_wecom_look_due", "wecom_look", ["due_at"])
    op.create_table(
        "wecom_tag",
        _connection(),
        sa.Column("tag_id", sa.String(length=64), primary_key=True),
        _id("workspace_id"),
        _text("name", 64),
        _text("group_name", 100),
        sa.Column("gone", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "wecom_follow",
        _connection(),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("staff_key", sa.String(length=64), primary_key=True),
        _id("workspace_id"),
        _text("external_userid", 255),
        sa.Column("tags", Json, nullable=False),
        _id("round"),
    )
    op.create_index("ix_wecom_follow_staff", "wecom_follow", ["connection_id", "staff_key", "round"])
    op.create_index("ix_wecom_follow_contact", "wecom_follow", ["contact_id"])
    op.create_table(
        "wecom_chat",
        _connection(),
        sa.Column("chat_id", sa.String(length=128), primary_key=True),
        _id("workspace_id"),
        _id("round"),
        _time("read_at", nullable=True),
    )


def _asked() -> None:
    op.create_table(
        "wecom_deed",
        sa.Column("id", Id, primary_key=True),
        _id("workspace_id"),
        _id("connection_id"),
        _text("kind", 16),
        _text("key", 160),
        sa.Column("contact_id", Id, nullable=True),
        _text("staff_key", 64),
        sa.Column("data", Json, nullable=False),
        _text("state", 8),
        sa.Column("tries", sa.Integer(), nullable=False),
        _time("not_before"),
        sa.Column("reason", sa.String(length=500), nullable=True),
        _time("created_at"),
        _time("done_at", nullable=True),
        sa.UniqueConstraint("workspace_id", "key"),
        sqlite_autoincrement=True,
    )
    _index("ix_wecom_deed_waiting", "wecom_deed", ["not_before"], "done_at IS NULL")
    op.create_index("ix_wecom_deed_contact", "wecom_deed", ["contact_id"])
    op.create_table(
        "wecom_transfer",
        sa.Column("id", Id, primary_key=True),
        *(_id(name) for name in ("workspace_id", "connection_id", "contact_id")),
        _text("external_userid", 255),
        *(_text(name, 64) for name in ("from_key", "to_key")),
        sa.Column("resigned", sa.Boolean(), nullable=False),
        _text("words", 200),
        _text("state", 8),
        sa.Column("reason", sa.String(length=500), nullable=True),
        _text("by", 120),
        _time("created_at"),
        _time("asked_at", nullable=True),
        _time("next_at"),
        _time("ended_at", nullable=True),
        sqlite_autoincrement=True,
    )
    _index("ix_wecom_transfer_open", "wecom_transfer", ["next_at"], "ended_at IS NULL")
    op.create_index("ix_wecom_transfer_workspace", "wecom_transfer", ["workspace_id", "id"])
    op.create_index("ix_wecom_transfer_contact", "wecom_transfer", ["contact_id"])
    op.create_table(
        "wecom_moment",
        _connection(),
        sa.Column("job", sa.String(length=128), primary_key=True),
        _id("workspace_id"),
        _text("moment", 128),
        _text("content", 128),
        sa.Column("journey_id", Id, nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("likes", "comments")),
        *(_time(name) for name in ("next_at", "until")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _connection() -> sa.Column[Any]:
    return sa.Column("connection_id", Id, primary_key=True, autoincrement=False)


def _id(name: str) -> sa.Column[Any]:
    return sa.Column(name, Id, nullable=False)


def _text(name: str, longest: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _index(name: str, table: str, columns: list[str], only: str) -> None:
    where = sa.text(only)
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
