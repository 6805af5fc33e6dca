"""What a workspace has set for reaching people: one row, changed as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class ReachPolicy(db.Model):
    """The policies of a workspace in the form of `rules.reach.NOTHING`; without a row there are only the fixed ones."""

    __tablename__ = "reach_policy"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    #: Raised by each change: the engine reads the policies anew when it differs.
    revision: Mapped[int] = mapped_column(Integer)
    policies: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(120))


class AskAgain(db.Model):
    """Whoever is held in a workspace is to be asked again, since what holds has changed; gone when all were asked."""

    __tablename__ = "ask_again"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    #: Messages looked at so far, by id; null when all were.
    message: Mapped[int | None] = mapped_column(Id, default=0)
    #: Enrollments likewise, the last one that there was at the beginning (0: not begun), and how many of them were held.
    up_to: Mapped[int] = mapped_column(Id, default=0)
    last: Mapped[int] = mapped_column(Id, default=0)
    asked: Mapped[int] = mapped_column(Integer, default=0)
