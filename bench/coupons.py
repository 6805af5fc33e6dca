"""coupons: issues a second by four workers from one pool, through two journeys; on PostgreSQL.

Everybody of a crowd walks through a coupon step; the pool has codes for four in five. `exact` is 1 if the pool gave
exactly what it had and no code twice.
"""

from __future__ import annotations

import multiprocessing
import time
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from audience import coupon_codes
from audience.tables_rewards import CouponPool
from bench.postgres import fresh, server
from journeys import drafts, versions
from journeys.tables import Draft
from runtime.database import Database
from runtime.intake import Intake
from runtime.routes import Routes
from runtime.worker import Worker
from store.database import engine_options
from store.inbox import NewSignal, put
from store.migrate import upgrade
from store.workspaces import create_workspace

PEOPLE, QUICK_PEOPLE, WORKERS = 40_000, 8_000, 4
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CROWD = text("""INSERT INTO contact (workspace_id, external_id, name, attributes, tags, created_at, updated_at)
SELECT :workspace, 'c' || n, 'c' || n, '{}', '[]', :now, :now FROM generate_series(1, :people) AS n RETURNING id""")


def run(quick: bool) -> dict[str, Any]:
    """Figures: coupons issued a second, how many left by `empty`, and whether each code was given once."""
    people = QUICK_PEOPLE if quick else PEOPLE
    codes = people * 4 // 5
    with server() as url:
        here = fresh(url, "bench_coupons")
        upgrade(here)
        _furnish(here, people, codes)
        database = Database(here)
        intake = Intake(database, Routes(), lambda _: NOW)
        while intake.run():
            pass
        database.close()
        took = _together(here)
        database = Database(here)
        with database.reading() as tx:
            issued, different = tx.session.execute(
                text("SELECT count(*), count(DISTINCT code) FROM coupon_issue")
            ).one()
            empty = tx.session.execute(
                text("SELECT count(*) FROM enrollment WHERE result = 'lost'")
            ).scalar_one()
        database.close()
    return {
        "people": people,
        "codes": codes,
        "workers": WORKERS,
        "issued": issued,
        "left_empty": empty,
        "exact": int(issued == different == codes and empty == people - codes),
        "issues_per_second": round(issued / took),
    }


def _furnish(url: str, people: int, codes: int) -> None:
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        workspace = create_workspace(session, "花间", "huajian", NOW)
        session.flush()
        ids = list(
            session.execute(CROWD, {"workspace": workspace.id, "people": people, "now": NOW}).scalars()
        )
        pool = CouponPool(
            workspace_id=workspace.id, key="welcome", name="新人券", kind="uploaded", form={}, per_person=1,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(pool)
        session.flush()
        coupon_codes.add(session, pool, [f"C{n:07d}" for n in range(codes)])
        for key in ("first", "second"):
            made = drafts.create(session, workspace.id, key, _drawn(), now=NOW, actor="bench", key=key)
            session.flush()
            revision = session.query(Draft.revision).filter(Draft.journey_id == made.id).scalar()
            versions.publish(session, made, revision, lambda _: [], now=NOW, actor="bench")
        session.flush()
        put(
            session,
            [
                NewSignal(workspace.id, "enroll", "first" if n % 2 else "second", NOW, {}, contact_id=number)
                for n, number in enumerate(ids)
            ],
            NOW,
        )
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
    engine.dispose()


def _drawn() -> dict[str, Any]:
    return {
        "format": 1,
        "subject": "contact",
        "entries": [{"id": "in", "on": {"type": "hand"}, "to": "s"}],
        "stages": [{"id": "s", "initial": "coupon"}],
        "steps": [{"id": "coupon", "stage": "s", "kind": "coupon", "config": {"pool": "welcome"}}],
        "arrows": [
            {"id": "a", "from": "coupon", "exit": "issued", "to": "given"},
            {"id": "b", "from": "coupon", "exit": "empty", "to": "none"},
        ],
        "ends": [{"id": "given", "result": "converted"}, {"id": "none", "result": "lost"}],
        "settings": {"timezone": "Asia/Shanghai"},
    }


def _together(url: str) -> float:
    """Let the workers begin at one moment; seconds until the last of them has nothing left to do."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(WORKERS + 1)
    workers = [context.Process(target=_work, args=(url, ready)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    ready.wait(60)
    begun = time.perf_counter()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - begun
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a worker of the benchmark failed")
    return took


def _work(url: str, ready: Barrier) -> None:
    database = Database(url)
    worker = Worker(database, now=lambda _: NOW)
    ready.wait(60)
    worker.run_until_idle()
    database.close()
