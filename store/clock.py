"""The one clock of journeys: the system's, or in test mode a virtual one that all processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, TextClause, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.columns import UTCDateTime
from store.tables import VirtualClock

ONLY_ROW = 1
#: The moment at which a question is asked, given with it as `now`.
NOW = bindparam("now", type_=UTCDateTime())


class ClockError(ValueError):
    """The clock cannot be set like that."""


class _Mode:
    virtual = False


def configure(test_mode: bool) -> None:
    """Choose the clock of this process: the virtual one in test mode, else the system's."""
    _Mode.virtual = test_mode


def system() -> datetime:
    """Return the system's time in UTC, which is the journeys' outside test mode."""
    return datetime.now(UTC)


def now(session: Session) -> datetime:
    """Return the journeys' time in UTC; in test mode the virtual one, once somebody has set it."""
    if _Mode.virtual:
        kept = session.scalar(select(VirtualClock.now).where(VirtualClock.id == ONLY_ROW))
        if kept is not None:
            return kept
    return system()


def has_come(
    time: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    *where: ColumnElement[bool] | TextClause,
) -> ColumnElement[bool]:
    """True if the least of an indexed time is not after NOW, NULL if there is none.

    Asked by its order, so that the index answers: of EXISTS the planner may think that reading the whole table is quicker.
    """
    least = select(time).where(time.is_not(None), *where).order_by(time).limit(1)
    return least.scalar_subquery() <= NOW


def set_now(session: Session, moment: datetime) -> datetime:
    """Set the virtual clock to `moment` and return it in UTC.

    Raises ClockError outside test mode, for a time without a zone, and for one before the clock's own.
    """
    if not _Mode.virtual:
        raise ClockError("Only test mode has a clock that can be set: start with ROADBOOK_TEST_MODE=1.")
    if moment.tzinfo is None:
        raise ClockError("Give the time with its zone, for example 2026-03-01T10:00:00+08:00.")
    moment = moment.astimezone(UTC)
    row = session.get(VirtualClock, ONLY_ROW, with_for_update=True, populate_existing=True)
    if row is None:
        session.add(VirtualClock(id=ONLY_ROW, now=moment))
    elif moment < row.now:
        raise ClockError(
            f"The clock stands at {row.now.isoformat()} and never goes back: choose a later time."
        )
    else:
        row.now = moment
    session.flush()
    return moment


def advance(session: Session, by: timedelta) -> datetime:
    """Move the virtual clock on by `by` and return its new time; raises ClockError as `set_now` does."""
    if by < timedelta(0):
        raise ClockError("The clock never goes back: advance it by a positive duration.")
    try:
        return set_now(session, now(session) + by)
    except OverflowError as error:
        raise ClockError("That is beyond the year 9999: advance the clock by less.") from error
