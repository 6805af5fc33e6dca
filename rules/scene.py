"""What a rule may look at, and what a given rule does look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.workdays import CHINA, WorkCalendar
from rules.zones import SHANGHAI

#: One thing that happened: its time (UTC) and its properties.
Past = tuple[datetime, Mapping[str, Any]]


@dataclass(slots=True)
class Scene:
    """The facts of one subject at one moment.

    `event` has the properties of the event at hand with its `name` among them (for a change: field, old,
    new); `entry` those of the event that opened the enrollment. `history` lists, by event name, what has
    happened in ascending order of time; what lies after `now` is not looked at.
    """

    attributes: Mapping[str, Any]
    tags: Set[str]
    now: datetime
    variables: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None
    entry: Mapping[str, Any] | None = None
    stage: str | None = None
    #: Keys of the segments that the subject is in, and {dimension: level}.
    segments: Set[str] = frozenset()
    tiers: Mapping[str, str] = field(default_factory=dict)
    #: {key of a journey: inside | ended}; of contacts that are looked at from outside of journeys only.
    journeys: Mapping[str, str] = field(default_factory=dict)
    #: {key of a table: the table}; see `rules/matching.py`.
    matchings: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, Sequence[Past]] = field(default_factory=dict)
    zone: ZoneInfo = SHANGHAI
    workdays: WorkCalendar = CHINA


@dataclass(frozen=True, slots=True)
class Reads:
    """Which facts a rule reads: what to load for it, and which changes can change its answer.

    `uses_now` is true if its answer can change by time alone: `now`, days since or until a date, a history
    within a window.
    """

    attributes: frozenset[str] = frozenset()
    tags: bool = False
    #: Events whose history is read.
    events: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    uses_now: bool = False
    #: Properties of the event at hand, and of the one that opened the enrollment.
    event_props: frozenset[str] = frozenset()
    entry_props: frozenset[str] = frozenset()
    stage: bool = False
    #: Keys of segments, and dimensions of tiers.
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    #: Keys of journeys; not for rules inside journeys.
    journeys: frozenset[str] = frozenset()
    #: Keys of tables that match people, products and moments.
    scenes: frozenset[str] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.attributes | other.attributes,
            self.tags or other.tags,
            self.events | other.events,
            self.variables | other.variables,
            self.uses_now or other.uses_now,
            self.event_props | other.event_props,
            self.entry_props | other.entry_props,
            self.stage or other.stage,
            self.segments | other.segments,
            self.tiers | other.tiers,
            self.journeys | other.journeys,
            self.scenes | other.scenes,
        )
