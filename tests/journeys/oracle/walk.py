"""The oracle: one enrollment walked through the `transitions` machine.

Places, and the order in which ways are asked, are the machine's (`journeys.statechart`); this file adds
signals, time and memory. `play` answers with the *normal form* of a walk:

* `path`: a list of `Line(at, op, stage, step, by)`, minutes of UTC, where `op` is
  `stage` (the stage was entered; `by` = the arrow, or None through the entry),
  `through` (in place of `stage`: it was passed through, none of its steps ran; `by` = the arrow taken),
  `step` (the step was left by an exit; `by` = the exit),
  `end` (the journey ended; `by` = the result) or
  `stop` (a guard stopped it at `step`);
* `place`: (status, stage, step), the step None while resting, all but the status None after the end.

The kernel's trail says more (why, how often, which message); what is here can be read out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from journeys import statechart
from journeys.statechart import ARRIVING, FINISHING, HEADING, RESTING, Way
from tests.journeys.oracle import rules
from tests.journeys.oracle.alarms import Alarm, AlarmMaker, StepAlarm
from tests.journeys.oracle.lines import Line, Remembered, Signal, Subject
from tests.journeys.oracle.steps import StepWork


class Oracle(StepWork):
    """One enrollment. `open`, then `take` signals in order of time and `rest_until` a time."""

    def __init__(self, definition: Mapping[str, Any], subject: Subject, zone: ZoneInfo):
        self.definition, self.subject, self.zone = definition, subject, zone
        self.steps = {p["id"]: p for p in definition.get("steps", ())}
        self.stages = {s["id"]: s for s in definition["stages"]}
        self.ends = {e["id"]: e for e in definition.get("ends", ())}
        self.walker = statechart.build(definition, self)
        self.path: list[Line] = []
        self.stage: str | None = None
        self.step: str | None = None
        self.ended = self.stopped = False
        self.skipping = False
        self.hand: Signal | None = None
        self.exit: str | None = None
        self.heading: str | None = None
        self.ringing: Alarm | None = None
        self.step_alarm: StepAlarm | None = None
        self.stage_alarms: dict[str, Alarm] = {}
        self.remembered: dict[str, Remembered] = {}
        self.entries: dict[str, list[datetime]] = {}
        self.pending: list[Signal] = []
        self.heard: list[Signal] = []
        self.recalled: list[Signal] = []
        self.step_only = False
        self.came_back: Remembered | None = None
        self.alarms = AlarmMaker(self)

    # --- what comes from outside -----------------------------------------------------------

    def open(self, entry_id: str, at: datetime) -> None:
        """Enter the journey by an entry."""
        self.now = self.entered_journey = self.taken_at = at
        self.entry_id = entry_id
        self._signal(lambda: self.walker.trigger("open"))

    def take(self, signal: Signal) -> None:
        """Take one signal, after every alarm that rings before it arrives.

        Its time is its own; that of one that happened before something already taken (not: heard and ignored),
        or more than a day before it arrived, is its arrival.
        """
        self.rest_until(signal.arrives, strictly=True)
        late = signal.at < self.taken_at or signal.arrives - signal.at > timedelta(days=1)
        self._take(signal, signal.arrives if late else signal.at)

    def rest_until(self, until: datetime, strictly: bool = False) -> None:
        """Let everything ring that rings by `until` (`strictly`: before it)."""
        while not self.over:
            if self.pending and not (strictly and self.pending[0].at >= until):
                self._take(self.pending.pop(0), self.now)
                continue
            alarm = self.alarms.next_ring(until, strictly)
            if self.recalled and (alarm is None or self.recalled[0].at <= alarm.rings):
                self._take_for_step(self.recalled.pop(0))
            elif alarm is None:
                return
            else:
                self._ring(alarm)

    @property
    def over(self) -> bool:
        return self.ended or self.stopped

    @property
    def place(self) -> tuple[str, str | None, str | None]:
        if self.ended:
            return ("ended", None, None)
        if self.stopped:
            return ("stopped", self.stage, self.step)
        return ("resting" if self.step is None else "waiting", self.stage, self.step)

    def change(self, signal: Signal) -> None:
        """A change of the subject from outside: the new value is there when its signal is taken."""
        self.rest_until(signal.at, strictly=True)
        if signal.name == "tags":
            old, self.subject.tags = sorted(self.subject.tags), set(signal.data)
        else:
            name = signal.name.removeprefix("attribute.")
            old = self.subject.attributes.get(name)
            self.subject.attributes[name] = signal.data
        shown = {"field": signal.name, "old": old, "new": signal.data}
        self._take(Signal("changed", signal.name, signal.at, shown), signal.at)

    # --- one signal, run to completion -----------------------------------------------------

    def _signal(self, happen: Any) -> None:
        self.entered_by_itself: set[str] = set()
        self.timeless = 0
        happen()
        self.step_only = False
        self._run()
        self.hand = None

    def _take(self, signal: Signal, now: datetime) -> None:
        if self.over:
            return
        self.now = max(now, self.taken_at)
        if signal.kind == "task" and not self._is_asked(signal):
            signal = replace(signal, kind="event")
        if signal.kind == "event":
            times = self.subject.history.setdefault(signal.name, [])
            times.append(signal.at)
            times.sort()
            touched = {f"history.{signal.name}.count", f"event:{signal.name}"}
        else:
            touched = {signal.name}
        self.touched = touched
        self.alarms.anchors_moved(touched)
        self.hand = signal
        self._signal(self._offer)
        if signal.kind == "event":
            self.heard.append(signal)

    def _is_asked(self, signal: Signal) -> bool:
        """Whether a result of the staff is of the task at which the subject stands; else it is an event."""
        at_task = self.step is not None and self.steps[self.step]["kind"] == "task"
        return at_task and not signal.data["old"]

    def _results(self) -> set[str]:
        return {one["exit"] for one in self.steps[self.step]["config"]["results"]}

    def _take_for_step(self, signal: Signal) -> None:
        """An event heard before the step at which the subject now stands was begun, but not before its begin."""
        self.now, self.hand, self.touched = max(signal.at, self.taken_at), signal, set()
        self.step_only = True
        self._signal(self._offer)

    def _offer(self) -> None:
        if self.hand.kind == "task" and self.hand.data["result"] not in self._results():
            # Nobody has drawn what came of it: the step has failed, as far as the journey can tell.
            self.subject.event, self.taken_at = self.hand.shown, self.now
            self._leave("failed")
        elif self.walker.trigger("signal"):
            self.taken_at = self.now

    def _ring(self, alarm: Alarm) -> None:
        self.now = self.taken_at = max(alarm.rings, self.taken_at)
        if isinstance(alarm, StepAlarm):
            self.step_alarm = None
            self._signal(lambda: self._leave_after_alarm(alarm))
            return
        self.alarms.rung(alarm)
        self.ringing = alarm
        self._signal(lambda: self.walker.trigger("alarm"))
        self.ringing = None

    def _leave_after_alarm(self, alarm: StepAlarm) -> None:
        if self.steps[self.step]["kind"] in ("wait_event", "task"):
            self._leave("timeout")
        elif alarm.late:
            self._late()
        else:
            self._leave("next")

    def _run(self) -> None:
        """Go on until a step takes time, the subject rests, or the journey is over."""
        while not self.over:
            place = self.walker.state.rpartition("/")[2]
            if place == ARRIVING:
                self.walker.trigger("arrive")
            elif place == HEADING:
                self.walker.trigger("head")
            elif place == FINISHING:
                self.walker.trigger("finish")
            elif place == RESTING:
                self.step = None
                self._end_if_nothing_can_come()
                return
            elif place in self.steps and self.step != place:
                if not self._begin(self.steps[place]):
                    return
            else:
                return

    # --- the judge of the machine ----------------------------------------------------------

    def asked(self, way: Way) -> bool:
        if way.trigger == "open":
            return way.entry["id"] == self.entry_id
        if way.trigger == "leave":
            return way.exit == self.exit
        if way.trigger == "head":
            return self.heading == way.step if way.step is not None else not self.heading
        if way.trigger == "signal" and way.step is not None:
            return self._answers(way)
        if way.arrow is None:
            return True
        if self.step_only and way.trigger == "signal":
            return False
        return self._happened(way) and self._where(way.arrow) and not self._second_time(way)

    def _answers(self, way: Way) -> bool:
        if self.steps[way.step]["kind"] == "task":
            told = self.hand.kind == "task" and self.hand.data["result"] == way.exit
            return self.step == way.step and told
        each = next(e for e in self.steps[way.step]["config"]["events"] if e["exit"] == way.exit)
        return (
            self.step == way.step
            and self.hand.kind == "event"
            and self.hand.name == each["event"]
            and self.hand.at >= self.begun
            and self._holds(each.get("where"))
        )

    def _happened(self, way: Way) -> bool:
        on = way.arrow["on"]
        if way.trigger == "alarm":
            return self.ringing is not None and self.ringing.arrow is way.arrow
        if way.trigger == "finish":
            return True
        if on["type"] == "when":
            asked = way.trigger == "arrive" or rules.fields_of(on["rule"]) & self.touched
            return bool(asked) and self._holds(on["rule"])
        if on["type"] == "at":
            return self.alarms.passed_on_entering(way.arrow)
        if on["type"] == "event":
            names = [on["name"]] if isinstance(on["name"], str) else on["name"]
            return self.hand.kind == "event" and self.hand.name in names
        return self.hand.kind == "changed" and self.hand.name == on["field"]

    def _second_time(self, way: Way) -> bool:
        """Whether an arrow that asks for no signal would bring the subject into a stage a second time."""
        again = self._enters(way) and self._target_stage(way) in self.entered_by_itself
        return again and self._by_itself(way)

    @staticmethod
    def _by_itself(way: Way) -> bool:
        """Whether a `done`, `when` or passed `at` arrow is taken, none of which needs a signal of its own."""
        on = (way.arrow or {}).get("on") or {}
        return way.trigger in ("arrive", "finish") or on.get("type") == "when"

    def _where(self, arrow: Mapping[str, Any]) -> bool:
        return self._holds(arrow.get("where"))

    def _holds(self, rule: Any) -> bool:
        s = self.subject
        past = {name: [t for t in times if t <= self.now] for name, times in s.history.items()}
        event = s.event
        if self.hand is not None:
            event = self.hand.shown
        return rules.holds(rule, {
            "attribute": s.attributes, "tags": s.tags, "variable": s.variables, "history": past,
            "entry": s.entry, "event": event, "stage": self.stage,
        })  # fmt: skip

    def took(self, way: Way) -> None:
        """Write down what the machine has just done, and what follows for clocks and memory."""
        if way.trigger == "head":
            return
        if self.hand is not None and way.trigger == "signal":
            self.subject.event = self.hand.shown
        if way.exit is not None:
            self._write("step", step=way.step, by=way.exit)
            self.step, self.step_alarm = None, None
        self.recalled = []
        if way.to is None:
            return
        if way.trigger == "arrive":
            self.path.pop()
            self._write("through", by=way.arrow["id"])
        if way.trigger in ("signal", "alarm") and way.step is None:
            self._remember()
        if way.to in self.ends:
            self._end(self.ends[way.to]["result"])
        elif self._enters(way):
            self._enter(way)
        else:
            self._move_within(way)

    # --- places ----------------------------------------------------------------------------

    def _target_stage(self, way: Way) -> str:
        return self.steps[way.to]["stage"] if way.to in self.steps else way.to

    def _enters(self, way: Way) -> bool:
        """Whether this way enters (or restarts) a stage, rather than moving within it."""
        if way.to in self.ends:
            return False
        within = self._target_stage(way) == way.stage
        last = way.arrow is not None and way.arrow.get("enter") == "last"
        return not (within and (way.to in self.steps or last))

    def _enter(self, way: Way) -> None:
        stage = self._target_stage(way)
        if self._by_itself(way):
            self.entered_by_itself.add(stage)
        if stage != self.stage:
            self.skipping = False
        self.stage, self.step, self.step_alarm = stage, None, None
        self.entered_stage = self.now
        self.came_back = None
        place = self.remembered.pop(stage, None)
        self.heading = way.to if way.to in self.steps else self.stages[stage].get("initial")
        if way.arrow is not None and way.arrow.get("enter") == "last" and place is not None:
            self.heading, self.came_back = place.step, place
        self._write("stage", by=way.arrow and way.arrow["id"])
        self.alarms.entered_stage()

    def _move_within(self, way: Way) -> None:
        """To a step of the same stage, or to the place remembered for it; the stage's own clocks run on."""
        self.step, self.step_alarm, self.came_back = None, None, None
        if way.to in self.steps:
            return
        self.heading = self.stages[self.stage].get("initial")
        place = self.remembered.pop(self.stage, None)
        if place is not None:
            self.heading, self.came_back = place.step, place

    def _remember(self) -> None:
        if self.stage not in self.remembered:
            self.remembered[self.stage] = Remembered(self.step or RESTING, self.begun, self.step_alarm)

    def _end(self, result: str) -> None:
        self._write("end", stage=None, by=result)
        self.ended = True

    def _end_if_nothing_can_come(self) -> None:
        if self.stages[self.stage].get("stay"):
            return
        for arrow in self.definition["arrows"]:
            if self.stage not in (arrow["from"] if isinstance(arrow["from"], list) else [arrow["from"]]):
                continue
            if arrow["on"]["type"] in ("event", "changed", "when"):
                return
            if arrow["on"]["type"] in ("after", "at") and self.alarms.may_ring(arrow):
                return
        self._end("completed")

    def _write(self, op: str, *, step: str | None = None, by: str | None = None, **over: Any) -> None:
        self.path.append(Line(self.now, op, over.get("stage", self.stage), step, by))


def play(
    definition: Mapping[str, Any],
    signals: Iterable[Signal],
    until: datetime,
    *,
    opened: datetime,
    entry: str = "in",
    zone: ZoneInfo | None = None,
    attributes: Mapping[str, Any] | None = None,
    clock: str = "jump",
) -> Oracle:
    """The whole walk of one subject: opened, given its signals in order, and left alone until `until`."""
    subject = Subject(attributes=dict(attributes or {}))
    oracle = Oracle(definition, subject, zone or ZoneInfo("Asia/Shanghai"))
    oracle.alarms.clock = clock
    oracle.open(entry, opened)
    for signal in signals:
        if signal.kind == "changed":
            oracle.change(signal)
        else:
            oracle.take(signal)
    oracle.rest_until(until)
    return oracle
