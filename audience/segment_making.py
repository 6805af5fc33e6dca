"""Making, changing and deleting segments: what each kind lives by, and who would miss it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audience import keeping
from audience.rule_tables import RuleTables
from audience.segments import FAMILY, hearers
from audience.tables import Contact
from audience.tables_keeping import WatchedRule
from audience.tables_segment_days import SegmentDay
from audience.tables_segments import Segment, SegmentMember
from rules.conditions import parse
from rules.errors import NotUnderstood
from rules.sql import where
from rules.zones import SHANGHAI
from store.database import begin_write
from store.problem import Problem, problem

RULE, STATIC, COMBINED = "rule", "static", "combined"
KINDS = (RULE, STATIC, COMBINED)
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: Addresses beside those of segments.
RESERVED = frozenset({"count", "preview", "overlap", "new"})
#: How a combined segment names others: all of them, any of them, none of them.
WAYS = ("all", "any", "none")
MOST_COMBINED = 20
MOST_SEGMENTS = 500


class BadSegment(ValueError):
    """The segment cannot be like this; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


class SegmentMoved(ValueError):
    """Somebody has changed this segment since; `theirs` is its revision now."""

    def __init__(self, theirs: int) -> None:
        self.theirs = theirs
        super().__init__(f"The segment is at revision {theirs} by now.")


def create(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    kind: str,
    now: datetime,
    key: str | None = None,
    description: str = "",
    rule: Any = None,
    combine: Any = None,
) -> Segment:
    """Make a segment; the worker fills it. Raises BadSegment. Nothing is committed.

    `rule` is for the kind "rule", `combine` ({"all", "any", "none": [keys]}) for "combined"; a "static" one
    has neither. A key that is not given is made of the name's Latin letters.
    """
    begin_write(session)
    problems = _key_problems(session, workspace_id, key) + _count_problems(session, workspace_id)
    tree, wrong = _tree(session, workspace_id, kind, rule, combine)
    if problems or wrong:
        raise BadSegment(problems + wrong)
    made = Segment(
        workspace_id=workspace_id,
        key=key or free_key(session, workspace_id, name),
        name=name,
        description=description,
        kind=kind,
        rule=rule if kind == RULE else None,
        combine=_tidy(combine) if kind == COMBINED else None,
        state=STATIC if kind == STATIC else "kept",
        revision=1,
        count=0,
        created_at=now,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    if tree is not None:
        _watch(session, made, tree, now)
    return made


def change(
    session: Session,
    segment: Segment,
    *,
    now: datetime,
    revision: int | None = None,
    name: str | None = None,
    description: str | None = None,
    rule: Any = None,
    combine: Any = None,
) -> Segment:
    """Change what is given; a new rule or combination is asked about everybody again, telling nobody.

    Raises BadSegment, and SegmentMoved if `revision` is not the segment's own. Nothing is committed.
    """
    begin_write(session)
    session.refresh(segment, with_for_update=True)
    if revision is not None and revision != segment.revision:
        raise SegmentMoved(segment.revision)
    if rule is not None or combine is not None:
        if segment.kind == STATIC or (rule is None) == (segment.kind == RULE):
            raise BadSegment([_misfit(segment.kind, "rule" if rule is not None else "combine")])
        tree, wrong = _tree(session, segment.workspace_id, segment.kind, rule, combine, of=segment.key)
        if wrong:
            raise BadSegment(wrong)
        segment.rule = rule if segment.kind == RULE else None
        segment.combine = _tidy(combine) if segment.kind == COMBINED else None
        _watch(session, segment, tree or {}, now)
    segment.name = segment.name if name is None else name
    segment.description = segment.description if description is None else description
    segment.revision += 1
    segment.updated_at = now
    session.flush()
    return segment


def remove(session: Session, segment: Segment) -> None:
    """Delete a segment that nobody uses (`users` and the journeys say who does). Nothing is committed."""
    begin_write(session)
    session.refresh(segment, with_for_update=True)
    keeping.forget(session, segment.workspace_id, FAMILY, segment.key)
    for table in (SegmentMember, SegmentDay):
        session.execute(
            delete(table).where(table.segment_id == segment.id),
            execution_options={"synchronize_session": False},
        )
    session.delete(segment)
    session.flush()


def users(session: Session, workspace_id: int, key: str) -> dict[str, list[str]]:
    """Owners of rules that name a segment, by family: {"segment": [keys], "tag": …, "tier": …}."""
    found: dict[str, list[str]] = {}
    for row in hearers(session, workspace_id, key):
        if (row.family, row.owner) != (FAMILY, key) and row.owner not in found.get(row.family, ()):
            found.setdefault(row.family, []).append(row.owner)
    return found


def free_key(session: Session, workspace_id: int, name: str) -> str:
    """A key that no segment of the workspace has: the name's Latin letters, or segment_1, segment_2, …"""
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:56]
    taken = RESERVED | _known(session, workspace_id)
    if KEY.fullmatch(stem) and stem not in taken:
        return stem
    stem = stem if KEY.fullmatch(stem) else "segment"
    return next(key for number in range(1, len(taken) + 2) if (key := f"{stem}_{number}") not in taken)


def tree_of(combine: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A combination as a rule, so that it is kept true as every other rule is."""
    leaves: list[dict[str, Any]] = [
        {"field": "segments", "operator": "has", "value": key} for key in combine.get("all", ())
    ]
    for way, operator in (("any", "hasAny"), ("none", "hasNone")):
        if combine.get(way):
            leaves.append({"field": "segments", "operator": operator, "value": list(combine[way])})
    return {"combinator": "and", "rules": leaves}


def _watch(session: Session, segment: Segment, tree: Mapping[str, Any], now: datetime) -> None:
    keeping.watch(session, segment.workspace_id, FAMILY, segment.key, {"": tree}, now)


def _tidy(combine: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {way: list(dict.fromkeys(combine[way])) for way in WAYS if combine.get(way)}


def _tree(
    session: Session, workspace_id: int, kind: str, rule: Any, combine: Any, of: str | None = None
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The rule that a segment lives by, None for a list, and what is wrong with it."""
    for name, given, wanted in (("rule", rule, RULE), ("combine", combine, COMBINED)):
        if given is not None and kind != wanted:
            return None, [_misfit(kind, name)]
    if kind == STATIC:
        return None, []
    if kind == COMBINED:
        wrong = _combine_problems(combine)
        return (None, wrong) if wrong else _checked(session, workspace_id, tree_of(combine), "combine", of)
    if not isinstance(rule, Mapping) or not rule.get("rules", "field" in rule):
        words = (
            "请至少写一个条件，否则所有人都在里面。",
            "Give at least one condition, or everybody is in it.",
        )
        return None, [problem("rule", *words)]
    return _checked(session, workspace_id, dict(rule), "rule", of)


def _checked(
    session: Session, workspace_id: int, tree: dict[str, Any], path: str, of: str | None
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """A tree that contacts can be chosen by, whose segments exist and do not lead back to this one."""
    try:
        rule = parse(tree, path)
        where(rule, RuleTables, datetime(2000, 1, 1).astimezone(), SHANGHAI)
    except NotUnderstood as bad:
        return None, [Problem(at or path, said) for at, said in bad.problems]
    named = rule.reads.segments
    missing = named - _known(session, workspace_id)
    if missing:
        listed = "、".join(sorted(missing))
        return None, [problem(path, f"没有这个人群：{listed}。", f"There is no such segment: {listed}.")]
    if of is not None and _leads_to(session, workspace_id, named, of):
        words = (
            "这样会绕回到它自己；请换一个人群。",
            "This leads back to the segment itself; choose another one.",
        )
        return None, [problem(path, *words)]
    return tree, []


def _known(session: Session, workspace_id: int) -> set[str]:
    return set(session.scalars(select(Segment.key).where(Segment.workspace_id == workspace_id)))


def _leads_to(session: Session, workspace_id: int, named: Iterable[str], of: str) -> bool:
    """Whether `of` is one of these segments, or one that they are built on."""
    rows = session.execute(
        select(WatchedRule.owner, WatchedRule.rule).where(
            WatchedRule.workspace_id == workspace_id, WatchedRule.family == FAMILY
        )
    )
    built_on = {owner: parse(tree).reads.segments for owner, tree in rows}
    waiting, seen = list(named), set[str]()
    while waiting:
        key = waiting.pop()
        if key == of:
            return True
        if key not in seen:
            seen.add(key)
            waiting += built_on.get(key, ())
    return False


def _combine_problems(combine: Any) -> list[Problem]:
    shaped = isinstance(combine, Mapping) and all(
        way in WAYS and isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        for way, keys in combine.items()
    )
    if not shaped:
        words = (
            '请给出 {"all": […], "any": […], "none": […]}。',
            'Give {"all": […], "any": […], "none": […]} with keys.',
        )
        return [problem("combine", *words)]
    if not combine.get("all") and not combine.get("any"):
        words = (
            "请至少选一个要包含的人群（all 或 any）。",
            "Choose at least one segment to include (all or any).",
        )
        return [problem("combine", *words)]
    if sum(map(len, combine.values())) > MOST_COMBINED:
        words = f"最多组合 {MOST_COMBINED} 个人群。", f"Combine at most {MOST_COMBINED} segments."
        return [problem("combine", *words)]
    return []


def _misfit(kind: str, name: str) -> Problem:
    wanted = {RULE: "rule", COMBINED: "combine", STATIC: "contacts"}[kind]
    return problem(
        name, f"这种人群没有 {name}；请用 {wanted}。", f"A segment of this kind has no {name}; use {wanted}."
    )


def _key_problems(session: Session, workspace_id: int, key: str | None) -> list[Problem]:
    if key is None:
        return []
    if key in RESERVED:
        return [
            problem("key", "这个键有别的用处；请换一个。", "This key means something else; choose another.")
        ]
    if not KEY.fullmatch(key):
        words = (
            "键以小写字母开头，只含小写字母、数字和下划线，最多 64 个字符。",
            "A key begins with a small letter and has small letters, digits and underscores, at most 64.",
        )
        return [problem("key", *words)]
    if key in _known(session, workspace_id):
        return [problem("key", "已经有人群用了这个键。", "A segment has this key already.")]
    return []


def _count_problems(session: Session, workspace_id: int) -> list[Problem]:
    there = session.scalar(select(func.count()).where(Segment.workspace_id == workspace_id)) or 0
    if there < MOST_SEGMENTS:
        return []
    words = f"一个工作区最多 {MOST_SEGMENTS} 个人群。", f"A workspace has {MOST_SEGMENTS} segments at most."
    return [problem("", *words)]


def progress(session: Session, workspace_id: int) -> dict[str, float]:
    """How far the first looks under way have come, 0 to 1, by segment key; the others are filled."""
    rows = session.execute(
        select(WatchedRule.owner, WatchedRule.filled_to).where(
            WatchedRule.workspace_id == workspace_id,
            WatchedRule.family == FAMILY,
            WatchedRule.filled_to.is_not(None),
        )
    ).all()
    if not rows:
        return {}
    bounds = select(func.min(Contact.id), func.max(Contact.id)).where(Contact.workspace_id == workspace_id)
    low, high = session.execute(bounds).one()
    whole = (high or 0) - (low or 0) + 1
    return {owner: max(0.0, min(1.0, ((to or 0) - (low or 0) + 1) / whole)) for owner, to in rows}
