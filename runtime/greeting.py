"""In whose name messages of WeCom go, and which of them is the one greeting that a new friend's code is good for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import staff
from audience.tables_groups import CustomerGroup
from connectors.base import Message
from runtime.composing import Verdict
from runtime.database import Transaction
from runtime.rows import Parcel
from store import clock
from store.bulk import among
from store.subjects import is_group, row_id
from store.tables_wecom import MISSED, USED, WAITING, WecomWelcome

#: How long a code is good for, less what the way to WeCom may take.
GOOD_FOR = timedelta(seconds=20)
#: The carrier that greets, and those that go in the name of a member of staff.
GREETS, PERSONAL = "wecom_direct", frozenset({"wecom_direct", "moments"})
TOO_LATE = "a welcome is good for 20 seconds, and they are over"


@dataclass(slots=True, frozen=True)
class Greeting:
    """What a message of WeCom needs besides its text."""

    sender: str | None = None
    code: str | None = None
    #: True if it was to greet and cannot any more.
    late: bool = False


def claim(tx: Transaction, parcels: Sequence[Parcel], reaches: Mapping[int, bool]) -> dict[int, Greeting]:
    """Who sends these messages, and with which code; a code is the first message's that asks for it, for good.

    `reaches` says of each message whether it really goes to WeCom. Part of the transaction that leases them.
    """
    theirs = [
        p for p in parcels if p.carrier in PERSONAL and reaches.get(p.id) and not is_group(p.contact_id)
    ]
    if not theirs:
        return {}
    found = {p.id: Greeting(sender) for p, sender in zip(theirs, _senders(tx.session, theirs), strict=True)}
    asking = {p.id: welcome for p in theirs if (welcome := _asked(p)) is not None}
    if asking:
        _claim_codes(tx.session, theirs, asking, found)
    return found


def apply(message: Message | Verdict, greeting: Greeting | None) -> Message | Verdict:
    """The message as it goes, or why it does not."""
    if greeting is None or isinstance(message, Verdict):
        return message
    if greeting.late:
        return Verdict("failed", TOO_LATE)
    return replace(message, sender=greeting.sender, welcome_code=greeting.code)


def answered(message: Message, state: str) -> str:
    """What became of a message: a welcome that WeCom will not take has failed, for nobody refused to be greeted."""
    return "failed" if message.welcome_code and state == "refused" else state


def owners(session: Session, parcels: Sequence[Parcel]) -> dict[int, str]:
    """In whose name each of these messages would go: that of the customer's adviser, or of the group's owner.

    The greeting of a new friend is left out: whoever has just come waits for it.
    """
    theirs = [p for p in parcels if p.carrier in PERSONAL and not is_group(p.contact_id)]
    found = {
        p.id: sender
        for p, sender in zip(theirs, _senders(session, theirs), strict=True)
        if sender is not None
    }
    asking = {p.id: welcome for p in theirs if (welcome := _asked(p)) is not None}
    if asking:
        waits = select(WecomWelcome.workspace_id, WecomWelcome.event_id, WecomWelcome.occurred_at).where(
            among(session, WecomWelcome.event_id, sorted(set(asking.values()))),
            WecomWelcome.state == WAITING,
        )
        came = {(row.workspace_id, row.event_id): row.occurred_at for row in session.execute(waits)}
        for parcel in theirs:
            at = came.get((parcel.workspace_id, asking.get(parcel.id, "")))
            if at is not None and parcel.due_at - at <= GOOD_FOR:
                found.pop(parcel.id, None)
    groups = {row_id(p.contact_id) for p in parcels if is_group(p.contact_id)}
    if groups:
        owned = select(CustomerGroup.id, CustomerGroup.workspace_id, CustomerGroup.owner)
        rows = session.execute(owned.where(among(session, CustomerGroup.id, sorted(groups))))
        known = {(row.workspace_id, row.id): row.owner for row in rows if row.owner}
        for p in parcels:
            owner = known.get((p.workspace_id, row_id(p.contact_id))) if is_group(p.contact_id) else None
            if owner:
                found[p.id] = owner
    return found


def _asked(parcel: Parcel) -> str | None:
    """The event by which the welcome is known, if this message's enrollment was opened by a new friend's coming."""
    entry = parcel.scene.get("entry")
    asked = entry.get("welcome") if isinstance(entry, Mapping) else None
    return asked if isinstance(asked, str) and parcel.carrier == GREETS else None


def _claim_codes(
    session: Session, parcels: Sequence[Parcel], asking: Mapping[int, str], found: dict[int, Greeting]
) -> None:
    wall = clock.system()
    rows = session.scalars(
        select(WecomWelcome)
        .where(among(session, WecomWelcome.event_id, sorted(set(asking.values()))))
        .order_by(WecomWelcome.id)
        .with_for_update()
    )
    known = {(row.workspace_id, row.event_id): row for row in rows}
    for parcel in sorted(parcels, key=lambda one: one.id):
        row = known.get((parcel.workspace_id, asking.get(parcel.id, "")))
        if row is None or parcel.due_at - row.occurred_at > GOOD_FOR:
            continue  # said later on purpose: an ordinary message
        mine = row.outbox_id == parcel.id or (row.outbox_id is None and row.state != USED)
        if mine:
            found[parcel.id] = _use(row, parcel, wall)
    session.flush()


def _use(row: WecomWelcome, parcel: Parcel, wall: datetime) -> Greeting:
    late = wall - row.at > GOOD_FOR or not row.code
    row.outbox_id, row.used_at = parcel.id, row.used_at or wall
    row.state = MISSED if late else USED
    return Greeting(row.staff_key or None, None if late else row.code, late)


def _senders(session: Session, parcels: Sequence[Parcel]) -> list[str | None]:
    """Of each message, the member of staff who became a friend of the contact last."""
    friends: dict[int, str] = {}
    for workspace_id in {parcel.workspace_id for parcel in parcels}:
        ids = {p.contact_id for p in parcels if p.workspace_id == workspace_id}
        for contact_id, relations in staff.of_contacts(session, workspace_id, ids).items():
            for relation, person in reversed(relations):
                if relation.state == "friend" and not relation.group_key and person.active:
                    friends[contact_id] = person.key
    return [friends.get(parcel.contact_id) for parcel in parcels]


def miss(session: Session, ids: Sequence[int]) -> None:
    """Take out of use the codes that nobody has used in their time. Does not commit."""
    for row in session.scalars(select(WecomWelcome).where(WecomWelcome.id.in_(ids)).with_for_update()):
        if row.state == WAITING:
            row.state, row.code = MISSED, ""
    session.flush()
