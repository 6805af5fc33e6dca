"""What WeCom calls back, kept as long as it is needed to take each call once, and codes that greet once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

WAITS = text("state = 'waiting'")
WAITING, USED, MISSED = "waiting", "used", "missed"


class WecomNonce(db.Model):
    """A nonce that a connection's calls have borne; WeCom bears none twice within two hours."""

    __tablename__ = "wecom_nonce"
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class WecomCount(db.Model):
    """How often a connection was called with what; what we do not know is counted too."""

    __tablename__ = "wecom_count"
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"), primary_key=True)
    #: The event and its kind of change, such as change_external_contact.add_external_contact.
    name: Mapped[str] = mapped_column(String(96), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    known: Mapped[bool] = mapped_column(Boolean)
    times: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WecomUnknown(db.Model):
    """A call that we do not know, whole; for a week, so that a person can see what it says."""

    __tablename__ = "wecom_unknown"
    __table_args__ = (UniqueConstraint("connection_id", "digest"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"))
    #: By which the same call is known again.
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    name: Mapped[str] = mapped_column(String(96))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class WecomWelcome(db.Model):
    """The right to greet a new friend once, within twenty seconds of his coming."""

    __tablename__ = "wecom_welcome"
    __table_args__ = (
        UniqueConstraint("workspace_id", "event_id"),
        Index("ix_wecom_welcome_waiting", "id", postgresql_where=WAITS, sqlite_where=WAITS),
        Index("ix_wecom_welcome_at", "at"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"))
    #: Of the signal `friend_added` in the inbox.
    event_id: Mapped[str] = mapped_column(String(255))
    external_userid: Mapped[str] = mapped_column(String(255))
    staff_key: Mapped[str] = mapped_column(String(64))
    #: WeCom's; emptied as soon as it is of no use.
    code: Mapped[str] = mapped_column(String(512))
    #: When WeCom's call was stored, by the wall clock: what the twenty seconds count from.
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The journeys' time at which the friend was added.
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: waiting | used | missed
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outbox_id: Mapped[int | None] = mapped_column(Id)


class WecomCursor(db.Model):
    """How far a connection has been read, for each thing that is read little by little."""

    __tablename__ = "wecom_cursor"
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"), primary_key=True)
    #: behaviour | people | tags_out | tasks_out
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: Where to go on; empty at the beginning of a round.
    place: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Not before then.
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WecomLook(db.Model):
    """Something of a connection that has changed and is to be read anew: one row however often it changes meanwhile."""

    __tablename__ = "wecom_look"
    __table_args__ = (Index("ix_wecom_look_due", "due_at"),)
    connection_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: contact | chat | dismissed | tags
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: external_userid | chat id | empty
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: By the wall clock.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)


class StaffDay(db.Model):
    """What WeCom counts of a member of staff on one day."""

    __tablename__ = "staff_day"
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The key of the member of staff: WeCom's userid.
    staff_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    asked: Mapped[int] = mapped_column(Integer, default=0)
    befriended: Mapped[int] = mapped_column(Integer, default=0)
    #: Customers who have deleted or blocked the member of staff.
    deleted: Mapped[int] = mapped_column(Integer, default=0)
    chats: Mapped[int] = mapped_column(Integer, default=0)
    messages: Mapped[int] = mapped_column(Integer, default=0)
