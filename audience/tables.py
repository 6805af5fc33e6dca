"""Contacts, their identities and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

ZONED = text("timezone IS NOT NULL")


class Contact(db.Model):
    """One customer of a workspace."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("workspace_id", "external_id"),
        Index("ix_contact_workspace", "workspace_id", "id"),
        Index("ix_contact_zone", "workspace_id", "timezone", postgresql_where=ZONED, sqlite_where=ZONED),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The brand's own id of this customer.
    external_id: Mapped[str | None] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200), default="")
    timezone: Mapped[str | None] = mapped_column(String(64))
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Names of the tags worn now, sorted.
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    #: {dimension: level} as they are now, overrides included.
    tiers: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Identity(db.Model):
    """A name by which a contact is known outside: phone, email, unionid, openid, external_userid."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "value"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    contact_id: Mapped[int] = mapped_column(Id, ForeignKey("contact.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(255))


class Event(db.Model):
    """Something that happened to a contact, at its own time; never changed."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_contact", "contact_id", "name", "occurred_at"),
        # Whom something happened to in a time, without reading the events themselves.
        Index("ix_event_name_at", "workspace_id", "name", "occurred_at", "contact_id"),
    )
    #: The inbox row's id: intake moves a signal here once, however often it is tried.
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(128))
    event_id: Mapped[str | None] = mapped_column(String(255))
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)
    properties: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Known(db.Model):
    """A name the workspace has met: an event with its properties, an attribute with its type, or a tag."""

    __tablename__ = "known"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: event | attribute | tag
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(200), default="")
    #: event: {"properties": {name: type}}; attribute: {"type": …}; the types are those of values.py
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    own_doing: Mapped[bool] = mapped_column(Boolean, default=False)
    first_seen: Mapped[datetime] = mapped_column(UTCDateTime)
