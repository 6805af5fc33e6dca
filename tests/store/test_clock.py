"""One clock for all processes, which in test mode goes where it is told, but never back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store import clock
from store.clock import ClockError
from tests.store.conftest import NOW


@pytest.fixture
def test_mode() -> Iterator[None]:
    clock.configure(test_mode=True)
    yield
    clock.configure(test_mode=False)


def test_outside_test_mode_the_systems_clock_counts(session: Session) -> None:
    before = datetime.now(UTC)
    assert before <= clock.now(session) <= datetime.now(UTC)
    for attempt in (lambda: clock.set_now(session, NOW), lambda: clock.advance(session, timedelta(1))):
        with pytest.raises(ClockError, match="ROADBOOK_TEST_MODE"):
            attempt()


@pytest.mark.usefixtures("test_mode")
def test_every_session_sees_the_clock_that_was_set(engine: sa.Engine, session: Session) -> None:
    assert abs(clock.now(session) - datetime.now(UTC)) < timedelta(minutes=1), "nobody has set it yet"
    clock.set_now(session, NOW)
    session.commit()
    with Session(engine) as other:
        assert clock.now(other) == NOW
        assert clock.advance(other, timedelta(days=7, hours=1)) == NOW + timedelta(days=7, hours=1)
        other.commit()
    assert clock.now(session) == NOW + timedelta(days=7, hours=1)


@pytest.mark.usefixtures("test_mode")
def test_the_clock_never_goes_back(session: Session) -> None:
    clock.set_now(session, NOW)
    session.commit()
    for earlier in (
        NOW - timedelta(microseconds=1),
        NOW.astimezone(timezone(timedelta(hours=8))) - timedelta(1),
    ):
        with pytest.raises(ClockError, match="never goes back"):
            clock.set_now(session, earlier)
        session.rollback()
    with pytest.raises(ClockError):
        clock.advance(session, timedelta(seconds=-1))
    with pytest.raises(ClockError, match="zone"):
        clock.set_now(session, datetime(2027, 1, 1))
    with pytest.raises(ClockError, match="9999"):
        clock.advance(session, timedelta(days=365 * 9000))
    session.rollback()
    assert clock.set_now(session, NOW) == NOW, "the same time is no step back"
    assert clock.now(session) == NOW
