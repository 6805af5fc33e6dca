-- The best hand-written SQL we know for the journey of bench/drawing.py: what the engine is measured against.
-- Each statement moves one batch by one alarm and does all that the engine does for it: claims what is due and
-- free, takes away what knocked, reads the facts, writes the position over the epoch it was read at, appends
-- the trail, fills the outbox, tells changes to the inbox, keeps the counters. The journey itself is wired in.
-- :now is the journey's time; the limit is a literal, so that the planner stays on the index of due rows.

-- name: open
-- entry, stage, send; then the first wait stands
WITH due AS MATERIALIZED (
  SELECT id, epoch FROM enrollment
  WHERE due_at IS NOT NULL AND due_at < :now AND journey_id <> ALL('{}'::bigint[])
  ORDER BY due_at LIMIT {limit} FOR UPDATE SKIP LOCKED
), heard AS (
  DELETE FROM knock WHERE enrollment_id = ANY(ARRAY(SELECT id FROM due))
), moved AS (
  UPDATE enrollment e
  SET status = 'waiting', stage = 'care', step = 'first', visit = 1, seq = 2, entered_stage = e.entered_journey,
    step_begun = e.entered_journey, step_due = e.entered_journey + interval '1 day',
    due_at = e.entered_journey + interval '1 day', epoch = e.epoch + 1
  FROM due WHERE e.id = due.id AND e.epoch = due.epoch
  RETURNING e.id, e.workspace_id, e.journey_id, e.version_id, e.subject_id, e.entry_id, e.entered_journey AS at,
    e.state -> 'entry' AS entry
), known AS (
  SELECT m.id FROM moved m JOIN contact c ON c.id = m.subject_id AND c.workspace_id = m.workspace_id
), crumbs AS (
  INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
  SELECT m.workspace_id, m.id, m.version_id, m.at, c.op, c.stage, c.step, c.exit, c.arrow, c.visit, c.seq, c.detail::jsonb
  FROM moved m CROSS JOIN (VALUES
    ('open', NULL, NULL, NULL, NULL, 0, 0, '{"entry": "in"}'),
    ('stage', 'care', NULL, NULL, NULL, 1, 0, NULL),
    ('step', 'care', 'hello', 'sent', 'a1', 1, 1, '{"key": "1:1"}')
  ) AS c (op, stage, step, exit, arrow, visit, seq, detail)
), posted AS (
  INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
    content, scene, due_at, not_before, valid_until, answer, state, tries)
  SELECT workspace_id, id || ':1:1', journey_id, version_id, id, subject_id, 'hello', 1, 1, 'sandbox', 'hello',
    jsonb_build_object('event', '{}'::jsonb, 'entry', entry, 'variables', '{}'::jsonb, 'stage', 'care'),
    at, at, NULL, false, 'pending', 0
  FROM moved WHERE id IN (SELECT id FROM known)
), counted AS (
  INSERT INTO counter (version_id, workspace_id, node, here, passed)
  SELECT m.version_id, m.workspace_id, c.node, c.here * m.n, c.passed * m.n
  FROM (SELECT version_id, workspace_id, count(*) AS n FROM moved GROUP BY 1, 2) m CROSS JOIN (VALUES
    ('a1', 0, 1), ('care', 1, 1), ('first', 1, 0), ('hello', 0, 1), ('hello sent', 0, 1), ('hello @written', 0, 1), ('in', 0, 1)
  ) AS c (node, here, passed)
  ORDER BY 1, 3
  ON CONFLICT (version_id, node) DO UPDATE
  SET here = counter.here + excluded.here, passed = counter.passed + excluded.passed
)
SELECT count(*) FROM moved;

-- name: first
-- the first wait rings; branch on an attribute; send or tag; then the second wait stands
WITH due AS MATERIALIZED (
  SELECT id, epoch FROM enrollment
  WHERE due_at IS NOT NULL AND due_at < :now AND journey_id <> ALL('{}'::bigint[])
  ORDER BY due_at LIMIT {limit} FOR UPDATE SKIP LOCKED
), heard AS (
  DELETE FROM knock WHERE enrollment_id = ANY(ARRAY(SELECT id FROM due))
), moved AS (
  UPDATE enrollment e
  SET step = 'second', seq = 5, taken_at = e.step_due, step_begun = e.step_due,
    step_due = e.step_due + interval '2 days', due_at = e.step_due + interval '2 days', epoch = e.epoch + 1
  FROM due WHERE e.id = due.id AND e.epoch = due.epoch
  RETURNING e.id, e.workspace_id, e.journey_id, e.version_id, e.subject_id, e.step_begun AS at,
    e.state -> 'entry' AS entry
), known AS MATERIALIZED (
  SELECT m.*, c.tags, c.attributes -> 'skin' AS skin, coalesce(c.attributes ->> 'skin' = 'dry', false) AS dry
  FROM moved m JOIN contact c ON c.id = m.subject_id AND c.workspace_id = m.workspace_id
), crumbs AS (
  INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
  SELECT k.workspace_id, k.id, k.version_id, k.at, 'step', 'care', c.step, c.exit, c.arrow, 1, c.seq,
    CASE c.step WHEN 'which' THEN jsonb_build_object('saw', jsonb_build_object('attribute.skin', k.skin)) ELSE c.detail::jsonb END
  FROM known k JOIN (VALUES
    (true, 'first', 'next', 'a2', 2, NULL), (false, 'first', 'next', 'a2', 2, NULL),
    (true, 'which', 'dry', 'a3', 3, NULL), (false, 'which', 'else', 'a4', 3, NULL),
    (true, 'offer', 'sent', 'a5', 4, '{"key": "4:1"}'), (false, 'mark', 'next', 'a6', 4, NULL)
  ) AS c (dry, step, exit, arrow, seq, detail) ON c.dry = k.dry
), posted AS (
  INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
    content, scene, due_at, not_before, valid_until, answer, state, tries)
  SELECT workspace_id, id || ':4:1', journey_id, version_id, id, subject_id, 'offer', 1, 4, 'sandbox', 'offer',
    jsonb_build_object('event', '{}'::jsonb, 'entry', entry, 'variables', '{}'::jsonb, 'stage', 'care'),
    at, at, NULL, false, 'pending', 0
  FROM known WHERE dry
), tagged AS (
  UPDATE contact c SET tags = c.tags || '["seen"]'::jsonb, updated_at = :now
  FROM known k WHERE c.id = k.subject_id AND NOT k.dry AND NOT c.tags ? 'seen'
  RETURNING c.id
), told AS (
  INSERT INTO inbox (workspace_id, kind, name, contact_id, source_id, occurred_at, stored_at, data, state)
  SELECT k.workspace_id, 'changed', 'tags', k.subject_id, k.id, k.at, :now,
    jsonb_build_object('field', 'tags', 'old', k.tags, 'new', k.tags || '["seen"]'::jsonb), 'new'
  FROM tagged t JOIN known k ON k.subject_id = t.id
), counted AS (
  INSERT INTO counter (version_id, workspace_id, node, here, passed)
  SELECT k.version_id, k.workspace_id, c.node, sum(c.here), sum(c.passed)
  FROM known k JOIN (VALUES
    (true, 'first', -1, 1), (true, 'first next', 0, 1), (true, 'a2', 0, 1), (true, 'which', 0, 1),
    (true, 'which dry', 0, 1), (true, 'a3', 0, 1), (true, 'offer', 0, 1), (true, 'offer sent', 0, 1), (true, 'offer @written', 0, 1),
    (true, 'a5', 0, 1), (true, 'second', 1, 0),
    (false, 'first', -1, 1), (false, 'first next', 0, 1), (false, 'a2', 0, 1), (false, 'which', 0, 1),
    (false, 'which else', 0, 1), (false, 'a4', 0, 1), (false, 'mark', 0, 1), (false, 'mark next', 0, 1),
    (false, 'a6', 0, 1), (false, 'second', 1, 0)
  ) AS c (dry, node, here, passed) ON c.dry = k.dry
  GROUP BY 1, 2, 3 ORDER BY 1, 3
  ON CONFLICT (version_id, node) DO UPDATE
  SET here = counter.here + excluded.here, passed = counter.passed + excluded.passed
)
SELECT count(*) FROM moved;

-- name: second
-- the second wait rings and the journey ends
WITH due AS MATERIALIZED (
  SELECT id, epoch FROM enrollment
  WHERE due_at IS NOT NULL AND due_at < :now AND journey_id <> ALL('{}'::bigint[])
  ORDER BY due_at LIMIT {limit} FOR UPDATE SKIP LOCKED
), heard AS (
  DELETE FROM knock WHERE enrollment_id = ANY(ARRAY(SELECT id FROM due))
), moved AS (
  UPDATE enrollment e
  SET status = 'ended', result = 'completed', step = NULL, taken_at = e.step_due, ended_at = e.step_due,
    step_due = NULL, due_at = NULL, epoch = e.epoch + 1
  FROM due WHERE e.id = due.id AND e.epoch = due.epoch
  RETURNING e.id, e.workspace_id, e.version_id, e.subject_id, e.ended_at AS at
), known AS (
  SELECT m.* FROM moved m JOIN contact c ON c.id = m.subject_id AND c.workspace_id = m.workspace_id
), crumbs AS (
  INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
  SELECT k.workspace_id, k.id, k.version_id, k.at, c.op, 'care', c.step, c.exit, 'a7', 1, 5, c.detail::jsonb
  FROM known k CROSS JOIN (VALUES
    ('step', 'second', 'next', NULL), ('end', NULL, NULL, '{"result": "completed"}')
  ) AS c (op, step, exit, detail)
), counted AS (
  INSERT INTO counter (version_id, workspace_id, node, here, passed)
  SELECT m.version_id, m.workspace_id, c.node, c.here * m.n, c.passed * m.n
  FROM (SELECT version_id, workspace_id, count(*) AS n FROM moved GROUP BY 1, 2) m CROSS JOIN (VALUES
    ('a7', 0, 1), ('care', -1, 0), ('care >completed', 0, 1), ('done', 0, 1), ('second', -1, 1), ('second next', 0, 1)
  ) AS c (node, here, passed)
  ORDER BY 1, 3
  ON CONFLICT (version_id, node) DO UPDATE
  SET here = counter.here + excluded.here, passed = counter.passed + excluded.passed
)
SELECT count(*) FROM moved;
