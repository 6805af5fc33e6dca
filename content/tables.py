"""Materials: what a send step says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class Material(db.Model):
    """A text with its form for one carrier, named by a key that journeys refer to."""

    __tablename__ = "material"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(200))
    carrier: Mapped[str] = mapped_column(String(32))
    #: {"text": Liquid, "title"?, "subject"?, "attachments"?: [{"type", "title", "url"}]}
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")
