"""How the variants of a material did: sent, delivered, answered within a day, converted; and choosing a winner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience.tables import Event
from content.tables import Material
from content.tables_materials import VariantMessage
from content.variants import Count, better, weights
from journeys.tables import GoalHit
from store import audit
from store.tables import Outbox

#: The event by which an answer comes in, and how soon it counts as one.
REPLIED, WITHIN = "replied", timedelta(hours=24)
#: The newest messages of a version that are looked at.
MOST = 100_000
#: Materials that are looked at in one round of choosing.
MOST_CHOSEN = 50


def results(session: Session, material: Material, version: int) -> list[Count]:
    """What became of the messages of one version of a material, by variant.

    A person counts once, as having answered or converted if he did so after any message of that variant.
    """
    answered = (
        select(func.min(Event.occurred_at))
        .where(
            Event.contact_id == Outbox.contact_id, Event.name == REPLIED, Event.occurred_at >= Outbox.sent_at
        )
        .correlate(Outbox)
        .scalar_subquery()
    )
    reached = (
        select(func.min(GoalHit.at))
        .where(GoalHit.enrollment_id == Outbox.enrollment_id, GoalHit.at >= Outbox.sent_at)
        .correlate(Outbox)
        .scalar_subquery()
    )
    query = (
        select(VariantMessage.variant, Outbox.contact_id, Outbox.state, Outbox.sent_at, answered, reached)
        .join(Outbox, Outbox.id == VariantMessage.outbox_id)
        .where(
            VariantMessage.workspace_id == material.workspace_id,
            VariantMessage.material_id == material.id,
            VariantMessage.version == version,
            Outbox.sent_at.is_not(None),
        )
        .order_by(VariantMessage.outbox_id.desc())
        .limit(MOST)
    )
    return _counted(session.execute(query), list(weights(material.variants)))


def choose(session: Session, now: datetime) -> int:
    """Take the winner of each comparison that is clear by now, where somebody asked for it; returns how many."""
    query = (
        select(Material)
        .where(Material.choosing.is_not(None), Material.winner == "", Material.variants.is_not(None))
        .order_by(Material.id)
        .limit(MOST_CHOSEN)
    )
    taken = 0
    for material in session.scalars(query):
        wanted = material.choosing or {}
        best = better(results(session, material, material.version), wanted["by"], wanted["sample"])
        if best is None:
            continue
        material.winner = best
        note = {"variant": best, "by": wanted["by"], "version": material.version}
        audit.record(
            session, material.workspace_id, "worker", "content.winner", f"content:{material.id}", note, now
        )
        taken += 1
    return taken


def _counted(
    rows: Iterable[tuple[str, int, str, datetime, datetime | None, datetime | None]], keys: list[str]
) -> list[Count]:
    sent: dict[str, int] = defaultdict(int)
    delivered: dict[str, int] = defaultdict(int)
    people: dict[str, set[int]] = defaultdict(set)
    replied: dict[str, set[int]] = defaultdict(set)
    converted: dict[str, set[int]] = defaultdict(set)
    for variant, contact, state, at, answered, reached in rows:
        sent[variant] += 1
        delivered[variant] += state == "delivered"
        people[variant].add(contact)
        if answered is not None and answered - at <= WITHIN:
            replied[variant].add(contact)
        if reached is not None:
            converted[variant].add(contact)
    return [
        Count(
            *(key, sent[key], delivered[key], len(replied[key]), len(converted[key])), people=len(people[key])
        )
        for key in keys
    ]
