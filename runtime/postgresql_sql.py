"""The text of every statement of the engine on PostgreSQL, each with what it is for."""

from __future__ import annotations

from runtime.rows import ARRIVED, JOURNEY, PARCEL, PLACE, POSITION, STANDING_HEAD
from runtime.statements import LEASE_SECS

#: The least of an ordered index, and not EXISTS: for that the planner may read a large table from its begin, when it has counted
#: the table while many rows answered and none does any more.
LOOK = """-- is there anything to do? the first of each queue by its partial index, and a few small tables
SELECT s.id, s.stored_at,
  (SELECT due_at FROM enrollment WHERE due_at IS NOT NULL{due} ORDER BY due_at LIMIT 1),
  EXISTS (SELECT 1 FROM journey_pause WHERE until IS NOT NULL AND woken = FALSE),
  (SELECT not_before FROM outbox WHERE state = 'pending'{message} ORDER BY not_before LIMIT 1),
  l.lease_until, coalesce(l.lease_until < clock_timestamp(), FALSE)
    OR EXISTS (SELECT 1 FROM sending_stop WHERE woken = FALSE AND until IS NOT NULL)
    OR EXISTS (SELECT 1 FROM guard_trip WHERE woken = FALSE AND until IS NOT NULL),
  EXISTS (SELECT 1 FROM schedule WHERE next_at <= %(now)s),
  EXISTS (SELECT 1 FROM "import" WHERE state IN ('waiting', 'running'))
    OR EXISTS (SELECT 1 FROM export WHERE state IN ('waiting', 'running')),
  EXISTS (SELECT 1 FROM journey_move WHERE state = 'running'),
  EXISTS (SELECT 1 FROM recheck) OR EXISTS (SELECT 1 FROM watched_rule WHERE filled_to IS NOT NULL)
    OR EXISTS (SELECT 1 FROM watched_rule WHERE next_look <= %(now)s)
    OR coalesce((SELECT at FROM recheck_later ORDER BY at LIMIT 1) <= %(now)s, FALSE),
  coalesce((SELECT until FROM tag_expiry ORDER BY until LIMIT 1) <= %(now)s, FALSE)
    OR EXISTS (SELECT 1 FROM tag_job WHERE finished_at IS NULL AND state <> 'paused'),
  (SELECT id FROM wecom_welcome WHERE state = 'waiting' ORDER BY id LIMIT 1) IS NOT NULL
FROM (SELECT 1) one
LEFT JOIN (SELECT id, stored_at FROM inbox WHERE state = 'new'{signal} ORDER BY id LIMIT 1) s ON TRUE
LEFT JOIN (SELECT lease_until FROM outbox WHERE state = 'sending'{lease} ORDER BY lease_until LIMIT 1) l ON TRUE"""
#: Where a queue is known to begin, its index is read from there.
FROM = {
    "signal": " AND id >= %(signal)s",
    "due": " AND due_at >= %(due)s",
    "message": " AND not_before >= %(message)s",
    "lease": " AND lease_until >= %(lease)s",
}

JOURNEYS = f"""-- every journey that was ever published, with what its workspace decides for it
SELECT {JOURNEY}, w.settings -> 'quiet_hours' FROM journey j JOIN workspace w ON w.id = j.workspace_id
WHERE j.status <> 'draft' ORDER BY j.id"""

DEFINITION = "SELECT definition FROM version WHERE id = %s"

PAUSES = """-- a journey's pauses that are over
SELECT since, until, on_resume FROM journey_pause WHERE workspace_id = %s AND journey_id = %s AND until IS NOT NULL
ORDER BY since"""

UNREAD = f"""-- signals that nobody has taken, oldest first, along the partial index
SELECT {ARRIVED} FROM inbox WHERE state = 'new'{{signal}} ORDER BY id LIMIT %(limit)s"""

UNREAD_NAMED = f"""-- of these signals those that nobody has taken
SELECT {ARRIVED} FROM inbox WHERE state = 'new' AND (workspace_id, event_id) IN
  (SELECT * FROM unnest(%s::bigint[], %s::text[])) ORDER BY id"""

#: The limit is a parameter so that it is planned anew each time: a plan without any is kept, and one that was made for an inbox of
#: one page reads all of a large one.
OLDEST_UNREAD = """-- ids are handed out a little before rows are stored, so look at more than the first
SELECT min(stored_at) FROM (
  SELECT stored_at FROM inbox WHERE state = 'new'{signal} ORDER BY id LIMIT %(limit)s) AS first"""

STORED = "-- signals by id\nSELECT {columns} FROM inbox WHERE id = ANY(%s::bigint[]) ORDER BY id"

#: One subject after the other: until somebody has counted a table that grows, it seems that each has a two-hundredth of it, and that
#: all of it had better be read in the order that is asked for.
PLACES = f"""-- all enrollments of some subjects
SELECT e.* FROM unnest(%s::bigint[]) AS s(subject) CROSS JOIN LATERAL (
  SELECT {PLACE} FROM enrollment WHERE subject_id = s.subject OFFSET 0) e ORDER BY e.id"""

STANDING = f"SELECT {STANDING_HEAD}, {POSITION}::text FROM enrollment"

OPEN = f"""-- open enrollments; the partial unique index decides who is active
INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, due_at, goal_until,
  parent_id, parent_visit, epoch, {POSITION})
SELECT n.w, n.j, n.v, CASE WHEN n.s < 0 THEN 'group' ELSE 'contact' END, n.s,
  n.k, n.due, n.goal, n.p, n.pv, 0, 'new', n.entry, n.at, n.at, NULL, NULL, 0, 0, 0,
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
{STANDING} WHERE due_at IS NOT NULL AND due_at < %(before)s{{due}} AND journey_id <> ALL(%(paused)s::bigint[])
ORDER BY due_at LIMIT {{limit}} FOR UPDATE SKIP LOCKED"""

CLAIM_SOME = f"""-- these, if free
{STANDING} WHERE id = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED"""

#: A person let this enrollment go: heard even in a pause.
LEAVES = """EXISTS (SELECT 1 FROM knock k JOIN inbox i ON i.id = k.signal_id
    WHERE k.enrollment_id = enrollment.id AND i.kind = 'hand' AND i.name = 'exit')"""

LEAVING = f"""-- who is to leave a paused journey, of those due
SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < %s AND journey_id = ANY(%s::bigint[])
  AND {LEAVES} LIMIT %s"""

PARK = f"""-- who comes due in a pause leaves the queue until it is over
UPDATE enrollment SET due_at = NULL WHERE id = ANY(ARRAY(
  SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < %s AND journey_id = ANY(%s::bigint[])
  AND NOT {LEAVES}
  ORDER BY due_at LIMIT 5000 FOR UPDATE SKIP LOCKED))"""

UNPARK = """-- the pause is over: whoever came due in it is due again, at once if something knocked meanwhile
UPDATE enrollment SET due_at = CASE WHEN EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id)
  THEN %(now)s::timestamptz ELSE coalesce(least(step_due, stage_due), %(now)s) END
WHERE journey_id = %(journey)s AND status <> 'ended' AND due_at IS NULL AND (step_due IS NOT NULL OR stage_due IS NOT NULL
  OR status = 'new' OR EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id))"""

RESUMED = """-- journeys whose people that came due in a pause are not back in the queue yet
SELECT journey_id FROM journey_pause WHERE until IS NOT NULL AND woken = FALSE"""

WOKEN = "UPDATE journey_pause SET woken = TRUE WHERE journey_id = %s AND until IS NOT NULL"

PEOPLE = """-- what a plan reads of people, as texts: equal texts need be taken apart once only
SELECT id, tags::text, timezone{columns}
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
WHERE o.id = ANY(ARRAY(
  SELECT p.id FROM outbox p JOIN unnest(%s::bigint[], %s::int[]) AS n(enrollment, visit)
    ON p.enrollment_id = n.enrollment AND p.visit = n.visit
  WHERE p.state IN ('pending', 'sending') ORDER BY p.id FOR UPDATE OF p)) AND o.state IN ('pending', 'sending')"""

LOCK_OUTBOX = """-- messages are always locked in the order of their ids, so that two never wait for one another crosswise
SELECT id FROM outbox WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"""

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
UPDATE outbox SET lease_owner = %(owner)s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds', state = 'sending', reason = NULL,
  tries = tries + 1
WHERE id = ANY(ARRAY(
  SELECT id FROM outbox WHERE state = 'pending' AND not_before <= %(now)s{{message}} AND journey_id <> ALL(%(paused)s::bigint[])
  ORDER BY not_before, id LIMIT {{limit}} FOR UPDATE SKIP LOCKED))
RETURNING {PARCEL}"""

LEASE_OF = f"""-- what some enrollments say
UPDATE outbox SET lease_owner = %s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds', state = 'sending', reason = NULL,
  tries = tries + 1
WHERE id = ANY(ARRAY(
  SELECT id FROM outbox WHERE enrollment_id = ANY(%s::bigint[]) AND state = 'pending' AND not_before <= %s
  AND journey_id <> ALL(%s::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED))
RETURNING {PARCEL}"""

TAKE_OVER = f"""-- messages that somebody leased and never settled
UPDATE outbox SET lease_owner = %(owner)s, lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds'
WHERE id = ANY(ARRAY(
  SELECT id FROM outbox WHERE state = 'sending' AND lease_until < clock_timestamp(){{lease}}
    AND journey_id <> ALL(%(paused)s::bigint[])
  LIMIT {{limit}} FOR UPDATE SKIP LOCKED))
RETURNING {PARCEL}"""

HAND_OVER = """-- about to be handed to a carrier that knows no keys: from here on the outcome may be unknown
UPDATE outbox SET reason = 'handed' WHERE id = %s AND lease_owner = %s AND state = 'sending'
  AND reason IS DISTINCT FROM 'interrupted'"""

KEEP_LEASE = f"""-- hold what is ours for another while, and see whether it may still go
UPDATE outbox o SET lease_until = clock_timestamp() + interval '{LEASE_SECS} seconds'
FROM journey j WHERE o.id = ANY(%s::bigint[]) AND o.lease_owner = %s AND o.state = 'sending' AND j.id = o.journey_id
RETURNING o.id, CASE WHEN o.reason = 'interrupted' THEN 'interrupted' WHEN j.status = 'paused'
  OR EXISTS (SELECT 1 FROM sending_stop s WHERE s.workspace_id = o.workspace_id AND s.woken = FALSE)
  OR EXISTS (SELECT 1 FROM guard_trip t WHERE t.workspace_id = o.workspace_id AND t.woken = FALSE AND t.until IS NULL
    AND t.action = 'pause' AND t.subject = CASE t.per WHEN 'step' THEN o.journey_id || ':' || o.step
      WHEN 'material' THEN o.content END) THEN 'paused' ELSE 'go' END"""

SETTLE = """-- what became of a message, while the lease is ours; one that was interrupted is not tried again
UPDATE outbox o SET not_before = coalesce(n.not_before, o.not_before), rendered = coalesce(n.rendered, o.rendered),
  state = CASE WHEN n.state = 'pending' AND o.reason = 'interrupted' THEN 'withdrawn' ELSE n.state END,
  reason = CASE WHEN n.state = 'pending' AND o.reason = 'interrupted' THEN o.reason ELSE n.reason END,
  sent_at = coalesce(n.sent_at, o.sent_at), reference = coalesce(left(n.rendered ->> 'reference', 128), o.reference),
  lease_owner = NULL, lease_until = NULL
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::timestamptz[])
  AS n(id, state, not_before, reason, rendered, sent_at)
WHERE o.id = n.id AND o.lease_owner = %s AND o.state = 'sending' RETURNING o.id"""

RELEASE = """-- a worker that stops gives back what it has not handed to anybody
UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL
WHERE lease_owner = %s AND state = 'sending' AND reason IS NULL"""

ARRIVED_LATER = f"""-- the carrier says later what became of a message
UPDATE outbox SET state = %s, reason = %s WHERE key = %s AND state = 'sent' RETURNING {PARCEL}"""
