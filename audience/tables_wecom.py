"""What is kept of a company's WeCom beside our own people: its tags, its chats, and what is asked of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

WAITS = text("done_at IS NULL")
UNDER_WAY = text("ended_at IS NULL")
PENDING, SENDING, DONE, FAILED = "pending", "sending", "done", "failed"


class WecomTag(db.Model):
    """A tag of the company, and how it is worn here."""

    __tablename__ = "wecom_tag"
    connection_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tag_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: As it is worn here: its name, or group=name where two groups have one of this name.
    name: Mapped[str] = mapped_column(String(64))
    group_name: Mapped[str] = mapped_column(String(100), default="")
    #: True once WeCom has it no more.
    gone: Mapped[bool] = mapped_column(Boolean, default=False)


class WecomFollow(db.Model):
    """What WeCom last told of a member of staff and a customer: the tags there are on that side."""

    __tablename__ = "wecom_follow"
    __table_args__ = (
        Index("ix_wecom_follow_staff", "connection_id", "staff_key", "round"),
        Index("ix_wecom_follow_contact", "contact_id"),
    )
    connection_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    staff_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    external_userid: Mapped[str] = mapped_column(String(255))
    #: Ids of the company's tags.
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    #: The round of reading in which it was seen last.
    round: Mapped[int] = mapped_column(Id, default=0)


class WecomChat(db.Model):
    """A customer group of the company, as the last reading of its list found it."""

    __tablename__ = "wecom_chat"
    connection_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    chat_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    round: Mapped[int] = mapped_column(Id, default=0)
    #: When its members were read last: before that nobody is told who is in it.
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WecomDeed(db.Model):
    """Something to be done at WeCom besides messages to customers: put here with its reason, done once it is committed."""

    __tablename__ = "wecom_deed"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_wecom_deed_waiting", "not_before", postgresql_where=WAITS, sqlite_where=WAITS),
        Index("ix_wecom_deed_contact", "contact_id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id)
    #: tag | tell
    kind: Mapped[str] = mapped_column(String(16))
    #: The same for the same deed, however often it is put here.
    key: Mapped[str] = mapped_column(String(160))
    contact_id: Mapped[int | None] = mapped_column(Id)
    staff_key: Mapped[str] = mapped_column(String(64))
    #: tag: {"tag", "put_on"}; tell: {"text"}
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: pending | sending | done | failed
    state: Mapped[str] = mapped_column(String(8), default=PENDING)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    #: By the wall clock; of one that is being done, when it may be taken up by somebody else.
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WecomTransfer(db.Model):
    """A customer who is handed from one member of staff to another; his journeys go on."""

    __tablename__ = "wecom_transfer"
    __table_args__ = (
        Index("ix_wecom_transfer_open", "next_at", postgresql_where=UNDER_WAY, sqlite_where=UNDER_WAY),
        Index("ix_wecom_transfer_workspace", "workspace_id", "id"),
        Index("ix_wecom_transfer_contact", "contact_id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    external_userid: Mapped[str] = mapped_column(String(255))
    from_key: Mapped[str] = mapped_column(String(64))
    to_key: Mapped[str] = mapped_column(String(64))
    #: True if the first has left the company.
    resigned: Mapped[bool] = mapped_column(Boolean, default=False)
    #: What WeCom tells the customer; empty for its own words.
    words: Mapped[str] = mapped_column(String(200), default="")
    #: waiting (WeCom is not told yet) | asking | asked (takes effect after a day) | done | refused | limit | failed
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When it is looked at next, by the wall clock.
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WecomGroupTransfer(db.Model):
    """A customer group that is handed from one owner to another; nobody in it is asked."""

    __tablename__ = "wecom_group_transfer"
    __table_args__ = (
        Index("ix_wecom_group_transfer_open", "next_at", postgresql_where=UNDER_WAY, sqlite_where=UNDER_WAY),
        Index("ix_wecom_group_transfer_workspace", "workspace_id", "id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id)
    group_id: Mapped[int] = mapped_column(Id)
    #: The chat's id at WeCom.
    chat_id: Mapped[str] = mapped_column(String(255))
    from_key: Mapped[str] = mapped_column(String(64))
    to_key: Mapped[str] = mapped_column(String(64))
    #: True if the first has left the company.
    resigned: Mapped[bool] = mapped_column(Boolean, default=False)
    #: waiting (WeCom is not told yet) | asking | done | failed
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it is looked at next, by the wall clock.
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WecomMoment(db.Model):
    """A Moment of ours that staff publish: who likes it and writes under it is asked for a while."""

    __tablename__ = "wecom_moment"
    connection_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: WeCom's job, which is the reference of our messages.
    job: Mapped[str] = mapped_column(String(128), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: Empty until the job is done.
    moment: Mapped[str] = mapped_column(String(128), default="")
    content: Mapped[str] = mapped_column(String(128), default="")
    journey_id: Mapped[int | None] = mapped_column(Id)
    likes: Mapped[int] = mapped_column(Integer, default=0)
    comments: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
