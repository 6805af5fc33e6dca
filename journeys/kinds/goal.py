"""goal: count a goal as reached."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from journeys.fields import Id
from journeys.kinds.base import Kind, Leave
from journeys.words import Shape, Words

if TYPE_CHECKING:
    from journeys.walk import Walk


class GoalSchema(Shape):
    goal = Id(required=True, metadata={"type": "goal", "title": Words("目标", "Goal")})


class GoalStep(Kind):
    """Counts its goal for this enrollment, at most once; it moves nobody by itself."""

    kind = "goal"
    title = Words("达成目标", "Goal")
    help = Words("走到这里就算达成目标。", "Coming here counts as reaching the goal.")
    group, icon = "flow", "target"
    exits = {"next": Words("继续", "Next")}
    schema = GoalSchema

    def begin(self, walk: Walk, at: datetime) -> Leave:
        walk.reach(self.config["goal"], at)
        return "next", at
