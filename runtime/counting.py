"""What a move adds to the kept numbers; `verify` counts the whole trail again with the same function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from journeys.position import ENDED, HOLDOUT, NEW, RESTING, Position

#: What counts of a crumb: op, stage, step, exit, arrow, detail.
Told = tuple[str, str | None, str | None, str | None, str | None, Mapping[str, Any] | None]


#: What can become of a message once it is written; each is counted as "STEP @STATE", and the writing as "STEP @written".
SETTLED = ("sent", "delivered", "failed", "refused", "expired", "unknown")
WRITTEN = "written"


def of_messages(step: str, state: str) -> str:
    """The counter of the messages of a step that are, or once were, in this state."""
    return f"{step} @{state}"


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


def count_move(before: Position, after: Position, here: Counter[str], times: int = 1) -> None:
    """Add the difference between two positions to `here`, for so many at once."""
    old = standing_at(before.status, before.entry_id, before.stage, before.step)
    new = standing_at(after.status, after.entry_id, after.stage, after.step)
    if old != new:
        for node in old:
            here[node] -= times
        for node in new:
            here[node] += times


def count_trail(
    crumbs: Iterable[Told],
    ends: Mapping[str, str],
    passed: Counter[str],
    times: int = 1,
) -> None:
    """Add what the crumbs of one enrollment, or of so many alike, passed in their order.

    An arrow is told by the crumb that leaves and again by the one that arrives; it counts once.
    """
    told: str | None = None
    for op, stage, step, exit, arrow, detail in crumbs:
        if op == "passed_over":
            continue
        # The arrow that led here; a passed-through stage keeps it apart from the one that leads on.
        by = (detail or {}).get("by") if op == "through" else arrow
        if by and by != told:
            passed[by] += times
        told = None
        if op == "step" and step is not None:
            passed[step] += times
            passed[f"{step} {exit}"] += times
            told = arrow
        elif op in ("stage", "through") and stage is not None:
            passed[stage] += times
            if op == "through" and arrow:
                passed[arrow] += times
                told = arrow
        elif op == "open":
            passed[str((detail or {}).get("entry"))] += times
        elif op == "goal":
            passed[str((detail or {}).get("goal"))] += times
        elif op == "end":
            if arrow in ends:
                passed[ends[arrow or ""]] += times
            if stage is not None:
                # Where people are lost: an arrow from any stage does not tell.
                passed[f"{stage} >{(detail or {}).get('result')}"] += times
