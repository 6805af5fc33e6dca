"""Run every linter, all of them even if the first complains, and say at the end which did."""

from __future__ import annotations

import subprocess
import sys

import environment
import studio
from environment import ROOT, VENV, say

LINTERS = {
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports"],
}
STUDIO = ("lint", "typecheck")


def main() -> int:
    environment.ensure("requirements-dev.txt")
    unhappy = []
    for name, (program, *arguments) in LINTERS.items():
        say(name)
        if subprocess.run([VENV / "bin" / program, *arguments], cwd=ROOT).returncode:
            unhappy.append(name)
    node = studio.node()
    studio.install(node)
    for name in STUDIO:
        say(f"studio: {name}")
        if not node.run("run", name):
            unhappy.append(f"studio {name}")
    print(f"Complaints from: {', '.join(unhappy)}" if unhappy else "Nothing to complain about.")
    return 1 if unhappy else 0


if __name__ == "__main__":
    sys.exit(main())
