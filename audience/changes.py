"""Applying edits to locked contacts, and what each change tells the rest of the house."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import known
from audience.tables import Contact
from audience.values import MOST_ATTRIBUTES, MOST_TAGS, type_of
from store.bulk import among, insert_new, update_rows
from store.inbox import NewSignal
from store.problem import Problem, problem


@dataclass(slots=True, frozen=True)
class Change:
    """What a step changes of one contact at `at`; `source_id` is the enrollment whose step it is.

    An attribute null is taken away; `add` and `remove` are tags.
    """

    workspace_id: int
    contact_id: int
    at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    source_id: int | None = None


@dataclass(slots=True)
class Edit:
    """What is to become of one contact, checked already; None leaves a field as it is."""

    name: str | None = None
    timezone: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Noted:
    """One field that really changed: `attribute.NAME`, `tags` (lists of all tags) or `timezone`."""

    row: Row
    field: str
    old: Any
    new: Any
    at: datetime
    source_id: int | None
    #: False for the attributes of a contact made in this very batch: nobody can be waiting for them.
    heard: bool = True

    @property
    def contact_id(self) -> int:
        return self.row.id

    @property
    def workspace_id(self) -> int:
        return self.row.workspace_id

    def teaches(self) -> Iterator[tuple[known.Name, known.Types]]:
        """Name what the workspace may meet here for the first time."""
        if self.field == "tags":
            for tag in self.new:
                if tag not in self.old:
                    yield ("tag", tag), {}
        elif self.field.startswith("attribute.") and self.new is not None:
            yield ("attribute", self.field.removeprefix("attribute.")), {"": type_of(self.new)}


@dataclass(slots=True)
class Row:
    """A contact's row, locked until the transaction ends; its id is 0 until it has one."""

    id: int
    workspace_id: int
    name: str = ""
    timezone: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    #: The columns that differ from what is stored.
    touched: set[str] = field(default_factory=set)


def lock(session: Session, ids: Iterable[int]) -> dict[int, Row]:
    """Read contacts and keep others from changing them; always in the order of their ids."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    columns = (
        Contact.id,
        Contact.workspace_id,
        Contact.name,
        Contact.timezone,
        Contact.attributes,
        Contact.tags,
    )
    query = select(*columns).where(among(session, Contact.id, wanted)).order_by(Contact.id)
    return {row.id: Row(*row) for row in session.execute(query.with_for_update(key_share=True))}


def apply(
    row: Row,
    edit: Edit,
    path: str,
    at: datetime,
    source_id: int | None,
    problems: list[Problem],
    *,
    new: bool = False,
) -> list[Noted]:
    """Change `row` by `edit` and return what really changed; what would be too much goes to `problems`."""
    noted: list[Noted] = []

    def note(name: str, old: Any, value: Any, heard: bool) -> None:
        noted.append(Noted(row, name, old, value, at, source_id, heard))
        row.touched.add(name.partition(".")[0].replace("attribute", "attributes"))

    if edit.name is not None and edit.name != row.name:
        row.name = edit.name
        row.touched.add("name")
    if edit.timezone is not None and edit.timezone != row.timezone:
        note("timezone", row.timezone, edit.timezone, not new)
        row.timezone = edit.timezone
    for name, value in edit.attributes.items():
        old = row.attributes.get(name)
        if _same(value, old):
            continue
        if value is None:
            del row.attributes[name]
        elif name not in row.attributes and len(row.attributes) >= MOST_ATTRIBUTES:
            words = (
                f"一个联系人最多 {MOST_ATTRIBUTES} 个属性。",
                f"A contact has {MOST_ATTRIBUTES} attributes at most.",
            )
            problems.append(problem(f"{path}.attributes.{name}", *words))
            continue
        else:
            row.attributes[name] = value
        note(f"attribute.{name}", old, value, not new)
    tags = sorted((set(row.tags) | set(edit.add)) - set(edit.remove))
    if len(tags) > max(MOST_TAGS, len(row.tags)):
        words = f"一个联系人最多 {MOST_TAGS} 个标签。", f"A contact wears {MOST_TAGS} tags at most."
        problems.append(problem(f"{path}.tags", *words))
    elif tags != row.tags:
        note("tags", row.tags, tags, True)
        row.tags = tags
    return noted


def _same(value: Any, old: Any) -> bool:
    # 1 == True in Python, but a number is no yes.
    return value == old and isinstance(value, bool) == isinstance(old, bool)


def store(session: Session, rows: Iterable[Row], now: datetime) -> None:
    """Write back the rows that were changed."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if row.touched:
            columns = tuple(sorted(row.touched))
            values = {column: getattr(row, column) for column in columns}
            alike.setdefault(columns, []).append({"id": row.id, "updated_at": now, **values})
    for changed in alike.values():
        update_rows(session, Contact.__table__, changed)
    for held in [held for held in session.identity_map.values() if isinstance(held, Contact)]:
        session.expire(held)  # what an object of this session remembers may be old now


def insert(session: Session, rows: Sequence[Row], external_ids: Sequence[str | None], now: datetime) -> None:
    """Store new contacts as they have become, and give their rows ids."""
    columns = ("workspace_id", "name", "timezone", "attributes", "tags")
    made = [
        {column: getattr(row, column) for column in columns}
        | {"external_id": external_id, "created_at": now, "updated_at": now}
        for row, external_id in zip(rows, external_ids, strict=True)
    ]
    for row, number in zip(rows, insert_new(session, Contact.__table__, made), strict=True):
        row.id = number


def changed_signals(noted: Iterable[Noted]) -> list[NewSignal]:
    """Turn changes into signals: `changed` with {field, old, new}, and `retimed` for a new time zone."""
    return [
        NewSignal(
            workspace_id=one.workspace_id,
            kind="retimed" if one.field == "timezone" else "changed",
            name=one.field,
            occurred_at=one.at,
            data={"field": one.field, "old": one.old, "new": one.new},
            contact_id=one.contact_id,
            source_id=one.source_id,
        )
        for one in noted
        if one.heard
    ]
