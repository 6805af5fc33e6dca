"""A run of RFM as a grid of recency by frequency, and what has moved since the month before."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from audience.tables_rfm import RfmRun, RfmScore


class Cell(NamedTuple):
    """The customers of one score of recency and one of frequency."""

    r: int
    f: int
    people: int
    money: float
    orders: int


class InGroup(NamedTuple):
    """The customers of one of the eight groups."""

    group: str
    people: int
    money: float
    orders: int
    days: float


def cells(session: Session, run_id: int) -> list[Cell]:
    """The cells that have anybody in them."""
    query = (
        select(RfmScore.r, RfmScore.f, func.count(), func.sum(RfmScore.money), func.sum(RfmScore.orders))
        .where(RfmScore.run_id == run_id, RfmScore.r.is_not(None))
        .group_by(RfmScore.r, RfmScore.f)
    )
    return [Cell(r, f, n, round(money or 0, 2), orders) for r, f, n, money, orders in session.execute(query)]


def groups(session: Session, run_id: int) -> list[InGroup]:
    """The groups that have anybody in them."""
    query = (
        select(
            RfmScore.group, func.count(), func.sum(RfmScore.money), func.sum(RfmScore.orders),
            func.avg(RfmScore.days),
        )
        .where(RfmScore.run_id == run_id, RfmScore.group.is_not(None))
        .group_by(RfmScore.group)
    )  # fmt: skip
    return [
        InGroup(group, n, round(money or 0, 2), orders, round(float(days), 1))
        for group, n, money, orders, days in session.execute(query)
    ]


def before(session: Session, run: RfmRun) -> RfmRun | None:
    """The month with which a run is compared: the last one that was done before it."""
    query = (
        select(RfmRun)
        .where(
            RfmRun.workspace_id == run.workspace_id,
            RfmRun.monthly.is_(True),
            RfmRun.state == "done",
            RfmRun.as_of < run.as_of,
        )
        .order_by(RfmRun.as_of.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def moves(session: Session, run: RfmRun, earlier: RfmRun) -> list[dict[str, Any]]:
    """Who moved between groups: [{old, new, people, money}]; None is who is not among the customers of that run."""
    then, now = RfmScore.__table__.alias("then"), RfmScore.__table__.alias("now")
    both = and_(then.c.run_id == earlier.id, then.c.contact_id == now.c.contact_id)
    come = (
        select(then.c.group, now.c.group, func.count(), func.sum(now.c.money))
        .select_from(now)
        .join(then, both, isouter=True)
        .where(now.c.run_id == run.id)
        .group_by(then.c.group, now.c.group)
    )
    found = [
        {"old": old, "new": new, "people": n, "money": round(money or 0, 2)}
        for old, new, n, money in session.execute(come)
    ]
    here = and_(now.c.run_id == run.id, now.c.contact_id == then.c.contact_id)
    gone = (
        select(then.c.group, func.count(), func.sum(then.c.money))
        .select_from(then)
        .join(now, here, isouter=True)
        .where(then.c.run_id == earlier.id, now.c.contact_id.is_(None))
        .group_by(then.c.group)
    )
    for old, n, money in session.execute(gone):
        found.append({"old": old, "new": None, "people": n, "money": round(money or 0, 2)})
    return found
