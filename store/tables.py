"""What every room shares: workspaces and people who sign in, keys, audit, inbox and outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db


class Workspace(db.Model):
    """One brand's world; every other row belongs to one."""

    __tablename__ = "workspace"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    #: {"quiet_hours": ["22:00", "08:00"] | null, …}
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Account(db.Model):
    """A person who signs in; may be a member of several workspaces."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Member(db.Model):
    """Which account may do what in which workspace: owner, editor, analyst or viewer."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("workspace_id", "account_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LoginSession(db.Model):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "login_session"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id"))
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class LoginAttempt(db.Model):
    """A failed sign-in, counted by account and by address to slow guessing down."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "who", "at"), Index(None, "ip", "at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the e-mail address, so that typing errors are not stored as personal data.
    who: Mapped[str] = mapped_column(String(64))
    ip: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApiKey(db.Model):
    """A key for programs; shown once, kept as SHA-256."""

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Audit(db.Model):
    """Who changed what and when, written in the same transaction as the change, and never changed."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "workspace_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: SHA-256 of the line and of the seal before it in the workspace (store/audit.py).
    seal: Mapped[str] = mapped_column(String(64))


class Idempotency(db.Model):
    """The first answer to a write that carried an Idempotency-Key."""

    __tablename__ = "idempotency"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: SHA-256 of method, path and body: the same key with another request is an error.
    request_hash: Mapped[str] = mapped_column(String(64))
    #: Null while the first request is still being worked on.
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class VirtualClock(db.Model):
    """The test clock: one row with the journey time of all processes; read in test mode only."""

    __tablename__ = "virtual_clock"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    now: Mapped[datetime] = mapped_column(UTCDateTime)


class Inbox(db.Model):
    """Every signal that enters: events, data changes, receipts, enrolments by hand or API."""

    __tablename__ = "inbox"
    __table_args__ = (
        # One event id is taken once per workspace; signals of our own have none.
        Index(
            "uq_inbox_event_id",
            "workspace_id",
            "event_id",
            unique=True,
            postgresql_where=text("event_id IS NOT NULL"),
            sqlite_where=text("event_id IS NOT NULL"),
        ),
        Index(
            "ix_inbox_new",
            "id",
            postgresql_where=text("state = 'new'"),
            sqlite_where=text("state = 'new'"),
        ),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: No foreign key on the tables that take thousands of rows a second: each row would lock its workspace's.
    workspace_id: Mapped[int] = mapped_column(Id)
    #: event | changed | retimed | receipt | enroll | journey_ended
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(128))
    event_id: Mapped[str | None] = mapped_column(String(255))
    #: A subject number (store/subjects.py): of a customer group it is negative. So in outbox and event.
    contact_id: Mapped[int | None] = mapped_column(Id)
    #: Given when the contact is not known by id yet: {"external_id": …}, {"phone": …}; of a group {"@group": key}.
    identity: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: For a signal meant for one enrollment alone (receipt, end of a bound journey).
    enrollment_id: Mapped[int | None] = mapped_column(Id)
    #: The enrollment whose own step made this signal; it has already heard it.
    source_id: Mapped[int | None] = mapped_column(Id)
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: new | done | failed
    state: Mapped[str] = mapped_column(String(8), default="new")
    error: Mapped[str | None] = mapped_column(String(500))


class Outbox(db.Model):
    """Every message that leaves, from the move that made it to the carrier's answer."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "not_before",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
        # Where a carrier's rate is shared out: each journey's own queue, so that a long one hides no other.
        Index(
            "ix_outbox_journey",
            "journey_id",
            "carrier",
            "not_before",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbox_leased",
            "lease_until",
            postgresql_where=text("state = 'sending'"),
            sqlite_where=text("state = 'sending'"),
        ),
        Index("ix_outbox_enrollment", "enrollment_id", "visit"),
        Index("ix_outbox_contact", "contact_id", "id"),
        Index("ix_outbox_workspace", "workspace_id", "id"),
        Index(
            "ix_outbox_reference",
            "workspace_id",
            "reference",
            postgresql_where=text("reference IS NOT NULL"),
            sqlite_where=text("reference IS NOT NULL"),
        ),
        # What carriers may yet say more about.
        Index(
            "ix_outbox_unconfirmed",
            "workspace_id",
            "carrier",
            "id",
            postgresql_where=text("state = 'sent' AND reference IS NOT NULL"),
            sqlite_where=text("state = 'sent' AND reference IS NOT NULL"),
        ),
        UniqueConstraint("key"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: enrollment:seq:n, handed to the provider as idempotency key.
    key: Mapped[str] = mapped_column(String(64))
    journey_id: Mapped[int] = mapped_column(Id)
    version_id: Mapped[int] = mapped_column(Id)
    enrollment_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    step: Mapped[str] = mapped_column(String(64))
    visit: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    carrier: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(String(128))
    #: What the text may speak of besides the contact: {"event": …, "entry": …, "variables": …, "stage": …}
    scene: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: The journey's time at which it was put here.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: True if the step stands and waits for the carrier's answer.
    answer: Mapped[bool] = mapped_column(Boolean, default=False)
    #: pending | sending | sent | delivered | failed | withdrawn | expired | refused | unknown
    state: Mapped[str] = mapped_column(String(16), default="pending")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    #: What was really sent: {"text": …, "title": …, "attachments": […]}, carrier used, receipt.
    rendered: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(500))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The carrier's own number of the message, by which it speaks of it later.
    reference: Mapped[str | None] = mapped_column(String(128))


class CarrierRate(db.Model):
    """The token bucket of a workspace's carrier, shared by all workers; filled by the database's own clock."""

    __tablename__ = "carrier_rate"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(String(32), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The carrier asked for silence until then.
    closed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The journey served last: the next one has its turn first.
    turn: Mapped[int] = mapped_column(Id, default=0)


class WorkerBeat(db.Model):
    """A worker that lives: who, on which host, doing what, and when it was last heard of."""

    __tablename__ = "worker_beat"
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(64))
    #: Its roles, separated by commas.
    roles: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: By the database's clock.
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Sending(db.Model):
    """One row: whether messages may leave this database, and where it was at home when that was decided."""

    __tablename__ = "sending"
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: What a copy of this database does not have: see store/home.py.
    home: Mapped[str] = mapped_column(String(128))
    held: Mapped[bool] = mapped_column(Boolean, default=False)
    why: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
