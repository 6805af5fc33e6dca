"""The real product for browser tests: web and worker as processes of their own, on a virtual clock."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OWNER, PASSWORD = "owner@roadbook.local", "correct-horse-42"
#: Patience with a machine that is busy with other things.
LONGEST_SECS = 60.0
#: What `flask db upgrade`, `flask setup` and `flask users password` do, in one process: it loads for seconds.
FIRST_START = f"""
from flask.cli import FlaskGroup
from wsgi import app
commands = FlaskGroup(create_app=lambda: app)
for args in (["db", "upgrade"], ["setup"], ["users", "password", "{OWNER}", "--password", "{PASSWORD}"]):
    commands.main(args=args, standalone_mode=False)
"""
#: The database of a first start, once somebody in this process has made it.
_prepared: list[bytes] = []


class Server:
    """A started product: `base` is its address; `api` speaks to it with a key of its own."""

    def __init__(self, folder: Path):
        self.database = folder / "roadbook.db"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | {
            "ROADBOOK_DATABASE_URL": f"sqlite:///{self.database}",
            "ROADBOOK_SECRET_KEY": "only-for-tests-only-for-tests-only",
            "ROADBOOK_TEST_MODE": "1",
            "ROADBOOK_HOST": "127.0.0.1",
            "ROADBOOK_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        self.log = (folder / "server.log").open("wb")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.key = ""

    def may_call(self, port: int) -> None:
        """Let it call a server of this machine, before it starts."""
        self.env |= {"ROADBOOK_ALLOW_SUBNETS": "127.0.0.0/8", "ROADBOOK_ALLOW_PORTS": str(port)}

    def start(self, now: str) -> None:
        """Prepare the database, set the clock to `now` (ISO 8601) and start both processes."""
        self._furnish()
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        self._spawn("web", gunicorn)
        self._wait(self._answers, "the web does not answer")
        with sqlite3.connect(self.database) as connection:
            stored = datetime.fromisoformat(now).strftime("%Y-%m-%d %H:%M:%S.%f")
            connection.execute("INSERT INTO virtual_clock (id, now) VALUES (1, ?)", (stored,))
        self.start_worker()

    def _furnish(self) -> None:
        """Take a copy of the first database that was prepared: its commands take seconds, and always do the same."""
        if not _prepared:
            self._ran([sys.executable, "-c", FIRST_START])
            with sqlite3.connect(self.database) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _prepared.append(self.database.read_bytes())
        self.database.write_bytes(_prepared[0])

    def start_worker(self) -> None:
        """Start the worker, again if it was killed."""
        self._spawn("worker", [sys.executable, "-m", "flask", "--app", "wsgi", "worker"])

    def kill_worker(self) -> None:
        """Kill the worker in the middle of whatever it does."""
        self.processes["worker"].send_signal(signal.SIGKILL)
        self.processes["worker"].wait()

    def stop(self) -> None:
        """End both processes."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()

    def flask(self, *arguments: str) -> str:
        """Run a command of the product and give what it printed."""
        return self._ran([sys.executable, "-m", "flask", "--app", "wsgi", *arguments])

    def _ran(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def api(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """Call the API with the key that the test has made."""
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=LONGEST_SECS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def clock(self, now: str) -> None:
        """Turn the clock to `now` and wait until the worker has done what is to be done by then."""
        self.api("POST", "test/clock", {"now": now})
        self.settled()

    def settled(self) -> None:
        """Wait until nothing is left to do at this moment."""
        self._wait(self._idle, "the worker does not come to rest")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(query, values).fetchall()

    def _idle(self) -> bool:
        (left,) = self.rows(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + (SELECT count(*) FROM knock)"
            " + (SELECT count(*) FROM enrollment, virtual_clock c WHERE due_at <= c.now)"
            " + (SELECT count(*) FROM outbox, virtual_clock c WHERE outbox.state IN ('pending', 'sending')"
            "    AND not_before <= c.now)"
            " + (SELECT count(*) FROM import WHERE state IN ('waiting', 'running'))"
        )
        return bool(left[0] == 0)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _spawn(self, name: str, command: list[str]) -> None:
        self.processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=self.log, stderr=subprocess.STDOUT
        )

    def _wait(self, done: Any, complaint: str) -> None:
        patience = time.monotonic() + LONGEST_SECS
        while time.monotonic() < patience:
            if done():
                return
            time.sleep(0.1)
        self.log.flush()
        raise AssertionError(f"{complaint}: {Path(self.log.name).read_text(errors='replace')[-3000:]}")
