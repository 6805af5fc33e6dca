"""Making and changing dimensions: their levels are checked as a whole, and everybody is sorted by them anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience import keeping
from audience.rule_tables import RuleTables
from audience.tables_tiers import GOING, RULES, TierDimension
from rules.conditions import Rule, parse
from rules.errors import BadRule
from rules.sql import NotForContacts, where
from rules.zones import SHANGHAI
from store.database import begin_write
from store.problem import Problem, problem

KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: Keys that addresses and RFM need themselves.
RESERVED: Final = frozenset({"order", "overrides", "contacts", "rfm", "rfm_r", "rfm_f", "rfm_m"})
MOST_DIMENSIONS, MOST_LEVELS, MOST_BENEFITS = 20, 12, 20
LONGEST_DAYS = 3650
OTHERWISE: Final = ("lowest", "none")
IF_WORKED: Final = ("earned", "again")


class BadDimension(ValueError):
    """This dimension cannot be kept; each of `problems` names the part to mend."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(f"{one.path}: {one.words['en']}" for one in problems))
        self.problems = list(problems)


class DimensionMoved(ValueError):
    """Somebody has changed this dimension since; `revision` is the one to begin from."""

    def __init__(self, revision: int):
        super().__init__(self.__doc__)
        self.revision = revision


@dataclass(slots=True)
class Wanted:
    """A dimension as somebody wants it; `levels` highest first, as in the table."""

    name: str
    levels: list[dict[str, Any]]
    key: str = ""
    description: str = ""
    demote_after_days: int = 30
    otherwise: str = "lowest"
    if_worked: str = "earned"
    problems: list[Problem] = field(default_factory=list)


def all_of(session: Session, workspace_id: int) -> list[TierDimension]:
    """The dimensions of a workspace in their order, without those on their way out."""
    query = select(TierDimension).where(
        TierDimension.workspace_id == workspace_id, TierDimension.kind != GOING
    )
    return list(session.scalars(query.order_by(TierDimension.position, TierDimension.id)))


def create(
    session: Session, workspace_id: int, wanted: Wanted, now: datetime, by: str, kind: str = RULES
) -> TierDimension:
    """Make a dimension; everybody is sorted by it in the background. Raises BadDimension. Not committed."""
    begin_write(session)
    taken = set(session.scalars(select(TierDimension.key).where(TierDimension.workspace_id == workspace_id)))
    wanted.key = wanted.key or _free(taken, "tier" if kind == RULES else kind)
    problems = list(_problems(session, workspace_id, wanted))
    if wanted.key in taken:
        words = (
            "已经有一个维度用了这个键；请换一个。",
            "There is a dimension with this key; choose another.",
        )
        problems.append(problem("key", *words))
    if len(taken) >= MOST_DIMENSIONS:
        words = f"最多 {MOST_DIMENSIONS} 个维度。", f"There may be {MOST_DIMENSIONS} dimensions at most."
        problems.append(problem("", *words))
    if problems:
        raise BadDimension(problems)
    last = session.scalar(
        select(func.max(TierDimension.position)).where(TierDimension.workspace_id == workspace_id)
    )
    row = TierDimension(
        workspace_id=workspace_id,
        key=wanted.key,
        kind=kind,
        position=(last or 0) + 1,
        revision=1,
        created_at=now,
        ready_at=None,
    )
    _write(row, wanted, now, by)
    session.add(row)
    session.flush()
    _watch(session, row, now)
    return row


def change(
    session: Session, row: TierDimension, wanted: Wanted, revision: int | None, now: datetime, by: str
) -> TierDimension:
    """Change a dimension; whom new criteria lift rises quietly, whom they drop keeps his level for the set time.

    Raises BadDimension, and DimensionMoved if `revision` is given and is not the present one. Not committed.
    """
    begin_write(session)
    session.refresh(row, with_for_update=True)
    if revision is not None and revision != row.revision:
        raise DimensionMoved(row.revision)
    wanted.key = row.key
    problems = list(_problems(session, row.workspace_id, wanted))
    if problems:
        raise BadDimension(problems)
    before = _shape(row)
    _write(row, wanted, now, by)
    row.revision += 1
    if _shape(row) != before:
        row.sorted_to = 0
    session.flush()
    _watch(session, row, now)
    return row


def remove(session: Session, row: TierDimension, now: datetime) -> None:
    """Delete a dimension: nobody is told, and its levels are taken off everybody in the background. Not committed."""
    begin_write(session)
    session.refresh(row, with_for_update=True)
    keeping.forget(session, row.workspace_id, "tier", row.key)
    row.kind, row.levels, row.otherwise, row.sorted_to, row.updated_at = GOING, [], "none", 0, now
    session.flush()


def reorder(session: Session, workspace_id: int, keys: Sequence[str]) -> None:
    """Put dimensions into this order; those not named follow as they were. Not committed."""
    begin_write(session)
    rows = all_of(session, workspace_id)
    rows.sort(key=lambda row: (keys.index(row.key) if row.key in keys else len(keys), row.position))
    for place, row in enumerate(rows):
        row.position = place


def _free(taken: set[str], word: str) -> str:
    return next(f"{word}_{n}" for n in range(1, 1000) if f"{word}_{n}" not in taken)


def _shape(row: TierDimension) -> tuple[Any, ...]:
    return [level["key"] for level in row.levels], row.demote_after_days, row.otherwise


def _write(row: TierDimension, wanted: Wanted, now: datetime, by: str) -> None:
    row.name, row.description, row.levels = wanted.name, wanted.description, wanted.levels
    row.demote_after_days, row.otherwise = wanted.demote_after_days, wanted.otherwise
    row.if_worked, row.updated_at, row.updated_by = wanted.if_worked, now, by


def _watch(session: Session, row: TierDimension, now: datetime) -> None:
    """Live by the levels' rules, highest first: so the first look at everybody finds high levels first."""
    rules = {level["key"]: level["rule"] for level in row.levels if not _always(level.get("rule"))}
    keeping.watch(session, row.workspace_id, "tier", row.key, rules, now)


def _always(tree: Any) -> bool:
    return not tree or not tree.get("rules", True)


def _problems(session: Session, workspace_id: int, wanted: Wanted) -> Iterator[Problem]:
    if not KEY.fullmatch(wanted.key) or wanted.key in RESERVED:
        words = (
            "键以小写字母开头，只含小写字母、数字和 _；order、overrides、contacts 和 rfm 开头的几个已有用途。",
            "A key has small letters, digits and _; order, overrides, contacts and those of RFM are taken.",
        )
        yield problem("key", *words)
    if not 0 <= wanted.demote_after_days <= LONGEST_DAYS:
        yield problem("demote_after_days", f"在 0 到 {LONGEST_DAYS} 天之间。", f"0 to {LONGEST_DAYS} days.")
    if not 2 <= len(wanted.levels) <= MOST_LEVELS:
        words = f"要有 2 到 {MOST_LEVELS} 个等级。", f"Give 2 to {MOST_LEVELS} levels."
        yield problem("levels", *words)
    keys: list[str] = []
    reads: set[str] = set()
    for place, level in enumerate(wanted.levels):
        path = f"levels.{place}"
        if not level.get("key"):
            used = {one.get("key") for one in wanted.levels}
            level["key"] = next(f"level_{n}" for n in range(1, 100) if f"level_{n}" not in used)
        if not KEY.fullmatch(level["key"]) or level["key"] in keys:
            words = (
                "等级的键不能重复，以小写字母开头，只含小写字母、数字和 _。",
                "Each level has a key of its own, of small letters, digits and _.",
            )
            yield problem(f"{path}.key", *words)
        keys.append(level["key"])
        is_floor = place == len(wanted.levels) - 1 and wanted.otherwise == "lowest"
        yield from _rule_problems(level.get("rule"), f"{path}.rule", is_floor, reads)
    if wanted.key in _reached(session, workspace_id, wanted.key, reads):
        words = (
            "等级的标准不能取决于这个分层自己（包括通过其他分层绕回来）。",
            "The criteria may not depend on this very dimension, not even through another one.",
        )
        yield problem("levels", *words)


def _rule_problems(tree: Any, path: str, is_floor: bool, reads: set[str]) -> Iterator[Problem]:
    if _always(tree):
        if not is_floor:
            yield problem(path, "请写出达到这一级的标准。", "Say what it takes to be in this level.")
        return
    try:
        rule: Rule = parse(tree)
        where(rule, RuleTables, datetime.fromisoformat("2026-01-01T00:00:00+00:00"), SHANGHAI)
        reads |= rule.reads.tiers
    except (BadRule, NotForContacts) as bad:
        for where_, words in bad.problems:
            yield Problem(f"{path}.{where_}" if where_ else path, dict(words))


def _reached(session: Session, workspace_id: int, key: str, reads: set[str]) -> set[str]:
    """Every dimension on which criteria that read these depend."""
    graph: dict[str, set[str]] = {}
    for row in all_of(session, workspace_id):
        if row.key != key:
            trees = [level.get("rule") for level in row.levels if not _always(level.get("rule"))]
            graph[row.key] = {name for tree in trees for name in parse(tree).reads.tiers}
    found: set[str] = set()
    todo = list(reads)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += graph.get(one, ())
    return found
