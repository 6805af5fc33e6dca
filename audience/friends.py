"""Friendships kept true by what WeCom calls us about: who is whose friend, and by which code he came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import channels, staff
from audience.tables import Contact
from audience.tables_people import Staff, StaffRelation
from store.bulk import among, insert_rows

ADDED, DELETED, REMOVED = "friend_added", "friend_deleted", "friend_removed"
#: What a contact and a member of staff are to each other after each of these.
STATES: Mapping[str, str] = {ADDED: "friend", DELETED: "deleted", REMOVED: "none"}


@dataclass(slots=True, frozen=True)
class Step:
    """A contact and a member of staff have become friends, or are so no more."""

    contact_id: int
    name: str
    event_id: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def staff_key(self) -> str:
        key = self.data.get("staff")
        return key[:64] if isinstance(key, str) else ""


def keep(session: Session, workspace_id: int, steps: Iterable[Step], now: datetime) -> None:
    """Keep relations by what happened, in the order of its time; what is older than known is passed over.

    Staff whom nobody knows yet are made, called by their key. Nothing is committed.
    """
    steps = sorted((s for s in steps if s.name in STATES and s.staff_key), key=lambda one: one.at)
    if not steps:
        return
    came = channels.joined(session, workspace_id, [s for s in steps if s.name == ADDED], now)
    people = known_staff(session, workspace_id, {step.staff_key for step in steps}, now)
    contacts = {step.contact_id for step in steps}
    # Whoever changes what belongs to a contact holds its row: so two who do so come one after the other.
    session.execute(
        select(Contact.id)
        .where(among(session, Contact.id, contacts))
        .order_by(Contact.id)
        .with_for_update(key_share=True)
    )
    rows = session.scalars(
        select(StaffRelation).where(
            among(session, StaffRelation.contact_id, contacts), StaffRelation.group_key == ""
        )
    )
    known = {(row.contact_id, row.staff_id): row for row in rows}
    fresh: dict[tuple[int, int], dict[str, Any]] = {}
    for step in steps:
        place = (step.contact_id, people[step.staff_key])
        _step(workspace_id, step, place, known, fresh, came.get(step.event_id, ""), now)
    insert_rows(session, StaffRelation.__table__, list(fresh.values()))
    session.flush()
    told = {contact for contact, _ in known} | {
        c for (c, _), row in fresh.items() if row["state"] != "friend"
    }
    staff.project(session, workspace_id, sorted(told & contacts), now)


def known_staff(session: Session, workspace_id: int, keys: Iterable[str], now: datetime) -> dict[str, int]:
    """The ids of staff by their keys; those nobody knows yet are made."""
    wanted = sorted(set(keys))
    query = select(Staff.key, Staff.id).where(
        Staff.workspace_id == workspace_id, among(session, Staff.key, wanted)
    )
    found: dict[str, int] = dict(session.execute(query).all())
    missing = [key for key in wanted if key not in found]
    if missing:
        rows = [
            {
                "workspace_id": workspace_id,
                "key": key,
                "name": key,
                "team": "",
                "active": True,
                "created_at": now,
            }
            for key in missing
        ]
        insert_rows(session, Staff.__table__, rows, skip_known=True)
        found = dict(session.execute(query).all())
    return found


def _step(
    workspace_id: int,
    step: Step,
    place: tuple[int, int],
    known: Mapping[tuple[int, int], StaffRelation],
    fresh: dict[tuple[int, int], dict[str, Any]],
    source: str,
    now: datetime,
) -> None:
    state, row = STATES[step.name], known.get(place)
    if row is not None:
        if row.since <= step.at:
            row.since = step.at if row.state != state else row.since
            row.state, row.updated_at, row.source = state, now, source or row.source
        return
    before = fresh.get(place)
    fresh[place] = {
        "workspace_id": workspace_id,
        "contact_id": place[0],
        "staff_id": place[1],
        "group_key": "",
        "state": state,
        "since": step.at if before is None or before["state"] != state else before["since"],
        "remark": "",
        "source": source or (before["source"] if before else ""),
        "updated_at": now,
    }


def steps_of(happened: Sequence[Any]) -> dict[int, list[Step]]:
    """The steps among signals that WeCom itself has told us, by workspace."""
    found: dict[int, list[Step]] = {}
    for row in happened:
        if row.name in STATES and row.event_id and row.event_id.startswith(channels.TOLD_BY_WECOM):
            step = Step(row.contact_id, row.name, row.event_id, row.occurred_at, row.data)
            found.setdefault(row.workspace_id, []).append(step)
    return found
