"""start: how long a second start takes, from the command to the first answer, with database and studio there.

Wall time with a SQLite database in a folder of its own; the first start, which makes it, is not counted.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
SERVE = "import sys; sys.path.insert(0, 'scripts'); import run; sys.exit(run.serve())"
ROUNDS = 3


def run(quick: bool) -> dict[str, Any]:
    """Figures: `second_start_seconds` (median) and `first_start_seconds`, once the environment is made."""
    with tempfile.TemporaryDirectory(prefix="roadbook-start-") as var:
        first = seconds(var)
        later = [seconds(var) for _ in range(ROUNDS)]
    return {"first_start_seconds": round(first, 2), "second_start_seconds": round(median(later), 2)}


def seconds(var: str) -> float:
    """Start, wait for the address, stop; the seconds up to the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {**os.environ, "ROADBOOK_VAR": var, "ROADBOOK_PORT": port}
    env.pop("ROADBOOK_DATABASE_URL", None)
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    took = next((time.perf_counter() - begun for line in process.stdout if "Roadbook is at" in line), None)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert took is not None, "the product never answered"
    return took
