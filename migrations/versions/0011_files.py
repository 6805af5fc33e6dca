"""Imports of every kind, exports, and what is watched about events.

Revision 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEW_COLUMNS = ("kind", "form", "delimiter", "size", "options", "cut", "pace", "problems")


def upgrade() -> None:
    with op.batch_alter_table("import") as table:
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="contacts"))
        table.add_column(sa.Column("form", sa.String(8), nullable=False, server_default="csv"))
        table.add_column(sa.Column("delimiter", sa.String(1), nullable=False, server_default=","))
        table.add_column(sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("options", Json, nullable=False, server_default="{}"))
        table.add_column(sa.Column("cut", sa.Boolean(), nullable=False, server_default=sa.text("true")))
        table.add_column(sa.Column("pace", sa.Integer(), nullable=False, server_default="1000"))
        table.add_column(sa.Column("problems", sa.Integer(), nullable=False, server_default="0"))
    _loosen()
    with op.batch_alter_table("import_part") as table:
        table.add_column(sa.Column("taken", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "file_piece",
        sa.Column("owner", sa.String(8), primary_key=True),
        sa.Column("owner_id", Id, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    _exports()
    op.create_table(
        "event_hour",
        sa.Column("workspace_id", Id, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("hour", UTCDateTime(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "event_warning",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("property", sa.String(64), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("dismissed", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("workspace_id", "name", "property", "code"),
    )


#: Each row of these locked its workspace's row, which was two fifths of what storing a contact costs.
LOOSENED = ("contact", "identity")


def _loosen() -> None:
    """PostgreSQL alone: on SQLite the tables would have to be written anew, and one writer waits for nobody."""
    if op.get_bind().dialect.name == "postgresql":
        for table in LOOSENED:
            op.drop_constraint(f"fk_{table}_workspace_id_workspace", table, type_="foreignkey")


def _exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("reached", Id, nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.String(120), nullable=False),
    )
    op.create_index("ix_export_workspace_id", "export", ["workspace_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in LOOSENED:
            op.create_foreign_key(
                f"fk_{table}_workspace_id_workspace", table, "workspace", ["workspace_id"], ["id"]
            )
    for table in ("event_warning", "event_hour", "export", "file_piece"):
        op.drop_table(table)
    # What is cut in the new way cannot be read by the version before: it must be sent again.
    op.execute("DELETE FROM import_part")
    op.execute("UPDATE import SET state = 'failed' WHERE state NOT IN ('done', 'failed')")
    with op.batch_alter_table("import_part") as table:
        table.drop_column("taken")
    with op.batch_alter_table("import") as table:
        for name in NEW_COLUMNS:
            table.drop_column(name)
