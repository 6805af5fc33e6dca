"""Lifecycles: dimensions of tiers whose levels are stages; a contact is in the furthest stage whose rule holds.

Stages of a lifecycle by dates begin so many days after a birth. The birth date wins once it is given; until then
the due date stands for it, and before it stages are counted back from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import tier_dimensions
from audience.tables_lifecycle import Lifecycle
from audience.tables_tiers import LIFECYCLE, TierDimension
from audience.tier_dimensions import BadDimension, Wanted
from rules.condition_fields import NAME
from store.problem import Problem, problem

FARTHEST_DAYS: Final = 36_500


@dataclass(slots=True)
class Life:
    """A lifecycle as somebody wants it; `stages` in the order of a life: key, name, rule, words, color, from_days."""

    name: str
    stages: list[dict[str, Any]]
    key: str = ""
    description: str = ""
    model: str = ""
    dates: dict[str, str] | None = None
    problems: list[Problem] = field(default_factory=list)


def all_of(session: Session, workspace_id: int) -> list[tuple[TierDimension, Lifecycle]]:
    """The lifecycles of a workspace in their order."""
    query = (
        select(TierDimension, Lifecycle)
        .join(Lifecycle, Lifecycle.dimension_id == TierDimension.id)
        .where(TierDimension.workspace_id == workspace_id, TierDimension.kind == LIFECYCLE)
        .order_by(TierDimension.position, TierDimension.id)
    )
    return [(row, life) for row, life in session.execute(query)]


def create(session: Session, workspace_id: int, life: Life, now: datetime, by: str) -> TierDimension:
    """Make a lifecycle; everybody is sorted into its stages in the background. Raises BadDimension. Not committed."""
    wanted = _wanted(life)
    row = tier_dimensions.create(session, workspace_id, wanted, now, by, LIFECYCLE)
    made = Lifecycle(dimension_id=row.id, workspace_id=workspace_id, model=life.model, dates=life.dates)
    session.add(made)
    session.flush()
    return row


def change(
    session: Session, row: TierDimension, life: Life, revision: int | None, now: datetime, by: str
) -> TierDimension:
    """Change a lifecycle; who is in another stage by the new rules moves there quietly.

    Raises BadDimension and DimensionMoved. Not committed.
    """
    tier_dimensions.change(session, row, _wanted(life), revision, now, by)
    kept = session.get_one(Lifecycle, row.id)
    kept.dates = life.dates
    session.flush()
    return row


def remove(session: Session, row: TierDimension, now: datetime) -> None:
    """Delete a lifecycle: nobody is told, and its stages are taken off everybody in the background. Not committed."""
    session.delete(session.get_one(Lifecycle, row.id))
    session.flush()
    tier_dimensions.remove(session, row, now)


def stages(row: TierDimension) -> list[dict[str, Any]]:
    """The stages in the order of a life."""
    return list(reversed(row.levels))


def _wanted(life: Life) -> Wanted:
    wrong = list(_problems(life))
    if wrong:
        raise BadDimension(wrong)
    used = {stage.get("key") for stage in life.stages}
    numbers = (n for n in range(1, 1000) if f"stage_{n}" not in used)
    levels = []
    for stage in life.stages:
        days = stage.get("from_days") if life.dates else None
        rule = stage.get("rule") if days is None or life.dates is None else by_dates(life.dates, days)
        levels.append(
            {
                "key": stage.get("key") or f"stage_{next(numbers)}",
                "name": stage["name"],
                "rule": rule,
                "words": stage.get("words") or "",
                "benefits": [],
                "color": stage.get("color") or "",
                "from_days": days,
            }
        )
    return Wanted(
        name=life.name,
        levels=levels[::-1],
        key=life.key,
        description=life.description,
        demote_after_days=0,
        otherwise="none",
    )


def by_dates(dates: Mapping[str, str], days: int) -> dict[str, Any]:
    """The rule that so many days have gone by since the birth, or since the due date while there is no birth date."""
    due, birth = dates["due"], dates["birth"]
    if days >= 0:
        born = {"field": f"since.{birth}", "operator": ">=", "value": days}
        expected = {"field": f"since.{due}", "operator": ">=", "value": days}
    else:
        born = {"field": f"until.{birth}", "operator": "<=", "value": -days}
        expected = {"field": f"until.{due}", "operator": "<=", "value": -days}
    unborn = {"field": f"attribute.{birth}", "operator": "null"}
    return {
        "combinator": "or",
        "rules": [born, {"combinator": "and", "rules": [unborn, expected]}],
    }


def _problems(life: Life) -> Iterator[Problem]:
    if life.dates is None:
        return
    for which in ("due", "birth"):
        if not NAME.fullmatch(life.dates.get(which) or ""):
            words = "请选择一个日期属性。", "Choose an attribute that holds a date."
            yield problem(f"dates.{which}", *words)
    if life.dates.get("due") == life.dates.get("birth"):
        words = "预产期和生日要用两个不同的属性。", "Due date and birth date are two attributes."
        yield problem("dates.birth", *words)
    last: int | None = None
    for place, stage in enumerate(life.stages):
        days = stage.get("from_days")
        if days is None:
            continue
        if abs(days) > FARTHEST_DAYS or (last is not None and days <= last):
            words = "每个阶段要比前一个开始得晚。", "Each stage begins later than the one before."
            yield problem(f"stages.{place}.from_days", *words)
        last = days
