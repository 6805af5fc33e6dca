"""Touches counted for guards, by increments: each adds to the tally of its ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from store.tables_guards import Guard, GuardTally

ON = "on"
BUCKET = timedelta(minutes=10)
#: The workspaces that have guards.
GUARDED = select(Guard.workspace_id).where(Guard.state == ON).distinct()


def bucket_of(at: datetime) -> datetime:
    """The ten minutes in which a time lies."""
    return datetime.fromtimestamp(at.timestamp() // BUCKET.total_seconds() * BUCKET.total_seconds(), UTC)


def subjects_of(journey_id: int | None, step: str, material: str, staff: str | None) -> list[tuple[str, str]]:
    """For what a touch counts: its step, its material, and the member of staff in whose name it went."""
    found = [("step", f"{journey_id}:{step}")] if journey_id is not None else []
    if material:
        found.append(("material", material))
    return [*found, ("staff", staff)] if staff else found


def add(session: Session, counts: Mapping[tuple[int, str, str, bool], int], at: datetime) -> None:
    """Add touches, as (workspace, per, subject, whether they failed), to the ten minutes of `at`. No commit."""
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for (workspace_id, per, subject, failed), number in counts.items():
        row = rows.setdefault(
            (workspace_id, per, subject),
            {"workspace_id": workspace_id, "per": per, "subject": subject, "bucket": bucket_of(at)}
            | {"touches": 0, "failed": 0},
        )
        row["failed" if failed else "touches"] += number
    if not rows:
        return
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_pg
    asked = insert(GuardTally).values([rows[key] for key in sorted(rows)])
    session.execute(
        asked.on_conflict_do_update(
            index_elements=["workspace_id", "per", "subject", "bucket"],
            set_={
                "touches": GuardTally.touches + asked.excluded.touches,
                "failed": GuardTally.failed + asked.excluded.failed,
            },
        )
    )
