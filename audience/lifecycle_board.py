"""The numbers of a lifecycle board: who is in each stage, who came and went lately, and for how long they stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, func, select
from sqlalchemy.orm import Session

from audience.tables_tiers import TierChange, TierDimension, TierStanding

DAY_SECONDS = 86_400


@dataclass(slots=True)
class Column:
    """One stage of the board; `days` is how long those in it have been there on average."""

    people: int = 0
    days: float | None = None
    #: Came into it, went on to a later stage, and fell back or out, since the day that was asked.
    arrived: int = 0
    went_on: int = 0
    lost: int = 0


def columns(session: Session, row: TierDimension, since: datetime, now: datetime) -> dict[str, Column]:
    """The columns by stage; two statements, each over one index."""
    order = [level["key"] for level in row.levels]
    found = {key: Column() for key in order}
    for level, people, entered in session.execute(_standing(session, row.id)):
        if level in found:
            column = found[level]
            column.people = people
            column.days = max(0.0, (now.timestamp() - float(entered)) / DAY_SECONDS)
    for old, new, count in session.execute(_moves(row.id, since)):
        if new in found:
            found[new].arrived += count
        if old in found:
            further = new in found and order.index(new) < order.index(old)
            if further:
                found[old].went_on += count
            else:
                found[old].lost += count
    return found


def _standing(session: Session, dimension_id: int) -> Any:
    return (
        select(TierStanding.level, func.count(), func.avg(_seconds(session)))
        .where(TierStanding.dimension_id == dimension_id, TierStanding.level.is_not(None))
        .group_by(TierStanding.level)
    )


def _seconds(session: Session) -> ColumnElement[Any]:
    """When somebody came into the stage, in seconds of the epoch."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.extract("epoch", TierStanding.since), Float)
    return (func.julianday(TierStanding.since) - 2_440_587.5) * DAY_SECONDS


def _moves(dimension_id: int, since: datetime) -> Any:
    return (
        select(TierChange.old, TierChange.new, func.count())
        .where(TierChange.dimension_id == dimension_id, TierChange.at >= since)
        .group_by(TierChange.old, TierChange.new)
    )
