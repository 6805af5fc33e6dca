"""Guards that have tripped, released: by a person, or by the guard itself when all is well again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from store import audit
from store.tables_guards import GuardTrip


def let_go(session: Session, trip: GuardTrip, by: str, note: str, now: datetime) -> None:
    """Release what a guard holds; the worker brings its messages back, spread over a while. Not committed."""
    trip.until, trip.released_by, trip.note = max(now, trip.at), by[:120], note[:500]
    told = {"subject": trip.subject, "note": trip.note}
    audit.record(session, trip.workspace_id, by, "guard.released", f"trip:{trip.id}", told, now)
    session.flush()
