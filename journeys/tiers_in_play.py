"""Overrides of tiers in a play: they hold until their day, are judged by what came since, and end by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from journeys.plan import Plan
from journeys.position import ChangeTier, Facts, Signal
from rules.conditions import Scene, parse

#: The happening by which an override of a played subject ends: {"dimension", "until"}.
FALL: Final = "\x1ffall"


@dataclass(slots=True)
class Override:
    """An override of one played subject, and the level to which it falls back."""

    deed: ChangeTier
    natural: str | None


class Overrides:
    """The overrides of all subjects of one play."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._open: dict[tuple[str, str], Override] = {}

    def begin(self, facts: Facts, deed: ChangeTier) -> dict[str, Any]:
        """Give the level, and return what the happening that ends it brings."""
        place = facts.subject, deed.dimension
        before = self._open.get(place)
        natural = before.natural if before else facts.tiers.get(deed.dimension)
        self._open[place] = Override(deed, natural)
        facts.tiers = {**facts.tiers, deed.dimension: deed.level}
        return {"dimension": deed.dimension, "until": deed.until.isoformat()}

    def end(self, facts: Facts, data: Mapping[str, Any], at: datetime, number: int) -> Signal | None:
        """Judge the override whose day has come; the change if the subject falls back."""
        place = facts.subject, data["dimension"]
        mine = self._open.get(place)
        if mine is None or mine.deed.until.isoformat() != data["until"]:
            return None  # a later one has replaced it
        del self._open[place]
        if self._worked(facts, mine, at) or mine.natural == mine.deed.level:
            return None
        others = {name: level for name, level in facts.tiers.items() if name != mine.deed.dimension}
        facts.tiers = others | ({mine.deed.dimension: mine.natural} if mine.natural else {})
        field = f"tier.{mine.deed.dimension}"
        told = {"field": field, "old": mine.deed.level, "new": mine.natural}
        return Signal(number, "changed", field, at, at, told)

    def _worked(self, facts: Facts, mine: Override, at: datetime) -> bool:
        if not mine.deed.measure:
            return False
        since = mine.deed.at
        scene = Scene(
            attributes=facts.attributes,
            tags=set(facts.tags),
            segments=facts.segments,
            tiers=facts.tiers,
            history={
                name: [(when, properties) for when, _, properties in rows if when >= since]
                for name, rows in facts.history.items()
            },
            now=at,
            zone=facts.zone or self.plan.zone,
            workdays=self.plan.workdays,
        )
        return parse(mine.deed.measure).holds(scene)
