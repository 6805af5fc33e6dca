"""Rows of a file become contacts: plain new ones together and at once, all others as `contacts.upsert` takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audience import new_contacts
from audience.changes import lock
from audience.contacts import upsert
from audience.file_rows import contact_of, problems_of
from audience.identities import EXTERNAL, Key, read_keys, wait_for_turn
from audience.import_errors import Wrong
from audience.plain_rows import Plain, Read, glance
from audience.staging import clean
from audience.tables_people import AttributeType, MergedContact, Suppressed
from audience.tables_tags import TagDefinition
from store.bulk import among
from store.database import dumps

AT_ONCE = 1000
#: What these say of a contact is written down by itself, so that a row that names them is no plain one.
CAREFUL = frozenset({"no_marketing", "no_profiling", "blocked_carriers"})


@dataclass(slots=True)
class Taken:
    """What became of some rows; `ids` are the contacts of those that were taken."""

    created: int = 0
    updated: int = 0
    failed: int = 0
    problems: list[Wrong] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


def take(
    session: Session,
    workspace_id: int,
    columns: Sequence[str],
    mapping: Mapping[str, str],
    rows: Sequence[list[str]],
    first_row: int,
    now: datetime,
    by: str | None = None,
    read: Read | None = None,
) -> Taken:
    """Make or change the contacts of rows that stand in the file from `first_row` on. Nothing is committed.

    `read` is what a glance at just these rows has found, where somebody has had one.

    The same as giving all of them to `contacts.upsert`, and ten times as fast where they are new.
    """
    if read is None and may_hurry(session, workspace_id, mapping):
        read = glance(columns, mapping, rows)
    wait_for_turn(session, workspace_id)
    if read is not None and not may_hurry(session, workspace_id, mapping):
        read = None  # somebody was erased, or something laid down, while it was being read
    plain = read.plain if read is not None else {}
    others = dict(_closely(columns, mapping, rows, plain))
    keys = [key for one in plain.values() for key in one.keys]
    keys += [key for one in others.values() for key in set(one.keys)]
    known = owners(session, workspace_id, keys)
    fresh = _alone(plain, keys, known)
    taken = Taken()
    if read is not None:
        people = list(fresh.values())
        taken.ids = new_contacts.add(session, workspace_id, people, read.taught_by(people), now, by)
        taken.created = len(taken.ids)
    rest = _rest(columns, mapping, rows, plain, fresh, others)
    lock(session, set(known.values()))  # in one order, however many batches follow
    _slowly(session, workspace_id, mapping, rest, first_row, now, by, taken)
    return taken


def _alone(plain: Mapping[int, Plain], keys: Sequence[Key], known: Mapping[Key, int]) -> dict[int, Plain]:
    """The rows none of whose names is known, or stands in another row."""
    shared = {key for key, times in Counter(keys).items() if times > 1} | known.keys()
    if not shared:
        return dict(plain)
    return {number: one for number, one in plain.items() if shared.isdisjoint(one.keys)}


#: Who bears these names, for thousands of names at once: they travel as one JSON text.
_BEARERS = {
    "postgresql": "jsonb_array_elements_text(CAST(:names AS jsonb)) AS n(value)",
    "sqlite": "json_each(:names) AS n",
}


def owners(session: Session, workspace_id: int, keys: Sequence[Key]) -> dict[Key, int]:
    """Return, of those names that the workspace knows, each one's contact."""
    names = _BEARERS[session.get_bind().dialect.name]
    by_kind: dict[str, list[str]] = {}
    for kind, value in keys:
        by_kind.setdefault(kind, []).append(value)
    found: dict[Key, int] = {}
    merged = select(MergedContact.old_id).where(MergedContact.workspace_id == workspace_id).limit(1)
    # Of a contact that was merged, the own ids of the others are identities like any other.
    aliases = EXTERNAL in by_kind and session.scalar(merged) is not None
    asks = sorted(by_kind.items()) + ([("", by_kind[EXTERNAL])] if aliases else [])
    for kind, values in asks:
        given = {"workspace": workspace_id, "names": dumps(values)}
        if kind == EXTERNAL:
            asked = (
                f"SELECT c.external_id, c.id FROM {names} JOIN contact c"
                " ON c.workspace_id = :workspace AND c.external_id = n.value"
            )
        else:
            kind = kind or EXTERNAL
            given["kind"] = kind
            asked = (
                f"SELECT i.value, i.contact_id FROM {names} JOIN identity i"
                " ON i.workspace_id = :workspace AND i.kind = :kind AND i.value = n.value"
            )
        found.update({(kind, value): number for value, number in session.execute(text(asked), given)})
    return found


def may_hurry(session: Session, workspace_id: int, mapping: Mapping[str, str]) -> bool:
    """True if nothing that the workspace has laid down says more of these columns than their types."""
    targets = [target.split(":") for target in mapping.values()]
    attributes = {target[1] for target in targets if target[0] == "attribute"}
    if attributes & CAREFUL:
        return False
    asked: list[Any] = [select(Suppressed.digest).where(Suppressed.workspace_id == workspace_id)]
    if ["tags"] in targets:
        asked.append(select(TagDefinition.id).where(TagDefinition.workspace_id == workspace_id))
    if attributes:
        asked.append(
            select(AttributeType.id).where(
                AttributeType.workspace_id == workspace_id, among(session, AttributeType.name, attributes)
            )
        )
    return all(session.scalar(one.limit(1)) is None for one in asked)


@dataclass(slots=True)
class _Close:
    """A row looked at closely: a contact for upsert with its names, or what is wrong with it."""

    contact: dict[str, Any]
    keys: list[Key]
    wrong: list[tuple[str, dict[str, str]]]


def _closely(
    columns: Sequence[str], mapping: Mapping[str, str], rows: Sequence[list[str]], plain: Mapping[int, Plain]
) -> Iterator[tuple[int, _Close]]:
    for number, raw in enumerate(rows):
        if number in plain:
            continue
        row = [clean(cell) for cell in raw]
        if not any(row):
            continue  # an empty line is nobody
        contact, wrong = contact_of(columns, mapping, row)
        keys, problems = read_keys(contact.get("external_id"), contact["identities"], "")
        yield number, _Close(contact, [] if problems or wrong else keys, wrong)


def _rest(
    columns: Sequence[str],
    mapping: Mapping[str, str],
    rows: Sequence[list[str]],
    plain: Mapping[int, Plain],
    fresh: Mapping[int, Plain],
    others: Mapping[int, _Close],
) -> list[tuple[int, _Close]]:
    """Everything but what is in already, in the order of the file."""
    again = [number for number in plain if number not in fresh]
    read = {
        number: _Close(contact_of(columns, mapping, [clean(cell) for cell in rows[number]])[0], [], [])
        for number in again
    }
    return sorted({**others, **read}.items())


def _slowly(
    session: Session,
    workspace_id: int,
    mapping: Mapping[str, str],
    rest: Sequence[tuple[int, _Close]],
    first_row: int,
    now: datetime,
    by: str | None,
    taken: Taken,
) -> None:
    refused: set[int] = set()
    good: list[tuple[int, dict[str, Any]]] = []
    for number, one in rest:
        if one.wrong:
            taken.problems += [(first_row + number, column, said) for column, said in one.wrong]
            refused.add(number)
        else:
            good.append((number, one.contact))
    for first in range(0, len(good), AT_ONCE):
        some = good[first : first + AT_ONCE]
        result = upsert(session, workspace_id, [contact for _, contact in some], now, by=by)
        numbers = [first_row + number for number, _ in some]
        taken.problems += problems_of(mapping, result.errors, numbers)
        taken.created += result.created
        taken.updated += result.updated
        for (number, _), contact_id in zip(some, result.ids, strict=True):
            if contact_id is None:
                refused.add(number)
            else:
                taken.ids.append(contact_id)
    taken.failed = len(refused)
    taken.problems.sort(key=lambda one: one[0])
