"""Whom a simulation plays in this workspace: invented, a sample of its contacts, or those of a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from audience import catalogue as people
from audience import facts, group_facts, matchings
from audience.rule_tables import GroupRuleTables, RuleTables
from audience.tables import Event
from journeys.definition import GROUP
from journeys.lives import Habits, Heard, chance_of, dated, invent, live
from journeys.plan import Plan
from journeys.simulate import Life
from journeys.spread import Spread
from journeys.words import Words
from rules.conditions import parse
from rules.contact_policy import READS as POLICY_READS
from rules.matching import Matching
from rules.scene import Reads
from rules.sql import NotForContacts, where
from rules.zones import known_zone
from store.bulk import among
from store.database import db
from web.access import here
from web.errors import Problem
from web.reached import touches_of

KINDS: Final = ("invented", "audience", "log")
#: So far back it is looked how often contacts did things, at least.
LEAST_WINDOW_DAYS = 90
#: Real events of one name whose properties are drawn from.
MOST_EXAMPLES = 200
#: Attributes of which values are looked up for invented people.
MOST_ATTRIBUTES = 20
#: A large odd number that scatters ids evenly.
SCATTER = 2_654_435_761
NOT_HERE = Words(
    "这个条件用到了旅程里面才有的内容；请换成属性、标签或历史事件。",
    "This rule looks at what exists only inside a journey; use attributes, tags or history.",
)


@dataclass(slots=True)
class Wish:
    """What was asked for."""

    count: int
    days: int
    seed: int
    start: datetime
    chances: dict[str, float] = field(default_factory=dict)
    where: Mapping[str, Any] | None = None
    events: Sequence[Mapping[str, Any]] | None = None
    since: datetime | None = None
    #: True if the start was asked for, and not only now.
    own_start: bool = False


@dataclass(slots=True)
class Crowd:
    """The people to be played: from when, of how many, and how likely they are thought to do each thing."""

    lives: list[Life]
    start: datetime
    of: int
    chances: dict[str, float] = field(default_factory=dict)


def gather(kind: str, plans: Sequence[Plan], drawings: Sequence[Mapping[str, Any]], wish: Wish) -> Crowd:
    """The people of one kind for these plans; the same wish gives the same people."""
    tables = matchings.load(db.session(), here(), {key for plan in plans for key in plan.reads.scenes})
    asked = [{"who": who_tree} for who_tree in matchings.rules_of(db.session(), here(), tables)]
    crowd = _gather(kind, plans, Spread(*drawings, *asked), wish, tables)
    for life in crowd.lives:
        life.matchings = tables
    return crowd


def _gather(
    kind: str, plans: Sequence[Plan], spread: Spread, wish: Wish, tables: Mapping[str, Matching]
) -> Crowd:
    if kind == "audience":
        return _audience(plans, spread, wish)
    if kind == "log":
        return _given(wish) if wish.events is not None else _recorded(plans, wish)
    attributes = {name for plan in plans for name in plan.reads.attributes} - POLICY_READS
    attributes |= {name for table in tables.values() for name in table.reads.attributes} - POLICY_READS
    attributes -= {name for plan in plans for name in dated(plan)}
    real = {}
    if plans[0].subject != GROUP:
        real = {n: people.values(db.session(), here(), n) for n in sorted(attributes)[:MOST_ATTRIBUTES]}
    lives = invent(
        plans,
        wish.count,
        wish.start,
        wish.days,
        seed=wish.seed,
        chances=wish.chances,
        attributes=real,
        spread=spread,
    )
    chances = {name: Habits(wish.chances).chance(name) for name in Heard.of(plans).others}
    return Crowd(lives, wish.start, wish.count, chances)


def _audience(plans: Sequence[Plan], spread: Spread, wish: Wish) -> Crowd:
    """Real contacts with their attributes, tags and history, who go on doing things as often as before."""
    ids, of = _sample(plans[0], wish)
    heard = Heard.of(plans)
    window = max(wish.days, LEAST_WINDOW_DAYS)
    counts = _counts(ids, heard.others, wish.start - timedelta(days=window), wish.start)
    usual = {name: sum(c.get(name, 0) for c in counts.values()) / max(1, len(ids)) for name in heard.others}
    known = _known(plans, ids, wish.start)
    properties = {name: _examples(name) for name in (*heard.entering, *heard.others)}
    chances = {n: chance_of(usual[n], usual[n], wish.days, window) for n in heard.others} | wish.chances
    lives = []
    for life in known:
        own = counts.get(int(life.subject), {})
        does = {n: chance_of(own.get(n, 0), usual[n], wish.days, window) for n in heard.others} | wish.chances
        habits = Habits(does, properties, spread)
        lives.append(live(life, heard, habits, wish.start, wish.days, wish.seed))
    return Crowd(lives, wish.start, of, chances)


def _recorded(plans: Sequence[Plan], wish: Wish) -> Crowd:
    """Contacts of the workspace with the very events that they had from some time on."""
    ids, of = _sample(plans[0], wish)
    since = wish.since or wish.start - timedelta(days=wish.days)
    names = sorted({n for plan in plans for n in (*plan.listens, *Heard.of([plan]).entering)})
    happened: dict[int, list[Any]] = defaultdict(list)
    rows = db.session.execute(
        select(Event.contact_id, Event.occurred_at, Event.name, Event.properties)
        .where(
            Event.workspace_id == here(),
            among(db.session(), Event.contact_id, ids),
            among(db.session(), Event.name, names),
            Event.occurred_at >= since,
            Event.occurred_at < since + timedelta(days=wish.days),
        )
        .order_by(Event.occurred_at, Event.id)
    )
    for contact, at, name, data in rows:
        happened[contact].append((at, name, data))
    lives = _known(plans, list(happened), since)
    for life in lives:
        life.events = happened[int(life.subject)]
    return Crowd(lives, since, of)


def _given(wish: Wish) -> Crowd:
    """The subjects of a log that came with the question."""
    lives: dict[str, Life] = {}
    for event in wish.events or ():
        life = lives.get(event["subject"])
        if life is None:
            if len(lives) >= wish.count:
                continue
            life = lives.setdefault(event["subject"], Life(event["subject"], []))
        life.events.append((event["at"], event["name"], event["properties"]))
    for life in lives.values():
        life.events.sort(key=lambda happening: happening[0])
    first = min((life.events[0][0] for life in lives.values()), default=wish.start)
    return Crowd(
        list(lives.values()),
        wish.start if wish.own_start else first,
        len({e["subject"] for e in wish.events or ()}),
    )


def _sample(plan: Plan, wish: Wish) -> tuple[list[int], int]:
    """Ids of contacts who fulfil the rule, scattered evenly and the same for the same seed; and how many do."""
    whom = _tables(plan).contact.c
    asked: list[ColumnElement[bool]] = [whom.workspace_id == here()]
    if plan.subject == GROUP:
        asked.append(whom.dismissed_at.is_(None))
    if wish.where:
        try:
            asked.append(_holds(plan, wish.where, wish.start))
        except NotForContacts:
            raise Problem(422, "invalid", NOT_HERE, [("from.where", NOT_HERE)]) from None
    place = (whom.id * SCATTER + wish.seed * 40_503) % (2**32)
    ids = db.session.scalars(select(whom.id).where(*asked).order_by(place, whom.id).limit(wish.count))
    taken = list(ids)
    if len(taken) < wish.count:
        return taken, len(taken)
    return taken, db.session.scalars(
        select(func.count()).select_from(_tables(plan).contact).where(*asked)
    ).one()


def _tables(plan: Plan) -> type[RuleTables]:
    return GroupRuleTables if plan.subject == GROUP else RuleTables


def _holds(plan: Plan, rule: Mapping[str, Any], at: datetime) -> ColumnElement[bool]:
    tables = _tables(plan)
    zones = db.session.scalars(
        select(tables.contact.c.timezone)
        .where(tables.contact.c.workspace_id == here(), tables.contact.c.timezone.is_not(None))
        .distinct()
    )
    return where(parse(rule), tables, at, plan.zone, workdays=plan.workdays, zones=[z for z in zones if z])


def _known(plans: Sequence[Plan], ids: Iterable[int], until: datetime) -> list[Life]:
    """What is known of these contacts, with their history up to a time."""
    reads = Reads()
    for plan in plans:
        wanted = plan.reads
        reads |= Reads(wanted.attributes | dated(plan).keys(), wanted.tags, wanted.events)
        scheduled = frozenset(str(e.on["segment"]) for e in plan.entries if e.on.get("segment"))
        reads |= Reads(segments=wanted.segments | scheduled, tiers=wanted.tiers, scenes=wanted.scenes)
    load = group_facts.load if plans[0].subject == GROUP else facts.load
    found = load(db.session(), here(), ids, reads)
    had = touches_of(found, plans, until)
    return [
        Life(
            str(number),
            [],
            known.attributes,
            known.tags,
            known_zone(known.zone) if known.zone else None,
            {name: [row for row in rows if row[0] < until] for name, rows in known.history.items()},
            known.segments,
            known.tiers,
            touches=had.get(number, ()),
        )
        for number, known in sorted(found.items())
    ]


def _counts(
    ids: Sequence[int], names: Sequence[str], since: datetime, until: datetime
) -> dict[int, dict[str, int]]:
    """How often each contact did each thing between two times."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    if names and ids:
        rows = db.session.execute(
            select(Event.contact_id, Event.name, func.count())
            .where(
                Event.workspace_id == here(),
                among(db.session(), Event.contact_id, ids),
                among(db.session(), Event.name, names),
                Event.occurred_at >= since,
                Event.occurred_at < until,
            )
            .group_by(Event.contact_id, Event.name)
        )
        for contact, name, times in rows:
            counted[contact][name] = times
    return counted


def _examples(name: str) -> list[dict[str, Any]]:
    """Properties that events of this name really had, the newest ones."""
    newest = (
        select(Event.properties, Event.name)
        .where(Event.workspace_id == here())
        .order_by(Event.id.desc())
        .limit(MOST_EXAMPLES * 20)
        .subquery()
    )
    rows = db.session.scalars(select(newest.c.properties).where(newest.c.name == name).limit(MOST_EXAMPLES))
    return [row for row in rows if row]
