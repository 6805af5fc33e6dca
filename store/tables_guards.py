"""What keeps messages back: the stop of a workspace, breakers before providers, and guards that have tripped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

STANDS = text("until IS NULL")
NOT_WOKEN = text("woken = false")
#: States of a breaker.
CLOSED, OPEN, HALF = "closed", "open", "half"


class SendingStop(db.Model):
    """A person has stopped everything that a workspace sends; messages wait until it is released and they are woken."""

    __tablename__ = "sending_stop"
    __table_args__ = (
        Index("uq_sending_stop_stands", "workspace_id", unique=True, postgresql_where=STANDS, sqlite_where=STANDS),
        Index("ix_sending_stop_held", "workspace_id", postgresql_where=NOT_WOKEN, sqlite_where=NOT_WOKEN),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(500))
    #: When it was released; null while it stands.
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    #: True when what waited is back in its queues: until then nothing leaves.
    woken: Mapped[bool] = mapped_column(Boolean, default=False)


class Breaker(db.Model):
    """How a provider has answered lately; there is a row only where it has failed."""

    __tablename__ = "breaker"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: closed | open (nothing goes before `until`) | half (one message tries; whoever sends it has until `until`)
    state: Mapped[str] = mapped_column(String(8))
    #: Calls for different messages that came to nothing, one after the other.
    failures: Mapped[int] = mapped_column(Integer)
    pause_secs: Mapped[float] = mapped_column(Float)
    #: By the journeys' clock, as everything that messages wait for.
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The message that failed last: one that fails again and again says nothing of the provider.
    last_key: Mapped[str] = mapped_column(String(64), default="")
    last_error: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Guard(db.Model):
    """A rule that watches how people take what reaches them, and does something when too many do not like it."""

    __tablename__ = "guard"
    __table_args__ = (Index("ix_guard_workspace", "workspace_id", "id"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(100))
    #: The rule in the form of rules.guards.Rule.
    rule: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(8), default="on")
    #: Touches before that do not count.
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120))


class GuardTrip(db.Model):
    """A guard that has tripped at one step, material or member of staff; open until it is released."""

    __tablename__ = "guard_trip"
    __table_args__ = (
        Index("uq_guard_trip_open", "guard_id", "subject", unique=True, postgresql_where=STANDS, sqlite_where=STANDS),
        Index("ix_guard_trip_held", "workspace_id", postgresql_where=NOT_WOKEN, sqlite_where=NOT_WOKEN),
        Index("ix_guard_trip_workspace", "workspace_id", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    guard_id: Mapped[int] = mapped_column(Id, ForeignKey("guard.id"))
    #: step | material | staff
    per: Mapped[str] = mapped_column(String(16))
    #: `JOURNEY:STEP`, the key of a material, or that of a member of staff.
    subject: Mapped[str] = mapped_column(String(128))
    #: The rule as it was then.
    rule: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: tell | slow | pause
    action: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    touches: Mapped[int] = mapped_column(Integer)
    hits: Mapped[int] = mapped_column(Integer)
    #: Of a slowed step: seconds between two messages, and when the next may go.
    interval_secs: Mapped[float] = mapped_column(Float, default=0.0)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    #: True when nothing waits because of it any more; from the beginning where it only tells.
    woken: Mapped[bool] = mapped_column(Boolean, default=False)


class GuardTally(db.Model):
    """Messages of one step, material or member of staff, in ten minutes: counted as they are settled."""

    __tablename__ = "guard_tally"
    __table_args__ = (Index("ix_guard_tally_bucket", "bucket"),)
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True)
    per: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    bucket: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    #: That went out, and that failed.
    touches: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)


class GuardHit(db.Model):
    """A message after which its receiver deleted us or unsubscribed; it says nothing of whom."""

    __tablename__ = "guard_hit"
    __table_args__ = (
        UniqueConstraint("workspace_id", "measure", "outbox_id"),
        Index("ix_guard_hit_at", "workspace_id", "measure", "touched_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: deletion | complaint
    measure: Mapped[str] = mapped_column(String(16))
    outbox_id: Mapped[int] = mapped_column(Id)
    step: Mapped[str] = mapped_column(String(128))
    material: Mapped[str] = mapped_column(String(128))
    staff: Mapped[str] = mapped_column(String(64))
    touched_at: Mapped[datetime] = mapped_column(UTCDateTime)
    after_secs: Mapped[float] = mapped_column(Float)


class GuardCursor(db.Model):
    """How far a workspace's deletions and refusals have been read."""

    __tablename__ = "guard_cursor"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    #: The last consent change, and the last event, that was read.
    consent_id: Mapped[int] = mapped_column(Id, default=0)
    event_id: Mapped[int] = mapped_column(Id, default=0)
