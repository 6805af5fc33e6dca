"""What goes into the oracle and what comes out: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.journeys.oracle.alarms import StepAlarm


class Line(NamedTuple):
    at: datetime
    op: str
    stage: str | None
    step: str | None
    by: str | None


@dataclass(frozen=True)
class Signal:
    """An event (`data`: properties) or a change from outside (`name`: the field, `data`: the new value)."""

    kind: str
    name: str
    at: datetime
    data: Any = None
    #: When it reached us, if that was later than it happened.
    stored: datetime | None = None

    @property
    def arrives(self) -> datetime:
        """When it is known of."""
        return self.stored or self.at

    @property
    def shown(self) -> Mapping[str, Any]:
        """What rules see as `event.*`."""
        return {"name": self.name, **(self.data or {})}


@dataclass
class Subject:
    """What is known of the subject and its enrollment."""

    attributes: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    variables: dict[str, Any] = field(default_factory=dict)
    history: dict[str, list[datetime]] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None


@dataclass
class Remembered:
    """The place at which an interruption met the subject."""

    step: str
    begun: datetime
    alarm: StepAlarm | None
