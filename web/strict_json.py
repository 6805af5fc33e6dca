"""The one reader of JSON from outside: it takes nothing that a database or another reader would take differently."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import orjson

from journeys.words import Words

DEEPEST = 64
LARGEST = 2**63 - 1
MOST_PROBLEMS = 50
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

NOT_UTF8 = Words("正文必须是 UTF-8 编码的 JSON。", "The body must be JSON in UTF-8.")
TOO_DEEP = Words(f"嵌套太深，最多 {DEEPEST} 层。", f"Nested too deeply; at most {DEEPEST} levels.")
TWICE = Words("这个字段出现了两次；请只留一个。", "This key stands here twice; keep one.")
NOT_FINITE = Words("这里应该是有限的数字。", "This should be a finite number.")
TOO_LARGE = Words("这个整数太大，超出 64 位。", "This whole number does not fit into 64 bits.")
NOT_TEXT = Words(
    "文字里有不能保存的字符（NUL 或残缺的表情）。",
    "The text has characters that cannot be stored (NUL or half an emoji).",
)

Found = tuple[str, Words]


class BadJson(ValueError):
    """The body is not JSON that can be taken: `problems` says where and why."""

    def __init__(self, problems: list[Found], *, malformed: bool):
        super().__init__("; ".join(f"{path}: {words.en}" if path else words.en for path, words in problems))
        self.problems = problems
        #: True if it is no JSON at all, False if it is JSON that we refuse.
        self.malformed = malformed


class _Bad:
    """A value that the reader met and refuses; the walk finds it at its path."""

    __slots__ = ("words",)

    def __init__(self, words: Words):
        self.words = words


#: Makes a body one that only the careful reader may judge: an escape, or a blank before a colon.
DOUBTFUL = re.compile(rb"\\|[ \t\r\n]:")
NOT_PLAIN = object()


def read(body: bytes) -> Any:
    """The value that `body` spells; raises BadJson with every path that is refused."""
    value = _plainly(body)
    return _carefully(body) if value is NOT_PLAIN else value


def _plainly(body: bytes) -> Any:
    """The value of a body in which nothing can be refused, read fast; NOT_PLAIN if anything is in doubt.

    Without escapes no text holds a quote, NUL or half a character, and without blanks before colons each key is
    followed by `":`; so keys that stand twice show in the number of those.
    """
    if DOUBTFUL.search(body):
        return NOT_PLAIN
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return NOT_PLAIN
    keys, stack, depth = 0, [value], 1
    while stack:
        below: list[Any] = []
        for held in stack:
            kind = type(held)
            if kind is dict:
                keys += len(held)
                below += held.values()
            elif kind is list:
                below += held
            elif (kind is int or kind is float) and not -LARGEST <= held <= LARGEST:
                return NOT_PLAIN
        stack = below
        depth += 1
        if depth > DEEPEST:
            return NOT_PLAIN
    return value if keys == body.count(b'":') else NOT_PLAIN


def _carefully(body: bytes) -> Any:
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_int=_whole,
            parse_float=_number,
            parse_constant=lambda _: _Bad(NOT_FINITE),
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise BadJson([("", NOT_UTF8)], malformed=True) from None
    except json.JSONDecodeError as error:
        words = Words(
            f"这不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 列附近。",
            f"This is not JSON, near line {error.lineno} column {error.colno}.",
        )
        raise BadJson([("", words)], malformed=True) from None
    except RecursionError:
        raise BadJson([("", TOO_DEEP)], malformed=False) from None
    found = []
    for problem in _walk(value):
        found.append(problem)
        if len(found) == MOST_PROBLEMS:
            break
    if found:
        raise BadJson(found, malformed=False)
    return value


def join(path: str, key: str | int) -> str:
    """`a` and `b` as `a.b`, `a` and 0 as `a[0]`: how every problem names a place."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _whole(text: str) -> Any:
    if len(text) > 20:
        return _Bad(TOO_LARGE)
    value = int(text)
    return value if -LARGEST - 1 <= value <= LARGEST else _Bad(TOO_LARGE)


def _number(text: str) -> Any:
    value = float(text)
    return value if math.isfinite(value) else _Bad(NOT_FINITE)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                made[key] = _Bad(TWICE)
            seen.add(key)
    return made


def _walk(root: Any) -> Iterator[Found]:
    """Every refused place, in the order of the body; keeps its own stack, however deep the value is."""
    stack: list[tuple[str, Any, int]] = [("", root, 1)]
    while stack:
        path, value, depth = stack.pop()
        if isinstance(value, str):
            if UNSTORABLE.search(value):
                yield path, NOT_TEXT
        elif isinstance(value, _Bad):
            yield path, value.words
        elif isinstance(value, dict | list):
            if depth > DEEPEST:
                yield path, TOO_DEEP
                continue
            if isinstance(value, list):
                stack += [(f"{path}[{i}]", v, depth + 1) for i, v in reversed(list(enumerate(value)))]
                continue
            for key in value:
                if UNSTORABLE.search(key):
                    yield join(path, ascii(key)[1:-1]), NOT_TEXT
            stack += [(join(path, k), v, depth + 1) for k, v in reversed(list(value.items()))]
