"""What is worn now: definitions with their values and numbers, and tags that nobody has defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables import Contact, Known
from audience.tables_tags import TagChange, TagCount, TagDefinition, TagExpiry
from audience.tag_shelf import shelf_of
from store.bulk import among


@dataclass(slots=True, frozen=True)
class Value:
    """One form in which a definition's tag is worn, and by how many; `allowed` is false for one of before."""

    tag: str
    value: str
    title: str
    worn: int
    allowed: bool = True


@dataclass(slots=True)
class Defined:
    """A definition and who wears it."""

    definition: TagDefinition
    values: list[Value] = field(default_factory=list)

    @property
    def worn(self) -> int:
        """How often it is worn; a contact with two values counts twice."""
        return sum(one.worn for one in self.values)


@dataclass(slots=True, frozen=True)
class Worn:
    """A tag on a contact: since when, by whom, and until when."""

    tag: str
    since: datetime | None = None
    by: str | None = None
    enrollment_id: int | None = None
    until: datetime | None = None


def worn_counts(session: Session, workspace_id: int) -> dict[str, int]:
    """{tag: how many wear it now}, of those that anybody wears or wore."""
    query = select(TagCount.tag, TagCount.worn).where(TagCount.workspace_id == workspace_id)
    return dict(session.execute(query).all())


def defined(session: Session, workspace_id: int, rows: Sequence[TagDefinition]) -> list[Defined]:
    """These definitions with their numbers."""
    counts = worn_counts(session, workspace_id)
    strays: dict[str, list[str]] = {}
    for tag, worn in counts.items():
        name, equals, _ = tag.partition("=")
        if worn and equals:
            strays.setdefault(name, []).append(tag)
    return [_defined(row, counts, strays.get(row.name, ())) for row in rows]


def _defined(row: TagDefinition, counts: Mapping[str, int], others: Iterable[str]) -> Defined:
    if not row.values:
        return Defined(row, [Value(row.name, "", row.title, counts.get(row.name, 0))])
    allowed = {f"{row.name}={one['value']}": one for one in row.values}
    values = [Value(tag, one["value"], one["title"], counts.get(tag, 0)) for tag, one in allowed.items()]
    old = [tag for tag in (row.name, *sorted(others)) if tag not in allowed and counts.get(tag, 0)]
    return Defined(
        row, values + [Value(tag, tag.partition("=")[2], "", counts[tag], allowed=False) for tag in old]
    )


def undefined(session: Session, workspace_id: int) -> list[tuple[str, str, int]]:
    """(tag, title, how many wear it) of tags that were met and that no definition speaks of, most worn first."""
    shelf, counts = shelf_of(session, workspace_id), worn_counts(session, workspace_id)
    query = select(Known.name, Known.title).where(Known.workspace_id == workspace_id, Known.kind == "tag")
    found = {name: title for name, title in session.execute(query) if shelf.of(name) is None}
    return sorted(
        ((name, title, counts.get(name, 0)) for name, title in found.items()),
        key=lambda one: (-one[2], one[0]),
    )


def worn_by(session: Session, workspace_id: int, contact_id: int) -> list[Worn]:
    """The tags of one contact with their newest history."""
    mine = (Contact.workspace_id == workspace_id, Contact.id == contact_id)
    tags: list[str] = session.scalar(select(Contact.tags).where(*mine)) or []
    query = (
        select(TagChange)
        .where(
            TagChange.workspace_id == workspace_id,
            TagChange.contact_id == contact_id,
            among(session, TagChange.tag, tags),
        )
        .order_by(TagChange.id)
    )
    last = {row.tag: row for row in session.scalars(query) if row.put_on}
    lasting = select(TagExpiry.tag, TagExpiry.until).where(
        TagExpiry.workspace_id == workspace_id, TagExpiry.contact_id == contact_id
    )
    until: dict[str, datetime] = dict(session.execute(lasting).all())
    return [
        Worn(tag, row.at, row.by, row.enrollment_id, until.get(tag))
        if (row := last.get(tag))
        else Worn(tag, until=until.get(tag))
        for tag in tags
    ]


def titles(session: Session, workspace_id: int) -> dict[str, tuple[dict[str, str], str]]:
    """{name of a definition: ({tag: title}, category)}"""
    rows = session.scalars(select(TagDefinition).where(TagDefinition.workspace_id == workspace_id))
    found = {}
    for row in rows:
        title = row.title or row.name
        forms = {
            f"{row.name}={one['value']}": f"{title}：{one['title'] or one['value']}" for one in row.values
        }
        found[row.name] = (forms or {row.name: title}, row.category)
    return found
