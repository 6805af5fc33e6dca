"""The life of one worker on one host: `python -m tests.machines.working plain|celery|beat URL WORKSPACE LOG`."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from pathlib import Path

from store import clock
from tests.faults.provider import Provider, registry

WORDS = "%(asctime)s %(message)s"


def plain(url: str, workspace: int, log: Path) -> None:
    from runtime.database import Database
    from runtime.worker import Worker

    clock.configure(True)
    database = Database(url)
    Worker(database, registry=registry(Provider(log, keeps_keys=True), workspace)).run()
    database.close()


def celery(url: str, workspace: int, log: Path) -> None:
    from runtime import celery_app

    faulthandler.register(signal.SIGUSR2, all_threads=True)  # the processes of the pool have it from here
    celery_app.Here.registry = registry(Provider(log, keeps_keys=True), workspace)
    queues = ",".join(celery_app.queue(*call) for call in celery_app.CALLS)
    celery_app.app.worker_main(
        ["worker", "-Q", queues, "-c", "2", "-l", "WARNING", "--without-gossip", "--without-mingle",
         "-n", f"{os.getpid()}@%h"]
    )  # fmt: skip


def beat(url: str, workspace: int, log: Path) -> None:
    from runtime import celery_app

    celery_app.app.start(["beat", "-l", "WARNING", "-s", str(log.with_name("beat-schedule")), "--pidfile="])


def main() -> None:
    what, url, workspace, log = sys.argv[1:5]
    logging.basicConfig(level="WARNING", format=WORDS)
    {"plain": plain, "celery": celery, "beat": beat}[what](url, int(workspace), Path(log))


if __name__ == "__main__":
    main()
