"""What the definitions of a workspace say about tags at the moment they are put on and taken off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from audience.tables_tags import TagDefinition, TagShelf
from store.problem import Problem, problem


@dataclass(slots=True, frozen=True)
class Meaning:
    """One definition, as far as it decides what may be worn."""

    name: str
    values: tuple[str, ...] = ()
    exclusive: bool = False
    #: Days after which it is taken off.
    days: int | None = None
    #: The least role that may set it by hand: editor | owner | nobody
    by_hand: str = "editor"

    def tags(self) -> list[str]:
        """All forms in which it may be worn."""
        return [f"{self.name}={value}" for value in self.values] or [self.name]


@dataclass(slots=True, frozen=True)
class Wanted:
    """What becomes of tags that were to be put on."""

    add: list[str]
    #: Worn tags whose place is taken.
    replaced: frozenset[str] = frozenset()
    #: (place in the list, tag) of what may not be worn.
    refused: Sequence[tuple[int, str]] = ()


@dataclass(slots=True, frozen=True)
class Shelf:
    """The definitions of a workspace by name; false if there are none."""

    revision: int = 0
    meanings: Mapping[str, Meaning] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.meanings)

    def of(self, tag: str) -> Meaning | None:
        """The definition that speaks of this tag, allowed or not; None for one that nobody defined."""
        found = self.meanings.get(tag)
        if found is None and "=" in tag:
            found = self.meanings.get(tag.partition("=")[0])
            return found if found is not None and found.values else None
        return found

    def knows_any(self, tags: Iterable[str]) -> bool:
        """True if a definition speaks of one of these."""
        return any(self.of(tag) is not None for tag in tags)

    def allows(self, tag: str) -> bool:
        """False for a value that its definition does not name; what nobody defined may be worn."""
        meaning = self.of(tag)
        if meaning is None:
            return True
        return tag in meaning.tags()

    def days(self, tag: str) -> int | None:
        """After how many days the tag is taken off."""
        meaning = self.of(tag)
        return None if meaning is None else meaning.days

    def settle(self, worn: Iterable[str], add: Sequence[str]) -> Wanted:
        """What putting `add` on really means for somebody who wears `worn`; of exclusive values the last wins."""
        wanted: dict[str, None] = {}
        refused: list[tuple[int, str]] = []
        taken: dict[str, str] = {}
        for number, tag in enumerate(add):
            if not self.allows(tag):
                refused.append((number, tag))
                continue
            meaning = self.of(tag)
            if meaning is not None and meaning.exclusive:
                wanted.pop(taken.get(meaning.name, ""), None)
                taken[meaning.name] = tag
            wanted[tag] = None
        replaced = frozenset(
            tag for tag in worn if taken and (meaning := self.of(tag)) and taken.get(meaning.name, tag) != tag
        )
        return Wanted(list(wanted), replaced, refused)

    def problem(self, tag: str, path: str) -> Problem:
        """Say why a tag may not be worn, and what may."""
        meaning = self.of(tag)
        tags = meaning.tags() if meaning else []
        listed = ", ".join(tags[:10]) + (" …" if len(tags) > 10 else "")
        return problem(
            path,
            f"“{tag}”不是已定义的取值，可用：{listed}。",
            f"“{tag}” is not one of the values that its definition allows: use {listed}.",
        )


EMPTY = Shelf()
#: Per database, what this process has read there.
_read: WeakKeyDictionary[Engine, dict[int, Shelf]] = WeakKeyDictionary()
#: Asked with every batch of tags: built once.
_REVISION = select(TagShelf.revision).where(TagShelf.workspace_id == bindparam("workspace"))


def shelf_of(session: Session, workspace_id: int) -> Shelf:
    """The definitions as they are now; one look by key as long as none has changed."""
    revision = session.connection().scalar(_REVISION, {"workspace": workspace_id})
    if revision is None:
        return EMPTY
    bind = session.get_bind()
    kept = _read.setdefault(bind if isinstance(bind, Engine) else bind.engine, {})
    shelf = kept.get(workspace_id)
    if shelf is None or shelf.revision != revision:
        shelf = kept[workspace_id] = Shelf(revision, _meanings(session, workspace_id))
    return shelf


def shelves(session: Session, workspace_ids: Iterable[int]) -> dict[int, Shelf]:
    """The definitions of some workspaces."""
    return {number: shelf_of(session, number) for number in sorted(set(workspace_ids))}


def _meanings(session: Session, workspace_id: int) -> dict[str, Meaning]:
    query = select(
        TagDefinition.name,
        TagDefinition.values,
        TagDefinition.exclusive,
        TagDefinition.days,
        TagDefinition.by_hand,
    ).where(TagDefinition.workspace_id == workspace_id)
    return {
        name: Meaning(name, tuple(one["value"] for one in values), exclusive and bool(values), days, by_hand)
        for name, values, exclusive, days, by_hand in session.execute(query)
    }
