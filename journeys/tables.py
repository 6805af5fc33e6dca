"""Journeys, their drafts and versions, and where everybody stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import NEVER_AGAIN, Id, Json, UTCDateTime
from store.database import db

RUNNING = text("state = 'running'")


class Journey(db.Model):
    """A journey by name; what it does stands in its draft and its versions."""

    __tablename__ = "journey"
    __table_args__ = (UniqueConstraint("workspace_id", "key"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: The name other journeys call it by in `enroll`; also the salt of split and holdout.
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    #: draft | live | paused | archived
    status: Mapped[str] = mapped_column(String(16), default="draft")
    live_version_id: Mapped[int | None] = mapped_column(Id)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: What waits do on resuming: late | skip | shift.
    on_resume: Mapped[str] = mapped_column(String(8), default="skip")
    template: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class JourneyPause(db.Model):
    """A pause of a journey: when it was, and what waits that rang in it do afterwards."""

    __tablename__ = "journey_pause"
    journey_id: Mapped[int] = mapped_column(Id, ForeignKey("journey.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: Null while it lasts.
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: late | skip | shift
    on_resume: Mapped[str] = mapped_column(String(8))
    #: True once those who came due in it have been put back into the queue.
    woken: Mapped[bool] = mapped_column(Boolean, default=False)


class JourneyMove(db.Model):
    """Bringing those inside from one version to another: what was asked for, and how far it has come."""

    __tablename__ = "journey_move"
    __table_args__ = (
        Index("ix_journey_move_journey", "journey_id", "id"),
        Index("ix_journey_move_running", "id", postgresql_where=RUNNING, sqlite_where=RUNNING),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    journey_id: Mapped[int] = mapped_column(Id, ForeignKey("journey.id"))
    from_version_id: Mapped[int] = mapped_column(Id, ForeignKey("version.id"))
    to_version_id: Mapped[int] = mapped_column(Id, ForeignKey("version.id"))
    #: move | recompute
    mode: Mapped[str] = mapped_column(String(12))
    #: {place: target}, as in journeys/rehoming.py
    targets: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: The move whose people this one brings back.
    undoes_id: Mapped[int | None] = mapped_column(Id)
    #: running | done | undone
    state: Mapped[str] = mapped_column(String(8), default="running")
    #: How many stood on the version when it was asked for, and how many have come over since.
    total: Mapped[int] = mapped_column(Integer, default=0)
    moved: Mapped[int] = mapped_column(Integer, default=0)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MovedPerson(db.Model):
    """Where somebody stood before a move, so that it can be undone."""

    __tablename__ = "moved_person"
    move_id: Mapped[int] = mapped_column(Id, ForeignKey("journey_move.id"), primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    #: The position before (journeys/position.py).
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    #: Right after it: as long as these are so, nothing has moved him since.
    visit: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    #: True once an undoing has dealt with him.
    handled: Mapped[bool] = mapped_column(Boolean, default=False)


class Draft(db.Model):
    """The drawing as it is being edited; its revision grows with each save."""

    __tablename__ = "draft"
    journey_id: Mapped[int] = mapped_column(Id, ForeignKey("journey.id"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[str] = mapped_column(String(120), default="")


class Version(db.Model):
    """A published definition; never changed again."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("journey_id", "number"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    journey_id: Mapped[int] = mapped_column(Id, ForeignKey("journey.id"))
    number: Mapped[int] = mapped_column(Integer)
    #: SHA-256 of the canonical definition without layout and notes.
    digest: Mapped[str] = mapped_column(String(64))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[str] = mapped_column(String(120), default="")


ACTIVE = text("status <> 'ended'")
DUE = text("due_at IS NOT NULL")


class Enrollment(db.Model):
    """One subject in one journey: the whole truth of where it stands, in one row."""

    __tablename__ = "enrollment"
    __table_args__ = (
        Index("ix_enrollment_due", "due_at", postgresql_where=DUE, sqlite_where=DUE),
        Index("ix_enrollment_step", "version_id", "step"),
        Index("ix_enrollment_subject", "subject_id", "journey_id"),
        Index(
            "uq_enrollment_active",
            "journey_id",
            "subject_kind",
            "subject_id",
            "key",
            unique=True,
            postgresql_where=ACTIVE,
            sqlite_where=ACTIVE,
        ),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Bare ids, as in knock and trail: a foreign key would lock its row once for each subject that moves.
    workspace_id: Mapped[int] = mapped_column(Id)
    journey_id: Mapped[int] = mapped_column(Id)
    version_id: Mapped[int] = mapped_column(Id)
    subject_kind: Mapped[str] = mapped_column(String(8), default="contact")
    #: The subject number (store/subjects.py): of a customer group it is negative.
    subject_id: Mapped[int] = mapped_column(Id)
    #: Empty unless the journey's re-entry is `many`, then the value of its key.
    key: Mapped[str] = mapped_column(String(255), default="")
    entry_id: Mapped[str] = mapped_column(String(64))
    #: new | waiting | resting | stopped | holdout | ended (journeys/position.py)
    status: Mapped[str] = mapped_column(String(16))
    result: Mapped[str | None] = mapped_column(String(64))
    stage: Mapped[str | None] = mapped_column(String(64))
    step: Mapped[str | None] = mapped_column(String(64))
    visit: Mapped[int] = mapped_column(Integer, default=0)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    void_seq: Mapped[int] = mapped_column(Integer, default=0)
    entered_journey: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_stage: Mapped[datetime | None] = mapped_column(UTCDateTime)
    step_begun: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The time of the last signal or alarm taken; what happened before it is late.
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    step_due: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stage_due: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The next time anything is to be done: the earlier alarm, or now when a signal knocks.
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Until when events may still count for a goal; null without goals with `within`.
    goal_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The enrollment whose `enroll` step started this one, with its visit then if bound.
    parent_id: Mapped[int | None] = mapped_column(Id)
    parent_visit: Mapped[int | None] = mapped_column(Integer)
    #: Everything else the kernel remembers (journeys/position.py).
    state: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: The number of times this row was written; every write is fenced by it.
    epoch: Mapped[int] = mapped_column(Integer, default=0)


class Knock(db.Model):
    """A signal waiting to be offered to one enrollment."""

    __tablename__ = "knock"
    __table_args__ = (UniqueConstraint("enrollment_id", "signal_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    enrollment_id: Mapped[int] = mapped_column(Id)
    #: The inbox row.
    signal_id: Mapped[int] = mapped_column(Id)


class Trail(db.Model):
    """What happened to an enrollment, line by line; only ever appended.

    On PostgreSQL it lies in one part for each month (runtime/trail_months.py), so that its key there is (id, at).
    """

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_enrollment", "enrollment_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    enrollment_id: Mapped[int] = mapped_column(Id)
    version_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: open | stage | through | step | hold | end | … (journeys/position.py)
    op: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str | None] = mapped_column(String(64))
    step: Mapped[str | None] = mapped_column(String(64))
    exit: Mapped[str | None] = mapped_column(String(64))
    arrow: Mapped[str | None] = mapped_column(String(64))
    visit: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)


class TrailKept(db.Model):
    """Since when the trail is whole, once old lines of it were let go; one row."""

    __tablename__ = "trail_kept"
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class Counter(db.Model):
    """Kept numbers of one version: `node` is a stage, step, arrow, entry or end, or "step exit"."""

    __tablename__ = "counter"
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("version.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(140), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    #: How many stand there now; meaningful for stages, steps and "stage resting".
    here: Mapped[int] = mapped_column(Id, default=0)
    #: How many times it was passed, ever.
    passed: Mapped[int] = mapped_column(Id, default=0)


class GoalHit(db.Model):
    """A goal reached by an enrollment; at most once each."""

    __tablename__ = "goal_hit"
    __table_args__ = (Index("ix_goal_hit_version", "version_id", "goal"),)
    enrollment_id: Mapped[int] = mapped_column(Id, primary_key=True)
    goal: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id)
    version_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: True if the enrollment is held out, so that lift can be told.
    holdout: Mapped[int] = mapped_column(Integer, default=0)


class Schedule(db.Model):
    """When an entry by schedule or by date looks for people next."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next", "next_at"),)
    journey_id: Mapped[int] = mapped_column(Id, ForeignKey("journey.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"))
    version_id: Mapped[int] = mapped_column(Id)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Up to which time people have been looked for.
    done_until: Mapped[datetime] = mapped_column(UTCDateTime)
