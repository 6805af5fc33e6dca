"""Carrier rates: one token bucket in the database for each workspace's carrier, exact over any number of workers."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text, tuple_, update

from connectors.limits import Limit
from runtime.database import Transaction
from store.tables import CarrierRate

#: (workspace id, carrier)
Key = tuple[int, str]
#: A token is good so long: what is not on its way by then takes another. Without it, messages of an earlier second
#: could be handed over together with those of the next.
FRESH_SECS = 0.05
#: The part of a bucket for which it is worth while to come again.
WORTH_WHILE = 0.6


@dataclass(slots=True)
class Bucket:
    """One bucket, locked by the transaction at hand and filled up to now."""

    key: Key
    limit: Limit
    tokens: float
    now: datetime
    filled_at: datetime
    closed_until: datetime | None
    turn: int
    #: When it was filled, by this process's monotonic clock.
    at: float

    @property
    def ready(self) -> int:
        """Messages that may go now."""
        return 0 if self.closed else int(self.tokens)

    @property
    def closed(self) -> bool:
        return self.closed_until is not None and self.closed_until > self.now

    @property
    def ready_in(self) -> float:
        """Seconds until it is worth while to look again: most of a bucket, but one message at least."""
        filling = (max(1.0, self.limit.burst * WORTH_WHILE) - self.tokens) / self.limit.fill
        shut = (self.closed_until - self.now).total_seconds() if self.closed_until and self.closed else 0.0
        return max(filling, shut, 0.0)


@dataclass(slots=True)
class Grant:
    """Messages for which this worker holds tokens, and since when."""

    ids: set[int] = field(default_factory=set)
    at: float = 0.0

    def covers(self, ids: Collection[int]) -> bool:
        """True while the tokens of all of these are fresh."""
        return time.monotonic() - self.at <= FRESH_SECS and self.ids.issuperset(ids)


def free(tx: Transaction, limits: Mapping[Key, Limit], known: set[Key]) -> list[Bucket]:
    """As `locked`, but without those that somebody else is at: what they give out is given out already.

    `known` are the buckets that were seen before; it learns of new ones.
    """
    if not known.issuperset(limits):
        _make(tx, sorted(limits))
        known.update(limits)
    return _filled(tx, limits, skip_locked=True)


def locked(tx: Transaction, limits: Mapping[Key, Limit]) -> list[Bucket]:
    """The buckets of these carriers, made where there are none, locked in one order and filled up to now."""
    found = _filled(tx, limits)
    if len(found) < len(limits):
        _make(tx, sorted(limits))
        found = _filled(tx, limits)
    return found


def _filled(tx: Transaction, limits: Mapping[Key, Limit], *, skip_locked: bool = False) -> list[Bucket]:
    query = (
        select(CarrierRate.workspace_id, CarrierRate.carrier, CarrierRate.tokens, CarrierRate.filled_at,
               CarrierRate.closed_until, CarrierRate.turn)
        .where(tuple_(CarrierRate.workspace_id, CarrierRate.carrier).in_(sorted(limits)))
        .order_by(CarrierRate.workspace_id, CarrierRate.carrier)
        .with_for_update(skip_locked=skip_locked)
    )  # fmt: skip
    rows = tx.session.execute(query).all()
    at = time.monotonic()
    now = clock(tx)  # read after the locks were had: waiting for them makes no token old
    found = []
    for workspace_id, carrier, tokens, filled_at, closed_until, turn in rows:
        limit = limits[workspace_id, carrier]
        # A clock that was set back fills nothing until it has caught up.
        filled = tokens + limit.fill * max(0.0, (now - filled_at).total_seconds())
        key, tokens = (workspace_id, carrier), min(limit.burst, filled)
        found.append(Bucket(key, limit, tokens, now, max(now, filled_at), closed_until, turn, at))
    return found


def hurry(tx: Transaction) -> None:
    """Let other workers have the bucket before the disk has this transaction.

    What is lost if the database falls within that moment are a few tokens taken, or that messages were given back: their
    leases run out instead.
    """
    if tx.session.get_bind().dialect.name != "sqlite":
        tx.session.execute(text("SET LOCAL synchronous_commit TO off"))


def take(tx: Transaction, bucket: Bucket, number: int) -> None:
    """Take so many tokens out of a bucket that has them, and write it back."""
    _write(tx, bucket, tokens=bucket.tokens - number, filled_at=bucket.filled_at, turn=bucket.turn)


def close(tx: Transaction, key: Key, limit: Limit, secs: float) -> None:
    """Empty a bucket for so long, since the carrier asked for silence; a longer silence asked before stays."""
    (bucket,) = locked(tx, {key: limit})
    until = bucket.now + timedelta(seconds=secs)
    if bucket.closed_until is not None:
        until = max(until, bucket.closed_until)
    _write(tx, bucket, tokens=0.0, filled_at=until, closed_until=until)


def clock(tx: Transaction) -> datetime:
    """The database's own clock, which all workers share; on SQLite the machine's."""
    if tx.session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = tx.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now.astimezone(UTC)


def _make(tx: Transaction, keys: Sequence[Key]) -> None:
    """Begin with an empty bucket: a carrier that is new, or a worker that is, gives no right to a burst."""
    now = clock(tx)
    rows = [{"workspace_id": w, "carrier": c, "tokens": 0.0, "filled_at": now, "turn": 0} for w, c in keys]
    dialect = tx.session.get_bind().dialect.name
    if dialect == "sqlite":
        tx.session.execute(insert(CarrierRate).prefix_with("OR IGNORE"), rows)
    else:
        from sqlalchemy.dialects.postgresql import insert as insert_or_leave

        tx.session.execute(insert_or_leave(CarrierRate).on_conflict_do_nothing(), rows)


def _write(tx: Transaction, bucket: Bucket, **values: Any) -> None:
    workspace_id, carrier = bucket.key
    tx.session.execute(
        update(CarrierRate)
        .where(CarrierRate.workspace_id == workspace_id, CarrierRate.carrier == carrier)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
