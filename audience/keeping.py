"""Keeping rules about contacts true by increments: only those to whom something happened are looked at again.

Who hears something (`heard`) is noted in the transaction that takes the signal in; `audience/looking.py` asks the rules
of a workspace about some of the noted contacts in one statement and hands the answers to each rule's family. A new
rule is first asked about everybody, in portions; one that time alone can change is asked again about those whom
time may have moved (`rules/drift.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, bindparam, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from audience import circles, looking
from audience.looking import ask, look
from audience.tables_keeping import Recheck, RecheckLater, WatchedRule
from rules.conditions import Rule, parse
from rules.drift import next_drift
from rules.sql import is_local
from store.bulk import insert_rows
from store.columns import Id

__all__ = ["ask", "forget", "heard", "heard_in", "hears", "look", "newcomers", "note", "watch"]

#: Noted once more, and not "do nothing": it waits for a look under way, which would else forget what it did not see.
_NOTE = text(
    """INSERT INTO recheck (workspace_id, contact_id, heard)
SELECT w, c, 1 FROM unnest(:workspaces, :contacts) AS noted(w, c) ORDER BY w, c
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET heard = recheck.heard + 1"""
).bindparams(bindparam("workspaces", type_=ARRAY(Id)), bindparam("contacts", type_=ARRAY(Id)))
#: Asked with every batch that somebody is taken in or ends in: built once.
_HEARD = select(WatchedRule.workspace_id, WatchedRule.hears).where(
    WatchedRule.workspace_id.in_(bindparam("workspaces", expanding=True))
)


def hears(rule: Rule) -> list[str]:
    """Name the signals after which the rule may answer otherwise."""
    reads = rule.reads
    names = {f"attribute.{name}" for name in reads.attributes} | set(reads.events)
    names |= {f"segment.{key}" for key in reads.segments} | {f"tier.{name}" for name in reads.tiers}
    names |= {f"journey.{key}" for key in reads.journeys} | ({"tags"} if reads.tags else set())
    # Who does not want to be profiled is in nothing that a rule decides.
    return sorted(names | {"attribute.no_profiling"} | ({"timezone"} if is_local(rule) else set()))


def watch(
    session: Session,
    workspace_id: int,
    family: str,
    owner: str,
    rules: Mapping[str, Any],
    now: datetime,
) -> None:
    """Let `owner` live by these rules {part: tree}; what it lived by before and is not named is forgotten.

    A rule that is new or has changed is asked about everybody first. Raises rules.errors.BadRule, also if the owner
    would come to depend on itself. Not committed.
    """
    parsed = {part: parse(tree, part) for part, tree in rules.items()}
    circles.refuse(session, workspace_id, family, owner, parsed.values())
    query = select(WatchedRule).where(
        WatchedRule.workspace_id == workspace_id, WatchedRule.family == family, WatchedRule.owner == owner
    )
    before = {row.part: row for row in session.scalars(query.with_for_update())}
    for part, row in before.items():
        if part not in rules:
            session.delete(row)
    zones = looking.zones_of(session, workspace_id) if rules else looking.NOWHERE
    for part, rule in parsed.items():
        known = before.get(part)
        if known is None:
            known = WatchedRule(workspace_id=workspace_id, family=family, owner=owner, part=part, revision=0)
            session.add(known)
        elif known.rule == rules[part]:
            continue
        known.rule, known.hears, known.filled_to = rules[part], hears(rule), 0
        known.revision += 1
        known.looked_until, known.looking_from, known.looked_to = now, None, 0
        known.next_look = next_drift(rule, now, zones.own, zones.known)
    session.flush()


def forget(session: Session, workspace_id: int, family: str, owner: str) -> None:
    """Drop the rules of an owner that is no more."""
    watch(session, workspace_id, family, owner, {}, datetime.min)


def heard(
    session: Session,
    signals: Iterable[tuple[int, int | None, str]],
    later: Iterable[tuple[datetime, int, int | None, str]] = (),
) -> None:
    """Note the contacts of those signals (workspace, contact, name) that a watched rule of theirs hears.

    `later` are those of a time to come, (time, workspace, contact, name): their contacts are noted then once more.
    """
    given = [one for one in signals if one[1] is not None]
    coming = [one for one in later if one[2] is not None]
    workspaces = sorted({one[0] for one in given} | {one[1] for one in coming})
    if not workspaces:
        return
    names = heard_in(session, workspaces)
    note(session, {(w, c) for w, c, name in given if c is not None and name in names.get(w, ())})
    rows = {(at, w, c) for at, w, c, name in coming if c is not None and name in names.get(w, ())}
    insert_rows(
        session,
        RecheckLater.__table__,
        [{"at": at, "workspace_id": w, "contact_id": c} for at, w, c in sorted(rows)],
        skip_known=True,
    )


def heard_in(session: Session, workspaces: Sequence[int]) -> dict[int, set[str]]:
    """Name the signals that watched rules of these workspaces hear."""
    names: dict[int, set[str]] = {}
    for workspace_id, some in session.connection().execute(_HEARD, {"workspaces": workspaces}):
        names.setdefault(workspace_id, set()).update(some)
    return names


def note(session: Session, contacts: Iterable[tuple[int, int]]) -> None:
    """Have contacts (workspace, id) looked at again; those noted already are noted once more."""
    rows = sorted(set(contacts))
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        workspaces, ids = zip(*rows, strict=True)
        session.execute(_NOTE, {"workspaces": list(workspaces), "contacts": list(ids)})
        return
    insert = sqlite.insert(Recheck).on_conflict_do_update(
        index_elements=["workspace_id", "contact_id"], set_={"heard": Recheck.heard + 1}
    )
    session.execute(insert, [{"workspace_id": w, "contact_id": c, "heard": 1} for w, c in rows])


def newcomers(session: Session, workspace_id: int, ids: Sequence[int]) -> None:
    """Have contacts that were just made looked at, if the workspace watches anything."""
    watched = select(WatchedRule.id).where(WatchedRule.workspace_id == workspace_id).limit(1)
    if ids and session.scalar(watched) is not None:
        note(session, ((workspace_id, number) for number in ids))
