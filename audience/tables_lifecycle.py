"""What makes a dimension of tiers a lifecycle."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json
from store.database import db


class Lifecycle(db.Model):
    """A dimension whose levels are the stages of a lifecycle: the furthest stage whose rule holds is the contact's."""

    __tablename__ = "lifecycle"
    dimension_id: Mapped[int] = mapped_column(
        Id, ForeignKey("tier_dimension.id"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The ready model that it was made from; empty if none.
    model: Mapped[str] = mapped_column(String(32), default="")
    #: {due, birth: attributes} if its stages are computed from two dates, else null.
    dates: Mapped[dict[str, Any] | None] = mapped_column(Json)
