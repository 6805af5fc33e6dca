"""Run every test there is, from nothing: environment, programs, studio, then pytest, which closes the run.

python3 scripts/test.py [arguments for pytest]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import environment
import studio
from environment import PYTHON, ROOT, quietly, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: What brings each program that tests use, on Debian.
DEBIAN = {
    "chromium": ("chromium", "fonts-noto-cjk"),
    "rabbitmq-server": ("rabbitmq-server",),
    "redis-server": ("redis-server",),
    "pgbouncer": ("pgbouncer",),
    "ip": ("iproute2",),
    "systemd-analyze": ("systemd",),
}


SHARED = Path("/dev/shm")
#: What tests leave lying about at their worst, and what they and their browsers need themselves, bytes.
FOR_FILES, FOR_PROGRAMS = 6 << 30, 6 << 30
#: Everything, on two cores, and what took longest.
ALL = ["-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "25"]


def main(arguments: list[str]) -> int:
    environment.ensure("requirements-dev.txt")
    programs()
    sound = tools() if not arguments else True
    with tempfile.TemporaryDirectory(prefix="roadbook-tests-", dir=in_memory()) as folder:
        env = {"ROADBOOK_HYPOTHESIS": "ci", **os.environ, "TMPDIR": folder}
        tests = subprocess.run([PYTHON, "-m", "pytest", *(arguments or ALL)], cwd=ROOT, env=env)
    if not sound:
        print("The studio's own checks failed: see above pytest's output.", file=sys.stderr)
    return tests.returncode or (0 if sound else 1)


def in_memory() -> str | None:
    """Where files live in memory, if there is enough of both: a thousand databases are made and thrown away."""
    with suppress(OSError, StopIteration):
        free = shutil.disk_usage(SHARED).free
        meminfo = Path("/proc/meminfo").read_text().splitlines()
        available = next(int(line.split()[1]) * 1024 for line in meminfo if line.startswith("MemAvailable"))
        if "TMPDIR" not in os.environ and min(free, available - FOR_PROGRAMS) > FOR_FILES:
            return str(SHARED)
    return None


def tools() -> bool:
    """Build the studio and run its tests; True when both are well."""
    try:
        studio.build()
        studio.install(studio.node())
    except SystemExit:
        return False
    say("the studio's tests")
    return studio.node().run("run", "test")


def programs() -> None:
    """As root on Debian, install the programs that tests use, such as the browser and the brokers; elsewhere use what is there."""
    missing = [package for name, packages in DEBIAN.items() if not _here(name) for package in packages]
    if not missing or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if not Path("/etc/debian_version").is_file():
        return
    say(f"installing {', '.join(missing)} for the tests")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Tests start their own; nothing is to run by itself afterwards.
    env["RUNLEVEL"] = "1"
    if quietly(["apt-get", "update", "-qq"], env):
        quietly(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env)


def _here(name: str) -> bool:
    names = BROWSERS if name == "chromium" else (name,)
    return any(shutil.which(one) or Path("/usr/sbin", one).exists() for one in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
