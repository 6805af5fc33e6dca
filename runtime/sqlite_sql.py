"""The text of every statement of the engine on SQLite, each with what it is for."""

from __future__ import annotations

from runtime.rows import ARRIVED, JOURNEY, PARCEL, PLACE, POSITION, STANDING_HEAD

#: The columns of an enrollment but its own numbers and its state.
SHARED = [c for c in f"{STANDING_HEAD}, {POSITION}".split(", ") if c not in ("id", "subject_id", "state")]

LOOK = """-- is there anything to do? probes of partial indexes, and of a few small tables
SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new'),
  EXISTS (SELECT 1 FROM enrollment WHERE due_at IS NOT NULL AND due_at <= ?)
    OR EXISTS (SELECT 1 FROM journey_pause WHERE until IS NOT NULL AND woken = 0),
  EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND not_before <= ?)
    OR EXISTS (SELECT 1 FROM outbox WHERE state = 'sending' AND lease_until < ?)
    OR EXISTS (SELECT 1 FROM sending_stop WHERE woken = FALSE AND until IS NOT NULL)
    OR EXISTS (SELECT 1 FROM guard_trip WHERE woken = FALSE AND until IS NOT NULL),
  EXISTS (SELECT 1 FROM schedule WHERE next_at <= ?),
  EXISTS (SELECT 1 FROM "import" WHERE state IN ('waiting', 'running'))
    OR EXISTS (SELECT 1 FROM export WHERE state IN ('waiting', 'running')),
  EXISTS (SELECT 1 FROM journey_move WHERE state = 'running'),
  EXISTS (SELECT 1 FROM recheck) OR EXISTS (SELECT 1 FROM watched_rule WHERE filled_to IS NOT NULL)
    OR EXISTS (SELECT 1 FROM watched_rule WHERE next_look <= ?)
    OR EXISTS (SELECT 1 FROM recheck_later WHERE at <= ?),
  EXISTS (SELECT 1 FROM tag_expiry WHERE until <= ?)
    OR EXISTS (SELECT 1 FROM tag_job WHERE finished_at IS NULL AND state <> 'paused'),
  EXISTS (SELECT 1 FROM wecom_welcome WHERE state = 'waiting')"""

JOURNEYS = f"""-- every journey that was ever published, with what its workspace decides for it
SELECT {JOURNEY}, json_extract(w.settings, '$.quiet_hours') FROM journey j JOIN workspace w ON w.id = j.workspace_id
WHERE j.status <> 'draft' ORDER BY j.id"""

DEFINITION = "SELECT definition FROM version WHERE id = ?"

PAUSES = """-- a journey's pauses that are over
SELECT since, until, on_resume FROM journey_pause WHERE workspace_id = ? AND journey_id = ? AND until IS NOT NULL
ORDER BY since"""

UNREAD = f"""-- signals that nobody has taken, oldest first, along the partial index
SELECT {ARRIVED} FROM inbox WHERE state = 'new' ORDER BY id LIMIT ?"""

UNREAD_NAMED = f"""-- of these signals those that nobody has taken
SELECT {ARRIVED} FROM inbox WHERE state = 'new' AND (workspace_id, event_id) IN
  (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)) ORDER BY id"""

OLDEST_UNREAD = (
    """SELECT min(stored_at) FROM (SELECT stored_at FROM inbox WHERE state = 'new' ORDER BY id LIMIT 100)"""
)

STORED = f"SELECT {ARRIVED} FROM inbox WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"

PLACES = f"""-- all enrollments of some subjects
SELECT {PLACE} FROM enrollment WHERE subject_id IN (SELECT value FROM json_each(?))
ORDER BY id"""

#: What many may share is one text: equal ones need be taken apart once only.
STANDING = f"""SELECT id, subject_id, state, json_array({", ".join(SHARED)}) FROM enrollment"""

OPEN = f"""-- open an enrollment; the partial unique index decides who is active
INSERT INTO enrollment (workspace_id, journey_id, version_id, subject_kind, subject_id, key, due_at, goal_until,
  parent_id, parent_visit, epoch, {POSITION})
VALUES (?1, ?2, ?3, CASE WHEN ?4 < 0 THEN 'group' ELSE 'contact' END, ?4,
  ?, ?, ?, ?, ?, 0, 'new', ?, ?, ?, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, ?)
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

#: A person let this enrollment go: heard even in a pause.
LEAVES = """EXISTS (SELECT 1 FROM knock k JOIN inbox i ON i.id = k.signal_id
    WHERE k.enrollment_id = enrollment.id AND i.kind = 'hand' AND i.name = 'exit')"""

LEAVING = f"""-- who is to leave a paused journey, of those due
SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < ? AND journey_id IN (SELECT value FROM json_each(?))
  AND {LEAVES} LIMIT ?"""

PARK = f"""-- who comes due in a pause leaves the queue until it is over
UPDATE enrollment SET due_at = NULL WHERE id IN (
  SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < ? AND journey_id IN (SELECT value FROM json_each(?))
  AND NOT {LEAVES}
  ORDER BY due_at LIMIT 5000)"""

UNPARK = """-- the pause is over: whoever came due in it is due again, at once if something knocked meanwhile
UPDATE enrollment SET due_at = CASE WHEN EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id) THEN ?1
  ELSE coalesce(min(coalesce(step_due, stage_due), coalesce(stage_due, step_due)), ?1) END
WHERE journey_id = ?2 AND status <> 'ended' AND due_at IS NULL AND (step_due IS NOT NULL OR stage_due IS NOT NULL
  OR status = 'new' OR EXISTS (SELECT 1 FROM knock k WHERE k.enrollment_id = enrollment.id))"""

RESUMED = """-- journeys whose people that came due in a pause are not back in the queue yet
SELECT journey_id FROM journey_pause WHERE until IS NOT NULL AND woken = 0"""

WOKEN = "UPDATE journey_pause SET woken = 1 WHERE journey_id = ? AND until IS NOT NULL"

PEOPLE = """-- what a plan reads of people, and more: equal bytes need be taken apart once only, and not even be decoded
SELECT id, tags, timezone, CAST(attributes AS BLOB) FROM contact WHERE id IN (SELECT value FROM json_each(?)) AND workspace_id = ?"""

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

WRITE_ALIKE = """-- one position to many rows, which were all read at one epoch
UPDATE enrollment SET status = ?, entered_journey = ?, taken_at = ?, stage = ?, step = ?, visit = ?, seq = ?,
  void_seq = ?, entered_stage = ?, step_begun = ?, step_due = ?, stage_due = ?, result = ?, ended_at = ?, due_at = ?,
  state = ?, epoch = epoch + 1 WHERE id IN (SELECT value FROM json_each(?)) AND epoch = ?"""

#: One crumb among the constants of the next statement.
NINE = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"

TRAIL_ALIKE = """-- the same crumbs for many, each one's in their order: CROSS JOIN keeps the loops as they are written
WITH c(at, op, stage, step, exit, arrow, visit, seq, detail) AS (VALUES CRUMBS)
INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
SELECT ?, e.value, ?, c.at, c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, c.detail
FROM json_each(?) e CROSS JOIN c"""

POST_ALIKE = """-- the same message for many
INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
  content, scene, due_at, not_before, valid_until, answer, state, tries)
SELECT ?1, json_extract(value, '$[0]') || ?2, ?3, ?4, json_extract(value, '$[0]'), json_extract(value, '$[1]'),
  ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'pending', 0 FROM json_each(?15)"""

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

LEASE_OF = f"""-- what some enrollments say
UPDATE outbox SET lease_owner = ?, lease_until = ?, state = 'sending', reason = NULL, tries = tries + 1 WHERE id IN (
  SELECT id FROM outbox WHERE enrollment_id IN (SELECT value FROM json_each(?)) AND state = 'pending' AND not_before <= ?
  AND journey_id NOT IN (SELECT value FROM json_each(?)))
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
  WHEN journey_id IN (SELECT id FROM journey WHERE status = 'paused')
    OR workspace_id IN (SELECT s.workspace_id FROM sending_stop s WHERE s.woken = FALSE)
    OR EXISTS (SELECT 1 FROM guard_trip t WHERE t.workspace_id = outbox.workspace_id AND t.woken = FALSE
      AND t.until IS NULL AND t.action = 'pause' AND t.subject = CASE t.per
        WHEN 'step' THEN outbox.journey_id || ':' || outbox.step WHEN 'material' THEN outbox.content END)
  THEN 'paused' ELSE 'go' END"""

SETTLE = """-- what became of a message, while the lease is ours; one that was interrupted is not tried again
UPDATE outbox SET not_before = coalesce(?2, not_before), rendered = coalesce(?4, rendered),
  state = CASE WHEN ?1 = 'pending' AND reason = 'interrupted' THEN 'withdrawn' ELSE ?1 END,
  reason = CASE WHEN ?1 = 'pending' AND reason = 'interrupted' THEN reason ELSE ?3 END,
  sent_at = coalesce(?5, sent_at), reference = coalesce(json_extract(?4, '$.reference'), reference), lease_owner = NULL, lease_until = NULL
WHERE id = ?6 AND lease_owner = ?7 AND state = 'sending' RETURNING id"""

RELEASE = """-- a worker that stops gives back what it has not handed to anybody
UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL
WHERE lease_owner = ? AND state = 'sending' AND reason IS NULL"""

ARRIVED_LATER = f"""-- the carrier says later what became of a message
UPDATE outbox SET state = ?, reason = ? WHERE key = ? AND state = 'sent' RETURNING {PARCEL}"""
