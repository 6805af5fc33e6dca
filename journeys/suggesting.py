"""Where those who stand at a removed place had better go: on along the old drawing, to what still exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeys.definition import ANY
from journeys.kinds.registry import all_kinds
from journeys.naming import Drawing

#: Which arrow of a stage is the way on, the best first.
ONWARD = ("done", "after", "at")


def suggest_targets(old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> str | None:
    """The target for those at `place`, a step or a stage of `old`: a step, stage or end of `new`.

    What still exists stands for itself. A removed step leads where its first exit led, a stage where its `done`
    arrow did, else its first alarm, else its first arrow; None if that leads to nothing that is still there. A step
    that finished a stage which is still there has no suggestion: to enter that stage anew would do it all again.
    """
    return Suggestions(old, new).of(place)


class Suggestions:
    """Suggestions for many places of the same two drawings."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self.old = Drawing(old)
        made = Drawing(new)
        self.there = {id_ for key in ("stages", "steps", "ends") for id_ in made.parts[key]}

    def of(self, place: str) -> str | None:
        """The target for those at `place`."""
        seen: set[str] = set()
        at: str | None = place
        while at is not None and at not in seen:
            if at in self.there:
                return at
            seen.add(at)
            at = self._after_step(at) if at in self.old.parts["steps"] else self._after_stage(at)
        return None

    def _after_step(self, step_id: str) -> str | None:
        step = self.old.parts["steps"][step_id]
        ways = self.old.by_exit.get(step_id, {})
        first = _first_exit(step)
        if first in ways:
            return str(ways[first]["to"])
        stage = str(step.get("stage"))
        following = self._done(stage)
        if following is not None or stage in self.there:
            return following
        return stage

    def _after_stage(self, stage: str) -> str | None:
        arrows = self._leaving(stage)
        for wanted in ONWARD:
            for arrow in arrows:
                if arrow["on"].get("type") == wanted:
                    return str(arrow["to"])
        return str(arrows[0]["to"]) if arrows else None

    def _done(self, stage: str) -> str | None:
        return next((str(a["to"]) for a in self._leaving(stage) if a["on"].get("type") == "done"), None)

    def _leaving(self, stage: str) -> list[Mapping[str, Any]]:
        """The arrows of a stage that lead elsewhere, its own before those of any stage."""
        inside = {id_ for id_, step in self.old.parts["steps"].items() if step.get("stage") == stage}
        away = [
            arrow
            for arrow in self.old.parts["arrows"].values()
            if arrow.get("on") is not None and arrow["to"] != stage and arrow["to"] not in inside
        ]
        own = [a for a in away if a["from"] == stage or (isinstance(a["from"], list) and stage in a["from"])]
        stars = [a for a in away if a["from"] == ANY and stage not in (a.get("not_from") or ())]
        return own or [a for a in stars if a["on"].get("type") in ONWARD]


def _first_exit(step: Mapping[str, Any]) -> str:
    kind = all_kinds().get(str(step.get("kind")))
    exits = kind.exits_of(step.get("config") or {}) if kind else ()
    return exits[0] if exits else ""
