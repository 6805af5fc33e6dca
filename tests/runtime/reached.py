"""Worlds in which people may be reached only so often."""

from __future__ import annotations

from typing import Any

from store import clock
from store.tables_reach import ReachPolicy
from tests.runtime.charts import exits, journey, step, wait
from tests.runtime.world import World


def allow(world: World, **policies: Any) -> None:
    """Set the policies of the workspace, as the API does."""
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        row = tx.session.get(ReachPolicy, world.workspace)
        if row is None:
            row = ReachPolicy(workspace_id=world.workspace, revision=0)
            tx.session.add(row)
        row.policies, row.revision = policies, row.revision + 1
        row.changed_at, row.changed_by = now, "test"


def says(*carriers: str, event: str = "joined", pause: str | None = None) -> dict[str, Any]:
    """A journey that says something by each of these carriers in turn, with a pause between if there is one."""
    steps, arrows = [], []
    before = None
    for n, carrier in enumerate(carriers):
        name = f"say{n}"
        steps.append(step(name, "s", "send", carrier=carrier, content=f"text{n}"))
        if before and pause:
            steps.append(wait(f"wait{n}", "s", **{"for": pause}))
            arrows += [
                exits(f"b{n}", before, "sent", f"wait{n}"),
                exits(f"c{n}", f"wait{n}", "next", name),
            ]
        elif before:
            arrows.append(exits(f"a{n}", before, "sent", name))
        before = name
    arrows.append(exits("last", str(before), "sent", "won"))
    return journey(
        stages=[{"id": "s", "initial": "say0"}],
        steps=steps,
        arrows=arrows,
        entries=[{"id": "in-1", "on": {"type": "event", "name": event}, "to": "s"}],
    )
