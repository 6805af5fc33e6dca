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
    #: Goes up when what is said changes, and not when only the owner or the category does.
    version: Mapped[int] = mapped_column(Integer, default=1)
    #: activation | conversion | brand; empty if nobody has said.
    category: Mapped[str] = mapped_column(String(16), default="")
    #: What it is about, such as `welcome`: the first part of its proposed name.
    topic: Mapped[str] = mapped_column(String(64), default="")
    owner_id: Mapped[int | None] = mapped_column(Id, ForeignKey("account.id"))
    #: draft | review | approved | sent_back; of the version at hand.
    status: Mapped[str] = mapped_column(String(16), default="draft")
    #: The version that was approved last; where review is asked for, customers read this one.
    approved_version: Mapped[int | None] = mapped_column(Integer)
    #: After this nobody is told it any more.
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: [{"key": "b", "weight": percent, "body": {…}}]; the body itself is `a` and has the rest of 100.
    variants: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    #: The variant that everybody is told, once one was chosen; empty while they are compared.
    winner: Mapped[str] = mapped_column(String(8), default="")
    #: {"by": "replied" | "converted", "sample": least messages of each variant}; null if a person chooses.
    choosing: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: Null for those made before this was noted.
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")
