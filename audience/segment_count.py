"""How many contacts a rule holds for, while somebody is still writing it: soon, and honestly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audience.rule_tables import RuleTables
from audience.tables import Contact
from rules.conditions import Rule
from rules.sql import where
from rules.zones import zone_of
from store.tables import Workspace


@dataclass(slots=True, frozen=True)
class Count:
    """How many there are; `exact` false means that it was worked out from the first `sampled` contacts drawn."""

    count: int
    exact: bool
    took_ms: float
    sampled: int | None = None


def count(session: Session, workspace_id: int, rule: Rule, now: datetime) -> Count:
    """Count the contacts of a workspace for whom the rule holds; writes nothing.

    Raises rules.sql.NotForContacts for a rule about what only somebody in a journey has.
    """
    begun = time.perf_counter()
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id)))
    zones = session.scalars(
        select(Contact.timezone)
        .where(Contact.workspace_id == workspace_id, Contact.timezone.is_not(None))
        .distinct()
    )
    holds = where(rule, RuleTables, now, zone, zones=[name for name in zones if name])
    found = session.scalar(
        select(func.count()).select_from(Contact).where(Contact.workspace_id == workspace_id, holds)
    )
    return Count(int(found or 0), True, (time.perf_counter() - begun) * 1000)
