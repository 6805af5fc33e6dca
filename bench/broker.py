"""A RabbitMQ of a run's own: its own port, node name, cookie and folder; gone when the run is."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
STARTS_SECS = 40


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class NoBroker(RuntimeError):
    """RabbitMQ is not here, or not ours to start: as root on Debian, apt-get install rabbitmq-server."""


class Rabbit:
    """One broker; `prefix` is put before its command, for a host of its own."""

    def __init__(self, address: str = "127.0.0.1", prefix: Sequence[str] = ()) -> None:
        if not PROGRAM.exists() or os.geteuid() != 0:
            raise NoBroker(NoBroker.__doc__)
        self.address, self.prefix = address, list(prefix)
        self.folder = Path(tempfile.mkdtemp(prefix="roadbook-mq-"))
        self.port, self.far, self.mapper = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.address}:{self.port}//"

    def start(self) -> Rabbit:
        """Start it and wait until it answers."""
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                [*self.prefix, str(PROGRAM)], env={**os.environ, **self._environment()}, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + STARTS_SECS
        while time.monotonic() < deadline:
            if "started TCP listener" in self.log():
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"RabbitMQ did not start: {self.log()[-2000:]}")

    def log(self) -> str:
        return "".join(p.read_text(errors="replace") for p in self.folder.glob("*.log"))

    def kill(self) -> None:
        """As if its machine had lost power."""
        if self.process is not None:
            for number in self._family():
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.wait(10)
            self.process = None

    def empty(self) -> None:
        """Forget everything it ever kept."""
        assert self.process is None, "kill it first"
        shutil.rmtree(self.folder / "mnesia", ignore_errors=True)
        for path in self.folder.glob("*.log"):
            path.unlink()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _family(self) -> list[int]:
        """Its processes: those that carry our folder in their environment, the port mapper among them."""
        found = []
        wanted = f"RABBITMQ_LOG_BASE={self.folder}".encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in path.read_bytes().split(b"\0"):
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def _environment(self) -> dict[str, str]:
        config = self.folder / "rabbitmq.conf"
        config.write_text(
            f"listeners.tcp.default = {self.address}:{self.port}\nloopback_users = none\nheartbeat = 10\n"
        )
        return {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"roadbook{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self.far),
            "ERL_EPMD_PORT": str(self.mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONFIG_FILE": str(config.with_suffix("")),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }
