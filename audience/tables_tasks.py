"""What the staff are asked to do, and the unusual cases that they met."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Id, Json, UTCDateTime
from store.database import db

UNGIVEN = text("state = 'draft'")
REMINDED = text("remind_at IS NOT NULL")
OPEN = text("closed_at IS NULL")


class StaffTask(db.Model):
    """One thing to do for one member of staff or team; a step's entry gives exactly one."""

    __tablename__ = "staff_task"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_staff_task_draft", "id", postgresql_where=UNGIVEN, sqlite_where=UNGIVEN),
        Index("ix_staff_task_remind", "remind_at", postgresql_where=REMINDED, sqlite_where=REMINDED),
        Index("ix_staff_task_staff", "staff_id", "state"),
        Index("ix_staff_task_open", "workspace_id", "id", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_staff_task_enrollment", "enrollment_id", "seq"),
        Index("ix_staff_task_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: enrollment:seq of a step's; hand:… of what a person asked for.
    key: Mapped[str] = mapped_column(String(64))
    journey_id: Mapped[int | None] = mapped_column(Id)
    version_id: Mapped[int | None] = mapped_column(Id)
    enrollment_id: Mapped[int | None] = mapped_column(Id)
    step: Mapped[str] = mapped_column(String(64), default="")
    stage: Mapped[str] = mapped_column(String(64), default="")
    visit: Mapped[int] = mapped_column(Integer, default=0)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    #: For whom it is done: a contact, a customer group, or nobody.
    contact_id: Mapped[int | None] = mapped_column(Id)
    group_id: Mapped[int | None] = mapped_column(Id)
    title: Mapped[str] = mapped_column(String(200))
    instructions: Mapped[str] = mapped_column(Text, default="")
    #: The material with the suggested words; empty if none.
    content: Mapped[str] = mapped_column(String(128), default="")
    #: {"event", "entry", "variables", "stage"} when it was given, for the texts.
    scene: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: [{exit, name}] from which the staff choose.
    results: Mapped[list[Any]] = mapped_column(Json, default=list)
    #: relationship | rota | load | person | team
    assign: Mapped[str] = mapped_column(String(16))
    #: The member of staff whom the author named, by key.
    person: Mapped[str] = mapped_column(String(64), default="")
    team: Mapped[str] = mapped_column(String(200), default="")
    staff_id: Mapped[int | None] = mapped_column(Id, ForeignKey("staff.id"))
    #: The trip of a guard for which a draft waits: whoever is meant gets no tasks now.
    held_by: Mapped[int | None] = mapped_column(Id)
    #: draft (given, nobody's yet) | assigned | seen | confirmed | done | withdrawn | timed_out
    state: Mapped[str] = mapped_column(String(16), default="draft")
    escalated: Mapped[bool] = mapped_column(Boolean, default=False)
    #: By the journey's clock.
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: How often it is still to be reminded of, every so many seconds, and when next.
    reminds: Mapped[int] = mapped_column(Integer, default=0)
    remind_secs: Mapped[int] = mapped_column(Integer, default=0)
    remind_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded: Mapped[int] = mapped_column(Integer, default=0)
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    #: The exit that was chosen.
    result: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    #: Why it was withdrawn, or not suitable.
    reason: Mapped[str] = mapped_column(String(2000), default="")
    #: [{at, by, act, from, to, note}], the oldest first.
    history: Mapped[list[Any]] = mapped_column(Json, default=list)


class UnusualCase(db.Model):
    """A case for which the drawing was not made, as one of the staff saw it; somebody looks at it later."""

    __tablename__ = "unusual_case"
    __table_args__ = (
        Index("ix_unusual_case_workspace", "workspace_id", "state", "id"),
        Index("ix_unusual_case_contact", "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    task_id: Mapped[int | None] = mapped_column(Id)
    journey_id: Mapped[int | None] = mapped_column(Id)
    step: Mapped[str] = mapped_column(String(64), default="")
    contact_id: Mapped[int | None] = mapped_column(Id)
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))
    #: The tier that was given for a while: {dimension, level, until}; null if none.
    override: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: open | reviewed
    state: Mapped[str] = mapped_column(String(16), default="open")
    #: changed (the drawing will change) | kept (it was an exception)
    verdict: Mapped[str] = mapped_column(String(16), default="")
    answer: Mapped[str] = mapped_column(String(2000), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reviewed_by: Mapped[str] = mapped_column(String(120), default="")
