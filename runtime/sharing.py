"""Who may go next where carriers are limited: every journey has its own queue, and they take turns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from connectors.registry import Registry
from content.carriers import CARRIERS
from runtime import queues, rates
from runtime.database import Database, Transaction
from runtime.queues import Pair
from runtime.rates import Bucket, Grant, Key
from runtime.routes import Routes
from runtime.rows import Parcel

#: Carries calls, no material.
WEBHOOK = "webhook"


class Sharing:
    """Shares what carriers allow among journeys; one for each worker."""

    def __init__(self, registry: Registry, owner: str, carriers: Collection[str] | None = None) -> None:
        self.registry, self.owner = registry, owner
        #: The carriers this worker serves; None for all.
        self.carriers = carriers
        self.grants: dict[Key, Grant] = {}
        #: Seconds until a carrier that has messages waiting takes more; None if none waits for tokens.
        self.ready_in: float | None = None
        self._known: set[Key] = set()

    @property
    def needed(self) -> bool:
        """False where every message may go at once, so that the plain queue will do."""
        return self.carriers is not None or bool(self.registry.limits)

    def lease(
        self,
        tx: Transaction,
        routes: Routes,
        now: datetime,
        limit: int,
        paused: Sequence[int],
        silent: Collection[Key] = (),
    ) -> list[Parcel]:
        """Lease messages that may go now: of unlimited carriers what there is, of limited ones as their tokens say.

        Nothing is leased for the accounts that are `silent`.
        """
        self.ready_in = None
        limits = {k: v for k, v in self.registry.limits.items() if self._serves(k[1])}
        buckets = {bucket.key: bucket for bucket in rates.free(tx, limits, self._known)} if limits else {}
        pairs = {pair: key for pair, key in self._pairs(routes, paused).items() if key not in silent}
        waiting = queues.first(tx, now, list(pairs), limit)
        chosen: list[int] = []
        for key in sorted({pairs[pair] for pair in waiting}):
            theirs = {pair[0]: ids for pair, ids in waiting.items() if pairs[pair] == key}
            bucket = buckets.get(key)
            if bucket is None and key in limits:
                self._come_again(limits[key].burst * rates.WORTH_WHILE / limits[key].fill)
                continue
            if bucket is None:
                chosen += round_robin(theirs, limit, 0)[0]
                continue
            ids, bucket.turn = round_robin(theirs, min(limit, bucket.ready), bucket.turn)
            if len(ids) < sum(map(len, theirs.values())):
                self._wait_for(bucket, len(ids))
            if ids:
                rates.take(tx, bucket, len(ids))
                self.grants[key] = Grant(set(ids), bucket.at)
                chosen += ids
        return queues.lease(tx, self.owner, chosen) if chosen else []

    def allowed(self, database: Database, key: Key, ids: Sequence[int]) -> set[int]:
        """Of messages about to be handed over, those with a fresh token; the others have gone back to their queue."""
        limit = self.registry.limits.get(key)
        grant = self.grants.get(key)
        if limit is None or (grant is not None and grant.covers(ids)):
            return set(ids)
        with database.transaction() as tx:
            rates.hurry(tx)
            (bucket,) = rates.locked(tx, {key: limit})
            number = min(len(ids), bucket.ready)
            rates.take(tx, bucket, number)
            self._wait_for(bucket, number)
            if number < len(ids):
                queues.give_back(tx, self.owner, ids[number:])
        self.grants[key] = Grant(set(ids[:number]), bucket.at)
        return set(ids[:number])

    def close(self, database: Database, key: Key, secs: float) -> None:
        """The carrier asked for silence: nobody asks it again before then."""
        limit = self.registry.limits.get(key)
        if limit is not None:
            self.grants.pop(key, None)
            with database.transaction() as tx:
                rates.close(tx, key, limit, secs)

    def _wait_for(self, bucket: Bucket, taken: int) -> None:
        bucket.tokens -= taken
        self._come_again(bucket.ready_in)
        bucket.tokens += taken

    def _come_again(self, ready_in: float) -> None:
        self.ready_in = ready_in if self.ready_in is None else min(ready_in, self.ready_in)

    def _serves(self, carrier: str) -> bool:
        return self.carriers is None or carrier in self.carriers

    def _pairs(self, routes: Routes, paused: Sequence[int]) -> dict[Pair, Key]:
        """Every (journey, carrier) that may have messages, with the bucket it would take from."""
        standing = set(paused)
        known = {*CARRIERS, WEBHOOK, *(carrier for _, carrier in self.registry.limits)}
        served = sorted(carrier for carrier in known if self._serves(carrier))
        rows = [row for row in routes.rows if row.id not in standing]
        return {(row.id, carrier): (row.workspace_id, carrier) for row in rows for carrier in served}


def round_robin(waiting: dict[int, list[int]], number: int, turn: int) -> tuple[list[int], int]:
    """The first `number` of the queues in turn, beginning after the journey `turn`; and the journey served last."""
    order = sorted(waiting, key=lambda journey: (journey <= turn, journey))
    chosen: list[int] = []
    for place in range(max(map(len, waiting.values()), default=0)):
        for journey in order:
            if len(chosen) >= number:
                return chosen, turn
            if place < len(waiting[journey]):
                chosen.append(waiting[journey][place])
                turn = journey
    return chosen, turn
