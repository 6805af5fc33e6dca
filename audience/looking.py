"""Looks at contacts for the rules of segments, tags and tiers: one short transaction each, by one worker a workspace.

A look asks and writes down in one go. Two looks at the same contact at once could each write what it read before the
other wrote, and the older answer would stay; so whoever looks takes the workspace's turn first, and asks afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, select, text, union, update
from sqlalchemy.orm import Session

from audience.consent import profiled
from audience.families import Looked, Verdict, settle
from audience.rule_tables import RuleTables
from audience.tables import Contact, Event
from audience.tables_keeping import Recheck, RecheckLater, WatchedRule
from rules.conditions import Rule, parse
from rules.drift import crossings, drifting, next_drift, turns
from rules.sql import where
from rules.zones import SHANGHAI, known_zone, zone_of
from store.bulk import among
from store.pace import Pace, Portion
from store.tables import Workspace

#: Contacts asked about in one transaction: all rules of a workspace, some of them for the first time, or one of them.
LOOKING, FILLING, FILLING_ONE = Pace(1000), Pace(1000), Pace(5000)
#: Events of a time to come that are noted by one statement.
CHUNK = 1000
#: Contacts noted by one statement when time has moved some, and gone through to find them.
DRIFT_CHUNK, SCAN_CHUNK = 5000, 10_000
#: The number under which looks take turns, with the workspace's.
TURN = 7105
#: The signal by which others hear of what a family's rules decide.
PRODUCES = {"segment": "segment.{}", "tier": "tier.{}", "tag": "tags"}


@dataclass(frozen=True, slots=True)
class Zones:
    """A workspace's own zone, and those of its contacts by name."""

    own: ZoneInfo
    names: tuple[str, ...] = ()

    @property
    def known(self) -> list[ZoneInfo]:
        return [zone for name in self.names if (zone := known_zone(name)) is not None]


NOWHERE = Zones(SHANGHAI)


def look(session: Session, now: datetime) -> bool:
    """Look at one portion: noted contacts first, then first looks, then those whom time may have moved.

    Returns True if there was one that nobody else was at. Commits nothing.
    """
    _recall(session, now)
    for workspace_id in _workspaces(session):
        if _take_turn(session, workspace_id, wait=False) and (
            _noted(session, workspace_id, now)
            or _fill(session, workspace_id, now)
            or _drift(session, workspace_id, now)
        ):
            return True
    return False


def ask(
    session: Session,
    workspace_id: int,
    rows: Sequence[WatchedRule],
    ids: Sequence[int],
    now: datetime,
    *,
    first: bool = False,
) -> None:
    """Ask rules about contacts, and hand each family its verdicts.

    All in one statement, but for rules that build upon others of these: they are asked once those are written down.
    """
    _take_turn(session, workspace_id, wait=True)
    for some in waves(rows):
        _ask(session, workspace_id, some, ids, now, first)


def waves(rows: Sequence[WatchedRule]) -> list[list[WatchedRule]]:
    """Sort rules so that each comes after those whose segments, tiers or tags it reads."""
    left, order = list(rows), []
    while left:
        made = {PRODUCES[row.family].format(row.owner) for row in left if row.family in PRODUCES}
        ready = [row for row in left if made.isdisjoint(set(row.hears) - {_made(row)})]
        # Those in a circle, which only tags can form, are asked together; their signals have them asked again.
        order.append(ready or left)
        left = [row for row in left if row not in order[-1]]
    return order


def _made(row: WatchedRule) -> str:
    return PRODUCES.get(row.family, "").format(row.owner)


def _ask(
    session: Session,
    workspace_id: int,
    rows: Sequence[WatchedRule],
    ids: Sequence[int],
    now: datetime,
    first: bool,
) -> None:
    found = _holding(session, workspace_id, [parse(row.rule) for row in rows], ids, now)
    verdicts: dict[str, list[Verdict]] = {}
    for row, holding in zip(rows, found, strict=True):
        given = verdicts.setdefault(row.family, [])
        # Whom the first look has not come to yet is found by it, and so nobody is told.
        reached = [n for n in ids if row.filled_to is None or n <= row.filled_to]
        later = [] if row.filled_to is None else [n for n in ids if n > row.filled_to]
        for some, is_first in ((reached, first), (later, True)):
            if some:
                held = frozenset(n for n in some if n in holding)
                given.append(Verdict(row.id, row.owner, row.part, some, held, is_first))
    for family, some_verdicts in verdicts.items():
        settle(session, family, Looked(workspace_id, now, some_verdicts))


def zones_of(session: Session, workspace_id: int) -> Zones:
    """Return the zones in which the contacts of a workspace may live."""
    own = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    names = session.scalars(
        select(Contact.timezone)
        .where(Contact.workspace_id == workspace_id, Contact.timezone.is_not(None))
        .distinct()
    )
    return Zones(own, tuple(sorted(name for name in names if name)))


# ---- whose turn it is


def _workspaces(session: Session) -> list[int]:
    """Those that watch something or left something noted, in any order, so that none waits behind a busy one."""
    found = set(session.scalars(select(WatchedRule.workspace_id).distinct()))
    left = session.scalar(select(Recheck.workspace_id).limit(1))
    order = sorted(found | ({left} if left is not None else set()))
    random.shuffle(order)
    return order


def _take_turn(session: Session, workspace_id: int, *, wait: bool) -> bool:
    """Become the one who looks in this workspace until the end of the transaction; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    how = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    taken = session.scalar(
        text(f"SELECT {how}(:turn, CAST(:workspace % 2147483647 AS integer))"),
        {"turn": TURN, "workspace": workspace_id},
    )
    return wait or bool(taken)


# ---- portions


def _recall(session: Session, now: datetime) -> None:
    """Note those again of whom an event was of a time that was still to come."""
    query = select(RecheckLater).where(RecheckLater.at <= now).order_by(RecheckLater.at).limit(CHUNK)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    if rows:
        from audience.keeping import note

        note(session, ((row.workspace_id, row.contact_id) for row in rows))
        for row in rows:
            session.delete(row)
        session.flush()


def _noted(session: Session, workspace_id: int, now: datetime) -> bool:
    with LOOKING.portion(workspace_id) as portion:
        portion.done = _look_at_some(session, workspace_id, now, portion.size)
    return portion.done > 0


def _look_at_some(session: Session, workspace_id: int, now: datetime, most: int) -> int:
    query = select(Recheck.contact_id).where(Recheck.workspace_id == workspace_id)
    # Locked until the look is written down: who is noted meanwhile waits, and is noted anew.
    some = query.order_by(Recheck.contact_id).limit(most).with_for_update(skip_locked=True)
    ids = list(session.scalars(some))
    if not ids:
        return 0
    ask(session, workspace_id, _rules(session, workspace_id), ids, now)
    session.execute(
        delete(Recheck).where(Recheck.workspace_id == workspace_id, among(session, Recheck.contact_id, ids))
    )
    return len(ids)


def _fill(session: Session, workspace_id: int, now: datetime) -> bool:
    """Go on with the first look of those rules that have come least far."""
    rows = [row for row in _rules(session, workspace_id) if row.filled_to is not None]
    if not rows:
        return False
    least = min(row.filled_to or 0 for row in rows)
    further = min((row.filled_to for row in rows if row.filled_to and row.filled_to > least), default=None)
    rows = [row for row in rows if row.filled_to == least]
    pace = FILLING_ONE if len(rows) == 1 else FILLING
    with pace.portion(workspace_id) as portion:
        _fill_some(session, rows, now, least, further, portion)
    return True


def _fill_some(
    session: Session,
    rows: Sequence[WatchedRule],
    now: datetime,
    least: int,
    further: int | None,
    portion: Portion,
) -> None:
    """Ask rules about some of those beyond `least`, up to `further`, from where on others of them have been asked."""
    workspace_id = rows[0].workspace_id
    people = select(Contact.id).where(Contact.workspace_id == workspace_id, Contact.id > least)
    if further is not None:
        people = people.where(Contact.id <= further)
    ids = list(session.scalars(people.order_by(Contact.id).limit(portion.size)))
    portion.done = len(ids)
    ask(session, workspace_id, rows, ids, now, first=True)
    come = ids[-1] if len(ids) == portion.size else further
    for row in rows:
        # A rule that was changed meanwhile begins anew.
        _write(session, row, {"filled_to": come}, WatchedRule.filled_to == least)


def _drift(session: Session, workspace_id: int, now: datetime) -> bool:
    """Note some of those whom time alone may have moved since one rule was last asked."""
    query = select(WatchedRule).where(WatchedRule.workspace_id == workspace_id, WatchedRule.next_look <= now)
    row = session.scalars(query.order_by(WatchedRule.next_look).limit(1)).first()
    if row is None:
        return False
    from audience.keeping import note

    rule, zones = parse(row.rule), zones_of(session, workspace_id)
    fresh = row.looking_from is None
    since, until = (row.looked_until, now) if fresh else (row.looking_from or now, row.looked_until)
    ids, reached = _moved(session, workspace_id, rule, since, until, zones, 0 if fresh else row.looked_to)
    note(session, ((workspace_id, number) for number in ids))
    if reached:
        values: dict[str, Any] = {"looking_from": since, "looked_to": reached}
    else:
        following = next_drift(rule, until, zones.own, zones.known)
        values = {"looking_from": None, "looked_to": 0, "next_look": following}
    _write(session, row, {"looked_until": until, **values})
    return True


def _moved(
    session: Session,
    workspace_id: int,
    rule: Rule,
    since: datetime,
    until: datetime,
    zones: Zones,
    after: int,
) -> tuple[list[int], int]:
    """Some contacts beyond an id whom time may have moved, and the id up to which that is all of them, 0 at the end."""
    known = zones.known
    if any(any(True for _ in turns(rule, since, until, zone)) for zone in {zones.own, *known}):
        # The clock has turned: everybody is gone through, so many at a time.
        own = Contact.workspace_id == workspace_id
        part = (
            select(Contact.id)
            .where(own, Contact.id > after)
            .order_by(Contact.id)
            .limit(SCAN_CHUNK)
            .subquery()
        )
        last, number = session.execute(select(func.max(part.c.id), func.count()).select_from(part)).one()
        if not number:
            return [], 0
        moved = drifting(rule, RuleTables, since, until, zones.own, zones=zones.names, known=known)
        people = select(Contact.id).where(own, Contact.id > after, Contact.id <= last, moved)
        return list(session.scalars(people)), last if number == SCAN_CHUNK else 0
    parts: list[Select[Any]] = [
        select(Event.contact_id).where(
            Event.workspace_id == workspace_id,
            Event.name == crossing.event,
            Event.occurred_at >= crossing.since,
            Event.occurred_at <= crossing.until,
            Event.contact_id > after,
        )
        for crossing in crossings(rule, since, until, sorted({zones.own, *known}, key=str))
    ]
    if not parts:
        return [], 0
    had = union(*parts).subquery() if len(parts) > 1 else parts[0].distinct().subquery()
    ids = list(session.scalars(select(had.c.contact_id).order_by(had.c.contact_id).limit(DRIFT_CHUNK)))
    return ids, ids[-1] if len(ids) == DRIFT_CHUNK else 0


def _rules(session: Session, workspace_id: int) -> list[WatchedRule]:
    query = select(WatchedRule).where(WatchedRule.workspace_id == workspace_id).order_by(WatchedRule.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _write(session: Session, row: WatchedRule, values: dict[str, Any], *conditions: Any) -> None:
    """Note how far a look has come, unless the rule was changed or dropped meanwhile."""
    found = (WatchedRule.id == row.id, WatchedRule.revision == row.revision, *conditions)
    changed = update(WatchedRule).where(*found).values(values)
    session.execute(changed, execution_options={"synchronize_session": False})
    session.expire(row)


def _holding(
    session: Session, workspace_id: int, rules: Sequence[Rule], ids: Sequence[int], now: datetime
) -> list[set[int]]:
    """Return for each rule whom of these contacts it holds for; for those who refuse profiling none does."""
    if not ids or not rules:
        return [set() for _ in rules]
    whom = (Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
    zones = [name for name in session.scalars(select(Contact.timezone).where(*whom).distinct()) if name]
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    answers = [
        where(rule, RuleTables, now, zone, zones=zones).label(f"r{number}")
        for number, rule in enumerate(rules)
    ]
    found: list[set[int]] = [set() for _ in rules]
    for number, *said in session.execute(select(Contact.id, *answers).where(*whom, profiled())):
        for holding, holds in zip(found, said, strict=True):
            if holds:
                holding.add(number)
    return found
