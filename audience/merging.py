"""Two contacts that are one person become one: who stays, which value wins, and what moves.

The older contact stays (the lower id). Where both have an attribute, a name or a time zone, the value of the one
changed last wins, and what one of them lacks comes from the other. Tags are united. Consent is the stricter of the
two. Everything else of `audience/belongings.py` moves to the keeper; who comes by the old id later finds him by the
tombstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from audience import attribute_history, keeping
from audience.belongings import move, tables
from audience.changes import Edit, Noted, Row, apply, changed_signals, lock, store
from audience.identities import EXTERNAL, wait_for_turn
from audience.tables import Contact, Identity
from audience.tables_people import ConsentChange, MergedContact
from rules.contact_policy import CARRIERS
from store.bulk import among
from store.database import begin_write
from store.inbox import put, wait_for_intake

#: Attributes of which the stricter value wins: true if either says so.
STRICT = frozenset({"no_marketing", "no_profiling", "blocked"} | {f"no_{carrier}" for carrier in CARRIERS})
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Union:
    """What a merge makes of two contacts: `values` {attribute: value} of the keeper that change."""

    keep: int
    drop: int
    name: str
    timezone: str | None
    values: Mapping[str, Any]
    tags: list[str]


def take_turn(session: Session, workspace_id: int) -> None:
    """Wait until no signal is being taken in and no person is being added, and keep it so until the end.

    The first thing of a transaction that merges or erases: everybody else takes these turns in the same order.
    """
    begin_write(session)
    wait_for_intake(session)
    wait_for_turn(session, workspace_id)


def plan(session: Session, workspace_id: int, one: int, other: int) -> Union | None:
    """Say what merging two contacts would make of them; None if one of them is not there."""
    query = select(Contact).where(Contact.workspace_id == workspace_id, Contact.id.in_((one, other)))
    rows = {row.id: row for row in session.scalars(query)}
    if len(rows) < 2:
        return None
    keeper, loser = rows[one], rows[other]
    newer = loser if (loser.updated_at, loser.id) > (keeper.updated_at, keeper.id) else keeper
    older = keeper if newer is loser else loser
    values = {**older.attributes, **newer.attributes}
    for name in STRICT & values.keys():
        if any(_yes(row.attributes.get(name)) for row in rows.values()):
            values[name] = True
    changed = {
        name: value
        for name, value in values.items()
        if name not in keeper.attributes or keeper.attributes[name] != value
    }
    return Union(
        keep=keeper.id,
        drop=loser.id,
        name=newer.name or older.name,
        timezone=newer.timezone or older.timezone,
        values=changed,
        tags=sorted({*keeper.tags, *loser.tags}),
    )


def unite(session: Session, workspace_id: int, keep: int, drop: int, by: str, now: datetime) -> bool:
    """Make `keep` of both; the turns are taken and the enrollments dealt with. False if one is not there.

    Nothing is committed.
    """
    rows = lock(session, {keep, drop}, follow=False)
    made = plan(session, workspace_id, keep, drop) if len(rows) == 2 else None
    if made is None:
        return False
    loser = session.execute(
        select(Contact.external_id, Contact.tiers, Contact.tags).where(Contact.id == drop)
    ).one()
    for one, table in tables():
        if one.merge in ("move", "drop"):
            move(session, one, table, keep, drop)
    _uncount_tags(session, workspace_id, loser.tags)
    noted = _apply(session, rows[keep], made, by, now)
    # The tombstones of those merged before point at whoever is there.
    session.execute(update(MergedContact).where(MergedContact.keeper_id == drop).values(keeper_id=keep))
    session.execute(
        insert(MergedContact).values(
            old_id=drop, workspace_id=workspace_id, keeper_id=keep, at=now, by=by[:120], swept_at=now
        )
    )
    session.execute(delete(Contact).where(Contact.id == drop))
    _keep_own_id(session, workspace_id, keep, loser.external_id)
    _keep_tiers(session, keep, loser.tiers)
    _say_consent(session, workspace_id, made, by, now)
    put(session, changed_signals(noted), now)
    keeping.note(session, [(workspace_id, keep)])
    session.expire_all()
    return True


def _apply(session: Session, row: Row, made: Union, by: str, now: datetime) -> list[Noted]:
    edit = Edit(name=made.name, timezone=made.timezone, attributes=dict(made.values), add=made.tags)
    noted = apply(row, edit, "", now, None, [], by=by[:120])
    store(session, [row], now)
    attribute_history.write(session, noted)
    return noted


def _uncount_tags(session: Session, workspace_id: int, tags: Iterable[str]) -> None:
    """Take the tags of somebody who is no more off the numbers kept of them."""
    fewer = text("UPDATE tag_count SET worn = worn - 1 WHERE workspace_id = :workspace AND tag = :tag")
    for tag in tags:
        session.execute(fewer, {"workspace": workspace_id, "tag": tag})


def _keep_own_id(session: Session, workspace_id: int, keep: int, external_id: str | None) -> None:
    """Let the keeper be found by the own id of the other too."""
    if external_id is None:
        return
    mine = session.scalar(select(Contact.external_id).where(Contact.id == keep))
    if mine is None:
        session.execute(update(Contact).where(Contact.id == keep).values(external_id=external_id))
    else:
        row = {
            "workspace_id": workspace_id,
            "contact_id": keep,
            "kind": EXTERNAL,
            "value": external_id,
        }
        session.execute(insert(Identity).values(row))


def _keep_tiers(session: Session, keep: int, tiers: Mapping[str, str]) -> None:
    mine = session.scalar(select(Contact.tiers).where(Contact.id == keep)) or {}
    session.execute(update(Contact).where(Contact.id == keep).values(tiers={**tiers, **mine}))


def _say_consent(session: Session, workspace_id: int, made: Union, by: str, now: datetime) -> None:
    for name, value in made.values.items():
        if name in STRICT and _yes(value) and name != "blocked":
            session.add(
                ConsentChange(
                    workspace_id=workspace_id,
                    contact_id=made.keep,
                    topic=name.removeprefix("no_"),
                    granted=False,
                    at=now,
                    by=by[:120],
                    source="merge",
                    note="",
                )
            )
    session.flush()


def _yes(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "y", "是")


def keepers(session: Session, ids: Iterable[int], workspace_id: int | None = None) -> dict[int, int | None]:
    """Of those contacts (of a workspace) that are no more: into whom each was merged; None if he was erased."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = select(MergedContact.old_id, MergedContact.keeper_id).where(
        among(session, MergedContact.old_id, wanted)
    )
    if workspace_id is not None:
        query = query.where(MergedContact.workspace_id == workspace_id)
    return {row.old_id: row.keeper_id for row in session.execute(query)}
