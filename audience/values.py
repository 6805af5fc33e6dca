"""Which names and values contacts and events may carry, and what type a value is."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from store.problem import Problem, problem

#: How attributes and properties may be called: what a rule and a text can name.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
EVENT_NAME = re.compile(r"[A-Za-z0-9_:-]{1,128}")
#: Words that a contact's own fields bear in texts and files.
RESERVED = frozenset({"id", "external_id", "name", "timezone", "tags", "identities"})
MOST_ATTRIBUTES = 200
MOST_TAGS = 200
LONGEST_TAG = 64
LARGEST_VALUE = 4096
LONGEST_LIST = 100
DEEPEST = 5
#: Beyond this browsers round, and databases tell whole numbers from others differently.
LARGEST_WHOLE = 2**53 - 1

TYPES = ("text", "number", "boolean", "date", "time", "list", "object")
_PLAIN_TYPES = {bool: "boolean", int: "number", float: "number"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")


def type_of(value: Any) -> str:
    """Return one of TYPES for a value that has passed the checks; dates and times are ISO 8601 texts."""
    plain = _PLAIN_TYPES.get(type(value))
    if plain is not None:
        return plain
    if isinstance(value, str):
        return _text_type(value)
    return "object" if isinstance(value, Mapping) else "list"


def _text_type(value: str) -> str:
    if len(value) < 10 or not value[:4].isdigit():
        return "text"
    try:
        if _DATE.fullmatch(value):
            date.fromisoformat(value)
            return "date"
        if _TIME.fullmatch(value):
            datetime.fromisoformat(value)
            return "time"
    except ValueError:
        return "text"
    return "text"


def text_problem(value: str, path: str) -> Problem | None:
    """Refuse what not every database and not every carrier can hold."""
    if "\x00" in value:
        return problem(path, "文字中含有 NUL 字符，请去掉。", "The text holds a NUL character: remove it.")
    # Most texts are plain; only the others pay for looking closely.
    if not value.isascii() and _has_half_a_character(value):
        return problem(
            path,
            "文字中含有残缺的字符（孤立代理项），请去掉。",
            "The text holds half a character (a lone surrogate): remove it.",
        )
    return None


def _has_half_a_character(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def value_problem(value: Any, path: str) -> Problem | None:
    """Check one attribute: text, number, yes or no, an ISO date or time as text, or a list of texts."""
    if isinstance(value, str):
        return text_problem(value, path) or _size_problem(value, path)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number_problem(value, path)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        if len(value) > LONGEST_LIST:
            return problem(path, f"列表最多 {LONGEST_LIST} 项。", f"Keep the list to {LONGEST_LIST} items.")
        whole = "".join(value)
        return text_problem(whole, path) or _size_problem(whole, path)
    return problem(
        path,
        "属性值只能是文字、数字、是否、ISO 日期时间文字，或文字列表。",
        "Give a text, a number, true or false, an ISO date or time as text, or a list of texts.",
    )


def properties_problems(properties: Any, path: str) -> Iterator[Problem]:
    """Check an event's properties: like attributes, but objects and lists may be nested a few levels."""
    if not isinstance(properties, Mapping):
        yield problem(path, "事件属性须是一个对象。", "Give the properties as an object.")
        return
    if len(properties) > MOST_ATTRIBUTES:
        yield problem(
            path,
            f"一个事件最多 {MOST_ATTRIBUTES} 个属性。",
            f"Keep an event to {MOST_ATTRIBUTES} properties.",
        )
        return
    for name, value in properties.items():
        wrong = name_problem(name, path) or _nested_problem(value, f"{path}.{name}", 1)
        if wrong:
            yield wrong


def name_problem(name: Any, path: str, reserved: frozenset[str] = frozenset()) -> Problem | None:
    """Check the name of an attribute or property."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return problem(
            path,
            "名称只能用英文字母、数字和下划线，以字母或下划线开头，最长 64 个字符。",
            "Name it with letters, digits and underscores, not a digit first, 64 characters at most.",
        )
    if name in reserved:
        return problem(
            f"{path}.{name}",
            f"“{name}”是联系人自带的字段，请直接填写该字段。",
            f"“{name}” is a field of the contact itself: set that field instead.",
        )
    return None


def tag_problem(tag: Any, path: str) -> Problem | None:
    """Check one tag: 1 to 64 characters without spaces around it."""
    if not isinstance(tag, str) or not 1 <= len(tag) <= LONGEST_TAG or tag != tag.strip():
        return problem(
            path,
            f"标签须为 1 至 {LONGEST_TAG} 个字符，首尾不留空格。",
            f"Give a tag of 1 to {LONGEST_TAG} characters without spaces around it.",
        )
    return text_problem(tag, path)


def zone_problem(zone: Any, path: str) -> Problem | None:
    """Check a time zone's name."""
    if isinstance(zone, str) and zone in _zones():
        return None
    return problem(
        path,
        "没有这个时区，请用 Asia/Shanghai 这样的名称。",
        "There is no such time zone: use a name such as Asia/Shanghai.",
    )


_KNOWN_ZONES: set[str] = set()


def _zones() -> set[str]:
    if not _KNOWN_ZONES:  # reading the zones' folder takes milliseconds: once is enough
        _KNOWN_ZONES.update(available_timezones())
    return _KNOWN_ZONES


def _nested_problem(value: Any, path: str, depth: int) -> Problem | None:
    if value is None or isinstance(value, str | bool | int | float):
        return None if value is None else value_problem(value, path)
    if not isinstance(value, list | Mapping):
        return value_problem(value, path)
    if depth >= DEEPEST:
        return problem(path, f"最多嵌套 {DEEPEST} 层。", f"Nest values at most {DEEPEST} levels deep.")
    if len(value) > LONGEST_LIST:
        return problem(path, f"最多 {LONGEST_LIST} 项。", f"Keep it to {LONGEST_LIST} items.")
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, item in pairs:
        if isinstance(key, str):
            wrong = text_problem(key, path) or _size_problem(key, path)
            if wrong:
                return wrong
        wrong = _nested_problem(item, f"{path}.{key}", depth + 1)
        if wrong:
            return wrong
    return None


def _number_problem(value: int | float, path: str) -> Problem | None:
    if isinstance(value, float) and not math.isfinite(value):
        return problem(path, "须是有限的数字。", "Give a finite number.")
    if abs(value) > LARGEST_WHOLE:
        return problem(
            path,
            "数字过大会被舍入，长编号请按文字传入。",
            "A number this large gets rounded: send long numbers as text.",
        )
    return None


def _size_problem(value: str, path: str) -> Problem | None:
    if len(value) * 4 <= LARGEST_VALUE or len(value.encode()) <= LARGEST_VALUE:
        return None
    return problem(path, f"值最长 {LARGEST_VALUE} 字节。", f"Keep a value to {LARGEST_VALUE} bytes.")
