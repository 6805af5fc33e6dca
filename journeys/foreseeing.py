"""One subject living on from where he stands, on a virtual clock: what would come, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from journeys.advance import advance
from journeys.pauses import Pause
from journeys.plan import Plan
from journeys.position import (
    ENDED,
    NEW,
    ChangeContact,
    ChangeTier,
    Crumb,
    Facts,
    Move,
    Position,
    SendMessage,
    Signal,
)
from journeys.rehoming import Rehoming, rehome
from rules.matching import reads_event

#: Turns of one subject's life beyond which nobody looks any farther.
MOST_TURNS = 5000
#: Ids of what is only imagined lie above all real ones.
IMAGINED = 2**62
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(slots=True)
class Course:
    """What has come of a subject so far."""

    position: Position
    facts: Facts
    trail: list[Crumb] = field(default_factory=list)
    messages: list[SendMessage] = field(default_factory=list)
    goals: list[tuple[str, datetime]] = field(default_factory=list)

    def settle(self, move: Move) -> None:
        """Keep what a move left behind; what it changes of the contact is known from here on."""
        self.position = move.position
        self.trail += move.trail
        self.goals += move.goals
        for deed in move.deeds:
            if isinstance(deed, SendMessage):
                self.messages.append(deed)
                self.facts = replace(self.facts, touches=(*self.facts.touches, (deed.at, deed.carrier)))
            elif isinstance(deed, ChangeContact):
                known = {**self.facts.attributes, **deed.attributes}
                self.facts = replace(
                    self.facts,
                    attributes={k: v for k, v in known.items() if v is not None},
                    tags=sorted({*self.facts.tags, *deed.add} - set(deed.remove)),
                )
            elif isinstance(deed, ChangeTier):
                self.facts = replace(self.facts, tiers={**self.facts.tiers, deed.dimension: deed.level})


def live_on(
    plan: Plan,
    course: Course,
    now: datetime,
    until: datetime,
    events: Sequence[Signal] = (),
    pauses: Sequence[Pause] = (),
) -> Course:
    """Let the subject of `course` live from `now` to `until`: alarms ring, `events` come, carriers deliver at once.

    Events are in the order of their time and lie within that time; those that the plan reads enter the history as
    they come.
    """
    waiting = list(events)
    for _ in range(MOST_TURNS):
        if course.position.status == ENDED and not waiting:
            break
        at = _next(course.position, waiting, now)
        if at is None or at > until:
            break
        signals = []
        while waiting and waiting[0].at <= at:
            signals.append(waiting.pop(0))
        remember(plan, course, signals)
        answered = len(course.messages)
        _advance(plan, course, signals, max(at, now), pauses)
        receipts = [
            Signal(IMAGINED + m.seq, "receipt", "receipt", m.at, m.at, {"seq": m.seq, "state": "delivered"})
            for m in course.messages[answered:]
            if m.answer
        ]
        if receipts:
            _advance(plan, course, receipts, max(at, now), pauses)
    return course


def _advance(
    plan: Plan, course: Course, signals: Sequence[Signal], at: datetime, pauses: Sequence[Pause]
) -> None:
    (move,) = advance(plan, [course.position], [signals], [course.facts], at, pauses)
    course.settle(move)


def _next(position: Position, waiting: Sequence[Signal], now: datetime) -> datetime | None:
    """When something happens next; what is overdue happens now."""
    times = [waiting[0].at] if waiting else []
    if position.status == NEW:
        times.append(now)
    elif position.status != ENDED and position.due_at is not None:
        times.append(max(position.due_at, now))
    return min(times, default=None)


def remember(plan: Plan, course: Course, signals: Iterable[Signal]) -> None:
    """Let events that the plan reads enter the history that is known."""
    history: dict[str, list[tuple[datetime, int, Mapping[str, Any]]]] = {
        name: list(rows) for name, rows in course.facts.history.items()
    }
    for signal in signals:
        known = signal.name in plan.reads.events or reads_event(course.facts.matchings, signal.name)
        if signal.kind == "event" and known:
            history.setdefault(signal.name, []).append((signal.at, signal.id, signal.data))
    course.facts = replace(course.facts, history=history)


@dataclass(slots=True)
class Inside:
    """One real person inside: on which plan, where, and what is known of him."""

    plan: Plan
    position: Position
    facts: Facts
    pauses: Sequence[Pause] = ()


@dataclass(slots=True)
class Foreseen:
    """What would come of some people if nothing happened from outside."""

    days: int
    now: datetime
    messages_first_hour: int = 0
    messages: int = 0
    #: Touches left out, and waits left, because their time had passed.
    late: int = 0
    #: By what the policies for reaching people would hold touches, and leave them out.
    held: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    per_day: list[int] = field(default_factory=list)

    def add(self, course: Course) -> None:
        """Count one person's course from `now` on."""
        if not self.per_day:
            self.per_day = [0] * self.days
        for message in course.messages:
            after = message.at - self.now
            self.messages += 1
            self.messages_first_hour += after <= AN_HOUR
            self.per_day[max(0, min(int(after / A_DAY), self.days - 1))] += 1
        for crumb in course.trail:
            because = str((crumb.detail or {}).get("because") or "")
            if crumb.op == "hold":
                self.held[because] += 1
            elif because and crumb.op == "step" and crumb.exit == "skipped":
                self.refused[because] += 1
        self.late += sum(_is_late(crumb) for crumb in course.trail)
        if course.position.status == ENDED:
            self.ended[course.position.result or ""] += 1

    def json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "messages_first_hour": self.messages_first_hour,
            "messages": self.messages,
            "late": self.late,
            "held": dict(self.held),
            "refused": dict(self.refused),
            "ended": dict(self.ended),
            "per_day": self.per_day or [0] * self.days,
        }


def foresee(
    people: Sequence[tuple[Inside, Rehoming | None]], new: Plan, now: datetime, days: int
) -> tuple[Foreseen, Foreseen]:
    """What would come of these people within `days` if they stay, and if they are moved to `new` as told.

    Each lives up to `now` where he is; who is not to be moved (None), or has no place in `new`, stays in both.
    """
    until = now + days * A_DAY
    stays, moves = Foreseen(days, now), Foreseen(days, now)
    for one, how in people:
        begun = live_on(one.plan, Course(one.position, one.facts), now, now, (), one.pauses)
        stayed = live_on(one.plan, _copy(begun), now, until, (), one.pauses)
        stays.add(stayed)
        (moved,) = rehome(one.plan, new, [begun.position], [begun.facts], now, how) if how else (None,)
        if moved is None:
            moves.add(stayed)
            continue
        course = _copy(begun)
        course.settle(moved)
        moves.add(live_on(new, course, now, until, (), one.pauses))
    return stays, moves


def _copy(course: Course) -> Course:
    return Course(
        course.position, course.facts, list(course.trail), list(course.messages), list(course.goals)
    )


def _is_late(crumb: Crumb) -> bool:
    """True for a wait left as late, and for a touch that nobody refused but whose time had passed."""
    if crumb.op != "step":
        return False
    return crumb.exit == "late" or (crumb.exit == "skipped" and not (crumb.detail or {}).get("because"))
