"""A PostgreSQL server that a test may break, and a link to it that can fall silent."""

from __future__ import annotations

import os
import pwd
import selectors
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.postgres import fresh, programs, server
from store.migrate import upgrade
from tests.needs import need

STARTS_SECS = 60.0


class Breakable:
    """A server with nobody else on it: `crash` it, `start` it again, or do both."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.process: subprocess.Popen[bytes] | None = None
        with psycopg.connect(url) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        self.folder = Path(folder)

    @property
    def programs(self) -> Path:
        """The folder of pg_dump and its like, of the server's own version."""
        return programs(self.folder)

    def database(self, name: str = "shaken", *, tables: bool = True) -> str:
        """A fresh database, with the product's tables unless they are to be restored; returns its address."""
        made = fresh(self.url, name)
        if tables:
            upgrade(made)
        return made

    def crash(self) -> None:
        """What `pg_ctl stop -m immediate` does: no checkpoint, no good-bye; returns when it is gone."""
        pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        _until(lambda: _gone(pid))
        if self.process is not None:
            self.process.wait(10)

    def start(self) -> None:
        """Start with the command line it had before; returns when it answers."""
        command = shlex.split((self.folder / "postmaster.opts").read_text())
        owner = pwd.getpwuid(self.folder.stat().st_uid)
        as_owner = {} if os.geteuid() else {"user": owner.pw_uid, "group": owner.pw_gid}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **as_owner,  # type: ignore[call-overload]
            )  # fmt: skip
        _until(self.answers)

    def restart(self) -> None:
        self.crash()
        self.start()

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def end(self) -> None:
        """Leave nothing running that the maker of the server does not know."""
        if (self.folder / "postmaster.pid").exists():
            self.crash()


@contextmanager
def breakable(settings: Mapping[str, str] | None = None) -> Iterator[Breakable]:
    """A server of the test's own, gone at the end."""
    need(
        "a PostgreSQL that may be broken",
        "ROADBOOK_TEST_POSTGRES_URL" not in os.environ,
        "the server of ROADBOOK_TEST_POSTGRES_URL is not ours to crash; unset it",
    )
    with server(settings or {"max_wal_size": "1GB"}) as url:
        made = Breakable(url)
        try:
            yield made
        finally:
            made.end()


class Link:
    """A TCP port that passes everything on to a server, until it is told to swallow it."""

    def __init__(self, url: str) -> None:
        self.url, self.silent = url, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._sockets: list[socket.socket] = []
        self._closing = False
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def address(self, url: str) -> str:
        """The same database, by way of this port."""
        name = urlsplit(url).path.lstrip("/")
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def close(self) -> None:
        self._closing = True
        self._thread.join(5)
        for one in (*self._sockets, self._listening):
            one.close()

    def _pass_on(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(0.05):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one is self._listening:
                    self._accept()
                elif self.silent.is_set():
                    self._selector.unregister(one)  # stays open: nobody is told anything
                else:
                    self._copy(one, key.data)

    def _accept(self) -> None:
        near, _ = self._listening.accept()
        self._sockets.append(near)
        if self.silent.is_set():
            return
        far = self._server()
        self._sockets.append(far)
        self._selector.register(near, selectors.EVENT_READ, far)
        self._selector.register(far, selectors.EVENT_READ, near)

    def _server(self) -> socket.socket:
        parts = urlsplit(self.url)
        folder = parse_qs(parts.query).get("host", [""])[0]
        if not folder:
            return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432))
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        return made

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        try:
            data = one.recv(65536)
            if data:
                other.sendall(data)
                return
        except OSError:
            data = b""
        for end in (one, other):
            if end in [key.fileobj for key in self._selector.get_map().values()]:
                self._selector.unregister(end)
            end.close()


def _until(happened: object, secs: float = STARTS_SECS) -> None:
    deadline = time.monotonic() + secs
    while not happened():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise AssertionError("The server did not do as it was told in time.")
        time.sleep(0.05)


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
