"""A dimension with somebody in it, an override, and a run of RFM."""

from __future__ import annotations

from datetime import datetime, timedelta

from audience.tables_rfm import RfmPlan, RfmRun, RfmScore
from audience.tables_tiers import TierDimension, TierOverride, TierStanding
from store.database import db

RULE = {"combinator": "and", "rules": [{"field": "tags", "operator": "has", "value": "vip"}]}
LEVELS = [
    {"key": "high", "name": "高", "rule": RULE, "words": "", "benefits": [], "color": ""},
    {"key": "low", "name": "低", "rule": None, "words": "", "benefits": [], "color": ""},
]


def tiers_of(here: int, contact_id: int, now: datetime) -> tuple[str, int, int]:
    """The key of a dimension, the id of an open override of the contact, and that of a run."""
    dimension = TierDimension(
        workspace_id=here, key=f"touch_{here}", name="互动频次", levels=LEVELS, created_at=now, updated_at=now,
        ready_at=now,
    )  # fmt: skip
    db.session.add(dimension)
    db.session.flush()
    override = TierOverride(
        workspace_id=here, dimension_id=dimension.id, contact_id=contact_id, level="low", begun_at=now,
        until=now + timedelta(days=3650),
    )  # fmt: skip
    run = RfmRun(
        workspace_id=here, label="2026-02", as_of=now, event="order_paid", window_days=365, state="done",
        phase="apply", created_at=now, finished_at=now,
    )  # fmt: skip
    plan = RfmPlan(workspace_id=here, event="order_paid", updated_at=now)
    db.session.add_all([override, run, plan])
    db.session.flush()
    standing = TierStanding(
        dimension_id=dimension.id, contact_id=contact_id, workspace_id=here, level="low", natural="high",
        since=now, met=["high"], lost={}, override_id=override.id, due_at=override.until,
    )  # fmt: skip
    score = RfmScore(
        run_id=run.id, contact_id=contact_id, workspace_id=here, days=1, orders=1, money=1.0, r=1, f=1, m=1,
        group="general_win_back",
    )  # fmt: skip
    db.session.add_all([standing, score])
    db.session.flush()
    return dimension.key, override.id, run.id
