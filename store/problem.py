"""What is wrong with something that was handed in: where, and in words of both languages."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong at `path` (such as `contacts.3.attributes.age`); `words` has `zh` and `en`."""

    path: str
    words: dict[str, str]


def problem(path: str, zh: str, en: str) -> Problem:
    """Say in both languages what is wrong at `path` and what to do."""
    return Problem(path, {"zh": zh, "en": en})
