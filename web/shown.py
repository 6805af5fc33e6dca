"""How rows of the rooms look from outside, where more than one resource shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from audience.attributes import catalogue, hidden
from audience.masking import COVER, covered, masked
from audience.tables import Contact, Identity
from audience.tables_groups import CustomerGroup
from journeys.problems import Problem as Finding
from store.database import db
from store.problem import Problem as Wrong
from store.subjects import is_group, of_group, row_id
from web.access import actor, here

#: The least role that sees phone numbers, addresses and ids of people whole.
SEES_PEOPLE = "editor"
INDEX = re.compile(r"\.(\d+)(?=[.\[]|$)")


def places(problems: Iterable[Wrong], strip: str = "") -> list[dict[str, str]]:
    """Problems of the rooms as {path, message}, paths like contacts[3].attributes.age."""
    from web.language import say

    return [{"path": path, "message": say(words)} for path, words in located(problems, strip)]


def located(problems: Iterable[Wrong], strip: str = "") -> list[tuple[str, Any]]:
    """Problems of the rooms as (path, sentence)."""
    from journeys.words import Words

    return [
        (
            INDEX.sub(r"[\1]", f"{wrong.path}.".removeprefix(strip).removesuffix(".")),
            Words(wrong.words["zh"], wrong.words["en"]),
        )
        for wrong in problems
    ]


def findings(problems: Sequence[Finding]) -> dict[str, Any]:
    """What a check found, with how many of each severity."""
    counts = {"error": 0, "warning": 0, "info": 0}
    for problem in problems:
        counts[problem.severity] += 1
    return {"problems": [problem.json() for problem in problems], "counts": counts}


def contacts(rows: Sequence[Contact]) -> list[dict[str, Any]]:
    """Contacts with their identities; masked for who may not see them."""
    whole = actor().may(SEES_PEOPLE)
    private = frozenset() if whole else hidden(catalogue(db.session(), here()).values())
    known: dict[int, dict[str, str]] = {row.id: {} for row in rows}
    if rows:
        found = db.session.execute(
            select(Identity.contact_id, Identity.kind, Identity.value).where(
                Identity.workspace_id == here(), Identity.contact_id.in_(known)
            )
        )
        for contact_id, kind, value in found:
            known[contact_id][kind] = value if whole else masked(kind, value)
    return [
        {
            "id": row.id,
            "external_id": row.external_id,
            "name": row.name,
            "timezone": row.timezone,
            "attributes": row.attributes if whole else _covered(row.attributes, private),
            "tags": row.tags,
            "tiers": row.tiers or {},
            "identities": known[row.id],
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]


def _covered(attributes: Mapping[str, Any], private: frozenset[str]) -> dict[str, Any]:
    """Attributes as those see them who may not see people whole."""
    return {name: COVER if name in private else value for name, value in attributes.items()}


def properties_of_events() -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """How what events said is shown to whoever asks: whole, or with what is personal covered."""
    if actor().may(SEES_PEOPLE):
        return dict
    private = hidden(catalogue(db.session(), here()).values())
    return lambda properties: covered(properties, private)


def whose(subject: int) -> dict[str, int | None]:
    """Whom a row with this subject number is about, as the API says it: one of the two is null."""
    of_group = is_group(subject)
    return {"contact_id": None if of_group else subject, "group_id": row_id(subject) if of_group else None}


def names_of(subjects: Iterable[int]) -> Mapping[int, str]:
    """Names of contacts and customer groups by subject number, for lists that mention them."""
    wanted = set(subjects)
    groups = {row_id(one) for one in wanted if is_group(one)}
    found = _names_of_groups(groups) if groups else {}
    wanted = {one for one in wanted if not is_group(one)}
    if not wanted:
        return found
    rows = db.session.execute(
        select(Contact.id, Contact.name, Contact.external_id).where(
            Contact.workspace_id == here(), Contact.id.in_(wanted)
        )
    )
    return found | {number: name or external_id or "" for number, name, external_id in rows}


def _names_of_groups(ids: Iterable[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(CustomerGroup.id, CustomerGroup.name, CustomerGroup.key).where(
            CustomerGroup.workspace_id == here(), CustomerGroup.id.in_(ids)
        )
    )
    return {of_group(number): name or key for number, name, key in rows}
