"""What is kept of people beside the contact itself: consent, staff, typed attributes, and who is no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db

UNSWEPT = text("swept_at IS NULL")


class MergedContact(db.Model):
    """A contact that is no more: merged into a keeper, or erased; what comes for its id late finds its way here."""

    __tablename__ = "merged_contact"
    __table_args__ = (
        Index("ix_merged_contact_keeper", "keeper_id"),
        Index("ix_merged_contact_unswept", "old_id", postgresql_where=UNSWEPT, sqlite_where=UNSWEPT),
    )
    old_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: Always one who is there, however many merges came after; null if the person was erased.
    keeper_id: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")
    #: When what was under way at that moment was dealt with as well.
    swept_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ConsentChange(db.Model):
    """One word of a contact about how the brand may reach it; the last word on a topic holds."""

    __tablename__ = "consent_change"
    __table_args__ = (Index("ix_consent_change_contact", "contact_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    #: marketing | profiling | a carrier
    topic: Mapped[str] = mapped_column(String(32))
    granted: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")
    #: hand | data | journey | merge | link | callback | lifted
    source: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(500), default="")


class AttributeType(db.Model):
    """An attribute as the workspace means it: its type, its values, and who may see them."""

    __tablename__ = "attribute_type"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200), default="")
    #: One of values.TYPES but `object`.
    type: Mapped[str] = mapped_column(String(16))
    #: The only values there may be; null if any.
    allowed: Mapped[list[Any] | None] = mapped_column(Json)
    description: Mapped[str] = mapped_column(String(1000), default="")
    #: everyone | personal
    seen_by: Mapped[str] = mapped_column(String(16), default="everyone")
    #: True if a value that does not fit is refused; else it is kept and counted.
    strict: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttributeWarning(db.Model):
    """How often values came that do not fit an attribute's type or its allowed values; never the values."""

    __tablename__ = "attribute_warning"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: type | allowed
    wrong: Mapped[str] = mapped_column(String(8), primary_key=True)
    times: Mapped[int] = mapped_column(Integer, default=0)
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Staff(db.Model):
    """A member of the brand's staff who speaks with customers; need not sign in here."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The id in WeCom or in the brand's own system.
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    team: Mapped[str] = mapped_column(String(200), default="")
    #: The account of the same person, if there is one.
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("account.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    #: On leave until then: gets no tasks. Null if not.
    away_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StaffRelation(db.Model):
    """What a contact and a member of staff are to each other, as friends or within one group."""

    __tablename__ = "staff_relation"
    __table_args__ = (
        UniqueConstraint("contact_id", "staff_id", "group_key"),
        Index("ix_staff_relation_staff", "staff_id", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    staff_id: Mapped[int] = mapped_column(Id, ForeignKey("staff.id"))
    #: The group in which they meet; empty for the friendship itself.
    group_key: Mapped[str] = mapped_column(String(128), default="")
    #: friend | deleted (by the contact) | none
    state: Mapped[str] = mapped_column(String(16), default="friend")
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    #: How the staff calls the contact.
    remark: Mapped[str] = mapped_column(String(200), default="")
    #: The channel through which they came together.
    source: Mapped[str] = mapped_column(String(200), default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Suppressed(db.Model):
    """The salted hash of a name of somebody who was erased: nobody by that name is made again unasked."""

    __tablename__ = "suppressed"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class SuppressionSalt(db.Model):
    """The secret with which a workspace's suppressed names are hashed."""

    __tablename__ = "suppression_salt"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))


class AttributeChange(db.Model):
    """A field of a contact that was one thing and became another; never changed."""

    __tablename__ = "attribute_change"
    __table_args__ = (Index("ix_attribute_change_contact", "contact_id", "at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    #: attribute.NAME | name | timezone
    field: Mapped[str] = mapped_column(String(80))
    #: {"old": …, "new": …}, null where there was, or is, nothing.
    told: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: account:3 | key:5 | import:2 | wecom | points | staff; null for a journey, or if nobody said.
    by: Mapped[str | None] = mapped_column(String(120))
    #: Whose step changed it.
    enrollment_id: Mapped[int | None] = mapped_column(Id)
