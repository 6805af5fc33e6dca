"""A session on a fresh database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store.database import engine_options
from store.tables import Workspace

NOW = datetime(2026, 3, 1, 2, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(database_url, **engine_options(database_url))
    yield made
    made.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def workspace(session: Session) -> int:
    """The id of a committed workspace."""
    made = Workspace(name="花间", slug="huajian", settings={}, created_at=NOW)
    session.add(made)
    session.flush()
    number = made.id
    session.commit()
    return number
