"""How names and values of the protocol's free form come to fit ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from audience.values import (
    DEEPEST,
    EVENT_NAME,
    NAME,
    RESERVED,
    name_problem,
    properties_problems,
    value_problem,
)
from store.problem import Problem, problem

_NOT_IN_EVENT = re.compile(r"[^a-z0-9_:-]+")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_]")


def event_name(given: Any, path: str, said: list[Problem]) -> str | None:
    """The event's name as rules can say it: what fits stays, `Order Completed` becomes `order_completed`."""
    if isinstance(given, str):
        if EVENT_NAME.fullmatch(given):
            return given
        plain = _NOT_IN_EVENT.sub("_", given.strip().lower()).strip("_") if given.isascii() else ""
        if EVENT_NAME.fullmatch(plain):
            return plain
    said.append(
        problem(
            path,
            "请给出英文的事件名（字母、数字、下划线），最长 128 个字符。",
            "Give the event's name in ASCII letters, digits and underscores, 128 characters at most.",
        )
    )
    return None


def fitting(name: str) -> str | None:
    """A name of a property or trait as rules and texts can say it; None if nothing like it can be said."""
    if NAME.fullmatch(name):
        return name
    plain = _NOT_IN_NAME.sub("_", name) if name.isascii() else ""
    plain = f"_{plain}" if plain[:1].isdigit() else plain
    return plain if NAME.fullmatch(plain) and plain.strip("_") else None


def properties(given: Any, path: str, said: list[Problem]) -> dict[str, Any]:
    """The properties of an event that can be kept; the others are said."""
    kept: dict[str, Any] = {}
    for name, value, where in _named(given, path, said, kept):
        wrong = next(properties_problems({name: value}, path), None)
        if wrong:
            said.append(Problem(where + wrong.path[len(f"{path}.{name}") :], wrong.words))
        else:
            kept[name] = value
    return kept


def attributes(given: Any, path: str, said: list[Problem], before: str = "") -> dict[str, Any]:
    """Traits as attributes: `{"address": {"city": …}}` becomes `address_city`; what cannot be kept is said.

    `before` stands in front of each name. A trait null takes its attribute away.
    """
    kept: dict[str, Any] = {}
    _flatten(given, path, said, before, kept, 1)
    return kept


def _flatten(
    given: Any, path: str, said: list[Problem], before: str, kept: dict[str, Any], depth: int
) -> None:
    for bare, value, where in _named(given, path, said, {}):
        name = before + bare
        if isinstance(value, Mapping) and depth < DEEPEST:
            _flatten(value, where, said, f"{name}_", kept, depth + 1)
            continue
        wrong = name_problem(name, where, RESERVED) or (
            None if value is None else value_problem(value, where)
        )
        if wrong:
            said.append(Problem(where, wrong.words))
        elif name in kept:
            said.append(_twice(where, name))
        else:
            kept[name] = value


def _named(
    given: Any, path: str, said: list[Problem], kept: Mapping[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    """Each (fitting name, value, its path) of an object; what has no such name is said."""
    if given is None:
        return
    if not isinstance(given, Mapping):
        said.append(problem(path, "须是一个对象 {…}。", "Give an object {…}."))
        return
    for raw, value in given.items():
        name = fitting(raw)
        where = f"{path}.{raw if name else ascii(raw)[1:-1][:64]}".lstrip(".")
        if name is None:
            words = (
                "名称只能用英文字母、数字和下划线，最长 64 个字符；这一项没有保存。",
                "Name it in ASCII letters, digits and underscores, 64 characters at most; this one was not kept.",
            )
            said.append(problem(where, *words))
        elif name in kept:
            said.append(_twice(where, name))
        else:
            yield name, value, where


def _twice(where: str, name: str) -> Problem:
    return problem(
        where,
        f"改写后与另一项同名（{name}），没有保存。",
        f"Written as {name}, which another one here is called already; it was not kept.",
    )
