"""Run the benchmarks in an environment that has all they need.

python3 scripts/bench.py [NAME] [--quick] [--json]
"""

from __future__ import annotations

import subprocess
import sys

import environment
from environment import PYTHON, ROOT

if __name__ == "__main__":
    environment.ensure("requirements-dev.txt")
    sys.exit(subprocess.run([PYTHON, "-m", "bench", *sys.argv[1:]], cwd=ROOT).returncode)
