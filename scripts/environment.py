"""The Python environment of this checkout: made when missing, refreshed when the requirements change.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
#: What each list brings with it, so that installing the larger one also settles the smaller.
LISTS = {
    "requirements.txt": ("requirements.txt",),
    "requirements-dev.txt": ("requirements-dev.txt", "requirements.txt"),
}


class Stop(SystemExit):
    """Ends the script with a sentence that says what to do."""

    def __init__(self, sentence: str) -> None:
        print(f"\n{sentence}", file=sys.stderr, flush=True)
        super().__init__(1)


def say(sentence: str) -> None:
    print(f"· {sentence}", flush=True)


def quietly(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> bool:
    """Run `command`, showing what it printed only if it fails; True when it succeeded."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace")[-4000:])
    return done.returncode == 0


def ensure(wanted: str = "requirements.txt") -> None:
    """Make `.venv` hold exactly what the list `wanted` asks for; takes no time when it does already."""
    if sys.version_info < OLDEST:
        raise Stop(
            f"Roadbook needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}."
        )
    if not _works():
        _make()
    if _stamp(wanted).is_file() and _stamp(wanted).read_text() == _digest(wanted):
        return
    say(f"installing what {wanted} asks for")
    if not _install(wanted):
        raise Stop(f"The packages of {wanted} could not be installed: see above. Is there a network?")
    for name in LISTS[wanted]:
        _stamp(name).write_text(_digest(name))


def add(package: str) -> None:
    """Install one more pinned package that only this machine needs."""
    if not _pip(["install", package]):
        raise Stop(f"{package} could not be installed: see above. Is there a network?")


def pinned(package: str) -> str:
    """Return the line of requirements-dev.txt for `package`, for example `name==1.2.3`."""
    for line in (ROOT / "requirements-dev.txt").read_text().splitlines():
        if line.split("==")[0].strip().lower() == package.lower():
            return line.strip()
    raise Stop(f"requirements-dev.txt does not name {package}.")


def _works() -> bool:
    if not PYTHON.exists():
        return False
    asked = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True)
    return asked.returncode == 0


def _make() -> None:
    say("making the Python environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if not quietly([sys.executable, "-m", "venv", VENV]):
        raise Stop("No environment could be made. On Debian and Ubuntu: apt-get install python3-venv")


def _pip(arguments: list[str]) -> bool:
    return quietly([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments], _environment())


def _install(wanted: str) -> bool:
    """Install by uv, which is some ten times faster, and by pip where uv cannot be had."""
    uv = VENV / "bin" / "uv"
    if uv.exists() or _pip(["install", "-q", "uv"]):
        arguments = ["pip", "install", "-q", "--python", PYTHON, "-r", wanted]
        asked = subprocess.run([uv, *arguments], cwd=ROOT, env=_environment(), capture_output=True)
        if asked.returncode == 0:
            return True
    return _pip(["install", "-q", "-r", wanted])


def _environment() -> dict[str, str]:
    return {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "UV_LINK_MODE": "copy"}


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    content = b"".join((ROOT / part).read_bytes() for part in LISTS[name])
    return hashlib.sha256(sys.version.encode() + content).hexdigest()
