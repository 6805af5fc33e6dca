"""Workers in processes of their own, which tests kill, stop and start."""

from __future__ import annotations

import multiprocessing
import multiprocessing.process
import time
from pathlib import Path

from runtime import faults, stopping
from runtime.database import Database
from runtime.worker import ROLES, Worker
from store import clock
from store import database as store
from tests.faults.provider import Provider, registry

#: Processes are forked from a clean one, so that none inherits an open database.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.children"])


def work(
    url: str,
    workspace: int,
    log: str,
    fault: tuple[str, str, int, float] | None = None,
    keeps_keys: bool = True,
    roles: tuple[str, ...] = ROLES,
    idle_secs: float = 10,
    life: str = "until idle",
    pooled: bool = False,
) -> None:
    """The life of a worker process, perhaps with a fault armed: one round, until idle (trying again what passes), or for ever."""
    if life == "for ever":
        stopping.listen()  # as the worker's command does, before anything else
    clock.configure(True)
    if fault is not None:
        faults.arm(faults.Fault(*fault))
    store.configure(pooled=pooled)
    database = Database(url, idle_secs=idle_secs)
    worker = Worker(database, roles, registry=registry(Provider(Path(log), keeps_keys=keeps_keys), workspace))
    lives = {"once": worker.run_once, "until idle": worker.run_until_idle, "for ever": worker.run}
    lives[life]()
    database.close()


def start(*args: object, **more: object) -> multiprocessing.process.BaseProcess:
    """Start a worker process."""
    process = CONTEXT.Process(target=work, args=args, kwargs=more, daemon=True)
    process.start()
    return process


def stands_still(process: multiprocessing.process.BaseProcess) -> bool:
    """True while the process is stopped, as after SIGSTOP."""
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "T"


def wait_for(happened: object, secs: float = 20) -> None:
    """Wait until `happened()`; fails after `secs`."""
    deadline = time.monotonic() + secs
    while time.monotonic() < deadline:
        if happened():  # type: ignore[operator]
            return
        time.sleep(0.01)
    raise AssertionError("It did not happen in time.")
