"""Keeping rules about contacts true by increments: only those to whom something happened are looked at again.

Who hears something (`heard`) is noted in the transaction that takes the signal in; `look` asks all rules of a
workspace about some of the noted contacts in one statement and hands the answers to each rule's family. A new
rule is first asked about everybody, in portions; one that time alone can change is asked again about those whom
time may have moved (`rules/drift.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience.families import Looked, Verdict, settle
from audience.rule_tables import RuleTables
from audience.tables import Contact
from audience.tables_keeping import Recheck, WatchedRule
from rules.conditions import Rule, parse
from rules.drift import drifting, next_drift
from rules.sql import where
from rules.zones import zone_of
from store.bulk import among
from store.tables import Workspace

#: Contacts looked at in one transaction.
CHUNK = 2000
#: Contacts noted by one statement when time has moved some.
DRIFT_CHUNK = 5000


def hears(rule: Rule) -> list[str]:
    """Name the signals after which the rule may answer otherwise."""
    reads = rule.reads
    names = {f"attribute.{name}" for name in reads.attributes} | set(reads.events)
    names |= {f"segment.{key}" for key in reads.segments} | {f"tier.{name}" for name in reads.tiers}
    names |= ({"tags"} if reads.tags else set()) | ({"timezone"} if reads.uses_now else set())
    return sorted(names)


def watch(
    session: Session,
    workspace_id: int,
    family: str,
    owner: str,
    rules: Mapping[str, Any],
    now: datetime,
) -> None:
    """Let `owner` live by these rules {part: tree}; what it lived by before and is not named is forgotten.

    A rule that is new or has changed is asked about everybody first. Raises rules.errors.BadRule. Not committed.
    """
    parsed = {part: parse(tree, part) for part, tree in rules.items()}
    query = select(WatchedRule).where(
        WatchedRule.workspace_id == workspace_id, WatchedRule.family == family, WatchedRule.owner == owner
    )
    before = {row.part: row for row in session.scalars(query.with_for_update())}
    for part, row in before.items():
        if part not in rules:
            session.delete(row)
    for part, rule in parsed.items():
        row = before.get(part)
        if row is None:
            row = WatchedRule(workspace_id=workspace_id, family=family, owner=owner, part=part, revision=0)
            session.add(row)
        elif row.rule == rules[part]:
            continue
        row.rule, row.hears, row.filled_to = rules[part], hears(rule), 0
        row.revision += 1
        row.looked_until, row.looking_from, row.looked_to = now, None, 0
        row.next_look = next_drift(rule, now, _zone(session, workspace_id))
    session.flush()


def forget(session: Session, workspace_id: int, family: str, owner: str) -> None:
    """Drop the rules of an owner that is no more."""
    watch(session, workspace_id, family, owner, {}, datetime.min)


def heard(session: Session, signals: Iterable[tuple[int, int | None, str]]) -> None:
    """Note the contacts of those signals (workspace, contact, name) that a watched rule of theirs hears."""
    given = [one for one in signals if one[1] is not None]
    if not given:
        return
    names: dict[int, set[str]] = {}
    query = select(WatchedRule.workspace_id, WatchedRule.hears).where(
        among(session, WatchedRule.workspace_id, sorted({one[0] for one in given}))
    )
    for workspace_id, some in session.execute(query):
        names.setdefault(workspace_id, set()).update(some)
    note(session, {(w, c) for w, c, name in given if c is not None and name in names.get(w, ())})


def note(session: Session, contacts: Iterable[tuple[int, int]]) -> None:
    """Have contacts (workspace, id) looked at again; those noted already are noted once more."""
    rows = [{"workspace_id": w, "contact_id": c, "heard": 1} for w, c in sorted(set(contacts))]
    if rows:
        session.execute(_noting(session), rows)


def newcomers(session: Session, workspace_id: int, ids: Sequence[int]) -> None:
    """Have contacts that were just made looked at, if the workspace watches anything."""
    watched = select(WatchedRule.id).where(WatchedRule.workspace_id == workspace_id).limit(1)
    if ids and session.scalar(watched) is not None:
        note(session, ((workspace_id, number) for number in ids))


def _noting(session: Session) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Recheck)
    # An update and not "do nothing": it waits for a look under way, which would else forget what it did not see.
    return insert.on_conflict_do_update(
        index_elements=["workspace_id", "contact_id"], set_={"heard": Recheck.heard + 1}
    )


def look(session: Session, now: datetime) -> bool:
    """Look at one portion: noted contacts first, then first looks, then those whom time may have moved.

    Returns True if there was one. Commits nothing.
    """
    return _noted(session, now) or _fill(session, now) or _drift(session, now)


def _noted(session: Session, now: datetime) -> bool:
    workspace_id = session.scalar(select(Recheck.workspace_id).limit(1))
    if workspace_id is None:
        return False
    query = (
        select(Recheck.contact_id)
        .where(Recheck.workspace_id == workspace_id)
        .order_by(Recheck.contact_id)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(query))
    if not ids:
        return False
    rows = session.scalars(
        select(WatchedRule).where(WatchedRule.workspace_id == workspace_id).order_by(WatchedRule.id)
    ).all()
    ask(session, workspace_id, rows, ids, now)
    session.execute(
        delete(Recheck).where(Recheck.workspace_id == workspace_id, among(session, Recheck.contact_id, ids))
    )
    return True


def _fill(session: Session, now: datetime) -> bool:
    query = select(WatchedRule).where(WatchedRule.filled_to.is_not(None)).order_by(WatchedRule.id).limit(1)
    row = session.scalars(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return False
    people = select(Contact.id).where(Contact.workspace_id == row.workspace_id, Contact.id > row.filled_to)
    ids = list(session.scalars(people.order_by(Contact.id).limit(CHUNK)))
    ask(session, row.workspace_id, [row], ids, now, first=True)
    row.filled_to = ids[-1] if len(ids) == CHUNK else None
    session.flush()
    return True


def _drift(session: Session, now: datetime) -> bool:
    """Note those whom time alone may have moved since one rule was last asked."""
    query = select(WatchedRule).where(WatchedRule.next_look <= now).order_by(WatchedRule.next_look).limit(1)
    row = session.scalars(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return False
    rule, zone = parse(row.rule), _zone(session, row.workspace_id)
    if row.looking_from is None:
        row.looking_from, row.looked_until, row.looked_to = row.looked_until, now, 0
    moved = drifting(rule, RuleTables, row.looking_from, row.looked_until, zone)
    people = (
        select(Contact.id)
        .where(Contact.workspace_id == row.workspace_id, Contact.id > row.looked_to, moved)
        .order_by(Contact.id)
        .limit(DRIFT_CHUNK)
    )
    ids = list(session.scalars(people))
    note(session, ((row.workspace_id, number) for number in ids))
    if len(ids) == DRIFT_CHUNK:
        row.looked_to = ids[-1]
    else:
        row.looking_from, row.looked_to = None, 0
        row.next_look = next_drift(rule, row.looked_until, zone)
    session.flush()
    return True


def ask(
    session: Session,
    workspace_id: int,
    rows: Sequence[WatchedRule],
    ids: Sequence[int],
    now: datetime,
    *,
    first: bool = False,
) -> None:
    """Ask rules about contacts in one statement, and hand each family its verdicts."""
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


def _holding(
    session: Session, workspace_id: int, rules: Sequence[Rule], ids: Sequence[int], now: datetime
) -> list[set[int]]:
    """Return for each rule whom of these contacts it holds for."""
    if not ids or not rules:
        return [set() for _ in rules]
    whom = (Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
    zones = [name for name in session.scalars(select(Contact.timezone).where(*whom).distinct()) if name]
    zone = _zone(session, workspace_id)
    answers = [
        where(rule, RuleTables, now, zone, zones=zones).label(f"r{number}")
        for number, rule in enumerate(rules)
    ]
    found: list[set[int]] = [set() for _ in rules]
    for number, *said in session.execute(select(Contact.id, *answers).where(*whom)):
        for holding, holds in zip(found, said, strict=True):
            if holds:
                holding.add(number)
    return found


def _zone(session: Session, workspace_id: int) -> ZoneInfo:
    return zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
