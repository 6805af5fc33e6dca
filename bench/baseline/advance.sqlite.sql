-- The same for SQLite, which moves one batch by several statements in one transaction of the only writer.
-- The first statement of each claims the batch into a table of the connection's own; the last one empties it.
-- SQLite knows no statistics here: where it would read a whole table for each batch it is led by ids, or by the order of a CROSS JOIN.
-- Moments are texts of fixed width with six decimals; the driver's rows never leave the database.

-- name: setup
CREATE TEMP TABLE due (id INTEGER PRIMARY KEY, at TEXT, dry INTEGER, skin TEXT);

-- name: open
INSERT INTO due SELECT id, entered_journey, NULL, NULL FROM enrollment
WHERE due_at IS NOT NULL AND due_at < :now AND journey_id NOT IN (SELECT value FROM json_each('[]'))
ORDER BY due_at LIMIT {limit};
DELETE FROM knock WHERE enrollment_id IN (SELECT id FROM due);
UPDATE enrollment SET status = 'waiting', stage = 'care', step = 'first', visit = 1, seq = 2,
  entered_stage = due.at, step_begun = due.at,
  step_due = strftime('%Y-%m-%d %H:%M:%f000', due.at, '+1 day'),
  due_at = strftime('%Y-%m-%d %H:%M:%f000', due.at, '+1 day'), epoch = epoch + 1
FROM due WHERE enrollment.id = due.id AND enrollment.id IN (SELECT id FROM due);
INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
SELECT e.workspace_id, e.id, e.version_id, due.at, c.column1, c.column2, c.column3, c.column4, c.column5, c.column6,
  c.column7, c.column8
FROM due JOIN enrollment e ON e.id = due.id CROSS JOIN (VALUES
  ('open', NULL, NULL, NULL, NULL, 0, 0, '{"entry":"in"}'),
  ('stage', 'care', NULL, NULL, NULL, 1, 0, NULL),
  ('step', 'care', 'hello', 'sent', 'a1', 1, 1, '{"key":"1:1"}')) c;
INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
  content, scene, due_at, not_before, valid_until, answer, state, tries)
SELECT e.workspace_id, e.id || ':1:1', e.journey_id, e.version_id, e.id, k.id, 'hello', 1, 1, 'sandbox', 'hello',
  json_object('event', json('{}'), 'entry', json(e.state -> '$.entry'), 'variables', json('{}'), 'stage', 'care'),
  due.at, due.at, NULL, 0, 'pending', 0
FROM due JOIN enrollment e ON e.id = due.id JOIN contact k ON k.id = e.subject_id AND k.workspace_id = e.workspace_id;
INSERT INTO counter (version_id, workspace_id, node, here, passed)
SELECT e.version_id, e.workspace_id, c.column1, c.column2 * e.n, c.column3 * e.n
FROM (SELECT version_id, workspace_id, count(*) AS n FROM enrollment WHERE id IN (SELECT id FROM due) GROUP BY 1, 2) e
CROSS JOIN (VALUES ('a1', 0, 1), ('care', 1, 1), ('first', 1, 0), ('hello', 0, 1), ('hello sent', 0, 1), ('hello @written', 0, 1), ('in', 0, 1)) c
WHERE true
ON CONFLICT (version_id, node) DO UPDATE SET here = here + excluded.here, passed = passed + excluded.passed;
DELETE FROM due;

-- name: first
INSERT INTO due SELECT e.id, e.step_due, k.attributes ->> '$.skin' IS 'dry', k.attributes ->> '$.skin'
FROM (SELECT id, subject_id, workspace_id, step_due FROM enrollment
  WHERE due_at IS NOT NULL AND due_at < :now AND journey_id NOT IN (SELECT value FROM json_each('[]'))
  ORDER BY due_at LIMIT {limit}) e
JOIN contact k ON k.id = e.subject_id AND k.workspace_id = e.workspace_id;
DELETE FROM knock WHERE enrollment_id IN (SELECT id FROM due);
UPDATE enrollment SET step = 'second', seq = 5, taken_at = due.at, step_begun = due.at,
  step_due = strftime('%Y-%m-%d %H:%M:%f000', due.at, '+2 days'),
  due_at = strftime('%Y-%m-%d %H:%M:%f000', due.at, '+2 days'), epoch = epoch + 1
FROM due WHERE enrollment.id = due.id AND enrollment.id IN (SELECT id FROM due);
INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
SELECT e.workspace_id, e.id, e.version_id, due.at, 'step', 'care', c.column2, c.column3, c.column4, 1, c.column5,
  CASE c.column2 WHEN 'which' THEN json_object('saw', json_object('attribute.skin', due.skin)) ELSE c.column6 END
FROM due JOIN enrollment e ON e.id = due.id JOIN (VALUES
  (1, 'first', 'next', 'a2', 2, NULL), (0, 'first', 'next', 'a2', 2, NULL),
  (1, 'which', 'dry', 'a3', 3, NULL), (0, 'which', 'else', 'a4', 3, NULL),
  (1, 'offer', 'sent', 'a5', 4, '{"key":"4:1"}'), (0, 'mark', 'next', 'a6', 4, NULL)) c ON c.column1 = due.dry;
INSERT INTO outbox (workspace_id, key, journey_id, version_id, enrollment_id, contact_id, step, visit, seq, carrier,
  content, scene, due_at, not_before, valid_until, answer, state, tries)
SELECT e.workspace_id, e.id || ':4:1', e.journey_id, e.version_id, e.id, e.subject_id, 'offer', 1, 4, 'sandbox', 'offer',
  json_object('event', json('{}'), 'entry', json(e.state -> '$.entry'), 'variables', json('{}'), 'stage', 'care'),
  due.at, due.at, NULL, 0, 'pending', 0
FROM due JOIN enrollment e ON e.id = due.id WHERE due.dry;
INSERT INTO inbox (workspace_id, kind, name, contact_id, source_id, occurred_at, stored_at, data, state)
SELECT e.workspace_id, 'changed', 'tags', k.id, e.id, due.at, :now,
  json_object('field', 'tags', 'old', json(k.tags), 'new', json_insert(k.tags, '$[#]', 'seen')), 'new'
FROM due JOIN enrollment e ON e.id = due.id JOIN contact k ON k.id = e.subject_id
WHERE NOT due.dry AND NOT EXISTS (SELECT 1 FROM json_each(k.tags) WHERE value = 'seen');
UPDATE contact SET tags = json_insert(contact.tags, '$[#]', 'seen'), updated_at = :now
WHERE id IN (SELECT e.subject_id FROM due JOIN enrollment e ON e.id = due.id WHERE NOT due.dry)
  AND NOT EXISTS (SELECT 1 FROM json_each(contact.tags) WHERE value = 'seen');
INSERT INTO counter (version_id, workspace_id, node, here, passed)
SELECT d.version_id, d.workspace_id, c.column2, sum(c.column3 * d.n), sum(c.column4 * d.n)
FROM (SELECT e.version_id, e.workspace_id, due.dry, count(*) AS n FROM due CROSS JOIN enrollment e ON e.id = due.id GROUP BY 1, 2, 3) d
JOIN (VALUES
  (1, 'first', -1, 1), (1, 'first next', 0, 1), (1, 'a2', 0, 1), (1, 'which', 0, 1), (1, 'which dry', 0, 1),
  (1, 'a3', 0, 1), (1, 'offer', 0, 1), (1, 'offer sent', 0, 1), (1, 'offer @written', 0, 1), (1, 'a5', 0, 1), (1, 'second', 1, 0),
  (0, 'first', -1, 1), (0, 'first next', 0, 1), (0, 'a2', 0, 1), (0, 'which', 0, 1), (0, 'which else', 0, 1),
  (0, 'a4', 0, 1), (0, 'mark', 0, 1), (0, 'mark next', 0, 1), (0, 'a6', 0, 1), (0, 'second', 1, 0)
) c ON c.column1 = d.dry
WHERE true GROUP BY 1, 2, 3
ON CONFLICT (version_id, node) DO UPDATE SET here = here + excluded.here, passed = passed + excluded.passed;
DELETE FROM due;

-- name: second
INSERT INTO due SELECT id, step_due, NULL, NULL FROM enrollment
WHERE due_at IS NOT NULL AND due_at < :now AND journey_id NOT IN (SELECT value FROM json_each('[]'))
ORDER BY due_at LIMIT {limit};
DELETE FROM knock WHERE enrollment_id IN (SELECT id FROM due);
UPDATE enrollment SET status = 'ended', result = 'completed', step = NULL, taken_at = due.at, ended_at = due.at,
  step_due = NULL, due_at = NULL, epoch = epoch + 1
FROM due WHERE enrollment.id = due.id AND enrollment.id IN (SELECT id FROM due);
INSERT INTO trail (workspace_id, enrollment_id, version_id, at, op, stage, step, exit, arrow, visit, seq, detail)
SELECT e.workspace_id, e.id, e.version_id, due.at, c.column1, 'care', c.column2, c.column3, 'a7', 1, 5, c.column4
FROM due JOIN enrollment e ON e.id = due.id
JOIN contact k ON k.id = e.subject_id AND k.workspace_id = e.workspace_id CROSS JOIN (VALUES
  ('step', 'second', 'next', NULL), ('end', NULL, NULL, '{"result":"completed"}')) c;
INSERT INTO counter (version_id, workspace_id, node, here, passed)
SELECT e.version_id, e.workspace_id, c.column1, c.column2 * e.n, c.column3 * e.n
FROM (SELECT version_id, workspace_id, count(*) AS n FROM enrollment WHERE id IN (SELECT id FROM due) GROUP BY 1, 2) e
CROSS JOIN (VALUES ('a7', 0, 1), ('care', -1, 0), ('care >completed', 0, 1), ('done', 0, 1), ('second', -1, 1), ('second next', 0, 1)) c
WHERE true
ON CONFLICT (version_id, node) DO UPDATE SET here = here + excluded.here, passed = passed + excluded.passed;
DELETE FROM due;
