"""Channel codes: the ways in, where each leads, and who came by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db


class ChannelCode(db.Model):
    """One code to scan: what it promises, who greets, and what a newcomer brings with him."""

    __tablename__ = "channel_code"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        UniqueConstraint("workspace_id", "state"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    #: What WeCom hands back with each newcomer; 30 characters at most.
    state: Mapped[str] = mapped_column(String(30))
    #: The key of the material that greets; empty if a journey says it all.
    greeting: Mapped[str] = mapped_column(String(128), default="")
    #: What the poster says, in words.
    promise: Mapped[str] = mapped_column(String(500), default="")
    #: What of it the greeting must name, word for word.
    promised: Mapped[list[str]] = mapped_column(Json, default=list)
    #: {mode, staff: [{key, cap?}], fallback: [key], attribute?, places?: {value: [key]}}
    route: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Put on each newcomer.
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    #: WeCom's own number of the code, and where its picture is; null until it was made there.
    config_id: Mapped[str | None] = mapped_column(String(128))
    qr_code: Mapped[str | None] = mapped_column(String(1000))
    #: The staff that WeCom was last told, in their order: told anew when the route says others.
    told: Mapped[list[str]] = mapped_column(Json, default=list)
    #: Why WeCom would not make or change it.
    trouble: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ChannelJoin(db.Model):
    """A contact who came by a code, and who got him."""

    __tablename__ = "channel_join"
    __table_args__ = (
        UniqueConstraint("workspace_id", "event_id"),
        Index("ix_channel_join_code", "code_id", "at"),
        Index("ix_channel_join_contact", "contact_id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    code_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_code.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    #: Of the signal `friend_added` that tells of it.
    event_id: Mapped[str] = mapped_column(String(255))
    #: The member of staff whose friend he is, and who is to look after him; mostly the same.
    staff_key: Mapped[str] = mapped_column(String(64))
    adviser: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
