"""The staff who look after customers, and what they and a customer are to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import contacts
from audience.changes import Change
from audience.tables import Contact
from audience.tables_people import Staff, StaffRelation
from store.bulk import among

#: friend; deleted: the customer has deleted the member of staff; none: they know each other from a group at most.
STATES = ("friend", "deleted", "none")
#: The attribute that `rules.contact_policy` reads before it writes to a friend.
FRIEND_DELETED = "friend_deleted"


def relate(
    session: Session,
    workspace_id: int,
    contact_id: int,
    staff_id: int,
    state: str,
    now: datetime,
    *,
    group_key: str = "",
    since: datetime | None = None,
    remark: str | None = None,
    source: str | None = None,
) -> StaffRelation:
    """Say what a contact and a member of staff are to each other from now on. Nothing is committed.

    `since` is now unless given, where the state changes. Raises ValueError for a state there is not.
    """
    if state not in STATES:
        raise ValueError(f"{state} is no state of a relation; use one of {', '.join(STATES)}.")
    # Whoever changes what belongs to a contact holds its row: so two who do so come one after the other.
    session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update(key_share=True))
    row = session.scalars(
        select(StaffRelation).where(
            StaffRelation.workspace_id == workspace_id,
            StaffRelation.contact_id == contact_id,
            StaffRelation.staff_id == staff_id,
            StaffRelation.group_key == group_key,
        )
    ).one_or_none()
    if row is None:
        row = StaffRelation(
            workspace_id=workspace_id, contact_id=contact_id, staff_id=staff_id, group_key=group_key
        )
        row.remark, row.source, row.since = "", "", since or now
        session.add(row)
    elif row.state != state or since is not None:
        row.since = since or now
    row.state, row.updated_at = state, now
    row.remark = row.remark if remark is None else remark
    row.source = row.source if source is None else source
    session.flush()
    project(session, workspace_id, [contact_id], now)
    return row


def project(session: Session, workspace_id: int, contact_ids: Sequence[int], now: datetime) -> None:
    """Keep `friend_deleted` true of those who were somebody's friend and are nobody's any more."""
    query = select(StaffRelation.contact_id, StaffRelation.state).where(
        StaffRelation.workspace_id == workspace_id,
        among(session, StaffRelation.contact_id, contact_ids),
        StaffRelation.group_key == "",
    )
    states: dict[int, set[str]] = {}
    for contact_id, state in session.execute(query):
        states.setdefault(contact_id, set()).add(state)
    query_known = select(Contact.id, Contact.attributes).where(among(session, Contact.id, list(states)))
    known = {row.id: row.attributes for row in session.execute(query_known)}
    changes = []
    for contact_id, theirs in states.items():
        deleted = True if "deleted" in theirs and "friend" not in theirs else None
        if (known.get(contact_id) or {}).get(FRIEND_DELETED) is not deleted:
            changes.append(Change(workspace_id, contact_id, now, {FRIEND_DELETED: deleted}, by="staff"))
    contacts.change(session, changes, now)


def friends(session: Session, workspace_id: int, ids: Iterable[int]) -> dict[int, int]:
    """{contact id: id of the member of staff whose friend he became last}; who has none is left out."""
    query = (
        select(StaffRelation.contact_id, StaffRelation.staff_id)
        .join(Staff, Staff.id == StaffRelation.staff_id)
        .where(
            StaffRelation.workspace_id == workspace_id,
            among(session, StaffRelation.contact_id, ids),
            StaffRelation.state == "friend",
            StaffRelation.group_key == "",
            Staff.active,
        )
        .order_by(StaffRelation.since, StaffRelation.id)
    )
    return {row.contact_id: row.staff_id for row in session.execute(query)}


def of_contacts(
    session: Session, workspace_id: int, ids: Iterable[int]
) -> dict[int, list[tuple[StaffRelation, Staff]]]:
    """The relations of some contacts, the newest first, each with its member of staff."""
    found: dict[int, list[tuple[StaffRelation, Staff]]] = {}
    query = (
        select(StaffRelation, Staff)
        .join(Staff, Staff.id == StaffRelation.staff_id)
        .where(StaffRelation.workspace_id == workspace_id, among(session, StaffRelation.contact_id, ids))
        .order_by(StaffRelation.since.desc(), StaffRelation.id.desc())
    )
    for relation, person in session.execute(query):
        found.setdefault(relation.contact_id, []).append((relation, person))
    return found
