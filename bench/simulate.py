"""simulate: people through sixty days of the beauty journey, by the engine's own function on a virtual clock.

Beside it, in the same run, the same drawing as a `transitions` HierarchicalMachine is walked from step to step:
what an off-the-shelf statechart does, without time, facts, policies or a trail. `ratio` is steps by steps.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.machine import alternated, median
from journeys.lives import invent
from journeys.plan import compile_plan
from journeys.simulate import Simulation
from journeys.statechart import OUTSIDE, Way, build
from runtime.replay import FOLDER

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 60
#: In the order in which a walker is asked, until one moves it.
TRIGGERS = ("open", "arrive", "head", "leave", "finish")
PEER_STEPS = 5_000
CONTACTS, QUICK_CONTACTS = 100_000, 2_000


class Willing:
    """A judge to whom every way is open; counts the steps left."""

    def __init__(self) -> None:
        self.steps = 0

    def asked(self, way: Way) -> bool:
        return True

    def took(self, way: Way) -> None:
        self.steps += way.trigger == "leave"


def run(quick: bool) -> dict[str, Any]:
    """Figures: contacts, days, steps, seconds (median), steps per second and their CPU, ratio to the peer."""
    contacts = QUICK_CONTACTS if quick else CONTACTS
    # The journey beside the sample: it does not change with the templates, so figures can be compared.
    definition = json.loads((FOLDER / "journey.json").read_text("utf-8"))
    plan = compile_plan(definition)
    seen: Counter[str] = Counter()

    def ours() -> int:
        lives = invent(plan, contacts, START, DAYS)
        played = Simulation(plan, lives, START)
        played.play(START + timedelta(days=DAYS))
        steps = sum(crumb.op == "step" for one in played.enrolled for crumb in one.trail)
        seen.update(runs=1, messages=sum(len(one.messages) for one in played.enrolled))
        return steps

    taken = alternated({"ours": ours, "peer": lambda: walk(definition)}, rounds=3 if quick else 1)
    per_second = median(taken["ours"], lambda t: t.per_second)
    peer = median(taken["peer"], lambda t: t.per_second)
    return {
        "contacts": contacts,
        "days": DAYS,
        "steps": taken["ours"][0].done,
        "messages": seen["messages"] // seen["runs"],
        "seconds": round(median(taken["ours"], lambda t: t.wall), 2),
        "per_second": round(per_second),
        "cpu_us": round(median(taken["ours"], lambda t: t.cpu_us), 1),
        "peer": "transitions HierarchicalMachine",
        "peer_per_second": round(peer),
        "ratio": round(per_second / peer, 2),
    }


def walk(definition: Mapping[str, Any]) -> int:
    """Walk the drawing's machine over PEER_STEPS steps, beginning anew wherever it stands still."""
    judge = Willing()
    walker = build(definition, judge)
    while judge.steps < PEER_STEPS:
        before = walker.state
        if not any(walker.trigger(name) for name in TRIGGERS) or walker.state == before:
            walker.state = OUTSIDE
    return judge.steps
