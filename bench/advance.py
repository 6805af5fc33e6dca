"""advance: due enrollments moved per second on PostgreSQL, beside hand-written SQL that writes the same rows.

Entry and a send; a wait, a branch on an attribute, a send or a tag; a wait and the end: three moves a contact.
"""

from __future__ import annotations

from typing import Any

from bench.postgres import fresh, server
from bench.race import race

PEOPLE, QUICK_PEOPLE = 1_000_000, 16_000
BATCH = 2_000


def run(quick: bool) -> dict[str, Any]:
    """Figures: ratio to the hand-written SQL in one session, to two sessions, moves per second, CPU of worker and server."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with server() as url:
        return race([fresh(url, f"bench_{name}") for name in ("engine", "hand", "hand_two")], people, BATCH)
