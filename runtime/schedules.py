"""Entries that go and look for people: by a schedule, and by a date that each contact carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audience.rule_tables import GroupRuleTables, RuleTables
from audience.tables import Contact
from audience.tables_groups import GROUP_SUBJECTS
from audience.tables_segments import Segment
from journeys.birthdays import DateEntry
from journeys.definition import GROUP
from journeys.lifecycle import LIVE, PAUSED
from journeys.plan import EntryPlan, Plan
from journeys.tables import Enrollment, Schedule
from rules.conditions import Rule, parse
from rules.sql import NotForContacts, where
from rules.zones import known_zone
from runtime import faults
from runtime.database import Database, Transaction
from runtime.routes import Routes
from runtime.rows import JourneyRow, Letter
from store.subjects import row_id

#: People found in one transaction.
CHUNK = 5000
#: How much later a segment is asked for again that is not filled yet, or whose journey is paused.
FILLING = timedelta(seconds=5)
#: Times at which nobody was found that one run works off, after an outage.
MOST_TIMES = 200


class _People(RuleTables):
    #: By what rows are gone through, and which of them count.
    row = Contact.id
    there: tuple[Any, ...] = ()


class _Groups(GroupRuleTables):
    row = GROUP_SUBJECTS.c.number
    there = (GROUP_SUBJECTS.c.dismissed_at.is_(None),)


class Schedules:
    """Looks, for each such entry, at each of its times once, and puts whoever it finds into the inbox."""

    def __init__(self, database: Database, routes: Routes, now: Callable[[Session], datetime]) -> None:
        self.database, self.routes, self.now = database, routes, now

    def run(self) -> bool:
        """Work off the earliest time that has come; True if there was one.

        Whom a killed run had found already is not found twice: each signal is named after entry, time and person.
        """
        with self.database.transaction() as tx:
            self.routes.refresh(tx)
            now = self.now(tx.session)
            row = tx.session.scalars(
                select(Schedule).where(Schedule.next_at <= now).order_by(Schedule.next_at).limit(1)
            ).first()
            if row is None:
                return False
            tx.session.expunge(row)
            journey = self.routes.by_id.get(row.journey_id)
            entry = self._entry(tx, row, journey)
            if journey is None or entry is None:
                self._move_on(tx, row, row.done_until, None)
                return True
            plan = self.routes.plans.get(tx, row.version_id, journey).plan
            times = _Times(tx, plan, entry, row)
        if entry.type == "segment":
            self._fetch(row, journey, entry, times, now)
            return True
        done = row.done_until
        for _ in range(MOST_TIMES):
            at = times.next_after(done)
            if at is None or at > now:
                break
            done = at
            # Nobody comes in while the journey is paused, nor afterwards for a time that lay in the pause.
            if journey.status == LIVE and self._look(row, journey, entry, times, at):
                break
        with self.database.transaction() as tx:
            self._move_on(tx, row, done, times.next_after(done))
        return True

    def _entry(self, tx: Transaction, row: Schedule, journey: JourneyRow | None) -> EntryPlan | None:
        if journey is None:
            return None
        plan = self.routes.plans.get(tx, row.version_id, journey).plan
        return next((entry for entry in plan.entries if entry.id == row.entry_id), None)

    def _move_on(self, tx: Transaction, row: Schedule, done: datetime, following: datetime | None) -> None:
        """Note how far this entry has looked, unless somebody else got further meanwhile."""
        tx.session.execute(
            update(Schedule)
            .where(
                Schedule.journey_id == row.journey_id,
                Schedule.entry_id == row.entry_id,
                Schedule.done_until == row.done_until,
                Schedule.version_id == row.version_id,
            )
            .values(done_until=done, next_at=following)
        )

    def _fetch(
        self, row: Schedule, journey: JourneyRow, entry: EntryPlan, times: _Times, now: datetime
    ) -> None:
        """Bring in everybody who is in the entry's segment, once; later if that is not filled yet."""
        with self.database.transaction() as tx:
            state = tx.session.scalar(
                select(Segment.state).where(
                    Segment.workspace_id == row.workspace_id, Segment.key == entry.on["segment"]
                )
            )
            if state == "filling" or journey.status == PAUSED:
                self._move_on(tx, row, row.done_until, now + FILLING)
                return
        if journey.status == LIVE:
            self._look(row, journey, entry, times, row.done_until)
        with self.database.transaction() as tx:
            self._move_on(tx, row, row.done_until, None)

    def _look(self, row: Schedule, journey: JourneyRow, entry: EntryPlan, times: _Times, at: datetime) -> int:
        """Put everybody whom the entry finds at `at` into the inbox; returns how many there were."""
        last = count = 0
        while True:
            with self.database.transaction() as tx:
                last, people = times.people(tx, at, last)
                letters = [_letter(journey, entry, number, day, at) for number, day in people]
                tx.sql.send_letters(tx.cursor, letters)
                faults.hit("schedule.mid_batch")
            count += len(people)
            if not last:
                return count


def _letter(journey: JourneyRow, entry: EntryPlan, contact: int, name: str, at: datetime) -> Letter:
    said = {"segment": entry.on["segment"]} if entry.type == "segment" else {"date": name}
    return Letter(
        *(journey.workspace_id, "enroll", journey.key, contact, at, at),
        {"entry": entry.id, "by": entry.type, "properties": said},
        # A control character in front, so that no event from outside has this id by chance.
        event_id=f"\x1fentry:{journey.id}:{entry.id}:{name}:{contact}",
    )


def _in_segment(key: str) -> Rule:
    return parse({"field": "segments", "operator": "has", "value": key})


def _looked_to(rows: Sequence[Any]) -> int:
    return row_id(rows[-1][0]) if len(rows) == CHUNK else 0


class _Times:
    """When one entry looks, and whom it finds then."""

    def __init__(self, tx: Transaction, plan: Plan, entry: EntryPlan, row: Schedule) -> None:
        self.plan, self.entry = plan, entry
        self.workspace_id, self.journey_id = row.workspace_id, row.journey_id
        #: The rule that holds for those in the segment that the entry names.
        self.segment = _in_segment(entry.on["segment"]) if entry.on.get("segment") else None
        self.whom: Any = _Groups if plan.subject == GROUP else _People
        names = tx.session.scalars(
            select(self.whom.contact.c.timezone)
            .where(
                self.whom.contact.c.workspace_id == row.workspace_id,
                self.whom.contact.c.timezone.is_not(None),
            )
            .distinct()
        )
        self.zone_names = [name for name in names if name and known_zone(name)]
        self.date = DateEntry.read(entry.on) if entry.type == "date" else None

    def next_after(self, at: datetime) -> datetime | None:
        """The first time strictly after `at`."""
        if self.date is not None:
            zones = {self.plan.zone, *(zone for name in self.zone_names if (zone := known_zone(name)))}
            return self.date.next_after(at, zones, self.plan.workdays)
        timed = self.entry.timed
        if timed is None:
            return None
        if "every" in timed.raw:
            return timed.moment.resolve(at, at, self.plan.zone, self.plan.workdays)
        return timed.moment.next_opening(at, self.plan.zone, self.plan.workdays)

    def people(self, tx: Transaction, at: datetime, last: int) -> tuple[int, list[tuple[int, str]]]:
        """Some subjects beyond the row id `last` whom the entry finds at `at`, each with the time's name.

        Returns the row id up to which has been looked, 0 at the end.
        """
        whom, row = self.whom.contact.c, self.whom.row
        query = (
            select(whom.id, whom.timezone, whom.attributes)
            .where(whom.workspace_id == self.workspace_id, row > last, *self.whom.there)
            .order_by(row)
            .limit(CHUNK)
        )
        if self.entry.where is not None:
            # A rule about an event is judged by intake, on each signal, where there is an event to look at.
            with suppress(NotForContacts):
                zone, workdays = self.plan.zone, self.plan.workdays
                query = query.where(
                    where(self.entry.where, self.whom, at, zone, workdays=workdays, zones=self.zone_names)
                )
        if self.segment is not None:
            query = query.where(where(self.segment, self.whom, at, self.plan.zone))
        if self.entry.type == "segment":
            # Who has come in by himself since is in already, or was.
            since = select(Enrollment.id).where(
                Enrollment.journey_id == self.journey_id,
                Enrollment.subject_id == whom.id,
                Enrollment.entered_journey >= at,
            )
            query = query.where(~since.exists())
        if self.date is None:
            rows = tx.session.execute(query.with_only_columns(whom.id)).all()
            name = at.isoformat()
            return _looked_to(rows), [(number, name) for (number,) in rows]
        days = dict(self._days(at))
        if not days:
            return 0, []
        rows = tx.session.execute(self._with_dates(query, set(days.values()))).all()
        found = [
            (number, day.isoformat())
            for number, zone_name, attributes in rows
            if (zone := (known_zone(zone_name) if zone_name else None) or self.plan.zone) in days
            and (day := days[zone])
            and self.date.falls_on(day, attributes.get(self.date.attribute), zone)
        ]
        return _looked_to(rows), found

    def _days(self, at: datetime) -> Iterator[tuple[ZoneInfo, date]]:
        assert self.date is not None
        for zone in {self.plan.zone, *(zone for name in self.zone_names if (zone := known_zone(name)))}:
            day = self.date.day_at(at, zone, self.plan.workdays)
            if day is not None:
                yield zone, day

    def _with_dates(self, query: Any, days: set[date]) -> Any:
        """Leave the choosing of dates that may fit to the database."""
        assert self.date is not None
        text = self.whom.contact.c.attributes[self.date.attribute].as_string()
        shapes = [shape for day in days if (shape := self.date.stored_as(day)) is not None]
        if len(shapes) < len(days):
            return query.where(text.is_not(None))
        start, length = shapes[0][0], shapes[0][1]
        texts = sorted({one for shape in shapes for one in shape[2]})
        return query.where(func.substr(text, start, length).in_(texts))
