"""Play subjects through a plan on a virtual clock, by the very function that the engine calls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from journeys.advance import advance
from journeys.entering import entry_by_event, may_reenter
from journeys.plan import Plan
from journeys.position import (
    ENDED,
    ChangeContact,
    Crumb,
    Facts,
    Move,
    Position,
    SendMessage,
    Signal,
    fresh,
)

#: An event of a simulated life: its time, name and properties.
Happening = tuple[datetime, str, Mapping[str, Any]]
A_DAY = timedelta(days=1)


@dataclass(slots=True)
class Life:
    """One simulated subject: what is known of it at the start, and what it will do."""

    subject: str
    events: list[Happening]
    attributes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Enrolled:
    """One enrollment of a simulated life."""

    life: Life
    key: str
    position: Position
    trail: list[Crumb] = field(default_factory=list)
    messages: list[SendMessage] = field(default_factory=list)
    goals: list[tuple[str, datetime]] = field(default_factory=list)
    receipts: list[Signal] = field(default_factory=list)


class Simulation:
    """A run of many lives; `play` moves it on day by day."""

    def __init__(self, plan: Plan, lives: Iterable[Life], start: datetime):
        self.plan, self.start, self.now = plan, start, start
        self.lives = list(lives)
        self.enrolled: list[Enrolled] = []
        self._of: dict[str, list[Enrolled]] = {}
        self._history: dict[str, dict[str, list[tuple[datetime, int, Mapping[str, Any]]]]] = {}
        self._cursor: dict[str, int] = {}
        self._next_id = 0
        for life in self.lives:
            life.events.sort(key=lambda e: e[0])

    def play(
        self, until: datetime, step: timedelta = A_DAY, on_tick: Callable[[datetime], None] | None = None
    ) -> None:
        """Let time go by until `until`, in ticks of `step`; `on_tick` is told the time after each."""
        while self.now < until:
            self.now = min(self.now + step, until)
            self._tick()
            if on_tick is not None:
                on_tick(self.now)

    def _tick(self) -> None:
        """Take in the events up to now, then move everybody who has something to hear or an alarm that rang."""
        heard: dict[int, list[Signal]] = {}
        for life in self.lives:
            self._intake(life, heard)
        todo = [e for e in self.enrolled if id(e) in heard or e.receipts or _due(e.position, self.now)]
        for _ in range(100):
            if not todo:
                return
            signals = [[*heard.pop(id(e), ()), *e.receipts] for e in todo]
            for enrolled in todo:
                enrolled.receipts = []
            facts = [self._facts(e.life) for e in todo]
            moves = advance(self.plan, [e.position for e in todo], signals, facts, self.now)
            for enrolled, move in zip(todo, moves, strict=True):
                self._settle(enrolled, move)
            todo = [e for e in todo if e.receipts]

    def _intake(self, life: Life, heard: dict[int, list[Signal]]) -> None:
        place = self._cursor.get(life.subject, 0)
        while place < len(life.events) and life.events[place][0] <= self.now:
            at, name, data = life.events[place]
            place += 1
            self._next_id += 1
            signal = Signal(self._next_id, "event", name, at, at, data)
            if name in self.plan.reads.events:
                history = self._history.setdefault(life.subject, {})
                history.setdefault(name, []).append((at, signal.id, data))
            # Whoever is inside may end by an earlier signal of this tick, which decides who may enter.
            if any(name in e.names for e in self.plan.entries if e.type == "event"):
                self._catch_up(life, heard, at)
            opened = self._open(life, signal)
            if name in self.plan.listens:
                key = self.plan.key_of(data)
                for enrolled in self._of.get(life.subject, ()):
                    if enrolled is not opened and (not key or not self.plan.key_field or enrolled.key == key):
                        heard.setdefault(id(enrolled), []).append(signal)
        self._cursor[life.subject] = place

    def _catch_up(self, life: Life, heard: dict[int, list[Signal]], at: datetime) -> None:
        """Before an event that may open an enrollment: let those inside live up to just before it."""
        before = at - timedelta(microseconds=1)
        for enrolled in self._of.get(life.subject, ()):
            signals = heard.get(id(enrolled), [])
            if enrolled.position.status != ENDED and (_due(enrolled.position, before) or signals):
                heard.pop(id(enrolled), None)
                (move,) = advance(
                    self.plan,
                    [enrolled.position],
                    [signals],
                    [self._facts(life)],
                    max(before, self._last(signals, before)),
                )
                self._settle(enrolled, move)

    @staticmethod
    def _last(signals: Sequence[Signal], before: datetime) -> datetime:
        return max((s.at for s in signals), default=before)

    def _open(self, life: Life, signal: Signal) -> Enrolled | None:
        facts = self._facts(life)
        entry = entry_by_event(self.plan, signal.name, signal.data, facts, signal.at)
        if entry is None:
            return None
        key = self.plan.key_of(signal.data)
        mine = [e for e in self._of.get(life.subject, ()) if e.key == key]
        if any(e.position.status != ENDED for e in mine):
            return None
        ended = max((e.position.ended_at for e in mine if e.position.ended_at), default=None)
        if not may_reenter(self.plan, signal.at, bool(mine), ended):
            return None
        held_out = self.plan.holdout(life.subject)
        position = fresh(entry.id, signal.at, {**signal.data, "name": signal.name}, holdout=held_out)
        enrolled = Enrolled(life, key, position)
        self.enrolled.append(enrolled)
        self._of.setdefault(life.subject, []).append(enrolled)
        return enrolled

    def _facts(self, life: Life) -> Facts:
        return Facts(life.subject, life.attributes, life.tags, None, self._history.get(life.subject, {}))

    def _settle(self, enrolled: Enrolled, move: Move) -> None:
        """Keep what a move left behind; carriers answer at once, and changes reach the contact."""
        enrolled.position = move.position
        enrolled.trail += move.trail
        enrolled.goals += move.goals
        life = enrolled.life
        for deed in move.deeds:
            if isinstance(deed, SendMessage):
                enrolled.messages.append(deed)
                if deed.answer:
                    self._next_id += 1
                    receipt = {"seq": deed.seq, "state": "delivered"}
                    enrolled.receipts.append(
                        Signal(self._next_id, "receipt", "receipt", deed.at, deed.at, receipt)
                    )
            elif isinstance(deed, ChangeContact):
                life.attributes = {
                    k: v for k, v in {**life.attributes, **deed.attributes}.items() if v is not None
                }
                life.tags = sorted({*life.tags, *deed.add} - set(deed.remove))


def _due(position: Position, now: datetime) -> bool:
    if position.status == "new":
        return True
    due = position.due_at
    return position.status != ENDED and due is not None and due <= now


def invent(
    plan: Plan,
    count: int,
    start: datetime,
    days: int,
    *,
    seed: int = 1,
    chances: Mapping[str, float] | None = None,
    attributes: Mapping[str, Sequence[Any]] | None = None,
) -> list[Life]:
    """Synthetic subjects: each enters within the first third of the time and then does each thing the plan
    listens for with a chance of its own (default 0.3), once or more, at times spread over the rest."""
    dice = random.Random(seed)
    entering = sorted({name for e in plan.entries if e.type == "event" for name in e.names})
    others = sorted(plan.listens - set(entering))
    lives: list[Life] = []
    for n in range(count):
        at = start + timedelta(seconds=dice.uniform(0, days * 86400 / 3))
        events: list[Happening] = [(at, dice.choice(entering), {})] if entering else []
        for name in others:
            when = at
            while dice.random() < (chances or {}).get(name, 0.3):
                when += timedelta(seconds=dice.expovariate(1 / (days * 86400 / 4)))
                events.append((when, name, _properties(name, dice)))
        drawn = {key: dice.choice(list(values)) for key, values in (attributes or {}).items() if values}
        lives.append(Life(f"s{n + 1}", events, drawn))
    return lives


def _properties(name: str, dice: random.Random) -> dict[str, Any]:
    if name.startswith("order"):
        return {"amount": round(dice.lognormvariate(4.6, 0.6), 2), "order_id": f"o{dice.randrange(10**9)}"}
    return {}


def report(
    plan: Plan, lives: Iterable[Life], start: datetime, days: int, *, paths: int = 50
) -> dict[str, Any]:
    """Play the lives for so many days and tell it as data: per-day counts, totals by node, messages, paths."""
    run = Simulation(plan, lives, start)
    daily: list[dict[str, Any]] = []

    def note(now: datetime) -> None:
        daily.append({"at": now.isoformat(), "here": _standing(run.enrolled), "entered": len(run.enrolled)})

    run.play(start + timedelta(days=days), on_tick=note)
    crumbs = [crumb for e in run.enrolled for crumb in e.trail]
    sent = [message for e in run.enrolled for message in e.messages]
    per_day = Counter((message.at - start) // A_DAY for message in sent)
    for n, day in enumerate(daily):
        day["messages"] = per_day.get(n, 0)
    return {
        "start": start.isoformat(),
        "days": daily,
        "contacts": len(run.lives),
        "entered": len(run.enrolled),
        "nodes": _nodes(run.enrolled, crumbs),
        "arrows": _arrows(run.enrolled),
        "exits": dict(Counter(f"{c.step}:{c.exit}" for c in crumbs if c.op == "step")),
        "funnel": _funnel(plan, run.enrolled),
        "messages": len(sent),
        "messages_per_day": [per_day.get(n, 0) for n in range(days)],
        "carriers": dict(Counter(message.carrier for message in sent)),
        "held": sum(1 for c in crumbs if c.op == "hold"),
        "skipped": sum(1 for c in crumbs if c.op == "step" and c.exit == "skipped"),
        "ended": dict(Counter(e.position.result for e in run.enrolled if e.position.status == ENDED)),
        "goals": dict(Counter(goal for e in run.enrolled for goal, _ in e.goals)),
        "unreached": sorted(
            set(plan.steps)
            - {c.step for c in crumbs if c.step}
            - {e.position.step for e in run.enrolled if e.position.step}
        ),
        "paths": [
            {"subject": e.life.subject, "trail": [crumb_json(c) for c in e.trail]}
            for e in run.enrolled[:paths]
        ],
    }


def crumb_json(crumb: Crumb) -> dict[str, Any]:
    """A line of the trail as the API tells it."""
    return {
        "at": crumb.at.isoformat(),
        "op": crumb.op,
        "stage": crumb.stage,
        "step": crumb.step,
        "exit": crumb.exit,
        "arrow": crumb.arrow,
        "visit": crumb.visit,
        "seq": crumb.seq,
        "detail": dict(crumb.detail) if crumb.detail else None,
    }


def _standing(enrolled: Iterable[Enrolled]) -> dict[str, int]:
    here: Counter[str] = Counter()
    for one in enrolled:
        if one.position.status != ENDED and one.position.stage:
            here[one.position.stage] += 1
            if one.position.step:
                here[one.position.step] += 1
    return dict(here)


def _nodes(enrolled: Sequence[Enrolled], crumbs: Iterable[Crumb]) -> dict[str, dict[str, int]]:
    passed: Counter[str] = Counter()
    for crumb in crumbs:
        if crumb.op == "step" and crumb.step:
            passed[crumb.step] += 1
        elif crumb.op in ("stage", "through") and crumb.stage:
            passed[crumb.stage] += 1
    here = _standing(enrolled)
    return {node: {"here": here.get(node, 0), "passed": passed.get(node, 0)} for node in {*here, *passed}}


def _arrows(enrolled: Iterable[Enrolled]) -> dict[str, int]:
    """How often each arrow was taken; the crumb that leaves and the one that arrives tell of it together once."""
    taken: Counter[str] = Counter()
    for one in enrolled:
        told: str | None = None
        for crumb in one.trail:
            if crumb.op == "passed_over":
                continue
            by = (crumb.detail or {}).get("by") if crumb.op == "through" else crumb.arrow
            if by and by != told:
                taken[by] += 1
            told = crumb.arrow if crumb.op in ("step", "through") else None
            if crumb.op == "through" and crumb.arrow:
                taken[crumb.arrow] += 1
    return dict(taken)


def _funnel(plan: Plan, enrolled: Iterable[Enrolled]) -> list[dict[str, Any]]:
    reached: Counter[str] = Counter()
    for one in enrolled:
        reached.update({c.stage for c in one.trail if c.op == "stage" and c.stage})
    return [{"stage": stage, "reached": reached.get(stage, 0)} for stage in plan.stages]
