"""A worker is told to stop while it is still starting: it leaves by itself, with nothing begun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from store import migrate
from tests.house.sources import ROOT

#: `flask --app wsgi worker`, told to stop at the moment when it begins to load the module named first.
TOLD_WHILE_LOADING = """
import os, signal, sys
from importlib.abc import MetaPathFinder

class Told(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == moment and self in sys.meta_path:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), getattr(signal, number))

moment, number = sys.argv[1:3]
sys.meta_path.insert(0, Told())
sys.argv = ["flask", "--app", "wsgi", "worker"]
from flask.cli import main
main()
"""


@pytest.mark.parametrize(
    ("moment", "number"), [("settings", "SIGTERM"), ("web.app", "SIGINT"), ("runtime.worker", "SIGTERM")]
)
def test_told_to_stop_while_starting(tmp_path: Path, moment: str, number: str) -> None:
    url = f"sqlite:///{tmp_path / 'roadbook.db'}"
    migrate.upgrade(url)
    env = {**os.environ, "ROADBOOK_DATABASE_URL": url, "ROADBOOK_SECRET_KEY": "only-for-this-test-" * 2}
    done = subprocess.run(
        [sys.executable, "-c", TOLD_WHILE_LOADING, moment, number],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Working as" in done.stderr and "Traceback" not in done.stderr
