"""One subject on its way through a plan: what steps may see and what they may leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from journeys.pauses import Pause, after_pauses
from journeys.plan import Plan, StagePlan
from journeys.position import (
    BookPoints,
    ChangeContact,
    ChangeTier,
    Crumb,
    Deed,
    Facts,
    IssueCoupon,
    Position,
    SendMessage,
    Signal,
    StartJourney,
)
from journeys.reading import Timed, points_attribute
from rules.conditions import Rule, Scene
from rules.contact_policy import Answer, Touch, ask
from rules.matching import reads_event
from rules.moment import Moment

#: A signal waiting in the queue: its time, its class (events 0, data changes 1), its place, the signal, and the
#: step entry it is for alone (0: whoever stands there).
Queued = tuple[datetime, int, int, Signal, int]
A_DAY = timedelta(hours=24)
EMPTY: Mapping[str, Any] = {}
#: So long WeCom lets a new friend be greeted.
WELCOME_SECS = 20.0


class Walk:
    """A working copy of one position with its facts; the caller's data stay as they were."""

    __slots__ = (
        "plan", "pos", "facts", "zone", "attributes", "tags", "variables", "scene", "trail", "deeds", "goals",
        "queue", "arrived", "now", "pauses", "because", "silent", "steps_in_run", "zone_moved", "off", "deed_no",
        "rung_late", "earliest", "history", "saw", "segments", "tiers", "issued", "touches", "_own_attributes",
    )  # fmt: skip

    def __init__(
        self,
        plan: Plan,
        position: Position,
        signals: Sequence[Signal],
        facts: Facts,
        now: datetime,
        pauses: Sequence[Pause] = (),
    ):
        self.plan, self.facts, self.now, self.pauses = plan, facts, now, pauses
        self.pos = pos = copy(position)
        self.zone: ZoneInfo = facts.zone or plan.zone
        self.attributes: Mapping[str, Any] = facts.attributes
        self.tags: set[str] = set(facts.tags)
        self.segments: Set[str] = facts.segments
        self.tiers: Mapping[str, str] = facts.tiers
        self.variables: dict[str, Any] = dict(pos.state.get("variables") or EMPTY)
        self.trail: list[Crumb] = []
        self.deeds: list[Deed] = []
        self.goals: list[tuple[str, datetime]] = []
        self.queue: list[Queued] = []
        self.arrived = 0
        self.because: str | None = None
        self.silent: set[str] = set()
        self.steps_in_run = 0
        self.zone_moved = False
        self.rung_late = False
        self.earliest = pos.taken_at
        self.off: tuple[str, ...] = ()
        self.deed_no = 0
        self.touches = facts.touches
        #: Coupons of each pool that this very move has issued.
        self.issued: dict[str, int] = {}
        #: What the rules saw that decide the line of the trail to come.
        self.saw: dict[str, Any] = {}
        self._own_attributes = False
        self._enqueue(signals)
        self.history = self._past(signals)
        self.scene = Scene(
            attributes=self.attributes,
            tags=self.tags,
            segments=self.segments,
            tiers=self.tiers,
            matchings=facts.matchings,
            variables=self.variables,
            event=pos.state.get("event") or EMPTY,
            entry=pos.state.get("entry") or EMPTY,
            stage=pos.stage or "",
            history=self.history,
            now=pos.taken_at,
            zone=self.zone,
            workdays=plan.workdays,
        )

    # -- signals ----------------------------------------------------------------------------------------------

    def _enqueue(self, signals: Sequence[Signal]) -> None:
        """Queue signals in the order of their time, and undo changes that have not been heard yet."""
        taken = self.pos.taken_at
        for signal in signals:
            at = signal.at
            if at < taken or signal.stored_at - at > A_DAY:
                at = max(signal.stored_at, taken)
            self.push(signal, min(at, self.now))
        for _, _, _, signal, _ in reversed(self.queue):
            if signal.kind == "changed":
                self.apply(signal, "old")

    def push(self, signal: Signal, at: datetime, *, only: int = 0) -> None:
        """Queue a signal behind those of the same time and class."""
        self.arrived += 1
        self.queue.append((at, 1 if signal.kind == "changed" else 0, self.arrived, signal, only))
        self.queue.sort(key=lambda q: q[:3])

    def apply(self, signal: Signal, which: str) -> None:
        """Make a data change visible (`new`), or not yet (`old`)."""
        value = signal.data.get(which)
        if signal.name == "tags":
            self.tags.clear()
            self.tags.update(value or ())
        elif signal.name.startswith("attribute."):
            self._write_attribute(signal.name.removeprefix("attribute."), value)
        elif signal.name.startswith("segment."):
            key = {signal.name.removeprefix("segment.")}
            self.segments = self.segments | key if value else self.segments - key
        elif signal.name.startswith("tier."):
            name = signal.name.removeprefix("tier.")
            others = {k: v for k, v in self.tiers.items() if k != name}
            self.tiers = others | ({name: value} if value else {})
        if hasattr(self, "scene"):
            self.scene.segments, self.scene.tiers = self.segments, self.tiers

    def _past(self, signals: Sequence[Signal]) -> dict[str, list[tuple[datetime, Mapping[str, Any]]]]:
        """The history without what is still waiting to be taken."""
        pending = {s.id for s in signals if s.kind == "event"}
        return {
            name: [(at, data) for at, id, data in rows if id not in pending]
            for name, rows in self.facts.history.items()
        }

    def remember_event(self, signal: Signal) -> None:
        """Let an event that is being taken enter the history that rules and anchors see."""
        if signal.name not in self.plan.reads.events:
            if not reads_event(self.facts.matchings, signal.name):
                return
        rows = self.history.setdefault(signal.name, [])
        place = len(rows)
        while place and rows[place - 1][0] > signal.at:
            place -= 1
        rows.insert(place, (signal.at, signal.data))

    def recall(self, names: Iterable[str], since: datetime) -> None:
        """Offer this step the events that happened after it was due to begin and were taken before it stood here."""
        waiting = {q[3].id for q in self.queue}
        for name in names:
            for at, id, data in self.facts.history.get(name, ()):
                if since < at <= self.now and id not in waiting:
                    self.push(Signal(id, "event", name, at, at, data), at, only=self.pos.seq)

    # -- what steps see ---------------------------------------------------------------------------------------

    @property
    def stage(self) -> StagePlan:
        """The plan of the stage in which the subject stands."""
        return self.plan.stages[self.pos.stage or ""]

    @property
    def begun(self) -> datetime:
        """When the current step was due to begin."""
        return self.pos.step_begun or self.pos.taken_at

    @property
    def is_skipping(self) -> bool:
        """True between a late wait and the next one: touches do nothing."""
        return bool(self.pos.state.get("skipping"))

    def skipping(self, on: bool) -> None:
        """Begin or end the stretch in which touches are skipped."""
        self.note("skipping", True if on else None)

    def note(self, key: str, value: Any) -> None:
        """Keep something in the position's state; None removes it."""
        if value is None:
            self.pos.state.pop(key, None)
        else:
            self.pos.state[key] = value

    def holds(self, rule: Rule) -> bool:
        """Judge a rule on the facts as they are now."""
        return rule.holds(self.scene)

    def see(self, rule: Rule) -> None:
        """Keep what a rule sees for the line of the trail that tells what it decided."""
        rule.see(self.scene, self.saw)

    def holds_of(self, rule: Rule, name: str, properties: Mapping[str, Any]) -> bool:
        """Judge a rule as if the event at hand were this one."""
        before = self.scene.event
        self.scene.event = {**properties, "name": name}
        try:
            return rule.holds(self.scene)
        finally:
            self.scene.event = before

    def lookup(self, field: str) -> Any:
        """The value of `attribute.X`, `variable.X`, `event.X` or `entry.X`; None if there is none."""
        kind, _, name = field.partition(".")
        source: Mapping[str, Any] = {
            "attribute": self.attributes,
            "variable": self.variables,
            "event": self.scene.event or EMPTY,
            "entry": self.scene.entry or EMPTY,
        }.get(kind, EMPTY)
        return source.get(name)

    def connected(self, exit: str) -> bool:
        """True if the current step's exit has an arrow of its own."""
        return exit in self.plan.steps[self.pos.step or ""].connected

    def elsewhere(self, exit: str, other: str) -> bool:
        """True if two exits of the current step lead to different places."""
        ways = self.plan.steps[self.pos.step or ""].ways
        return ways[exit][0] != ways[other][0]

    # -- time -------------------------------------------------------------------------------------------------

    def due(self, timed: Timed, begun: datetime) -> tuple[datetime | None, bool]:
        """When a moment that began at `begun` comes (None: never), and whether its anchor is missing."""
        anchor = None
        if timed.anchor is not None:
            anchor = timed.anchor.value(self)
            self.note("from", iso(anchor))
            if anchor is None:
                return None, True
        return timed.moment.resolve(begun, anchor, self.zone, self.plan.workdays), False

    def due_of_wait(self, timed: Timed, begun: datetime) -> tuple[datetime | None, bool]:
        """As `due`, for a wait: pauses of the journey may move it, as their author chose."""
        due, missing = self.due(timed, begun)
        if due is not None and self.pauses:
            due, late = after_pauses(timed, begun, due, self.pauses)
            self.note("late", True if late else None)
        return due, missing

    def rings_late(self) -> None:
        """The wait at hand is late; it leaves so when it rings."""
        self.note("late", True)

    def moved(self, timed: Timed) -> bool:
        """True if what the step's moment counts from is no longer what it was."""
        if self.zone_moved:
            return True
        return timed.anchor is not None and iso(timed.anchor.value(self)) != self.pos.state.get("from")

    def next_after(self, timed: Timed, at: datetime) -> datetime | None:
        """The next time strictly after `at` that the moment's calendar allows."""
        return timed.moment.next_after(at, self.zone, self.plan.workdays)

    def stand(self, due: datetime | None) -> None:
        """Stand at the current step, until `due` if there is one."""
        self.pos.step_due = due

    # -- deeds ------------------------------------------------------------------------------------------------

    def crumb(
        self, at: datetime, op: str, *, exit: str | None = None, arrow: str | None = None, **detail: Any
    ) -> None:
        """Leave a line in the trail, with what the rules saw that led to it."""
        pos = self.pos
        if self.saw and op != "passed_over":
            detail["saw"], self.saw = self.saw, {}
        self.trail.append(Crumb(at, op, pos.stage, pos.step, exit, arrow, pos.visit, pos.seq, detail or None))

    @property
    def held(self) -> dict[str, Any] | None:
        """Why and until when a send is held at the current step."""
        return self.pos.state.get("hold")

    @held.setter
    def held(self, value: dict[str, Any] | None) -> None:
        self.note("hold", value)

    @property
    def sent_at(self) -> datetime | None:
        """When the current step's message went into the outbox by the journey's clock."""
        return moment(self.pos.state.get("sent"))

    def ask_policy(self, carrier: str, window: Moment | None, at: datetime) -> Answer:
        """Ask the contact policy whether, or from when, this subject may be touched."""
        touch = Touch(
            carrier=carrier,
            attributes=self.attributes,
            tags=self.tags,
            zone=self.zone,
            quiet_hours=None if self._answers_at_once(carrier, at) else self.plan.quiet_hours,
            window=window,
            spread_key=f"{self.facts.subject}:{self.plan.key}:{self.pos.step}",
            workdays=self.plan.workdays,
            tiers=self.tiers,
            touches=self.touches,
            journey=self.plan.key,
            coming=self.facts.coming,
        )
        return ask(touch, at, self.plan.reach.policies)

    def _answers_at_once(self, carrier: str, at: datetime) -> bool:
        """True for the greeting of a friend who has just added us: it answers him, at whatever hour he came."""
        entry = self.scene.entry or EMPTY
        return (
            carrier == "wecom_direct"
            and "welcome" in entry
            and (at - self.pos.entered_journey).total_seconds() <= WELCOME_SECS
        )

    def hold(self, until: datetime, because: str, at: datetime) -> None:
        """Stand at the current send step until the policy may answer otherwise."""
        self.held = {"until": iso(until), "because": because}
        self.crumb(at, "hold", until=iso(until), because=because)
        self.stand(until)

    def say(self, carrier: str, content: str, at: datetime, valid: datetime | None, *, answer: bool) -> None:
        """Put a message into the outbox."""
        self.deed_no += 1
        pos, scene = self.pos, self.told()
        self.deeds.append(
            SendMessage(
                pos.seq, self.deed_no, pos.visit, pos.step or "", carrier, content, at, valid, answer, scene
            )
        )
        self.touches = (*self.touches, (at, carrier))
        self.note("sent", iso(at))

    def told(self) -> dict[str, Any]:
        """What texts may speak of, as it is now."""
        return {
            "event": dict(self.scene.event or EMPTY),
            "entry": dict(self.scene.entry or EMPTY),
            "variables": dict(self.variables),
            "stage": self.pos.stage,
        }

    def set(self, target: str, name: str, value: Any, at: datetime) -> None:
        """Set an attribute or a variable; a change is a signal, also to this journey."""
        source = self.attributes if target == "attribute" else self.variables
        old = source.get(name)
        if old == value and type(old) is type(value):
            return
        if target == "attribute":
            self._write_attribute(name, value)
            self.deeds.append(ChangeContact(at, attributes={name: value}))
        else:
            if value is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = value
            self.note("variables", dict(self.variables) or None)
        self._changed(f"{target}.{name}", old, value, at)

    def tag(self, add: tuple[str, ...], remove: tuple[str, ...], at: datetime) -> None:
        """Put tags on and take tags off; a change is a signal, also to this journey."""
        add = tuple(t for t in add if t not in self.tags)
        remove = tuple(t for t in remove if t in self.tags and t not in add)
        if not add and not remove:
            return
        old = sorted(self.tags)
        self.tags.update(add)
        self.tags.difference_update(remove)
        self.deeds.append(ChangeContact(at, add=add, remove=remove))
        self._changed("tags", old, sorted(self.tags), at)

    def override(
        self, dimension: str, level: str, until: datetime, measure: Mapping[str, Any] | None, at: datetime
    ) -> None:
        """Give a level for a while; a change is a signal, also to this journey."""
        old = self.tiers.get(dimension)
        self.tiers = {**self.tiers, dimension: level}
        self.scene.tiers = self.tiers
        self.deeds.append(ChangeTier(at, dimension, level, until, measure or None))
        if old != level:
            self._changed(f"tier.{dimension}", old, level, at)

    def issue(self, pool: str, at: datetime) -> bool:
        """Issue a coupon out of a pool; False if it has none for this subject."""
        issued = self.issued.get(pool, 0)
        allowed = self.facts.coupons.get(pool)
        if allowed is not None and issued >= allowed:
            return False
        self.issued[pool] = issued + 1
        self.deed_no += 1
        self.deeds.append(IssueCoupon(self.pos.seq, self.deed_no, self.pos.step or "", pool, at))
        return True

    def book(self, scheme: str, act: str, amount: int, reason: str, at: datetime) -> bool:
        """Add, spend or set points; False, and nothing booked, if there are not enough of them to spend.

        The balance is an attribute of the contact, so that its change is a signal as any other.
        """
        name = points_attribute(scheme)
        old = self.attributes.get(name)
        balance = int(old) if isinstance(old, int | float) else 0
        new = {"add": balance + amount, "spend": balance - amount, "set": amount}[act]
        if new < 0 and new < balance:
            return False
        if new != balance:
            self.deed_no += 1
            self.deeds.append(BookPoints(self.pos.seq, self.deed_no, scheme, act, amount, reason, at))
            self._write_attribute(name, new)
            self._changed(f"attribute.{name}", old, new, at)
        return True

    def start(self, journey: str, entry: str | None, bound: bool, at: datetime) -> None:
        """Start another journey for this subject."""
        self.deeds.append(StartJourney(at, journey, entry, bound, self.pos.visit, self.pos.seq))

    def reach(self, goal: str, at: datetime) -> None:
        """Count a goal, once per enrollment."""
        reached = self.pos.state.get("goals") or []
        if goal not in reached:
            self.pos.state["goals"] = [*reached, goal]
            self.goals.append((goal, at))
            self.crumb(at, "goal", goal=goal)

    def _changed(self, field: str, old: Any, new: Any, at: datetime) -> None:
        if field in self.plan.hears:
            self.push(Signal(0, "changed", field, at, at, {"field": field, "old": old, "new": new}), at)

    def _write_attribute(self, name: str, value: Any) -> None:
        if not self._own_attributes:
            self.attributes = dict(self.attributes)
            if hasattr(self, "scene"):
                self.scene.attributes = self.attributes
            self._own_attributes = True
        if value is None:
            self.attributes.pop(name, None)  # type: ignore[attr-defined]
        else:
            self.attributes[name] = value  # type: ignore[index]


def copy(position: Position) -> Position:
    """A copy whose state can be changed key by key."""
    p = position
    return Position(
        p.status, p.entry_id, p.entered_journey, p.taken_at, p.stage, p.step, p.visit, p.seq, p.void_seq,
        p.entered_stage, p.step_begun, p.step_due, p.stage_due, p.result, p.ended_at, dict(p.state),
    )  # fmt: skip


def iso(at: datetime | None) -> str | None:
    """A moment as the state keeps it."""
    return at.isoformat() if at is not None else None


def moment(text: str | None) -> datetime | None:
    """A moment as `iso` wrote it."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
