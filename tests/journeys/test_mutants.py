"""Errors planted in the kernel are found by holding it against the oracle; without them there is nothing to find.

A mutant is one function of the kernel with a few characters changed. If its text is gone the test says so: then
the kernel was rewritten there, and the mutant has to be planted anew.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from journeys import advance, moving, plan
from journeys.kinds.wait import Wait
from tests.journeys.charts import Life, life
from tests.journeys.comparison import disagreement

SEEDS = range(500_000, 500_240)

#: What is planted: where, which function, and what is written in place of what.
MUTANTS: dict[str, tuple[Any, str, list[tuple[str, str]]]] = {
    "arrow order reversed": (
        plan, "_stage_arrows", [("(*own, *stars)", "(*reversed(own), *stars)")],
    ),
    "any stage's arrows before the stage's own": (
        plan, "_stage_arrows",
        [("(*own, *stars)", "(*stars, *own)"), ("compiled[: len(own)]", "compiled[len(stars) :]")],
    ),
    "stage alarm before step alarm": (
        advance, "_ring", [("pos.step_due <= pos.stage_due", "pos.step_due < pos.stage_due")],
    ),
    "wait counted from processing time": (
        Wait, "begin", [("(self.until, at)", "(self.until, walk.now)")],
    ),
    "restart of a stage ignored": (
        moving, "follow",
        [("pos, target = walk.pos, arrow.target\n",
          "pos, target = walk.pos, arrow.target\n"
          "    if target.kind == 'stage' and target.stage == pos.stage:\n        return None\n")],
    ),
}  # fmt: skip


def plant(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, changes: list[tuple[str, str]]) -> None:
    """Put a changed copy of a function of the kernel in its place."""
    function = getattr(where, name)
    source = textwrap.dedent(inspect.getsource(function))
    for old, new in changes:
        assert old in source, f"{name} no longer says {old!r}: plant this mutant anew"
        source = source.replace(old, new)
    code = compile(f"from __future__ import annotations\n{source}", f"<mutant of {name}>", "exec")
    made: dict[str, Any] = {}
    exec(code, function.__globals__, made)
    monkeypatch.setattr(where, name, made[name])


def lived() -> Iterator[tuple[int, Life]]:
    return ((seed, life(Random(seed))) for seed in SEEDS)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_planted_error_is_found(mutant, monkeypatch):
    plant(monkeypatch, *MUTANTS[mutant])
    found = sum(bool(disagreement(each)) for _, each in lived())
    assert found >= 3, f"{mutant}: seen in {found} of {len(SEEDS)} lives"


def test_without_a_planted_error_nothing_is_found():
    assert [seed for seed, each in lived() if disagreement(each)] == []
