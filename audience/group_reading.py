"""What comes from outside about a customer group, read and checked: one item of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from audience.changes import Edit
from audience.values import RESERVED, name_problem, tag_problem, text_problem, value_problem, zone_problem
from store.problem import Problem, problem

LONGEST_KEY, LONGEST_NAME, LONGEST_OWNER, LONGEST_NOTICE = 255, 200, 120, 4000
FIELDS = frozenset(
    {
        "key",
        "name",
        "owner",
        "notice",
        "timezone",
        "attributes",
        "tags",
        "untag",
        "created_at",
        "dismissed_at",
    }
)
#: Attributes that are kept from the group's own fields; nobody sets them.
KEPT = frozenset({"member_count", "created_on", "owner"})
MOMENTS = ("created_at", "dismissed_at")


@dataclass(slots=True)
class GroupItem:
    """One group of a batch: what is to become of it; None leaves a field as it is."""

    key: str = ""
    edit: Edit = field(default_factory=Edit)
    owner: str | None = None
    notice: str | None = None
    created_at: datetime | None = None
    dismissed_at: datetime | None = None


def read(given: Any, path: str) -> tuple[GroupItem, list[Problem]]:
    """Read one group, or say everything that is wrong with it."""
    item = GroupItem()
    if not isinstance(given, Mapping):
        return item, [problem(path, "客户群须是一个对象。", "Give each group as an object.")]
    problems = [
        problem(
            f"{path}.{name}", "没有这个字段。", f"There is no such field: use {', '.join(sorted(FIELDS))}."
        )
        for name in given
        if name not in FIELDS
    ]
    wrong = key_problem(given.get("key"), f"{path}.key")
    problems += [wrong] if wrong else []
    item.key = "" if wrong else given["key"]
    limits = {"name": LONGEST_NAME, "owner": LONGEST_OWNER, "notice": LONGEST_NOTICE}
    texts: dict[str, str | None] = {}
    for name, longest in limits.items():
        texts[name], wrong = _text(given.get(name), longest, f"{path}.{name}")
        problems += [wrong] if wrong else []
    item.owner, item.notice = texts["owner"], texts["notice"]
    for name in MOMENTS:
        moment, wrong = _moment(given.get(name), f"{path}.{name}")
        setattr(item, name, moment)
        problems += [wrong] if wrong else []
    item.edit, wrongs = read_edit(given, path)
    item.edit.name = texts["name"]
    return item, problems + wrongs


def read_edit(given: Mapping[str, Any], path: str) -> tuple[Edit, list[Problem]]:
    """Read zone, attributes and tags; what is wrong is left out and said."""
    edit, problems = Edit(), []
    if given.get("timezone") is not None:
        wrong = zone_problem(given["timezone"], f"{path}.timezone")
        edit.timezone = None if wrong else given["timezone"]
        problems += [wrong] if wrong else []
    attributes = given.get("attributes") or {}
    if not isinstance(attributes, Mapping):
        problems.append(
            problem(f"{path}.attributes", "属性须是一个对象。", "Give the attributes as an object.")
        )
        attributes = {}
    for name, value in attributes.items():
        where = f"{path}.attributes"
        wrong = name_problem(name, where, RESERVED) or _kept_problem(name, where)
        if wrong is None and value is not None:
            wrong = value_problem(value, f"{where}.{name}")
        if wrong:
            problems.append(wrong)
        else:
            edit.attributes[name] = value
    edit.add, more = _tags(given.get("tags"), f"{path}.tags")
    edit.remove, others = _tags(given.get("untag"), f"{path}.untag")
    return edit, [*problems, *more, *others]


def key_problem(value: Any, path: str) -> Problem | None:
    """Check a chat's id."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_KEY or value != value.strip():
        words = (
            f"请给出群的 chat id，最长 {LONGEST_KEY} 个字符，首尾没有空格。",
            f"Give the chat's id: {LONGEST_KEY} characters at most, no space around it.",
        )
        return problem(path, *words)
    return text_problem(value, path)


def _kept_problem(name: str, path: str) -> Problem | None:
    if name not in KEPT:
        return None
    words = (
        f"“{name}”由系统根据群自身维护，不能直接填写。",
        f'"{name}" is kept from the group itself and cannot be set.',
    )
    return problem(f"{path}.{name}", *words)


def _text(value: Any, longest: int, path: str) -> tuple[str | None, Problem | None]:
    if value is None:
        return None, None
    if not isinstance(value, str) or len(value) > longest:
        words = f"须是最长 {longest} 个字符的文字。", f"Give a text of {longest} characters at most."
        return None, problem(path, *words)
    wrong = text_problem(value, path)
    return (None, wrong) if wrong else (value, None)


def _moment(value: Any, path: str) -> tuple[datetime | None, Problem | None]:
    if value is None:
        return None, None
    try:
        given = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if given.tzinfo is not None and 1970 <= given.year < 2200:
            return given.astimezone(UTC), None
    except (ValueError, TypeError, OverflowError):
        pass  # said below, with everything else that is no moment
    words = (
        "须是带时区的 ISO 8601 时间，例如 2026-03-01T10:00:00+08:00。",
        "Give an ISO 8601 time with its zone, for example 2026-03-01T10:00:00+08:00.",
    )
    return None, problem(path, *words)


def _tags(value: Any, path: str) -> tuple[list[str], list[Problem]]:
    if value is None or value == []:
        return [], []
    if not isinstance(value, list):
        return [], [problem(path, "标签须是文字列表。", "Give the tags as a list of texts.")]
    wrong = [tag_problem(tag, f"{path}.{number}") for number, tag in enumerate(value)]
    good = [tag for tag, bad in zip(value, wrong, strict=True) if bad is None]
    return good, [bad for bad in wrong if bad is not None]
