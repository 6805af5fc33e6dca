"""advance-sqlite: the same as `advance` on SQLite, with the durability that the product runs with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bench.race import race

PEOPLE, QUICK_PEOPLE = 200_000, 20_000
BATCH = 2_000


def run(quick: bool) -> dict[str, Any]:
    """Figures: ratio to the hand-written SQL, moves per second of both, CPU of the process for each move."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with tempfile.TemporaryDirectory(prefix="roadbook-bench-") as folder:
        urls = [f"sqlite:///{Path(folder, name)}.db" for name in ("engine", "hand")]
        return race(urls, people, BATCH)
