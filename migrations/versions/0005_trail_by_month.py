"""The trail by month on PostgreSQL, so that months long past are dropped whole; what is there stays in place.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Id, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: The old table becomes the part of everything before a month that nobody has reached, without copying a row.
PARTED = """
DO $$
DECLARE
  first_month timestamptz;
BEGIN
  SET LOCAL timezone = 'UTC';
  ALTER TABLE trail RENAME TO trail_before;
  ALTER TABLE trail_before DROP CONSTRAINT pk_trail;
  ALTER INDEX ix_trail_enrollment RENAME TO trail_before_enrollment_id_id_idx;
  CREATE TABLE trail (LIKE trail_before INCLUDING DEFAULTS) PARTITION BY RANGE (at);
  ALTER TABLE trail ADD CONSTRAINT pk_trail PRIMARY KEY (id, at);
  CREATE INDEX ix_trail_enrollment ON trail (enrollment_id, id);
  ALTER SEQUENCE trail_id_seq OWNED BY trail.id;
  CREATE TABLE trail_default PARTITION OF trail DEFAULT;
  IF EXISTS (SELECT 1 FROM trail_before) THEN
    SELECT date_trunc('month', greatest(max(at), now()) + interval '1 month') INTO first_month FROM trail_before;
    EXECUTE format('ALTER TABLE trail ATTACH PARTITION trail_before FOR VALUES FROM (MINVALUE) TO (%L)', first_month);
  ELSE
    first_month := date_trunc('month', now());
    DROP TABLE trail_before;
  END IF;
  FOR n IN 0..3 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF trail FOR VALUES FROM (%L) TO (%L)',
      to_char(first_month + n * interval '1 month', '"trail_"YYYY_MM'),
      first_month + n * interval '1 month', first_month + (n + 1) * interval '1 month');
  END LOOP;
END $$
"""

WHOLE = """
DO $$
BEGIN
  ALTER TABLE trail RENAME TO trail_parted;
  ALTER INDEX ix_trail_enrollment RENAME TO ix_trail_parted;
  ALTER TABLE trail_parted DROP CONSTRAINT pk_trail;
  CREATE TABLE trail (LIKE trail_parted INCLUDING DEFAULTS);
  INSERT INTO trail SELECT * FROM trail_parted;
  ALTER TABLE trail ADD CONSTRAINT pk_trail PRIMARY KEY (id);
  CREATE INDEX ix_trail_enrollment ON trail (enrollment_id, id);
  ALTER SEQUENCE trail_id_seq OWNED BY trail.id;
  DROP TABLE trail_parted;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "trail_kept",
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("since", UTCDateTime(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(PARTED))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(WHOLE))
    op.drop_table("trail_kept")
