"""What rules and texts may know of many contacts, read at once and no more of it than is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import literal, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql import func
from sqlalchemy.sql.elements import ColumnElement

from audience.matchings import widen
from audience.tables import Contact, Event
from audience.tables_segments import Segment, SegmentMember
from rules.matching import Matching
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
    @property
    def segments(self) -> Set[str]: ...
    @property
    def tiers(self) -> Set[str]: ...
    @property
    def scenes(self) -> Set[str]: ...


class Everything(NamedTuple):
    """Reads all attributes and the tags, and the history of the events named."""

    attributes: None = None
    tags: bool = True
    events: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    scenes: frozenset[str] = frozenset()


class ContactFacts(NamedTuple):
    """One contact's facts; `zone` is the name of a time zone or None, `history` by event name."""

    attributes: dict[str, Any]
    tags: list[str]
    zone: str | None
    history: dict[str, list[tuple[datetime, int, dict[str, Any]]]]
    #: Of the segments and dimensions that were asked for.
    segments: Set[str] = frozenset()
    tiers: Mapping[str, str] = {}
    matchings: Mapping[str, Matching] = {}


def load(
    session: Session, workspace_id: int, contact_ids: Iterable[int], reads: Wanted
) -> dict[int, ContactFacts]:
    """Return the facts of those contacts of the workspace that exist, by id.

    One statement for the contacts, one for their events if `reads.events` names any, and one each for segments
    and tiers.
    """
    ids = list(contact_ids)
    if not ids:
        return {}
    if reads.scenes:
        reads, tables = widen(session, workspace_id, reads)
        found = load(session, workspace_id, ids, reads)
        return {number: one._replace(matchings=tables) for number, one in found.items()}
    names = None if reads.attributes is None else sorted(reads.attributes)
    columns: list[Any] = [Contact.id, _attributes(session, names)]
    columns += [Contact.tags if reads.tags else null(), Contact.timezone]
    query = select(*columns).where(Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
    wanted = None if names is None else frozenset(names)
    facts = {row.id: _of_row(row, wanted) for row in session.execute(query)}
    if facts and (reads.segments or reads.tiers):
        for number, (segments, tiers) in belongings(session, workspace_id, facts, reads).items():
            facts[number] = facts[number]._replace(segments=segments, tiers=tiers)
    events = sorted(reads.events)
    if events and facts:
        add_history(session, workspace_id, facts, events)
    return facts


def belongings(
    session: Session, workspace_id: int, contact_ids: Iterable[int], reads: Wanted
) -> dict[int, tuple[Set[str], Mapping[str, str]]]:
    """Return the segments and {dimension: level} of contacts, of those that are asked for.

    What is alike for several is one object, so that those who know alike are told quickly.
    """
    ids = list(contact_ids)
    keys: dict[int, set[str]] = {}
    levels: dict[int, dict[str, str]] = {}
    if reads.segments:
        query = (
            select(SegmentMember.contact_id, Segment.key)
            .join(Segment, Segment.id == SegmentMember.segment_id)
            .where(
                Segment.workspace_id == workspace_id,
                among(session, Segment.key, sorted(reads.segments)),
                among(session, SegmentMember.contact_id, ids),
            )
        )
        for number, key in session.execute(query):
            keys.setdefault(number, set()).add(key)
    if reads.tiers:
        asked = select(Contact.id, Contact.tiers)
        for number, tiers in session.execute(
            asked.where(Contact.workspace_id == workspace_id, among(session, Contact.id, ids))
        ):
            levels[number] = {name: level for name, level in (tiers or {}).items() if name in reads.tiers}
    sets: dict[frozenset[str], frozenset[str]] = {}
    maps: dict[frozenset[tuple[str, str]], dict[str, str]] = {}
    found: dict[int, tuple[Set[str], Mapping[str, str]]] = {}
    for number in ids:
        inside, level = frozenset(keys.get(number, ())), levels.get(number, {})
        found[number] = (sets.setdefault(inside, inside), maps.setdefault(frozenset(level.items()), level))
    return found


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
