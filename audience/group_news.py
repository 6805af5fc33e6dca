"""Steps of group members that are told twice: by WeCom's call, and by a reading that saw the same before or after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.group_members import JOINED, LEFT
from audience.tables import Event
from audience.tables_groups import CustomerGroup, GroupMember
from store.bulk import among

#: A call's time and the time that the list of members tells are those of one step if they are no further apart.
SAME = timedelta(seconds=60)


@dataclass(slots=True, frozen=True)
class Told:
    """A step as it was told: of which member and group, and whether by a reading, which compares lists."""

    signal_id: int
    workspace_id: int
    key: str
    contact_id: int
    name: str
    at: datetime
    by_reading: bool


@dataclass(slots=True)
class _Stay:
    """Whether somebody is in a group, since when, or until when he was; None: it has not been told in this batch."""

    joined_at: datetime
    left_at: datetime | None
    told_at: datetime | None = None


def repeated(session: Session, steps: Sequence[Told]) -> set[int]:
    """The signals among these, in the order of their time, that say again what was told before.

    A reading says that somebody is in the group, or is not: if that is so already, somebody else has told it. A call
    says that he has come, or gone: it is no news if that very step was told. The caller holds intake's turn.
    """
    stays = _stays(session, steps)
    found: set[int] = set()
    for step in sorted(steps, key=lambda one: (one.at, one.signal_id)):
        place = step.workspace_id, step.key, step.contact_id
        stay = stays.get(place)
        if stay is not None and _known(session, step, stay):
            found.add(step.signal_id)
        elif step.name == JOINED:
            stays[place] = _Stay(step.at, None, step.at)
        elif stay is not None:
            stay.left_at = step.at
    return found


def _known(session: Session, step: Told, stay: _Stay) -> bool:
    inside = stay.left_at is None
    if step.name == LEFT:
        late = stay.left_at is not None and stay.joined_at <= step.at <= stay.left_at + SAME
        return not inside and (step.by_reading or late)
    if not inside or step.by_reading:
        return inside
    # Who was found inside when a group was read for the first time is inside, and nobody was told of it.
    if stay.told_at is not None:
        return abs(step.at - stay.told_at) <= SAME
    query = select(Event.properties).where(
        Event.contact_id == step.contact_id,
        Event.name == JOINED,
        Event.occurred_at.between(step.at - SAME, step.at + SAME),
    )
    return any(data.get("group") == step.key for data in session.scalars(query))


def _stays(session: Session, steps: Sequence[Told]) -> dict[tuple[int, str, int], _Stay]:
    query = (
        select(
            GroupMember.workspace_id, CustomerGroup.key, GroupMember.contact_id, GroupMember.joined_at,
            GroupMember.left_at,
        )
        .join(CustomerGroup, CustomerGroup.id == GroupMember.group_id)
        .where(
            among(session, GroupMember.contact_id, sorted({one.contact_id for one in steps})),
            among(session, CustomerGroup.key, sorted({one.key for one in steps})),
        )
    )  # fmt: skip
    return {(row[0], row[1], row[2]): _Stay(row[3], row[4]) for row in session.execute(query)}
