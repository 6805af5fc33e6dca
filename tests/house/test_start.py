"""The product starts by its one command, answers, keeps its word on a second start, and stops without a trace."""

from __future__ import annotations

import re
import subprocess
import urllib.request
from pathlib import Path

from bench.start import start, stop


def ended(process: subprocess.Popen[str]) -> str:
    rest = stop(process)
    assert process.returncode == 0, rest
    return rest


def test_it_starts_shows_the_sign_in_once_and_stops(tmp_path: Path) -> None:
    process, said = start(tmp_path, ROADBOOK_TEST_MODE="1")
    try:
        address = re.search(r"http://\S+", said[-1])
        assert address and "password" in "".join(said), said
        with urllib.request.urlopen(address.group() + "/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        ended(process)
    assert (tmp_path / "roadbook.db").stat().st_size > 0

    process, said = start(tmp_path, ROADBOOK_TEST_MODE="1")
    rest = ended(process)
    assert not re.search(r"^password", "".join(said) + rest, re.M), "the password must be shown once only"
