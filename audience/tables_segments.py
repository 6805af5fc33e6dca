"""Segments of contacts, who is in them, and who was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class Segment(db.Model):
    """A named set of contacts: those for whom a rule holds, those listed by hand, or a combination of others."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000), default="")
    #: rule | static | combined
    kind: Mapped[str] = mapped_column(String(16), default="rule")
    rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: {"all": [keys], "any": [keys], "none": [keys]} of other segments.
    combine: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: Raised by each change of the rule or the combination.
    revision: Mapped[int] = mapped_column(Integer, default=1)
    #: How many are in it now.
    count: Mapped[int] = mapped_column(Integer, default=0)
    #: filling | kept | static
    state: Mapped[str] = mapped_column(String(16), default="filling")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SegmentMember(db.Model):
    """A contact that is in a segment now."""

    __tablename__ = "segment_member"
    __table_args__ = (Index("ix_segment_member_contact", "contact_id", "segment_id"),)
    segment_id: Mapped[int] = mapped_column(Id, ForeignKey("segment.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class SegmentStay(db.Model):
    """A contact was in a segment and left it; who is in one still has a row of SegmentMember instead."""

    __tablename__ = "segment_stay"
    __table_args__ = (Index("ix_segment_stay_contact", "contact_id", "until"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    #: Of a segment that may be deleted by now.
    segment_id: Mapped[int] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
