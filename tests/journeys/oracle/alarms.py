"""The oracle's alarms: what a wait, a `longest` and the arrows `at` and `after` wait for.

There are two clocks. `jump` looks up when each moment is and goes there; `tick` never knows: it walks on
minute by minute and asks every alarm whether it rings now. Both must tell the same story.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from journeys import statechart
from tests.journeys import minute_clock as clock
from tests.journeys.minute_clock import MINUTE

if TYPE_CHECKING:
    from tests.journeys.oracle.walk import Oracle

CONSTRAINTS = ("at", "window", "weekdays", "monthdays", "months")


@dataclass
class Alarm:
    """One alarm. `due` is None while its anchor is missing, after it has rung, and (tick) until it rings."""

    spec: Mapping[str, Any]
    begin: datetime
    #: When it was set: one whose moment has passed by then rings at that time.
    set_at: datetime
    anchor: datetime | None
    zone: Any
    arrow: Mapping[str, Any] | None = None
    due: datetime | None = None
    missing: bool = False
    has_rung: bool = False
    #: Of a series (tick): its next moment.
    coming: datetime | None = None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < self.begin

    @property
    def rings(self) -> datetime:
        """When a due one rings: at its moment, but not before it was set."""
        return max(self.due, self.set_at)

    @property
    def repeats(self) -> bool:
        return "every" in self.spec or not ("for" in self.spec or clock.anchored(self.spec))

    def jump(self) -> None:
        self.due = clock.moment(self.spec, self.begin, self.anchor, self.zone)

    def tick_to(self, minute: datetime) -> None:
        """Find out, minute by minute, whether it has rung by `minute`."""
        start = self._start()
        at = start.instant if start else self.begin + MINUTE
        while self.due is None and at <= minute:
            self.tick(at)
            at += MINUTE

    def tick(self, minute: datetime) -> None:
        """Ask whether it rings in this very minute."""
        if self.missing or self.has_rung or self.due is not None:
            return
        if "every" in self.spec:
            self.coming = self.coming or clock.moment(self.spec, self.begin, self.anchor, self.zone)
            rings = self.coming == minute
        elif start := self._start():
            rings = start.rings(minute)
        else:
            rings = minute > self.begin and clock.allowed(minute, self.spec, self.zone)
        if rings:
            self.due = minute

    def _start(self) -> clock.Start | None:
        if not hasattr(self, "_found"):
            self._found = None
            if "for" in self.spec:
                self._found = clock.Start(self.begin, self.spec["for"], self.spec, self.zone)
            elif clock.anchored(self.spec) and "every" not in self.spec:
                self._found = clock.Start(self.anchor, self.spec.get("offset", "P0D"), self.spec, self.zone)
        return self._found


class StepAlarm(Alarm):
    """The alarm of the step stood at."""


class AlarmMaker:
    """Sets alarms, sets them anew when their anchors move, and says which rings next."""

    def __init__(self, oracle: Oracle):
        self.oracle = oracle
        self.clock = "jump"
        self.passed: set[str] = set()
        self.cursor: datetime | None = None

    # --- setting ---------------------------------------------------------------------------

    def entered_stage(self) -> None:
        """Set the alarms of the stage just entered; passed `at` arrows are not set but noted."""
        o = self.oracle
        o.stage_alarms, self.passed, o.begun = {}, set(), o.now
        for arrow in statechart.stage_arrows(o.definition, o.stage):
            if arrow["on"]["type"] not in ("at", "after"):
                continue
            alarm = self._set(Alarm, self._spec(arrow), o.entered_stage, arrow)
            if arrow["on"]["type"] == "at" and alarm.due is not None and alarm.due <= o.entered_stage:
                alarm.due, alarm.has_rung = None, True
                if arrow["on"].get("if_past") != "ignore":
                    self.passed.add(arrow["id"])
            o.stage_alarms[arrow["id"]] = alarm

    def passed_on_entering(self, arrow: Mapping[str, Any]) -> bool:
        return arrow["id"] in self.passed

    def for_step(self, spec: Mapping[str, Any]) -> StepAlarm:
        return self._set(StepAlarm, spec, self.oracle.begun)

    def as_it_was(self, alarm: StepAlarm) -> StepAlarm:
        """The alarm of a remembered place; only one whose anchor was missing is looked at anew."""
        if alarm.missing:
            return self.for_step(alarm.spec)
        if self.clock == "tick":
            alarm.tick_to(self.oracle.now)
        return alarm

    def at_next_match(self, spec: Mapping[str, Any]) -> StepAlarm:
        """The alarm of a late wait that goes to the next matching time after now, anchors left aside."""
        o = self.oracle
        due = clock.following(spec, o.now, o.zone) if any(k in spec for k in CONSTRAINTS) else o.now
        return StepAlarm(spec, o.begun, o.now, None, o.zone, due=due)

    def _spec(self, arrow: Mapping[str, Any]) -> Mapping[str, Any]:
        on = arrow["on"]
        return (
            {"for": on["duration"]} if on["type"] == "after" else {k: v for k, v in on.items() if k != "type"}
        )

    def _set(self, kind: type, spec: Mapping[str, Any], begin: datetime, arrow: Any = None) -> Any:
        anchor = self.anchor_of(spec) if clock.anchored(spec) else None
        missing = clock.anchored(spec) and anchor is None
        now = self.oracle.now
        alarm = kind(spec, begin, now, anchor, self.oracle.zone, arrow, missing=missing)
        if not missing:
            if self.clock == "jump":
                alarm.jump()
            else:
                alarm.tick_to(max(now, self.cursor or now))
        return alarm

    # --- anchors ---------------------------------------------------------------------------

    def anchor_of(self, spec: Mapping[str, Any]) -> datetime | None:
        """What a moment counts from, as an instant; None while there is none."""
        o = self.oracle
        return self._instant(spec.get("anchor") or o.stages[o.stage].get("anchor") or "entered_stage")

    def _instant(self, anchor: Any) -> datetime | None:
        o = self.oracle
        if anchor == "entered_stage":
            return o.entered_stage
        if anchor == "entered_journey":
            return o.entered_journey
        if "attribute" in anchor:
            found = as_instant(o.subject.attributes.get(anchor["attribute"]), o.zone)
        else:
            found = max(
                (t for name in anchor["event"] for t in o.subject.history.get(name, ())), default=None
            )
        return self._instant(anchor["else"]) if found is None and "else" in anchor else found

    def anchors_moved(self, touched: set[str]) -> None:
        """Set anew what counts from an anchor that the signal at hand has moved."""
        o = self.oracle
        for key, alarm in o.stage_alarms.items():
            if self._moved(alarm, touched):
                o.stage_alarms[key] = self._set(Alarm, alarm.spec, o.entered_stage, alarm.arrow)
        if o.step_alarm is not None and self._moved(o.step_alarm, touched):
            alarm = o.step_alarm = self._set(StepAlarm, o.step_alarm.spec, o.begun)
            if alarm.missing and o.steps[o.step]["config"].get("if_missing") == "next":
                alarm.due = o.now

    def _moved(self, alarm: Alarm, touched: set[str]) -> bool:
        anchor = alarm.spec.get("anchor") or self.oracle.stages[self.oracle.stage].get("anchor")
        keys: set[str] = set()
        while isinstance(anchor, Mapping) and clock.anchored(alarm.spec):
            keys |= {f"attribute.{anchor['attribute']}"} if "attribute" in anchor else set()
            keys |= {f"event:{name}" for name in anchor.get("event", ())}
            anchor = anchor.get("else")
        return bool(keys & touched) and self.anchor_of(alarm.spec) != alarm.anchor

    # --- ringing ---------------------------------------------------------------------------

    def next_ring(self, until: datetime, strictly: bool) -> Alarm | None:
        """The alarm that rings next, by `until` (`strictly`: before it): the earliest, of equals the step."""
        if self.clock == "tick":
            self._walk(until - MINUTE if strictly else until)
        ready = [
            a
            for a in self._all()
            if a.due is not None and (a.rings < until or (a.rings == until and not strictly))
        ]
        return min(ready, key=lambda a: a.due, default=None)

    def _walk(self, until: datetime) -> None:
        minute = max(self.oracle.taken_at, self.cursor or self.oracle.taken_at)
        alarms = self._all()
        while minute <= until and not any(a.due is not None and a.due <= minute for a in alarms):
            for alarm in alarms:
                alarm.tick(minute)
            self.cursor, minute = minute, minute + MINUTE

    def _all(self) -> list[Alarm]:
        """Those set, the step's first, then the stage's in order: `min` keeps the first of equals."""
        o = self.oracle
        return ([o.step_alarm] if o.step_alarm is not None else []) + [
            a for a in o.stage_alarms.values() if not a.has_rung
        ]

    def rung(self, alarm: Alarm) -> None:
        """A stage alarm has rung: once in a visit, or set for its next time."""
        o = self.oracle
        if alarm.repeats:
            o.stage_alarms[alarm.arrow["id"]] = self._set(Alarm, alarm.spec, o.now, alarm.arrow)
        else:
            alarm.has_rung, alarm.due = True, None

    def may_ring(self, arrow: Mapping[str, Any]) -> bool:
        """Whether the alarm of this arrow is set or waits for its anchor."""
        return not self.oracle.stage_alarms[arrow["id"]].has_rung


def as_instant(value: Any, zone: Any) -> datetime | None:
    """An attribute that holds a date (00:00 local) or a time with its offset, as an instant."""
    if not value:
        return None
    if isinstance(value, str) and len(value) == 10:
        day = date.fromisoformat(value)
        return clock.to_utc(datetime(day.year, day.month, day.day), zone)
    return datetime.fromisoformat(value).astimezone(UTC)
