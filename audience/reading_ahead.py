"""Reading ahead: what needs no database is worked out beside the transaction that waits for one.

One thread a process. What was not worked out in time, or for another part, is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Ahead(Generic[Made]):
    """Works one thing out before it is asked for; holds the one that was begun last."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._key: object = None
        self._coming: Future[Made] | None = None

    def begin(self, key: object, make: Callable[[], Made]) -> None:
        """Begin to work out what belongs to `key`, unless that is under way already."""
        if self._coming is not None and self._key == key:
            return
        if self._thread is None:  # not before it is needed: a process that is forked afterwards has no thread
            self._thread = ThreadPoolExecutor(1, "reading-ahead")
        self._key, self._coming = key, self._thread.submit(make)

    def take(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what belongs to `key`, with the errors of making it."""
        if self._coming is None or self._key != key:
            return make()
        coming, self._key, self._coming = self._coming, None, None
        return coming.result()
