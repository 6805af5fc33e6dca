"""Knocking at open enrollments: which of them a signal can matter to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from journeys.position import ENDED
from runtime.database import Transaction
from runtime.plans import Compiled
from runtime.routes import Routes
from runtime.rows import Arrived, Place

#: A knock makes due a moment before its signal was stored: so it is taken although others of that moment are unread.
JUST_BEFORE = timedelta(microseconds=1)
#: Signals meant for one enrollment alone.
PERSONAL = ("receipt", "journey_ended", "hand", "task")


class Listening:
    """Finds who listens to the signals of one batch and leaves the knocks."""

    def __init__(self, tx: Transaction, routes: Routes, places: Mapping[int, list[Place]]) -> None:
        self.tx, self.routes, self.places = tx, routes, places
        self.knocks: list[tuple[int, int, int]] = []
        self.due: dict[int, datetime] = {}

    def reached_by(self, row: Arrived) -> Iterator[Place]:
        """The enrollments at which this signal knocks."""
        for place in self.places.get(row.contact_id or 0, ()):
            if self._listens(place, row):
                yield place

    def offer(self, rows: Sequence[Arrived], opened: Mapping[int, list[Place]]) -> None:
        """Note the knocks of these signals; what a signal opened does not hear that signal, nor one before it."""
        later: set[int] = {place.id for places in opened.values() for place in places}
        for row in rows:
            later -= {place.id for place in opened.get(row.id, ())}
            just_opened = {place.id for place in opened.get(row.id, ())}
            if row.enrollment_id is not None and row.contact_id is None:
                self._knock(row, row.enrollment_id)
                continue
            for place in self.reached_by(row):
                if place.id not in later and place.id not in just_opened:
                    self._knock(row, place.id)

    def write(self) -> None:
        """Leave the knocks and let those enrollments be due."""
        self.tx.sql.knock(self.tx.cursor, self.knocks)
        self.tx.sql.wake(self.tx.cursor, self.due)

    def _knock(self, row: Arrived, enrollment_id: int) -> None:
        self.knocks.append((row.workspace_id, enrollment_id, row.id))
        soon = row.stored_at - JUST_BEFORE
        self.due[enrollment_id] = min(self.due.get(enrollment_id, soon), soon)

    def _listens(self, place: Place, row: Arrived) -> bool:
        if row.kind in PERSONAL:
            return place.id == row.enrollment_id and place.status != ENDED
        compiled = self.routes.compiled(self.tx, place.journey_id, place.version_id)
        if compiled is None or place.id == row.source_id:
            return False
        if place.status == ENDED:
            return row.kind == "event" and self._may_reach_goal(place, compiled, row)
        if row.kind == "event":
            return row.name in compiled.plan.listens and _has_key(place, compiled, row)
        if row.kind == "changed":
            return row.name in compiled.plan.hears
        return row.kind == "retimed"

    def _may_reach_goal(self, place: Place, compiled: Compiled, row: Arrived) -> bool:
        if place.goal_until is None or row.occurred_at > place.goal_until:
            return False
        return row.name in compiled.goal_events and _has_key(place, compiled, row)


def _has_key(place: Place, compiled: Compiled, row: Arrived) -> bool:
    """An event that carries the key's field reaches only the enrollment with that key."""
    key = compiled.plan.key_of(row.data)
    return not key or key == place.key
