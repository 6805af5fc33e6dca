"""Coupon pools with their codes and issues, and the ledger of points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db

FREE = text("state = 'free'")
RUNS_OUT = text("state = 'issued' AND expires_at IS NOT NULL")
DUE = text("due_at IS NOT NULL")

#: Kinds of pools: codes of our own making, codes that somebody brings, one code for all.
GENERATED, UPLOADED, SHARED = "generated", "uploaded", "shared"
#: What becomes of an issued coupon.
ISSUED, REDEEMED, EXPIRED, VOID = "issued", "redeemed", "expired", "void"


class CouponPool(db.Model):
    """One kind of coupon: what it is worth, how many there are, and how its use is recognised."""

    __tablename__ = "coupon_pool"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    #: generated | uploaded | shared
    kind: Mapped[str] = mapped_column(String(16))
    #: How codes are made: {length, alphabet, prefix}; empty unless generated.
    form: Mapped[dict[str, Any]] = mapped_column(Json)
    #: The one code of a shared pool.
    code: Mapped[str] = mapped_column(String(64), default="")
    value: Mapped[str] = mapped_column(String(200), default="")
    rules: Mapped[str] = mapped_column(String(2000), default="")
    #: How many there are to be: of generated ones those to make, of a shared one those to give; null: no limit.
    total: Mapped[int | None] = mapped_column(Integer)
    per_person: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: A coupon is good for so many days after it was issued.
    valid_days: Mapped[int | None] = mapped_column(Integer)
    #: The event that redeems, and the property in which it says the code.
    event: Mapped[str] = mapped_column(String(64), default="")
    property: Mapped[str] = mapped_column(String(64), default="coupon")
    #: on | off
    state: Mapped[str] = mapped_column(String(8), default="on")
    #: Codes made or brought so far; how many of a shared code with a total were given.
    made: Mapped[int] = mapped_column(Integer, default=0)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class CouponCode(db.Model):
    """One code of a pool, free until somebody is given it."""

    __tablename__ = "coupon_code"
    __table_args__ = (
        UniqueConstraint("pool_id", "code"),
        Index("ix_coupon_code_free", "pool_id", "id", postgresql_where=FREE, sqlite_where=FREE),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    pool_id: Mapped[int] = mapped_column(Id, ForeignKey("coupon_pool.id"))
    code: Mapped[str] = mapped_column(String(64))
    #: free | taken
    state: Mapped[str] = mapped_column(String(8), default="free")


class CouponIssue(db.Model):
    """One coupon that a contact was given; it stays with the person, whatever becomes of the journey."""

    __tablename__ = "coupon_issue"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_coupon_issue_contact", "contact_id", "id"),
        Index("ix_coupon_issue_pool", "pool_id", "issued_at"),
        Index("ix_coupon_issue_code", "pool_id", "code"),
        Index("ix_coupon_issue_due", "expires_at", postgresql_where=RUNS_OUT, sqlite_where=RUNS_OUT),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    pool_id: Mapped[int] = mapped_column(Id, ForeignKey("coupon_pool.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    code: Mapped[str] = mapped_column(String(64))
    #: What makes a repeated try the same issue: enrollment:seq:n of a step, or what the caller says.
    key: Mapped[str] = mapped_column(String(120))
    #: The enrollment whose step it was, and the step's entry; null otherwise.
    source_id: Mapped[int | None] = mapped_column(Id)
    seq: Mapped[int | None] = mapped_column(Integer)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: issued | redeemed | expired | void
    state: Mapped[str] = mapped_column(String(16), default=ISSUED)
    redeemed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: What it was redeemed by: event:NUMBER or a person.
    redeemed_by: Mapped[str] = mapped_column(String(120), default="")


class PointsScheme(db.Model):
    """One kind of points: how they are earned, when they run out, what they are changed for."""

    __tablename__ = "points_scheme"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    #: [{key, event, points, times (a property whose number multiplies) | null, per_day | null}]
    earn: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    #: [{points, pool}]
    exchange: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    expires_days: Mapped[int | None] = mapped_column(Integer)
    may_owe: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(8), default="on")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class PointsAccount(db.Model):
    """What a contact has of a scheme; equal to the sum of the ledger, and changed with it under the contact's lock."""

    __tablename__ = "points_account"
    __table_args__ = (
        Index("ix_points_account_contact", "contact_id"),
        Index("ix_points_account_due", "due_at", postgresql_where=DUE, sqlite_where=DUE),
        Index("ix_points_account_rank", "scheme_id", "balance"),
    )
    scheme_id: Mapped[int] = mapped_column(Id, ForeignKey("points_scheme.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    #: When points of it run out next.
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PointsEntry(db.Model):
    """One line of the ledger; never changed."""

    __tablename__ = "points_entry"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_points_entry_contact", "contact_id", "scheme_id", "id"),
        Index("ix_points_entry_day", "contact_id", "rule", "day"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    scheme_id: Mapped[int] = mapped_column(Id, ForeignKey("points_scheme.id"))
    contact_id: Mapped[int] = mapped_column(Id)
    #: What makes a repeated try the same line: enrollment:seq:n, earn:RULE:EVENT …
    key: Mapped[str] = mapped_column(String(120))
    #: Added (positive) or taken (negative).
    amount: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(BigInteger)
    #: add | spend | set | earn | exchange | expire | prize | referral | merge
    act: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200), default="")
    #: Of what was earned: scheme/rule and the local day, by which a day's cap is kept.
    rule: Mapped[str] = mapped_column(String(140), default="")
    day: Mapped[str] = mapped_column(String(10), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    source_id: Mapped[int | None] = mapped_column(Id)
    by: Mapped[str] = mapped_column(String(120), default="")
