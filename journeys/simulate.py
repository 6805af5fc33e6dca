"""Play subjects through a plan on a virtual clock, by the very function that the engine calls."""

from __future__ import annotations

import gc
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from journeys.advance import advance
from journeys.coming import coming
from journeys.entering import entry_by_event, entry_named, may_reenter
from journeys.plan import EntryPlan, Plan
from journeys.position import (
    ENDED,
    HOLDOUT,
    NEW,
    RESTING,
    BookPoints,
    ChangeContact,
    ChangeTier,
    Crumb,
    Facts,
    GiveTask,
    IssueCoupon,
    Move,
    Position,
    SendMessage,
    Signal,
    fresh,
)
from journeys.reading import points_attribute
from journeys.tasks_in_play import ANSWER, answer, signal_of
from journeys.tiers_in_play import FALL, Overrides
from rules.matching import Matching, reads_event

#: An event of a simulated life: its time, name and properties.
Happening = tuple[datetime, str, Mapping[str, Any]]
#: What was known before the play begins, by event name: (time, id, properties), ascending.
Past = Mapping[str, Sequence[tuple[datetime, int, Mapping[str, Any]]]]
#: The happening by which somebody comes in without an event: {"entry": id} or {"draw": 0 to 1, which of them}.
ENTER: Final = "\x1fenter"
A_DAY = timedelta(days=1)
#: Tasks of one enrollment that may be given and done within one tick.
MOST_ANSWERS = 100


@dataclass(slots=True)
class Life:
    """One simulated subject: what is known of it at the start, and what it will do."""

    subject: str
    events: list[Happening]
    attributes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    zone: ZoneInfo | None = None
    past: Past = field(default_factory=dict)
    #: Keys of the segments that it is in, and {dimension: level}.
    segments: Set[str] = frozenset()
    tiers: Mapping[str, str] = field(default_factory=dict)
    #: The tables of people, products and moments that the plan asks.
    matchings: Mapping[str, Matching] = field(default_factory=dict)
    #: How it was reached before the play, as (time, carrier), as far back as caps look.
    touches: Sequence[tuple[datetime, str]] = ()


@dataclass(slots=True)
class Enrolled:
    """One enrollment of a simulated life."""

    life: Life
    key: str
    position: Position
    #: Its place among all enrollments, in the order of opening.
    number: int = 0
    trail: list[Crumb] = field(default_factory=list)
    messages: list[SendMessage] = field(default_factory=list)
    tasks: list[GiveTask] = field(default_factory=list)
    goals: list[tuple[str, datetime]] = field(default_factory=list)
    receipts: list[Signal] = field(default_factory=list)


class Simulation:
    """A run of many lives; `play` moves it on day by day. The lives themselves stay as they were."""

    def __init__(
        self, plan: Plan, lives: Iterable[Life], start: datetime, stock: Mapping[str, int] | None = None
    ):
        self.plan, self.start, self.now = plan, start, start
        #: What limited pools of coupons still have, and how many of each pool were issued.
        self.stock = dict(stock or {})
        self.issued: Counter[str] = Counter()
        #: By scheme, how many points were added and how many were taken.
        self.booked: dict[str, Counter[str]] = defaultdict(Counter)
        self.lives = list(lives)
        self.enrolled: list[Enrolled] = []
        #: How many stand at each stage and step, and rest in each stage ("stage resting").
        self.here: Counter[str] = Counter()
        #: Lines of all trails together: what a play has cost.
        self.lines = 0
        self._of: dict[str, list[Enrolled]] = {}
        self._facts: dict[str, Facts] = {}
        self._overrides = Overrides(plan)
        self._next_id = 0
        self._order = count()
        #: What is still to happen, and who is due, each earliest first.
        self._agenda: list[tuple[datetime, int, Life, str, Mapping[str, Any]]] = []
        self._due: list[tuple[datetime, int, Enrolled]] = []

    def play(
        self,
        until: datetime,
        step: timedelta = A_DAY,
        on_tick: Callable[[datetime], None] | None = None,
        most_lines: int | None = None,
    ) -> None:
        """Let time go by until `until`, in ticks of `step`; `on_tick` is told the time after each.

        Beyond `most_lines` of trail it stops at the end of that tick: `now` tells how far it came.
        """
        self._plan_ahead(until)
        with _uncollected():
            while self.now < until and (most_lines is None or self.lines <= most_lines):
                self.now = min(self.now + step, until)
                self._tick()
                if on_tick is not None:
                    on_tick(self.now)

    def _plan_ahead(self, until: datetime) -> None:
        """Lay out what happens to everybody, and when the drawing's own clock fetches them."""
        if not self._facts:
            for life in self.lives:
                self._facts[life.subject] = Facts(
                    life.subject,
                    life.attributes,
                    life.tags,
                    life.zone,
                    {n: list(p) for n, p in life.past.items()},
                    life.segments,
                    life.tiers,
                    life.matchings,
                    touches=life.touches,
                )
                self._agenda += [(at, next(self._order), life, name, data) for at, name, data in life.events]
        for life, at, data in coming(self.plan, self.lives, self.now, until):
            self._agenda.append((at, next(self._order), life, ENTER, data))
        heapq.heapify(self._agenda)

    def _tick(self) -> None:
        """Take in the events up to now, then move everybody who has something to hear or an alarm that rang."""
        heard: dict[int, list[Signal]] = {}
        moved: dict[int, Enrolled] = {}
        while self._agenda and self._agenda[0][0] <= self.now:
            at, _, life, name, data = heapq.heappop(self._agenda)
            self._intake(life, at, name, data, heard, moved)
        while self._due and self._due[0][0] <= self.now:
            at, number, enrolled = heapq.heappop(self._due)
            if enrolled.position.due_at == at or enrolled.position.status == NEW:
                moved[number] = enrolled
        todo = [moved[number] for number in sorted(moved)]
        for _ in range(100):
            if not todo:
                return
            signals = [[*heard.pop(e.number, ()), *e.receipts] for e in todo]
            for enrolled in todo:
                enrolled.receipts = []
            facts = [self._facts[e.life.subject] for e in todo]
            moves = advance(self.plan, [e.position for e in todo], signals, facts, self.now)
            for enrolled, heard_, move in zip(todo, signals, moves, strict=True):
                self._settle(enrolled, self._claimed(enrolled, heard_, move, self.now))
            todo = [e for e in todo if e.receipts]

    def _intake(
        self,
        life: Life,
        at: datetime,
        name: str,
        data: Mapping[str, Any],
        heard: dict[int, list[Signal]],
        moved: dict[int, Enrolled],
    ) -> None:
        self._next_id += 1
        if name == FALL:
            self._fall(life, at, data, heard, moved)
            return
        if name == ANSWER:
            enrolled = self.enrolled[data["number"]]
            done = signal_of(self._next_id, at, data["seq"], data["result"])
            heard.setdefault(enrolled.number, []).append(done)
            moved[enrolled.number] = enrolled
            return
        signal = Signal(self._next_id, "event", name, at, at, data)
        if name in self.plan.reads.events or reads_event(life.matchings, name):
            history: Any = self._facts[life.subject].history
            history.setdefault(name, []).append((at, signal.id, data))
        # Whoever is inside may end by an earlier signal of this tick, which decides who may enter.
        if name == ENTER or any(name in e.names for e in self.plan.entries if e.type == "event"):
            self._catch_up(life, heard, moved, at)
        opened = self._open(life, signal)
        if opened is not None:
            moved[opened.number] = opened
        if name not in self.plan.listens:
            return
        key = self.plan.key_of(data)
        for enrolled in self._of.get(life.subject, ()):
            if enrolled is not opened and (not key or not self.plan.key_field or enrolled.key == key):
                heard.setdefault(enrolled.number, []).append(signal)
                moved[enrolled.number] = enrolled

    def _catch_up(
        self, life: Life, heard: dict[int, list[Signal]], moved: dict[int, Enrolled], at: datetime
    ) -> None:
        """Before an event that may open an enrollment: let those inside live up to just before it."""
        before = at - timedelta(microseconds=1)
        for enrolled in self._of.get(life.subject, ()):
            signals = heard.get(enrolled.number, [])
            if enrolled.position.status != ENDED and (_is_due(enrolled.position, before) or signals):
                heard.pop(enrolled.number, None)
                moved[enrolled.number] = enrolled
                until = max((s.at for s in signals), default=before)
                facts = self._facts[life.subject]
                until = max(before, until)
                (move,) = advance(self.plan, [enrolled.position], [signals], [facts], until)
                self._settle(enrolled, self._claimed(enrolled, signals, move, until))

    def _open(self, life: Life, signal: Signal) -> Enrolled | None:
        entry, data = self._entry(life, signal)
        if entry is None:
            return None
        key = self.plan.key_of(data)
        mine = [e for e in self._of.get(life.subject, ()) if e.key == key]
        if any(e.position.status != ENDED for e in mine):
            return None
        ended = max((e.position.ended_at for e in mine if e.position.ended_at), default=None)
        if not may_reenter(self.plan, signal.at, bool(mine), ended):
            return None
        held_out = self.plan.holdout(life.subject)
        position = fresh(entry.id, signal.at, data, holdout=held_out)
        enrolled = Enrolled(life, key, position, len(self.enrolled))
        self.enrolled.append(enrolled)
        self._of.setdefault(life.subject, []).append(enrolled)
        return enrolled

    def _entry(self, life: Life, signal: Signal) -> tuple[EntryPlan | None, Mapping[str, Any]]:
        """The entry that a happening opens, and the properties of what opened it."""
        facts, at, data = self._facts[life.subject], signal.at, signal.data
        if signal.name != ENTER:
            found = entry_by_event(self.plan, signal.name, data, facts, at)
            return found, {**data, "name": signal.name}
        entry_id = data.get("entry")
        if entry_id is None:
            quiet = [e for e in self.plan.entries if e.type not in ("event", "schedule", "date")]
            if not quiet:
                return None, {}
            entry_id = quiet[min(int(data.get("draw", 0) * len(quiet)), len(quiet) - 1)].id
        return entry_named(self.plan, (), entry_id, {}, facts, at), {"name": "enroll"}

    def _fall(
        self,
        life: Life,
        at: datetime,
        data: Mapping[str, Any],
        heard: dict[int, list[Signal]],
        moved: dict[int, Enrolled],
    ) -> None:
        """An override of a tier has come to its day."""
        signal = self._overrides.end(self._facts[life.subject], data, at, self._next_id)
        if signal is None or signal.name not in self.plan.hears:
            return
        for enrolled in self._of.get(life.subject, ()):
            heard.setdefault(enrolled.number, []).append(signal)
            moved[enrolled.number] = enrolled

    def _answered(self, enrolled: Enrolled, signals: Sequence[Signal], move: Move, until: datetime) -> Move:
        """The same move again, with the results of tasks that it gave and that come before it is over."""
        known: set[int] = set()
        heard = list(signals)
        for _ in range(MOST_ANSWERS):
            given = [one for one in move.deeds if isinstance(one, GiveTask) and one.seq not in known]
            if not given:
                break
            soon = [(one.seq, self._answer(enrolled, one)) for one in given]
            known |= {one.seq for one in given}
            coming = [(seq, *found) for seq, found in soon if found and found[0] <= until]
            if not coming:
                break
            for seq, at, result in coming:
                self._next_id += 1
                heard.append(signal_of(self._next_id, at, seq, result))
            facts = self._facts[enrolled.life.subject]
            (move,) = advance(self.plan, [enrolled.position], [heard], [facts], until)
        for deed in move.deeds:
            found = self._answer(enrolled, deed) if isinstance(deed, GiveTask) else None
            if found and isinstance(deed, GiveTask) and found[0] > until:
                told = {"number": enrolled.number, "seq": deed.seq, "result": found[1]}
                heapq.heappush(self._agenda, (found[0], next(self._order), enrolled.life, ANSWER, told))
        return move

    def _answer(self, enrolled: Enrolled, deed: GiveTask) -> tuple[datetime, str] | None:
        return answer(f"{enrolled.life.subject}:{enrolled.number}", deed)

    def _settle(self, enrolled: Enrolled, move: Move) -> None:
        """Keep what a move left behind; carriers answer at once, and changes reach the contact."""
        old, new = places(enrolled.position), places(move.position)
        if old != new:
            self.here.subtract(old)
            self.here.update(new)
        enrolled.position = move.position
        enrolled.trail += move.trail
        enrolled.goals += move.goals
        self.lines += len(move.trail)
        due = move.position.due_at
        if due is not None and move.position.status != ENDED:
            heapq.heappush(self._due, (due, enrolled.number, enrolled))
        for deed in move.deeds:
            if isinstance(deed, SendMessage):
                enrolled.messages.append(deed)
                self._remember(enrolled.life, deed)
                if deed.answer:
                    self._next_id += 1
                    receipt = {"seq": deed.seq, "state": "delivered"}
                    enrolled.receipts.append(
                        Signal(self._next_id, "receipt", "receipt", deed.at, deed.at, receipt)
                    )
            elif isinstance(deed, GiveTask):
                enrolled.tasks.append(deed)
            elif isinstance(deed, ChangeContact):
                self._change(enrolled.life, deed)
            elif isinstance(deed, BookPoints):
                self._book(enrolled.life, deed)
            elif isinstance(deed, ChangeTier):
                ends = self._overrides.begin(self._facts[enrolled.life.subject], deed)
                heapq.heappush(self._agenda, (deed.until, next(self._order), enrolled.life, FALL, ends))

    def _remember(self, life: Life, deed: SendMessage) -> None:
        """Let caps know of a touch; those that can matter no more are forgotten."""
        memory = self.plan.reach.memory
        if memory is not None:
            facts = self._facts[life.subject]
            still = [touch for touch in facts.touches if touch[0] > deed.at - 2 * memory]
            facts.touches = (*still, (deed.at, deed.carrier))

    def _claimed(self, enrolled: Enrolled, heard: Sequence[Signal], move: Move, until: datetime) -> Move:
        """The move with its coupons taken out of the stock; who gets none moves as one for whom there is none."""
        if not self.plan.reads.pools:
            return self._answered(enrolled, heard, move, until)
        facts = self._facts[enrolled.life.subject]
        try:
            while True:
                move = self._answered(enrolled, heard, move, until)
                wanted = Counter(deed.pool for deed in move.deeds if isinstance(deed, IssueCoupon))
                short = {pool: left for pool, left in self.stock.items() if wanted[pool] > left}
                if not short:
                    self.issued += wanted
                    self.stock = {pool: left - wanted[pool] for pool, left in self.stock.items()}
                    return move
                facts.coupons = {**facts.coupons, **short}
                (move,) = advance(self.plan, [enrolled.position], [heard], [facts], until)
        finally:
            facts.coupons = {}

    def _book(self, life: Life, deed: BookPoints) -> None:
        facts, name = self._facts[life.subject], points_attribute(deed.scheme)
        held = facts.attributes.get(name)
        # An attribute of that name may have been anything before the workspace had points.
        old = int(held) if isinstance(held, int | float) and not isinstance(held, bool) else 0
        new = {"add": old + deed.amount, "spend": old - deed.amount, "set": deed.amount}[deed.act]
        self.booked[deed.scheme]["added" if new > old else "taken"] += abs(new - old)
        facts.attributes = {**facts.attributes, name: new}

    def _change(self, life: Life, deed: ChangeContact) -> None:
        facts = self._facts[life.subject]
        facts.attributes = {k: v for k, v in {**facts.attributes, **deed.attributes}.items() if v is not None}
        facts.tags = sorted({*facts.tags, *deed.add} - set(deed.remove))


def places(position: Position) -> tuple[str, ...]:
    """The nodes at which somebody counts as standing: his stage, and his step or that he rests."""
    if position.status in (NEW, ENDED, HOLDOUT) or not position.stage:
        return ()
    if position.step:
        return position.stage, position.step
    resting = f"{position.stage} resting"
    return (position.stage, resting) if position.status == RESTING else (position.stage,)


@contextmanager
def _uncollected() -> Iterator[None]:
    """A play keeps all it makes and makes no cycles: looking for some takes a quarter of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _is_due(position: Position, now: datetime) -> bool:
    if position.status == NEW:
        return True
    due = position.due_at
    return position.status != ENDED and due is not None and due <= now
