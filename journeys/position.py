"""Where a subject stands, what reaches it, and what a move leaves behind: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rules.matching import Matching

#: A status. `new` has been opened and not yet entered its first stage; `resting` stands in a stage at no step;
#: `stopped` met an error and is listed under needs attention; the others say what they are.
NEW: Final = "new"
WAITING: Final = "waiting"
RESTING: Final = "resting"
STOPPED: Final = "stopped"
HOLDOUT: Final = "holdout"
ENDED: Final = "ended"


@dataclass(slots=True)
class Position:
    """Where one enrollment stands; the columns of its row, and nothing that is not in the row.

    `state` holds, each only while there is something to hold: `variables` {name: value}; `entry` and `event`, the
    properties of the event that opened the enrollment and of the last one that an arrow or a wait took (with
    `name`); `anchors` {anchor key: time}; `alarms` {arrow id: time, or null once rung or while its anchor is
    missing}; `remembered` {stage: place}; `loops` {step: [window start, entries]}; `skipping`, true between a late
    wait and the next one; `hold`, why a send is held; `standing`, what the step waits for. Times are ISO 8601.
    """

    status: str
    entry_id: str
    entered_journey: datetime
    taken_at: datetime
    stage: str | None = None
    step: str | None = None
    visit: int = 0
    seq: int = 0
    void_seq: int = 0
    entered_stage: datetime | None = None
    step_begun: datetime | None = None
    step_due: datetime | None = None
    stage_due: datetime | None = None
    result: str | None = None
    ended_at: datetime | None = None
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def due_at(self) -> datetime | None:
        """The earlier of the two alarms; None when only a signal can move it on."""
        if self.step_due is None:
            return self.stage_due
        if self.stage_due is None:
            return self.step_due
        return min(self.step_due, self.stage_due)


_TIMES = (
    *("entered_journey", "taken_at", "entered_stage", "step_begun", "step_due", "stage_due"),
    "ended_at",
)


def to_json(position: Position) -> dict[str, Any]:
    """A position as JSON, times as ISO 8601."""
    found = {name: getattr(position, name) for name in Position.__slots__}
    return found | {name: at.isoformat() for name in _TIMES if (at := found[name]) is not None}


def from_json(data: Mapping[str, Any]) -> Position:
    """A position as `to_json` wrote it."""
    times = {name: datetime.fromisoformat(data[name]) for name in _TIMES if data.get(name)}
    return Position(**{**data, **times})


@dataclass(slots=True, frozen=True)
class Signal:
    """Something that reaches one enrollment.

    `kind` is `event`, `changed` (name = field; data = {field, old, new}; field is `attribute.NAME`, `tags`,
    `segment.KEY` with true and false, or `tier.DIMENSION` with levels),
    `receipt` (data = {key, seq, state: sent | delivered | failed | refused, reason}), `ended` (a bound or free
    journey started by this one ended: name = journey_ended; data = {journey, result}), `retimed` (its zone
    changed) or `hand` (data = {act: exit | move | skip | retry, to, result}).
    """

    id: int
    kind: str
    name: str
    #: The event's own time.
    at: datetime
    #: When it was stored with us.
    stored_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """What rules and content may know of one subject; the kernel copies before it changes anything."""

    #: A stable name of the subject, the salt of splits: the contact's id as text.
    subject: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    zone: ZoneInfo | None = None
    #: Of the event names in `plan.reads.events`, every event stored so far: (time, id, properties), ascending.
    history: Mapping[str, Sequence[tuple[datetime, int, Mapping[str, Any]]]] = field(default_factory=dict)
    #: Keys of the segments that it is in, of those in `plan.reads.segments`; {dimension: level} likewise.
    segments: Set[str] = frozenset()
    tiers: Mapping[str, str] = field(default_factory=dict)
    #: {key: table of people, products and moments}, of those in `plan.reads.scenes`, as they are now.
    matchings: Mapping[str, Matching] = field(default_factory=dict)
    #: Touches that still count, as (time, carrier), and what journeys of higher priority are about to send, as
    #: (time, journey): read only where the workspace's policies ask for them.
    touches: Sequence[tuple[datetime, str]] = ()
    coming: Sequence[tuple[datetime, str]] = ()
    #: {key of a pool: coupons that this move may still issue}; a pool that is not named has enough.
    coupons: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Crumb:
    """One line of the trail.

    `op`: `open` (entered the journey; detail.entry), `stage` (entered `stage` through `arrow`, or by its entry),
    `through` (passed through `stage`, none of whose steps ran, taking `arrow`), `step` (left `step` by `exit`;
    detail.key = the message's seq:n when it sent one), `hold` (held at `step`; detail.until, because), `rest`
    (rests in `stage`), `end` (detail.result), `stop` (stopped by an error; detail.error), `passed_over` (an arrow
    that would have entered a stage twice in one signal), `back` (came back to a remembered place), `goal`
    (detail.goal), `moved` (by hand or to another version),
    `task` (given to the staff, or escalated; detail.act). `detail.saw` {field: value} is what the rules saw that
    decided the line, of a branch those up to the one taken (`rules/seeing.py`).
    """

    at: datetime
    op: str
    stage: str | None
    step: str | None
    exit: str | None
    arrow: str | None
    visit: int
    seq: int
    detail: Mapping[str, Any] | None = None


@dataclass(slots=True, frozen=True)
class SendMessage:
    """A message for the outbox, by the journey's clock at `at`; its key is enrollment:seq:n."""

    seq: int
    n: int
    visit: int
    step: str
    carrier: str
    content: str
    at: datetime
    valid_until: datetime | None
    #: True if the step stands until the carrier has answered.
    answer: bool
    #: {"event", "entry", "variables", "stage"} at this moment, for the text.
    scene: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class ChangeContact:
    """Attributes to set and tags to add and remove, in the move's own transaction."""

    at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class ChangeTier:
    """A level of a dimension given until `until`; `measure` is a rule that must hold by then."""

    at: datetime
    dimension: str
    level: str
    until: datetime
    measure: Mapping[str, Any] | None = None


@dataclass(slots=True, frozen=True)
class IssueCoupon:
    """One code out of a pool for the subject; its key is enrollment:seq:n."""

    seq: int
    n: int
    step: str
    pool: str
    at: datetime


@dataclass(slots=True, frozen=True)
class BookPoints:
    """A line of the ledger of points; its key is enrollment:seq:n. `act` is add, spend or set."""

    seq: int
    n: int
    scheme: str
    act: str
    amount: int
    reason: str
    at: datetime


@dataclass(slots=True, frozen=True)
class StartJourney:
    """Open another journey for the same subject; `bound` ends it when visit `visit` of this one ends."""

    at: datetime
    journey: str
    entry: str | None
    bound: bool
    visit: int
    seq: int


@dataclass(slots=True, frozen=True)
class GiveTask:
    """Something for the staff to do; its key is enrollment:seq. `config` is the step's own."""

    seq: int
    visit: int
    step: str
    at: datetime
    due: datetime | None
    #: True if the step stands until somebody says what came of it.
    waits: bool
    config: Mapping[str, Any]
    #: {"event", "entry", "variables", "stage"} at this moment, for the texts.
    scene: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class ChangeTask:
    """What the journey itself does with the task of `seq`: `act` is escalated (to somebody) or timed_out."""

    seq: int
    at: datetime
    act: str
    to: str | None = None
    #: Until when whoever it was escalated to may do it.
    due: datetime | None = None


@dataclass(slots=True, frozen=True)
class Withdraw:
    """Take back what visit `visit` left open: undelivered messages (if `messages`), tasks, bound journeys.

    `whole`: the messages and tasks of every visit, for a person has taken the subject out.
    """

    at: datetime
    visit: int
    messages: bool
    tasks: bool = False
    whole: bool = False


Deed = (
    SendMessage
    | ChangeContact
    | ChangeTier
    | IssueCoupon
    | BookPoints
    | StartJourney
    | Withdraw
    | GiveTask
    | ChangeTask
)


@dataclass(slots=True)
class Move:
    """What became of one position: the new one, the trail, the deeds, goals reached as (goal id, time)."""

    position: Position
    trail: list[Crumb]
    deeds: list[Deed]
    goals: list[tuple[str, datetime]]


def fresh(
    entry_id: str, at: datetime, entry: Mapping[str, Any] | None = None, *, holdout: bool = False
) -> Position:
    """A position just opened through `entry_id` at `at` by the event whose properties are `entry`."""
    state: dict[str, Any] = {}
    if entry:
        state["entry"] = dict(entry)
    if holdout:
        state["holdout"] = True
    return Position(NEW, entry_id, at, at, state=state)
