"""Tiers by dimension: what the levels are, where everybody stands, overrides for a while, and what changed when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

OPEN = text("state = 'open'")
DUE = text("due_at IS NOT NULL")

#: Kinds of dimensions; GOING is one that was deleted while people still bear its levels.
RULES, RFM, SCORE, LIFECYCLE, GOING = "rules", "rfm", "score", "lifecycle", "going"


class TierDimension(db.Model):
    """One way of sorting people, such as how often they are in touch; a contact is in one of its levels."""

    __tablename__ = "tier_dimension"
    __table_args__ = (UniqueConstraint("workspace_id", "key"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), default="")
    #: rules (levels live by their criteria) | rfm (the groups of RFM) | score (its R, F or M, 1 to 5) |
    #: lifecycle (levels are its stages, the last one first) | going
    kind: Mapped[str] = mapped_column(String(16), default="rules")
    #: Highest first: [{key, name, rule, words, benefits: [text], color}]
    levels: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    #: A level is lost when its criteria have not been met for so many days.
    demote_after_days: Mapped[int] = mapped_column(Integer, default=30)
    #: Where somebody is who meets no level: lowest | none
    otherwise: Mapped[str] = mapped_column(String(16), default="lowest")
    #: What an override becomes whose measure was met: earned (as if met on that day) | again (once more as long)
    if_worked: Mapped[str] = mapped_column(String(16), default="earned")
    position: Mapped[int] = mapped_column(Integer, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    #: When everybody had been sorted for the first time; null while that is under way.
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Sorting everybody anew after the levels were changed: the contact up to which it has come; null if it is over.
    sorted_to: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class TierStanding(db.Model):
    """Where one contact stands in one dimension; changed only by who has locked the contact."""

    __tablename__ = "tier_standing"
    __table_args__ = (
        Index("ix_tier_standing_due", "due_at", postgresql_where=DUE, sqlite_where=DUE),
        Index("ix_tier_standing_level", "dimension_id", "level", "contact_id"),
        Index("ix_tier_standing_contact", "contact_id"),
        # Boards count people and their days from this alone.
        Index("ix_tier_standing_stay", "dimension_id", "level", "since"),
    )
    dimension_id: Mapped[int] = mapped_column(Id, ForeignKey("tier_dimension.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: The level in force, which an open override may have set, and the one that the criteria give.
    level: Mapped[str | None] = mapped_column(String(64))
    natural: Mapped[str | None] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Keys of the levels whose criteria hold now.
    met: Mapped[list[str]] = mapped_column(Json)
    #: {level: since when it is not met any more}, of levels still kept.
    lost: Mapped[dict[str, str]] = mapped_column(Json)
    override_id: Mapped[int | None] = mapped_column(Id)
    #: When the level falls by time alone: a level lost for long enough, or an override that ends.
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TierOverride(db.Model):
    """A level given to somebody for a while, with what must have come of it by the day it is judged."""

    __tablename__ = "tier_override"
    __table_args__ = (
        Index(
            "uq_tier_override_open",
            "dimension_id",
            "contact_id",
            unique=True,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
        Index("ix_tier_override_list", "workspace_id", "state", "until", "id"),
        Index("ix_tier_override_contact", "contact_id"),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    dimension_id: Mapped[int] = mapped_column(Id, ForeignKey("tier_dimension.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    level: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    #: A rule that must hold at `until`; of what happened it sees only what came since `begun_at`.
    measure: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(120), default="")
    #: The enrollment whose step it was.
    source_id: Mapped[int | None] = mapped_column(Id)
    #: open | worked | fell_back | over (had no measure) | cancelled | replaced
    state: Mapped[str] = mapped_column(String(16), default="open")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str] = mapped_column(String(120), default="")


class TierChange(db.Model):
    """One change of a level in force; never changed."""

    __tablename__ = "tier_change"
    __table_args__ = (
        Index("ix_tier_change_contact", "contact_id", "id"),
        Index("ix_tier_change_dimension", "dimension_id", "at", "old", "new"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    dimension_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    old: Mapped[str | None] = mapped_column(String(64))
    new: Mapped[str | None] = mapped_column(String(64))
    #: One of tier_moves.REASONS.
    because: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")
    override_id: Mapped[int | None] = mapped_column(Id)
