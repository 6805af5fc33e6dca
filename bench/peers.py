"""peers: one signal of one subject, by our kernel and by two statechart libraries, on the same small chart.

Two stages that lead to each other on an event; a subject hears it again and again. What the libraries do in that time is
the move alone; ours also reads facts, leaves a trail and gives back a position that can be stored.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml
from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from bench.machine import alternated, median
from journeys.advance import advance
from journeys.plan import compile_plan
from journeys.position import Facts, Signal, fresh

START = datetime(2026, 3, 1, tzinfo=UTC)
SIGNALS, QUICK_SIGNALS = 50_000, 3_000
GO = {"type": "event", "name": "go"}
DEFINITION: dict[str, Any] = {
    "format": 1,
    "entries": [{"id": "in", "on": {"type": "hand"}, "to": "one"}],
    "stages": [{"id": "one", "stay": True}, {"id": "two", "stay": True}],
    "arrows": [
        {"id": "a", "from": "one", "on": GO, "to": "two"},
        {"id": "b", "from": "two", "on": GO, "to": "one"},
    ],
}
SISMIC = """
statechart:
  name: two stages
  root state:
    name: root
    initial: one
    states:
      - name: one
        transitions: [{target: two, event: go}]
      - name: two
        transitions: [{target: one, event: go}]
"""


def run(quick: bool) -> dict[str, Any]:
    """Figures: microseconds of CPU a signal, for our kernel and each library, and the ratios."""
    signals = QUICK_SIGNALS if quick else SIGNALS
    ways = {"ours": kernel, "transitions": machine, "sismic": interpreter}
    taken = alternated({name: (lambda way=way: way(signals)) for name, way in ways.items()}, rounds=3)
    cpu = {name: median(taken[name], lambda t: t.cpu_us) for name in ways}
    return {
        "signals": signals,
        "cpu_us": round(cpu["ours"], 1),
        "transitions_cpu_us": round(cpu["transitions"], 1),
        "sismic_cpu_us": round(cpu["sismic"], 1),
        "ratio": round(cpu["transitions"] / cpu["ours"], 2),
        "ratio_sismic": round(cpu["sismic"] / cpu["ours"], 2),
    }


def kernel(signals: int) -> int:
    """Each signal in a call of its own, as the worst case of the engine is."""
    plan = compile_plan(DEFINITION)
    facts = [Facts("1")]
    (move,) = advance(plan, [fresh("in", START)], [()], facts, START)
    for n in range(1, signals + 1):
        at = START + timedelta(seconds=n)
        (move,) = advance(plan, [move.position], [[Signal(n, "event", "go", at, at)]], facts, at)
    return move.position.visit - 1


def machine(signals: int) -> int:
    """A HierarchicalMachine of the library `transitions` with one model."""
    separator, NestedState.separator = NestedState.separator, "/"
    try:
        states = [{"name": "one", "children": ["resting"], "initial": "resting"}, "two"]
        model = HierarchicalMachine(states=states, initial="one/resting", auto_transitions=False)
        model.add_transition("go", "one", "two")
        model.add_transition("go", "two", "one")
        return sum(model.trigger("go") for _ in range(signals))
    finally:
        NestedState.separator = separator


def interpreter(signals: int) -> int:
    """The library `sismic`'s interpreter."""
    walker = Interpreter(import_from_yaml(SISMIC))
    walker.execute()
    for _ in range(signals):
        walker.queue("go")
        walker.execute_once()
    return signals
