"""What tags mean, the rules that set them, and their history.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN_JOB = sa.text("finished_at IS NULL")
#: How many wear each tag that is worn already.
COUNT = """INSERT INTO tag_count (workspace_id, tag, worn)
SELECT c.workspace_id, t.value, count(*) FROM contact c, {each}(c.tags) AS t(value) GROUP BY 1, 2"""


def upgrade() -> None:
    op.create_table(
        "tag_shelf",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "tag_category",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "tag_definition",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("values", Json, nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "name"),
    )
    op.create_table(
        "tag_count",
        sa.Column("workspace_id", Id, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String(length=64), primary_key=True),
        sa.Column("worn", Id, nullable=False),
    )
    op.create_table(
        "tag_change",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("put_on", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("enrollment_id", Id, nullable=True),
    )
    op.create_index("ix_tag_change_contact", "tag_change", ["contact_id", "id"])
    op.create_index("ix_tag_change_tag", "tag_change", ["workspace_id", "tag", "id"])
    op.create_table(
        "tag_expiry",
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String(length=64), primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_tag_expiry_until", "tag_expiry", ["until"])
    op.create_table(
        "tag_refusal",
        sa.Column("workspace_id", Id, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String(length=64), primary_key=True),
        sa.Column("times", Id, nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("source_id", Id, nullable=True),
    )
    op.create_table(
        "tag_rule",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("holding", Json, nullable=False),
        sa.Column("ending", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fights", Json, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key"),
    )
    op.create_table(
        "tag_rule_holder",
        sa.Column("rule_id", Id, sa.ForeignKey("tag_rule.id"), primary_key=True, autoincrement=False),
        sa.Column("contact_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("flips", sa.Integer(), nullable=False),
    )
    op.create_table(
        "tag_job",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("whom", sa.String(length=16), nullable=False),
        sa.Column("rule", Json, nullable=True),
        sa.Column("add", Json, nullable=False),
        sa.Column("remove", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("total", Id, nullable=False),
        sa.Column("done", Id, nullable=False),
        sa.Column("changed", Id, nullable=False),
        sa.Column("missing", Id, nullable=False),
        sa.Column("reached", Id, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_tag_job_open", "tag_job", ["id"], postgresql_where=OPEN_JOB, sqlite_where=OPEN_JOB)
    op.create_index("ix_tag_job_workspace", "tag_job", ["workspace_id", "id"])
    op.create_table(
        "tag_job_part",
        sa.Column("job_id", Id, sa.ForeignKey("tag_job.id"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("whom", sa.LargeBinary(), nullable=False),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    count = COUNT.replace(" AS t(value)", " AS t") if is_sqlite else COUNT
    op.execute(count.format(each="json_each" if is_sqlite else "jsonb_array_elements_text"))


def downgrade() -> None:
    for table in (
        "tag_job_part",
        "tag_job",
        "tag_rule_holder",
        "tag_rule",
        "tag_refusal",
        "tag_expiry",
        "tag_change",
        "tag_count",
        "tag_definition",
        "tag_category",
        "tag_shelf",
    ):
        op.drop_table(table)
