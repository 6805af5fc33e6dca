"""What can go wrong with a journey, each as a sentence with an address."""

from __future__ import annotations

from typing import Any

from journeys.words import Words


class JourneyError(Exception):
    """The journey cannot do this."""

    code = "journey-error"
    status = 409

    def __init__(self, message: str | None = None):
        super().__init__(message or (self.__doc__ or "").strip())


class BadDefinition(JourneyError):
    """The definition is not a journey: see its problems, each with a path."""

    code = "bad-definition"
    status = 422

    def __init__(self, problems: list[tuple[str, Words]]):
        super().__init__()
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{path}: {words.en}" for path, words in self.problems[:5])


class DraftMoved(JourneyError):
    """Someone saved this draft after you opened it. Reload it, or save yours over it knowingly."""

    code = "draft-moved"

    def __init__(self, theirs: int, yours: int):
        super().__init__()
        self.theirs, self.yours = theirs, yours


class NotPublishable(JourneyError):
    """The draft has problems that must be solved before it can be published."""

    code = "not-publishable"
    status = 422

    def __init__(self, problems: list[Any]):
        super().__init__()
        self.problems = problems


class KindTaken(JourneyError):
    """Two step kinds claim the same name."""

    code = "kind-taken"
