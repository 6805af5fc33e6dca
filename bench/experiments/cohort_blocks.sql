-- Two ways to keep the same people: a row each, and a row for all who stand alike ("block").
-- Both know who stands where since when, log each move and put each message out; :now and :size are given.

-- name: tables
CREATE TABLE person (id bigint PRIMARY KEY, skin text NOT NULL);
CREATE TABLE standing (id bigint PRIMARY KEY, contact bigint NOT NULL, step text NOT NULL, due_at timestamptz, seq int NOT NULL DEFAULT 0)
  WITH (fillfactor = 70);
CREATE TABLE row_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, standing bigint, step text, exit text, at timestamptz, seq int);
CREATE TABLE row_message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, contact bigint, content text);
CREATE TABLE block (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, contacts bigint[] NOT NULL, step text NOT NULL, due_at timestamptz, seq int NOT NULL DEFAULT 0);
CREATE TABLE block_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, contacts bigint[], step text, exit text, at timestamptz, seq int);
CREATE TABLE block_message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, contacts bigint[], seq int, content text);

-- name: fill
INSERT INTO person SELECT i, CASE WHEN i % 3 = 0 THEN 'dry' ELSE 'oily' END FROM generate_series(1, {people}) i;
INSERT INTO standing SELECT id, id, 'first', '2026-03-01' FROM person;
INSERT INTO block (contacts, step, due_at) SELECT array_agg(id ORDER BY id), 'first', '2026-03-01' FROM person GROUP BY (id - 1) / {size};
CREATE INDEX ON standing (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ON standing (contact);
CREATE INDEX ON block (due_at) WHERE due_at IS NOT NULL;
ANALYZE;

-- name: rows_send
WITH due AS MATERIALIZED (SELECT id FROM standing WHERE due_at <= '2026-03-01' ORDER BY due_at LIMIT {batch} FOR UPDATE SKIP LOCKED),
moved AS (UPDATE standing s SET step = 'second', seq = seq + 2, due_at = '2026-03-02' FROM due WHERE s.id = due.id RETURNING s.id, s.contact, s.seq),
logged AS (INSERT INTO row_log (standing, step, exit, at, seq) SELECT id, 'first', 'next', timestamptz '2026-03-01', seq - 1 FROM moved
  UNION ALL SELECT id, 'hello', 'sent', timestamptz '2026-03-01', seq FROM moved),
posted AS (INSERT INTO row_message (key, contact, content) SELECT id || ':' || seq, contact, 'hello' FROM moved)
SELECT count(*) FROM moved;

-- name: blocks_send
WITH due AS MATERIALIZED (SELECT id FROM block WHERE due_at <= '2026-03-01' ORDER BY due_at LIMIT {blocks} FOR UPDATE SKIP LOCKED),
moved AS (UPDATE block b SET step = 'second', seq = seq + 2, due_at = '2026-03-02' FROM due WHERE b.id = due.id RETURNING b.contacts, b.seq),
logged AS (INSERT INTO block_log (contacts, step, exit, at, seq) SELECT contacts, 'first', 'next', timestamptz '2026-03-01', seq - 1 FROM moved
  UNION ALL SELECT contacts, 'hello', 'sent', timestamptz '2026-03-01', seq FROM moved),
posted AS (INSERT INTO block_message (contacts, seq, content) SELECT contacts, seq, 'hello' FROM moved)
SELECT coalesce(sum(cardinality(contacts)), 0) FROM moved;

-- name: blocks_send_each
-- the same, but each message has the row and the key that "at most once to each" needs
WITH due AS MATERIALIZED (SELECT id FROM block WHERE due_at <= '2026-03-01' ORDER BY due_at LIMIT {blocks} FOR UPDATE SKIP LOCKED),
moved AS (UPDATE block b SET step = 'second', seq = seq + 2, due_at = '2026-03-02' FROM due WHERE b.id = due.id RETURNING b.id, b.contacts, b.seq),
logged AS (INSERT INTO block_log (contacts, step, exit, at, seq) SELECT contacts, 'first', 'next', timestamptz '2026-03-01', seq - 1 FROM moved
  UNION ALL SELECT contacts, 'hello', 'sent', timestamptz '2026-03-01', seq FROM moved),
posted AS (INSERT INTO row_message (key, contact, content) SELECT c || ':' || seq, c, 'hello' FROM moved, unnest(contacts) AS c)
SELECT coalesce(sum(cardinality(contacts)), 0) FROM moved;

-- name: rows_branch
WITH due AS MATERIALIZED (SELECT id FROM standing WHERE due_at <= '2026-03-02' ORDER BY due_at LIMIT {batch} FOR UPDATE SKIP LOCKED),
moved AS (UPDATE standing s SET step = CASE p.skin WHEN 'dry' THEN 'third' ELSE 'fourth' END, seq = seq + 1, due_at = '2026-03-03'
  FROM due JOIN person p ON p.id = due.id WHERE s.id = due.id RETURNING s.id, s.step, s.seq),
logged AS (INSERT INTO row_log (standing, step, exit, at, seq) SELECT id, 'which', step, timestamptz '2026-03-02', seq FROM moved)
SELECT count(*) FROM moved;

-- name: blocks_branch
WITH due AS MATERIALIZED (SELECT id FROM block WHERE due_at <= '2026-03-02' ORDER BY due_at LIMIT {blocks} FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM block b USING due WHERE b.id = due.id RETURNING b.id, b.contacts, b.seq),
made AS (INSERT INTO block (contacts, step, due_at, seq)
  SELECT array_agg(c ORDER BY c), CASE p.skin WHEN 'dry' THEN 'third' ELSE 'fourth' END, timestamptz '2026-03-03', min(g.seq) + 1
  FROM gone g CROSS JOIN LATERAL unnest(g.contacts) AS c JOIN person p ON p.id = c GROUP BY g.id, p.skin RETURNING contacts, step, seq),
logged AS (INSERT INTO block_log (contacts, step, exit, at, seq) SELECT contacts, 'which', step, timestamptz '2026-03-02', seq FROM made)
SELECT coalesce(sum(cardinality(contacts)), 0) FROM made;

-- name: leave_rows
WITH moved AS (UPDATE standing SET step = 'left', due_at = NULL, seq = seq + 1 WHERE contact = ANY(%(who)s::bigint[]) RETURNING id, seq)
INSERT INTO row_log (standing, step, exit, at, seq) SELECT id, 'order_paid', 'left', timestamptz '2026-03-02', seq FROM moved;

-- name: leave_blocks
WITH hit AS MATERIALIZED (SELECT id FROM block WHERE contacts && %(who)s::bigint[] ORDER BY id FOR UPDATE),
moved AS (UPDATE block b SET contacts = ARRAY(SELECT c FROM unnest(b.contacts) c WHERE NOT c = ANY(%(who)s::bigint[])) FROM hit WHERE b.id = hit.id RETURNING b.seq)
INSERT INTO block_log (contacts, step, exit, at, seq) SELECT %(who)s::bigint[], 'order_paid', 'left', timestamptz '2026-03-02', max(seq) FROM moved;
