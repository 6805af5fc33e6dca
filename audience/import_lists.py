"""A file whose people are put on a static list while they are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import segment_lists
from audience.segment_making import STATIC
from audience.tables_files import Import
from audience.tables_segments import Segment
from store.problem import Problem, problem


def problems_of(session: Session, workspace_id: int, key: object) -> list[Problem]:
    """Say what is wrong with the list that a file's people are to be put on."""
    if isinstance(key, str) and _segment(session, workspace_id, key) is not None:
        return []
    return [
        problem(
            "list",
            "没有这个静态名单；请先在“分群”里新建一个静态名单。",
            "There is no such static list: make one among the segments first.",
        )
    ]


def put(session: Session, running: Import, ids: Sequence[int], now: datetime) -> None:
    """Put contacts on the list that the import names; one that is gone meanwhile takes nobody in."""
    segment = _segment(session, running.workspace_id, running.options.get("list"))
    if segment is not None and ids:
        segment_lists.add(session, segment, sorted(set(ids)), now)


def _segment(session: Session, workspace_id: int, key: object) -> Segment | None:
    query = select(Segment).where(Segment.workspace_id == workspace_id, Segment.key == key)
    found = session.scalar(query)
    return found if found is not None and found.kind == STATIC else None
