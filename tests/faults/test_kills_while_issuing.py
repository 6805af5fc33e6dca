"""Workers that issue coupons are killed: the pool gives exactly what it has, no code twice, nobody twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from audience.tables_rewards import CouponCode, CouponIssue
from journeys.tables import Enrollment
from tests.databases import Databases
from tests.faults import children
from tests.runtime.test_coupons import gives, pool, text
from tests.runtime.world import World

pytestmark = pytest.mark.faults

PEOPLE, CODES = 400, 150


def test_two_journeys_and_four_workers_give_exactly_what_there_is(
    databases: Databases, tmp_path: Path
) -> None:
    world = World(databases.fresh())
    pool(world, codes=CODES, per_person=1)
    text(world)
    for key in ("main", "second"):
        world.publish(gives(), key=key)
    for n in range(PEOPLE):
        world.person(f"p{n}")
        world.signal("enroll", "main" if n % 2 else "second", f"p{n}")
    log, kills = str(tmp_path / "log"), 0
    for point in ("timer.before_insert",) * 3:
        processes = [
            children.start(world.database.url, world.workspace, log, (point, "kill", 1, 0.0))
            for _ in range(2)
        ]
        for process in processes:
            process.join(60)
            kills += process.exitcode != 0
    assert kills >= 3
    workers = [children.start(world.database.url, world.workspace, log) for _ in range(4)]
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    issued = world.rows(
        select(
            func.count(),
            func.count(CouponIssue.code.distinct()),
            func.count(CouponIssue.contact_id.distinct()),
        )
    )
    assert issued == [(CODES, CODES, CODES)]
    taken = world.rows(select(func.count()).where(CouponCode.state == "taken"))
    assert taken == [(CODES,)]
    results = dict(world.rows(select(Enrollment.result, func.count()).group_by(Enrollment.result)))
    assert results == {"converted": CODES, "lost": PEOPLE - CODES}
    world.close()
