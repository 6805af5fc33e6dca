"""A workspace in a fresh database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store.database import engine_options
from store.tables import Workspace

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = sa.create_engine(database_url, **engine_options(database_url))
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def workspaces(session: Session) -> tuple[int, int]:
    """The ids of two committed workspaces."""
    made = [Workspace(name=slug, slug=slug, settings={}, created_at=NOW) for slug in ("a", "b")]
    session.add_all(made)
    session.flush()
    numbers = made[0].id, made[1].id
    session.commit()
    return numbers
