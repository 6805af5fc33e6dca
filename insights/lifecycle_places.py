"""In which stages of journeys the people of a lifecycle stand now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience.tables_tiers import TierStanding
from journeys.position import ENDED, HOLDOUT
from journeys.tables import Enrollment


def places(session: Session, workspace_id: int, dimension_id: int) -> Sequence[Any]:
    """(level, journey_id, version_id, stage, people) of everybody who is inside a journey."""
    query = (
        select(
            TierStanding.level,
            Enrollment.journey_id,
            Enrollment.version_id,
            Enrollment.stage,
            func.count().label("people"),
        )
        .join(TierStanding, TierStanding.contact_id == Enrollment.subject_id)
        .where(
            Enrollment.workspace_id == workspace_id,
            Enrollment.status.not_in((ENDED, HOLDOUT)),
            Enrollment.stage.is_not(None),
            TierStanding.dimension_id == dimension_id,
            TierStanding.level.is_not(None),
        )
        .group_by(TierStanding.level, Enrollment.journey_id, Enrollment.version_id, Enrollment.stage)
    )
    return session.execute(query).all()
