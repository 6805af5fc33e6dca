"""How far a company at a messenger has been read, in words and numbers; and reading it anew, or forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audience.tables_wecom import (
    FAILED,
    WAITS,
    WecomChat,
    WecomDeed,
    WecomFollow,
    WecomGroupTransfer,
    WecomMoment,
    WecomTag,
    WecomTransfer,
)  # fmt: skip
from store import clock
from store.tables_wecom import (
    WecomCount,
    WecomCursor,
    WecomLook,
    WecomNonce,
    WecomUnknown,
    WecomWelcome,
)  # fmt: skip

WHAT = "people"
STAGES = ("tags", "staff", "contacts", "chats")
STATES = ("waiting", "reading", "rests")
#: Everything that belongs to a connection besides its settings.
BELONGS = (
    WecomTag, WecomFollow, WecomChat, WecomDeed, WecomTransfer, WecomGroupTransfer, WecomMoment,
    WecomCount, WecomCursor, WecomLook, WecomNonce, WecomUnknown, WecomWelcome,
)  # fmt: skip


def of(session: Session, connection_id: int) -> dict[str, Any]:
    """How far it is: state, stage, customers of this round and the one before, and what waits."""
    cursor = session.get(WecomCursor, (connection_id, WHAT))
    place: Mapping[str, Any] = cursor.place if cursor is not None else {}
    stage = place.get("stage")

    def count(table: Any, *where: Any, what: Any = None) -> int:
        number = select(func.count(what) if what is not None else func.count()).select_from(table)
        return int(session.scalar(number.where(table.connection_id == connection_id, *where)) or 0)

    return {
        "state": "reading" if stage else "rests" if cursor is not None and cursor.finished_at else "waiting",
        "stage": stage,
        "done": int(place.get("done", 0)),
        "last": int(place.get("last", 0)),
        "finished_at": cursor.finished_at if cursor is not None else None,
        "next_at": cursor.next_at if cursor is not None else None,
        "customers": count(WecomFollow, what=func.distinct(WecomFollow.contact_id)),
        "groups": count(WecomChat),
        "tags": count(WecomTag, WecomTag.gone.is_(False)),
        "looks": count(WecomLook),
        "tags_waiting": count(WecomDeed, WecomDeed.kind == "tag", WAITS),
        "tags_failed": count(WecomDeed, WecomDeed.kind == "tag", WecomDeed.state == FAILED),
    }


def hasten(session: Session, workspace_id: int, connection_id: int) -> None:
    """Let it be read now; nothing is committed."""
    wall = clock.system()
    cursor = session.get(WecomCursor, (connection_id, WHAT))
    if cursor is None:
        cursor = WecomCursor(connection_id=connection_id, what=WHAT, workspace_id=workspace_id, place={})
        session.add(cursor)
        cursor.next_at = wall
    # Whoever reads it holds it for a minute at most: his turn is not cut short.
    elif "stage" not in cursor.place:
        cursor.next_at = wall
    session.flush()


def forget(session: Session, connection_id: int) -> None:
    """Take away what was kept of a company; contacts and what is known of them stay. Nothing is committed."""
    for table in BELONGS:
        session.execute(delete(table).where(table.connection_id == connection_id))
