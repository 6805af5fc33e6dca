"""Referrals with their ladder, and lucky draws."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db


class ReferralProgram(db.Model):
    """One campaign in which contacts bring others: which event tells of it, and what each step of the ladder gives."""

    __tablename__ = "referral_program"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    #: The event of the one who was invited, and the property in which it says the inviter's code.
    event: Mapped[str] = mapped_column(String(64), default="referred")
    property: Mapped[str] = mapped_column(String(64), default="code")
    #: [{at: 3, pool: KEY | null, scheme: KEY | null, points: 100 | null}], ascending
    ladder: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    #: Properties of the event that hint at fraud when many share a value, such as device and ip.
    hints: Mapped[list[str]] = mapped_column(Json)
    hint_over: Mapped[int] = mapped_column(Integer, default=3)
    #: Where a link leads; {code} stands for the code.
    link: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(8), default="on")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class ReferralCode(db.Model):
    """The code by which a contact invites, the same in all campaigns; one who was merged has several."""

    __tablename__ = "referral_code"
    __table_args__ = (
        UniqueConstraint("workspace_id", "code"),
        Index("ix_referral_code_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    contact_id: Mapped[int] = mapped_column(Id)
    code: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Referral(db.Model):
    """That `contact_id` came by `inviter_id`; the first one said of somebody is the one that counts."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("program_id", "contact_id"),
        Index("ix_referral_inviter", "program_id", "inviter_id"),
        Index("ix_referral_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    program_id: Mapped[int] = mapped_column(Id, ForeignKey("referral_program.id"))
    #: The one who was invited.
    contact_id: Mapped[int] = mapped_column(Id)
    inviter_id: Mapped[int] = mapped_column(Id)
    #: counted | refused
    state: Mapped[str] = mapped_column(String(16))
    #: self | loop | same_person, of those refused.
    reason: Mapped[str] = mapped_column(String(32), default="")
    #: {property: value} of those that may hint at fraud.
    hints: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReferralReward(db.Model):
    """A step of the ladder that somebody reached; there is one, however often it is counted."""

    __tablename__ = "referral_reward"
    __table_args__ = (
        UniqueConstraint("program_id", "contact_id", "step"),
        Index("ix_referral_reward_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    program_id: Mapped[int] = mapped_column(Id, ForeignKey("referral_program.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    step: Mapped[int] = mapped_column(Integer)
    #: {coupon: code | null, points: number | null}; what could not be given is null.
    given: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Draw(db.Model):
    """A lucky draw; its seed is settled before the first draw and told when it is over."""

    __tablename__ = "draw"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    seed: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the seed, told from the beginning.
    seed_hash: Mapped[str] = mapped_column(String(64))
    #: How often one person may draw.
    per_person: Mapped[int | None] = mapped_column(Integer)
    #: What one draw costs.
    scheme: Mapped[str] = mapped_column(String(64), default="")
    cost: Mapped[int] = mapped_column(Integer, default=0)
    #: Weight of drawing nothing.
    blank: Mapped[int] = mapped_column(Integer, default=0)
    drawn: Mapped[int] = mapped_column(Integer, default=0)
    #: open | closed
    state: Mapped[str] = mapped_column(String(8), default="open")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class DrawPrize(db.Model):
    """One prize of a draw: a coupon out of a pool, points, or something that staff hand over."""

    __tablename__ = "draw_prize"
    __table_args__ = (UniqueConstraint("draw_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    draw_id: Mapped[int] = mapped_column(Id, ForeignKey("draw.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    weight: Mapped[int] = mapped_column(Integer)
    #: null: no limit but that of the pool.
    stock: Mapped[int | None] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    pool: Mapped[str] = mapped_column(String(64), default="")
    scheme: Mapped[str] = mapped_column(String(64), default="")
    points: Mapped[int] = mapped_column(Integer, default=0)


class DrawEntry(db.Model):
    """One draw by one contact, with all that is needed to reckon it again; never changed."""

    __tablename__ = "draw_entry"
    __table_args__ = (
        UniqueConstraint("draw_id", "key"),
        UniqueConstraint("draw_id", "number"),
        Index("ix_draw_entry_contact", "contact_id", "draw_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    draw_id: Mapped[int] = mapped_column(Id, ForeignKey("draw.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(120))
    number: Mapped[int] = mapped_column(Integer)
    #: Where the draw fell, below the sum of the weights that were open: [[prize, weight], …].
    roll: Mapped[int] = mapped_column(Integer)
    weights: Mapped[list[list[Any]]] = mapped_column(Json)
    #: The prize's key; empty for a blank.
    prize: Mapped[str] = mapped_column(String(64), default="")
    given: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
