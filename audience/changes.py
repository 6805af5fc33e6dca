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
from audience.tables_people import MergedContact
from audience.tag_shelf import EMPTY, Shelf, Wanted
from audience.tag_wearing import Wearing
from audience.tag_wearing import note as keep
from audience.values import MOST_ATTRIBUTES, MOST_TAGS, type_of
from store.bulk import among, insert_new, update_rows
from store.inbox import NewSignal
from store.problem import Problem, problem


@dataclass(slots=True)  # not frozen: a step makes thousands at once, and each would take three times as long
class Change:
    """What a step changes of one contact at `at`; `source_id` is the enrollment whose step it is.

    An attribute null is taken away; `add` and `remove` are tags; `by` names who else does it, as `rule:KEY`.
    """

    workspace_id: int
    contact_id: int
    at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    source_id: int | None = None
    by: str | None = None


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
    """One field that really changed: `attribute.NAME`, `tags` (lists of all tags), `timezone` or `name`."""

    row: Row
    field: str
    old: Any
    new: Any
    at: datetime
    source_id: int | None
    #: False for the attributes of a contact made in this very batch, and for names: nobody can be waiting for them.
    heard: bool = True
    #: Who did it: account:3, key:5, import:2, rule:KEY …
    by: str | None = None
    #: False for what a contact comes with that is made just now: it was nothing else before.
    changed: bool = True

    @property
    def contact_id(self) -> int:
        return self.row.id

    @property
    def workspace_id(self) -> int:
        return self.row.workspace_id

    def told(self) -> dict[str, Any]:
        """What the signal says: who changed a tag belongs to the tag's history."""
        data = {"field": self.field, "old": self.old, "new": self.new}
        return data if self.by is None or self.field != "tags" else data | {"by": self.by}

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
    #: What the definitions of tags make of it.
    wearing: Wearing = field(default_factory=Wearing)


def lock(session: Session, ids: Iterable[int], *, follow: bool = True) -> dict[int, Row]:
    """Read contacts and keep others from changing them; always in the order of their ids.

    With `follow`, who was merged into somebody else is that one's row.
    """
    wanted = sorted(ids)
    if not wanted:
        return {}
    rows = _locked(session, wanted)
    gone = [number for number in wanted if number not in rows]
    if gone and follow:
        query = select(MergedContact.old_id, MergedContact.keeper_id).where(
            among(session, MergedContact.old_id, gone), MergedContact.keeper_id.is_not(None)
        )
        keepers = {old: keeper for old, keeper in session.execute(query) if keeper is not None}
        later = {keeper for keeper in keepers.values() if keeper not in rows}
        rows |= _locked(session, sorted(later)) if later else {}
        rows |= {old: rows[keeper] for old, keeper in keepers.items() if keeper in rows}
    return rows


def _locked(session: Session, wanted: Sequence[int]) -> dict[int, Row]:
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
    shelf: Shelf = EMPTY,
    by: str | None = None,
) -> list[Noted]:
    """Change `row` by `edit` and return what really changed; what would be too much goes to `problems`, and so does
    a tag that the definitions on the `shelf` do not allow.
    """
    noted: list[Noted] = []

    def note(name: str, old: Any, value: Any, heard: bool) -> None:
        noted.append(Noted(row, name, old, value, at, source_id, heard, by, not new))
        row.touched.add(name.partition(".")[0].replace("attribute", "attributes"))

    if edit.name is not None and edit.name != row.name:
        note("name", row.name, edit.name, False)  # nobody waits for a name
        row.name = edit.name
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
    if edit.add or edit.remove:
        noted += _retag(row, edit, path, at, source_id, problems, shelf, by)
    return noted


def _retag(
    row: Row,
    edit: Edit,
    path: str,
    at: datetime,
    source_id: int | None,
    problems: list[Problem],
    shelf: Shelf,
    by: str | None,
) -> list[Noted]:
    """Put tags on and take tags off as the definitions have it."""
    wanted = shelf.settle(row.tags, edit.add) if shelf else Wanted(edit.add)
    for number, tag in wanted.refused:
        problems.append(shelf.problem(tag, f"{path}.tags.{number}"))
        row.wearing.refused.append((tag, at, by, source_id))
    plain = sorted((set(row.tags) | set(wanted.add)) - set(edit.remove))
    tags = [tag for tag in plain if tag not in wanted.replaced]
    if len(tags) > max(MOST_TAGS, len(row.tags)):
        words = f"一个联系人最多 {MOST_TAGS} 个标签。", f"A contact wears {MOST_TAGS} tags at most."
        problems.append(problem(f"{path}.tags", *words))
        return []
    if shelf:
        keep(row.wearing, shelf, wanted, {*row.tags, *edit.remove} - set(tags), at)
    steps = [(row.tags, tags, source_id, by)]
    if source_id is not None and tags != plain:
        # A journey has heard what its own step does, but not that a definition does more: that is told apart.
        steps = [(row.tags, plain, source_id, by), (plain, tags, None, "exclusive")]
    row.touched |= {"tags"} if tags != row.tags else set()
    row.tags = tags
    return [
        Noted(row, "tags", old, new, at, source, True, who) for old, new, source, who in steps if old != new
    ]


def _same(value: Any, old: Any) -> bool:
    # 1 == True in Python, but a number is no yes.
    return value == old and isinstance(value, bool) == isinstance(old, bool)


def store(session: Session, rows: Iterable[Row], now: datetime) -> None:
    """Write back the rows that were changed."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in {id(row): row for row in rows}.values():
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
            data=one.told(),
            contact_id=one.contact_id,
            source_id=one.source_id,
        )
        for one in noted
        if one.heard
    ]
