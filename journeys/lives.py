"""Whom a simulation plays: people invented for a drawing, a sample of real ones, or a recorded log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from journeys.dice import Dice
from journeys.plan import Plan
from journeys.simulate import ENTER, Happening, Life
from journeys.spread import Spread
from rules.contact_policy import READS as POLICY_READS

#: How likely somebody does a thing that the drawing listens for, unless something is known of it.
USUAL_CHANCE = 0.3
#: Nobody does a thing for ever.
HIGHEST_CHANCE = 0.95
A_DAY_SECS = 86_400
#: Entries that an event, the calendar or a date opens by itself; everybody else is put in.
BY_ITSELF = ("event", "schedule", "date")
#: Where an event lets people in, so many are put in by hand or program all the same.
PUT_IN = 0.1
USUAL_ORDER = 100.0


@dataclass(slots=True)
class Habits:
    """What is known of how people behave: chances by event name, and properties that such events really had."""

    chances: Mapping[str, float] = field(default_factory=dict)
    properties: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    spread: Spread = field(default_factory=Spread)

    def chance(self, name: str) -> float:
        """How likely somebody does it, and once more each time."""
        return min(self.chances.get(name, USUAL_CHANCE), HIGHEST_CHANCE)

    def draw(self, name: str, dice: Dice) -> dict[str, Any]:
        """The properties of one such event."""
        known = self.properties.get(name)
        if known:
            return dict(dice.choice(known))
        told = {prop: dice.choice(values) for prop, values in self.spread.properties(name).items()}
        if name.startswith("order"):
            told.setdefault("amount", round(dice.around(USUAL_ORDER), 2))
            told.setdefault("order_id", f"o{int(dice.draw() * 1e9)}")
        return {prop: value for prop, value in told.items() if value is not None}


@dataclass(slots=True)
class Heard:
    """What several drawings listen for together, so that the same people can be played through each of them."""

    entering: list[str]
    others: list[str]
    put_in: bool

    @classmethod
    def of(cls, plans: Iterable[Plan]) -> Heard:
        """What these plans listen for."""
        plans = list(plans)
        entering = {n for p in plans for e in p.entries if e.type == "event" for n in e.names}
        listened = {name for plan in plans for name in (*plan.listens, *plan.reads.events)}
        put_in = any(e.type not in BY_ITSELF for plan in plans for e in plan.entries)
        return cls(sorted(entering), sorted(listened - entering), put_in)


def invent(
    plan: Plan | Sequence[Plan],
    count: int,
    start: datetime,
    days: int,
    *,
    seed: int = 1,
    chances: Mapping[str, float] | None = None,
    attributes: Mapping[str, Sequence[Any]] | None = None,
    spread: Spread | None = None,
) -> list[Life]:
    """Synthetic subjects for one plan or several: each enters within the first third of the time and then does
    each thing that is listened for with a chance of its own, once or more, at times spread over the rest.

    Attributes and event properties are drawn from `attributes` and from both sides of what the rules ask; what
    decides about consent is drawn only where `attributes` has it. The same seed gives the same people: each
    draws what he does with each event by himself.
    """
    plans = [plan] if isinstance(plan, Plan) else plan
    heard = Heard.of(plans)
    dates = {name: yearly for one in plans for name, yearly in dated(one).items()}
    habits = Habits(chances or {}, {}, spread or Spread())
    values = {k: v for k, v in habits.spread.attributes().items() if k not in POLICY_READS}
    for name, real in (attributes or {}).items():
        if real:
            values[name] = [*real, *(v for v in values.get(name, ()) if v not in real)]
    tags, tiers = habits.spread.tags(), habits.spread.tiers()
    scheduled = {str(e.on["segment"]) for p in plans for e in p.entries if e.on.get("segment")}
    segments = sorted({*habits.spread.segments(), *scheduled})
    lives = []
    for n in range(count):
        subject = f"s{n + 1}"
        dice = Dice(seed, subject, "self")
        known: dict[str, Any] = {key: dice.choice(options) for key, options in sorted(values.items())}
        for name, yearly in dates.items():
            known[name] = _date(dice, start, days, yearly)
        worn = [tag for tag in tags if dice.draw() < 0.5]
        inside = frozenset(key for key in segments if dice.draw() < 0.5)
        levels = {name: dice.choice(options) for name, options in sorted(tiers.items())}
        own = {k: v for k, v in known.items() if v is not None}
        life = Life(subject, [], own, worn, segments=inside, tiers=levels)
        lives.append(live(life, heard, habits, start, days, seed))
    return lives


def dated(plan: Plan) -> dict[str, bool]:
    """Attributes that hold a date for this plan: what alarms and entries count from; True if every year anew."""
    anchors = [
        field.removeprefix("attribute.") for field in plan.anchor_fields if field.startswith("attribute.")
    ]
    entries = {e.on["attribute"]: bool(e.on.get("yearly")) for e in plan.entries if e.type == "date"}
    return dict.fromkeys(anchors, False) | entries


def _date(dice: Dice, start: datetime, days: int, yearly: bool) -> str:
    """A date within the play, or a little before it; of a birthday, so many years ago."""
    on = start + timedelta(days=round(dice.draw() * (days + 30)) - 20)
    years = int(18 + dice.draw() * 50) if yearly else 0
    # 29 February is left to those who really have it.
    return f"{on.year - years:04}-{on.month:02}-{min(on.day, 28):02}"


def live(life: Life, heard: Heard, habits: Habits, start: datetime, days: int, seed: int) -> Life:
    """Let somebody come in and do what he does."""
    dice = Dice(seed, life.subject, "enters")
    at = start + timedelta(seconds=dice.draw() * days * A_DAY_SECS / 3)
    events: list[Happening] = []
    if heard.entering and not (heard.put_in and dice.draw() < PUT_IN):
        name = dice.choice(heard.entering)
        events.append((at, name, habits.draw(name, dice)))
    elif heard.put_in:
        events.append((at, ENTER, {"draw": dice.draw()}))
    else:
        at = start
    for name in heard.others:
        does = Dice(seed, life.subject, name)
        chance, when = habits.chance(name), at
        while does.draw() < chance:
            when += timedelta(seconds=does.later(days * A_DAY_SECS / 4))
            events.append((when, name, habits.draw(name, does)))
    life.events = events
    return life


def chance_of(own: float, usual: float, days: float, window: float) -> float:
    """The chance that stands for so many events in `window` days of somebody, in `days` days to come.

    What everybody does on average counts as much as what he did himself: few events say little of one person.
    """
    expected = (own + usual) / 2 * days / window
    return min(expected / (1 + expected), HIGHEST_CHANCE)
