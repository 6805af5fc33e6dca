"""Workers in processes of their own that read a company at the fake WeCom, and do what is to be done there."""

from __future__ import annotations

import multiprocessing.process

from connectors import dialing
from runtime import faults, stopping
from runtime.database import Database
from runtime.wecom import deeds, service
from runtime.worker import Worker
from store import clock
from tests.faults.children import CONTEXT
from tests.runtime.wecom.company import VAULT


def work(url: str, port: int, fault: tuple[str, str, int, float] | None) -> None:
    """The life of such a worker, perhaps with a fault armed; it ends when it is told to."""
    stopping.listen()
    clock.configure(True)
    dialing.configure(["127.0.0.0/8"], [port])
    # It begins at once, and at the full hour too.
    service.START_SECS, deeds.calm = 0.0, lambda moment: moment
    if fault is not None:
        faults.arm(faults.Fault(*fault))
    database = Database(url)
    Worker(database, vault=VAULT).run()
    database.close()


def start(
    url: str, port: int, fault: tuple[str, str, int, float] | None = None
) -> multiprocessing.process.BaseProcess:
    """Start such a worker."""
    process = CONTEXT.Process(target=work, args=(url, port, fault), daemon=True)
    process.start()
    return process
