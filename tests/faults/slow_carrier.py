"""A slow carrier in processes of their own: each call's beginning stands in a file, by a clock that all of them share."""

from __future__ import annotations

import multiprocessing.process
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors import brake
from connectors.base import Account, Halted, Message, Receipt
from connectors.registry import Registry
from runtime import stopping
from runtime.database import Database
from runtime.worker import Worker
from store import clock
from tests.faults.children import CONTEXT
from tests.faults.provider import CARRIERS

#: What it serves: everything that reaches people, and the calls of systems.
SERVED = CARRIERS | {"webhook"}
#: Seconds that a call takes: of ten messages, or of one where no keys are known.
CALL_SECS = {True: 0.05, False: 0.01}


class SlowCarrier:
    """Takes its time; many calls a batch where it keeps keys, and then it asks before each whether it may go on."""

    carriers = SERVED

    def __init__(self, path: Path, *, keeps_keys: bool) -> None:
        self.path, self.keeps_keys, self.most = path, keeps_keys, 50 if keeps_keys else 1

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        stopped, done = brake.asked(), []
        for begin in range(0, len(messages), 10):
            if stopped():
                raise Halted(done)
            call = messages[begin : begin + 10]
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            lines = (f"{time.monotonic()} {m.carrier} {m.contact_id} {m.key}\n" for m in call)
            os.write(descriptor, "".join(lines).encode())
            os.close(descriptor)
            time.sleep(CALL_SECS[self.keeps_keys])
            done += [Receipt(m.key, "delivered", datetime.now(UTC), "p") for m in call]
        return done

    def later(self) -> list[Receipt]:
        return []

    def begun(self) -> list[tuple[float, str, int]]:
        """(when, carrier, contact) of each message that was begun."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(float(at), carrier, int(contact)) for at, carrier, contact, _ in map(str.split, lines)]


def work(url: str, workspace: int, log: str, keeps_keys: bool) -> None:
    """The life of a worker whose carriers are all slow."""
    stopping.listen()
    clock.configure(True)
    slow, registry = SlowCarrier(Path(log), keeps_keys=keeps_keys), Registry()
    registry.register("slow", lambda account: slow)
    for carrier in sorted(SERVED):
        registry.open(Account(workspace, carrier, "slow", {"per_second": 0}))
    database = Database(url)
    Worker(database, registry=registry).run()
    database.close()


def start(url: str, workspace: int, log: Path, *, keeps_keys: bool) -> multiprocessing.process.BaseProcess:
    """Start such a worker."""
    process = CONTEXT.Process(target=work, args=(url, workspace, str(log), keeps_keys), daemon=True)
    process.start()
    return process
