"""P1 and P3 for journeys of groups: wherever a worker is killed, groups go on as if it had lived, and hear nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from audience.tables_groups import GroupMember
from runtime.verify import verify
from store.subjects import of_group
from store.tables import Outbox
from tests.databases import Databases
from tests.faults.children import start
from tests.runtime.group_charts import cold_start
from tests.runtime.grouped import Grouped

pytestmark = pytest.mark.faults

POINTS = ("event.after_persist", "wait.after_register", "counter.before_commit")
GROUPS = 4


class Killed(Grouped):
    """Works by processes, each killed at one point once; what is left over is done by another."""

    point: str | None = None
    log: str = ""
    kills = 0

    def run(self) -> None:
        for fault in ((self.point, "kill", 1, 0.0), None) if self.point else (None,):
            worker = start(self.database.url, self.workspace, self.log, fault=fault)
            worker.join(60)
            self.kills += worker.exitcode not in (0, None)


def lived(url: str, log: Path, point: str | None) -> tuple[Killed, list[object]]:
    world = Killed(url)
    world.point, world.log = point, str(log)
    world.publish(cold_start())
    ids = [world.group(f"g{n}") for n in range(GROUPS)]
    world.person("lin")
    world.run()
    world.go("2026-03-04 23:00")
    for n in range(GROUPS):
        world.in_group("group_joined", f"g{n}", "lin", id=f"in-{n}")
        for check in range(n):
            world.in_group("checked_in", f"g{n}", "lin", id=f"check-{n}-{check}")
    world.run()
    world.go("2026-03-06 12:00")
    told = [[world.standing(of_group(one)), world.trail_of(of_group(one))] for one in ids]
    return world, [*told, *(world.said_in(f"g{n}") for n in range(GROUPS)), world.one("g3").tags]


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_changes_nothing_for_groups(databases: Databases, tmp_path: Path, point: str) -> None:
    calm, undisturbed = lived(databases.fresh(), tmp_path / "calm.log", None)
    calm.close()
    shaken, history = lived(databases.fresh(), tmp_path / "log", point)
    assert shaken.kills >= 2
    assert history == undisturbed
    with shaken.database.transaction() as tx:
        assert verify(tx.session) == []
    assert shaken.count(GroupMember) == GROUPS
    assert shaken.count(Outbox, Outbox.state == "delivered") == shaken.count(Outbox)
    shaken.close()
