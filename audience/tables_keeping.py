"""Rules about contacts that are kept true by looking again only at whom something happened to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class WatchedRule(db.Model):
    """One rule that segments, tag rules or tiers live by; its family says what follows when it holds."""

    __tablename__ = "watched_rule"
    __table_args__ = (
        UniqueConstraint("workspace_id", "family", "owner", "part"),
        Index(
            "ix_watched_rule_unfilled",
            "id",
            postgresql_where=text("filled_to IS NOT NULL"),
            sqlite_where=text("filled_to IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: segment | tag | tier | lifecycle
    family: Mapped[str] = mapped_column(String(16))
    #: What it belongs to within its family: the key of the segment, tag rule or dimension.
    owner: Mapped[str] = mapped_column(String(64))
    #: Which of its owner's rules it is, such as the level of a tier; "" where there is one only.
    part: Mapped[str] = mapped_column(String(64), default="")
    rule: Mapped[dict[str, Any]] = mapped_column(Json)
    #: The names of signals after which it must be asked again: event names, `attribute.X`, `tags`, `tier.X` …
    hears: Mapped[list[str]] = mapped_column(Json)
    #: Raised when the rule changes, so that a look begun with the old one is not believed.
    revision: Mapped[int] = mapped_column(Integer, default=1)
    #: The first look at everybody: the contact up to which it has come; null once it is over.
    filled_to: Mapped[int | None] = mapped_column(Id, default=0)
    #: Up to when those whom time alone may have moved have been looked at, or are to be by the look under way.
    looked_until: Mapped[datetime] = mapped_column(UTCDateTime)
    #: A look under way: the time it began from, and the contact up to which it has come.
    looking_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    looked_to: Mapped[int] = mapped_column(Id, default=0)
    #: When time alone may move somebody next; null if it never does.
    next_look: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class RecheckLater(db.Model):
    """A contact with an event of a time to come: once that has come, his rules may answer otherwise."""

    __tablename__ = "recheck_later"
    at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)


class Recheck(db.Model):
    """A contact to whom something happened that a watched rule hears; gone once he has been looked at."""

    __tablename__ = "recheck"
    workspace_id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: Raised by each further happening, so that nothing heard during a look is lost.
    heard: Mapped[int] = mapped_column(Integer, default=1)
