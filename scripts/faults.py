"""The night profile: a storm of random kills over a running workload, then every promise in its night size.

python3 scripts/faults.py
python3 scripts/faults.py [--kills 2000] [--minutes 60] [--restarts N] [--stops N] [--seed N] [--json]: the storm alone
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import test
from environment import PYTHON, ROOT, say

#: Brokers killed and emptied, hosts cut off, full disks, silent links, jumping clocks, upgrades, kills at every point.
PROMISES = ("tests/faults", "tests/machines")
NIGHT = {"ROADBOOK_NIGHTLY": "1", "ROADBOOK_HYPOTHESIS": "nightly"}


def main(arguments: list[str]) -> int:
    environment.ensure("requirements-dev.txt")
    if not arguments:
        say("the storm: 2,000 kills, which takes about forty minutes")
    storm = subprocess.run([PYTHON, "-m", "tests.faults.storm", *arguments], cwd=ROOT).returncode
    if arguments:
        return storm
    test.programs()
    say("each promise in its night size")
    words = [PYTHON, "-m", "pytest", *PROMISES, "-n", "0", "-q", "--durations", "25"]
    promises = subprocess.run(words, cwd=ROOT, env={**os.environ, **NIGHT}).returncode
    return storm or promises


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
