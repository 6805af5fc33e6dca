"""The facts of many contacts as the kernel wants them."""

from __future__ import annotations

from collections.abc import Iterable

from audience import facts as audience_facts
from audience.facts import ContactFacts, Wanted
from journeys.position import Facts
from rules.zones import known_zone
from runtime.database import Transaction


def load(tx: Transaction, workspace_id: int, contact_ids: Iterable[int], reads: Wanted) -> dict[int, Facts]:
    """The facts of these contacts by id, no more of them than `reads`; who does not exist has none."""
    found = audience_facts.load(tx.session, workspace_id, contact_ids, reads)
    return {number: _facts(number, known) for number, known in found.items()}


def _facts(number: int, known: ContactFacts) -> Facts:
    # A zone that nobody knows leaves the journey's own in force.
    zone = known_zone(known.zone) if known.zone else None
    return Facts(str(number), known.attributes, known.tags, zone, known.history)
