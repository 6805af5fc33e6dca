"""start: how long a second start takes, from the command to the first answer, with database and studio there.

Wall time with a SQLite database in a folder of its own; the first start, which makes it, is not counted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.broker import free_port

ROOT = Path(__file__).parents[1]
SERVE = "import sys; sys.path.insert(0, 'scripts'); import run; sys.exit(run.serve())"
ROUNDS = 3


class NeverAnswered(RuntimeError):
    """The product never answered; what it said stands here."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: `second_start_seconds` (median) and `first_start_seconds`, once the environment is made."""
    with tempfile.TemporaryDirectory(prefix="roadbook-start-") as var:
        first = seconds(var)
        later = [seconds(var) for _ in range(ROUNDS)]
    return {"first_start_seconds": round(first, 2), "second_start_seconds": round(median(later), 2)}


def seconds(var: str) -> float:
    """Start, wait for the address, stop; the seconds up to the address."""
    begun = time.perf_counter()
    process, _ = start(Path(var))
    took = time.perf_counter() - begun
    stop(process)
    return took


def start(var: Path, **more: str) -> tuple[subprocess.Popen[str], list[str]]:
    """Start the product with its files in `var`, and what it said up to its address; raises NeverAnswered."""
    env = {**os.environ, "ROADBOOK_VAR": str(var), "ROADBOOK_PORT": str(free_port()), **more}
    env.pop("ROADBOOK_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], cwd=ROOT, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if "Roadbook is at" in line:
            return process, said
    process.wait()
    raise NeverAnswered("".join(said))


def stop(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, wait for the end, and give what it said meanwhile."""
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    return rest
