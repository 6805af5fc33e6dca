"""Who changed what: one line per change, in the transaction of the change, each sealed to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from store import clock
from store.database import begin_write
from store.tables import Audit

#: What the first line of a workspace is sealed to.
BEGINNING = "0" * 64
#: Marks the lock under which lines of one workspace are written one after the other.
ROOM = 7102


def record(
    session: Session,
    workspace_id: int,
    actor: str,
    action: str,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Write one line: `actor` did `action` (such as `journey.publish`) to `target` (such as `journey:7`).

    `detail` is kept as JSON and must hold no secret. Line ends are taken out, so that no name forges a line.
    Other lines of the workspace wait until this transaction ends.
    """
    begin_write(session)
    if session.get_bind().dialect.name == "postgresql":
        turn = text("SELECT pg_advisory_xact_lock(:room, :workspace)")
        session.execute(turn, {"room": ROOM, "workspace": workspace_id % 2**31})
    line: dict[str, Any] = {
        "workspace_id": workspace_id,
        "at": at or clock.now(session),
        "actor": _line(actor, 120),
        "action": _line(action, 64),
        "target": _line(target, 120),
        "detail": _settled(dict(detail or {})),
    }
    before = session.scalar(
        select(Audit.seal).where(Audit.workspace_id == workspace_id).order_by(Audit.id.desc()).limit(1)
    )
    session.execute(insert(Audit).values(**line, seal=_seal(before or BEGINNING, line)))


def first_broken(session: Session, workspace_id: int) -> int | None:
    """Return the id of the first line that was changed, or before which one was taken out; None if all is well."""
    columns = Audit.id, Audit.seal, Audit.at, Audit.actor, Audit.action, Audit.target, Audit.detail
    query = select(*columns).where(Audit.workspace_id == workspace_id).order_by(Audit.id)
    before = BEGINNING
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            names = ("at", "actor", "action", "target", "detail")
            line = {"workspace_id": workspace_id, **{name: getattr(row, name) for name in names}}
            if row.seal != _seal(before, line):
                return int(row.id)
            before = row.seal
    return None


def _seal(before: str, line: Mapping[str, Any]) -> str:
    told = {**line, "at": line["at"].astimezone(UTC).isoformat(timespec="microseconds")}
    whole = before.encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(whole).hexdigest()


def _settled(value: Any) -> Any:
    """Write JSON as every database gives it back: whole numbers without a fraction."""
    if isinstance(value, Mapping):
        return {str(name): _settled(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _line(words: str, limit: int) -> str:
    clean = (" " if ord(one) < 32 or one in "\x7f\x85\u2028\u2029" else one for one in words)
    return "".join(clean)[:limit]
