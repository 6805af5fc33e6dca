"""A worker whose clock a test may set: started with a library before it that answers for the system's."""

from __future__ import annotations

import sys
from pathlib import Path

from runtime.database import Database
from runtime.worker import Worker
from tests.faults.provider import Provider, registry

if __name__ == "__main__":
    url, workspace, log = sys.argv[1:]
    database = Database(url)
    Worker(database, registry=registry(Provider(Path(log), keeps_keys=True), int(workspace))).run()
    database.close()
