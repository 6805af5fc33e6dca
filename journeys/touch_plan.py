"""The touches that lie ahead of people who are in several journeys at once: sent, held, left out, and because of what.

Each of a subject's enrollments lives on by the very function that moves real people, the one that is due first going
first, and what one is told counts against the caps of all. Nothing happens from outside; what one journey changes of
the contact is known to its own course only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from journeys.foreseeing import Course, live_on
from journeys.pauses import Pause
from journeys.plan import Plan
from journeys.position import ENDED, NEW, WAITING, Crumb

#: Turns of one subject's life beyond which nobody looks any farther.
MOST_TURNS = 400
SENT, MOVED, HELD, REFUSED, LATE = "sent", "moved", "held", "refused", "late"


@dataclass(slots=True)
class Line:
    """One enrollment of a subject on its way."""

    journey: str
    plan: Plan
    course: Course
    pauses: Sequence[Pause] = ()

    def next(self, now: datetime) -> datetime | None:
        """When something happens next; what is overdue happens now."""
        position = self.course.position
        if position.status == NEW:
            return now
        if position.status == ENDED or position.due_at is None:
            return None
        return max(position.due_at, now)


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that would come of a touch."""

    #: sent | moved (sent after it had been held) | held | refused | late
    act: str
    at: datetime
    journey: str
    step: str
    carrier: str
    because: str = ""
    until: datetime | None = None


def touches_ahead(lines: Sequence[Line], now: datetime, until: datetime) -> list[Touched]:
    """What would come of one subject's touches from `now` to `until`, in the order of time."""
    found: list[Touched] = []
    for _ in range(MOST_TURNS):
        due = [(at, n) for n, line in enumerate(lines) if (at := line.next(now)) is not None and at <= until]
        if not due:
            break
        now, n = min(due)
        line = lines[n]
        line.course.facts = replace(line.course.facts, coming=_coming(lines, line))
        told, said = len(line.course.trail), len(line.course.messages)
        live_on(line.plan, line.course, now, now, (), line.pauses)
        found += _of(line, said, line.course.trail[told:])
        for other in lines:
            if other is not line:
                other.course.facts = replace(other.course.facts, touches=line.course.facts.touches)
    return sorted(found, key=lambda touched: touched.at)


def _coming(lines: Iterable[Line], mine: Line) -> tuple[tuple[datetime, str], ...]:
    priority = mine.plan.reach.priority
    if priority is None:
        return ()
    above = priority.above(mine.journey)
    return tuple(
        (position.step_due, line.journey)
        for line in lines
        if line.journey in above
        and (position := line.course.position).status == WAITING
        and position.step_due is not None
        and line.plan.about_to_send(position.step)
    )


def _of(line: Line, said: int, trail: Sequence[Crumb]) -> list[Touched]:
    held = {crumb.step for crumb in line.course.trail if crumb.op == "hold"}
    found = [
        Touched(MOVED if m.step in held else SENT, m.at, line.journey, m.step, m.carrier)
        for m in line.course.messages[said:]
    ]
    for crumb in trail:
        step = line.plan.steps.get(crumb.step or "")
        if step is None or step.kind.kind != "send":
            continue
        because = str((crumb.detail or {}).get("because") or "")
        carrier = str(step.kind.config.get("carrier"))
        if crumb.op == "hold":
            until = datetime.fromisoformat((crumb.detail or {})["until"])
            found.append(Touched(HELD, crumb.at, line.journey, step.id, carrier, because, until))
        elif crumb.op == "step" and crumb.exit == "skipped":
            act = REFUSED if because else LATE
            found.append(Touched(act, crumb.at, line.journey, step.id, carrier, because))
    return found


def by_subject(
    subjects: Iterable[tuple[int, Sequence[Line]]],
    now: datetime,
    until: datetime,
    take: Callable[[int, Touched], None],
) -> None:
    """Tell `take` of every touch ahead of each of these subjects."""
    for subject, lines in subjects:
        for touched in touches_ahead(lines, now, until):
            take(subject, touched)
