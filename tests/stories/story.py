"""Stories: a journey, a customer, a clock that the story moves; the same story is told by several drivers.

A driver plays one subject. `KernelDriver` calls the pure function; the engine's drivers (see `engine.py`) go through
inbox, worker and database, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from journeys.advance import advance
from journeys.entering import entry_by_change, entry_by_event, may_reenter
from journeys.pauses import Pause
from journeys.plan import Plan, compile_plan
from journeys.position import (
    ENDED,
    ChangeContact,
    Crumb,
    Deed,
    Facts,
    GiveTask,
    Move,
    Position,
    SendMessage,
    Signal,
    Withdraw,
    fresh,
)
from journeys.rehoming import Rehoming, bring_back, rehome

#: A Monday, 16:00 in Shanghai.
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
QUIET = ("22:00", "08:00")
#: A signal of this instant is heard before alarms of this instant ring.
JUST = timedelta(microseconds=1)
#: Lines of the trail that a story tells; the others are for the curious.
TOLD = (
    "stage",
    "through",
    "jump",
    "step",
    "hold",
    "rest",
    "end",
    "stop",
    "back",
    "passed_over",
    "goal",
    "moved",
)


class Driver(Protocol):
    """Plays one subject through one journey."""

    def publish(self, definition: Mapping[str, Any], quiet_hours: Sequence[str] | None) -> None: ...
    def know(self, attributes: Mapping[str, Any], tags: Sequence[str]) -> None: ...
    def enter(self, at: datetime) -> None: ...
    def event(self, name: str, at: datetime, data: Mapping[str, Any], stored: datetime) -> None: ...
    def change(self, field: str, value: Any, at: datetime) -> None: ...
    def receipt(self, state: str, at: datetime, stored: datetime) -> None: ...
    def task(self, result: str, at: datetime) -> None: ...
    def pause(self, at: datetime) -> None: ...
    def resume(self, at: datetime, on_resume: str) -> None: ...
    def republish(
        self, definition: Mapping[str, Any], at: datetime, mode: str, to: Mapping[str, str]
    ) -> None: ...
    def bring_back(self, at: datetime, to: Mapping[str, str]) -> None: ...
    def run(self, until: datetime) -> None: ...
    def trail(self) -> list[list[Crumb]]: ...
    def places(self) -> list[tuple[str, str | None, str | None]]: ...
    def messages(self) -> list[tuple[str, str]]: ...
    def tags(self) -> list[str]: ...


class KernelDriver:
    """Plays by calling `advance` itself: what the engine must do, without the engine."""

    def publish(self, definition: Mapping[str, Any], quiet_hours: Sequence[str] | None) -> None:
        self.plan: Plan = compile_plan(definition, journey_key="story", quiet_hours=quiet_hours)
        self.attributes: dict[str, Any] = {}
        self.worn: list[str] = []
        self.segments: frozenset[str] = frozenset()
        self.tiers: dict[str, str] = {}
        self.history: dict[str, list[tuple[datetime, int, Mapping[str, Any]]]] = {}
        self.inside: list[Position] = []
        self.crumbs: list[list[Crumb]] = []
        self.waiting: list[list[Signal]] = []
        self.sent: list[tuple[SendMessage, str]] = []
        self.given: list[GiveTask] = []
        self.pauses: list[Pause] = []
        self.paused_at: datetime | None = None
        self.ids = 0
        self.quiet_hours = quiet_hours
        self.before: list[tuple[Position, Position]] = []

    def know(self, attributes: Mapping[str, Any], tags: Sequence[str]) -> None:
        self.attributes |= attributes
        self.worn = sorted({*self.worn, *tags})

    def enter(self, at: datetime) -> None:
        entry = next(e for e in self.plan.entries if e.type in ("hand", "api"))
        self._open(fresh(entry.id, at))

    def event(self, name: str, at: datetime, data: Mapping[str, Any], stored: datetime) -> None:
        self.run(stored - JUST)
        self.ids += 1
        signal = Signal(self.ids, "event", name, at, stored, data)
        rows = self.history.setdefault(name, [])
        rows.append((at, signal.id, data))
        rows.sort(key=lambda row: row[:2])
        entry = entry_by_event(self.plan, name, data, self._facts(), at)
        key = self.plan.key_of(data)
        open_before = [n for n, p in enumerate(self.inside) if p.status != ENDED]
        if entry is not None and not any(self._key(self.inside[n]) == key for n in open_before):
            mine = [p for p in self.inside if self._key(p) == key]
            ended = max((p.ended_at for p in mine if p.ended_at), default=None)
            if self.paused_at is None and may_reenter(self.plan, at, bool(mine), ended):
                self._open(fresh(entry.id, at, {**data, "name": name}, holdout=self.plan.holdout("1")))
        for n in range(len(self.waiting)):
            known = n in open_before or (self.inside[n].status == ENDED and n < len(self.inside))
            mine_only = not key or not self.plan.key_field or self._key(self.inside[n]) == key
            if name in self.plan.listens and mine_only and known:
                self.waiting[n].append(signal)
        self.run(stored)

    def change(self, field: str, value: Any, at: datetime) -> None:
        self.run(at - JUST)
        old: Any
        if field == "tags":
            old, self.worn = self.worn, sorted(value)
        elif field.startswith("segment."):
            key = {field.removeprefix("segment.")}
            old, self.segments = not value, self.segments | key if value else self.segments - key
        elif field.startswith("tier."):
            name = field.removeprefix("tier.")
            old, self.tiers = self.tiers.get(name), {**self.tiers, name: value}
        else:
            name = field.removeprefix("attribute.")
            old = self.attributes.get(name)
            self.attributes = {**self.attributes, name: value}
        self.ids += 1
        signal = Signal(self.ids, "changed", field, at, at, {"field": field, "old": old, "new": value})
        entry = entry_by_change(self.plan, field, signal.data, self._facts(), at)
        for waiting in self.waiting:
            waiting.append(signal)
        if entry is not None and all(p.status == ENDED for p in self.inside):
            self._open(fresh(entry.id, at, {**signal.data, "name": "changed"}))
        self.run(at)

    def receipt(self, state: str, at: datetime, stored: datetime) -> None:
        self.run(stored - JUST)
        self.ids += 1
        seq = self.sent[-1][0].seq
        self.waiting[-1].append(
            Signal(self.ids, "receipt", "receipt", at, stored, {"seq": seq, "state": state})
        )
        self.run(stored)

    def task(self, result: str, at: datetime) -> None:
        self.run(at - JUST)
        self.ids += 1
        data = {"seq": self.given[-1].seq, "result": result}
        self.waiting[-1].append(Signal(self.ids, "task", "task_done", at, at, data))
        self.run(at)

    def pause(self, at: datetime) -> None:
        self.run(at - JUST)
        self.paused_at = at

    def resume(self, at: datetime, on_resume: str) -> None:
        assert self.paused_at is not None
        self.pauses.append(Pause(self.paused_at, at, on_resume))
        self.paused_at = None
        self.run(at)

    def republish(
        self, definition: Mapping[str, Any], at: datetime, mode: str, to: Mapping[str, str]
    ) -> None:
        self.run(at)
        self.former, old = self.plan, self.plan
        self.plan = compile_plan(definition, journey_key="story", quiet_hours=self.quiet_hours)
        self.before = []
        if mode == "stay":
            return
        how = Rehoming(to, mode == "recompute", self.paused_at is not None, self.pauses)
        for n, position in enumerate(self.inside):
            (move,) = rehome(old, self.plan, [position], [self._facts()], at, how)
            self.before.append((position, move.position if move else position))
            self._settle(n, move)

    def bring_back(self, at: datetime, to: Mapping[str, str]) -> None:
        self.run(at)
        newer, older = self.plan, self.former
        how = Rehoming(to, False, self.paused_at is not None, self.pauses)
        for n, (before, after) in enumerate(self.before):
            now = self.inside[n]
            if now == after:
                self._settle(n, bring_back(newer, older, now, before, self._facts(), at, how))
            else:
                self._settle(n, rehome(newer, older, [now], [self._facts()], at, how)[0])
        self.plan = older

    def _settle(self, n: int, move: Move | None) -> None:
        if move is not None:
            self.inside[n] = move.position
            self.crumbs[n] += move.trail
            self._do(move.deeds)

    def run(self, until: datetime) -> None:
        if self.paused_at is not None:
            return
        for n, position in enumerate(self.inside):
            signals, self.waiting[n] = self.waiting[n], []
            before = dict(position.state)
            (move,) = advance(self.plan, [position], [signals], [self._facts()], until, self.pauses)
            assert position.state == before, "the kernel changed what it was given"
            self.inside[n] = move.position
            self.crumbs[n] += move.trail
            self._do(move.deeds)

    def trail(self) -> list[list[Crumb]]:
        return self.crumbs

    def places(self) -> list[tuple[str, str | None, str | None]]:
        return [(p.status, p.result if p.status == ENDED else p.stage, p.step) for p in self.inside]

    def messages(self) -> list[tuple[str, str]]:
        return [(m.content, state) for m, state in self.sent]

    def tags(self) -> list[str]:
        return self.worn

    def _open(self, position: Position) -> None:
        self.inside.append(position)
        self.crumbs.append([])
        self.waiting.append([])
        self.run(position.entered_journey)

    def _key(self, position: Position) -> str:
        return self.plan.key_of(position.state.get("entry") or {})

    def _facts(self) -> Facts:
        return Facts("1", self.attributes, self.worn, None, self.history, self.segments, self.tiers)

    def _do(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            if isinstance(deed, SendMessage):
                self.sent.append((deed, "pending" if self.paused_at else "sent"))
            elif isinstance(deed, GiveTask):
                self.given.append(deed)
            elif isinstance(deed, ChangeContact):
                self.attributes = {
                    k: v for k, v in {**self.attributes, **deed.attributes}.items() if v is not None
                }
                self.worn = sorted({*self.worn, *deed.add} - set(deed.remove))
            elif isinstance(deed, Withdraw):
                continue


class Story:
    """One customer's story; hours count from START."""

    def __init__(self, driver: Driver):
        self.driver = driver
        self.now = START

    def of(self, definition: Mapping[str, Any], *, quiet_hours: Sequence[str] | None = None) -> Story:
        """The journey that is live."""
        self.driver.publish(definition, quiet_hours)
        return self

    def knows(self, *tags: str, **attributes: Any) -> Story:
        """What is known of the customer beforehand."""
        self.driver.know(attributes, tags)
        return self

    def enters(self, hours: float = 0) -> Story:
        """The customer is put in by hand."""
        self.now = hour(hours)
        self.driver.enter(self.now)
        return self

    def event(self, name: str, hours: float, *, stored: float | None = None, **data: Any) -> Story:
        """Something happens to the customer; `stored` if we hear of it later."""
        self.now = hour(hours if stored is None else stored)
        self.driver.event(name, hour(hours), data, self.now)
        return self

    def changes(self, field: str, hours: float, value: Any) -> Story:
        """A field of the customer changes."""
        self.now = hour(hours)
        self.driver.change(field, value, self.now)
        return self

    def receipt(self, state: str, hours: float) -> Story:
        """The carrier answers the last message."""
        self.now = hour(hours)
        self.driver.receipt(state, self.now, self.now)
        return self

    def task(self, result: str, hours: float) -> Story:
        """Somebody of the staff says what came of the last task."""
        self.now = hour(hours)
        self.driver.task(result, self.now)
        return self

    def paused(self, since: float, until: float, on_resume: str = "skip", *then: Any) -> Story:
        """The journey is paused for a while; `then` are (name, hour) events that come meanwhile."""
        self.driver.pause(hour(since))
        for name, when in then:
            self.driver.event(name, hour(when), {}, hour(when))
        self.driver.resume(hour(until), on_resume)
        return self

    def moved(self, definition: Mapping[str, Any], hours: float, mode: str = "move", **to: str) -> Story:
        """A new version is published; `mode` says what becomes of those inside, `to` where removed places lead."""
        self.now = hour(hours)
        self.driver.republish(definition, self.now, mode, to)
        return self

    def back(self, hours: float, **to: str) -> Story:
        """The version before is made the live one again, and those who were moved come back."""
        self.now = hour(hours)
        self.driver.bring_back(self.now, to)
        return self

    def until(self, hours: float) -> Story:
        """Time goes by."""
        self.now = hour(hours)
        self.driver.run(self.now)
        return self

    def told(self, n: int = -1) -> list[str]:
        """The n-th enrollment's trail in short lines: hour, what, where, by."""
        return [line(crumb) for crumb in self.driver.trail()[n] if crumb.op in TOLD]

    @property
    def place(self) -> tuple[str, str | None, str | None]:
        """(status, stage or result, step) of the last enrollment."""
        return self.driver.places()[-1]


def hour(hours: float) -> datetime:
    """So many hours after START."""
    return START + timedelta(hours=hours)


def line(crumb: Crumb) -> str:
    """A crumb in short: "2 step welcome sent", "2 stage bought a2", "5 end lost"."""
    hours = (crumb.at - START) / timedelta(hours=1)
    detail = crumb.detail or {}
    where = {
        "step": crumb.step,
        "hold": crumb.step,
        "end": detail.get("result"),
        "goal": detail.get("goal"),
    }.get(crumb.op, crumb.stage)
    by = crumb.exit if crumb.op == "step" else detail.get("because") if crumb.op == "hold" else crumb.arrow
    if crumb.op == "stop":
        by = detail.get("error")
    return " ".join(
        str(part) for part in (f"{hours:g}", crumb.op, where, by if crumb.op != "end" else None) if part
    )
