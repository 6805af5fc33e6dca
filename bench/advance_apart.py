"""advance-apart: as `advance`, but everybody entered at a moment of his own, so that nobody stands exactly alike."""

from __future__ import annotations

from typing import Any

from bench.postgres import fresh, server
from bench.race import race

PEOPLE, QUICK_PEOPLE = 100_000, 12_000
BATCH = 2_000


def run(quick: bool) -> dict[str, Any]:
    """Figures as `advance` gives them; the engine reckons each person's times, the hand-written SQL adds intervals."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with server() as url:
        urls = [fresh(url, f"bench_apart_{name}") for name in ("engine", "hand", "hand_two")]
        return race(urls, people, BATCH, apart=True)
