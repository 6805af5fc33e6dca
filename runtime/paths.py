"""A customer's whole path as one digest, from the engine's trail and from the simulator, and their comparison."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from journeys.plan import Plan
from journeys.position import Crumb
from journeys.simulate import Life, Simulation
from journeys.tables import Enrollment, Trail
from runtime.replay import AFTERWARDS, Happened
from store.database import dumps

#: One step of a path: time, what happened, stage, step, exit, the message's seq:n.
Line = tuple[str, str, str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first line in which two paths of one customer differ."""

    customer: str
    line: int
    ours: Line | None
    theirs: Line | None


def from_trail(session: Session, journey_id: int, customers: Mapping[int, str]) -> dict[str, list[Line]]:
    """Every customer's path as the engine wrote it down."""
    rows = session.execute(
        select(Enrollment.subject_id, Trail.at, Trail.op, Trail.stage, Trail.step, Trail.exit, Trail.detail)
        .join(Enrollment, Enrollment.id == Trail.enrollment_id)
        .where(Enrollment.journey_id == journey_id)
        .order_by(Trail.enrollment_id, Trail.id)
    )
    paths: dict[str, list[Line]] = defaultdict(list)
    for subject, at, op, stage, step, exit, detail in rows:
        paths[customers[subject]].append(_line(at, op, stage, step, exit, detail))
    return dict(paths)


def from_simulator(
    plan: Plan, events: Sequence[Happened], people: Mapping[str, int], start: datetime
) -> dict[str, list[Line]]:
    """Every customer's path as the simulator plays the recorded events, each customer on his own."""
    lives: dict[str, Life] = {}
    for event in events:
        subject = str(people[event.customer])
        life = lives.setdefault(event.customer, Life(subject, []))
        life.events.append((event.at, event.name, event.data))
    run = Simulation(plan, lives.values(), start)
    run.play(events[-1].at + AFTERWARDS + timedelta(days=1), timedelta(days=7))
    names = {life.subject: customer for customer, life in lives.items()}
    paths: dict[str, list[Line]] = defaultdict(list)
    for enrolled in run.enrolled:
        paths[names[enrolled.life.subject]] += [_crumb(crumb) for crumb in enrolled.trail]
    return dict(paths)


def up_to(paths: Mapping[str, list[Line]], until: datetime) -> dict[str, list[Line]]:
    """The paths as far as they lead by `until`."""
    limit = until.isoformat()
    return {customer: [line for line in lines if line[0] <= limit] for customer, lines in paths.items()}


def digest(lines: Iterable[Line]) -> str:
    """SHA-256 of a path."""
    return hashlib.sha256(dumps(list(lines)).encode()).hexdigest()


def digests(paths: Mapping[str, list[Line]]) -> str:
    """One SHA-256 over the digests of all customers."""
    return hashlib.sha256("".join(digest(paths[one]) for one in sorted(paths)).encode()).hexdigest()


def compare(
    ours: Mapping[str, list[Line]], theirs: Mapping[str, list[Line]]
) -> tuple[int, Difference | None]:
    """How many customers have equal digests, and the first difference."""
    equal, first = 0, None
    for customer in sorted({*ours, *theirs}):
        mine, other = ours.get(customer, []), theirs.get(customer, [])
        if digest(mine) == digest(other):
            equal += 1
        elif first is None:
            first = _difference(customer, mine, other)
    return equal, first


def _difference(customer: str, mine: Sequence[Line], other: Sequence[Line]) -> Difference:
    for number in range(max(len(mine), len(other))):
        a = mine[number] if number < len(mine) else None
        b = other[number] if number < len(other) else None
        if a != b:
            return Difference(customer, number + 1, a, b)
    raise AssertionError("Two paths with different digests have a line that differs.")


def _crumb(crumb: Crumb) -> Line:
    return _line(crumb.at, crumb.op, crumb.stage, crumb.step, crumb.exit, crumb.detail)


def _line(
    at: datetime,
    op: str,
    stage: str | None,
    step: str | None,
    exit: str | None,
    detail: Mapping[str, Any] | None,
) -> Line:
    return at.isoformat(), op, stage, step, exit, (detail or {}).get("key")
