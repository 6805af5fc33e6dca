"""What people who look after a workspace are told by e-mail, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, UTCDateTime
from store.database import db

WAITS = text("state = 'waiting'")


class Notice(db.Model):
    """One mail to one account about something that happened; it goes by the workspace's own mail server."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_notice_waiting", "not_before", postgresql_where=WAITS, sqlite_where=WAITS),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: What it is about and for whom: `guard:TRIP:ACCOUNT`.
    key: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id"))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    #: waiting | sent | failed
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    #: By the clock on the wall, as everything that staff are told.
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))
