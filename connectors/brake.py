"""The word to stop, for whatever speaks to a provider: asked before each call, when all that may take long is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from connectors.base import Halted

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


def heed() -> None:
    """Raise Halted if somebody has said stop; the last thing before bytes leave that reach somebody."""
    if _ASKED.get()():
        raise Halted
