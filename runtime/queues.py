"""The outbox as one queue for each journey and carrier, and the leasing of messages chosen one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from runtime.database import Transaction
from runtime.rows import PARCEL, Parcel
from runtime.sqlite import _parcel, write_time
from runtime.statements import LEASE_SECS

#: (journey id, carrier)
Pair = tuple[int, str]

FIRST = """-- the first messages of each queue; a literal limit keeps the planner on the index
SELECT n.journey, n.carrier, o.id FROM unnest(%s::bigint[], %s::text[]) AS n(journey, carrier)
CROSS JOIN LATERAL (SELECT id FROM outbox WHERE state = 'pending' AND journey_id = n.journey AND carrier = n.carrier
  AND not_before <= %s ORDER BY not_before LIMIT {most} FOR UPDATE SKIP LOCKED) AS o"""
SQLITE_FIRST = """-- the first messages of one queue
SELECT id FROM outbox WHERE state = 'pending' AND journey_id = ? AND carrier = ? AND not_before <= ?
ORDER BY not_before LIMIT ?"""

LEASE = f"""-- lease those that were chosen
UPDATE outbox SET lease_owner = %s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds', state = 'sending',
  reason = NULL, tries = tries + 1 WHERE id = ANY(%s::bigint[]) AND state = 'pending' RETURNING {PARCEL}"""
SQLITE_LEASE = f"""-- the same
UPDATE outbox SET lease_owner = ?, lease_until = ?, state = 'sending', reason = NULL, tries = tries + 1
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'pending' RETURNING {PARCEL}"""

_BACK = """-- no token was left for these: they go back as they were, and the try does not count
UPDATE outbox SET tries = tries - 1, lease_owner = NULL, lease_until = NULL,
  state = CASE WHEN reason = 'interrupted' THEN 'withdrawn' ELSE 'pending' END,
  reason = CASE WHEN reason = 'interrupted' THEN reason END
WHERE state = 'sending' AND """
GIVE_BACK = f"{_BACK}lease_owner = %s AND id = ANY(%s::bigint[])"
SQLITE_GIVE_BACK = f"{_BACK}lease_owner = ? AND id IN (SELECT value FROM json_each(?))"


def first(tx: Transaction, now: datetime, pairs: Sequence[Pair], most: int) -> dict[Pair, list[int]]:
    """The ids of up to `most` messages of each queue that may go now, the oldest first; empty queues are left out."""
    found: dict[Pair, list[int]] = {}
    if _sqlite(tx):
        for pair in pairs:
            ids = [n for (n,) in tx.cursor.execute(SQLITE_FIRST, (*pair, write_time(now), most))]
            if ids:
                found[pair] = ids
        return found
    given = [journey for journey, _ in pairs], [carrier for _, carrier in pairs], now
    tx.cursor.execute(FIRST.format(most=int(most)), given)
    for journey, carrier, number in tx.cursor.fetchall():
        found.setdefault((journey, carrier), []).append(number)
    return found


def lease(tx: Transaction, owner: str, ids: Sequence[int]) -> list[Parcel]:
    """Lease these messages; those that somebody else has taken meanwhile are left out."""
    if _sqlite(tx):
        until = write_time(datetime.now(UTC) + timedelta(seconds=LEASE_SECS))
        rows: Any = tx.cursor.execute(SQLITE_LEASE, (owner, until, json.dumps(ids))).fetchall()
        found = [_parcel(row) for row in rows]
    else:
        tx.cursor.execute(LEASE, (owner, list(ids)))
        found = [Parcel(*row) for row in tx.cursor]
    return sorted(found, key=lambda parcel: parcel.id)


def give_back(tx: Transaction, owner: str, ids: Sequence[int]) -> None:
    """Put leased messages back into their queues as if they had never been leased."""
    if _sqlite(tx):
        tx.cursor.execute(SQLITE_GIVE_BACK, (owner, json.dumps(ids)))
    else:
        tx.cursor.execute(GIVE_BACK, (owner, list(ids)))


def _sqlite(tx: Transaction) -> bool:
    return tx.session.get_bind().dialect.name == "sqlite"
