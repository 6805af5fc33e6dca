"""The word to stop, for connectors that make many calls in one `send`: asked before each, so that none begins late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Stopped = Callable[[], bool]


def _never() -> bool:
    return False


_ASKED: ContextVar[Stopped] = ContextVar("stopped", default=_never)


@contextmanager
def obeying(stopped: Stopped) -> Iterator[None]:
    """Whatever is sent inside asks `stopped`, which may be called from any thread."""
    token = _ASKED.set(stopped)
    try:
        yield
    finally:
        _ASKED.reset(token)


def asked() -> Stopped:
    """What a connector asks before each call; taken in the thread of `send`, good in every other."""
    return _ASKED.get()
