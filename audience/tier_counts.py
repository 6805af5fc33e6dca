"""How many stand where, who moved between levels lately, and what is known of one contact's tiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience.tables import Contact
from audience.tables_keeping import WatchedRule
from audience.tables_tiers import TierChange, TierDimension, TierOverride, TierStanding


class Flow(NamedTuple):
    """How many people moved from one level to another; None is no level."""

    old: str | None
    new: str | None
    people: int


def counts(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """{dimension id: {level: people in it}}."""
    found: dict[int, dict[str, int]] = {number: {} for number in ids}
    query = (
        select(TierStanding.dimension_id, TierStanding.level, func.count())
        .where(TierStanding.dimension_id.in_(ids), TierStanding.level.is_not(None))
        .group_by(TierStanding.dimension_id, TierStanding.level)
    )
    for number, level, people in session.execute(query):
        found[number][level] = people
    return found


def watched(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """{dimension id: open overrides}."""
    query = (
        select(TierOverride.dimension_id, func.count())
        .where(TierOverride.dimension_id.in_(ids), TierOverride.state == "open")
        .group_by(TierOverride.dimension_id)
    )
    return dict(session.execute(query).all())


def progress(session: Session, workspace_id: int) -> dict[str, float]:
    """{key: part of everybody who has been sorted}, of dimensions whose sorting is under way."""
    last = session.scalar(select(func.max(Contact.id)).where(Contact.workspace_id == workspace_id)) or 1
    query = select(WatchedRule.owner, WatchedRule.filled_to).where(
        WatchedRule.workspace_id == workspace_id, WatchedRule.family == "tier"
    )
    parts: dict[str, list[float]] = {}
    for key, filled_to in session.execute(query):
        parts.setdefault(key, []).append(1.0 if filled_to is None else min(filled_to / last, 0.99))
    unsorted = select(TierDimension.key, TierDimension.sorted_to).where(
        TierDimension.workspace_id == workspace_id, TierDimension.sorted_to.is_not(None)
    )
    for key, sorted_to in session.execute(unsorted):
        parts.setdefault(key, []).append(min((sorted_to or 0) / last, 0.99))
    return {key: sum(some) / len(some) for key, some in parts.items() if min(some) < 1}


def flows(session: Session, dimension_id: int, since: datetime) -> list[Flow]:
    """Who moved between levels since then: each person once, from the first level left to the last one reached."""
    changed = (TierChange.dimension_id == dimension_id, TierChange.at >= since)
    ends = (
        select(
            TierChange.contact_id,
            func.min(TierChange.id).label("first"),
            func.max(TierChange.id).label("last"),
        )
        .where(*changed)
        .group_by(TierChange.contact_id)
        .subquery()
    )
    first, last = TierChange.__table__.alias("first"), TierChange.__table__.alias("last")
    query = (
        select(first.c.old, last.c.new, func.count())
        .select_from(ends)
        .join(first, first.c.id == ends.c.first)
        .join(last, last.c.id == ends.c.last)
        .group_by(first.c.old, last.c.new)
    )
    return [Flow(old, new, people) for old, new, people in session.execute(query) if old != new]
