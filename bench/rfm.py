"""rfm: everybody's RFM worked out and applied, in portions, with the product's own statements and one worker.

Two runs: the first, in which everybody gets a group and three scores, and one a month later, in which those move who bought
since. `run_seconds` is the first from its beginning to its end, `again_seconds` the second; `longest_ms` the longest
transaction of both.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from audience import rfm
from audience.tables_rfm import RfmPlan, RfmRun, RfmScore
from bench.crowd import NOW, crowd

PEOPLE, QUICK_PEOPLE = 1_000_000, 20_000
MONTH = timedelta(days=30)
#: One in five has bought since.
BOUGHT = """INSERT INTO event (id, workspace_id, contact_id, name, occurred_at, stored_at, properties)
SELECT 1000000000 + n, 1, n * 5, 'order_paid', :at, :at, '{"amount": 300, "sku": "p7"}'
FROM generate_series(1, CAST(:people AS bigint) / 5) AS n"""


class Unlikely(AssertionError):
    """Not everybody who bought has a score: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: seconds of each run, contacts a second, and the longest transaction."""
    people = QUICK_PEOPLE if quick else PEOPLE
    with crowd(people) as (_, engine):
        with Session(engine) as session:
            rfm.save_plan(
                session,
                1,
                event="order_paid",
                amount="amount",
                window_days=365,
                monthly=False,
                now=NOW,
                by="",
            )
            session.commit()
        first = worked_out(engine, NOW)
        with Session(engine) as session:
            session.execute(text(BOUGHT), {"at": NOW + MONTH / 2, "people": people})
            session.commit()
        again = worked_out(engine, NOW + MONTH)
        with Session(engine) as session:
            told = session.execute(text("SELECT count(*) FROM inbox")).scalar_one()
    return {
        "people": people,
        "customers": first["customers"],
        "run_seconds": round(sum(first["took"].values()), 1),
        **{f"{phase}_seconds": round(secs, 1) for phase, secs in first["took"].items()},
        "again_seconds": round(sum(again["took"].values()), 1),
        "applied_per_second": round(people / first["took"]["apply"]),
        "signals": told,
        "longest_ms": round(max(first["longest"], again["longest"]) * 1000),
    }


def worked_out(engine: Engine, now: datetime) -> dict[str, Any]:
    """Begin a run and go on until it is done: its customers, the seconds of each phase, and the longest transaction."""
    with Session(engine) as session:
        rfm.start(session, session.get_one(RfmPlan, 1), now, "")
        session.commit()
    took, longest = {"gather": 0.0, "score": 0.0, "apply": 0.0}, 0.0
    while True:
        begun = time.perf_counter()
        with Session(engine) as session:
            phase = session.scalar(select(RfmRun.phase).where(RfmRun.state == "running"))
            if phase is None:
                break
            rfm.run_some(session, now)
            session.commit()
        secs = time.perf_counter() - begun
        took[phase] += secs
        longest = max(longest, secs)
    with Session(engine) as session:
        number, customers = session.execute(
            select(RfmRun.id, RfmRun.customers).order_by(RfmRun.id.desc()).limit(1)
        ).one()
        scored = (RfmScore.run_id == number, RfmScore.group.is_not(None))
        scores = session.scalar(select(func.count()).select_from(RfmScore).where(*scored))
        if not customers or scores != customers:
            raise Unlikely(Unlikely.__doc__)
        return {"customers": customers, "took": took, "longest": longest}
