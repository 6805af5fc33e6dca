"""Coupons and points of a batch of moves: taken and booked in the transaction of the moves themselves.

The kernel moves people as if every pool had enough. Then the codes are claimed; whoever got none is moved again,
now knowing how many the pool had for him, which changes nothing up to that step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from audience import coupons, points
from audience.coupons import Want
from journeys.position import BookPoints, IssueCoupon, Move
from runtime.cohorts import Cohort
from runtime.database import Transaction
from runtime.facts import UNKNOWN, Known
from runtime.rows import Standing

#: Moves some enrollments again on other facts.
Again = Callable[[Sequence[Standing], Mapping[int, Known]], list[Cohort]]


class PoolRanDry(RuntimeError):
    """A pool had a coupon when the move was reckoned and has none now; the whole is done again."""


def claim(
    tx: Transaction, moved: list[Cohort], known: Mapping[int, Known], again: Again | None, now: datetime
) -> list[Cohort]:
    """Claim the codes that these moves issue; returns the moves as they are with what there was.

    Raises PoolRanDry if somebody gets none and `again` is not given.
    """
    settled: list[Cohort] = []
    open_, facts = moved, dict(known)
    granted: dict[int, int] = defaultdict(int)
    alike: dict[tuple[int, frozenset[tuple[str, int]]], Known] = {}
    while open_:
        refused, open_ = _one_each(tx, open_, granted, settled, now)
        if not refused:
            continue
        if again is None:
            raise PoolRanDry(PoolRanDry.__doc__)
        for standing, deeds in refused:
            old = facts.get(standing.subject_id, UNKNOWN)
            pool = deeds[granted[standing.id]].pool
            had = sum(deed.pool == pool for deed in deeds[: granted[standing.id]])
            left = {**old.coupons, pool: had}
            name = id(old), frozenset(left.items())
            if name not in alike:
                alike[name] = replace(old, coupons=left)
            facts[standing.subject_id] = alike[name]
        open_ += again([standing for standing, _ in refused], facts)
    return settled


def _one_each(
    tx: Transaction,
    moved: Sequence[Cohort],
    granted: dict[int, int],
    settled: list[Cohort],
    now: datetime,
) -> tuple[list[tuple[Standing, list[IssueCoupon]]], list[Cohort]]:
    """Claim the next coupon of everybody who wants one; returns those who got none, and those who want more."""
    wants: dict[int, list[tuple[Cohort, Standing, list[IssueCoupon]]]] = defaultdict(list)
    for cohort in moved:
        deeds = coupons_of(cohort.move)
        todo = [s for s in cohort.members if granted[s.id] < len(deeds)]
        if len(todo) < len(cohort.members):
            done = [s for s in cohort.members if granted[s.id] >= len(deeds)]
            settled.append(Cohort(done, cohort.move))
        for standing in todo:
            wants[standing.workspace_id].append((cohort, standing, deeds))
    refused: list[tuple[Standing, list[IssueCoupon]]] = []
    more: dict[int, Cohort] = {}
    for workspace_id, theirs in sorted(wants.items()):
        asked = [_want(standing, deeds[granted[standing.id]]) for _, standing, deeds in theirs]
        got = coupons.issue(tx.session, workspace_id, asked, now)
        for (cohort, standing, deeds), one in zip(theirs, got, strict=True):
            if one is None:
                refused.append((standing, deeds))
            else:
                granted[standing.id] += 1
                more.setdefault(id(cohort), Cohort([], cohort.move)).members.append(standing)
    return refused, list(more.values())


def _want(standing: Standing, deed: IssueCoupon) -> Want:
    key = f"{standing.id}:{deed.seq}:{deed.n}"
    return Want(standing.subject_id, deed.pool, key, deed.at, standing.id, deed.seq)


def coupons_of(move: Move) -> list[IssueCoupon]:
    """The coupons that a move issues, in their order."""
    return [deed for deed in move.deeds if isinstance(deed, IssueCoupon)]


def line(standing: Standing, deed: BookPoints, journey: str) -> points.Line:
    """A line of the ledger as a step wants it."""
    return points.Line(
        standing.subject_id, deed.scheme, f"{standing.id}:{deed.seq}:{deed.n}", deed.act, deed.amount, deed.at,
        deed.reason, f"journey:{journey}", standing.id,
    )  # fmt: skip


def book(session: Session, lines: Mapping[int, Sequence[points.Line]], now: datetime) -> None:
    """Book lines by workspace."""
    for workspace_id, theirs in sorted(lines.items()):
        points.book(session, workspace_id, theirs, now)
