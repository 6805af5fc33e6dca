"""RFM: over which event it is worked out, the runs with their cut points, and everybody's scores in each run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db

RUNNING = text("state = 'running'")


class RfmPlan(db.Model):
    """What a workspace counts as buying, and whether it is worked out at each month's end."""

    __tablename__ = "rfm_plan"
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(128))
    #: The property that holds the amount; "" if orders have none, and each counts as 1.
    amount: Mapped[str] = mapped_column(String(128), default="")
    window_days: Mapped[int] = mapped_column(Integer, default=365)
    monthly: Mapped[bool] = mapped_column(Boolean, default=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    #: The end of the month under way, when it is worked out next; null if not monthly.
    next_run: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class RfmRun(db.Model):
    """One working out, of a month that ended or of the present; kept for comparison."""

    __tablename__ = "rfm_run"
    __table_args__ = (
        UniqueConstraint("workspace_id", "label"),
        Index("ix_rfm_run_running", "id", postgresql_where=RUNNING, sqlite_where=RUNNING),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The month (2026-02), or `now-N` for one asked for by hand.
    label: Mapped[str] = mapped_column(String(32))
    monthly: Mapped[bool] = mapped_column(Boolean, default=True)
    as_of: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[str] = mapped_column(String(128))
    amount: Mapped[str] = mapped_column(String(128), default="")
    window_days: Mapped[int] = mapped_column(Integer)
    #: running | done
    state: Mapped[str] = mapped_column(String(16), default="running")
    #: gather | score | apply; and the contact up to which this phase has come.
    phase: Mapped[str] = mapped_column(String(16), default="gather")
    done_to: Mapped[int] = mapped_column(Id, default=0)
    customers: Mapped[int] = mapped_column(Integer, default=0)
    #: {"r": [least value of score 2, 3, 4, 5], "f": …, "m": …, "means": {"r", "f", "m"}}; see rfm_scores.py
    cuts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")


class RfmScore(db.Model):
    """One customer in one run: what was measured, and the scores 1 to 5 with the group they give."""

    __tablename__ = "rfm_score"
    __table_args__ = (Index("ix_rfm_score_cell", "run_id", "r", "f", "contact_id"),)
    run_id: Mapped[int] = mapped_column(Id, ForeignKey("rfm_run.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: Whole days of 24 hours from the last order to the end of the month.
    days: Mapped[int] = mapped_column(Integer)
    orders: Mapped[int] = mapped_column(Integer)
    money: Mapped[float] = mapped_column(Float)
    r: Mapped[int | None] = mapped_column(SmallInteger)
    f: Mapped[int | None] = mapped_column(SmallInteger)
    m: Mapped[int | None] = mapped_column(SmallInteger)
    #: The key of one of the eight groups.
    group: Mapped[str | None] = mapped_column(String(32))
