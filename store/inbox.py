"""The one door by which signals enter: stored here at once, worked on later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store.bulk import insert_rows
from store.tables import Inbox


@dataclass(slots=True)
class NewSignal:
    """A signal to be stored; the fields are the columns of `store.tables.Inbox`.

    An event names its contact by `contact_id` or by `identity` ({"external_id": …} or {kind: value}).
    """

    workspace_id: int
    kind: str
    name: str
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    contact_id: int | None = None
    identity: Mapping[str, str] | None = None
    event_id: str | None = None
    enrollment_id: int | None = None
    source_id: int | None = None


def put(session: Session, signals: Sequence[NewSignal], now: datetime) -> int:
    """Store signals in their order, as seen at `now`, and return how many of them were new.

    One whose event id the workspace has taken before, or an earlier one bears, is left out. Does not commit.
    """
    rows = [
        {
            "workspace_id": signal.workspace_id,
            "kind": signal.kind,
            "name": signal.name,
            "event_id": signal.event_id,
            "contact_id": signal.contact_id,
            "identity": signal.identity,
            "enrollment_id": signal.enrollment_id,
            "source_id": signal.source_id,
            "occurred_at": signal.occurred_at,
            "stored_at": now,
            "data": signal.data,
            "state": "new",
        }
        for signal in signals
    ]
    taken_once = any(signal.event_id is not None for signal in signals)
    return insert_rows(
        session, Inbox.__table__, rows, skip_known=taken_once, key="event_id" if taken_once else None
    )
