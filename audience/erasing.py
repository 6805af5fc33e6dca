"""One person told whole, or erased: everything that `audience/belongings.py` lists.

What is left of an erased person are numbers of journeys, a tombstone with the old id, and salted hashes of the names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from audience import erasing_files
from audience.belongings import Belonging, tables, take_away
from audience.changes import lock
from audience.identities import EXTERNAL, Key
from audience.suppression import suppress
from audience.tables import Contact, Identity
from audience.tables_people import MergedContact
from store.bulk import among
from store.tables import Inbox

#: Rows told of one table.
MOST = 100_000


def tell(session: Session, workspace_id: int, contact_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of a contact: {table: rows}, each row as {column: value}."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one, table in tables():
        if not one.told:
            continue
        query = select(table).where(_whose(one, table, contact_id)).limit(MOST)
        if "workspace_id" in table.c:
            query = query.where(table.c.workspace_id == workspace_id)
        rows = [dict(row._mapping) for row in session.execute(query)]
        if rows:
            found[one.table] = rows
    return found


def _whose(one: Belonging, table: Table, contact_id: int) -> Any:
    if one.column != "enrollment_id":
        mine = table.c[one.column] == contact_id
        return mine & text(one.only) if one.only else mine
    places = text("SELECT id FROM enrollment WHERE subject_kind = 'contact' AND subject_id = :contact")
    return table.c.enrollment_id.in_(places.bindparams(contact=contact_id).columns(Identity.id))


def names_of(session: Session, workspace_id: int, contact_id: int) -> list[Key]:
    """Every name by which a contact is known."""
    external = session.scalar(
        select(Contact.external_id).where(Contact.workspace_id == workspace_id, Contact.id == contact_id)
    )
    query = select(Identity.kind, Identity.value).where(
        Identity.workspace_id == workspace_id, Identity.contact_id == contact_id
    )
    names = [(kind, value) for kind, value in session.execute(query)]
    return names + ([(EXTERNAL, external)] if external is not None else [])


def erase(
    session: Session,
    workspace_id: int,
    contact_id: int,
    by: str,
    now: datetime,
    *,
    seen: Collection[erasing_files.Part] = (),
) -> list[Key] | None:
    """Take away all that is kept of a contact and return the names that he had; None if he is not there.

    `seen` are parts of waiting imports that were looked through before (`erasing_files.clean_imports`).

    The turns are taken (`audience.merging.take_turn`) and the enrollments dealt with before. What is under way at
    this moment is swept up by `sweep` soon after. Nothing is committed.
    """
    if contact_id not in lock(session, {contact_id}, follow=False):
        return None
    names = names_of(session, workspace_id, contact_id)
    suppress(session, workspace_id, names, now)
    tags = session.scalar(select(Contact.tags).where(Contact.id == contact_id)) or []
    for tag in tags:
        fewer = text("UPDATE tag_count SET worn = worn - 1 WHERE workspace_id = :workspace AND tag = :tag")
        session.execute(fewer, {"workspace": workspace_id, "tag": tag})
    ids = {"contact": contact_id}
    for one, table in tables():
        if one.erase == "by_hand" or one.table == "contact":
            continue
        if isinstance(one.erase, Mapping):
            session.execute(update(table).where(table.c[one.column] == contact_id).values(dict(one.erase)))
        else:
            whose = " AND ".join(filter(None, (f'"{one.column}" = :contact', one.only, one.moved)))
            take_away(session, one, whose, ids)
    erasing_files.clean_exports(session, workspace_id, names)
    erasing_files.clean_imports(session, workspace_id, names, seen=seen)
    session.execute(
        update(MergedContact)
        .where(MergedContact.keeper_id == contact_id)
        .values(keeper_id=None, swept_at=None)
    )
    session.execute(
        insert(MergedContact).values(
            old_id=contact_id, workspace_id=workspace_id, keeper_id=None, at=now, by=by[:120], swept_at=None
        )
    )
    session.execute(delete(Contact).where(Contact.id == contact_id))
    session.expire_all()
    return names


def blank(session: Session, signals: Sequence[int]) -> None:
    """Empty signals of the inbox that came for somebody who was erased; those of enrollments must be heard."""
    if signals:
        change = update(Inbox).where(among(session, Inbox.id, signals), Inbox.enrollment_id.is_(None))
        session.execute(change.values(identity=None, data={}).execution_options(synchronize_session=False))


def unswept(session: Session) -> list[tuple[int, int]]:
    """The erased (workspace, contact) after whom nobody has swept up yet."""
    query = select(MergedContact.workspace_id, MergedContact.old_id).where(MergedContact.swept_at.is_(None))
    return [(workspace_id, number) for workspace_id, number in session.execute(query)]


def sweep_inbox(session: Session, people: Sequence[int], after: int, most: int) -> tuple[int, int]:
    """Remove the signals that these people were sent and that were heard, among `most` ids of the inbox after one.

    Return up to which id that is, 0 at the end, and how many signals were looked at. The inbox has no index over
    people, which every event would pay for. Nothing is committed.
    """
    some = select(Inbox.id).where(Inbox.id > after).order_by(Inbox.id).limit(most).subquery()
    last, count = session.execute(select(func.max(some.c.id), func.count()).select_from(some)).one()
    if not count:
        return 0, 0
    session.execute(
        delete(Inbox).where(
            Inbox.id > after,
            Inbox.id <= last,
            among(session, Inbox.contact_id, people),
            Inbox.state != "new",
            Inbox.kind != "hand",
        ),
        execution_options={"synchronize_session": False},
    )
    return last if count == most else 0, count


def sweep(session: Session, workspace_id: int, contact_id: int, now: datetime) -> bool:
    """Take away what was under way when somebody was erased; True once nothing of him is under way any more.

    What lies in the inbox is removed before (`sweep_inbox`). Nothing is committed.
    """
    ids = {"contact": contact_id}
    for one, table in tables():
        if isinstance(one.erase, Mapping):
            session.execute(update(table).where(table.c[one.column] == contact_id).values(dict(one.erase)))
        elif one.erase == "delete" and one.table not in ("contact", "inbox"):
            take_away(session, one, f'"{one.column}" = :contact', ids)
    busy = session.scalar(
        text("SELECT count(*) FROM outbox WHERE contact_id = :contact AND state = 'sending'"), ids
    ) or session.scalar(
        text(
            "SELECT count(*) FROM enrollment WHERE subject_id = :contact AND subject_kind = 'contact'"
            " AND status <> 'ended'"
        ),
        ids,
    )
    if not busy:
        session.execute(update(MergedContact).where(MergedContact.old_id == contact_id).values(swept_at=now))
    return not busy
