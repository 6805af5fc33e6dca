"""What a move adds to the kept numbers; `verify` counts the whole trail again with the same function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from journeys.position import ENDED, HOLDOUT, NEW, RESTING, Position


def standing_at(status: str, entry_id: str, stage: str | None, step: str | None) -> tuple[str, ...]:
    """The nodes at which a position counts as being here."""
    if status in (NEW, ENDED):
        return ()
    if status == HOLDOUT:
        return (entry_id,)
    if stage is None:
        return ()
    if status == RESTING:
        return stage, f"{stage} resting"
    return (stage, step) if step is not None else (stage,)


def count_move(before: Position, after: Position, here: Counter[str]) -> None:
    """Add the difference between two positions to `here`."""
    old = standing_at(before.status, before.entry_id, before.stage, before.step)
    new = standing_at(after.status, after.entry_id, after.stage, after.step)
    if old != new:
        for node in old:
            here[node] -= 1
        for node in new:
            here[node] += 1


def count_trail(
    crumbs: Iterable[tuple[str, str | None, str | None, str | None, str | None, Mapping[str, Any] | None]],
    ends: Mapping[str, str],
    passed: Counter[str],
) -> None:
    """Add what one enrollment's crumbs (op, stage, step, exit, arrow, detail) passed, in their order.

    An arrow is told by the crumb that leaves and again by the one that arrives; it counts once.
    """
    told: str | None = None
    for op, stage, step, exit, arrow, detail in crumbs:
        if op == "passed_over":
            continue
        # The arrow that led here; a passed-through stage keeps it apart from the one that leads on.
        by = (detail or {}).get("by") if op == "through" else arrow
        if by and by != told:
            passed[by] += 1
        told = None
        if op == "step" and step is not None:
            passed[step] += 1
            passed[f"{step} {exit}"] += 1
            told = arrow
        elif op in ("stage", "through") and stage is not None:
            passed[stage] += 1
            if op == "through" and arrow:
                passed[arrow] += 1
                told = arrow
        elif op == "open":
            passed[str((detail or {}).get("entry"))] += 1
        elif op == "goal":
            passed[str((detail or {}).get("goal"))] += 1
        elif op == "end" and arrow in ends:
            passed[ends[arrow or ""]] += 1
