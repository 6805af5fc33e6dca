"""The first tables.

Revision 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Json, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: In the order in which they can be made.
TABLES = (
    "account",
    "enrollment",
    "event",
    "goal_hit",
    "inbox",
    "knock",
    "login_attempt",
    "outbox",
    "trail",
    "virtual_clock",
    "workspace",
    "api_key",
    "audit",
    "contact",
    "idempotency",
    "import",
    "journey",
    "known",
    "login_session",
    "material",
    "member",
    "draft",
    "identity",
    "import_part",
    "import_problem",
    "journey_pause",
    "schedule",
    "version",
    "counter",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", Id, primary_key=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.create_table(
        "enrollment",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("journey_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("subject_kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("step", sa.String(length=64), nullable=True),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("void_seq", sa.Integer(), nullable=False),
        sa.Column("entered_journey", UTCDateTime(), nullable=False),
        sa.Column("entered_stage", UTCDateTime(), nullable=True),
        sa.Column("step_begun", UTCDateTime(), nullable=True),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("step_due", UTCDateTime(), nullable=True),
        sa.Column("stage_due", UTCDateTime(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("goal_until", UTCDateTime(), nullable=True),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("parent_visit", sa.Integer(), nullable=True),
        sa.Column("state", Json, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_enrollment_due",
        "enrollment",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_enrollment_step", "enrollment", ["version_id", "step"])
    op.create_index("ix_enrollment_subject", "enrollment", ["subject_id", "journey_id"])
    op.create_index(
        "uq_enrollment_active",
        "enrollment",
        ["journey_id", "subject_kind", "subject_id", "key"],
        unique=True,
        postgresql_where=sa.text("status <> 'ended'"),
        sqlite_where=sa.text("status <> 'ended'"),
    )

    op.create_table(
        "event",
        sa.Column("id", Id, autoincrement=False, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.Column("properties", Json, nullable=False),
    )
    op.create_index("ix_event_contact", "event", ["contact_id", "name", "occurred_at"])

    op.create_table(
        "goal_hit",
        sa.Column("enrollment_id", Id, primary_key=True),
        sa.Column("goal", sa.String(length=64), primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("holdout", sa.Integer(), nullable=False),
    )
    op.create_index("ix_goal_hit_version", "goal_hit", ["version_id", "goal"])

    op.create_table(
        "inbox",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=True),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("identity", Json, nullable=True),
        sa.Column("enrollment_id", Id, nullable=True),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_new",
        "inbox",
        ["id"],
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.create_index(
        "uq_inbox_event_id",
        "inbox",
        ["workspace_id", "event_id"],
        unique=True,
        postgresql_where=sa.text("event_id IS NOT NULL"),
        sqlite_where=sa.text("event_id IS NOT NULL"),
    )

    op.create_table(
        "knock",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("enrollment_id", Id, nullable=False),
        sa.Column("signal_id", Id, nullable=False),
        sa.UniqueConstraint("enrollment_id", "signal_id", name="uq_knock_enrollment_id_signal_id"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", Id, primary_key=True),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("ip", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_login_attempt_ip_at", "login_attempt", ["ip", "at"])
    op.create_index("ix_login_attempt_who_at", "login_attempt", ["who", "at"])

    op.create_table(
        "outbox",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("journey_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("enrollment_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=128), nullable=False),
        sa.Column("scene", Json, nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("valid_until", UTCDateTime(), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("rendered", Json, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_contact", "outbox", ["contact_id", "id"])
    op.create_index("ix_outbox_enrollment", "outbox", ["enrollment_id", "visit"])
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["lease_until"],
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["not_before"],
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_outbox_workspace", "outbox", ["workspace_id", "id"])

    op.create_table(
        "trail",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("enrollment_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("op", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("step", sa.String(length=64), nullable=True),
        sa.Column("exit", sa.String(length=64), nullable=True),
        sa.Column("arrow", sa.String(length=64), nullable=True),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("detail", Json, nullable=True),
    )
    op.create_index("ix_trail_enrollment", "trail", ["enrollment_id", "id"])

    op.create_table(
        "virtual_clock",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("now", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "workspace",
        sa.Column("id", Id, primary_key=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("slug", name="uq_workspace_slug"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_key",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("secret_hash", name="uq_api_key_secret_hash"),
    )
    op.create_index("ix_api_key_workspace_id", "api_key", ["workspace_id"])

    op.create_table(
        "audit",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
    )
    op.create_index("ix_audit_workspace_id_id", "audit", ["workspace_id", "id"])

    op.create_table(
        "contact",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("attributes", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "external_id", name="uq_contact_workspace_id_external_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_workspace", "contact", ["workspace_id", "id"])

    op.create_table(
        "idempotency",
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("key", sa.String(length=255), primary_key=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])

    op.create_table(
        "import",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=120), nullable=False),
    )
    op.create_index("ix_import_workspace_id", "import", ["workspace_id"])

    op.create_table(
        "journey",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("live_version_id", Id, nullable=True),
        sa.Column("paused_at", UTCDateTime(), nullable=True),
        sa.Column("on_resume", sa.String(length=8), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key", name="uq_journey_workspace_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "known",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("own_doing", sa.Boolean(), nullable=False),
        sa.Column("first_seen", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "kind", "name", name="uq_known_workspace_id_kind_name"),
    )
    op.create_table(
        "login_session",
        sa.Column("id", Id, primary_key=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("account_id", Id, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
    )
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])

    op.create_table(
        "material",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("workspace_id", "key", name="uq_material_workspace_id_key"),
    )
    op.create_table(
        "member",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("account_id", Id, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("workspace_id", "account_id", name="uq_member_workspace_id_account_id"),
    )
    op.create_index("ix_member_account_id", "member", ["account_id"])

    op.create_table(
        "draft",
        sa.Column("journey_id", Id, sa.ForeignKey("journey.id"), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("contact_id", Id, sa.ForeignKey("contact.id"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.UniqueConstraint("workspace_id", "kind", "value", name="uq_identity_workspace_id_kind_value"),
    )
    op.create_index("ix_identity_contact_id", "identity", ["contact_id"])

    op.create_table(
        "import_part",
        sa.Column("import_id", Id, sa.ForeignKey("import.id"), primary_key=True),
        sa.Column("first_row", sa.Integer(), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "import_problem",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("import_id", Id, sa.ForeignKey("import.id"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=255), nullable=False),
        sa.Column("reason", Json, nullable=False),
    )
    op.create_index("ix_import_problem_import", "import_problem", ["import_id", "row"])

    op.create_table(
        "journey_pause",
        sa.Column("journey_id", Id, sa.ForeignKey("journey.id"), primary_key=True),
        sa.Column("since", UTCDateTime(), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("on_resume", sa.String(length=8), nullable=False),
        sa.Column("woken", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "schedule",
        sa.Column("journey_id", Id, sa.ForeignKey("journey.id"), primary_key=True),
        sa.Column("entry_id", sa.String(length=64), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("done_until", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_schedule_next", "schedule", ["next_at"])

    op.create_table(
        "version",
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("journey_id", Id, sa.ForeignKey("journey.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("published_by", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("journey_id", "number", name="uq_version_journey_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counter",
        sa.Column("version_id", Id, sa.ForeignKey("version.id"), primary_key=True),
        sa.Column("node", sa.String(length=140), primary_key=True),
        sa.Column("workspace_id", Id, sa.ForeignKey("workspace.id"), nullable=False),
        sa.Column("here", Id, nullable=False),
        sa.Column("passed", Id, nullable=False),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
