"""The rows the engine reads and writes, as plain data: no object of the mapper crosses its loops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.position import Position


@dataclass(slots=True, frozen=True)
class JourneyRow:
    """What every tick needs to know of a journey."""

    id: int
    workspace_id: int
    key: str
    status: str
    live_version_id: int | None
    paused_at: datetime | None
    on_resume: str
    #: When its last pause was over.
    resumed_at: datetime | None
    #: The workspace's time zone and quiet hours, which go into the plan.
    zone: str
    #: The revision of its policies for reaching people; 0 if it has set none.
    reach_revision: int
    quiet_hours: tuple[str, ...]


@dataclass(slots=True)
class Arrived:
    """One row of the inbox; `contact_id` is filled in when its identity has been resolved."""

    id: int
    workspace_id: int
    kind: str
    name: str
    event_id: str | None
    contact_id: int | None
    identity: Mapping[str, Any] | None
    enrollment_id: int | None
    source_id: int | None
    occurred_at: datetime
    stored_at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True)
class Standing:
    """One enrollment: who, in what, and where; `epoch` fences the write that follows."""

    id: int
    workspace_id: int
    journey_id: int
    version_id: int
    subject_id: int
    key: str
    due_at: datetime | None
    goal_until: datetime | None
    parent_id: int | None
    parent_visit: int | None
    epoch: int
    position: Position


@dataclass(slots=True)
class Place:
    """What intake must know of an enrollment, open or ended, before it judges a signal."""

    id: int
    journey_id: int
    version_id: int
    subject_id: int
    key: str
    status: str
    due_at: datetime | None
    ended_at: datetime | None
    goal_until: datetime | None
    visit: int


@dataclass(slots=True, frozen=True)
class Opening:
    """An enrollment about to be made."""

    workspace_id: int
    journey_id: int
    version_id: int
    subject_id: int
    key: str
    due_at: datetime
    goal_until: datetime | None
    parent_id: int | None
    parent_visit: int | None
    position: Position

    @property
    def unique(self) -> tuple[int, int, str]:
        """By what the database keeps it the only active one."""
        return self.journey_id, self.subject_id, self.key


@dataclass(slots=True, frozen=True)
class Letter:
    """A signal of our own on its way into the inbox; `event_id` makes it the only one of its kind."""

    workspace_id: int
    kind: str
    name: str
    contact_id: int | None
    at: datetime
    stored_at: datetime
    data: Mapping[str, Any]
    enrollment_id: int | None = None
    source_id: int | None = None
    event_id: str | None = None
    state: str = "new"


@dataclass(slots=True)
class Parcel:
    """One row of the outbox as delivery sees it, with what can stop it."""

    id: int
    workspace_id: int
    key: str
    journey_id: int
    enrollment_id: int
    contact_id: int
    step: str
    visit: int
    seq: int
    carrier: str
    content: str
    scene: Mapping[str, Any]
    due_at: datetime
    not_before: datetime
    valid_until: datetime | None
    answer: bool
    state: str
    tries: int
    #: `handed` if it was about to be handed to a carrier that knows no keys.
    reason: str | None
    version_id: int


#: The columns of Standing that stand before those of its position, in the order of its fields.
STANDING_HEAD = "id, workspace_id, journey_id, version_id, subject_id, key, due_at, goal_until, parent_id, parent_visit, epoch"
#: The columns of a position, in the order of its fields, its state last of all.
POSITION = (
    "status, entry_id, entered_journey, taken_at, stage, step, visit, seq, void_seq, entered_stage, step_begun, "
    "step_due, stage_due, result, ended_at, state"
)
HEAD_COUNT = STANDING_HEAD.count(",") + 1
ARRIVED = (
    "id, workspace_id, kind, name, event_id, contact_id, identity, enrollment_id, source_id, occurred_at, "
    "stored_at, data"
)
PLACE = "id, journey_id, version_id, subject_id, key, status, due_at, ended_at, goal_until, visit"
JOURNEY = (
    "j.id, j.workspace_id, j.key, j.status, j.live_version_id, j.paused_at, j.on_resume, "
    "(SELECT max(p.until) FROM journey_pause p WHERE p.journey_id = j.id), w.timezone, "
    "coalesce((SELECT r.revision FROM reach_policy r WHERE r.workspace_id = w.id), 0)"
)
PARCEL = (
    "id, workspace_id, key, journey_id, enrollment_id, contact_id, step, visit, seq, carrier, content, scene, "
    "due_at, not_before, valid_until, answer, state, tries, reason, version_id"
)
