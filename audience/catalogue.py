"""What a workspace really has: event names with their properties, attributes with their types, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience.known import MIXED, OWN_DOING
from audience.tables import Contact, Known
from audience.values import LONGEST_TAG, TYPES
from store.bulk import insert_rows, update_rows
from store.database import begin_write

#: How many contacts, newest first, are looked at for examples of an attribute's values.
LOOKED_AT = 2000


@dataclass(slots=True, frozen=True)
class EventType:
    """An event the workspace has met; `properties` is {name: type}, types as in values.TYPES or `mixed`."""

    name: str
    title: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    #: True if it is the contact's own doing, so that it counts as activity.
    own_doing: bool = False
    first_seen: datetime | None = None


@dataclass(slots=True, frozen=True)
class Catalogue:
    """Everything that suggestions and checks may ask of one workspace."""

    events: Mapping[str, EventType]
    #: {name: type}
    attributes: Mapping[str, str]
    tags: frozenset[str]
    #: {("attribute" | "tag" | "event", name): title}, where somebody has written one.
    titles: Mapping[tuple[str, str], str]
    #: {name: type} of customer groups' attributes, with those that every group has.
    group_attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_doing(self) -> frozenset[str]:
        """Names of the events that count as the contact's activity."""
        return frozenset(name for name, event in self.events.items() if event.own_doing)


def load(session: Session, workspace_id: int) -> Catalogue:
    """Read the workspace's catalogue in one statement."""
    events: dict[str, EventType] = {}
    attributes: dict[str, str] = {}
    of_groups: dict[str, str] = {"member_count": "number", "created_on": "date", "owner": "text"}
    tags: set[str] = set()
    titles: dict[tuple[str, str], str] = {}
    query = select(Known).where(Known.workspace_id == workspace_id).order_by(Known.name)
    for row in session.scalars(query):
        if row.title:
            titles[row.kind, row.name] = row.title
        if row.kind == "event":
            properties = row.detail.get("properties", {})
            events[row.name] = EventType(row.name, row.title, properties, row.own_doing, row.first_seen)
        elif row.kind == "attribute":
            attributes[row.name] = row.detail.get("type", MIXED)
        elif row.kind == "group_attribute":
            of_groups[row.name] = row.detail.get("type", MIXED)
        else:
            tags.add(row.name)
    return Catalogue(events, attributes, frozenset(tags), titles, of_groups)


def own_doing(session: Session, workspace_id: int) -> frozenset[str]:
    """Return the events that count as a contact's activity: those marked so, and the usual names not yet met."""
    query = select(Known.name, Known.own_doing).where(
        Known.workspace_id == workspace_id, Known.kind == "event"
    )
    met = dict(session.execute(query).all())
    return frozenset({name for name, own in met.items() if own} | (OWN_DOING - met.keys()))


def declare(
    session: Session,
    workspace_id: int,
    now: datetime,
    *,
    events: Mapping[str, Mapping[str, str]] | None = None,
    attributes: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Make names known before the first of them has come in, as a template's author does.

    `events` is {name: {property: type}}, `attributes` {name: type}, `tags` {name: title}. What is known stays.
    Raises ValueError for a type that is none of values.TYPES.
    """
    begin_write(session)
    given: list[tuple[str, str, str, dict[str, Any]]]
    given = [("event", name, "", {"properties": dict(types)}) for name, types in (events or {}).items()]
    given += [("attribute", name, "", {"type": kind}) for name, kind in (attributes or {}).items()]
    given += [("tag", name[:LONGEST_TAG], title, {}) for name, title in (tags or {}).items()]
    for _, name, _, detail in given:
        wrong = {*detail.get("properties", {}).values(), *filter(None, [detail.get("type")])} - {
            *TYPES,
            MIXED,
        }
        if wrong:
            raise ValueError(f"{name}: {sorted(wrong)[0]} is no type; use one of {', '.join(TYPES)}.")
    rows = [
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "name": name,
            "title": title,
            "detail": detail,
            "own_doing": kind == "event" and name in OWN_DOING,
            "first_seen": now,
        }
        for kind, name, title, detail in sorted(given, key=lambda row: row[:2])
    ]
    insert_rows(session, Known.__table__, rows, skip_known=True)


def describe(
    session: Session,
    workspace_id: int,
    kind: str,
    name: str,
    *,
    title: str | None = None,
    own_doing: bool | None = None,
) -> bool:
    """Give a known name a title, or mark an event as the contact's own doing; False if it is not known."""
    begin_write(session)
    row: dict[str, object] = {"workspace_id": workspace_id, "kind": kind, "name": name}
    row |= {} if title is None else {"title": title[:200]}
    row |= {} if own_doing is None else {"own_doing": own_doing}
    if len(row) == 3:
        raise ValueError("Say what to change: a title, or whether it is the contact's own doing.")
    return update_rows(session, Known.__table__, [row], ("workspace_id", "kind", "name")) == 1


def values(session: Session, workspace_id: int, attribute: str, most: int = 20) -> list[str]:
    """Return texts and numbers that recent contacts have in `attribute`, the most frequent first."""
    recent = (
        select(Contact.attributes[attribute].label("value"))
        .where(Contact.workspace_id == workspace_id)
        .order_by(Contact.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    found: dict[str, int] = {}
    for value, times in session.execute(select(recent.c.value, func.count()).group_by(recent.c.value)):
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            found[str(value)] = found.get(str(value), 0) + times
    return sorted(found, key=lambda value: (-found[value], value))[:most]
