"""How long people stay: the median time at each stage and step, read from the newest lines of the trail."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import aliased

from journeys.tables import Trail
from store.database import db
from web import names
from web.access import here

#: Of each node the last so many who left it are looked at.
NEWEST = 2000
#: Newest lines of the whole trail among which a version's are looked for, and at most so many of them.
LINES_BACK, MOST_LINES = 400_000, 40_000
#: Read again after so long.
KEPT_SECS = 30.0
MOST_KEPT = 500
#: Lines that lie between coming and going.
BETWEEN = ("hold", "goal", "passed_over", "stop")
STAGES = ("stage", "through", "end")
#: Lines by which somebody is taken from the step at which he stands: these two name it, the others do not.
NAMING = ("jump", "moved")
INTERRUPTING = (*STAGES, *NAMING)
Came = aliased(Trail)


@dataclass(frozen=True, slots=True)
class Stays:
    """Median seconds by node, and of how many people they are."""

    median_secs: dict[str, float]
    sample: dict[str, int]


_kept: dict[tuple[str, int], tuple[float, Stays]] = {}
_reading = Lock()


def stays(version_id: int) -> Stays:
    """How long people stayed in a version of this workspace, however they left: by an exit, or interrupted.

    The time at a step is from the line before (its coming) to the one that left; at a stage from entering it to the next.
    """
    key = (str(db.engine.url), version_id)
    known = _kept.get(key)
    if known is not None and time.monotonic() - known[0] < KEPT_SECS:
        return known[1]
    # While one request reads, all others of the same process make do with what is known.
    if not _reading.acquire(blocking=known is None):
        assert known is not None
        return known[1]
    try:
        fresh = _kept.get(key)
        if fresh is not None and fresh is not known:
            return fresh[1]
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        found = _read(version_id)
        _kept[key] = (time.monotonic(), found)
        return found
    finally:
        _reading.release()


def forget() -> None:
    """Read everything anew the next time."""
    _kept.clear()


def _read(version_id: int) -> Stays:
    secs: dict[str, list[float]] = defaultdict(list)
    left: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in db.session.execute(_steps(version_id)):
        left[row.step].append((row.id, (row.left - row.came).total_seconds()))
    place = Standing(names.drawn([version_id])[version_id].definition)
    for row in db.session.execute(_interrupted(version_id)):
        step = place.left_by(row)
        if step is not None:
            left[step].append((row.id, (row.left - row.came).total_seconds()))
    for step, found in left.items():
        secs[step] = [stay for _, stay in sorted(found, reverse=True)[:NEWEST]]
    # Who enters another stage, or ends, leaves the one that he entered before.
    for row in db.session.execute(_stages(version_id)):
        if row.op == "stage" and len(secs[row.stage]) < NEWEST:
            secs[row.stage].append((row.left - row.came).total_seconds())
    known = {node: found for node, found in secs.items() if found}
    return Stays(
        {node: round(max(0.0, median(found)), 1) for node, found in known.items()},
        {node: len(found) for node, found in known.items()},
    )


def _steps(version_id: int) -> Select[Any]:
    """Lines that left a step, newest first and not more than NEWEST of each, with the time of the line before."""
    lines = _lines(version_id, Trail.op == "step").subquery()
    place = func.row_number().over(partition_by=lines.c.step, order_by=lines.c.id.desc()).label("place")
    ranked = select(lines, place).subquery()
    newest = select(ranked).where(ranked.c.place <= NEWEST).subquery()
    return _with_coming(newest, Came.op.not_in(BETWEEN))


def _interrupted(version_id: int) -> Select[Any]:
    """Lines that may have taken somebody from a step, newest first, with the line before."""
    lines = _lines(version_id, Trail.op.in_(INTERRUPTING)).subquery()
    return _with_coming(lines, Came.op.not_in(BETWEEN)).order_by(lines.c.id.desc())


class Standing:
    """Where a line of the trail left somebody standing, by the drawing that he is on."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.stage_of = {step["id"]: step["stage"] for step in definition.get("steps", ())}
        self.initial = {stage["id"]: stage.get("initial") for stage in definition.get("stages", ())}
        ways = (*definition.get("arrows", ()), *definition.get("entries", ()))
        self.leads_to = {way["id"]: way["to"] for way in ways}

    def left_by(self, row: Any) -> str | None:
        """The step from which a line took somebody; None if he stood at none, or only came to another version."""
        if row.left_op in NAMING:
            return None if "from" in (row.left_detail or {}) else row.step
        return self._after(row)

    def _after(self, row: Any) -> str | None:
        """The step at which somebody stood after the line of his coming."""
        led = self.leads_to.get(row.arrow)
        match row.op:
            case "step" | "through":
                return led if self.stage_of.get(led) == row.stage else None
            case "stage":
                return led if self.stage_of.get(led) == row.stage else self.initial.get(row.stage)
            case "jump" | "moved":
                to = (row.detail or {}).get("to")
                return to if self.stage_of.get(to) == row.stage else None
            case "back":
                return row.came_step or self.initial.get(row.stage)
        return None


def _stages(version_id: int) -> Select[Any]:
    """Lines that left a stage, newest first, with the line that entered it."""
    lines = _lines(version_id, Trail.op.in_(STAGES)).subquery()
    return _with_coming(lines, Came.op.in_(("stage", "through"))).order_by(lines.c.id.desc())


def _lines(version_id: int, which: ColumnElement[bool]) -> Select[Any]:
    last = select(func.coalesce(func.max(Trail.id), 0)).scalar_subquery()
    found: Any = (
        select(Trail.id, Trail.enrollment_id, Trail.op, Trail.step, Trail.at, Trail.detail)
        .where(
            Trail.workspace_id == here(), Trail.version_id == version_id, Trail.id > last - LINES_BACK, which
        )
        .order_by(Trail.id.desc())
        .limit(MOST_LINES)
    )
    return found


def _with_coming(lines: Subquery, which: ColumnElement[bool]) -> Select[Any]:
    before = (
        select(func.max(Came.id))
        .where(Came.enrollment_id == lines.c.enrollment_id, Came.id < lines.c.id, which)
        .scalar_subquery()
    )
    came = aliased(Trail)
    left = (lines.c.id, lines.c.step, lines.c.op.label("left_op"), lines.c.detail.label("left_detail"))
    return select(
        *left, lines.c.at.label("left"), came.op, came.stage, came.step.label("came_step"), came.arrow,
        came.detail, came.at.label("came"),
    ).join(came, came.id == before)  # fmt: skip
