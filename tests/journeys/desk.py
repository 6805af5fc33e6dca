"""A session on a fresh database with one workspace, for tests of drafts and versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

import journeys.tables  # noqa: F401
from store.database import begin_write, engine_options
from store.tables import Audit, Workspace

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

DRAWING: dict[str, Any] = {
    "format": 1,
    "entries": [
        {"id": "in", "on": {"type": "event", "name": "friend_added"}, "to": "trust"},
        {"id": "birthday", "on": {"type": "date", "attribute": "birthday", "yearly": True}, "to": "trust"},
    ],
    "stages": [{"id": "trust", "initial": "pause", "stay": True}],
    "steps": [{"id": "pause", "stage": "trust", "kind": "wait", "config": {"until": {"for": "P1D"}}}],
    "layout": {"trust": {"x": 1, "y": 1}},
}


class Desk:
    """Writes as the web does: one transaction at a time, taken as a writer."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, **engine_options(url))
        with self.begin() as session:
            room = Workspace(name="W", slug="w", settings={}, created_at=NOW)
            session.add(room)
            session.flush()
            self.workspace_id = room.id
            session.commit()

    def begin(self) -> Session:
        session = Session(self.engine)
        begin_write(session)
        return session

    def audit(self) -> list[str]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Audit.action).order_by(Audit.id)))
