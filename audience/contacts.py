"""Taking contacts in, in batches, and changing them: every change is also a signal in the inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from audience import attribute_history, consent, keeping, known, tag_wearing, withdrawals
from audience.attributes import Meant, catalogue, judge, warn
from audience.changes import Change, Edit, Noted, Row, apply, changed_signals, insert, lock, store
from audience.identities import EXTERNAL, Key, Person, match, read_keys
from audience.retagging import fits, retag
from audience.suppression import WHY, suppressed
from audience.tables import Contact, Identity
from audience.tag_shelf import EMPTY, shelf_of, shelves
from audience.values import RESERVED, name_problem, tag_problem, text_problem, value_problem, zone_problem
from store.bulk import insert_rows, update_rows
from store.database import begin_write
from store.inbox import put
from store.problem import Problem, problem

MOST_IN_BATCH = 1000
LONGEST_NAME = 200
FIELDS = frozenset({"external_id", "identities", "name", "timezone", "attributes", "tags", "untag"})

GONE = ("该联系人刚刚被清除。", "This contact was erased just now.")

__all__ = ["Change", "Result", "change", "resolve", "upsert"]


@dataclass(slots=True)
class Result:
    """What became of a batch: `ids` is aligned with it, None where an item was refused.

    `updated` counts contacts that were there before, whether or not anything about them changed.
    """

    created: int = 0
    updated: int = 0
    errors: list[Problem] = field(default_factory=list)
    ids: list[int | None] = field(default_factory=list)
    changes: list[Noted] = field(default_factory=list)


@dataclass(slots=True)
class _Item:
    keys: list[Key]
    edit: Edit


def upsert(
    session: Session,
    workspace_id: int,
    contacts: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    path: str = "contacts",
    by: str | None = None,
) -> Result:
    """Create or update at most 1,000 contacts, each found by `external_id` or `identities`.

    An item is {external_id?, identities?: {kind: value}, name?, timezone?, attributes?, tags?, untag?};
    an attribute null is taken away, `tags` are put on and `untag` taken off. A refused item is named in
    `errors` (as `contacts.3.attributes.age`) and the others are taken. Changes of known contacts, and the
    tags of new ones, become signals of the inbox in this transaction; `by` says who did it, as `account:3`.
    Nothing is committed.
    """
    if len(contacts) > MOST_IN_BATCH:
        words = (
            f"一批最多 {MOST_IN_BATCH} 个联系人，请分批。",
            f"Send at most {MOST_IN_BATCH} contacts at once.",
        )
        return Result(errors=[problem(path, *words)], ids=[None] * len(contacts))
    begin_write(session)
    result = Result(ids=[None] * len(contacts))
    items: dict[int, _Item] = {}
    for number, given in enumerate(contacts):
        item, problems = _read(given, f"{path}.{number}")
        result.errors += problems
        if not problems:
            items[number] = item
    meant = _fitting(session, workspace_id, items, path, now)
    result.errors += meant
    if items:
        _take(session, workspace_id, items, now, path, result, by)
    result.errors.sort(key=lambda wrong: _number(wrong.path, path))
    return result


def _fitting(
    session: Session, workspace_id: int, items: dict[int, _Item], path: str, now: datetime
) -> list[Problem]:
    """Ask the catalogue of attributes; those that it refuses are taken out of `items`."""
    if not any(item.edit.attributes for item in items.values()):
        return []
    types = catalogue(session, workspace_id)
    warned: Counter[tuple[str, str]] = Counter()
    problems: list[Problem] = []
    for number, item in list(items.items()):
        wrong = judge(types, item.edit.attributes, f"{path}.{number}.attributes", warned)
        if wrong:
            del items[number]
            problems += wrong
    warn(session, workspace_id, warned, now)
    return problems


def _number(path: str, prefix: str) -> int:
    return int(path[len(prefix) + 1 :].split(".", 1)[0])


def change(
    session: Session, changes: Sequence[Change], now: datetime, *, said: consent.Said | None = None
) -> list[Problem]:
    """Apply changes to contacts known by id, in order, and put them into the inbox with their `source_id`.

    The engine's way of carrying out what steps change. Returns what could not be applied, with paths such as
    `0.attributes.age` that count `changes`; the rest of the same change is applied. `said` tells of changed
    consent who said it and how. Nothing is committed.
    """
    if not changes:
        return []
    begin_write(session)
    problems: list[Problem] = []
    if fits(changes):
        _edits_of(changes[:1], problems)
        if not problems and retag(session, changes, now):
            return []
        problems.clear()
    edits = _edits_of(changes, problems)
    _fit(session, changes, edits, problems, now)
    rows = lock(session, {one.contact_id for one in changes})
    on = shelves(session, (one.workspace_id for one in changes if one.add or one.remove))
    wanted = [(rows.get(one.contact_id), edits[number], str(number)) for number, one in enumerate(changes)]
    withdrawals.keep_to(session, wanted, said, problems)
    noted: list[Noted] = []
    for number, (one, edit) in enumerate(zip(changes, edits, strict=True)):
        row = rows.get(one.contact_id)
        if row is None or row.workspace_id != one.workspace_id:
            words = "该联系人不存在。", "There is no such contact in the workspace."
            problems.append(problem(str(number), *words))
        else:
            shelf = on.get(one.workspace_id, EMPTY)
            noted += apply(row, edit, str(number), one.at, one.source_id, problems, shelf=shelf, by=one.by)
    store(session, rows.values(), now)
    tag_wearing.write(session, [(row.workspace_id, row.id, row.wearing) for row in rows.values()])
    _announce(session, noted, now, said)
    return problems


def _fit(
    session: Session, changes: Sequence[Change], edits: Sequence[Edit], problems: list[Problem], now: datetime
) -> None:
    """Ask the catalogue of attributes; what it refuses is taken out of `edits`."""
    types: dict[int, dict[str, Meant]] = {}
    warned: dict[int, Counter[tuple[str, str]]] = {}
    for number, (one, edit) in enumerate(zip(changes, edits, strict=True)):
        if not edit.attributes:
            continue
        if one.workspace_id not in types:
            types[one.workspace_id] = catalogue(session, one.workspace_id)
        counted = warned.setdefault(one.workspace_id, Counter())
        for wrong in judge(types[one.workspace_id], edit.attributes, f"{number}.attributes", counted):
            problems.append(wrong)
            del edit.attributes[wrong.path.rpartition(".")[2]]
    for workspace_id, counted in warned.items():
        warn(session, workspace_id, counted, now)


def resolve(
    session: Session, workspace_id: int, identities: Sequence[Mapping[str, str]], now: datetime
) -> list[int | None]:
    """Return the contact of each {external_id or kind: value}, making those that nobody knows yet.

    None where the identity is malformed or its names belong to different contacts.
    """
    begin_write(session)
    ids: list[int | None] = [None] * len(identities)
    items: dict[int, _Item] = {}
    for number, given in enumerate(identities):
        others = {kind: value for kind, value in given.items() if kind != EXTERNAL}
        keys, problems = read_keys(given.get(EXTERNAL), others, "")
        if keys and not problems:
            items[number] = _Item(keys, Edit())
    if items:
        result = Result(ids=ids)
        _take(session, workspace_id, items, now, "", result)
    return ids


def _take(
    session: Session,
    workspace_id: int,
    items: Mapping[int, _Item],
    now: datetime,
    path: str,
    result: Result,
    by: str | None = None,
) -> None:
    persons, clashes = match(session, workspace_id, [item.keys for item in items.values()])
    people: dict[int, Person] = {}
    for number, person, clash in zip(items, persons, clashes, strict=True):
        if person is None and clash is not None:
            where = clash[0] if clash[0] == EXTERNAL else f"identities.{clash[0]}"
            words = (
                "该标识属于另一个联系人，请先核对。",
                "This name belongs to another contact: check which of the two is meant.",
            )
            result.errors.append(problem(f"{path}.{number}.{where}", *words))
        elif person is not None:
            people[number] = person
    for number in _erased(session, workspace_id, items, people):
        del people[number]
        result.errors.append(problem(f"{path}.{number}", *WHY))
    rows = lock(session, {person.id for person in people.values() if person.id is not None})
    tagging = any(item.edit.add or item.edit.remove for item in items.values())
    shelf = shelf_of(session, workspace_id) if tagging else EMPTY
    known_rows = [
        (rows.get(person.id or 0), items[number].edit, f"{path}.{number}")
        for number, person in people.items()
    ]
    withdrawals.keep_to(session, known_rows, None, result.errors)
    of_person: dict[int, Row] = {}
    for number, person in people.items():
        row = of_person.get(id(person)) or rows.get(person.id or 0)
        if row is None and person.id is not None:
            result.errors.append(problem(f"{path}.{number}", *GONE))
            continue
        row = row or Row(0, workspace_id)
        of_person[id(person)] = row
        edit, new = items[number].edit, person.id is None
        result.changes += apply(
            row, edit, f"{path}.{number}", now, None, result.errors, new=new, shelf=shelf, by=by
        )
    store(session, rows.values(), now)
    people = {number: person for number, person in people.items() if id(person) in of_person}
    everybody = list({id(person): person for person in people.values()}.values())
    for person in everybody:
        # Who was merged into somebody else meanwhile is that one now.
        person.id = person.id and of_person[id(person)].id
    result.created = _create(session, workspace_id, everybody, of_person, now)
    result.updated = len(people) - result.created
    for number, person in people.items():
        result.ids[number] = person.id
    for row in of_person.values():
        row.wearing.refused.clear()  # the sender is told
    tag_wearing.write(session, [(workspace_id, row.id, row.wearing) for row in of_person.values()])
    _announce(session, result.changes, now)


def _erased(
    session: Session, workspace_id: int, items: Mapping[int, _Item], people: Mapping[int, Person]
) -> list[int]:
    """Which of those who would be made go by a name of somebody who was erased."""
    new = [number for number, person in people.items() if person.id is None]
    if not new:
        return []
    found = suppressed(session, workspace_id, [items[number].keys for number in new])
    erased = {id(people[new[place]]) for place in found}
    return [number for number in new if id(people[number]) in erased]


def _create(
    session: Session, workspace_id: int, people: Sequence[Person], rows: Mapping[int, Row], now: datetime
) -> int:
    """Insert the contacts and names that are missing; return how many contacts are new."""
    missing = [person for person in people if person.id is None]
    insert(session, [rows[id(person)] for person in missing], [person.external_id for person in missing], now)
    for person in missing:
        person.id = rows[id(person)].id
    keeping.newcomers(session, workspace_id, [person.id for person in missing if person.id is not None])
    fresh = set(map(id, missing))
    adopted = [
        {"id": person.id, "external_id": person.external_id}
        for person in people
        if id(person) not in fresh and any(kind == EXTERNAL for kind, _ in person.fresh)
    ]
    update_rows(session, Contact.__table__, adopted)
    names = [
        {"workspace_id": workspace_id, "contact_id": person.id, "kind": kind, "value": value}
        for person in people
        for kind, value in person.fresh
        if kind != EXTERNAL
    ]
    insert_rows(session, Identity.__table__, names)
    return len(missing)


def _announce(
    session: Session, noted: Sequence[Noted], now: datetime, said: consent.Said | None = None
) -> None:
    put(session, changed_signals(noted), now)
    consent.write(session, noted, now, said)
    attribute_history.write(session, noted)
    met: dict[int, list[tuple[known.Name, known.Types]]] = {}
    for one in noted:
        met.setdefault(one.workspace_id, []).extend(one.teaches())
    for workspace_id, names in met.items():
        known.learn(session, workspace_id, names, now)


def _edits_of(changes: Sequence[Change], problems: list[Problem]) -> list[Edit]:
    """Check what steps want; the many contacts at one step want the same tags, which are looked at once."""
    edits: list[Edit] = []
    alike: dict[tuple[Any, ...], Edit] = {}
    for number, one in enumerate(changes):
        key = (tuple(one.add), tuple(one.remove)) if not one.attributes else None
        edit = alike.get(key) if key else None
        if edit is None:
            given = {"attributes": one.attributes, "tags": list(one.add), "untag": list(one.remove)}
            edit, wrong = _read_edit(given, str(number))
            problems += wrong
            if key and not wrong:
                alike[key] = edit
        edits.append(edit)
    return edits


def _read(given: Any, path: str) -> tuple[_Item, list[Problem]]:
    empty = _Item([], Edit())
    if not isinstance(given, Mapping):
        return empty, [problem(path, "联系人须是一个对象。", "Give each contact as an object.")]
    problems = [
        problem(
            f"{path}.{name}", "没有这个字段。", f"There is no such field: use {', '.join(sorted(FIELDS))}."
        )
        for name in given
        if name not in FIELDS
    ]
    keys, wrong = read_keys(given.get("external_id"), given.get("identities"), path)
    problems += wrong
    if not keys and not wrong:
        words = (
            "请给出 external_id 或至少一个标识。",
            "Give external_id or at least one identity, so that the contact can be found again.",
        )
        problems.append(problem(path, *words))
    edit, wrong = _read_edit(given, path)
    return _Item(keys, edit), problems + wrong


def _read_edit(given: Mapping[str, Any], path: str) -> tuple[Edit, list[Problem]]:
    """Return what of `given` can be applied, and what is wrong with the rest."""
    edit, problems = Edit(), []
    name, zone = given.get("name"), given.get("timezone")
    if name is not None:
        wrong = _text_field(name, f"{path}.name")
        edit.name = None if wrong else name
        problems += [wrong] if wrong else []
    if zone is not None:
        wrong = zone_problem(zone, f"{path}.timezone")
        edit.timezone = None if wrong else zone
        problems += [wrong] if wrong else []
    attributes = given.get("attributes") or {}
    if not isinstance(attributes, Mapping):
        problems.append(
            problem(f"{path}.attributes", "属性须是一个对象。", "Give the attributes as an object.")
        )
        attributes = {}
    for key, value in attributes.items():
        where = f"{path}.attributes"
        wrong = name_problem(key, where, RESERVED) or (
            None if value is None else value_problem(value, f"{where}.{key}")
        )
        if wrong:
            problems.append(wrong)
        else:
            edit.attributes[key] = value
    edit.add, wrongs = _tags(given.get("tags"), f"{path}.tags")
    edit.remove, more = _tags(given.get("untag"), f"{path}.untag")
    return edit, problems + wrongs + more


def _text_field(value: Any, path: str) -> Problem | None:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        return problem(
            path,
            f"须是最长 {LONGEST_NAME} 个字符的文字。",
            f"Give a text of {LONGEST_NAME} characters at most.",
        )
    return text_problem(value, path)


def _tags(value: Any, path: str) -> tuple[list[str], list[Problem]]:
    if value is None or value == []:
        return [], []
    if not isinstance(value, list):
        return [], [problem(path, "标签须是文字列表。", "Give the tags as a list of texts.")]
    wrong = [tag_problem(tag, f"{path}.{number}") for number, tag in enumerate(value)]
    good = [tag for tag, bad in zip(value, wrong, strict=True) if bad is None]
    return good, [bad for bad in wrong if bad is not None]
