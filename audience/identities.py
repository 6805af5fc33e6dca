"""By which names a contact is known, and how a batch of names is turned into contacts without doubles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audience.tables import Contact, Identity
from audience.values import text_problem
from store.bulk import among
from store.problem import Problem, problem

#: The brand's own id is a name like the others, but kept on the contact itself.
EXTERNAL = "external_id"
KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
LONGEST = 255
MOST_IDENTITIES = 20
_NOT_IN_PHONE = re.compile(r"[\s().\-\u2010-\u2015]+")
_CHINESE_MOBILE = re.compile(r"(?:\+?86|0086)(1\d{10})")

#: One name: its kind and its value.
Key = tuple[str, str]


@dataclass(slots=True)
class Person:
    """One contact of a batch: known already (`id`) or to be made, with every name that it goes by."""

    id: int | None = None
    external_id: str | None = None
    keys: set[Key] = field(default_factory=set)
    #: Names that the database does not have yet.
    fresh: list[Key] = field(default_factory=list)


def normal(kind: str, value: str) -> str:
    """Return the form in which an identity is kept: e-mail in small letters, phone without spaces or +86."""
    if kind == "email":
        return value.strip().lower()
    if kind == "phone":
        bare = _NOT_IN_PHONE.sub("", value)
        chinese = _CHINESE_MOBILE.fullmatch(bare)
        return chinese[1] if chinese else bare
    return value if kind == EXTERNAL else value.strip()


def read_keys(external_id: Any, identities: Any, path: str) -> tuple[list[Key], list[Problem]]:
    """Turn an external id and {kind: value} into names; also say what is wrong with them."""
    given: dict[Any, Any] = {} if external_id is None else {EXTERNAL: external_id}
    problems: list[Problem] = []
    if identities is not None and not isinstance(identities, Mapping):
        return [], [problem(f"{path}.identities", "须是一个对象。", 'Give an object, such as {"phone": …}.')]
    for kind, value in (identities or {}).items():
        if not isinstance(kind, str) or not KIND.fullmatch(kind) or kind in ("id", EXTERNAL):
            problems.append(
                problem(
                    f"{path}.identities",
                    "标识的种类须由小写字母、数字和下划线组成，例如 phone、email、unionid。",
                    "Name the kind in small letters, digits and underscores, such as phone or email.",
                )
            )
        else:
            given[kind] = value
    if len(given) > MOST_IDENTITIES:
        words = (
            f"一个联系人最多 {MOST_IDENTITIES} 个标识。",
            f"Keep a contact to {MOST_IDENTITIES} identities.",
        )
        return [], [problem(f"{path}.identities", *words)]
    keys = []
    for kind, value in given.items():
        where = f"{path}.{EXTERNAL}" if kind == EXTERNAL else f"{path}.identities.{kind}"
        wrong = _key_problem(kind, value, where)
        if wrong:
            problems.append(wrong)
        else:
            keys.append((kind, normal(kind, value)))
    return keys, problems


def _key_problem(kind: str, value: Any, path: str) -> Problem | None:
    if not isinstance(value, str) or not 1 <= len(normal(kind, value)) <= LONGEST:
        return problem(
            path, f"须是 1 至 {LONGEST} 个字符的文字。", f"Give a text of 1 to {LONGEST} characters."
        )
    return text_problem(value, path)


def locate(session: Session, workspace_id: int, keys: Iterable[Key]) -> dict[Key, tuple[int, str | None]]:
    """Return, of those names that the workspace knows, each one's contact as (id, external id)."""
    wanted = set(keys)
    external = sorted(value for kind, value in wanted if kind == EXTERNAL)
    others = sorted(key for key in wanted if key[0] != EXTERNAL)
    found: dict[Key, tuple[int, str | None]] = {}
    if external:
        rows = session.execute(
            select(Contact.id, Contact.external_id).where(
                Contact.workspace_id == workspace_id, among(session, Contact.external_id, external)
            )
        )
        found.update({(EXTERNAL, name or ""): (number, name) for number, name in rows})
    # Of a contact that was merged, the own ids of the others are identities like any other.
    others += [(EXTERNAL, value) for value in external if (EXTERNAL, value) not in found]
    for kind in sorted({kind for kind, _ in others}):
        rows = session.execute(
            select(Identity.value, Identity.contact_id, Contact.external_id)
            .join(Contact, Contact.id == Identity.contact_id)
            .where(
                Identity.workspace_id == workspace_id,
                Identity.kind == kind,
                among(session, Identity.value, [value for other, value in others if other == kind]),
            )
        )
        found.update({(kind, str(row.value)): (row.contact_id, row.external_id) for row in rows})
    return found


def well_known(
    session: Session, workspace_id: int, identities: Sequence[Mapping[str, str]]
) -> list[int | None]:
    """Return the contact of each identity whose names are all his already; None if it must be looked at closely.

    Nothing is locked: those found need no new name, and a contact keeps the names that it has.
    """
    items: list[Sequence[Key]] = []
    for given in identities:
        others = {kind: value for kind, value in given.items() if kind != EXTERNAL}
        if not others and EXTERNAL in given:
            items.append(((EXTERNAL, given[EXTERNAL]),))
            continue
        keys, problems = read_keys(given.get(EXTERNAL), others, "")
        items.append(() if problems else keys)
    found = locate(session, workspace_id, {key for item in items for key in item})
    ids: list[int | None] = []
    for item in items:
        owners = {found[key][0] if key in found else None for key in item}
        ids.append(owners.pop() if len(owners) == 1 else None)
    return ids


def match(
    session: Session, workspace_id: int, batch: Sequence[Sequence[Key]]
) -> tuple[list[Person | None], list[Key | None]]:
    """Find or prepare the person of each item of `batch`; items that share a name share the person.

    Returns the persons (None where the names of one item belong to different contacts) and, where None, the
    name that clashes. If anybody is new or gets a new name, other writers of this workspace's people wait
    until the transaction ends, so that one person never becomes two; the caller inserts what is missing.
    """
    keys = {key for item in batch for key in item}
    found = locate(session, workspace_id, keys)
    if len(found) < len(keys):
        wait_for_turn(session, workspace_id)
        found = locate(session, workspace_id, keys)
    people: dict[int, Person] = {}
    owners: dict[Key, Person] = {}
    for key, (number, external_id) in found.items():
        person = people.setdefault(number, Person(number, external_id))
        person.keys.add(key)
        owners[key] = person
    persons: list[Person | None] = []
    clashes: list[Key | None] = []
    for item in batch:
        whose, clash = _one(item, owners)
        persons.append(whose)
        clashes.append(clash)
    return persons, clashes


def _one(item: Sequence[Key], owners: dict[Key, Person]) -> tuple[Person | None, Key | None]:
    known: Person | None = None
    for key in item:
        owner = owners.get(key)
        if owner is not None and known is not None and owner is not known:
            return None, key
        known = known or owner
    person = known or Person()
    external = next((value for kind, value in item if kind == EXTERNAL), None)
    if (
        external is not None
        and person.external_id not in (None, external)
        and owners.get((EXTERNAL, external)) is not person
    ):
        return None, next(key for key in item if owners.get(key) is person)
    for key in item:
        if key not in owners:
            owners[key] = person
            person.keys.add(key)
            person.fresh.append(key)
            if key[0] == EXTERNAL:
                person.external_id = key[1]
    return person, None


def wait_for_turn(session: Session, workspace_id: int) -> None:
    """Let one transaction at a time add people to a workspace (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:room, :workspace)"),
            {"room": 7101, "workspace": workspace_id % 2**31},
        )


def of_contacts(session: Session, workspace_id: int, ids: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """Return the identities of some contacts as {contact id: {kind: [values]}}, without the external id."""
    found: dict[int, dict[str, list[str]]] = {}
    rows = session.execute(
        select(Identity.contact_id, Identity.kind, Identity.value)
        .where(Identity.workspace_id == workspace_id, among(session, Identity.contact_id, ids))
        .order_by(Identity.id)
    )
    for number, kind, value in rows:
        found.setdefault(number, {}).setdefault(kind, []).append(value)
    return found
