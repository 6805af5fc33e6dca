"""Who changed what: one line per change, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from store import clock
from store.tables import Audit


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
    """
    session.execute(
        insert(Audit).values(
            workspace_id=workspace_id,
            at=at or clock.now(session),
            actor=_line(actor, 120),
            action=_line(action, 64),
            target=_line(target, 120),
            detail=dict(detail or {}),
        )
    )


def _line(text: str, limit: int) -> str:
    return "".join(
        " " if ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" else letter for letter in text
    )[:limit]
