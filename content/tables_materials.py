"""What belongs to materials: their versions, reviews, filled slots, variants' messages, and scripts for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class MaterialVersion(db.Model):
    """What a material said from one save to the next; never changed, so that messages may refer to it."""

    __tablename__ = "material_version"
    material_id: Mapped[int] = mapped_column(
        Id, ForeignKey("material.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200))
    carrier: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    variants: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")


class MaterialReview(db.Model):
    """One reviewer's answer to the three questions about one version."""

    __tablename__ = "material_review"
    __table_args__ = (Index("ix_material_review_material", "material_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    material_id: Mapped[int] = mapped_column(Id, ForeignKey("material.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    #: approved | sent_back
    verdict: Mapped[str] = mapped_column(String(16))
    #: {"compliance" | "fit" | "appeal": {"fine": bool, "note": text}}
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))


class SlotFill(db.Model):
    """What a member of staff, or the brand, says in an open slot of a material."""

    __tablename__ = "slot_fill"
    __table_args__ = (UniqueConstraint("material_id", "staff", "slot", "day"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    material_id: Mapped[int] = mapped_column(Id, ForeignKey("material.id", ondelete="CASCADE"))
    #: Id of the member of staff; 0: the brand's, for everybody who has none of his own.
    staff: Mapped[int] = mapped_column(Id, default=0)
    slot: Mapped[str] = mapped_column(String(40))
    #: The local day it is for, as 2026-03-01; empty: every day.
    day: Mapped[str] = mapped_column(String(10), default="")
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))


class MaterialPolicy(db.Model):
    """What a workspace asks of its materials before customers read them."""

    __tablename__ = "material_policy"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    #: off | warning | error: what publishing makes of a material that is not approved.
    review: Mapped[str] = mapped_column(String(8), default="off")
    #: True if nobody may approve what he wrote himself.
    others_review: Mapped[bool] = mapped_column(Boolean, default=False)
    #: {category: percent}
    mix: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: {list: {"on": bool, "words": […]}}; a list that is not named is as it ships.
    lists: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class VariantMessage(db.Model):
    """A message that was written from one variant of a material, for comparing them."""

    __tablename__ = "variant_message"
    __table_args__ = (Index("ix_variant_message_material", "material_id", "version", "variant"),)
    outbox_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    material_id: Mapped[int] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    variant: Mapped[str] = mapped_column(String(8))


class Script(db.Model):
    """A question that customers ask and what staff may answer."""

    __tablename__ = "script"
    __table_args__ = (Index("ix_script_workspace", "workspace_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: Of one that came with a template: by it the template knows it again, whatever it asks by now. Null of one's own.
    key: Mapped[str | None] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(String(500))
    #: Plain texts, the usual one first.
    answers: Mapped[list[str]] = mapped_column(Json)
    tags: Mapped[list[str]] = mapped_column(Json)
    #: Key of a journey, and id of one of its stages; empty if it is for any.
    journey: Mapped[str] = mapped_column(String(128), default="")
    stage: Mapped[str] = mapped_column(String(64), default="")
    #: How often each answer was copied, in their order.
    copies: Mapped[list[int]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")
