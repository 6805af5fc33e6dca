"""People who stand alike and know alike move alike: the kernel is asked once for all of them.

A mass entry or a big import leaves thousands at the same step since the same moment. Whoever has something to
hear, a history that the plan reads, or comes to a step whose way depends on who he is, is moved on his own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.acting import EXIT, EXITED
from journeys.advance import advance, expel
from journeys.pauses import Pause
from journeys.plan import Plan
from journeys.position import Move, Signal
from runtime.facts import UNKNOWN, Known
from runtime.rows import Standing

#: Kinds whose steps do the same for everybody with the same facts; a `split` does not, nor may a kind from outside.
ALIKE = frozenset(
    {"wait", "wait_event", "branch", "send", "update", "tag", "goal", "enroll", "task", "coupon", "points"}
)


@dataclass(slots=True)
class Cohort:
    """Enrollments with the same move."""

    members: list[Standing]
    move: Move


def move_together(
    plan: Plan,
    group: Sequence[Standing],
    signals: Mapping[int, Sequence[Signal]],
    known: Mapping[int, Known],
    until: datetime,
    pauses: Sequence[Pause],
) -> list[Cohort]:
    """Move a group of one plan; what comes out is what the kernel gives for each one alone."""
    alike: dict[Any, list[Standing]] = defaultdict(list)
    for standing in group:
        heard = signals.get(standing.id)
        facts = known.get(standing.subject_id)
        # Positions, and what is known, that are equal have been read as one object.
        alone = heard or facts is None or facts.history
        key = standing.id if alone else (id(standing.position), id(facts), standing.epoch)
        alike[key].append(standing)

    def ask(standings: Sequence[Standing]) -> list[Move]:
        return advance(
            plan,
            [s.position for s in standings],
            [signals.get(s.id, ()) for s in standings],
            [known.get(s.subject_id, UNKNOWN).of(s.subject_id) for s in standings],
            until,
            pauses,
        )

    first = ask([members[0] for members in alike.values()])
    cohorts = []
    others: list[Standing] = []
    for members, move in zip(alike.values(), first, strict=True):
        if len(members) == 1 or _same_for_all(plan, move):
            cohorts.append(Cohort(members, move))
        else:
            cohorts.append(Cohort(members[:1], move))
            others += members[1:]
    if others:
        cohorts += [Cohort([s], move) for s, move in zip(others, ask(others), strict=True)]
    return cohorts


def send_out(
    plan: Plan,
    group: Sequence[Standing],
    signals: Mapping[int, Sequence[Signal]],
    known: Mapping[int, Known],
    until: datetime,
    *,
    archived: bool,
) -> list[Cohort]:
    """Let a group leave its journey, which is archived or paused: nothing of it moves any more."""
    cohorts = []
    for standing in group:
        heard = signals.get(standing.id, ())
        act = next((s.data for s in heard if s.kind == "hand" and s.data.get("act") == EXIT), {})
        result = "archived" if archived else str(act.get("result") or EXITED)
        facts = known.get(standing.subject_id, UNKNOWN).of(standing.subject_id)
        cohorts.append(Cohort([standing], expel(plan, standing.position, heard, facts, until, result)))
    return cohorts


def _same_for_all(plan: Plan, move: Move) -> bool:
    """False if who the subject is may have decided something: a variant, or the minute at which a hold ends."""
    steps = {crumb.step for crumb in move.trail if crumb.step} | {move.position.step or ""}
    if any(crumb.op == "hold" for crumb in move.trail):
        return False
    return all(plan.steps[step].kind.kind in ALIKE for step in steps if step in plan.steps)
