"""Who unsubscribed with their own hand is asked again only with proof: nobody else takes that word back for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import consent
from audience.tables_people import ConsentChange
from store.bulk import among
from store.problem import Problem, problem

if TYPE_CHECKING:
    from audience.changes import Edit, Row

#: How a word reaches us that the person said without anybody of the brand in between.
OWN: Final = ("link", "callback")
PROOF: Final = (
    "这位客户自己退订过。要恢复，请写明新的同意从何而来（何时、以什么方式）。",
    "This person unsubscribed by themselves: say by what new consent (when and how) it is lifted.",
)


def of_themselves(
    session: Session,
    workspace_id: int,
    contact_ids: Collection[int],
    topics: Collection[str] = consent.TOPICS,
) -> set[tuple[int, str]]:
    """Return the (contact, topic) that are withdrawn since the person said so by their own hand.

    All words since the last consent count: to repeat a withdrawal by hand, or to merge it, makes it nobody else's.
    """
    query = (
        select(ConsentChange.contact_id, ConsentChange.topic, ConsentChange.granted, ConsentChange.source)
        .where(
            ConsentChange.workspace_id == workspace_id,
            among(session, ConsentChange.contact_id, sorted(contact_ids)),
            ConsentChange.topic.in_(topics),
            ConsentChange.source != consent.LIFTED,
        )
        .order_by(ConsentChange.id)
    )
    own: set[tuple[int, str]] = set()
    for contact_id, topic, granted, source in session.execute(query):
        if granted:
            own.discard((contact_id, topic))
        elif source in OWN:
            own.add((contact_id, topic))
    return own


def keep_to(
    session: Session,
    wanted: Iterable[tuple[Row | None, Edit, str]],
    said: consent.Said | None,
    problems: list[Problem],
) -> None:
    """Take out of these edits what would lift somebody's own withdrawal without proof, and name it in `problems`."""
    if said is not None and said.note.strip():
        return
    lifts = [
        (row, edit, path, name)
        for row, edit, path in wanted
        if row is not None and row.id and edit.attributes
        for name in edit.attributes
        if f"attribute.{name}" in consent.ATTRIBUTES
        and consent.lifts(row.attributes, name, edit.attributes[name])
    ]
    by_workspace: dict[int, set[int]] = {}
    for row, *_ in lifts:
        by_workspace.setdefault(row.workspace_id, set()).add(row.id)
    own = {one for ws, ids in by_workspace.items() for one in of_themselves(session, ws, ids)}
    for row, edit, path, name in lifts:
        if (row.id, consent.ATTRIBUTES[f"attribute.{name}"]) in own:
            del edit.attributes[name]
            problems.append(problem(f"{path}.attributes.{name}", *PROOF))
