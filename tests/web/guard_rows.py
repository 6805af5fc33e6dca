"""A guard that has tripped at a step."""

from __future__ import annotations

from datetime import datetime

from store.database import db
from store.tables_guards import Guard, GuardTrip

GUARD = {"measure": "deletion", "per": "step", "percent": 3, "minimum": 50, "action": "pause"}
WHOLE = {"within_hours": 24, "over_hours": 72, "factor": 0.25} | GUARD


def furnish_guards(here: int, journey_id: int, now: datetime) -> dict[str, int]:
    """The ids of a guard and of its trip, by the names that path parameters bear."""
    guard = Guard(
        workspace_id=here,
        name="删好友",
        rule=dict(WHOLE),
        state="on",
        since=now,
        updated_at=now,
        updated_by="test",
    )
    db.session.add(guard)
    db.session.flush()
    trip = GuardTrip(
        workspace_id=here, guard_id=guard.id, per="step", subject=f"{journey_id}:pause", rule=dict(WHOLE),
        action="pause", at=now, touches=100, hits=4, interval_secs=0.0, woken=False,
    )  # fmt: skip
    db.session.add(trip)
    db.session.flush()
    return {"guard_id": guard.id, "trip_id": trip.id}
