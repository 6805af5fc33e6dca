"""What can be wrong with a rule, a moment or a duration: every problem with its path and two sentences."""

from __future__ import annotations

from collections.abc import Iterable

#: A sentence in the two languages of the product: {"zh": …, "en": …}.
Words = dict[str, str]
#: Where (`rules[0].value`, "" for the whole) and what.
Problem = tuple[str, Words]


def words(zh: str, en: str) -> Words:
    """A sentence in both languages."""
    return {"zh": zh, "en": en}


def join(path: str, key: str | int) -> str:
    """The path of a part: `a` and `b` give `a.b`, `a` and 0 give `a[0]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


class NotUnderstood(ValueError):
    """What was written cannot be understood; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems: list[Problem] = list(problems)
        super().__init__(
            "; ".join(f"{path}: {said['en']}" if path else said["en"] for path, said in self.problems)
        )

    @property
    def path(self) -> str:
        """Where the first problem is."""
        return self.problems[0][0]

    @property
    def zh(self) -> str:
        """The first problem in Chinese."""
        return self.problems[0][1]["zh"]

    @property
    def en(self) -> str:
        """The first problem in English."""
        return self.problems[0][1]["en"]


class BadDuration(NotUnderstood):
    """This is not a duration. Write one as ISO 8601 does, such as P7D, PT1H or -P3D."""


class BadMoment(NotUnderstood):
    """This is not a moment. Say what it counts from, or which clock times and days it allows."""


class BadRule(NotUnderstood):
    """This is not a rule. Each problem names the part to mend."""
