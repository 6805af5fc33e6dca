"""Accounts with carriers: their settings, their sealed secrets, and how they have been doing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

ON, OFF, BROKEN = "on", "off", "broken"


class Connection(db.Model):
    """A workspace's account with one provider; it serves one or more carriers."""

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("callback_id"),
        Index("ix_connection_workspace", "workspace_id", "id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The connector's name in connectors/catalogue.py.
    connector: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    #: The carriers whose messages it takes: of two connections that are on, the older one has them.
    carriers: Mapped[list[str]] = mapped_column(Json, default=list)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: store.secrets, sealed for `connection:WORKSPACE:ID`; null if it has none.
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: on | off | broken (the provider refuses the account itself: asked again only when somebody has looked)
    state: Mapped[str] = mapped_column(String(8), default=ON)
    #: Unguessable; part of the address that the provider calls.
    callback_id: Mapped[str] = mapped_column(String(64))
    #: Raised by each change: workers read a connection anew when it differs.
    revision: Mapped[int] = mapped_column(Id, default=1)
    last_ok_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConnectionTrouble(db.Model):
    """Something that a provider would not do, without personal data: what an administrator reads first."""

    __tablename__ = "connection_error"
    __table_args__ = (Index("ix_connection_error_connection", "connection_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: retry | refused | broken | callback
    kind: Mapped[str] = mapped_column(String(16))
    #: The provider's own code, such as 45009, if it has one.
    code: Mapped[str | None] = mapped_column(String(32))
    sentence: Mapped[str] = mapped_column(String(500))


class ConnectionTest(db.Model):
    """A message sent to see whether a connection works: asked for in the studio, sent by a worker, looked at once."""

    __tablename__ = "connection_test"
    __table_args__ = (
        Index(
            "ix_connection_test_waiting",
            "id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("ix_connection_test_connection", "connection_id", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    connection_id: Mapped[int] = mapped_column(Id, ForeignKey("connection.id"))
    carrier: Mapped[str] = mapped_column(String(32))
    #: Where to; forgotten as soon as it has been sent. Null where only the account itself is tried.
    to: Mapped[str | None] = mapped_column("recipient", String(320))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    #: waiting | sending | sent | refused | failed | unknown
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    sentence: Mapped[str | None] = mapped_column(String(500))
    reference: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Suppression(db.Model):
    """An address that a carrier has said does not exist: nothing is sent to it any more. Only its hash is kept."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("workspace_id", "carrier", "address_hash"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    carrier: Mapped[str] = mapped_column(String(32))
    address_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReceiptNote(db.Model):
    """What a provider told by calling us, until a worker has told it to the message."""

    __tablename__ = "receipt_note"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: Ours, or
    key: Mapped[str | None] = mapped_column(String(64))
    #: the provider's.
    reference: Mapped[str | None] = mapped_column(String(128))
    #: sent | delivered | failed | refused
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
