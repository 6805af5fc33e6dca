"""Compiled plans by version: a version never changes, so what is kept here is never stale."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from journeys.plan import Plan, compile_plan
from rules import reach
from rules.reach import OPEN, Reach
from runtime.database import Transaction
from runtime.rows import JourneyRow
from store.tables_reach import ReachPolicy

#: How many plans one process keeps.
MOST_KEPT = 512


@dataclass(slots=True, frozen=True)
class Compiled:
    """A plan with what only the engine asks of its drawing."""

    plan: Plan
    #: The end to which an arrow leads.
    ends: dict[str, str]
    #: Names of events that a goal counts.
    goal_events: frozenset[str]


class Plans:
    """Hands out plans, compiling each once per version and per workspace setting that goes into it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self._reaches: dict[tuple[int, int], Reach] = {}
        self._kept: OrderedDict[tuple[int, str, tuple[str, ...], int], Compiled] = OrderedDict()

    def get(self, tx: Transaction, version_id: int, journey: JourneyRow) -> Compiled:
        """The plan of a version of `journey`."""
        name = (version_id, journey.zone, journey.quiet_hours, journey.reach_revision)
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = compiled(
                *(tx.sql.definition(tx.cursor, version_id), journey.key, journey.zone, journey.quiet_hours),
                self._reach(tx, journey),
            )
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(name)
        return found

    def _reach(self, tx: Transaction, journey: JourneyRow) -> Reach:
        name = (journey.workspace_id, journey.reach_revision)
        if not journey.reach_revision:
            return OPEN
        if name not in self._reaches:
            row = tx.session.get(ReachPolicy, journey.workspace_id)
            self._reaches = {k: r for k, r in self._reaches.items() if k[0] != journey.workspace_id}
            self._reaches[name] = reach.read(row.policies if row else None)
        return self._reaches[name]


def compiled(
    definition: dict[str, Any],
    key: str,
    zone: str = "Asia/Shanghai",
    quiet_hours: Sequence[str] = (),
    reach: Reach = OPEN,
) -> Compiled:
    """Compile a published definition."""
    plan = compile_plan(
        definition,
        journey_key=key,
        workspace_zone=zone,
        quiet_hours=tuple(quiet_hours) or None,
        reach=reach,
    )
    ends = {end["id"] for end in definition.get("ends", ())}
    goals: set[str] = set()
    return Compiled(
        plan,
        {arrow["id"]: arrow["to"] for arrow in definition.get("arrows", ()) if arrow["to"] in ends},
        frozenset(goals.union(*(goal.names for goal in plan.goals))),
    )
