"""The total stop of a workspace: pressed and released by a person, obeyed by whatever sends.

A stop holds from its commit on until it is released *and* the worker has put back, spread over a while, what waited.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables_guards import SendingStop

#: The workspaces of which nothing may leave.
HELD = select(SendingStop.workspace_id).where(SendingStop.woken.is_(False))


def standing(session: Session, workspace_id: int) -> SendingStop | None:
    """The stop that nobody has released yet."""
    mine = SendingStop.workspace_id == workspace_id, SendingStop.until.is_(None)
    return session.scalars(select(SendingStop).where(*mine)).first()


def last(session: Session, workspace_id: int, most: int = 20) -> list[SendingStop]:
    """The last stops, the newest first."""
    mine = select(SendingStop).where(SendingStop.workspace_id == workspace_id)
    return list(session.scalars(mine.order_by(SendingStop.id.desc()).limit(most)))


def stop(session: Session, workspace_id: int, by: str, reason: str, now: datetime) -> SendingStop:
    """Stop everything; a stop that stands already stays as it is. Not committed."""
    before = standing(session, workspace_id)
    if before is not None:
        return before
    row = SendingStop(workspace_id=workspace_id, since=now, by=by[:120], reason=reason[:500], woken=False)
    row.released_by, row.note = "", ""
    session.add(row)
    session.flush()
    return row


def release(session: Session, workspace_id: int, by: str, note: str, now: datetime) -> SendingStop | None:
    """Let messages go again; None if nothing was stopped. Not committed."""
    row = standing(session, workspace_id)
    if row is None:
        return None
    row.until, row.released_by, row.note = max(now, row.since), by[:120], note[:500]
    session.flush()
    return row


def held(session: Session) -> frozenset[int]:
    """The workspaces of which nothing may leave."""
    return frozenset(session.scalars(HELD))
