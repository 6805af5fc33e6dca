"""Run every test there is, from nothing: environment, browser, studio, then pytest, which closes the run.

python3 scripts/test.py [arguments for pytest]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import environment
import studio
from environment import PYTHON, ROOT, quietly, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN = ("chromium", "fonts-noto-cjk")


def main(arguments: list[str]) -> int:
    environment.ensure("requirements-dev.txt")
    browser()
    sound = tools() if not arguments else True
    env = {"ROADBOOK_HYPOTHESIS": "ci", **os.environ}
    tests = subprocess.run(
        [PYTHON, "-m", "pytest", *(arguments or ["-q", "-n", "2", "--dist", "loadfile"])], cwd=ROOT, env=env
    )
    if not sound:
        print("The studio's own checks failed: see above pytest's output.", file=sys.stderr)
    return tests.returncode or (0 if sound else 1)


def tools() -> bool:
    """Build the studio and run its tests; True when both are well."""
    try:
        studio.build()
        studio.install(studio.node())
    except SystemExit:
        return False
    say("the studio's tests")
    return studio.node().run("run", "test")


def browser() -> None:
    """As root on Debian, install a browser and Chinese fonts; elsewhere use what is there."""
    if any(shutil.which(name) for name in BROWSERS) or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if not Path("/etc/debian_version").is_file():
        return
    say(f"installing {' and '.join(DEBIAN)} for the browser tests")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if quietly(["apt-get", "update", "-qq"], env):
        quietly(["apt-get", "install", "-y", "-qq", *DEBIAN], env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
