"""The kernel walks every random life as the oracle does: promptly, after an outage, and with late events."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings

from tests.journeys import drive
from tests.journeys.charts import Life, life, lives
from tests.journeys.comparison import disagreement, report, walked
from tests.journeys.task_lives import TASK_DONE, life_with_tasks

#: How many seeded lives are compared: hypothesis's profile asks for more at night.
LIVES = max(300, settings().max_examples)
SEEDS = [range(n, n + 100) for n in range(0, LIVES, 100)]


def by_seed(seeds: range) -> str:
    return f"{seeds.start}-{seeds.stop - 1}"


@pytest.mark.parametrize("seeds", SEEDS, ids=by_seed)
def test_kernel_and_oracle_walk_alike(seeds):
    for seed in seeds:
        lived = life(Random(seed))
        assert not disagreement(lived), f"seed {seed}\n{report(lived)}"


@pytest.mark.parametrize("seeds", SEEDS, ids=by_seed)
def test_an_outage_delays_a_walk_and_changes_nothing_in_it(seeds):
    for seed in seeds:
        lived = only_prompt_events(life(Random(seed)))
        late = drive.after_an_outage
        assert not disagreement(lived, late), f"seed {seed}\n{report(lived, late)}"


@pytest.mark.parametrize("seeds", SEEDS, ids=by_seed)
def test_kernel_and_oracle_walk_alike_where_staff_are_asked(seeds):
    for seed in seeds:
        lived = life_with_tasks(Random(seed))
        assert not disagreement(lived), f"seed {seed}\n{report(lived)}"


def test_lives_with_tasks_see_results_taken_too_late_and_timed_out():
    seen: Counter[str] = Counter()
    for seed in range(300):
        lived = life_with_tasks(Random(seed))
        tasks = {step["id"] for step in lived.definition["steps"] if step["kind"] == "task"}
        heard = {a["id"] for a in lived.definition["arrows"] if a.get("on", {}).get("name") == TASK_DONE}
        walk = walked(lived)
        seen.update("timeout" if x.by == "timeout" else "result" for x in walk.path if x.step in tasks)
        seen["event"] += sum(line.by in heard for line in walk.path if line.op == "stage")
    assert min(seen[name] for name in ("timeout", "result", "event")) > 20, seen


@given(lives())
def test_kernel_and_oracle_walk_alike_on_what_hypothesis_finds(lived):
    assert not disagreement(lived), report(lived)


def test_the_seeded_lives_try_every_kind_of_arrow_and_every_line_of_a_trail():
    seen: Counter[str] = Counter()
    for seed in range(800):
        lived = life(Random(seed), timed=seed >= 700)
        walk = walked(lived)
        taken = {line.by for line in walk.path if line.op in ("stage", "through")}
        seen.update(line.op for line in walk.path)
        seen.update(
            line.by for line in walk.path if line.op == "step" and line.by in ("late", "skipped", "timeout")
        )
        for arrow in lived.definition["arrows"]:
            if arrow["id"] in taken:
                seen[arrow.get("on", {}).get("type", "exit")] += 1
                seen["last"] += arrow.get("enter") == "last"
                seen["any"] += arrow["from"] == "*"
    wanted = (
        "stage", "through", "step", "end", "late", "skipped", "timeout", "last", "any",
        "event", "done", "when", "changed", "after", "at", "exit",
    )  # fmt: skip
    assert {name for name in wanted if seen[name] < 3} == set()


def only_prompt_events(lived: Life) -> Life:
    """The same life with its events alone, each heard of at once: what an outage cannot tell from no outage."""
    prompt = [s for s in lived.signals if s.kind == "event" and s.stored is None]
    return replace(lived, signals=prompt)
