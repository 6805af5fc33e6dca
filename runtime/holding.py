"""What may not leave now: a stopped workspace's messages, and those of steps and materials whose guard has tripped.

It is read in the transaction that leases messages. What is due and held is set aside under a far date, so that nobody
looks at it again and again; when it may go, it comes back spread over a while.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from runtime import greeting
from runtime.database import Database, Transaction
from runtime.routes import Routes
from runtime.rows import Parcel
from store import stops
from store.bulk import among
from store.tables import Outbox
from store.tables_guards import GuardTrip, SendingStop

log = logging.getLogger(__name__)

#: When a message goes that is set aside.
FAR = datetime(2999, 1, 1, tzinfo=UTC)
#: Why it waits, as the studio says it.
STOPPED = "sending was stopped"
GUARDED = "a guard holds it back"
SLOWED = "a guard slows it down"
PAUSE, SLOW, STAFF = "pause", "slow", "staff"
#: Messages set aside, or brought back, in one transaction.
PORTION = 2000
#: What has waited comes back at this rate, and within so long however much it is.
BACK_PER_SEC, BACK_SECS = 20, 600
#: A word to stop is asked for again when the last answer is older.
FRESH_SECS = 0.5


@dataclass(slots=True, frozen=True)
class Trip:
    """A guard that has tripped, as delivery obeys it."""

    id: int
    workspace_id: int
    per: str
    subject: str
    action: str
    interval_secs: float

    @property
    def reason(self) -> str:
        """Why its messages wait. Those of somebody's are known by it: who his customers are may change meanwhile."""
        why = GUARDED if self.action == PAUSE else SLOWED
        return f"{why}: {self.subject}" if self.per == STAFF else why

    def holds(self, parcel: Parcel, sender: str | None) -> bool:
        """True if this message is one of the step or material that it is about, or goes in the name of that person."""
        if parcel.workspace_id != self.workspace_id:
            return False
        if self.per == STAFF:
            return self.subject == sender
        if self.per == "step":
            return self.subject == f"{parcel.journey_id}:{parcel.step}"
        return self.per == "material" and self.subject == parcel.content

    def where(self) -> ColumnElement[bool]:
        """Its messages in the outbox."""
        mine = Outbox.workspace_id == self.workspace_id
        if self.per == STAFF:
            return mine & Outbox.reason.in_([f"{why}: {self.subject}" for why in (GUARDED, SLOWED)])
        if self.per == "step":
            journey, _, step = self.subject.partition(":")
            return mine & (Outbox.journey_id == int(journey)) & (Outbox.step == step)
        return mine & (Outbox.content == self.subject)


class Holding:
    """What one worker knows of holds; `is_stopped` may be asked from any thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stopped: frozenset[int] = frozenset()
        self.trips: tuple[Trip, ...] = ()
        #: Of the stopped workspaces, those that nobody has let go yet.
        self._standing: frozenset[int] = frozenset()
        #: True if something was released, and may have to be brought back.
        self._released = False
        #: Of each slowed step, the last time that was given to a message.
        self._tails: dict[int, datetime] = {}
        self._spread: dict[tuple[str, int], float] = {}
        self._looked = 0.0
        self._lock = threading.Lock()

    def refresh(self, tx: Transaction) -> None:
        """Read what holds now; part of the transaction that leases."""
        standing = tx.session.execute(_STOPS).all()
        self.stopped = frozenset(row.workspace_id for row in standing)
        self._standing = frozenset(row.workspace_id for row in standing if row.until is None)
        self._looked = time.monotonic()
        rows = tx.session.execute(_TRIPS).all()
        self.trips = tuple(Trip(*row[:-1]) for row in rows if row.until is None)
        self._released = any(until is not None for *_, until in (*standing, *rows))

    def journeys(self, routes: Routes) -> list[int]:
        """The journeys of which nothing is leased: those paused, and all of stopped workspaces."""
        if not self.stopped:
            return routes.paused
        mine = [row.id for row in routes.rows if row.workspace_id in self.stopped]
        return sorted({*routes.paused, *mine})

    def is_stopped(self, workspace_id: int) -> bool:
        """True if nothing of this workspace may begin its way now; asks the database when the last answer is old.

        If it cannot be asked, nothing begins.
        """
        with self._lock:
            if time.monotonic() - self._looked > FRESH_SECS:
                try:
                    with self.database.reading() as tx:
                        self.stopped = stops.held(tx.session)
                except SQLAlchemyError as error:
                    log.warning("nothing begins: whether it may cannot be asked (%s)", type(error).__name__)
                    return True
                self._looked = time.monotonic()
            return workspace_id in self.stopped

    def keep(self, tx: Transaction, routes: Routes, now: datetime) -> int:
        """Set aside a portion of what is due and held, and bring back one of what is not held any more."""
        done = 0
        mine = [row.id for row in routes.rows if row.workspace_id in self._standing]
        if mine:
            stopped = SendingStop.workspace_id.in_(sorted(self._standing))
            done += _set_aside(
                tx, among(tx.session, Outbox.journey_id, mine), STOPPED, now, SendingStop, stopped
            )
        for trip in self.trips:
            # Whose message it is shows only when it is leased.
            if trip.action == PAUSE and trip.per != STAFF:
                done += _set_aside(tx, trip.where(), GUARDED, now, GuardTrip, GuardTrip.id == trip.id)
        return done + (self._wake(tx, now) if self._released else 0)

    def sift(self, tx: Transaction, owner: str, parcels: Sequence[Parcel], now: datetime) -> list[Parcel]:
        """Of messages just leased, those that no guard holds; the others are set aside or wait for their turn."""
        if not self.trips or not parcels:
            return list(parcels)
        free, back = [], []
        slowed: dict[Trip, list[Parcel]] = {}
        paused: dict[Trip, list[Parcel]] = {}
        guarded = {trip.workspace_id for trip in self.trips if trip.per == STAFF}
        whose = [parcel for parcel in parcels if parcel.workspace_id in guarded]
        senders = greeting.owners(tx.session, whose) if whose else {}
        for parcel in parcels:
            theirs = [trip for trip in self.trips if trip.holds(parcel, senders.get(parcel.id))]
            first = next((trip for trip in theirs if trip.action == PAUSE), None)
            if first is not None:
                paused.setdefault(first, []).append(parcel)
            elif theirs:
                slowest = max(theirs, key=lambda trip: trip.interval_secs)
                slowed.setdefault(slowest, []).append(parcel)
            else:
                free.append(parcel)
        stand = _standing(tx, GuardTrip, GuardTrip.id.in_([trip.id for trip in paused])) if paused else {}
        for trip, held in paused.items():
            if trip.id in stand:
                back += [(parcel.id, FAR, trip.reason) for parcel in held]
            else:
                free += held
        for trip in sorted(slowed, key=lambda one: one.id):
            may, later = self._in_turn(tx, trip, slowed[trip], now)
            free += may
            back += later
        put_back(tx, owner, back)
        return sorted(free, key=lambda parcel: parcel.id)

    def _in_turn(
        self, tx: Transaction, trip: Trip, parcels: Sequence[Parcel], now: datetime
    ) -> tuple[list[Parcel], list[tuple[int, datetime, str]]]:
        """One message each interval, over all workers; the others are given later times."""
        row = tx.session.get(GuardTrip, trip.id, with_for_update=True)
        if row is None or row.until is not None:
            return list(parcels), []
        gap = timedelta(seconds=trip.interval_secs)
        turn, may = row.next_at or now, []
        for parcel in parcels:
            if turn > now:
                break
            may.append(parcel)
            turn = max(turn, now - gap) + gap
        row.next_at = turn
        tx.session.flush()
        slot = max(turn, self._tails.get(trip.id, turn))
        later = []
        for parcel in parcels[len(may) :]:
            later.append((parcel.id, slot, trip.reason))
            slot += gap
        self._tails[trip.id] = slot
        return may, later

    def _wake(self, tx: Transaction, now: datetime) -> int:
        done = 0
        for row in tx.session.scalars(_over(SendingStop)).all():
            mine = Outbox.workspace_id == row.workspace_id
            # What was due and not set aside yet comes back spread over the same while.
            waits = (Outbox.not_before == FAR) & (Outbox.reason == STOPPED) | (Outbox.not_before <= row.until)
            again = stops.standing(tx.session, row.workspace_id) is not None
            done += self._wake_one(tx, row, None if again else mine & waits, now)
        for trip in tx.session.scalars(_over(GuardTrip)).all():
            mine = Trip(trip.id, trip.workspace_id, trip.per, trip.subject, trip.action, 0.0).where()
            waits = Outbox.not_before > now
            if trip.per != STAFF:
                waits &= Outbox.reason.in_((GUARDED, SLOWED))
            done += self._wake_one(tx, trip, mine & waits, now)
        return done

    def _wake_one(
        self, tx: Transaction, row: SendingStop | GuardTrip, waits: ColumnElement[bool] | None, now: datetime
    ) -> int:
        ids = [] if waits is None else _some(tx, waits, PORTION)
        place = (row.__tablename__, row.id)
        if waits is None or not ids:
            row.woken = True
            tx.session.flush()
            self._spread.pop(place, None)
            return 1
        if place not in self._spread:
            self._spread[place] = _spread_secs(tx, waits)
        secs = self._spread[place]
        begin = max(now, row.until or now)
        back = [
            {
                "id": number,
                "not_before": begin + timedelta(seconds=0.001 + _part(number) * secs),
                "reason": None,
            }
            for number in ids
        ]
        tx.session.execute(update(Outbox), back)
        return len(ids)


_STOPS = select(SendingStop.workspace_id, SendingStop.until).where(SendingStop.woken.is_(False))
_TRIPS = select(
    *(GuardTrip.id, GuardTrip.workspace_id, GuardTrip.per, GuardTrip.subject, GuardTrip.action),
    *(GuardTrip.interval_secs, GuardTrip.until),
).where(GuardTrip.woken.is_(False))


def _over(model: Any) -> Any:
    """Holds that were released and not woken, those that nobody else is at."""
    query = select(model).where(model.woken.is_(False), model.until.is_not(None)).order_by(model.id)
    return query.limit(20).with_for_update(skip_locked=True)


def put_back(tx: Transaction, owner: str, back: Iterable[tuple[int, datetime, str]]) -> None:
    """Put leased messages back until later, and why; the try does not count."""
    rows: list[Mapping[str, Any]] = [
        {
            "id": number,
            "not_before": at,
            "reason": why,
            "state": "pending",
            "lease_owner": None,
            "lease_until": None,
        }
        for number, at, why in back
    ]
    if not rows:
        return
    ids = [row["id"] for row in rows]
    untry(tx, owner, ids)
    tx.session.execute(update(Outbox), rows)


def untry(tx: Transaction, owner: str, ids: Sequence[int]) -> None:
    """Take back the try that was counted when these were leased: no carrier has seen them."""
    mine = among(tx.session, Outbox.id, ids), Outbox.lease_owner == owner, Outbox.state == "sending"
    values = {"tries": Outbox.tries - 1}
    tx.session.execute(
        update(Outbox).where(*mine).values(values).execution_options(synchronize_session=False)
    )


def _set_aside(
    tx: Transaction,
    mine: ColumnElement[bool],
    why: str,
    now: datetime,
    model: type[SendingStop | GuardTrip],
    hold: ColumnElement[bool],
) -> int:
    ids = _some(tx, mine & (Outbox.not_before <= now), PORTION)
    stand = _standing(tx, model, hold) if ids else {}
    if not stand:
        return 0
    theirs = among(tx.session, Outbox.id, ids), Outbox.workspace_id.in_(sorted(set(stand.values())))
    aside = update(Outbox).where(*theirs).values(not_before=FAR, reason=why)
    tx.session.execute(aside.execution_options(synchronize_session=False))
    return len(ids)


def _standing(
    tx: Transaction, model: type[SendingStop | GuardTrip], hold: ColumnElement[bool]
) -> dict[int, int]:
    """The holds, of one kind, that stand until this transaction ends, and their workspaces.

    Whoever releases one waits meanwhile, so that whoever wakes its messages afterwards finds all that were set aside.
    """
    query = select(model.id, model.workspace_id).where(hold, model.until.is_(None))
    return {row.id: row.workspace_id for row in tx.session.execute(query.with_for_update(read=True))}


def _some(tx: Transaction, mine: ColumnElement[bool], most: int) -> list[int]:
    query = select(Outbox.id).where(Outbox.state == "pending", mine).limit(most)
    return list(tx.session.scalars(query.with_for_update(skip_locked=True)))


def _spread_secs(tx: Transaction, mine: ColumnElement[bool]) -> float:
    """Over how long so many come back."""
    some = select(Outbox.id).where(Outbox.state == "pending", mine).limit(BACK_SECS * BACK_PER_SEC).subquery()
    number = tx.session.scalar(select(func.count()).select_from(some)) or 0
    return min(number / BACK_PER_SEC, float(BACK_SECS))


def _part(number: int) -> float:
    """A part of one that looks drawn, always the same for a message."""
    return (number * 2654435761 % 2**32) / 2**32
