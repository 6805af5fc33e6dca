"""What is watched about events: how many came in which hour, and what about their shape looks wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class EventHour(db.Model):
    """How many events of a name were taken in within one hour; kept beside them so that nobody counts."""

    __tablename__ = "event_hour"
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    #: The beginning of the hour of the clock in which they were stored.
    hour: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class EventWarning(db.Model):
    """Something about the events of a name that may be a sender's mistake."""

    __tablename__ = "event_warning"
    __table_args__ = (UniqueConstraint("workspace_id", "name", "property", "code"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(128))
    property: Mapped[str] = mapped_column(String(64), default="")
    #: type_changed | near_duplicate | property_gone | not_declared
    code: Mapped[str] = mapped_column(String(16))
    #: What there is to compare: {"was": type, "is": type} or {"like": another name}
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    count: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: True once somebody said that it is well as it is.
    dismissed: Mapped[bool] = mapped_column(Boolean, default=False)
