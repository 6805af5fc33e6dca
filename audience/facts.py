"""What rules and texts may know of many contacts, read at once and no more of it than is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import literal, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql import func
from sqlalchemy.sql.elements import ColumnElement

from audience.tables import Contact, Event
from store.bulk import among

#: Happenings of one name: (time, inbox id, properties), ascending.
History = Sequence[tuple[datetime, int, Mapping[str, Any]]]


class Wanted(Protocol):
    """What is to be read; the reads of a plan have this shape. `attributes` None means all of them."""

    @property
    def attributes(self) -> Iterable[str] | None: ...
    @property
    def tags(self) -> bool: ...
    @property
    def events(self) -> Iterable[str]: ...


class Everything(NamedTuple):
    """Reads all attributes and the tags, and the history of the events named."""

    attributes: None = None
    tags: bool = True
    events: frozenset[str] = frozenset()


class ContactFacts(NamedTuple):
    """One contact's facts; `zone` is the name of a time zone or None, `history` by event name."""

    attributes: dict[str, Any]
    tags: list[str]
    zone: str | None
    history: dict[str, list[tuple[datetime, int, dict[str, Any]]]]


def load(
    session: Session, workspace_id: int, contact_ids: Iterable[int], reads: Wanted
) -> dict[int, ContactFacts]:
    """Return the facts of those contacts of the workspace that exist, by id.

    One statement for the contacts, and one for their events if `reads.events` names any.
    """
    ids = list(contact_ids)
    if not ids:
        return {}
    names = None if reads.attributes is None else sorted(reads.attributes)
    columns: list[Any] = [Contact.id, _attributes(session, names)]
    columns += [Contact.tags if reads.tags else null(), Contact.timezone]
    query = select(*columns).where(Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
    wanted = None if names is None else frozenset(names)
    facts = {row.id: _of_row(row, wanted) for row in session.execute(query)}
    events = sorted(reads.events)
    if events and facts:
        add_history(session, workspace_id, facts, events)
    return facts


def _attributes(session: Session, names: list[str] | None) -> ColumnElement[Any]:
    """Return the column of attributes; PostgreSQL picks out the named ones itself, 50 to a call."""
    if names is not None and not names:
        return null()
    if names is None or session.get_bind().dialect.name != "postgresql" or len(names) > 50:
        return Contact.attributes  # type: ignore[return-value]
    pairs = [part for name in names for part in (literal(name), Contact.attributes[name])]
    return func.jsonb_build_object(*pairs, type_=JSONB())


def _of_row(row: Any, names: frozenset[str] | None) -> ContactFacts:
    attributes = row[1] or {}
    if names is not None:
        attributes = {
            name: value for name, value in attributes.items() if name in names and value is not None
        }
    return ContactFacts(attributes, row[2] or [], row[3], {})


def add_history(
    session: Session, workspace_id: int, facts: dict[int, ContactFacts], events: list[str]
) -> None:
    query = (
        select(Event.contact_id, Event.name, Event.occurred_at, Event.id, Event.properties)
        .where(
            Event.workspace_id == workspace_id,
            among(session, Event.contact_id, facts),
            among(session, Event.name, events),
        )
        .order_by(Event.contact_id, Event.occurred_at, Event.id)
    )
    for contact_id, name, at, number, properties in session.execute(query):
        facts[contact_id].history.setdefault(name, []).append((at, number, properties))
