"""The engine's statements on PostgreSQL: SKIP LOCKED claims, arrays in, COPY out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from journeys.position import Crumb, Position, SendMessage
from runtime import postgresql_text as form
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
from runtime.statements import INTAKE_TURN, LEASE_SECS, Fenced, Waiting
from store.database import dumps

LOOK = """-- is there anything to do? four probes of partial indexes, and one of the few journeys
SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new'),
  EXISTS (SELECT 1 FROM enrollment WHERE due_at IS NOT NULL AND due_at <= %s)
    OR EXISTS (SELECT 1 FROM journey_pause WHERE until IS NOT NULL AND woken = FALSE),
  EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND not_before <= %s)
    OR EXISTS (SELECT 1 FROM outbox WHERE state = 'sending' AND lease_until < clock_timestamp()),
  EXISTS (SELECT 1 FROM schedule WHERE next_at <= %s)"""

JOURNEYS = f"""-- every journey that was ever published, with what its workspace decides for it
SELECT {JOURNEY}, w.settings -> 'quiet_hours' FROM journey j JOIN workspace w ON w.id = j.workspace_id
WHERE j.status <> 'draft' ORDER BY j.id"""

DEFINITION = "SELECT definition FROM version WHERE id = %s"

PAUSES = """-- a journey's pauses that are over
SELECT since, until, on_resume FROM journey_pause WHERE workspace_id = %s AND journey_id = %s AND until IS NOT NULL
ORDER BY since"""

UNREAD = f"""-- signals that nobody has taken, oldest first, along the partial index
SELECT {ARRIVED} FROM inbox WHERE state = 'new' ORDER BY id LIMIT %s"""

OLDEST_UNREAD = """-- ids are handed out a little before rows are stored, so look at more than the first
SELECT min(stored_at) FROM (SELECT stored_at FROM inbox WHERE state = 'new' ORDER BY id LIMIT 100) AS first"""

STORED = "-- signals by id\nSELECT {columns} FROM inbox WHERE id = ANY(%s::bigint[]) ORDER BY id"

PLACES = f"""-- all enrollments of some subjects
SELECT {PLACE} FROM enrollment WHERE subject_id = ANY(%s::bigint[]) AND subject_kind = 'contact' ORDER BY id"""

STANDING = f"SELECT {STANDING_HEAD}, {POSITION}::text FROM enrollment"

OPEN = f"""-- open enrollments; the partial unique index decides who is active
INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, due_at, goal_until,
  parent_id, parent_visit, epoch, {POSITION})
SELECT n.w, n.j, n.v, 'contact', n.s, n.k, n.due, n.goal, n.p, n.pv, 0, 'new', n.entry, n.at, n.at, NULL, NULL, 0, 0, 0,
  NULL, NULL, NULL, NULL, NULL, NULL, n.state
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[],
  %s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::jsonb[])
  AS n(w, j, v, s, k, due, goal, p, pv, entry, at, state)
ON CONFLICT DO NOTHING RETURNING id, journey_id, subject_id, key"""

KNOCK = """-- what is to be offered at the next advance
INSERT INTO knock (workspace_id, enrollment_id, signal_id)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"""

WAKE = """-- a knock makes due; one that is due earlier stays so
UPDATE enrollment e SET due_at = least(e.due_at, n.at)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS n(id, at)
WHERE e.id = n.id"""

READ_OFF = """-- taken; the contact is kept where its identity told it
UPDATE inbox i SET state = 'done', contact_id = n.contact
FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, contact) WHERE i.id = n.id"""

REFUSE = """UPDATE inbox i SET state = 'failed', error = n.error
FROM unnest(%s::bigint[], %s::text[]) AS n(id, error) WHERE i.id = n.id"""

CLAIM = f"""-- due and free; a literal limit keeps the planner on the index
{STANDING} WHERE due_at IS NOT NULL AND due_at < %s AND journey_id <> ALL(%s::bigint[])
ORDER BY due_at LIMIT {{limit}} FOR UPDATE SKIP LOCKED"""

CLAIM_SOME = f"""-- these, if free
{STANDING} WHERE id = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED"""

PARK = """-- who comes due in a pause leaves the queue until it is over
UPDATE enrollment SET due_at = NULL WHERE id = ANY(ARRAY(
  SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < %s AND journey_id = ANY(%s::bigint[])
  ORDER BY due_at LIMIT 5000 FOR UPDATE SKIP LOCKED))"""

UNPARK = """-- the pause is over: whoever came due in it is due again
UPDATE enrollment SET due_at = coalesce(least(step_due, stage_due), %s)
WHERE journey_id = %s AND status <> 'ended' AND due_at IS NULL AND (step_due IS NOT NULL OR stage_due IS NOT NULL
  OR status = 'new' OR EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id))"""

RESUMED = """-- journeys whose people that came due in a pause are not back in the queue yet
SELECT journey_id FROM journey_pause WHERE until IS NOT NULL AND woken = FALSE"""

WOKEN = "UPDATE journey_pause SET woken = TRUE WHERE journey_id = %s AND until IS NOT NULL"

PEOPLE = """-- what a plan reads of people, as texts: equal texts need be taken apart once only
SELECT id, jsonb_build_object(PAIRS)::text, tags::text, timezone
FROM contact WHERE id = ANY(%s::bigint[]) AND workspace_id = %s"""

KNOCKS = """-- take away what knocked
DELETE FROM knock WHERE enrollment_id = ANY(%s::bigint[]) RETURNING enrollment_id, signal_id"""

WRITE = """-- positions back, each over the epoch it was read at
UPDATE enrollment e SET status = n.status, entered_journey = n.entered_journey, taken_at = n.taken_at, stage = n.stage,
  step = n.step, visit = n.visit, seq = n.seq, void_seq = n.void_seq, entered_stage = n.entered_stage,
  step_begun = n.step_begun, step_due = n.step_due, stage_due = n.stage_due, result = n.result,
  ended_at = n.ended_at, due_at = n.due_at, state = n.state, epoch = e.epoch + 1
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[], %s::int[],
  %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::text[],
  %s::timestamptz[], %s::timestamptz[], %s::jsonb[])
  AS n(id, epoch, status, entered_journey, taken_at, stage, step, visit, seq, void_seq, entered_stage, step_begun,
  step_due, stage_due, result, ended_at, due_at, state)
WHERE e.id = n.id AND e.epoch = n.epoch"""

WRITE_ALIKE = """-- one position to many rows
UPDATE enrollment SET status = %s, entered_journey = %s, taken_at = %s, stage = %s, step = %s, visit = %s, seq = %s,
  void_seq = %s, entered_stage = %s, step_begun = %s, step_due = %s, stage_due = %s, result = %s, ended_at = %s,
  due_at = %s, state = %s::jsonb, epoch = epoch + 1
WHERE id = ANY(%s::bigint[]) AND epoch = %s"""

TRAIL = """COPY trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
FROM STDIN"""

POST = """COPY outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
  content, scene, due_at, not_before, valid_until, answer, state, tries) FROM STDIN"""

LETTERS = """-- signals of our own
INSERT INTO inbox (workspace_id, kind, name, event_id, contact_id, enrollment_id, source_id, occurred_at, stored_at, data,
  state)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
  %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::text[]) ON CONFLICT DO NOTHING"""

WITHDRAW = """-- an interruption takes back what no carrier has seen; who has leased it is told
UPDATE outbox o SET reason = 'interrupted', state = CASE o.state WHEN 'pending' THEN 'withdrawn' ELSE o.state END
FROM unnest(%s::bigint[], %s::int[]) AS n(enrollment, visit)
WHERE o.enrollment_id = n.enrollment AND o.visit = n.visit AND o.state IN ('pending', 'sending')"""

CHILDREN = """-- journeys bound to a visit that is over
SELECT e.id, e.subject_id, e.parent_id FROM enrollment e
JOIN unnest(%s::bigint[], %s::bigint[], %s::int[]) AS n(subject, parent, visit)
  ON e.subject_id = n.subject AND e.parent_id = n.parent AND e.parent_visit = n.visit
WHERE e.status <> 'ended'"""

REACH = """-- a goal counts once
INSERT INTO goal_hit (enrollment_id, goal, workspace_id, version_id, at, holdout)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::int[])
ON CONFLICT DO NOTHING RETURNING enrollment_id, goal"""

COUNT = """-- counters, once per node, in one order so that two workers never wait for one another crosswise
INSERT INTO counter (version_id, workspace_id, node, here, passed)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) ORDER BY 1, 3
ON CONFLICT (version_id, node) DO UPDATE
SET here = counter.here + excluded.here, passed = counter.passed + excluded.passed"""

LEASE = f"""-- messages that may go
UPDATE outbox SET lease_owner = %s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds', state = 'sending', reason = NULL,
  tries = tries + 1
WHERE id = ANY(ARRAY(
  SELECT id FROM outbox WHERE state = 'pending' AND not_before <= %s AND journey_id <> ALL(%s::bigint[])
  ORDER BY not_before, id LIMIT {{limit}} FOR UPDATE SKIP LOCKED))
RETURNING {PARCEL}"""

TAKE_OVER = f"""-- messages that somebody leased and never settled
UPDATE outbox SET lease_owner = %s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds'
WHERE id = ANY(ARRAY(
  SELECT id FROM outbox WHERE state = 'sending' AND lease_until < clock_timestamp() AND journey_id <> ALL(%s::bigint[])
  LIMIT {{limit}} FOR UPDATE SKIP LOCKED))
RETURNING {PARCEL}"""

HAND_OVER = """-- about to be handed to a carrier that knows no keys: from here on the outcome may be unknown
UPDATE outbox SET reason = 'handed' WHERE id = %s AND lease_owner = %s AND state = 'sending'
  AND reason IS DISTINCT FROM 'interrupted'"""

KEEP_LEASE = f"""-- hold what is ours for another while, and see whether it may still go
UPDATE outbox o SET lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds'
FROM journey j WHERE o.id = ANY(%s::bigint[]) AND o.lease_owner = %s AND o.state = 'sending' AND j.id = o.journey_id
RETURNING o.id, CASE WHEN o.reason = 'interrupted' THEN 'interrupted' WHEN j.status = 'paused' THEN 'paused' ELSE 'go' END"""

SETTLE = """-- what became of a message, while the lease is ours; one that was interrupted is not tried again
UPDATE outbox o SET not_before = coalesce(n.not_before, o.not_before), rendered = coalesce(n.rendered, o.rendered),
  state = CASE WHEN n.state = 'pending' AND o.reason = 'interrupted' THEN 'withdrawn' ELSE n.state END,
  reason = CASE WHEN n.state = 'pending' AND o.reason = 'interrupted' THEN o.reason ELSE n.reason END,
  sent_at = coalesce(n.sent_at, o.sent_at), lease_owner = NULL, lease_until = NULL
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::timestamptz[])
  AS n(id, state, not_before, reason, rendered, sent_at)
WHERE o.id = n.id AND o.lease_owner = %s AND o.state = 'sending' RETURNING o.id"""

RELEASE = """-- a worker that stops gives back what it has not handed to anybody
UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL
WHERE lease_owner = %s AND state = 'sending' AND reason IS NULL"""

ARRIVED_LATER = f"""-- the carrier says later what became of a message
UPDATE outbox SET state = %s, reason = %s WHERE key = %s AND state = 'sent' RETURNING {PARCEL}"""


#: From so many rows on, one position is written to all of them by a statement of its own.
ENOUGH = 25


class PostgreSQL:
    """`Statements` on PostgreSQL."""

    def look(self, cursor: Any, now: datetime) -> Waiting:
        cursor.execute(LOOK, (now, now, now))
        return Waiting(*cursor.fetchone())

    def journeys(self, cursor: Any) -> list[JourneyRow]:
        cursor.execute(JOURNEYS)
        return [JourneyRow(*row[:-1], tuple(row[-1] or ())) for row in cursor]

    def definition(self, cursor: Any, version_id: int) -> dict[str, Any]:
        cursor.execute(DEFINITION, (version_id,))
        found: dict[str, Any] = cursor.fetchone()[0]
        return found

    def pauses(self, cursor: Any, workspace_id: int, journey_id: int) -> list[tuple[datetime, datetime, str]]:
        cursor.execute(PAUSES, (workspace_id, journey_id))
        found: list[tuple[datetime, datetime, str]] = cursor.fetchall()
        return found

    def resumed(self, cursor: Any) -> list[int]:
        cursor.execute(RESUMED)
        return [journey_id for (journey_id,) in cursor.fetchall()]

    def take_turn(self, cursor: Any) -> bool:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (INTAKE_TURN,))
        return bool(cursor.fetchone()[0])

    def unread(self, cursor: Any, limit: int) -> list[Arrived]:
        cursor.execute(UNREAD, (limit,))
        return [Arrived(*row) for row in cursor]

    def oldest_unread(self, cursor: Any) -> datetime | None:
        cursor.execute(OLDEST_UNREAD)
        found: datetime | None = cursor.fetchone()[0]
        return found

    def places(self, cursor: Any, subject_ids: Iterable[int]) -> list[Place]:
        cursor.execute(PLACES, (form.integers(subject_ids),))
        return [Place(*row) for row in cursor]

    def standing(self, cursor: Any, ids: Iterable[int]) -> list[Standing]:
        cursor.execute(f"{STANDING} WHERE id = ANY(%s::bigint[])", (form.integers(ids),))
        return _standings(cursor)

    def open(self, cursor: Any, openings: Sequence[Opening]) -> dict[tuple[int, int, str], int]:
        if not openings:
            return {}
        cursor.execute(
            OPEN,
            (
                form.integers(o.workspace_id for o in openings),
                form.integers(o.journey_id for o in openings),
                form.integers(o.version_id for o in openings),
                form.integers(o.subject_id for o in openings),
                form.texts(o.key for o in openings),
                form.times(o.due_at for o in openings),
                form.times(o.goal_until for o in openings),
                form.integers(o.parent_id for o in openings),
                form.integers(o.parent_visit for o in openings),
                form.texts(o.position.entry_id for o in openings),
                form.times(o.position.entered_journey for o in openings),
                form.texts(dumps(o.position.state) for o in openings),
            ),
        )
        return {(journey, subject, key): number for number, journey, subject, key in cursor}

    def knock(self, cursor: Any, knocks: Sequence[tuple[int, int, int]]) -> None:
        if knocks:
            cursor.execute(KNOCK, [form.integers(column) for column in zip(*knocks, strict=True)])

    def wake(self, cursor: Any, due: Mapping[int, datetime]) -> None:
        if due:
            cursor.execute(WAKE, (form.integers(due), form.times(due.values())))

    def read_off(self, cursor: Any, contacts: Sequence[tuple[int, int | None]]) -> None:
        if contacts:
            cursor.execute(READ_OFF, [form.integers(column) for column in zip(*contacts, strict=True)])

    def refuse(self, cursor: Any, refused: Sequence[tuple[int, str]]) -> None:
        cursor.execute(REFUSE, (form.integers(i for i, _ in refused), form.texts(e for _, e in refused)))

    def claim(self, cursor: Any, before: datetime, limit: int, paused: Sequence[int]) -> list[Standing]:
        cursor.execute(CLAIM.format(limit=int(limit)), (before, form.integers(paused)))
        return _standings(cursor)

    def claim_some(self, cursor: Any, ids: Sequence[int]) -> list[Standing]:
        cursor.execute(CLAIM_SOME, (form.integers(ids),))
        return _standings(cursor)

    def park(self, cursor: Any, before: datetime, journeys: Sequence[int]) -> int:
        cursor.execute(PARK, (before, form.integers(journeys)))
        return int(cursor.rowcount)

    def unpark(self, cursor: Any, journey_id: int, now: datetime) -> None:
        cursor.execute(UNPARK, (now, journey_id))

    def woken(self, cursor: Any, journey_id: int) -> None:
        cursor.execute(WOKEN, (journey_id,))

    def people(
        self, cursor: Any, workspace_id: int, ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[int, str, str, str | None]]:
        pairs = ", ".join(["%s::text, attributes -> %s::text"] * len(names))
        statement = PEOPLE.replace("PAIRS", pairs)
        both = [name for name in names for _ in (0, 1)]
        cursor.execute(statement, (*both, form.integers(ids), workspace_id))
        found: list[tuple[int, str, str, str | None]] = cursor.fetchall()
        return found

    def knocks(self, cursor: Any, ids: Sequence[int]) -> list[tuple[int, Arrived]]:
        cursor.execute(KNOCKS, (form.integers(ids),))
        taken = cursor.fetchall()
        if not taken:
            return []
        cursor.execute(STORED.format(columns=ARRIVED), (form.integers({signal for _, signal in taken}),))
        signals = {row[0]: Arrived(*row) for row in cursor}
        return [
            (number, signals[signal])
            for number, signal in sorted(taken, key=lambda k: k[1])
            if signal in signals
        ]

    def write(self, cursor: Any, standings: Sequence[Standing]) -> None:
        together: dict[int, list[Standing]] = {}
        for standing in standings:
            together.setdefault(id(standing.position), []).append(standing)
        single = []
        for members in together.values():
            if len(members) >= ENOUGH:
                self._write_alike(cursor, members)
            else:
                single += members
        if single:
            self._write_each(cursor, single)

    def _write_alike(self, cursor: Any, standings: Sequence[Standing]) -> None:
        """Write one position to many rows, which were all read at one epoch."""
        first, p = standings[0], standings[0].position
        cursor.execute(
            WRITE_ALIKE,
            (
                *(p.status, p.entered_journey, p.taken_at, p.stage, p.step, p.visit, p.seq, p.void_seq),
                *(p.entered_stage, p.step_begun, p.step_due, p.stage_due, p.result, p.ended_at, first.due_at),
                *(dumps(p.state), form.integers([s.id for s in standings]), first.epoch),
            ),
        )
        if cursor.rowcount != len(standings):
            raise Fenced(Fenced.__doc__)

    def _write_each(self, cursor: Any, standings: Sequence[Standing]) -> None:
        positions = [s.position for s in standings]
        cursor.execute(
            WRITE,
            (
                form.integers(s.id for s in standings),
                form.integers(s.epoch for s in standings),
                form.words(p.status for p in positions),
                form.times(p.entered_journey for p in positions),
                form.times(p.taken_at for p in positions),
                form.words(p.stage for p in positions),
                form.words(p.step for p in positions),
                form.integers(p.visit for p in positions),
                form.integers(p.seq for p in positions),
                form.integers(p.void_seq for p in positions),
                form.times(p.entered_stage for p in positions),
                form.times(p.step_begun for p in positions),
                form.times(p.step_due for p in positions),
                form.times(p.stage_due for p in positions),
                form.texts(p.result for p in positions),
                form.times(p.ended_at for p in positions),
                form.times(s.due_at for s in standings),
                form.texts(dumps(p.state) for p in positions),
            ),
        )
        if cursor.rowcount != len(standings):
            raise Fenced(Fenced.__doc__)

    def trail(self, cursor: Any, crumbs: Sequence[tuple[Sequence[Standing], Sequence[Crumb]]]) -> None:
        lines = form.trail_lines(crumbs)
        if lines:
            with cursor.copy(TRAIL) as copy:
                copy.write(lines)

    def post(self, cursor: Any, messages: Sequence[tuple[Sequence[Standing], SendMessage]]) -> None:
        if messages:
            with cursor.copy(POST) as copy:
                copy.write(form.outbox_lines(messages))

    def send_letters(self, cursor: Any, letters: Sequence[Letter]) -> None:
        if letters:
            cursor.execute(
                LETTERS,
                (
                    form.integers(x.workspace_id for x in letters),
                    form.texts(x.kind for x in letters),
                    form.texts(x.name for x in letters),
                    form.texts(x.event_id for x in letters),
                    form.integers(x.contact_id for x in letters),
                    form.integers(x.enrollment_id for x in letters),
                    form.integers(x.source_id for x in letters),
                    form.times(x.at for x in letters),
                    form.times(x.stored_at for x in letters),
                    form.texts(dumps(x.data) for x in letters),
                    form.texts(x.state for x in letters),
                ),
            )

    def withdraw(self, cursor: Any, visits: Sequence[tuple[int, int]]) -> None:
        if visits:
            cursor.execute(WITHDRAW, [form.integers(column) for column in zip(*visits, strict=True)])

    def children(self, cursor: Any, parents: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        if not parents:
            return []
        cursor.execute(CHILDREN, [form.integers(column) for column in zip(*parents, strict=True)])
        found: list[tuple[int, int, int]] = cursor.fetchall()
        return found

    def reach(
        self, cursor: Any, goals: Sequence[tuple[int, str, int, int, datetime, int]]
    ) -> list[tuple[int, str]]:
        if not goals:
            return []
        ids, names, workspaces, versions, at, holdouts = zip(*goals, strict=True)
        cursor.execute(
            REACH,
            (
                form.integers(ids),
                form.words(names),
                form.integers(workspaces),
                form.integers(versions),
                form.times(at),
                form.integers(holdouts),
            ),
        )
        found: list[tuple[int, str]] = cursor.fetchall()
        return found

    def count(self, cursor: Any, counts: Mapping[tuple[int, int, str], tuple[int, int]]) -> None:
        if counts:
            cursor.execute(
                COUNT,
                (
                    form.integers(version for version, _, _ in counts),
                    form.integers(workspace for _, workspace, _ in counts),
                    form.texts(node for _, _, node in counts),
                    form.integers(here for here, _ in counts.values()),
                    form.integers(passed for _, passed in counts.values()),
                ),
            )

    def lease(
        self, cursor: Any, owner: str, now: datetime, limit: int, paused: Sequence[int]
    ) -> list[Parcel]:
        cursor.execute(LEASE.format(limit=int(limit)), (owner, now, form.integers(paused)))
        return sorted((Parcel(*row) for row in cursor), key=lambda parcel: parcel.id)

    def take_over(self, cursor: Any, owner: str, limit: int, paused: Sequence[int]) -> list[Parcel]:
        cursor.execute(TAKE_OVER.format(limit=int(limit)), (owner, form.integers(paused)))
        return sorted((Parcel(*row) for row in cursor), key=lambda parcel: parcel.id)

    def hand_over(self, cursor: Any, owner: str, number: int) -> bool:
        cursor.execute(HAND_OVER, (number, owner))
        return bool(cursor.rowcount)

    def keep_lease(self, cursor: Any, owner: str, ids: Sequence[int]) -> dict[int, str]:
        cursor.execute(KEEP_LEASE, (form.integers(ids), owner))
        return dict(cursor.fetchall())

    def release(self, cursor: Any, owner: str) -> None:
        cursor.execute(RELEASE, (owner,))

    def arrived(self, cursor: Any, key: str, state: str, reason: str | None) -> Parcel | None:
        cursor.execute(ARRIVED_LATER, (state, reason, key))
        row = cursor.fetchone()
        return Parcel(*row) if row else None

    def settle(self, cursor: Any, owner: str, results: Sequence[Mapping[str, Any]]) -> set[int]:
        cursor.execute(
            SETTLE,
            (
                form.integers(r["id"] for r in results),
                form.texts(r["state"] for r in results),
                form.times(r.get("not_before") for r in results),
                form.texts(r.get("reason") for r in results),
                form.texts(dumps(r["rendered"]) if r.get("rendered") is not None else None for r in results),
                form.times(r.get("sent_at") for r in results),
                owner,
            ),
        )
        return {number for (number,) in cursor}


def _standings(cursor: Any) -> list[Standing]:
    """Rows as standings; states that read alike are one object, which nobody changes."""
    states: dict[str, Any] = {}
    found = []
    for row in cursor.fetchall():
        text = row[-1]
        state = states.get(text)
        if state is None:
            state = states[text] = orjson.loads(text)
        found.append(Standing(*row[:HEAD_COUNT], Position(*row[HEAD_COUNT:-1], state)))
    return found
