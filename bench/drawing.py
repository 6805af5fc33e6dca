"""The journey that the speed figures are about, and many people at its door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from store.database import dumps

START = datetime(2026, 3, 1, 2, tzinfo=UTC)
#: After how long each alarm has rung for everybody: the entry, the first wait, the second wait.
PHASES = {
    "open": timedelta(minutes=1),
    "first": timedelta(days=1, hours=1),
    "second": timedelta(days=3, hours=1),
}
#: One in three takes the branch that tags instead of sending.
DRY_OF_THREE = 2
ENTRY = {"name": "friend_added"}

DEFINITION: dict[str, Any] = {
    "format": 1,
    "subject": "contact",
    "entries": [{"id": "in", "on": {"type": "event", "name": "friend_added"}, "to": "care"}],
    "stages": [{"id": "care", "name": "Care", "initial": "hello"}],
    "steps": [
        {
            "id": "hello",
            "stage": "care",
            "kind": "send",
            "config": {"carrier": "sandbox", "content": "hello"},
        },
        {"id": "first", "stage": "care", "kind": "wait", "config": {"until": {"for": "PT24H"}}},
        {
            "id": "which",
            "stage": "care",
            "kind": "branch",
            "config": {
                "rules": [
                    {
                        "exit": "dry",
                        "rule": {
                            "combinator": "and",
                            "rules": [{"field": "attribute.skin", "operator": "=", "value": "dry"}],
                        },
                    }
                ]
            },
        },
        {
            "id": "offer",
            "stage": "care",
            "kind": "send",
            "config": {"carrier": "sandbox", "content": "offer"},
        },
        {"id": "mark", "stage": "care", "kind": "tag", "config": {"add": ["seen"]}},
        {"id": "second", "stage": "care", "kind": "wait", "config": {"until": {"for": "PT48H"}}},
    ],
    "arrows": [
        {"id": "a1", "from": "hello", "exit": "sent", "to": "first"},
        {"id": "a2", "from": "first", "exit": "next", "to": "which"},
        {"id": "a3", "from": "which", "exit": "dry", "to": "offer"},
        {"id": "a4", "from": "which", "exit": "else", "to": "mark"},
        {"id": "a5", "from": "offer", "exit": "sent", "to": "second"},
        {"id": "a6", "from": "mark", "exit": "next", "to": "second"},
        {"id": "a7", "from": "second", "exit": "next", "to": "done"},
    ],
    "ends": [{"id": "done", "name": "Done", "result": "completed"}],
    "goals": [],
    "settings": {"timezone": "Asia/Shanghai", "quiet_hours": None},
}

#: Attributes of an ordinary contact besides the one that the branch reads.
ORDINARY = {
    "city": "上海",
    "level": "gold",
    "birthday": "1993-05-17",
    "source": "store",
    "orders": 4,
    "spent": 1280.5,
    "last_store": "徐家汇",
    "member_since": "2023-11-02",
    "prefers": "evening",
    "child": False,
}


#: Everybody a moment of his own: a tenth of a millisecond after the one before.
_APART = """UPDATE enrollment SET entered_journey = entered_journey + id * interval '100 microseconds',
  taken_at = taken_at + id * interval '100 microseconds', due_at = due_at + id * interval '100 microseconds'"""


def populate(connection: Connection, people: int, *, apart: bool = False) -> None:
    """Fill an empty database with one workspace, the live journey, and `people` who are about to enter it.

    All enter at one moment, as a mass entry makes them; on PostgreSQL they may also enter `apart`, each at his own.
    """
    run = connection.execute
    given = {
        "at": START,
        "definition": dumps(DEFINITION),
        "n": people,
        "ordinary": dumps(ORDINARY),
        "dry": DRY_OF_THREE,
        "state": dumps({"entry": ENTRY}),
    }
    if connection.dialect.name == "sqlite":
        given["at"] = START.strftime("%Y-%m-%d %H:%M:%S.%f")
    for statement in _STATEMENTS[connection.dialect.name]:
        used = {name: value for name, value in given.items() if f":{name}" in statement}
        run(text(statement), used)
    if apart:
        run(text(_APART))


def _statements(json: str, numbers: str, skin: str) -> list[str]:
    who = f"CASE WHEN n % 3 < :dry THEN {skin.format('dry')} ELSE {skin.format('oily')} END"
    return [
        "INSERT INTO workspace (id, name, slug, timezone, settings, created_at)"
        f" VALUES (1, 'Bench', 'bench', 'Asia/Shanghai', CAST('{{}}' AS {json}), :at)",
        "INSERT INTO journey (id, workspace_id, key, name, status, live_version_id, on_resume, created_at, updated_at)"
        " VALUES (1, 1, 'bench', 'Bench', 'live', 1, 'skip', :at, :at)",
        "INSERT INTO version (id, workspace_id, journey_id, number, digest, definition, published_at, published_by)"
        f" VALUES (1, 1, 1, 1, 'bench', CAST(:definition AS {json}), :at, 'bench')",
        "INSERT INTO contact (id, workspace_id, external_id, name, attributes, tags, created_at, updated_at)"
        f" SELECT n, 1, 'c' || n, 'Contact ' || n, {who}, CAST('[\"new\"]' AS {json}), :at, :at FROM {numbers}",
        "INSERT INTO enrollment (id, workspace_id, journey_id, version_id, subject_kind, subject_id, key, entry_id,"
        " status, visit, seq, void_seq, entered_journey, taken_at, due_at, state, epoch)"
        " SELECT n, 1, 1, 1, 'contact', n, '', 'in', 'new', 0, 0, 0, :at, :at, :at,"
        f" CAST(:state AS {json}), 0 FROM {numbers}",
    ]


_STATEMENTS = {
    "postgresql": _statements(
        "jsonb",
        "generate_series(1, CAST(:n AS bigint)) AS n",
        "CAST(:ordinary AS jsonb) || jsonb_build_object('skin', '{}')",
    ),
    "sqlite": _statements(
        "text",
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :n) SELECT n FROM s)",
        "json_set(:ordinary, '$.skin', '{}')",
    ),
}
