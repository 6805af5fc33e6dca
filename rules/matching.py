"""Matching people, products and moments: which row of a table fits somebody, why, and when to send. Pure.

A table has rows in order of priority. A row fits whom its rule holds for, on days up to its last one, in one of its
moments (any time if it names none). What is chosen is the first fitting row at the first time, from now on, at
which any row fits: so who asks outside of all moments learns what will fit when the next one opens, and who asks
again then gets the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from rules.conditions import Rule, parse
from rules.moment import Moment
from rules.scene import Reads, Scene
from rules.zones import local

#: What became of a row, in the order in which it is asked.
CHOSEN, WHO, OVER, NEVER, LATER, BEHIND = "chosen", "who", "over", "never", "later", "behind"
#: What a rule may ask of a table: the product chosen, or the moment in which it is to be sent.
PRODUCT, MOMENT = "product", "moment"
#: Parts of a person's facts that a row's rule may not look at: they are of an enrollment, or of a table.
INSIDE: Final = ("variables", "event_props", "entry_props", "stage", "journeys", "scenes")


@dataclass(frozen=True, slots=True)
class Window:
    """A named time of the day, such as the noon break on working days; `hours` None is all day."""

    key: str
    name: str
    hours: Moment

    def opens(self, scene: Scene) -> datetime | None:
        """Now if it is open, else when it opens next; None if it never does."""
        return self.hours.opens(scene.now, scene.zone, scene.workdays)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: who gets which product in which moments."""

    key: str
    #: key, name, url, price, material
    product: Mapping[str, Any]
    who: Rule
    windows: tuple[Window, ...] = ()
    #: Higher goes first; rows of one priority go in the order of the table.
    priority: int = 0
    #: Its last day, by the person's own calendar.
    until: date | None = None

    def time(self, scene: Scene) -> tuple[datetime, Window | None] | None:
        """From when it can be sent, and in which moment; None if it never opens."""
        if not self.windows:
            return scene.now, None
        opened = [(at, window) for window in self.windows if (at := window.opens(scene)) is not None]
        return min(opened, key=lambda each: each[0], default=None)

    def lasts(self, at: datetime, scene: Scene) -> bool:
        """Whether its last day is not over at a time."""
        return self.until is None or local(at, scene.zone).date() <= self.until


@dataclass(frozen=True, slots=True)
class Reason:
    """What became of one row; `opens` is from when it could be sent, where that was asked."""

    row: Row
    because: str
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen for somebody, or that nothing is; every row has its reason, in the order they were asked."""

    row: Row | None
    window: Window | None
    send_at: datetime | None
    reasons: Sequence[Reason] = ()


@dataclass(slots=True)
class Matching:
    """A table ready to be asked; made by `read`, never changed."""

    key: str
    name: str
    rows: tuple[Row, ...]
    windows: Mapping[str, Window] = field(default_factory=dict)
    #: Everything that its rows look at.
    reads: Reads = field(init=False)

    def __post_init__(self) -> None:
        self.reads = Reads()
        for row in self.rows:
            self.reads |= row.who.reads

    def choose(self, scene: Scene) -> Choice:
        """The row for somebody at `scene.now`, and why this one."""
        times: dict[str, tuple[datetime, Window | None]] = {}
        refused: dict[str, Reason] = {}
        for row in self.rows:
            because = self._refused(row, scene, times)
            if because:
                at = times[row.key][0] if because == OVER and row.key in times else None
                refused[row.key] = Reason(row, because, at)
        fitting = [row for row in self.rows if row.key not in refused]
        send_at = min((times[row.key][0] for row in fitting), default=None)
        chosen = next((row for row in fitting if times[row.key][0] == send_at), None)
        reasons = [
            refused.get(row.key) or Reason(row, _place(row, chosen, times, send_at), times[row.key][0])
            for row in self.rows
        ]
        window = times[chosen.key][1] if chosen is not None else None
        return Choice(chosen, window, send_at, reasons)

    def value(self, scene: Scene, what: str) -> str | None:
        """The key of the product or of the moment chosen, for rules."""
        found = self.choose(scene)
        if what == MOMENT:
            return found.window.key if found.window else None
        return str(found.row.product["key"]) if found.row else None

    @staticmethod
    def _refused(row: Row, scene: Scene, times: dict[str, tuple[datetime, Window | None]]) -> str | None:
        if not row.who.holds(scene):
            return WHO
        time = row.time(scene)
        if time is None:
            return NEVER
        times[row.key] = time
        return None if row.lasts(time[0], scene) else OVER


def _place(
    row: Row,
    chosen: Row | None,
    times: Mapping[str, tuple[datetime, Window | None]],
    send_at: datetime | None,
) -> str:
    if row is chosen:
        return CHOSEN
    return BEHIND if times[row.key][0] == send_at else LATER


def reads_event(matchings: Mapping[str, Matching], name: str) -> bool:
    """True if a row of any of these tables looks at what happened by this name."""
    return any(name in table.reads.events for table in matchings.values())


def read(
    key: str, name: str, moments: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> Matching:
    """Make a table from what was kept of it (checked before it was kept)."""
    windows = {one["key"]: Window(one["key"], one["name"], hours_of(one)) for one in moments}
    made = [_row(one, windows) for one in rows]
    made.sort(key=lambda row: -row.priority)
    return Matching(key, name, tuple(made), windows)


def hours_of(written: Mapping[str, Any]) -> Moment:
    """When a moment is open; raises BadMoment."""
    known = ("from", "to", "weekdays", "workdays")
    given = {name: written[name] for name in known if written.get(name) not in (None, [], False)}
    return Moment.parse_window(given)


def who_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """The rule of a row as one tree: every tag that it names, and its own rule."""
    parts: list[Any] = [
        {"field": "tags", "operator": "has", "value": tag} for tag in written.get("tags") or ()
    ]
    if written.get("who"):
        parts.append(written["who"])
    return {"combinator": "and", "rules": parts}


def _row(written: Mapping[str, Any], windows: Mapping[str, Window]) -> Row:
    until = written.get("until")
    return Row(
        key=written["key"],
        product=written["product"],
        who=parse(who_of(written)),
        windows=tuple(windows[name] for name in written.get("moments") or () if name in windows),
        priority=written.get("priority") or 0,
        until=date.fromisoformat(until) if until else None,
    )
