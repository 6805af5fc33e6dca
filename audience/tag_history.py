"""The history of tags and how many wear each, written from the signals that tell of changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.database import dumps

#: What the tags of a signal were and are, apart: each tag put on or taken off is a row.
_POSTGRESQL = """SELECT i.id, i.workspace_id, i.contact_id, d.tag, d.put_on, i.occurred_at, i.data ->> 'by' AS who,
    i.source_id
  FROM inbox i, LATERAL (
    SELECT n.tag, TRUE AS put_on FROM jsonb_array_elements_text(i.data -> 'new') AS n(tag)
    WHERE NOT jsonb_exists(coalesce(i.data -> 'old', '[]'), n.tag)
    UNION ALL
    SELECT o.tag, FALSE FROM jsonb_array_elements_text(i.data -> 'old') AS o(tag)
    WHERE NOT jsonb_exists(coalesce(i.data -> 'new', '[]'), o.tag)) AS d
  WHERE i.id = ANY(CAST(:ids AS bigint[]))"""
_RECORD = text(f"""WITH told AS MATERIALIZED ({_POSTGRESQL}), kept AS (
  INSERT INTO tag_change (workspace_id, contact_id, tag, put_on, at, "by", enrollment_id)
  SELECT workspace_id, contact_id, tag, put_on, occurred_at, who, source_id FROM told ORDER BY id, put_on, tag)
INSERT INTO tag_count (workspace_id, tag, worn)
SELECT workspace_id, tag, sum(CASE WHEN put_on THEN 1 ELSE -1 END) FROM told GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (workspace_id, tag) DO UPDATE SET worn = greatest(0, tag_count.worn + excluded.worn)""")

_SQLITE = """SELECT i.id, i.workspace_id, i.contact_id, n.value AS tag, 1 AS put_on, i.occurred_at,
    json_extract(i.data, '$.by') AS who, i.source_id
  FROM inbox i, json_each(i.data, '$.new') n
  WHERE i.id IN (SELECT value FROM json_each(:ids))
    AND n.value NOT IN (SELECT value FROM json_each(i.data, '$.old'))
  UNION ALL
  SELECT i.id, i.workspace_id, i.contact_id, o.value, 0, i.occurred_at, json_extract(i.data, '$.by'), i.source_id
  FROM inbox i, json_each(i.data, '$.old') o
  WHERE i.id IN (SELECT value FROM json_each(:ids))
    AND o.value NOT IN (SELECT value FROM json_each(i.data, '$.new'))"""
_RECORD_ON_SQLITE = (
    text(f"""INSERT INTO tag_change (workspace_id, contact_id, tag, put_on, at, "by", enrollment_id)
SELECT workspace_id, contact_id, tag, put_on, occurred_at, who, source_id FROM ({_SQLITE}) WHERE TRUE
ORDER BY id, put_on, tag"""),
    text(f"""INSERT INTO tag_count (workspace_id, tag, worn)
SELECT workspace_id, tag, sum(CASE WHEN put_on THEN 1 ELSE -1 END) FROM ({_SQLITE}) WHERE TRUE GROUP BY 1, 2
ON CONFLICT (workspace_id, tag) DO UPDATE SET worn = max(0, tag_count.worn + excluded.worn)"""),
)

#: One statement sees contacts and unread signals at one moment: what is told later is not counted yet.
_RECOUNT = """INSERT INTO tag_count (workspace_id, tag, worn)
SELECT :workspace, tag, sum(n) FROM (
  SELECT t.value AS tag, 1 AS n FROM contact c, {each}(c.tags) AS {t} WHERE c.workspace_id = :workspace
  UNION ALL SELECT t.value, -1 FROM inbox i, {each}({new}) AS {t}
    WHERE i.state = 'new' AND i.kind = 'changed' AND i.name = 'tags' AND i.workspace_id = :workspace
  UNION ALL SELECT t.value, 1 FROM inbox i, {each}({old}) AS {t}
    WHERE i.state = 'new' AND i.kind = 'changed' AND i.name = 'tags' AND i.workspace_id = :workspace
  UNION ALL SELECT k.tag, 0 FROM tag_count k WHERE k.workspace_id = :workspace
) AS told WHERE TRUE GROUP BY tag
ON CONFLICT (workspace_id, tag) DO UPDATE SET worn = excluded.worn"""


def record(session: Session, signal_ids: Sequence[int]) -> None:
    """Write down what these signals, stored in the inbox, tell of tags, and count anew who wears them.

    One statement on PostgreSQL, two on SQLite; nobody else may count meanwhile.
    """
    if not signal_ids:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_RECORD, {"ids": list(signal_ids)})
        return
    for statement in _RECORD_ON_SQLITE:
        connection.execute(statement, {"ids": dumps(list(signal_ids))})


def recount(session: Session, workspace_id: int) -> None:
    """Count from the contacts themselves who wears what; only while nobody takes signals in.

    Reads every contact of the workspace.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    words = (
        {
            "each": "jsonb_array_elements_text",
            "t": "t(value)",
            "new": "i.data -> 'new'",
            "old": "i.data -> 'old'",
        }
        if on_postgresql
        else {
            "each": "json_each",
            "t": "t",
            "new": "json_extract(i.data, '$.new')",
            "old": "json_extract(i.data, '$.old')",
        }
    )
    session.connection().execute(text(_RECOUNT.format(**words)), {"workspace": workspace_id})
