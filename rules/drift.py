"""Whose answer to a rule time alone may have changed between two moments, and when it may do so next.

Three things move by themselves. The clock (`now.*`) and days since or until a date turn at moments that can be
reckoned: `turns` names them. What happened falls out of a window (`within`) or has waited long enough (`without …
after`) at a moment of its own for each event: `crossings` says in which stretch of time such events lie, so that an
index over names and times finds their contacts. `drifting` is both as one condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, or_, select, true

from rules.calendar_days import at_minute, minutes
from rules.condition_tests import PRESENT, value_test
from rules.condition_tree import Leaf, leaves
from rules.conditions import Rule
from rules.dates import day_start
from rules.scene import Scene
from rules.sql import Clause, Tables, where
from rules.workdays import CHINA, WorkCalendar
from rules.zones import local, to_utc

DAY = timedelta(days=1)
#: What falls out of windows is looked for so often.
EVERY = timedelta(minutes=1)
#: So far ahead a turn of the clock is looked for; beyond, it is asked again.
AHEAD_DAYS = 40


@dataclass(frozen=True, slots=True)
class Crossing:
    """Contacts with an event of this name between two moments, both included."""

    event: str
    since: datetime
    until: datetime


def crossings(rule: Rule, since: datetime, until: datetime, zones: Iterable[ZoneInfo]) -> list[Crossing]:
    """Which events may count at one of two moments and not at the other."""
    found = []
    for leaf in leaves(rule.node):
        if leaf.field.family != "history" or (leaf.within is None and not leaf.after):
            continue
        if leaf.within is not None:
            bounds = [(-leaf.within).add(at, zone) for zone in zones for at in (since, until)]
            found.append(Crossing(leaf.field.event, min(bounds), max(bounds)))
        if leaf.after:
            waited = timedelta(seconds=leaf.after)
            found.append(Crossing(leaf.field.event, since - waited, until - waited))
    return found


def turning(rule: Rule) -> bool:
    """Whether the clock or the calendar can change the answer for somebody to whom nothing ever happened."""
    return any(leaf.field.family in ("now", "since", "until") for leaf in leaves(rule.node))


def turns(
    rule: Rule, since: datetime, until: datetime, zone: ZoneInfo, workdays: WorkCalendar = CHINA
) -> Iterator[datetime]:
    """The moments after `since`, up to `until`, at which the answer may turn for everybody in a zone, ascending."""
    asked = [leaf for leaf in leaves(rule.node) if leaf.field.family in ("now", "since", "until")]
    if not asked:
        return
    dated = any(leaf.field.family != "now" for leaf in asked)
    clocks = sorted({minute for leaf in asked for minute in _minutes(leaf)} | {0})
    day = local(since, zone).date()
    before = _present(asked, since, zone, workdays)
    last = local(until, zone).date()
    while day <= last:
        # A day on which clocks jump may show a reading twice or never: every candidate is asked anew.
        for at in sorted({_instant(day, minute, zone) for minute in clocks} | {day_start(day, zone)}):
            if not since < at <= until:
                continue
            now = _present(asked, at, zone, workdays)
            if now != before or (dated and at == day_start(day, zone)):
                yield at
            before = now
        day = date.fromordinal(day.toordinal() + 1)


def _minutes(leaf: Leaf) -> Iterator[int]:
    """At which minutes of a day a comparison of the clock may turn."""
    if leaf.field.type == "clock":
        for value in leaf.values:
            yield minutes(str(value))
            yield minutes(str(value)) + 1


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return to_utc(at_minute(day, minute), zone)


def _present(asked: Sequence[Leaf], at: datetime, zone: ZoneInfo, workdays: WorkCalendar) -> tuple[bool, ...]:
    """How the comparisons of the clock stand at a moment."""
    scene = Scene({}, frozenset(), at, zone=zone, workdays=workdays)
    return tuple(
        value_test(leaf.field, leaf.operator, leaf.values)(PRESENT[leaf.field.name](scene))
        for leaf in asked
        if leaf.field.family == "now"
    )


def drifting(
    rule: Rule,
    names: Tables,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    *,
    zones: Sequence[str] = (),
    known: Sequence[ZoneInfo] = (),
    workdays: WorkCalendar = CHINA,
) -> Clause:
    """A condition true for everybody for whom the answers at two moments may differ, or differed in between.

    `zones` are names of contacts' own zones as in `rules.sql.where`, `known` the zones that these are.
    """
    every = {zone, *known}
    moved: list[Clause] = [
        _had(names, crossing) for crossing in crossings(rule, since, until, sorted(every, key=str))
    ]
    most = max((sum(1 for _ in turns(rule, since, until, one, workdays)) for one in every), default=0)
    if most > 1:
        # It may have turned and turned back: who was asked in between was told something else.
        return true()
    if most == 1:
        then, now = (where(rule, names, at, zone, workdays=workdays, zones=zones) for at in (since, until))
        moved.append(then != now)
    return or_(false(), *moved)


def _had(names: Tables, crossing: Crossing) -> Clause:
    event = names.event
    return names.contact.c.id.in_(
        select(event.c.contact_id).where(
            and_(
                event.c.workspace_id == names.contact.c.workspace_id,
                event.c.name == crossing.event,
                event.c.occurred_at >= crossing.since,
                event.c.occurred_at <= crossing.until,
            )
        )
    )


def next_drift(
    rule: Rule,
    now: datetime,
    zone: ZoneInfo,
    known: Iterable[ZoneInfo] = (),
    workdays: WorkCalendar = CHINA,
) -> datetime | None:
    """When to look again for those whom time alone has moved; None if it never moves anybody.

    The clock and the calendar are foreseen to the minute; what falls out of windows is looked for every minute.
    """
    found = []
    if any(leaf.within is not None or leaf.after for leaf in leaves(rule.node)):
        found.append(now + EVERY)
    elif turning(rule):
        ahead = now + AHEAD_DAYS * DAY
        found += [next(turns(rule, now, ahead, one, workdays), ahead) for one in {zone, *known}]
    return min(found, default=None)
