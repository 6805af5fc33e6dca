"""A script, and what writes on materials and scripts say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from content.tables_materials import Script
from store.database import db

FINE: dict[str, Any] = {name: {"fine": True} for name in ("compliance", "fit", "appeal")}
SCRIPT: dict[str, Any] = {"question": "贵不贵", "answers": ["不贵"]}
OPEN: dict[str, Any] = {
    "key": "hello",
    "name": "问候",
    "carrier": "sms",
    "body": {"text": '你好{% slot "who" %}{% endslot %}'},
}
#: A body with which each write would succeed on a row of one's own.
BODIES: dict[str, Any] = {
    "POST /api/v1/contents/{content_id}/back": {"version": 1},
    "POST /api/v1/contents/{content_id}/review": {"version": 1, "answers": FINE},
    "PUT /api/v1/contents/{content_id}/slots": {"slot": "who", "words": "taken"},
    "POST /api/v1/contents/{content_id}/winner": {"variant": ""},
    "PUT /api/v1/scripts/{script_id}": SCRIPT,
    "POST /api/v1/scripts/{script_id}/copied": {"answer": 0},
}
#: Writes that leave one line in the audit each, in an order in which they succeed.
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", "contents/{content_id}", {"json": OPEN}),
    ("PUT", "contents/{content_id}/slots", {"json": {"slot": "who", "words": "林"}}),
    ("POST", "contents/{content_id}/submit", {}),
    ("POST", "contents/{content_id}/review", {"json": {"version": 2, "answers": FINE}}),
    ("POST", "contents/{content_id}/winner", {"json": {"variant": ""}}),
    ("POST", "contents/{content_id}/back", {"json": {"version": 1}}),
    ("PUT", "contents/policy", {"json": {"others_review": False}}),
    ("POST", "scripts", {"json": SCRIPT}),
    ("PUT", "scripts/{script_id}", {"json": SCRIPT}),
    ("DELETE", "scripts/{script_id}", {}),
]
#: That an answer was copied is counted and no change.
COUNTED = ("POST", "scripts/{script_id}/copied")


def furnish_contents(here: int, now: datetime) -> dict[str, int]:
    """The id of a script, by the name that its path parameter bears."""
    row = Script(workspace_id=here, question="贵不贵", answers=["不贵"], tags=[], copies=[0], updated_at=now)
    db.session.add(row)
    db.session.flush()
    return {"script_id": row.id}
