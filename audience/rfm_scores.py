"""Scores 1 to 5 from what was measured, worked out by the database for any number of customers.

The score of a value is 1 + floor(5 × the share of customers with a lower value). So equal values have equal
scores however many share them, the lowest always scores 1, and a fifth that is one great tie leaves scores
unused: if six of ten customers ordered once, those score 1 and whoever ordered twice scores 4.
High means above the average score of all customers of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, false, func, select, update
from sqlalchemy.orm import Session

from audience.rfm_groups import GROUPS
from audience.tables_rfm import RfmScore

PARTS = 5
LETTERS = ("r", "f", "m")


def value_of(letter: str) -> ColumnElement[Any]:
    """What is measured, greater being better: days since the last order count downwards."""
    values: dict[str, Any] = {"r": -RfmScore.days, "f": RfmScore.orders, "m": RfmScore.money}
    return values[letter]


def cut(session: Session, run_id: int, letters: Sequence[str] = LETTERS) -> dict[str, Any]:
    """The cut points of a run whose customers are gathered, for some of the letters.

    {"customers", "r": {"least": {score: least value}, "count": {score: n}, "mean", "high": least value or None}, …}
    """
    cuts: dict[str, Any] = {}
    customers = session.scalar(select(func.count()).select_from(RfmScore).where(RfmScore.run_id == run_id))
    cuts["customers"] = customers or 0
    for letter in letters:
        cuts[letter] = _cut(session, run_id, letter, customers or 0)
    return cuts


def _cut(session: Session, run_id: int, letter: str, customers: int) -> dict[str, Any]:
    of_run = select(value_of(letter).label("v")).where(RfmScore.run_id == run_id).subquery()
    distinct = select(of_run.c.v, func.count().label("n")).group_by(of_run.c.v).subquery()
    below = cast(func.sum(distinct.c.n).over(order_by=distinct.c.v), BigInteger) - distinct.c.n
    ranked = select(distinct.c.v, distinct.c.n, below.label("below")).subquery()
    score = (1 + (PARTS * ranked.c.below) // max(customers, 1)).label("score")
    scored = select(ranked.c.v, ranked.c.n, score).subquery()
    query = select(scored.c.score, func.min(scored.c.v), func.sum(scored.c.n)).group_by(scored.c.score)
    rows = sorted((int(s), least, int(n)) for s, least, n in session.execute(query))
    mean = sum(s * n for s, _, n in rows) / customers if customers else 0.0
    high = next((least for s, least, _ in rows if s * customers > sum(x * n for x, _, n in rows)), None)
    return {
        "least": {str(s): float(least) for s, least, _ in rows},
        "count": {str(s): n for s, _, n in rows},
        "mean": round(mean, 6),
        "high": None if high is None else float(high),
    }


def score(session: Session, run_id: int, cuts: dict[str, Any], after: int, until: int) -> None:
    """Write scores and groups of the customers with ids above `after` and up to `until`."""
    high = {letter: _is_high(letter, cuts) for letter in LETTERS}
    groups = [
        (and_(*(high[x] if is_high else ~high[x] for x, is_high in zip(LETTERS, group.high, strict=True))), group.key)
        for group in GROUPS
    ]  # fmt: skip
    session.execute(
        update(RfmScore)
        .where(RfmScore.run_id == run_id, RfmScore.contact_id > after, RfmScore.contact_id <= until)
        .values(**{letter: _score_of(letter, cuts) for letter in LETTERS}, group=case(*groups))
        .execution_options(synchronize_session=False)
    )


def _score_of(letter: str, cuts: dict[str, Any]) -> Any:
    least = sorted(((int(s), value) for s, value in cuts[letter]["least"].items()), reverse=True)
    whens = [(value_of(letter) >= value, s) for s, value in least if s > 1]
    return case(*whens, else_=1) if whens else 1


def _is_high(letter: str, cuts: dict[str, Any]) -> ColumnElement[bool]:
    high = cuts[letter]["high"]
    return false() if high is None else value_of(letter) >= high
