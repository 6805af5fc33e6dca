"""Kill processes at random over a running workload, and see whether history is whole: the night profile.

python3 scripts/faults.py [--kills 2000] [--minutes 60] [--restarts N] [--stops N] [--seed N] [--json]
"""

from __future__ import annotations

import subprocess
import sys

import environment
from environment import PYTHON, ROOT

if __name__ == "__main__":
    environment.ensure("requirements-dev.txt")
    sys.exit(subprocess.run([PYTHON, "-m", "tests.faults.storm", *sys.argv[1:]], cwd=ROOT).returncode)
