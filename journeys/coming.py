"""When a drawing's own clock fetches people in a simulation: entries by a schedule and by each one's date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from journeys.birthdays import DateEntry
from journeys.plan import EntryPlan, Plan

if TYPE_CHECKING:
    from journeys.simulate import Life

#: A schedule that rings more often than this in one play is cut off.
MOST_TIMES = 1500
#: So often one play may fetch somebody.
MOST_FETCHED = 2_500_000


class TooMuch(Exception):
    """The drawing's schedules would fetch so many people so often that nobody would wait for the end of it."""


def coming(
    plan: Plan, lives: Sequence[Life], start: datetime, until: datetime
) -> Iterator[tuple[Life, datetime, Mapping[str, Any]]]:
    """Who is fetched when, between two times: (life, time, {"entry": id}); the entry's rule is asked then."""
    for entry in plan.entries:
        if entry.type == "schedule":
            times = list(_times(plan, entry, start, until))
            if len(times) * len(lives) > MOST_FETCHED:
                raise TooMuch()
            for at in times:
                for life in lives:
                    if not entry.names or not entry.names.isdisjoint(life.segments):
                        yield life, at, {"entry": entry.id}
        elif entry.type == "date":
            dated = DateEntry.read(entry.on)
            for life in lives:
                for at in _days(plan, dated, life, start, until):
                    yield life, at, {"entry": entry.id}


def _times(plan: Plan, entry: EntryPlan, start: datetime, until: datetime) -> Iterator[datetime]:
    at = start
    for _ in range(MOST_TIMES):
        if entry.timed is None:
            return
        if "every" in entry.timed.raw:
            found = entry.timed.moment.resolve(at, at, plan.zone, plan.workdays)
        else:
            found = entry.timed.moment.next_opening(at, plan.zone, plan.workdays)
        if found is None or found > until:
            return
        yield found
        at = found


def _days(plan: Plan, dated: DateEntry, life: Life, start: datetime, until: datetime) -> Iterator[datetime]:
    value = life.attributes.get(dated.attribute)
    zone = life.zone or plan.zone
    at: datetime | None = start - timedelta(microseconds=1)
    while value is not None and at is not None:
        at = dated.next_after(at, (zone,), plan.workdays)
        if at is None or at > until:
            return
        day = dated.day_at(at, zone, plan.workdays)
        if day is not None and dated.falls_on(day, value, zone):
            yield at
