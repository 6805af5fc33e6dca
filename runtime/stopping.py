"""The word to stop, heard however early it comes: a worker that is still loading its engine leaves by itself, too."""

from __future__ import annotations

import signal
import threading
from typing import Any

_told = threading.Event()
_told_next: list[threading.Event] = []


def listen(told: threading.Event | None = None) -> None:
    """From now on SIGTERM and SIGINT only say to stop: they set `told`, which is set at once if one came before.

    Signals reach the main thread alone: in any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _hear)
    if told is not None:
        _told_next.append(told)
        if _told.is_set():
            told.set()


def _hear(_number: int, _frame: Any) -> None:
    for one in (_told, *_told_next):
        one.set()
