"""Several hosts on one machine: network namespaces, each joined by a cable of its own to a switch that may lose packets."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.needs import need

ROOT = Path(__file__).resolve().parents[2]
#: The third number of every address; two runs on one machine take two.
NET = 20 + os.getpid() % 200


def ip(*words: str, check: bool = True) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Host:
    """A machine: a name, an address, and what runs on it."""

    def __init__(self, net: Net, name: str, number: int) -> None:
        self.net, self.name = net, name
        self.space = f"rb{os.getpid()}-{name}"
        self.address = f"10.{NET}.{number}.2"
        self.processes: list[subprocess.Popen[bytes]] = []
        cable, plug = f"c{number}-{os.getpid() % 100000}", f"p{number}-{os.getpid() % 100000}"
        ip("netns", "add", self.space)
        ip("link", "add", cable, "type", "veth", "peer", "name", plug)
        ip("link", "set", cable, "netns", self.space)
        ip("link", "set", plug, "netns", net.space)
        ip("-n", self.space, "addr", "add", f"{self.address}/24", "dev", cable)
        ip("-n", net.space, "addr", "add", f"10.{NET}.{number}.1/24", "dev", plug)
        for space, device in ((self.space, cable), (self.space, "lo"), (net.space, plug)):
            ip("-n", space, "link", "set", device, "up")
        ip("-n", self.space, "route", "add", "default", "via", f"10.{NET}.{number}.1")

    @property
    def prefix(self) -> list[str]:
        """What to put before a command to let it run here."""
        return ["ip", "netns", "exec", self.space]

    def run(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, log: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a command on this host."""
        with (log or Path(os.devnull)).open("ab") as out:
            process = subprocess.Popen(
                [*self.prefix, *command], cwd=ROOT, env={**os.environ, **(env or {})}, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self) -> None:
        """Pull the plug: everything on it is gone at once."""
        for process in self.processes:
            _end(process, signal.SIGKILL)
        self.processes.clear()

    def cut_off_from(self, other: Host) -> None:
        """Lose every packet between the two, without a word to either."""
        self._rules("add", other)

    def join_again(self, other: Host) -> None:
        self._rules("del", other)

    def _rules(self, act: str, other: Host) -> None:
        for here, there in ((self, other), (other, self)):
            ip("-n", self.net.space, "rule", act, "from", here.address, "to", there.address, "blackhole")


class Net:
    """The switch and the hosts; gone at the end, whatever happened."""

    def __init__(self, *names: str) -> None:
        need(
            "root", os.geteuid() == 0, "hosts of their own need network namespaces, which only root may make"
        )
        need("ip", shutil.which("ip"), "as root on Debian: apt-get install iproute2")
        self.space = f"rb{os.getpid()}-net"
        self.hosts: dict[str, Host] = {}
        ip("netns", "add", self.space)
        try:
            subprocess.run(
                ["ip", "netns", "exec", self.space, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=True
            )
            for number, name in enumerate(names, 1):
                self.hosts[name] = Host(self, name, number)
        except BaseException:
            self.close()
            raise

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def close(self) -> None:
        for host in self.hosts.values():
            host.kill()
        for space in [*(host.space for host in self.hosts.values()), self.space]:
            ip("netns", "del", space, check=False)


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # it has ended by itself
    process.wait(20)
