"""How a database is opened: nothing of people in errors, and no statement or transaction without an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store.columns import UTCDateTime
from store.database import engine_options
from store.tables import Account, VirtualClock
from tests.store.conftest import NOW


def test_errors_do_not_show_the_values_of_people(session: Session) -> None:
    for _ in range(2):
        session.add(Account(email="lin@example.com", name="13800138000", password_hash="h", created_at=NOW))
    with pytest.raises(sa.exc.IntegrityError) as caught:
        session.flush()
    assert "13800138000" not in str(caught.value)


@pytest.mark.postgres
def test_postgresql_ends_what_takes_too_long(postgres_url: str) -> None:
    url = postgres_url.replace("postgres://", "postgresql://")
    engine = sa.create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        settings = dict(connection.execute(sa.text("SELECT name, setting FROM pg_settings")).all())
    engine.dispose()
    assert settings["statement_timeout"] == settings["idle_in_transaction_session_timeout"] == "60000"
    assert settings["plan_cache_mode"] == "force_custom_plan" and settings["TimeZone"] == "UTC"


def test_a_moment_is_utc_and_keeps_its_microseconds(session: Session) -> None:
    east = timezone(timedelta(hours=8))
    session.add(VirtualClock(id=1, now=datetime(2026, 3, 1, 10, 0, 0, 1, tzinfo=east)))
    session.commit()
    kept = session.get_one(VirtualClock, 1).now
    assert kept == datetime(2026, 3, 1, 2, 0, 0, 1, tzinfo=UTC) and kept.utcoffset() == timedelta(0)
    session.add(VirtualClock(id=2, now=datetime(2026, 3, 1)))
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        session.flush()


def test_text_order_is_time_order_on_sqlite() -> None:
    dialect = sa.create_engine("sqlite://").dialect
    moments = [NOW + timedelta(microseconds=step**3 * 977) for step in range(-50, 50)]
    written = [UTCDateTime().process_bind_param(moment, dialect) for moment in moments]
    assert written == sorted(written) and len({len(text) for text in written}) == 1
