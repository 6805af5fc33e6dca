"""wait_event: stand until one of several events, at longest until a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow.validate import Length

from journeys.fields import EventName, Id, MomentField, RuleField
from journeys.kinds.base import Kind, Leave
from journeys.words import Many, Part, Shape, Words

if TYPE_CHECKING:
    from journeys.position import Signal
    from journeys.reading import Reading
    from journeys.walk import Walk


class AwaitedSchema(Shape):
    exit = Id(required=True, metadata={"type": "exit", "title": Words("出口", "Exit")})
    event = EventName(required=True, metadata={"type": "event", "title": Words("事件", "Event")})
    where = RuleField(load_default=None, metadata={"type": "rule", "title": Words("且满足", "Where")})


class WaitEventSchema(Shape):
    events = Many(
        Part(AwaitedSchema),
        required=True,
        validate=Length(1, 20, error=Words("要有 1 到 20 个事件。", "Name 1 to 20 events.")),
        metadata={"type": "list", "title": Words("等待的事件", "Events")},
    )
    longest = MomentField(
        load_default=None,
        allow_none=True,
        metadata={"type": "moment", "title": Words("最多等到", "At longest until")},
    )


class WaitEvent(Kind):
    """Leaves by the exit of the first event that comes; by `timeout` at its longest moment."""

    kind = "wait_event"
    title = Words("等待事件", "Wait for an event")
    help = Words("等客户做某件事；等不到就走超时。", "Until the customer does something, or time is out.")
    group, icon = "time", "ear"
    exits = None
    failed_like = "timeout"
    takes_time = True
    schema = WaitEventSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.events = [(e["exit"], e["event"], reading.rule(e.get("where"))) for e in config["events"]]
        self.names = self.events_of(config)
        reading.listen(self.names, history=True)
        self.longest = reading.moment(config["longest"]) if config.get("longest") else None

    @classmethod
    def exits_of(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        return (*dict.fromkeys(e["exit"] for e in config.get("events", ()) if e.get("exit")), "timeout")

    @classmethod
    def events_of(cls, config: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(e["event"] for e in config.get("events", ()) if e.get("event"))

    def begin(self, walk: Walk, at: datetime) -> Leave:
        walk.skipping(False)
        due, _missing = walk.due(self.longest, at) if self.longest else (None, False)
        if due is not None and due < at:
            return "timeout", at
        walk.stand(due)
        walk.recall(self.names, since=at)
        return None

    def ring(self, walk: Walk, at: datetime) -> Leave:
        return "timeout", at

    def hear(self, walk: Walk, signal: Signal, at: datetime) -> Leave:
        # What happened before this wait was due to begin never answers it.
        if signal.kind not in ("event", "ended") or signal.name not in self.names or signal.at < walk.begun:
            return None
        for exit, name, where in self.events:
            if name == signal.name and (where is None or walk.holds(where)):
                if where is not None:
                    walk.see(where)
                return exit, at
        return None

    def skipped(self, walk: Walk) -> str:
        return "timeout"

    def retime(self, walk: Walk, at: datetime) -> None:
        if self.longest is not None and walk.moved(self.longest):
            due, _missing = walk.due(self.longest, walk.begun)
            walk.stand(due)

    def recompute(self, walk: Walk, at: datetime) -> Leave:
        """The longest moment counts from the old begin; what came since then is heard as if it had been asked for."""
        due = walk.due(self.longest, walk.begun)[0] if self.longest else None
        walk.stand(max(due, at) if due else None)
        walk.recall(self.names, since=walk.begun)
        return None
