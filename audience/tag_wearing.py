"""Until when tags are worn, and what definitions refused; written where tags change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience.tables_tags import TagExpiry, TagRefusal
from audience.tag_shelf import Shelf, Wanted
from store.bulk import among

_PROLONG = text("""INSERT INTO tag_expiry (contact_id, tag, workspace_id, until)
SELECT * FROM unnest(CAST(:contact_id AS bigint[]), CAST(:tag AS text[]), CAST(:workspace_id AS bigint[]),
  CAST(:until AS timestamptz[]))
ON CONFLICT (contact_id, tag) DO UPDATE SET until = excluded.until""")


@dataclass(slots=True)
class Wearing:
    """What the definitions make of one contact's tags, gathered until it is written."""

    #: {tag: until when, or None once it is taken off}, of those tags that end by themselves.
    until: dict[str, datetime | None] = field(default_factory=dict)
    #: (tag, when, by whom, by which enrollment) of what was refused.
    refused: list[tuple[str, datetime, str | None, int | None]] = field(default_factory=list)


def note(wearing: Wearing, shelf: Shelf, wanted: Wanted, gone: Iterable[str], at: datetime) -> None:
    """Note until when what is put on is worn; putting it on once more prolongs it."""
    for tag in gone:
        if shelf.days(tag) is not None:
            wearing.until[tag] = None
    for tag in wanted.add:
        days = shelf.days(tag)
        if days is not None:
            wearing.until[tag] = at + timedelta(days=days)


def write(session: Session, worn: Sequence[tuple[int, int, Wearing]]) -> None:
    """Store what was noted of (workspace, contact); nothing is asked of the database if nothing was."""
    lasting = {
        (contact_id, tag): {
            "contact_id": contact_id,
            "tag": tag,
            "workspace_id": workspace_id,
            "until": until,
        }
        for workspace_id, contact_id, wearing in worn
        for tag, until in wearing.until.items()
        if until is not None
    }
    prolong(session, list(lasting.values()))
    gone = [
        (contact_id, tag) for _, contact_id, one in worn for tag, until in one.until.items() if until is None
    ]
    forget(session, gone)
    refused = [
        {
            "workspace_id": workspace_id,
            "tag": tag,
            "times": 1,
            "last_at": at,
            "by": by,
            "source_id": whose,
        }
        for workspace_id, _, wearing in worn
        for tag, at, by, whose in wearing.refused
    ]
    refuse(session, refused)


def prolong(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Let tags be worn until a time, whatever was said before."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: (row["contact_id"], row["tag"]))
    if _is_postgresql(session):
        columns = {name: [row[name] for row in ordered] for name in ordered[0]}
        session.connection().execute(_PROLONG, columns)
        return
    insert = sqlite.insert(TagExpiry)
    changed = {"until": insert.excluded.until}
    session.execute(insert.on_conflict_do_update(index_elements=["contact_id", "tag"], set_=changed), ordered)


def forget(session: Session, gone: Sequence[tuple[int, str]]) -> None:
    """Forget until when tags were to be worn that are worn no longer."""
    by_tag: dict[str, list[int]] = {}
    for contact_id, tag in gone:
        by_tag.setdefault(tag, []).append(contact_id)
    for tag, ids in sorted(by_tag.items()):
        session.execute(
            delete(TagExpiry)
            .where(TagExpiry.tag == tag, among(session, TagExpiry.contact_id, sorted(ids)))
            .execution_options(synchronize_session=False)
        )


def refuse(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Count what was refused, so that somebody can put it right."""
    if rows:
        insert = (postgresql if _is_postgresql(session) else sqlite).insert(TagRefusal)
        new = insert.excluded
        changed = {
            "times": TagRefusal.times + 1,
            "last_at": new.last_at,
            "by": new.by,
            "source_id": new.source_id,
        }
        ordered = sorted(rows, key=lambda row: (row["workspace_id"], row["tag"]))
        session.execute(
            insert.on_conflict_do_update(index_elements=["workspace_id", "tag"], set_=changed), ordered
        )


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
