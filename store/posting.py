"""Posting together: what several requests bring at one time is committed once, for the disk's time is the same."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from store import clock
from store.database import begin_write
from store.inbox import NewSignal, put_apart

#: Signals that may wait for their turn in one process; more are turned away.
MOST_WAITING = 20_000
#: Signals committed at once; a single request may bring more than that by itself.
MOST_AT_ONCE = 2000
#: While many come, how long the next commit waits for a few more.
GATHER_SECS = 0.002
#: How often a transaction that lost against another one is done anew.
TRIES = 4
LOST_TO_ANOTHER = ("40001", "40P01")


class Full(RuntimeError):
    """Too much is waiting to be stored; come again in a moment."""


@dataclass(slots=True, eq=False)
class _Slip:
    """What one request brings, and what becomes of it."""

    signals: Sequence[NewSignal]
    #: Held until there is an answer, or until it is this one's turn to lead.
    wait: threading.Lock = field(default_factory=threading.Lock)
    accepted: int | None = None
    error: BaseException | None = None


class Posting:
    """Stores signals of many threads in few transactions; each call returns after its own commit.

    Whoever comes first stores for all who have come meanwhile, then hands on to the first of those who came since:
    so there is no thread that could die, and a caller who is alone waits for nobody.
    """

    def __init__(
        self, engine: Engine, store: Callable[[Session, list[Sequence[NewSignal]]], list[int]]
    ) -> None:
        self._engine, self._put = engine, store
        self._lock = threading.Lock()
        self._waiting: deque[_Slip] = deque()
        self._signals = 0
        self._led = False
        #: True if the last commit was of more than one.
        self._busy = False

    def post(self, signals: Sequence[NewSignal]) -> int:
        """Store signals durably and return how many of them were new.

        Raises Full, or what the database said; then none of these signals was stored, unless the link was lost in the
        very moment of the commit: so whoever sends them again should give each an event id.
        """
        slip = _Slip(signals)
        slip.wait.acquire()
        with self._lock:
            if self._signals + len(signals) > MOST_WAITING and self._waiting:
                raise Full(Full.__doc__)
            self._signals += len(signals)
            self._waiting.append(slip)
            leads, self._led = not self._led, True
        if not leads:
            slip.wait.acquire()
            leads = slip.accepted is None and slip.error is None
        if leads:
            self._lead()
        if slip.error is not None:
            raise slip.error
        return slip.accepted or 0

    def _lead(self) -> None:
        """Store for everybody who waits, beginning with oneself, then let the next one lead."""
        if self._busy:
            time.sleep(GATHER_SECS)
        with self._lock:
            group = [self._waiting.popleft()]
            size = len(group[0].signals)
            while self._waiting and size + len(self._waiting[0].signals) <= MOST_AT_ONCE:
                group.append(self._waiting.popleft())
                size += len(group[-1].signals)
        try:
            self._store(group)
        except BaseException as error:  # noqa: BLE001 - those who wait must hear of it, and raise it
            for slip in group:
                if slip.accepted is None and slip.error is None:
                    slip.error = error
        self._busy = len(group) > 1
        with self._lock:
            self._signals -= size
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        for slip in group[1:]:
            slip.wait.release()
        if following is not None:
            following.wait.release()

    def _store(self, group: list[_Slip]) -> None:
        try:
            self._commit(group)
        except (OperationalError, InterfaceError, NoConnection):
            raise  # the database is away, or was in the moment of the commit: nobody is tried again
        except Exception as error:  # noqa: BLE001 - each caller raises what belongs to him
            if len(group) == 1:
                group[0].error = error
                return
            # One of them cannot be stored; each stands for itself, so that it harms nobody else.
            for slip in group:
                self._store([slip])

    def _commit(self, group: list[_Slip]) -> None:
        for last in [False] * (TRIES - 1) + [True]:
            try:
                counts = self._try(group)
                break
            except DBAPIError as error:
                if last or getattr(error.orig, "sqlstate", None) not in LOST_TO_ANOTHER:
                    raise
        for slip, count in zip(group, counts, strict=True):
            slip.accepted = count

    def _try(self, group: list[_Slip]) -> list[int]:
        with Session(self._engine) as session:
            begin_write(session)
            counts = self._put(session, [slip.signals for slip in group])
            session.commit()
        return counts


def into_inbox(session: Session, parts: list[Sequence[NewSignal]]) -> list[int]:
    """Put the parts into the inbox as seen at the time of this transaction; how many of each were new."""
    return put_apart(session, parts, clock.now(session))
