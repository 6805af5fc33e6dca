"""What every step kind is: a schema, exits, and what happens on entering, at the alarm and on a signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from journeys.words import Shape, Words

if TYPE_CHECKING:
    from journeys.position import Signal
    from journeys.reading import Reading
    from journeys.walk import Walk

#: Leaving by an exit, and the moment from which what follows is due to begin. None = the subject stands.
Leave = tuple[str, datetime] | None


class Kind:
    """One step of a plan, compiled; subclasses are the kinds. All state lives in the walk, none here."""

    kind: ClassVar[str]
    title: ClassVar[Words]
    help: ClassVar[Words]
    #: time | choice | reach | people | data | flow: the palette's groups.
    group: ClassVar[str]
    icon: ClassVar[str]
    #: Ordinary exits with their titles; None if the config names them.
    exits: ClassVar[dict[str, Words] | None]
    #: Exits that need no arrow; `failed` is added to every kind.
    side_exits: ClassVar[dict[str, Words]] = {}
    #: Where an unconnected `failed` goes; empty for the first exit.
    failed_like: ClassVar[str] = ""
    #: True if entering it may take time.
    takes_time: ClassVar[bool] = False
    schema: ClassVar[type[Shape]]

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        self.config = config

    @classmethod
    def exits_of(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The ordinary exits of a step with this config, the first one first."""
        return tuple(cls.exits or ())

    @classmethod
    def events_of(cls, config: Mapping[str, Any]) -> frozenset[str]:
        """Event names for which a step with this config listens while the subject stands at it."""
        return frozenset()

    def begin(self, walk: Walk, at: datetime) -> Leave:
        """Entered, due to begin at `at`."""
        raise NotImplementedError

    def ring(self, walk: Walk, at: datetime) -> Leave:
        """Its alarm rang at `at`."""
        return None

    def hear(self, walk: Walk, signal: Signal, at: datetime) -> Leave:
        """A signal came at `at` while the subject stands here; None if it is not for this step."""
        return None

    def skipped(self, walk: Walk) -> str:
        """The exit by which somebody goes on who skips this step by hand; empty for the first exit."""
        return ""

    def retime(self, walk: Walk, at: datetime) -> None:
        """Something its alarm counts from may have moved, or the subject's zone: set the alarm anew."""

    def recompute(self, walk: Walk, at: datetime) -> Leave:
        """Another version took the subject over at `at`, and its author wants the alarm to follow the new drawing."""
        self.retime(walk, at)
        return None


SIDE_TITLES: dict[str, Words] = {
    "failed": Words("出错", "Failed"),
    "late": Words("已错过时间", "Late"),
    "skipped": Words("未发送", "Skipped"),
}
