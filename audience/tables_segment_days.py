"""How segments went, day by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id
from store.database import db


class SegmentDay(db.Model):
    """What happened to a segment on one of the workspace's days; a day without a change has no row."""

    __tablename__ = "segment_day"
    segment_id: Mapped[int] = mapped_column(Id, ForeignKey("segment.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: How many came and went; those that a first look found, or that a change of the rule brought, not among them.
    entered: Mapped[int] = mapped_column(Integer, default=0)
    left: Mapped[int] = mapped_column(Integer, default=0)
    #: How many were in it after the last change of the day.
    count: Mapped[int] = mapped_column(Integer, default=0)
