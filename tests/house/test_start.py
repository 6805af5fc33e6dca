"""The product starts by its one command, answers, keeps its word on a second start, and stops without a trace."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.house.sources import ROOT

SERVE = "import sys; sys.path.insert(0, 'scripts'); import run; sys.exit(run.serve())"


def start(var: Path) -> tuple[subprocess.Popen[str], list[str]]:
    """Start the product with its files in `var`, and what it said up to its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {**os.environ, "ROADBOOK_VAR": str(var), "ROADBOOK_PORT": port, "ROADBOOK_TEST_MODE": "1"}
    env.pop("ROADBOOK_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if "Roadbook is at" in line:
            return process, said
    raise AssertionError("it never answered:\n" + "".join(said))


def stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    return rest


def test_it_starts_shows_the_sign_in_once_and_stops(tmp_path: Path) -> None:
    process, said = start(tmp_path)
    try:
        address = re.search(r"http://\S+", said[-1])
        assert address and "password" in "".join(said), said
        with urllib.request.urlopen(address.group() + "/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        stop(process)
    assert (tmp_path / "roadbook.db").stat().st_size > 0

    process, said = start(tmp_path)
    rest = stop(process)
    assert not re.search(r"^password", "".join(said) + rest, re.M), "the password must be shown once only"
