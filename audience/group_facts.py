"""What rules and texts may know of customer groups, in the shape of what they know of contacts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.facts import ContactFacts, Wanted, add_history
from audience.tables_groups import CustomerGroup
from store.bulk import among
from store.subjects import of_group, row_id


def load(
    session: Session, workspace_id: int, subjects: Iterable[int], reads: Wanted
) -> dict[int, ContactFacts]:
    """The facts of those groups of the workspace that exist, by subject number; one statement, and one for history."""
    ids = [row_id(subject) for subject in subjects]
    if not ids:
        return {}
    columns = (CustomerGroup.id, CustomerGroup.attributes, CustomerGroup.tags, CustomerGroup.timezone)
    query = select(*columns).where(
        CustomerGroup.workspace_id == workspace_id, among(session, CustomerGroup.id, ids)
    )
    wanted = None if reads.attributes is None else frozenset(reads.attributes)
    found = {
        of_group(number): ContactFacts(
            {n: v for n, v in attributes.items() if v is not None and (wanted is None or n in wanted)},
            list(tags) if reads.tags else [],
            zone,
            {},
        )
        for number, attributes, tags, zone in session.execute(query)
    }
    events = sorted(reads.events)
    if events and found:
        add_history(session, workspace_id, found, events)
    return found
