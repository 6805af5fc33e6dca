"""Tables on their way out: written by the worker a piece at a time, and found again for a week."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from audience import export_rows
from audience.tables_files import Export, FilePiece
from store.bulk import among
from store.database import begin_write, dumps

#: Rows written in one transaction.
CHUNK = 2000
KEPT = timedelta(days=7)
OPEN = ("waiting", "running")
OVER = ("cancelled", "done", "failed")


def create(
    session: Session,
    workspace_id: int,
    *,
    kind: str,
    columns: Sequence[str],
    options: Mapping[str, Any],
    masked: bool,
    filename: str,
    now: datetime,
    by: str = "",
) -> Export:
    """Ask for an export of `contacts`, `messages` or `events`; empty `columns` are all of them. Not committed.

    Raises rules.errors.BadRule for a rule in `options` that cannot be understood, export_rows.NoColumn for a column that
    there is not.
    """
    begin_write(session)
    chosen = export_rows.columns_of(session, workspace_id, kind, columns, options)
    made = Export(
        workspace_id=workspace_id,
        kind=kind,
        filename=filename[:200],
        columns=chosen,
        options=dict(options),
        masked=masked,
        state="waiting",
        rows=export_rows.expected(session, workspace_id, kind, options, now),
        done=0,
        pieces=0,
        reached=0,
        created_at=now,
        created_by=by[:120],
    )
    session.add(made)
    session.flush()
    return made


def run_chunk(session: Session, export_id: int, now: datetime) -> bool:
    """Write the next rows of an export in one transaction; True while there are more. The caller commits."""
    begin_write(session)
    query = select(Export).where(Export.id == export_id, Export.state.in_(OPEN))
    running = session.scalar(
        query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if running is None:
        return False
    reached, rows, more = export_rows.portion(session, running, CHUNK, now)
    if rows:
        session.add(
            FilePiece(
                owner="export",
                owner_id=running.id,
                number=running.pieces,
                workspace_id=running.workspace_id,
                body=zlib.compress(dumps(rows).encode(), 1),
            )
        )
        running.pieces += 1
    running.reached = reached
    running.done += len(rows)
    running.rows = max(running.rows, running.done)
    running.state = "running" if more else "done"
    if not more:
        running.rows, running.finished_at = running.done, now
    session.flush()
    return more


def rows_of(session: Session, made: Export) -> Iterator[list[str]]:
    """Give the rows of an export that is done, piece by piece."""
    for number in range(made.pieces):
        body = session.scalar(
            select(FilePiece.body).where(
                FilePiece.workspace_id == made.workspace_id,
                FilePiece.owner == "export",
                FilePiece.owner_id == made.id,
                FilePiece.number == number,
            )
        )
        if body is not None:
            yield from orjson.loads(zlib.decompress(body))


def steer(made: Export, word: str, now: datetime) -> bool:
    """Pause, resume or cancel an export; False if that is not possible in its state. The caller commits."""
    if word == "pause" and made.state in OPEN:
        made.state = "paused"
    elif word == "resume" and made.state == "paused":
        made.state = "waiting"
    elif word == "cancel" and made.state not in OVER:
        made.state, made.finished_at = "cancelled", now
    else:
        return False
    return True


def fail(session: Session, export_id: int, reason: str, now: datetime) -> None:
    """Give up an export that cannot be gone on with. The caller commits."""
    begin_write(session)
    values = {"state": "failed", "reason": reason[:500], "finished_at": now}
    session.execute(update(Export).where(Export.id == export_id, Export.state.in_(OPEN)).values(values))


def pending(session: Session, most: int = 10) -> list[int]:
    """Return the ids of exports that are not finished, oldest first, of all workspaces: the worker's list."""
    return list(
        session.scalars(select(Export.id).where(Export.state.in_(OPEN)).order_by(Export.id).limit(most))
    )


def sweep(session: Session, now: datetime, most: int = 20) -> int:
    """Forget some exports that were kept long enough, and the pieces of cancelled ones. The caller commits."""
    old = select(Export.id).where(Export.created_at < now - KEPT).order_by(Export.id).limit(most)
    ids = list(session.scalars(old))
    if ids:
        session.execute(
            delete(FilePiece).where(FilePiece.owner == "export", among(session, FilePiece.owner_id, ids))
        )
        session.execute(delete(Export).where(among(session, Export.id, ids)))
    return len(ids)


def open_count(session: Session, workspace_id: int) -> int:
    """How many exports of the workspace are not over."""
    query = select(func.count()).where(Export.workspace_id == workspace_id, Export.state.in_(OPEN))
    return session.scalar(query) or 0
