"""Rendering a text for one contact: checked once, quick where it is plain, and bounded where it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from liquid.exceptions import LiquidError

from content.filters import EPOCH, FILTERS, is_missing, words
from content.language import (
    LANGUAGE,
    LONGEST_SOURCE,
    MOST_PARTS,
    UTC,
    Template,
    filters_of,
    is_range,
    parts,
    plain,
)
from content.markup import bracket_problems
from content.slots import ROOT as SLOTS
from store.problem import Problem, problem

#: What a text may speak of: the first words of its paths.
ROOTS = frozenset({"contact", "event", "entry", "variables", "stage", "workspace", "scene", "coupon"})
#: Roots that are a value themselves; of the others a part must be named.
WHOLE = frozenset({"stage"})

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN = re.compile(
    rf"\{{\{{[ \t]*({_NAME}(?:\.{_NAME})*)[ \t]*"
    r"(?:\|[ \t]*default[ \t]*:[ \t]*(?:'([^'{}\\]*)'|\"([^\"{}\\]*)\")[ \t]*)?\}\}"
)
#: Words that Liquid reads as values and not as names.
_NOT_NAMES = frozenset(
    {"true", "false", "nil", "null", "empty", "blank", "and", "or", "not", "if", "else", "contains"}
)
_SPECIAL = frozenset({"size", "first", "last"})
#: The library's own complaints, in Chinese; what is not listed stays as it is.
_CHINESE = (
    (r"missing expression", "缺少表达式"),
    (r"unexpected tag '([^']*)'", r"此处不能有标签 \1"),
    (r"expected tag with name '([^']*)'.*", r"缺少标签 \1"),
    (r"disallowed ternary expression", "不能在变量中写 if，请用 {% if %}"),
    (r"block nesting limit reached", "标签嵌套过深"),
)


class BadText(ValueError):
    """The text cannot be used; `problems` says what to change."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in problems))


class RenderError(ValueError):
    """The text failed for this contact; the message says at which point."""


@dataclass(slots=True, frozen=True)
class Rendered:
    """A finished text, and the paths it was to write that had no value and no default."""

    text: str
    missing: tuple[str, ...] = ()


def scene(
    *,
    name: str = "",
    attributes: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
    told: Mapping[str, Any] | None = None,
    workspace: str = "",
    scenes: Mapping[str, Any] | None = None,
    coupons: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build what a text may speak of; `told` is an outbox row's scene: event, entry, variables and stage.

    `scenes` has by key what tables of people, products and moments have for the contact, `coupons` by pool what
    the contact was given: {code, expires, value}.
    """
    told = told or {}
    contact: dict[str, Any] = {**(attributes or {}), "tags": list(tags)}
    if name:
        contact["name"] = name
    return {
        "contact": contact,
        "event": told.get("event") or {},
        "entry": told.get("entry") or {},
        "variables": told.get("variables") or {},
        "stage": told.get("stage"),
        "workspace": {"name": workspace},
        "scene": scenes or {},
        "coupon": coupons or {},
    }


def render(source: str, scene: Mapping[str, Any], zone: ZoneInfo = UTC, now: datetime = EPOCH) -> Rendered:
    """Render `source` for `scene` (see `scene()`); dates are written in `zone`, `now` is the journey's time.

    Raises BadText if the text may not be used at all, RenderError if it fails for these values.
    """
    text = _compiled(source)
    if isinstance(text, _Plain):
        return text.write(scene)
    try:
        written, missing = text.write(scene, zone, now)
    except LiquidError as error:
        raise RenderError(f"Line {_line(error)}: {error.message}") from error
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise RenderError(
            f"The text cannot be written with these values ({type(error).__name__})."
        ) from error
    return Rendered(written, tuple(sorted(missing)))


def variables(source: str) -> list[str]:
    """Return the paths that a text reads, such as `contact.name`, sorted; raises BadText."""
    text = _compiled(source)
    if isinstance(text, _Plain):
        return sorted({".".join(path) for path in text.paths()})
    return sorted(_reads(text))


def problems(source: Any, path: str = "text") -> list[Problem]:
    """Say everything that is wrong with a text, at `path`; an empty list means that it can be used."""
    if not isinstance(source, str):
        return [problem(path, "须是文字。", "Give a text.")]
    try:
        _compiled(source)
    except BadText as error:
        return [Problem(path, said) for _, said in error.problems]
    return []


class _Plain:
    """A text with nothing but plain `{{a.b | default: 'x'}}` in it: no language needed."""

    def __init__(self, source: str) -> None:
        #: Fixed texts and, between them, (path, default or None).
        self.pieces: list[str | tuple[tuple[str, ...], str | None]] = []
        at = 0
        for found in _PLAIN.finditer(source):
            self.pieces.append(source[at : found.start()])
            other = found[2] if found[2] is not None else found[3]
            self.pieces.append((tuple(found[1].split(".")), other))
            at = found.end()
        self.pieces.append(source[at:])

    def paths(self) -> list[tuple[str, ...]]:
        return [piece[0] for piece in self.pieces if isinstance(piece, tuple)]

    def fits(self) -> bool:
        """True if the fixed texts hold no other markup and the paths are simple."""
        fixed = [piece for piece in self.pieces if isinstance(piece, str)]
        if any(mark in piece for piece in fixed for mark in ("{{", "{%", "}}", "%}", "{#")):
            return False
        return not any(_NOT_NAMES & set(path) or _SPECIAL & set(path) for path in self.paths())

    def write(self, scene: Mapping[str, Any]) -> Rendered:
        written: list[str] = []
        missing: set[str] = set()
        for piece in self.pieces:
            if isinstance(piece, str):
                written.append(piece)
                continue
            path, other = piece
            value: Any = scene
            for name in path:
                value = value.get(name) if isinstance(value, Mapping) else None
            value = plain(value)
            if other is not None and is_missing(value):
                value = other
            elif value is None:
                missing.add(".".join(path))
            written.append(words(value))
        return Rendered("".join(written), tuple(sorted(missing)))


@lru_cache(maxsize=512)
def _compiled(source: str) -> _Plain | Template:
    """Parse and check a text once; raises BadText (which is not remembered)."""
    if len(source.encode("utf-8", "replace")) > LONGEST_SOURCE:
        raise BadText([problem("text", "文案最长 64 KiB，请缩短。", "Keep the text to 64 KiB.")])
    brackets = bracket_problems(source, "text")
    if brackets:
        raise BadText(_once(brackets))
    simple = _Plain(source)
    if simple.fits():
        wrong = [_root_problem(path) for path in simple.paths()]
        found = [one for one in wrong if one is not None]
        if found:
            raise BadText(_once(found))
        return simple
    return _checked(source)


def _checked(source: str) -> Template:
    try:
        template = LANGUAGE.from_string(source)
        assert isinstance(template, Template)
        found = _walk(template)
    except LiquidError as error:
        raise BadText([_syntax_problem(error)]) from error
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        said = "文案的标记有误，请检查括号与标签。", "The markup is broken: check brackets and tags."
        raise BadText([problem("text", *said)]) from error
    if found:
        raise BadText(_once(found))
    return template


def _walk(template: Template) -> list[Problem]:
    found: list[Problem] = []
    count = 0
    for part in parts(template):
        count += 1
        if is_range(part):
            said = "不能使用 (1..n) 这样的区间。", "Ranges such as (1..n) cannot be used."
            found.append(problem("text", *said))
        used = list(filters_of(part))
        count += len(used)
        found += [_filter_problem(one.name) for one in used if one.name not in FILTERS]
        if count > MOST_PARTS:
            said = (
                "文案中的变量和标签过多，请简化。",
                "The text has too many variables and tags: make it simpler.",
            )
            return [problem("text", *said)]
    for path in sorted(_reads(template)):
        wrong = _root_problem(tuple(path.split(".")))
        found += [wrong] if wrong else []
    return found


def _reads(template: Template) -> set[str]:
    paths: set[str] = set()
    for uses in template.analyze(include_partials=False).globals.values():
        for use in uses:
            names = [str(one) for one in use.segments if isinstance(one, str | int)]
            paths.add(".".join(name for name in names if name not in _SPECIAL) or str(use.segments[0]))
    return paths


def _root_problem(path: tuple[str, ...]) -> Problem | None:
    root = path[0]
    if root not in ROOTS and root != SLOTS:
        roots = "、".join(sorted(ROOTS))
        return problem(
            "text",
            f"没有“{root}”这个变量，变量须以 {roots} 之一开头，例如 contact.name。",
            f"There is no “{root}”: begin with one of {', '.join(sorted(ROOTS))}, for example contact.name.",
        )
    if len(path) == 1 and root not in WHOLE:
        return problem(
            "text",
            f"请写明 {root} 的哪一项，例如 {root}.name。",
            f"Say which part of {root} is meant, for example {root}.name.",
        )
    return None


def _filter_problem(name: str) -> Problem:
    return problem(
        "text",
        f"没有“{name}”这个过滤器，可用：{'、'.join(sorted(FILTERS))}。",
        f"There is no filter “{name}”: use one of {', '.join(sorted(FILTERS))}.",
    )


def _syntax_problem(error: LiquidError) -> Problem:
    reason = str(error.message)[:200]
    filter_name = re.search(r"unknown filter '([^']*)'", reason)
    if filter_name:
        return _filter_problem(filter_name[1])
    line = _line(error)
    chinese = reason
    for said, told in _CHINESE:
        chinese = re.sub(said, told, chinese)
    return problem(
        "text", f"第 {line} 行的标记有误：{chinese}。", f"The markup of line {line} is wrong: {reason}."
    )


def _line(error: LiquidError) -> int:
    try:
        context = error.context()
    except ValueError:
        return 1
    return context[0] if context else 1


def _once(found: list[Problem]) -> list[Problem]:
    """Leave out what has been said already."""
    said: dict[str, Problem] = {}
    for one in found:
        said.setdefault(one.words["en"], one)
    return list(said.values())
