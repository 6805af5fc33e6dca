"""The same tags on or off many contacts at once: those who wear the same are one statement, not a row each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from audience import known, tag_wearing
from audience.changes import Change
from audience.tables import Contact
from audience.tag_shelf import Shelf, Wanted, shelf_of
from audience.values import MOST_TAGS
from store.columns import SQLITE_TIME, UTCDateTime
from store.database import dumps

#: Fewer than this, or more different sets of tags than a part of them, and the ordinary way is as quick.
ENOUGH, PART = 16, 8

_NOW = bindparam("now", type_=UTCDateTime())
_LOCK = {
    "postgresql": text("""SELECT id, tags::text FROM contact WHERE workspace_id = :workspace AND id = ANY(:ids)
ORDER BY id FOR NO KEY UPDATE"""),
    "sqlite": text("""SELECT id, tags FROM contact WHERE workspace_id = :workspace
AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id"""),
}
_WRITE = {
    "postgresql": text(
        "UPDATE contact SET tags = CAST(:tags AS jsonb), updated_at = :now WHERE id = ANY(:ids)"
    ),
    "sqlite": text("""UPDATE contact SET tags = :tags, updated_at = :now
WHERE id IN (SELECT value FROM json_each(:ids))""").bindparams(_NOW),
}
_TELL = {
    "postgresql": text("""INSERT INTO inbox
  (workspace_id, kind, name, contact_id, source_id, occurred_at, stored_at, data, state)
SELECT :workspace, 'changed', 'tags', n.contact, n.source, n.at, :now, CAST(:data AS jsonb), 'new'
FROM unnest(CAST(:ids AS bigint[]), CAST(:sources AS bigint[]), CAST(:ats AS timestamptz[])) AS n(contact, source, at)"""),
    "sqlite": text("""INSERT INTO inbox
  (workspace_id, kind, name, contact_id, source_id, occurred_at, stored_at, data, state)
SELECT :workspace, 'changed', 'tags', json_extract(value, '$[0]'), json_extract(value, '$[1]'),
  json_extract(value, '$[2]'), :now, :data, 'new' FROM json_each(:told)""").bindparams(_NOW),
}


def fits(changes: Sequence[Change]) -> bool:
    """True if `retag` may do these: many, the same tags for all, nobody twice."""
    if len(changes) < ENOUGH:
        return False
    first = changes[0]
    return (
        all(
            (one.add is first.add or one.add == first.add)
            and (one.remove is first.remove or one.remove == first.remove)
            and not one.attributes
            and one.workspace_id == first.workspace_id
            and one.by == first.by
            for one in changes
        )
        and len({one.contact_id for one in changes}) == len(changes)
        and not set(first.add) & set(first.remove)
    )


def retag(session: Session, changes: Sequence[Change], now: datetime) -> bool:
    """Put the tags of `changes` on and take theirs off, and tell the inbox; False, with nothing written, if the
    contacts wear too many different things, would wear too much, or are not all there, or if a definition has to
    decide between tags.
    """
    first, connection = changes[0], session.connection()
    dialect = connection.dialect.name
    listed: Callable[[Sequence[int]], Any] = list if dialect == "postgresql" else dumps
    shelf = shelf_of(session, first.workspace_id)
    if shelf and shelf.settle((), first.add).add != list(first.add):
        return False
    by_id = {one.contact_id: one for one in changes}
    given = {"workspace": first.workspace_id, "ids": listed(sorted(by_id))}
    wearing: dict[str, list[int]] = defaultdict(list)
    for number, tags in connection.execute(_LOCK[dialect], given):
        wearing[tags].append(number)
    if len(wearing) * PART > len(changes) or sum(map(len, wearing.values())) < len(changes):
        return False
    plans = [(old := orjson.loads(tags), _after(old, first, shelf), ids) for tags, ids in wearing.items()]
    if any(len(new) > max(MOST_TAGS, len(old)) for old, new, _ in plans):
        return False
    replacing = [shelf.settle(old, first.add).replaced for old, _, _ in plans] if shelf else []
    if any(replacing) and any(one.source_id is not None for one in changes):
        return False  # what a definition does beyond a journey's own step is told apart
    who = {} if first.by is None else {"by": first.by}
    for old, new, ids in plans:
        if new == old:
            continue
        connection.execute(_WRITE[dialect], {"tags": dumps(new), "now": now, "ids": listed(ids)})
        some = [by_id[number] for number in ids]
        told = {
            "workspace": first.workspace_id,
            "now": now,
            "data": dumps({"field": "tags", "old": old, "new": new} | who),
            **_told(dialect, some),
        }
        connection.execute(_TELL[dialect], told)
    if shelf.knows_any((*first.add, *first.remove)):
        tag_wearing.write(session, [_worn(one, shelf) for one in changes])
    met = [(("tag", tag), dict[str, str]()) for tag in first.add]
    known.learn(session, first.workspace_id, met, now)
    for held in [held for held in session.identity_map.values() if isinstance(held, Contact)]:
        session.expire(held)  # what an object of this session remembers may be old now
    return True


def _told(dialect: str, some: Sequence[Change]) -> dict[str, Any]:
    """Whom, by which enrollment and when, as the statement wants it."""
    if dialect == "postgresql":
        ids, sources = [one.contact_id for one in some], [one.source_id for one in some]
        return {"ids": ids, "sources": sources, "ats": [one.at for one in some]}
    times = {at: at.astimezone(UTC).strftime(SQLITE_TIME) for at in {one.at for one in some}}
    return {"told": dumps([[one.contact_id, one.source_id, times[one.at]] for one in some])}


def _worn(change: Change, shelf: Shelf) -> tuple[int, int, tag_wearing.Wearing]:
    wearing = tag_wearing.Wearing()
    rivals = [tag for own in change.add if (meaning := shelf.of(own)) and meaning.exclusive
              for tag in meaning.tags() if tag not in change.add]  # fmt: skip
    tag_wearing.note(wearing, shelf, Wanted(list(change.add)), [*change.remove, *rivals], change.at)
    return change.workspace_id, change.contact_id, wearing


def _after(old: Sequence[str], change: Change, shelf: Shelf) -> list[str]:
    replaced = shelf.settle(old, change.add).replaced if shelf else ()
    return sorted((set(old) | set(change.add)) - {*change.remove, *replaced})
