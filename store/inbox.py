"""The one door by which signals enter: stored here at once, worked on later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store.bulk import NoTimeZone, among, insert_rows
from store.database import dumps
from store.tables import Inbox

#: The number under which intake takes its turn, so that one transaction at a time reads the inbox.
INTAKE_TURN = 7102


def wait_for_intake(session: Session) -> None:
    """Let no signal be taken in until this transaction ends (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": INTAKE_TURN})


@dataclass(slots=True)
class NewSignal:
    """A signal to be stored; the fields are the columns of `store.tables.Inbox`.

    An event names its contact by `contact_id` or by `identity` ({"external_id": …} or {kind: value}); a customer
    group by its subject number (`store/subjects.py`) in `contact_id`, or by {"@group": key} in `identity`.
    """

    workspace_id: int
    kind: str
    name: str
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    contact_id: int | None = None
    identity: Mapping[str, str] | None = None
    event_id: str | None = None
    enrollment_id: int | None = None
    source_id: int | None = None


def put(session: Session, signals: Sequence[NewSignal], now: datetime) -> int:
    """Store signals in their order, as seen at `now`, and return how many of them were new.

    One whose event id the workspace has taken before, or an earlier one bears, is left out. Does not commit.
    """
    rows = [
        {
            "workspace_id": signal.workspace_id,
            "kind": signal.kind,
            "name": signal.name,
            "event_id": signal.event_id,
            "contact_id": signal.contact_id,
            "identity": signal.identity,
            "enrollment_id": signal.enrollment_id,
            "source_id": signal.source_id,
            "occurred_at": signal.occurred_at,
            "stored_at": now,
            "data": signal.data,
            "state": "new",
        }
        for signal in signals
    ]
    taken_once = any(signal.event_id is not None for signal in signals)
    return insert_rows(
        session, Inbox.__table__, rows, skip_known=taken_once, key="event_id" if taken_once else None
    )


#: Rows of `put_apart` as one JSON text. Like `insert_rows` with a key: ids in the order of arrival, stored in the
#: order of the event ids, so that two who store at one time never wait for each other crosswise.
_PUT_APART = text("""WITH given AS MATERIALIZED (
  SELECT nextval('inbox_id_seq') AS id, r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(p int, w bigint, k text, n text, e text, c bigint, i jsonb, m bigint, s bigint, o timestamptz, d jsonb)
), stored AS (
  INSERT INTO inbox (id, workspace_id, kind, name, event_id, contact_id, identity, enrollment_id, source_id, occurred_at,
    stored_at, data, state)
  SELECT id, w, k, n, e, c, i, m, s, o, :now, d, 'new' FROM given ORDER BY e, id ON CONFLICT DO NOTHING RETURNING id
)
SELECT p, count(*) FROM given WHERE NOT EXISTS (SELECT 1 FROM stored WHERE stored.id = given.id) GROUP BY p""")


def put_apart(session: Session, parts: Sequence[Sequence[NewSignal]], now: datetime) -> list[int]:
    """Store what several senders bring, in one statement; return how many signals of each part were new.

    The same as `put` of one part after the other. Raises store.bulk.NoTimeZone. Does not commit.
    """
    if session.get_bind().dialect.name == "sqlite":
        return _put_one_by_one(session, parts, now)
    if any(signal.occurred_at.tzinfo is None for signals in parts for signal in signals):
        raise NoTimeZone(NoTimeZone.__doc__)
    rows = [
        {
            "p": number,
            "w": s.workspace_id,
            "k": s.kind,
            "n": s.name,
            "e": s.event_id,
            "c": s.contact_id,
            "i": s.identity,
            "m": s.enrollment_id,
            "s": s.source_id,
            "o": s.occurred_at,
            "d": s.data,
        }
        for number, signals in enumerate(parts)
        for s in signals
    ]
    known = session.connection().execute(_PUT_APART, {"rows": dumps(rows), "now": now})
    counts = [len(signals) for signals in parts]
    for number, duplicates in known:
        counts[number] -= duplicates
    return counts


def _put_one_by_one(session: Session, parts: Sequence[Sequence[NewSignal]], now: datetime) -> list[int]:
    """On SQLite, where nobody else writes meanwhile, the known ids are looked up and the rest is stored."""
    wanted: dict[int, set[str]] = {}
    for signals in parts:
        for signal in signals:
            if signal.event_id is not None:
                wanted.setdefault(signal.workspace_id, set()).add(signal.event_id)
    known: set[tuple[int, str]] = set()
    for workspace_id, ids in wanted.items():
        query = select(Inbox.event_id).where(
            Inbox.workspace_id == workspace_id, among(session, Inbox.event_id, ids)
        )
        known.update((workspace_id, found) for found in session.scalars(query) if found is not None)
    fresh: list[NewSignal] = []
    counts = []
    for signals in parts:
        before = len(fresh)
        for signal in signals:
            if signal.event_id is not None:
                name = signal.workspace_id, signal.event_id
                if name in known:
                    continue
                known.add(name)
            fresh.append(signal)
        counts.append(len(fresh) - before)
    put(session, fresh, now)
    return counts
