"""What stands in an export: its columns under the names by which an import knows them, and its rows as texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audience.attributes import catalogue as meant
from audience.attributes import hidden
from audience.columns import suggest
from audience.identities import of_contacts
from audience.masking import COVER, covered, masked
from audience.rule_tables import RuleTables
from audience.tables import Contact, Event, Identity, Known
from audience.tables_files import Export
from rules.conditions import parse
from rules.sql import where
from rules.zones import zone_of
from store.bulk import among
from store.database import dumps
from store.tables import Outbox, Workspace

KINDS = ("contacts", "messages", "events")
_OF_CONTACT = ("external_id", "name", "timezone", "tags")
_OF_MESSAGE = (
    "id", "external_id", "contact_name", "carrier", "content", "status", "text", "reason", "due_at", "sent_at",
)  # fmt: skip
_OF_EVENT = ("event_name", "occurred_at", "event_id", "external_id")
MOST_COLUMNS = 200


class NoColumn(ValueError):
    """There is no such column; `name` is what was asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no column {name}.")


def available(session: Session, workspace_id: int, kind: str, event: str | None = None) -> list[str]:
    """Every column that an export of this kind can have, as targets of an import where there are such."""
    if kind == "messages":
        return list(_OF_MESSAGE)
    known = select(Known.kind, Known.name, Known.detail).where(Known.workspace_id == workspace_id)
    rows = session.execute(known.order_by(Known.name)).all()
    if kind == "events":
        properties = {
            name
            for of, named, detail in rows
            if of == "event" and event in (None, named)
            for name in detail.get("properties", {})
        }
        return [*_OF_EVENT, *(f"property:{name}" for name in sorted(properties))][:MOST_COLUMNS]
    kinds = select(Identity.kind).where(Identity.workspace_id == workspace_id).distinct()
    identities = [f"identity:{one}" for one in sorted(session.scalars(kinds))]
    attributes = [f"attribute:{name}" for of, name, _ in rows if of == "attribute"]
    return [*_OF_CONTACT, *identities, *attributes, "created_at", "updated_at"][:MOST_COLUMNS]


def columns_of(
    session: Session, workspace_id: int, kind: str, asked: Sequence[str], options: Mapping[str, Any]
) -> list[str]:
    """The columns of an export: those asked for, or all but the two moments. Raises NoColumn and BadRule."""
    parse(options.get("rule") or {}, "rule")
    there = available(session, workspace_id, kind, options.get("event"))
    for name in asked:
        if name not in there:
            raise NoColumn(name)
    return list(dict.fromkeys(asked)) or [one for one in there if one not in ("created_at", "updated_at")]


def titles(kind: str, columns: Sequence[str]) -> list[str]:
    """The header: the short name of a column where an import understands it, else what it means in full."""
    if kind == "messages":
        return list(columns)
    short = [column.partition(":")[2] or column for column in columns]
    guessed = suggest(short, kind) if len(set(short)) == len(short) else {}
    return [
        name if guessed.get(name) == column or column in ("created_at", "updated_at") else column
        for name, column in zip(short, columns, strict=True)
    ]


def expected(
    session: Session, workspace_id: int, kind: str, options: Mapping[str, Any], now: datetime
) -> int:
    """How many rows there may be, for a progress bar; 0 where counting would take long."""
    if kind == "contacts" and not options.get("rule") and not options.get("segment"):
        return (
            session.scalar(
                select(func.count()).select_from(Contact).where(Contact.workspace_id == workspace_id)
            )
            or 0
        )
    return 0


def portion(session: Session, running: Export, most: int, now: datetime) -> tuple[int, list[list[str]], bool]:
    """The next rows above `running.reached`: up to where, the rows, and whether there may be more."""
    rows = session.execute(_asked(session, running, now).limit(most)).all()
    found = [row[0] for row in rows]
    if not found:
        return running.reached, [], False
    write: Callable[[Session, Export, Sequence[Any]], list[list[str]]] = {
        "contacts": _contacts,
        "messages": _messages,
        "events": _events,
    }[running.kind]
    return found[-1].id, write(session, running, found), len(found) == most


def _asked(session: Session, running: Export, now: datetime) -> Select[Any]:
    options, ws = running.options, running.workspace_id
    model: Any = {"contacts": Contact, "messages": Outbox, "events": Event}[running.kind]
    query = select(model).where(model.workspace_id == ws, model.id > running.reached).order_by(model.id)
    if running.kind == "contacts" and options.get("rule"):
        name = session.scalar(select(Workspace.timezone).where(Workspace.id == ws))
        zones = [one for one in session.scalars(select(Contact.timezone).distinct()) if one]
        query = query.where(
            where(parse(options["rule"], "rule"), RuleTables, now, zone_of(name), zones=zones)
        )
    if running.kind == "contacts" and options.get("segment"):
        member = RuleTables.member
        query = query.where(
            select(member.c.contact_id)
            .where(
                member.c.workspace_id == ws,
                member.c.contact_id == Contact.id,
                member.c.key == options["segment"],
            )
            .exists()
        )
    if running.kind == "events" and options.get("event"):
        query = query.where(Event.name == options["event"])
    return query


def _contacts(session: Session, running: Export, rows: Sequence[Contact]) -> list[list[str]]:
    names = of_contacts(session, running.workspace_id, [row.id for row in rows])
    private = hidden(meant(session, running.workspace_id).values()) if running.masked else frozenset()
    split = [column.partition(":")[::2] for column in running.columns]

    def cell(row: Contact, kind: str, name: str) -> str:
        if kind == "identity":
            first = names.get(row.id, {}).get(name, [""])[0]
            return masked(name, first) if running.masked and first else first
        if kind == "attribute":
            value = row.attributes.get(name)
            return COVER if value is not None and name in private else text_of(value)
        return text_of(getattr(row, kind))

    return [[cell(row, kind, name) for kind, name in split] for row in rows]


def _messages(session: Session, running: Export, rows: Sequence[Outbox]) -> list[list[str]]:
    people = _people(session, running.workspace_id, [row.contact_id for row in rows])
    told = []
    for row in rows:
        external, name = people.get(row.contact_id, ("", ""))
        all_of_it = {
            "id": row.id, "external_id": external, "contact_name": name, "carrier": row.carrier,
            "content": row.content, "status": row.state, "text": (row.rendered or {}).get("text", ""),
            "reason": row.reason, "due_at": row.due_at, "sent_at": row.sent_at,
        }  # fmt: skip
        told.append([text_of(all_of_it[column]) for column in running.columns])
    return told


def _events(session: Session, running: Export, rows: Sequence[Event]) -> list[list[str]]:
    people = _people(session, running.workspace_id, [row.contact_id for row in rows])
    private = hidden(meant(session, running.workspace_id).values()) if running.masked else frozenset()
    told = []
    for row in rows:
        said = covered(row.properties, private) if running.masked else row.properties
        fixed = {
            "event_name": row.name,
            "occurred_at": row.occurred_at,
            "event_id": row.event_id or f"event:{row.id}",
            "external_id": people.get(row.contact_id, ("", ""))[0],
        }
        told.append(
            [
                text_of(fixed[column] if column in fixed else said.get(column.partition(":")[2]))
                for column in running.columns
            ]
        )
    return told


def _people(session: Session, workspace_id: int, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Contact.id, Contact.external_id, Contact.name).where(
            Contact.workspace_id == workspace_id, among(session, Contact.id, sorted(set(ids)))
        )
    )
    return {number: (external or "", name) for number, external, name in rows}


def text_of(value: Any) -> str:
    """A value as a cell that an import reads back: lists with | between, moments as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(value)
    return dumps(value) if isinstance(value, list | dict) else str(value)
