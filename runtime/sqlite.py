"""The engine's statements on SQLite: one writer, arrays as JSON, rows by executemany."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from journeys.position import Crumb, Position, SendMessage
from runtime.rows import (
    ARRIVED,
    HEAD_COUNT,
    JOURNEY,
    PARCEL,
    PLACE,
    POSITION,
    STANDING_HEAD,
    Arrived,
    JourneyRow,
    Letter,
    Opening,
    Parcel,
    Place,
    Standing,
)
from runtime.statements import LEASE_SECS, Fenced, Waiting
from store.database import dumps

LOOK = """-- is there anything to do? four probes of partial indexes, and one of the few journeys
SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new'),
  EXISTS (SELECT 1 FROM enrollment WHERE due_at IS NOT NULL AND due_at <= ?)
    OR EXISTS (SELECT 1 FROM journey_pause WHERE until IS NOT NULL AND woken = 0),
  EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND not_before <= ?)
    OR EXISTS (SELECT 1 FROM outbox WHERE state = 'sending' AND lease_until < ?),
  EXISTS (SELECT 1 FROM schedule WHERE next_at <= ?)"""

JOURNEYS = f"""-- every journey that was ever published, with what its workspace decides for it
SELECT {JOURNEY}, json_extract(w.settings, '$.quiet_hours') FROM journey j JOIN workspace w ON w.id = j.workspace_id
WHERE j.status <> 'draft' ORDER BY j.id"""

DEFINITION = "SELECT definition FROM version WHERE id = ?"

PAUSES = """-- a journey's pauses that are over
SELECT since, until, on_resume FROM journey_pause WHERE workspace_id = ? AND journey_id = ? AND until IS NOT NULL
ORDER BY since"""

UNREAD = f"""-- signals that nobody has taken, oldest first, along the partial index
SELECT {ARRIVED} FROM inbox WHERE state = 'new' ORDER BY id LIMIT ?"""

OLDEST_UNREAD = (
    """SELECT min(stored_at) FROM (SELECT stored_at FROM inbox WHERE state = 'new' ORDER BY id LIMIT 100)"""
)

STORED = f"SELECT {ARRIVED} FROM inbox WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"

PLACES = f"""-- all enrollments of some subjects
SELECT {PLACE} FROM enrollment WHERE subject_id IN (SELECT value FROM json_each(?)) AND subject_kind = 'contact'
ORDER BY id"""

STANDING = f"SELECT {STANDING_HEAD}, {POSITION} FROM enrollment"

OPEN = f"""-- open an enrollment; the partial unique index decides who is active
INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, due_at, goal_until,
  parent_id, parent_visit, epoch, {POSITION})
VALUES (?, ?, ?, 'contact', ?, ?, ?, ?, ?, ?, 0, 'new', ?, ?, ?, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, ?)
ON CONFLICT DO NOTHING RETURNING id"""

KNOCK = """-- what is to be offered at the next advance
INSERT INTO knock (workspace_id, enrollment_id, signal_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"""

WAKE = """-- a knock makes due; one that is due earlier stays so
UPDATE enrollment SET due_at = min(coalesce(due_at, ?1), ?1) WHERE id = ?2"""

READ_OFF = "UPDATE inbox SET state = 'done', contact_id = ? WHERE id = ?"

REFUSE = "UPDATE inbox SET state = 'failed', error = ? WHERE id = ?"

CLAIM = f"""-- due; there is only one writer
{STANDING} WHERE due_at IS NOT NULL AND due_at < ? AND journey_id NOT IN (SELECT value FROM json_each(?))
ORDER BY due_at LIMIT ?"""

CLAIM_SOME = f"{STANDING} WHERE id IN (SELECT value FROM json_each(?))"

PARK = """-- who comes due in a pause leaves the queue until it is over
UPDATE enrollment SET due_at = NULL WHERE id IN (
  SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < ? AND journey_id IN (SELECT value FROM json_each(?))
  ORDER BY due_at LIMIT 5000)"""

UNPARK = """-- the pause is over: whoever came due in it is due again
UPDATE enrollment SET due_at = coalesce(min(coalesce(step_due, stage_due), coalesce(stage_due, step_due)), ?)
WHERE journey_id = ? AND status <> 'ended' AND due_at IS NULL AND (step_due IS NOT NULL OR stage_due IS NOT NULL
  OR status = 'new' OR EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id))"""

RESUMED = """-- journeys whose people that came due in a pause are not back in the queue yet
SELECT journey_id FROM journey_pause WHERE until IS NOT NULL AND woken = 0"""

WOKEN = "UPDATE journey_pause SET woken = 1 WHERE journey_id = ? AND until IS NOT NULL"

PEOPLE = """-- what a plan reads of people, and more, as texts: equal texts need be taken apart once only
SELECT id, attributes, tags, timezone FROM contact WHERE id IN (SELECT value FROM json_each(?)) AND workspace_id = ?"""

KNOCKS = """-- take away what knocked
DELETE FROM knock WHERE enrollment_id IN (SELECT value FROM json_each(?)) RETURNING enrollment_id, signal_id"""

WRITE = """-- a position back, over the epoch it was read at
UPDATE enrollment SET status = ?, entered_journey = ?, taken_at = ?, stage = ?, step = ?, visit = ?, seq = ?,
  void_seq = ?, entered_stage = ?, step_begun = ?, step_due = ?, stage_due = ?, result = ?, ended_at = ?, due_at = ?,
  state = ?, epoch = epoch + 1 WHERE id = ? AND epoch = ?"""

TRAIL = """INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

POST = """INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq,
  carrier, content, scene, due_at, not_before, valid_until, answer, state, tries)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0)"""

LETTERS = """-- signals of our own
INSERT INTO inbox (workspace_id, kind, name, event_id, contact_id, enrollment_id, source_id, occurred_at, stored_at,
  data, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""

WITHDRAW = """-- an interruption takes back what no carrier has seen; who has leased it is told
UPDATE outbox SET reason = 'interrupted', state = CASE state WHEN 'pending' THEN 'withdrawn' ELSE state END
WHERE enrollment_id = ? AND visit = ? AND state IN ('pending', 'sending')"""

CHILDREN = """-- journeys bound to a visit that is over
SELECT id, subject_id, parent_id FROM enrollment
WHERE subject_id = ? AND parent_id = ? AND parent_visit = ? AND status <> 'ended'"""

REACH = """-- a goal counts once
INSERT INTO goal_hit (enrollment_id, goal, workspace_id, version_id, at, holdout) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING RETURNING enrollment_id, goal"""

COUNT = """-- counters, once per node
INSERT INTO counter (version_id, workspace_id, node, here, passed) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (version_id, node) DO UPDATE SET here = here + excluded.here, passed = passed + excluded.passed"""

LEASE = f"""-- messages that may go
UPDATE outbox SET lease_owner = ?, lease_until = ?, state = 'sending', reason = NULL, tries = tries + 1 WHERE id IN (
  SELECT id FROM outbox WHERE state = 'pending' AND not_before <= ? AND journey_id NOT IN (SELECT value FROM json_each(?))
  ORDER BY not_before, id LIMIT ?)
RETURNING {PARCEL}"""

TAKE_OVER = f"""-- messages that somebody leased and never settled
UPDATE outbox SET lease_owner = ?, lease_until = ? WHERE id IN (
  SELECT id FROM outbox WHERE state = 'sending' AND lease_until < ? AND journey_id NOT IN (SELECT value FROM json_each(?))
  LIMIT ?)
RETURNING {PARCEL}"""

HAND_OVER = """-- about to be handed to a carrier that knows no keys: from here on the outcome may be unknown
UPDATE outbox SET reason = 'handed' WHERE id = ? AND lease_owner = ? AND state = 'sending'
  AND reason IS NOT 'interrupted'"""

KEEP_LEASE = """-- hold what is ours for another while, and see whether it may still go
UPDATE outbox SET lease_until = ? WHERE id IN (SELECT value FROM json_each(?)) AND lease_owner = ? AND state = 'sending'
RETURNING id, CASE WHEN reason = 'interrupted' THEN 'interrupted'
  WHEN journey_id IN (SELECT id FROM journey WHERE status = 'paused') THEN 'paused' ELSE 'go' END"""

SETTLE = """-- what became of a message, while the lease is ours; one that was interrupted is not tried again
UPDATE outbox SET not_before = coalesce(?2, not_before), rendered = coalesce(?4, rendered),
  state = CASE WHEN ?1 = 'pending' AND reason = 'interrupted' THEN 'withdrawn' ELSE ?1 END,
  reason = CASE WHEN ?1 = 'pending' AND reason = 'interrupted' THEN reason ELSE ?3 END,
  sent_at = coalesce(?5, sent_at), lease_owner = NULL, lease_until = NULL
WHERE id = ?6 AND lease_owner = ?7 AND state = 'sending' RETURNING id"""

RELEASE = """-- a worker that stops gives back what it has not handed to anybody
UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL
WHERE lease_owner = ? AND state = 'sending' AND reason IS NULL"""

ARRIVED_LATER = f"""-- the carrier says later what became of a message
UPDATE outbox SET state = ?, reason = ? WHERE key = ? AND state = 'sent' RETURNING {PARCEL}"""


class SQLite:
    """`Statements` on SQLite."""

    def look(self, cursor: Any, now: datetime) -> Waiting:
        at = write_time(now)
        return Waiting(*map(bool, cursor.execute(LOOK, (at, at, write_time(_wall()), at)).fetchone()))

    def journeys(self, cursor: Any) -> list[JourneyRow]:
        return [
            JourneyRow(
                *row[:5],
                read_time(row[5]),
                row[6],
                read_time(row[7]),
                *row[8:-1],
                tuple(_json(row[-1]) or ()),
            )
            for row in cursor.execute(JOURNEYS)
        ]

    def definition(self, cursor: Any, version_id: int) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(cursor.execute(DEFINITION, (version_id,)).fetchone()[0])
        return found

    def pauses(self, cursor: Any, workspace_id: int, journey_id: int) -> list[tuple[datetime, datetime, str]]:
        rows = cursor.execute(PAUSES, (workspace_id, journey_id))
        return [(_time(since), _time(until), on_resume) for since, until, on_resume in rows]

    def resumed(self, cursor: Any) -> list[int]:
        return [journey_id for (journey_id,) in cursor.execute(RESUMED)]

    def take_turn(self, cursor: Any) -> bool:
        return True  # whoever has begun to write is the only one

    def unread(self, cursor: Any, limit: int) -> list[Arrived]:
        return [_arrived(row) for row in cursor.execute(UNREAD, (limit,))]

    def oldest_unread(self, cursor: Any) -> datetime | None:
        return read_time(cursor.execute(OLDEST_UNREAD).fetchone()[0])

    def places(self, cursor: Any, subject_ids: Iterable[int]) -> list[Place]:
        return [
            Place(*row[:6], read_time(row[6]), read_time(row[7]), read_time(row[8]), row[9])
            for row in cursor.execute(PLACES, (_array(subject_ids),))
        ]

    def standing(self, cursor: Any, ids: Iterable[int]) -> list[Standing]:
        rows = cursor.execute(f"{STANDING} WHERE id IN (SELECT value FROM json_each(?))", (_array(ids),))
        return _standings(rows)

    def open(self, cursor: Any, openings: Sequence[Opening]) -> dict[tuple[int, int, str], int]:
        made = {}
        for o in openings:
            at, state = write_time(o.position.entered_journey), dumps(o.position.state)
            row = cursor.execute(
                OPEN,
                (
                    *(o.workspace_id, o.journey_id, o.version_id, o.subject_id, o.key),
                    *(write_time(o.due_at), write_time(o.goal_until), o.parent_id, o.parent_visit),
                    *(o.position.entry_id, at, at, state),
                ),
            ).fetchone()
            if row:
                made[o.unique] = row[0]
        return made

    def knock(self, cursor: Any, knocks: Sequence[tuple[int, int, int]]) -> None:
        cursor.executemany(KNOCK, knocks)

    def wake(self, cursor: Any, due: Mapping[int, datetime]) -> None:
        cursor.executemany(WAKE, [(write_time(at), number) for number, at in due.items()])

    def read_off(self, cursor: Any, contacts: Sequence[tuple[int, int | None]]) -> None:
        cursor.executemany(READ_OFF, [(contact, number) for number, contact in contacts])

    def refuse(self, cursor: Any, refused: Sequence[tuple[int, str]]) -> None:
        cursor.executemany(REFUSE, [(error, number) for number, error in refused])

    def claim(self, cursor: Any, before: datetime, limit: int, paused: Sequence[int]) -> list[Standing]:
        return _standings(cursor.execute(CLAIM, (write_time(before), _array(paused), limit)))

    def claim_some(self, cursor: Any, ids: Sequence[int]) -> list[Standing]:
        return _standings(cursor.execute(CLAIM_SOME, (_array(ids),)))

    def park(self, cursor: Any, before: datetime, journeys: Sequence[int]) -> int:
        return int(cursor.execute(PARK, (write_time(before), _array(journeys))).rowcount)

    def unpark(self, cursor: Any, journey_id: int, now: datetime) -> None:
        cursor.execute(UNPARK, (write_time(now), journey_id))

    def woken(self, cursor: Any, journey_id: int) -> None:
        cursor.execute(WOKEN, (journey_id,))

    def people(
        self, cursor: Any, workspace_id: int, ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[int, str, str, str | None]]:
        found: list[tuple[int, str, str, str | None]] = cursor.execute(
            PEOPLE, (_array(ids), workspace_id)
        ).fetchall()
        return found

    def knocks(self, cursor: Any, ids: Sequence[int]) -> list[tuple[int, Arrived]]:
        taken = cursor.execute(KNOCKS, (_array(ids),)).fetchall()
        if not taken:
            return []
        rows = cursor.execute(STORED, (_array({signal for _, signal in taken}),))
        signals = {row[0]: _arrived(row) for row in rows}
        return [
            (number, signals[signal])
            for number, signal in sorted(taken, key=lambda k: k[1])
            if signal in signals
        ]

    def write(self, cursor: Any, standings: Sequence[Standing]) -> None:
        shared: dict[int, tuple[Any, ...]] = {}
        rows = []
        for s in standings:
            written = shared.get(id(s.position))
            if written is None:
                written = shared[id(s.position)] = _written(s, s.position)
            rows.append((*written, s.id, s.epoch))
        cursor.executemany(WRITE, rows)
        if cursor.rowcount != len(standings):
            raise Fenced(Fenced.__doc__)

    def trail(self, cursor: Any, crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> None:
        rows = []
        for members, trail in crumbs:
            told = [_crumb(crumb) for crumb in trail]
            rows += [(s.workspace_id, s.id, s.version_id, *rest) for s in members for rest in told]
        cursor.executemany(TRAIL, rows)

    def post(self, cursor: Any, messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> None:
        rows = []
        for members, m in messages:
            key, rest = f"{m.seq}:{m.n}", _posted(m)
            rows += [
                (s.workspace_id, f"{s.id}:{key}", s.journey_id, s.version_id, s.id, s.subject_id, *rest)
                for s in members
            ]
        cursor.executemany(POST, rows)

    def send_letters(self, cursor: Any, letters: Sequence[Letter]) -> None:
        cursor.executemany(
            LETTERS,
            [
                (
                    *(x.workspace_id, x.kind, x.name, x.event_id, x.contact_id, x.enrollment_id, x.source_id),
                    *(write_time(x.at), write_time(x.stored_at), dumps(x.data), x.state),
                )
                for x in letters
            ],
        )

    def withdraw(self, cursor: Any, visits: Sequence[tuple[int, int]]) -> None:
        cursor.executemany(WITHDRAW, visits)

    def children(self, cursor: Any, parents: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        return [row for parent in parents for row in cursor.execute(CHILDREN, parent).fetchall()]

    def reach(
        self, cursor: Any, goals: Sequence[tuple[int, str, int, int, datetime, int]]
    ) -> list[tuple[int, str]]:
        rows = [(*goal[:4], write_time(goal[4]), goal[5]) for goal in goals]
        return [found for row in rows for found in cursor.execute(REACH, row).fetchall()]

    def count(self, cursor: Any, counts: Mapping[tuple[int, int, str], tuple[int, int]]) -> None:
        cursor.executemany(COUNT, [(*node, here, passed) for node, (here, passed) in counts.items()])

    def lease(
        self, cursor: Any, owner: str, now: datetime, limit: int, paused: Sequence[int]
    ) -> list[Parcel]:
        until = write_time(_wall() + timedelta(seconds=LEASE_SECS))
        rows = cursor.execute(LEASE, (owner, until, write_time(now), _array(paused), limit)).fetchall()
        return sorted((_parcel(row) for row in rows), key=lambda parcel: parcel.id)

    def take_over(self, cursor: Any, owner: str, limit: int, paused: Sequence[int]) -> list[Parcel]:
        wall = _wall()
        until = write_time(wall + timedelta(seconds=LEASE_SECS))
        rows = cursor.execute(TAKE_OVER, (owner, until, write_time(wall), _array(paused), limit)).fetchall()
        return sorted((_parcel(row) for row in rows), key=lambda parcel: parcel.id)

    def hand_over(self, cursor: Any, owner: str, number: int) -> bool:
        return bool(cursor.execute(HAND_OVER, (number, owner)).rowcount)

    def keep_lease(self, cursor: Any, owner: str, ids: Sequence[int]) -> dict[int, str]:
        until = write_time(_wall() + timedelta(seconds=LEASE_SECS))
        return dict(cursor.execute(KEEP_LEASE, (until, _array(ids), owner)).fetchall())

    def release(self, cursor: Any, owner: str) -> None:
        cursor.execute(RELEASE, (owner,))

    def arrived(self, cursor: Any, key: str, state: str, reason: str | None) -> Parcel | None:
        row = cursor.execute(ARRIVED_LATER, (state, reason, key)).fetchone()
        return _parcel(row) if row else None

    def settle(self, cursor: Any, owner: str, results: Sequence[Mapping[str, Any]]) -> set[int]:
        written = set()
        for r in results:
            rendered = dumps(r["rendered"]) if r.get("rendered") is not None else None
            written |= {
                number
                for (number,) in cursor.execute(
                    SETTLE,
                    (
                        *(r["state"], write_time(r.get("not_before")), r.get("reason"), rendered),
                        *(write_time(r.get("sent_at")), r["id"], owner),
                    ),
                ).fetchall()
            }
        return written


def read_time(value: str | None) -> datetime | None:
    """A moment as SQLite keeps it."""
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def write_time(value: datetime | None) -> str | None:
    """A moment in the fixed width in which text order is time order."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


def _wall() -> datetime:
    # The machine's clock is the database's: SQLite is never shared between machines.
    return datetime.now(UTC)


def _array(values: Iterable[Any]) -> str:
    return dumps(list(values))


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def _arrived(row: Sequence[Any]) -> Arrived:
    return Arrived(
        *row[:6], _json(row[6]), row[7], row[8], _time(row[9]), _time(row[10]), _json(row[11]) or {}
    )


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value + "+00:00")


def _standings(rows: Iterable[Sequence[Any]]) -> list[Standing]:
    """Rows as standings; times and states that read alike are one object, which nobody changes."""
    times: dict[str | None, datetime | None] = {None: None}
    states: dict[str, Any] = {}

    def time(text: str | None) -> Any:
        found = times.get(text)
        if found is None and text is not None:
            found = times[text] = _time(text)
        return found

    found = []
    for row in rows:
        p = row[HEAD_COUNT:]
        state = states.get(p[15])
        if state is None:
            state = states[p[15]] = orjson.loads(p[15])
        position = Position(
            *(p[0], p[1], time(p[2]), time(p[3]), p[4], p[5], p[6], p[7], p[8], time(p[9]), time(p[10])),
            *(time(p[11]), time(p[12]), p[13], time(p[14]), state),
        )
        found.append(Standing(*row[:6], time(row[6]), time(row[7]), *row[8:HEAD_COUNT], position))
    return found


def _written(s: Standing, p: Position) -> tuple[Any, ...]:
    return (
        *(
            p.status,
            write_time(p.entered_journey),
            write_time(p.taken_at),
            p.stage,
            p.step,
            p.visit,
            p.seq,
            p.void_seq,
        ),
        *(
            write_time(p.entered_stage),
            write_time(p.step_begun),
            write_time(p.step_due),
            write_time(p.stage_due),
        ),
        *(p.result, write_time(p.ended_at), write_time(s.due_at), dumps(p.state)),
    )


def _crumb(c: Crumb) -> tuple[Any, ...]:
    detail = None if c.detail is None else dumps(c.detail)
    return write_time(c.at), c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, detail


def _posted(m: SendMessage) -> tuple[Any, ...]:
    at = write_time(m.at)
    return (
        *(m.step, m.visit, m.seq, m.carrier, m.content, dumps(m.scene), at, at, write_time(m.valid_until)),
        int(m.answer),
    )


def _parcel(row: Sequence[Any]) -> Parcel:
    return Parcel(
        *row[:11],
        orjson.loads(row[11]),
        *(_time(row[12]), _time(row[13]), read_time(row[14]), bool(row[15])),
        *row[16:],
    )
