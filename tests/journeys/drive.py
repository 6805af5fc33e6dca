"""The kernel, driven the way the runtime drives it, and its trail in the oracle's normal form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from journeys import advance as kernel
from journeys import plan as plans
from journeys import position as data
from tests.journeys.charts import Life
from tests.journeys.oracle import lines

#: What of the kernel's trail goes into the normal form, and where its `by` is found.
BY = {
    "stage": lambda c: c.arrow,
    "through": lambda c: c.arrow,
    "step": lambda c: c.exit,
    "end": lambda c: c.detail["result"],
    "stop": lambda c: None,
}
SECOND = timedelta(seconds=1)


@dataclass
class Driven:
    """One enrollment in the kernel."""

    life: Life
    path: list[lines.Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = plans.compile_plan(self.life.definition)
        self.position = data.fresh("in", self.life.opened)
        self.history: dict[str, list[Any]] = {}
        self.attributes, self.tags = dict(self.life.attributes), []
        self.ids = iter(range(1, 10_000))
        self.zone = ZoneInfo(self.life.zone)

    def call(self, now: datetime, heard: Sequence[data.Signal] = ()) -> None:
        """Advance once; what the deeds change of the subject is there for the next call."""
        facts = data.Facts(
            "1", attributes=dict(self.attributes), tags=tuple(self.tags), zone=self.zone, history=self.history
        )
        (move,) = kernel.advance(self.plan, [self.position], [list(heard)], [facts], now)
        self.position = move.position
        for deed in move.deeds:
            if isinstance(deed, data.ChangeContact):
                self.attributes.update(deed.attributes)
                self.tags = sorted((set(self.tags) | set(deed.add)) - set(deed.remove))
        self.path += [_line(c) for c in move.trail if c.op in BY]

    def hear(self, signal: lines.Signal) -> data.Signal:
        """A signal as the kernel takes it, after what it says is known of the subject."""
        number, stored = next(self.ids), signal.arrives
        if signal.kind == "event":
            events = self.history.setdefault(signal.name, [])
            events.append((signal.at, number, signal.data))
            events.sort(key=lambda e: e[:2])
            return data.Signal(number, "event", signal.name, signal.at, stored, signal.data or {})
        if signal.kind == "task":
            at = self.plan.steps.get(self.position.step or "")
            stands = at is not None and at.kind.kind == "task" and not signal.data["old"]
            result = {"seq": self.position.seq if stands else -1, "result": signal.data["result"]}
            return data.Signal(number, "task", signal.name, signal.at, stored, result)
        if signal.name == "tags":
            old, self.tags = self.tags, list(signal.data)
        else:
            name = signal.name.removeprefix("attribute.")
            old, self.attributes[name] = self.attributes.get(name), signal.data
        told = {"field": signal.name, "old": old, "new": signal.data}
        return data.Signal(number, "changed", signal.name, signal.at, stored, told)

    @property
    def place(self) -> tuple[str, str | None, str | None]:
        at = self.position
        return ("ended", None, None) if at.status == data.ENDED else (at.status, at.stage, at.step)


def promptly(life: Life) -> Driven:
    """The kernel called at the opening, for every instant at which something happened, and at the end."""
    driven = Driven(life)
    driven.call(life.opened)
    for at, signals in groupby(life.signals, key=lambda s: s.arrives):
        # What rang before is taken on what was known before.
        driven.call(at - SECOND)
        driven.call(at, [driven.hear(s) for s in signals])
    driven.call(life.until)
    return driven


def after_an_outage(life: Life) -> Driven:
    """The kernel called once, when everything is over; only for lives in which nothing is changed from outside."""
    driven = Driven(life)
    driven.call(life.until, [driven.hear(s) for s in life.signals])
    return driven


def _line(crumb: data.Crumb) -> lines.Line:
    step = crumb.step if crumb.op in ("step", "stop") else None
    stage = None if crumb.op == "end" else crumb.stage
    return lines.Line(crumb.at, crumb.op, stage, step, BY[crumb.op](crumb))


def differences(kernel_path: Sequence[Any], oracle_path: Sequence[Any]) -> Iterator[str]:
    """The first line in which two walks differ, with what came before it."""
    pairs = list(zip([*kernel_path, None], [*oracle_path, None], strict=False))
    n = next((n for n, (a, b) in enumerate(pairs) if a != b), None)
    if n is not None:
        yield from (f"  {_say(a)}" for a, _ in pairs[:n])
        yield f"kernel: {_say(pairs[n][0])}"
        yield f"oracle: {_say(pairs[n][1])}"


def _say(line: lines.Line | None) -> str:
    if line is None:
        return "(nothing more)"
    return f"{line.at:%m-%d %H:%M} {line.op} {line.stage or ''} {line.step or ''} by {line.by}"
