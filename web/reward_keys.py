"""Keys of pools, schemes, campaigns and draws, as given or made of the name; and how such rows are made and changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from journeys.words import Words
from store import audit, clock
from store.database import db
from web.access import actor, here, scoped
from web.errors import Problem, invalid, not_found

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
BAD_KEY = Words(
    "键以小写字母开头，最多 50 个小写字母、数字和 _。",
    "A key has small letters, digits and _, at most 50, a letter first.",
)
TAKEN = Words("这个键已经用了；请换一个。", "This key is taken; choose another.")
#: Words that addresses need themselves.
RESERVED = frozenset({"contacts", "entries", "codes", "issues"})


def key_for(model: Any, given: str | None, name: str, stem: str) -> str:
    """A key that is free: `given`, or one made of the name. Raises 422 or 409."""
    taken = set(db.session.scalars(select(model.key).where(model.workspace_id == here())))
    if given:
        if not KEY.fullmatch(given) or given in RESERVED:
            raise invalid(("key", BAD_KEY))
        if given in taken:
            raise Problem(409, "key-taken", TAKEN)
        return given
    made = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] if name.isascii() else ""
    made = made if KEY.fullmatch(made) and made not in RESERVED else stem
    number, found = 1, made if made != stem else f"{stem}_1"
    while found in taken:
        number += 1
        found = f"{made}_{number}"
    return found


def named(model: Any, key: str) -> Any:
    """The row of this workspace with this key; 404 for any other."""
    row = db.session.scalars(scoped(model).where(model.key == key)).one_or_none()
    if row is None:
        raise not_found()
    return row


@dataclass(frozen=True, slots=True)
class Shelf:
    """How one kind of reward is made and changed: its rows, the beginning of their keys, and what fills them in."""

    model: Any
    stem: str
    fill: Callable[[Any, dict[str, Any], datetime], None]

    def make(self, args: dict[str, Any], **blank: Any) -> Any:
        """Make one with a key of its own and nothing but `blank` in it, and fill it in. Raises 422 or 409."""
        session = db.session()
        now = clock.now(session)
        key = key_for(self.model, args.pop("key", None), args["name"], self.stem)
        row = self.model(workspace_id=here(), key=key, created_at=now, **blank)
        self.fill(row, args, now)
        session.add(row)
        session.flush()
        self._note("made", row, now)
        return row

    def change(self, key: str, args: dict[str, Any]) -> Any:
        """Change the one with this key; 404 where there is none."""
        session, row = db.session(), named(self.model, key)
        now = clock.now(session)
        self.fill(row, args, now)
        session.flush()
        self._note("changed", row, now)
        return row

    def _note(self, deed: str, row: Any, now: datetime) -> None:
        detail = {"name": row.name, "state": row.state or "on"}
        audit.record(
            db.session(), here(), actor().name, f"{self.stem}.{deed}", f"{self.stem}:{row.key}", detail, now
        )
