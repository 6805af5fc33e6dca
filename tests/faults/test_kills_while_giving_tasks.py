"""Workers are killed while they give and assign tasks: each entry of a step has exactly one, each result one signal."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from journeys.tables import Trail
from store import clock
from tests.databases import Databases
from tests.faults import children
from tests.runtime.test_tasks import drawing
from tests.runtime.world import World

pytestmark = pytest.mark.faults

PEOPLE = 60


@pytest.mark.parametrize("point", ["task.before_commit", "task.mid_batch", "counter.before_commit"])
def test_each_entry_of_a_step_has_one_task(point: str, databases: Databases, tmp_path: Path) -> None:
    world = World(databases.fresh())
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        made = {"workspace_id": world.workspace, "team": "顾问", "active": True, "created_at": now}
        tx.session.add_all(Staff(key=key, name=key, **made) for key in ("amy", "ben", "cho"))
    world.publish(drawing(assign="load", remind="PT1H", reminds=2))
    for n in range(PEOPLE):
        world.person(f"p{n}")
        world.signal("enroll", "main", f"p{n}")
    kills = 0
    for nth in (1, 1, 2, None):
        fault = None if nth is None else (point, "kill", nth, 0.0)
        process = children.start(world.database.url, world.workspace, str(tmp_path / "log"), fault)
        process.join(90)
        kills += process.exitcode != 0
    assert kills >= 2, f"{point} killed nobody"
    entries = world.rows(select(Trail.enrollment_id, Trail.seq).where(Trail.op == "task"))
    tasks = world.rows(select(StaffTask.enrollment_id, StaffTask.seq))
    assert sorted(entries) == sorted(tasks) and len(tasks) == PEOPLE
    held = world.rows(select(func.count()).where(StaffTask.state == "assigned").group_by(StaffTask.staff_id))
    assert sorted(count for (count,) in held) == [20, 20, 20]
    acts = [line["act"] for (history,) in world.rows(select(StaffTask.history)) for line in history]
    assert acts.count("given") == acts.count("assigned") == PEOPLE
    world.close()
