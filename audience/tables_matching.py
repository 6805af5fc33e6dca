"""Tables that match people, products and moments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class SceneTable(db.Model):
    """One table: who gets which product in which moments. Changing it takes effect at once."""

    __tablename__ = "scene_table"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), default="")
    #: [{key, name, from, to, weekdays: [1..7] | null, workdays, color}]
    moments: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    #: In the order of the sheet: [{key, tags: [tag], who: rule | null, product: {key, name, url, price, material},
    #: moments: [key], priority, until: day | null}]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")
