"""Making and changing tables of people, products and moments: each is checked as a whole before it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience.rule_tables import RuleTables
from audience.tables_matching import SceneTable
from audience.values import tag_problem
from rules.conditions import parse
from rules.errors import BadMoment, BadRule
from rules.matching import INSIDE, hours_of
from rules.sql import NotForContacts, where
from rules.zones import SHANGHAI
from store.database import begin_write
from store.problem import Problem, problem

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: Keys of products are those of the shop.
PRODUCT: Final = re.compile(r"[^\x00-\x1f\x7f\"\\,，]{1,64}")
MOST_TABLES, MOST_ROWS, MOST_MOMENTS, MOST_TAGS = 50, 500, 24, 20
#: For checking rules, whose answer does not matter here.
SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


class BadScene(ValueError):
    """This table cannot be kept; each of `problems` names the part to mend."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(f"{one.path}: {one.words['en']}" for one in problems))
        self.problems = list(problems)


class SceneMoved(ValueError):
    """Somebody has changed this table since; `revision` is the one to begin from."""

    def __init__(self, revision: int):
        super().__init__(self.__doc__)
        self.revision = revision


@dataclass(slots=True)
class Wanted:
    """A table as somebody wants it; moments and rows as in the table."""

    name: str
    moments: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    key: str = ""
    description: str = ""
    problems: list[Problem] = field(default_factory=list)


def all_of(session: Session, workspace_id: int) -> list[SceneTable]:
    """The tables of a workspace in the order in which they were made."""
    query = select(SceneTable).where(SceneTable.workspace_id == workspace_id)
    return list(session.scalars(query.order_by(SceneTable.id)))


def create(session: Session, workspace_id: int, wanted: Wanted, now: datetime, by: str) -> SceneTable:
    """Make a table. Raises BadScene. Not committed."""
    begin_write(session)
    taken = {row.key for row in all_of(session, workspace_id)}
    wanted.key = wanted.key or _free(taken, "scene")
    found = list(problems(wanted))
    if wanted.key in taken:
        words = "已经有一个场景用了这个键；请换一个。", "There is a scene with this key; choose another."
        found.append(problem("key", *words))
    if len(taken) >= MOST_TABLES:
        words = f"最多 {MOST_TABLES} 个场景。", f"There may be {MOST_TABLES} scenes at most."
        found.append(problem("", *words))
    if found:
        raise BadScene(found)
    row = SceneTable(workspace_id=workspace_id, key=wanted.key, revision=1, created_at=now)
    _write(row, wanted, now, by)
    session.add(row)
    session.flush()
    return row


def change(
    session: Session, row: SceneTable, wanted: Wanted, revision: int | None, now: datetime, by: str
) -> SceneTable:
    """Change a table; who is asked from now on is asked by the new one.

    Raises BadScene, and SceneMoved if `revision` is given and is not the present one. Not committed.
    """
    begin_write(session)
    session.refresh(row, with_for_update=True)
    if revision is not None and revision != row.revision:
        raise SceneMoved(row.revision)
    wanted.key = row.key
    found = list(problems(wanted))
    if found:
        raise BadScene(found)
    _write(row, wanted, now, by)
    row.revision += 1
    session.flush()
    return row


def _write(row: SceneTable, wanted: Wanted, now: datetime, by: str) -> None:
    row.name, row.description = wanted.name, wanted.description
    row.moments, row.rows = wanted.moments, wanted.rows
    row.updated_at, row.updated_by = now, by


def problems(wanted: Wanted) -> Iterator[Problem]:
    """Everything that is wrong with a table; keys that are missing are filled in."""
    if not KEY.fullmatch(wanted.key):
        words = (
            "键以小写字母开头，只含小写字母、数字和 _。",
            "A key begins with a small letter and has small letters, digits and _.",
        )
        yield problem("key", *words)
    for name, given, most in (("moments", wanted.moments, MOST_MOMENTS), ("rows", wanted.rows, MOST_ROWS)):
        if len(given) > most:
            yield problem(name, f"最多 {most} 项。", f"At most {most}.")
            return
    yield from _moments(wanted.moments)
    known = {one["key"] for one in wanted.moments}
    _name_all(wanted.rows, "row")
    keys: set[str] = set()
    for place, row in enumerate(wanted.rows):
        if row["key"] in keys or not KEY.fullmatch(row["key"]):
            yield problem(f"rows.{place}.key", "行的键不能重复。", "Each row has a key of its own.")
        keys.add(row["key"])
        yield from _row(row, known, f"rows.{place}")


def _moments(moments: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    _name_all(moments, "moment")
    keys: set[str] = set()
    for place, moment in enumerate(moments):
        path = f"moments.{place}"
        if moment["key"] in keys or not KEY.fullmatch(moment["key"]):
            yield problem(f"{path}.key", "时机的键不能重复。", "Each moment has a key of its own.")
        keys.add(moment["key"])
        try:
            hours = hours_of(moment)
        except BadMoment as bad:
            for below, words in bad.problems:
                yield Problem(f"{path}.{below}" if below else path, dict(words))
            continue
        if not hours.bounded:
            yield problem(f"{path}.from", "请填写时间段，或选择星期。", "Give hours, or weekdays.")


def _row(row: dict[str, Any], moments: set[str], path: str) -> Iterator[Problem]:
    product = row["product"]
    if not PRODUCT.fullmatch(product["key"]):
        words = (
            "请填写商品编号：1 到 64 个字，不含逗号、引号和反斜杠。",
            "Give the product's key: 1 to 64 characters without commas, quotes and backslashes.",
        )
        yield problem(f"{path}.product.key", *words)
    if not product["name"].strip():
        yield problem(f"{path}.product.name", "请填写商品名称。", "Give the product's name.")
    if product["url"] and not _is_address(product["url"]):
        words = "地址须以 http:// 或 https:// 开头。", "An address begins with http:// or https://."
        yield problem(f"{path}.product.url", *words)
    for place, name in enumerate(row["moments"]):
        if name not in moments:
            yield problem(f"{path}.moments.{place}", f"没有时机“{name}”。", f'There is no moment "{name}".')
    if len(row["tags"]) > MOST_TAGS:
        yield problem(f"{path}.tags", f"最多 {MOST_TAGS} 个标签。", f"At most {MOST_TAGS} tags.")
    for place, tag in enumerate(row["tags"]):
        wrong = tag_problem(tag, f"{path}.tags.{place}")
        if wrong is not None:
            yield wrong
    yield from _who(row["who"], f"{path}.who")
    if row["until"] and not _is_day(row["until"]):
        yield problem(f"{path}.until", "请写成 2026-12-31 这样的日期。", "Give a day such as 2026-12-31.")


def _who(tree: Any, path: str) -> Iterator[Problem]:
    if not tree:
        return
    try:
        rule = parse(tree)
        where(rule, RuleTables, SOME_DAY, SHANGHAI)
    except (BadRule, NotForContacts) as bad:
        for below, words in bad.problems:
            yield Problem(f"{path}.{below}" if below else path, dict(words))
        return
    if any(getattr(rule.reads, part) for part in INSIDE):
        yield problem(
            path,
            "这里只能用客户的属性、标签、人群、分层和历史事件。",
            "Here only attributes, tags, segments, tiers and the history of people can be asked.",
        )


def _name_all(parts: Sequence[dict[str, Any]], word: str) -> None:
    used = {one.get("key") for one in parts}
    for one in parts:
        if not one.get("key"):
            one["key"] = _free(used, word)
            used.add(one["key"])


def _free(taken: set[Any], word: str) -> str:
    return next(f"{word}_{n}" for n in range(1, 10_000) if f"{word}_{n}" not in taken)


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).netloc)
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
