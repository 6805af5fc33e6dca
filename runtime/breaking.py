"""Breakers before providers: what every worker has seen of an account, kept in the database so that all act alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from rules.breaker import CALM, Breaker, answered, failed, may_go, trying
from runtime.database import Transaction
from runtime.holding import put_back
from runtime.rows import Parcel
from store import tables_guards as tables
from store.bulk import insert_rows

#: (workspace id, carrier)
Place = tuple[int, str]
#: Why a message waits, as the studio says it.
SILENT = "the provider does not answer"
#: Who waits comes back within so long after the pause, and not all in one moment.
APART_SECS = 5
#: While one tries, the others look again after so long.
SOON_SECS = 2


@dataclass(slots=True)
class _Heard:
    """What one call came to."""

    place: Place
    message: str
    #: None if it was answered.
    error: str | None


class Breakers:
    """What one worker knows of breakers; what it hears is written down with the next results."""

    def __init__(self) -> None:
        self.known: dict[Place, Breaker] = {}
        self._heard: list[_Heard] = []

    def refresh(self, tx: Transaction) -> None:
        """Read them; there are rows only of providers that have failed lately."""
        self.known = {
            (row.workspace_id, row.carrier): _read(row) for row in tx.session.scalars(select(tables.Breaker))
        }

    def shut(self, now: datetime) -> frozenset[Place]:
        """The places to which nothing may be handed now."""
        return frozenset(place for place, one in self.known.items() if may_go(one, now) == "none")

    def until(self, place: Place, now: datetime) -> datetime | None:
        """When a message may try at the earliest; None if the breaker lets everything through."""
        one = self.known.get(place, CALM)
        return None if one.state == "closed" else max(one.until or now, now)

    def sift(
        self,
        tx: Transaction,
        owner: str,
        parcels: Sequence[Parcel],
        now: datetime,
        reached: Collection[Place],
    ) -> list[Parcel]:
        """Of messages just leased, those that may go: of a silent provider none, or the one that tries."""
        states = {place: may_go(one, now) for place, one in self.known.items() if place in reached}
        if all(state == "all" for state in states.values()):
            return list(parcels)
        free, back = [], []
        tried: dict[Place, bool] = {}
        for parcel in parcels:
            place = (parcel.workspace_id, parcel.carrier)
            state = states.get(place, "all")
            if state == "one" and place not in tried:
                tried[place] = self._tries(tx, place, now)
                if tried[place]:
                    free.append(parcel)
                    continue
            if state == "all":
                free.append(parcel)
            else:
                back.append((parcel.id, self._later(parcel.id, place, now), SILENT))
        put_back(tx, owner, back)
        return free

    def _later(self, number: int, place: Place, now: datetime) -> datetime:
        one = self.known[place]
        until = one.until if one.state == "open" and one.until and one.until > now else now + _secs(SOON_SECS)
        return until + _secs(number % (APART_SECS * 10) / 10)

    def _tries(self, tx: Transaction, place: Place, now: datetime) -> bool:
        """True if this worker is the one whose message tries."""
        told = trying(self.known[place], now)
        won = tx.session.execute(
            update(tables.Breaker)
            .where(
                *_at(place),
                tables.Breaker.state.in_((tables.OPEN, tables.HALF)),
                or_(tables.Breaker.until.is_(None), tables.Breaker.until <= now),
            )
            .values(state=told.state, until=told.until, changed_at=now)
            .execution_options(synchronize_session=False)
        )
        self.known[place] = told
        return int(won.rowcount) == 1  # type: ignore[attr-defined]

    def answered(self, place: Place) -> None:
        """The provider has answered a call, whatever it said."""
        if place in self.known:
            self.known[place] = answered(self.known[place])
            self._heard.append(_Heard(place, "", None))

    def failed(self, place: Place, message: str, error: str, now: datetime) -> None:
        """A call for this message came to nothing: no answer, or that the provider is out of order."""
        self.known[place] = failed(self.known.get(place, CALM), message, now)
        self._heard.append(_Heard(place, message, error))

    def write(self, tx: Transaction, now: datetime) -> None:
        """Write down what was heard since, over what others have written."""
        heard, self._heard = self._heard, []
        for place in sorted({one.place for one in heard}):
            theirs = [one for one in heard if one.place == place]
            row = self._locked(tx, place, theirs, now)
            if row is not None:
                _tell(row, theirs, now)
                self.known[place] = _read(row)
            else:
                self.known.pop(place, None)
            tx.session.flush()
            tx.session.execute(delete(tables.Breaker).where(*_at(place), tables.Breaker.failures == 0))

    def _locked(
        self, tx: Transaction, place: Place, heard: Sequence[_Heard], now: datetime
    ) -> tables.Breaker | None:
        query = select(tables.Breaker).where(*_at(place)).with_for_update()
        query = query.execution_options(populate_existing=True)
        row = tx.session.scalars(query).first()
        if row is None and any(one.error is not None for one in heard):
            insert_rows(tx.session, tables.Breaker.__table__, [_fresh(place, now)], skip_known=True)
            row = tx.session.scalars(query).one()
        return row


def _fresh(place: Place, now: datetime) -> Mapping[str, object]:
    named = {
        "workspace_id": place[0],
        "carrier": place[1],
        "state": CALM.state,
        "failures": 0,
        "last_error": "",
        "last_key": "",
    }
    return {**named, "pause_secs": CALM.pause_secs, "until": None, "opened_at": None, "changed_at": now}


def _read(row: tables.Breaker) -> Breaker:
    return Breaker(row.state, row.failures, row.pause_secs, row.until, row.last_key)  # type: ignore[arg-type]


def _tell(row: tables.Breaker, heard: Sequence[_Heard], now: datetime) -> None:
    one = _read(row)
    for call in heard:
        one = answered(one) if call.error is None else failed(one, call.message, now)
        row.last_error = call.error[:500] if call.error else row.last_error
    if one.state != "closed" and row.opened_at is None:
        row.opened_at = now
    if one.state == "closed":
        row.opened_at = None
    row.state, row.failures, row.pause_secs = one.state, one.failures, one.pause_secs
    row.until, row.last_key, row.changed_at = one.until, one.last, now


def _at(place: Place) -> tuple[ColumnElement[bool], ...]:
    return tables.Breaker.workspace_id == place[0], tables.Breaker.carrier == place[1]


def _secs(secs: float) -> timedelta:
    return timedelta(seconds=secs)
