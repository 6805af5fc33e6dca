"""A first look at a text's brackets, in one pass, before the language's own parser may see it.

That parser's expressions take time that grows with the square, or worse, of unclosed brackets and long runs of
spaces: 64 KiB of `{{` kept it busy for two minutes. What passes here is short pieces, closed, with known tags.
"""

from __future__ import annotations

import re

from store.problem import Problem, problem

LONGEST_TAG = 500
MOST_TAGS = 1500
TAGS = frozenset({"if", "unless", "case", "for", "break", "continue", "assign", "comment", "#"})
INNER_TAGS = frozenset({"elsif", "else", "when", "endif", "endunless", "endcase", "endfor", "endcomment"})
_OPEN = re.compile(r"\{[{%]")
_LONG_SPACE = re.compile(r"\s{50}")
_TAG_NAME = re.compile(r"-?\s{0,50}(#|\w{1,50})")


def bracket_problems(source: str, path: str) -> list[Problem]:
    """Say what is wrong with the brackets and tags of `source`; the first few problems are enough."""
    found: list[Problem] = []
    at = count = 0
    while (begin := _OPEN.search(source, at)) is not None and len(found) < 5:
        count += 1
        if count > MOST_TAGS:
            said = (
                "文案中的变量和标签过多，请简化。",
                "The text has too many variables and tags: make it simpler.",
            )
            return [problem(path, *said)]
        close = "}}" if begin[0] == "{{" else "%}"
        inside = source[begin.end() : begin.end() + LONGEST_TAG + 2]
        length = inside.find(close)
        line = source.count("\n", 0, begin.start()) + 1
        if length < 0 or _OPEN.search(inside, 0, length):
            found.append(
                problem(
                    path,
                    f"第 {line} 行的 {begin[0]} 缺少 {close}（一个标记最长 {LONGEST_TAG} 个字符）。",
                    f"Line {line}: {begin[0]} is not closed by {close} within {LONGEST_TAG} characters.",
                )
            )
            at = begin.end()
            continue
        inside = inside[:length]
        wrong = _piece_problem(inside, begin[0], line, path)
        found += [wrong] if wrong else []
        at = begin.end() + length + len(close)
    return found


def _piece_problem(inside: str, opening: str, line: int, path: str) -> Problem | None:
    if _LONG_SPACE.search(inside):
        said = (
            f"第 {line} 行的标记中空格过多。",
            f"Line {line}: there are too many spaces inside the brackets.",
        )
        return problem(path, *said)
    if opening == "{{":
        return None
    name = _TAG_NAME.match(inside)
    if name is None or name[1] not in TAGS | INNER_TAGS:
        word = name[1] if name else inside.strip()[:20]
        usable = ", ".join(sorted(TAGS))
        return problem(
            path,
            f"第 {line} 行：不能使用标签“{word}”，可用：{usable}。",
            f"Line {line}: there is no tag “{word}”; use one of {usable}.",
        )
    return None
