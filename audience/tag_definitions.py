"""Saying what tags mean: categories, definitions, and taking over tags that came in before anybody defined them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience import catalogue
from audience.tables import Known
from audience.tables_tags import TagCategory, TagDefinition, TagRefusal, TagShelf
from audience.values import LONGEST_TAG, tag_problem
from store.database import begin_write
from store.problem import Problem, problem

#: The categories that every workspace has.
CATEGORIES: Final[Mapping[str, Mapping[str, str]]] = {
    "basic": {"zh": "基础", "en": "Basic"},
    "behaviour": {"zh": "行为", "en": "Behaviour"},
    "interest": {"zh": "兴趣", "en": "Interest"},
}
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
BY_HAND = ("editor", "owner", "nobody")
SOURCES = ("hand", "rule", "journey", "wecom")
MOST_DEFINITIONS, MOST_CATEGORIES, MOST_VALUES, MOST_DAYS = 1000, 50, 200, 3650


class BadTags(ValueError):
    """Tags cannot be like this; `problems` says what to change."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


def categories(session: Session, workspace_id: int) -> dict[str, dict[str, str]]:
    """{key: title in both languages}, those of the house first."""
    query = select(TagCategory.key, TagCategory.title).where(TagCategory.workspace_id == workspace_id)
    own = {key: {"zh": title, "en": title} for key, title in session.execute(query.order_by(TagCategory.id))}
    return {key: dict(title) for key, title in CATEGORIES.items()} | own


def add_category(session: Session, workspace_id: int, title: str, key: str | None = None) -> TagCategory:
    """Make a category of the workspace's own; a key that is not given is made of the title's Latin letters."""
    begin_write(session)
    known = categories(session, workspace_id)
    if key is not None and (not KEY.fullmatch(key) or key in known):
        words = (
            "键以小写字母开头，只含小写字母、数字和下划线，且不能重复。",
            "A key begins with a small letter, has small letters, digits and underscores, and is the only one.",
        )
        raise BadTags([problem("key", *words)])
    if len(known) >= MOST_CATEGORIES:
        words = f"最多 {MOST_CATEGORIES} 个分类。", f"At most {MOST_CATEGORIES} categories."
        raise BadTags([problem("", *words)])
    made = TagCategory(
        workspace_id=workspace_id, key=key or free_key(title, set(known), "category"), title=title
    )
    session.add(made)
    session.flush()
    return made


def remove_category(session: Session, category: TagCategory) -> None:
    """Delete a category in which there is nothing; raises BadTags."""
    begin_write(session)
    inside = session.scalar(
        select(func.count()).where(
            TagDefinition.workspace_id == category.workspace_id, TagDefinition.category == category.key
        )
    )
    if inside:
        words = (
            f"这个分类里还有 {inside} 个标签，请先移到别的分类。",
            f"There are {inside} tags in this category: move them first.",
        )
        raise BadTags([problem("", *words)])
    session.delete(category)


def save(
    session: Session,
    workspace_id: int,
    given: Mapping[str, Any],
    now: datetime,
    *,
    by: str,
    definition: TagDefinition | None = None,
) -> TagDefinition:
    """Make or change a definition; its name cannot be changed, because it is worn. Raises BadTags.

    `given` has name, category, title, description, values [{value, title}], exclusive, days, by_hand and source;
    what is missing has its usual value. What is worn already stays as it is.
    """
    begin_write(session)
    name = definition.name if definition is not None else str(given.get("name") or given.get("title") or "")
    values = [{"value": one["value"], "title": one.get("title") or ""} for one in given.get("values") or ()]
    problems = [*_name_problems(session, workspace_id, name, new=definition is None)]
    problems += _value_problems(name, [one["value"] for one in values])
    if given.get("category", "basic") not in categories(session, workspace_id):
        problems.append(problem("category", "没有这个分类。", "There is no such category."))
    if given.get("exclusive") and not values:
        words = (
            "“互斥”需要先列出取值。",
            "A tag whose values replace each other needs values: list them first.",
        )
        problems.append(problem("exclusive", *words))
    if problems:
        raise BadTags(problems)
    made = definition or TagDefinition(workspace_id=workspace_id, name=name, created_at=now)
    made.category = given.get("category", "basic")
    made.title, made.description = given.get("title") or "", given.get("description") or ""
    made.values, made.exclusive = values, bool(given.get("exclusive"))
    made.days = given.get("days")
    made.by_hand, made.source = given.get("by_hand", "editor"), given.get("source", "hand")
    made.updated_at, made.updated_by = now, by[:120]
    session.add(made)
    session.flush()
    _make_known(session, made, now)
    touch(session, workspace_id)
    return made


def remove(session: Session, definition: TagDefinition) -> None:
    """Delete a definition; the tag may then be worn in any form, and stays on who wears it."""
    begin_write(session)
    session.delete(definition)
    session.flush()
    touch(session, definition.workspace_id)


def adopt(
    session: Session, workspace_id: int, names: Sequence[str], category: str, now: datetime, *, by: str
) -> list[TagDefinition]:
    """Define tags that came in undefined: `name=value` makes a definition with all such values that were met."""
    begin_write(session)
    known = set(
        session.scalars(select(Known.name).where(Known.workspace_id == workspace_id, Known.kind == "tag"))
    )
    defined = set(
        session.scalars(select(TagDefinition.name).where(TagDefinition.workspace_id == workspace_id))
    )
    wanted: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for number, tag in enumerate(names):
        name, _, value = tag.partition("=")
        if tag not in known or not name or name in defined:
            words = "没有这个未定义的标签。", "There is no such undefined tag."
            problems.append(problem(f"names.{number}", *words))
        elif value and name not in wanted:
            wanted[name] = sorted(other.partition("=")[2] for other in known if other.startswith(f"{name}="))
        else:
            wanted.setdefault(name, [])
    if problems:
        raise BadTags(problems)
    return [
        save(
            session,
            workspace_id,
            {"name": name, "category": category, "values": [{"value": v} for v in values if v]},
            now,
            by=by,
        )
        for name, values in wanted.items()
    ]


def touch(session: Session, workspace_id: int) -> None:
    """Tell every process that the definitions have changed; a number drawn by lot is never one of before."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(TagShelf)
    row = {"workspace_id": workspace_id, "revision": secrets.randbelow(2**31)}
    changed = {"revision": insert.excluded.revision}
    session.execute(insert.on_conflict_do_update(index_elements=["workspace_id"], set_=changed), [row])


def forgive(session: Session, workspace_id: int) -> None:
    """Forget what was refused, once somebody has seen to it."""
    begin_write(session)
    session.execute(delete(TagRefusal).where(TagRefusal.workspace_id == workspace_id))


def free_key(name: str, taken: set[str], stem: str) -> str:
    """A key that nothing else has: the name's Latin letters, or stem_1, stem_2 …"""
    proposed = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:56]
    if KEY.fullmatch(proposed):
        if proposed not in taken:
            return proposed
        stem = proposed
    return next(key for number in range(1, len(taken) + 2) if (key := f"{stem}_{number}") not in taken)


def _make_known(session: Session, made: TagDefinition, now: datetime) -> None:
    """Let journeys and rules suggest it before anybody wears it, by the title it was given."""
    title = made.title or made.name
    tags = {f"{made.name}={one['value']}": f"{title}：{one['title'] or one['value']}" for one in made.values}
    tags = tags or {made.name: made.title}
    catalogue.declare(session, made.workspace_id, now, tags=tags)
    for tag, words in tags.items():
        catalogue.describe(session, made.workspace_id, "tag", tag, title=words)


def _name_problems(session: Session, workspace_id: int, name: str, *, new: bool) -> Iterable[Problem]:
    wrong = tag_problem(name, "name")
    if wrong is not None:
        yield wrong
    elif "=" in name:
        yield problem("name", "名称里不能有“=”。", "A name has no “=”: list the values apart.")
    if not new:
        return
    query = select(TagDefinition.name).where(TagDefinition.workspace_id == workspace_id)
    there = set(session.scalars(query))
    if name in there:
        yield problem("name", "这个标签已经定义过了。", "This tag is defined already.")
    if len(there) >= MOST_DEFINITIONS:
        yield problem("", f"最多 {MOST_DEFINITIONS} 个标签。", f"Define {MOST_DEFINITIONS} tags at most.")


def _value_problems(name: str, values: Sequence[str]) -> Iterable[Problem]:
    if len(values) > MOST_VALUES:
        yield problem("values", f"最多 {MOST_VALUES} 个取值。", f"At most {MOST_VALUES} values.")
        return
    for number, value in enumerate(values):
        path = f"values.{number}.value"
        wrong = tag_problem(value, path)
        if wrong is not None:
            yield wrong
        elif len(name) + 1 + len(value) > LONGEST_TAG:
            most = LONGEST_TAG - 1 - len(name)
            words = f"这个取值最长 {most} 个字符。", f"This value may have {most} characters."
            yield problem(path, *words)
        elif value in values[:number]:
            yield problem(path, "这个取值写了两次。", "This value stands here twice.")
