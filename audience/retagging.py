"""The same tags on or off many contacts at once: those who wear the same are one statement, not a row each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from audience import known, tag_wearing
from audience.changes import Change
from audience.tables import Contact
from audience.tag_shelf import Shelf, Wanted, shelf_of
from audience.values import MOST_TAGS
from store.database import dumps

#: Fewer than this, or more different sets of tags than a part of them, and the ordinary way is as quick.
ENOUGH, PART = 16, 8

_LOCK = text("""SELECT id, tags::text FROM contact WHERE workspace_id = :workspace AND id = ANY(:ids)
ORDER BY id FOR NO KEY UPDATE""")
_WRITE = text("UPDATE contact SET tags = CAST(:tags AS jsonb), updated_at = :now WHERE id = ANY(:ids)")
_TELL = text("""INSERT INTO inbox (workspace_id, kind, name, contact_id, source_id, occurred_at, stored_at, data, state)
SELECT :workspace, 'changed', 'tags', n.contact, n.source, n.at, :now, CAST(:data AS jsonb), 'new'
FROM unnest(CAST(:ids AS bigint[]), CAST(:sources AS bigint[]), CAST(:ats AS timestamptz[])) AS n(contact, source, at)""")


def fits(session: Session, changes: Sequence[Change]) -> bool:
    """True if `retag` may do these: on PostgreSQL, many, the same tags for all, nobody twice."""
    if len(changes) < ENOUGH or session.get_bind().dialect.name != "postgresql":
        return False
    first = changes[0]
    same = (first.workspace_id, first.add, first.remove, first.by)
    return (
        all(not one.attributes and (one.workspace_id, one.add, one.remove, one.by) == same for one in changes)
        and len({one.contact_id for one in changes}) == len(changes)
        and not set(first.add) & set(first.remove)
    )


def retag(session: Session, changes: Sequence[Change], now: datetime) -> bool:
    """Put the tags of `changes` on and take theirs off, and tell the inbox; False, with nothing written, if the
    contacts wear too many different things, would wear too much, or are not all there, or if a definition has to
    decide between tags.
    """
    first, connection = changes[0], session.connection()
    shelf = shelf_of(session, first.workspace_id)
    if shelf and shelf.settle((), first.add).add != list(first.add):
        return False
    by_id = {one.contact_id: one for one in changes}
    given = {"workspace": first.workspace_id, "ids": sorted(by_id)}
    wearing: dict[str, list[int]] = defaultdict(list)
    for number, tags in connection.execute(_LOCK, given):
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
        connection.execute(_WRITE, {"tags": dumps(new), "now": now, "ids": ids})
        some = [by_id[number] for number in ids]
        told = {
            "workspace": first.workspace_id,
            "now": now,
            "data": dumps({"field": "tags", "old": old, "new": new} | who),
            "ids": ids,
            "sources": [one.source_id for one in some],
            "ats": [one.at for one in some],
        }
        connection.execute(_TELL, told)
    if shelf.knows_any((*first.add, *first.remove)):
        tag_wearing.write(session, [_worn(one, shelf) for one in changes])
    met = [(("tag", tag), dict[str, str]()) for tag in first.add]
    known.learn(session, first.workspace_id, met, now)
    for held in [held for held in session.identity_map.values() if isinstance(held, Contact)]:
        session.expire(held)  # what an object of this session remembers may be old now
    return True


def _worn(change: Change, shelf: Shelf) -> tuple[int, int, tag_wearing.Wearing]:
    wearing = tag_wearing.Wearing()
    rivals = [tag for own in change.add if (meaning := shelf.of(own)) and meaning.exclusive
              for tag in meaning.tags() if tag not in change.add]  # fmt: skip
    tag_wearing.note(wearing, shelf, Wanted(list(change.add)), [*change.remove, *rivals], change.at)
    return change.workspace_id, change.contact_id, wearing


def _after(old: Sequence[str], change: Change, shelf: Shelf) -> list[str]:
    replaced = shelf.settle(old, change.add).replaced if shelf else ()
    return sorted((set(old) | set(change.add)) - {*change.remove, *replaced})
