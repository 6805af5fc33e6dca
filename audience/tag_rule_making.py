"""Making and changing rules that set tags, and what they would do before they are saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audience import keeping, segment_count
from audience.rule_tables import RuleTables
from audience.tables_tags import TagRule, TagRuleHolder
from audience.tag_definitions import BadTags, free_key
from audience.tag_shelf import Shelf, shelf_of
from audience.values import tag_problem
from rules.condition_tree import leaves
from rules.conditions import Rule, parse
from rules.errors import NotUnderstood
from rules.sql import where
from rules.zones import SHANGHAI
from store.database import begin_write
from store.problem import Problem, problem

FAMILY = "tag"
ON, OFF, STOPPED = "on", "off", "stopped"
MOST_RULES, MOST_TAGS = 200, 20
#: What is done when a rule comes to hold, and when it holds no longer.
PARTS = ("holding", "ending")


@dataclass(slots=True, frozen=True)
class Preview:
    """What a rule would do now, in numbers of contacts."""

    holds: int
    #: {tag: how many of them do not wear it yet}
    gets: Mapping[str, int]
    #: {tag: how many of them wear it and would lose it}
    loses: Mapping[str, int]
    warnings: Sequence[Problem]


def save(
    session: Session,
    workspace_id: int,
    given: Mapping[str, Any],
    now: datetime,
    *,
    by: str,
    row: TagRule | None = None,
) -> TagRule:
    """Make or change a rule and let it be asked about everybody; raises BadTags. Nothing is committed.

    `given` has name, rule (a tree), holding and ending ({"add": [tag], "remove": [tag]}) and perhaps `on`.
    """
    begin_write(session)
    checked(session, workspace_id, given)
    others = _rules(session, workspace_id)
    if row is None and len(others) >= MOST_RULES:
        raise BadTags([problem("", f"最多 {MOST_RULES} 条规则。", f"At most {MOST_RULES} rules.")])
    if row is None:
        key = free_key(given["name"], {one.key for one in others}, "rule")
        row = TagRule(workspace_id=workspace_id, key=key, state=ON, created_at=now)
        session.add(row)
    row.name, row.rule = given["name"], given["rule"]
    row.holding, row.ending = (_acts(given.get(part)) for part in PARTS)
    row.updated_at, row.updated_by = now, by[:120]
    row.fights = None
    session.flush()
    switch(session, row, given.get("on", row.state == ON), now)
    return row


def switch(session: Session, row: TagRule, on: bool, now: datetime) -> None:
    """Start or stop a rule; one that is started is asked about everybody, as if it were new."""
    begin_write(session)
    row.state = ON if on else OFF
    keeping.forget(session, row.workspace_id, FAMILY, row.key)
    if on:
        row.fights = None
        keeping.watch(session, row.workspace_id, FAMILY, row.key, {"": row.rule}, now)
    session.flush()


def remove(session: Session, row: TagRule) -> None:
    """Delete a rule; the tags that it has put on stay."""
    begin_write(session)
    keeping.forget(session, row.workspace_id, FAMILY, row.key)
    session.execute(delete(TagRuleHolder).where(TagRuleHolder.rule_id == row.id))
    session.delete(row)
    session.flush()


def preview(
    session: Session, workspace_id: int, given: Mapping[str, Any], now: datetime, of: str | None = None
) -> Preview:
    """Count whom a rule would change now, without saving it; raises BadTags. `of` is the key of the rule itself."""
    rule, shelf = checked(session, workspace_id, given)
    acts = _acts(given.get("holding"))

    def holders(*more: dict[str, Any]) -> int:
        tree = {"combinator": "and", "rules": [given["rule"], *more]}
        return segment_count.count(session, workspace_id, parse(tree), now).count

    wanted = shelf.settle((), acts["add"])
    off = [*acts["remove"], *_rivals(shelf, wanted.add)]
    return Preview(
        holds=segment_count.count(session, workspace_id, rule, now).count,
        gets={tag: holders({"field": "tags", "operator": "hasNot", "value": tag}) for tag in wanted.add},
        loses={tag: holders({"field": "tags", "operator": "has", "value": tag}) for tag in off},
        warnings=list(_clashes(session, workspace_id, rule, given, shelf, of)),
    )


def checked(session: Session, workspace_id: int, given: Mapping[str, Any]) -> tuple[Rule, Shelf]:
    """Read a rule; raises BadTags if it cannot be asked about contacts or reads what it sets itself."""
    shelf = shelf_of(session, workspace_id)
    problems = [wrong for part in PARTS for wrong in _act_problems(given.get(part) or {}, part, shelf)]
    if not any(_acts(given.get("holding")).values()):
        words = "请选择要打上或去掉的标签。", "Choose tags to put on or to take off."
        problems.append(problem("holding", *words))
    try:
        rule = parse(given["rule"], "rule")
        where(rule, RuleTables, datetime(2000, 1, 1).astimezone(), SHANGHAI)
    except NotUnderstood as bad:
        raise BadTags([*problems, *(Problem(at or "rule", said) for at, said in bad.problems)]) from bad
    if rule.always:
        words = (
            "请至少写一个条件，否则对所有人成立。",
            "Give at least one condition, or the rule holds for everybody.",
        )
        problems.append(problem("rule", *words))
    own = sorted(_read_of(rule, _sets(given, shelf)))
    if own:
        words = (
            f"这条规则的条件看的正是它自己会改的标签：{'、'.join(own)}。请换一个条件，否则会没完没了。",
            f"The rule looks at tags that it changes itself: {', '.join(own)}. Choose another condition, or it would "
            "never come to rest.",
        )
        problems.append(problem("rule", *words))
    if problems:
        raise BadTags(problems)
    return rule, shelf


def _acts(given: Mapping[str, Sequence[str]] | None) -> dict[str, list[str]]:
    acts = given or {}
    return {way: list(dict.fromkeys(acts.get(way) or ())) for way in ("add", "remove")}


def _act_problems(acts: Mapping[str, Sequence[str]], path: str, shelf: Shelf) -> Iterable[Problem]:
    for way in ("add", "remove"):
        tags = acts.get(way) or ()
        if len(tags) > MOST_TAGS:
            yield problem(f"{path}.{way}", f"最多 {MOST_TAGS} 个标签。", f"At most {MOST_TAGS} tags.")
        for number, tag in enumerate(tags):
            where_ = f"{path}.{way}.{number}"
            wrong = tag_problem(tag, where_)
            if wrong is None and way == "add" and not shelf.allows(tag):
                wrong = shelf.problem(tag, where_)
            if wrong is not None:
                yield wrong
    both = set(acts.get("add") or ()) & set(acts.get("remove") or ())
    if both:
        listed = ", ".join(sorted(both))
        yield problem(
            f"{path}.remove", f"{listed} 既要打上又要去掉。", f"{listed} is to be put on and taken off."
        )


def _rivals(shelf: Shelf, tags: Iterable[str]) -> list[str]:
    """The other values whose place exclusive ones take."""
    found = []
    for tag in tags:
        meaning = shelf.of(tag)
        if meaning is not None and meaning.exclusive:
            found += [other for other in meaning.tags() if other != tag]
    return found


def _sets(given: Mapping[str, Any], shelf: Shelf) -> set[str]:
    tags: set[str] = set()
    for part in PARTS:
        acts = _acts(given.get(part))
        tags |= {*acts["add"], *acts["remove"], *_rivals(shelf, acts["add"])}
    return tags


def _read_of(rule: Rule, tags: set[str]) -> set[str]:
    """Those of the tags that the rule looks at; whether somebody wears any at all looks at each of them."""
    found: set[str] = set()
    for leaf in leaves(rule.node):
        if leaf.field.family == "tags":
            named = {str(value) for value in leaf.values}
            found |= tags if leaf.operator in ("null", "notNull") else named & tags
    return found


def _clashes(
    session: Session, workspace_id: int, rule: Rule, given: Mapping[str, Any], shelf: Shelf, of: str | None
) -> Iterable[Problem]:
    """Say which other rules this one and they may undo."""
    mine = _sets(given, shelf)
    add, remove = _acts(given.get("holding"))["add"], _acts(given.get("holding"))["remove"]
    gone = {*remove, *_rivals(shelf, add)}
    for other in _rules(session, workspace_id):
        if other.key == of or other.state == OFF:
            continue
        theirs = {"holding": other.holding, "ending": other.ending}
        add_too = other.holding["add"]
        gone_too = {*other.holding["remove"], *_rivals(shelf, add_too)}
        if _read_of(rule, _sets(theirs, shelf)) and _read_of(parse(other.rule), mine):
            yield problem(
                "rule",
                f"它和规则“{other.name}”互相看对方改的标签，可能来回改；一天内来回太多次会自动停下。",
                f"This and the rule “{other.name}” look at each other's tags and may go to and fro; they are stopped "
                "if they do so too often on one day.",
            )
        elif gone & set(add_too) or gone_too & set(add):
            yield problem(
                "holding",
                f"它和规则“{other.name}”会互相替换标签：两条都成立时，后成立的算数。",
                f"This and the rule “{other.name}” replace each other's tags: where both hold, the one that came to "
                "hold last counts.",
            )


def _rules(session: Session, workspace_id: int) -> Sequence[TagRule]:
    query = select(TagRule).where(TagRule.workspace_id == workspace_id).order_by(TagRule.id)
    return session.scalars(query).all()
