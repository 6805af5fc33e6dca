"""A carrier that writes down when each message reached it, and workers that send to it from processes of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from connectors.base import Account, Message, Receipt, Retryable
from connectors.registry import Registry
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from tests.faults.children import CONTEXT

CARRIER = "wecom_direct"


class Clocked:
    """Takes up to 100 at once; one line a message: monotonic time (shared by all processes of a machine), key."""

    carriers = frozenset({CARRIER})
    most, keeps_keys = 100, True

    def __init__(self, path: Path, silence: tuple[int, float] | None = None) -> None:
        self.path, self.silence, self.calls = path, silence, 0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        now, self.calls = time.monotonic(), self.calls + 1
        if self.silence and self.calls == self.silence[0]:
            raise Retryable("too many", after=self.silence[1])
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, "".join(f"{now:.6f} {m.key}\n" for m in messages).encode())
        finally:
            os.close(descriptor)
        return [Receipt(m.key, "delivered", datetime.now(UTC), "c") for m in messages]

    def later(self) -> list[Receipt]:
        return []

    def taken(self) -> list[tuple[float, str]]:
        """Every message that came, in order, with its time in seconds."""
        if not self.path.exists():
            return []
        lines = [line.split() for line in self.path.read_text().splitlines()]
        return sorted((float(at), key) for at, key in lines)


def account(carrier: Clocked, workspace: int, settings: Mapping[str, Any]) -> Registry:
    """A registry in which the workspace has an account with this carrier."""
    made = Registry()
    made.register("clocked", lambda _: carrier)
    made.open(Account(workspace, CARRIER, "clocked", settings))
    return made


def deliver(url: str, workspace: int, log: str, per_second: float) -> None:
    """The life of a worker that only delivers, until it is told to stop."""
    clock.configure(True)
    database = Database(url)
    registry = account(Clocked(Path(log)), workspace, {"per_second": per_second})
    Worker(database, ("deliver",), registry=registry).run()
    database.close()


def start(*args: object) -> BaseProcess:
    """Start such a worker in a process of its own."""
    process = CONTEXT.Process(target=deliver, args=args, daemon=True)
    process.start()
    return process


def fullest_second(times: Sequence[float]) -> int:
    """The most messages in any window of one second."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
