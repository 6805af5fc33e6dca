"""Tables of people, products and moments as they are now, ready to be asked, and what asking them takes."""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.tables_matching import SceneTable
from rules.matching import Matching, read, who_of
from rules.scene import Reads
from store.database import dumps


class Wider(NamedTuple):
    """What is to be read together with what some tables ask; the tables themselves are found already."""

    attributes: frozenset[str] | None
    tags: bool
    events: frozenset[str]
    segments: Set[str]
    tiers: Set[str]
    scenes: frozenset[str] = frozenset()


def load(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, Matching]:
    """Those of the workspace's tables that exist, by key; one small statement."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    columns = (SceneTable.key, SceneTable.name, SceneTable.moments, SceneTable.rows)
    query = select(*columns).where(SceneTable.workspace_id == workspace_id, SceneTable.key.in_(wanted))
    return {
        key: _made(key, name, dumps(moments), dumps(rows))
        for key, name, moments, rows in session.execute(query)
    }


def widen(session: Session, workspace_id: int, reads: Any) -> tuple[Wider, dict[str, Matching]]:
    """What `reads` (`audience.facts.Wanted`) and its tables look at together, and the tables."""
    tables = load(session, workspace_id, reads.scenes)
    asked = Reads()
    for table in tables.values():
        asked |= table.reads
    attributes = None if reads.attributes is None else frozenset(reads.attributes) | asked.attributes
    wider = Wider(
        attributes,
        reads.tags or asked.tags,
        frozenset(reads.events) | asked.events,
        reads.segments | asked.segments,
        reads.tiers | asked.tiers,
    )
    return wider, tables


def keys(session: Session, workspace_id: int) -> frozenset[str]:
    """The keys of a workspace's tables."""
    return frozenset(session.scalars(select(SceneTable.key).where(SceneTable.workspace_id == workspace_id)))


def rules_of(session: Session, workspace_id: int, keys: Iterable[str]) -> list[dict[str, Any]]:
    """What the rows of these tables ask of people, as rules are written."""
    query = select(SceneTable.rows).where(
        SceneTable.workspace_id == workspace_id, SceneTable.key.in_(sorted(keys))
    )
    return [who_of(row) for rows in session.scalars(query) for row in rows]


@lru_cache(maxsize=128)
def _made(key: str, name: str, moments: str, rows: str) -> Matching:
    """Tables alike are one object: batch after batch asks the same ones."""
    return read(key, name, orjson.loads(moments), orjson.loads(rows))
