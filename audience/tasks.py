"""Tasks of the staff: given by journeys or by hand, assigned, reminded of, escalated, withdrawn."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from audience.tables_groups import CustomerGroup
from audience.tables_people import Staff, StaffRelation
from audience.tables_tasks import UNGIVEN, StaffTask
from store.bulk import among, insert_rows
from store.clock import has_come
from store.tables_guards import Guard, GuardTrip

DRAFT, ASSIGNED, SEEN, CONFIRMED = "draft", "assigned", "seen", "confirmed"
DONE, WITHDRAWN, TIMED_OUT = "done", "withdrawn", "timed_out"
STATES = (DRAFT, ASSIGNED, SEEN, CONFIRMED, DONE, WITHDRAWN, TIMED_OUT)
OPEN_STATES = STATES[:4]
#: Assigned, or reminded of, in one transaction.
BATCH = 500
#: Why a task that an interruption took back is not needed.
NO_LONGER_NEEDED = "no_longer_needed"
#: Drafts that wait for no guard, or for one that was released.
FREE = or_(
    StaffTask.held_by.is_(None),
    ~select(GuardTrip.id).where(GuardTrip.id == StaffTask.held_by, GuardTrip.until.is_(None)).exists(),
)
JOURNEY = "journey"


def given(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Keep tasks that were given, each with the columns of `StaffTask`; one known by its key is left out."""
    if not rows:
        return 0
    usual: dict[str, Any] = {
        "journey_id": None, "version_id": None, "enrollment_id": None, "step": "", "stage": "", "visit": 0, "seq": 0,
        "contact_id": None, "group_id": None, "instructions": "", "content": "", "scene": {}, "results": [],
        "person": "", "team": "", "staff_id": None, "held_by": None, "state": DRAFT, "escalated": False, "due_at": None, "reminds": 0,
        "remind_secs": 0, "remind_at": None, "reminded": 0, "assigned_at": None, "seen_at": None,
        "confirmed_at": None, "closed_at": None, "closed_by": "", "result": "", "note": "", "reason": "",
    }  # fmt: skip
    told = [
        {**usual, **row, "history": [line(row["given_at"], row.get("by", JOURNEY), "given")]} for row in rows
    ]
    for row in told:
        row.pop("by", None)
    return insert_rows(session, StaffTask.__table__, told, skip_known=True)


def line(at: datetime, by: str, act: str, **more: Any) -> dict[str, Any]:
    """One line of a task's history."""
    return {"at": at.isoformat(), "by": by, "act": act, **{k: v for k, v in more.items() if v}}


def tell(task: StaffTask, at: datetime, by: str, act: str, **more: Any) -> None:
    """Write a line into a task's history."""
    task.history = [*task.history, line(at, by, act, **more)]


def is_open(task: StaffTask) -> bool:
    """True if something can still be done about it."""
    return task.closed_at is None


# -- what journeys do with them -----------------------------------------------------------------------------------


def withdraw(
    session: Session, whose: ColumnElement[bool], at: datetime, reason: str = NO_LONGER_NEEDED
) -> int:
    """Take back the open tasks that `whose` means; they stay to be seen as no longer needed."""
    rows = session.scalars(_locked(whose, StaffTask.closed_at.is_(None))).all()
    for task in rows:
        task.state, task.closed_at, task.closed_by, task.reason = WITHDRAWN, at, JOURNEY, reason
        task.remind_at = None
        tell(task, at, JOURNEY, WITHDRAWN)
    session.flush()
    return len(rows)


def of_visits(visits: Iterable[tuple[int, int]]) -> ColumnElement[bool]:
    """The tasks of visits of stages, as (enrollment, visit)."""
    by_visit: dict[int, set[int]] = defaultdict(set)
    for enrollment, visit in visits:
        by_visit[visit].add(enrollment)
    return or_(
        *(
            and_(StaffTask.visit == visit, StaffTask.enrollment_id.in_(sorted(ids)))
            for visit, ids in sorted(by_visit.items())
        )
    )


def time_out(session: Session, keys: Iterable[tuple[int, int]], at: datetime) -> None:
    """Close open tasks, as (enrollment, seq), that nobody did in time."""
    for task in session.scalars(_locked(_of_keys(keys), StaffTask.closed_at.is_(None))):
        task.state, task.closed_at, task.closed_by, task.remind_at = TIMED_OUT, at, JOURNEY, None
        tell(task, at, JOURNEY, TIMED_OUT)
    session.flush()


def escalate(
    session: Session, enrollment: int, seq: int, to: str, due: datetime | None, at: datetime
) -> None:
    """Let another person (by key) or team do an open task until `due`."""
    query = _locked(_of_keys([(enrollment, seq)]), StaffTask.closed_at.is_(None))
    for task in session.scalars(query):
        person = session.scalar(
            select(Staff.id).where(Staff.workspace_id == task.workspace_id, Staff.key == to)
        )
        before = task.staff_id
        if person is not None:
            task.assign, task.person = "person", to
        else:
            task.assign, task.team = "load", to
        task.staff_id, task.state, task.escalated, task.due_at, task.held_by = None, DRAFT, True, due, None
        tell(task, at, JOURNEY, "escalated", to=to, **({"from": before} if before else {}))
    session.flush()


def _of_keys(keys: Iterable[tuple[int, int]]) -> ColumnElement[bool]:
    by_seq: dict[int, set[int]] = defaultdict(set)
    for enrollment, seq in keys:
        by_seq[seq].add(enrollment)
    return or_(
        *(
            and_(StaffTask.seq == seq, StaffTask.enrollment_id.in_(sorted(ids)))
            for seq, ids in sorted(by_seq.items())
        )
    )


def _locked(*where: ColumnElement[bool]) -> Any:
    """Tasks, locked in the order of their ids and read anew."""
    query = select(StaffTask).where(*where).order_by(StaffTask.id).with_for_update()
    return query.execution_options(populate_existing=True)


def pause_of(session: Session, person: Staff) -> tuple[str, datetime] | None:
    """The guard that gives this person nothing new, by name, and since when; None if there is none."""
    query = (
        select(Guard.name, GuardTrip.at)
        .join(Guard, Guard.id == GuardTrip.guard_id)
        .where(
            GuardTrip.workspace_id == person.workspace_id,
            GuardTrip.per == "staff",
            GuardTrip.subject == person.key,
            GuardTrip.action == "pause",
            GuardTrip.until.is_(None),
        )
        .order_by(GuardTrip.id)
    )
    found = session.execute(query.limit(1)).first()
    return (found.name, found.at) if found else None


# -- who does them ------------------------------------------------------------------------------------------------


#: True if there are tasks to assign or to remind of.
DUE = or_(select(StaffTask.id).where(UNGIVEN, FREE).exists(), has_come(StaffTask.remind_at))


def run_some(session: Session, now: datetime) -> bool:
    """Assign some tasks and remind of some; True if there was anything to do."""
    return assign_some(session, now) + remind_some(session, now) > 0


def assign_some(session: Session, now: datetime) -> int:
    """Give some tasks that are nobody's yet to somebody; deterministic, and nobody on leave gets one.

    What only somebody could do whom a guard has paused waits until it is released.
    """
    drafts = session.scalars(
        select(StaffTask)
        .where(StaffTask.state == DRAFT, FREE)
        .order_by(StaffTask.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    rooms: dict[int, list[StaffTask]] = defaultdict(list)
    for task in drafts:
        rooms[task.workspace_id].append(task)
    for workspace_id, tasks in sorted(rooms.items()):
        crew = Crew.of(session, workspace_id, tasks, now)
        for task in tasks:
            person = crew.choose(task)
            held_by = crew.waits_for(task) if person is None else None
            if held_by is None:
                hand_to(task, person, now)
            else:
                task.held_by = held_by
                tell(task, now, JOURNEY, "held")
    session.flush()
    return len(drafts)


def hand_to(task: StaffTask, person: Staff | None, now: datetime, by: str = JOURNEY) -> None:
    """Let this person do it, or anybody of its team."""
    task.state, task.assigned_at, task.seen_at, task.confirmed_at = ASSIGNED, now, None, None
    task.staff_id, task.held_by = person.id if person else None, None
    if person is not None and not task.team:
        task.team = person.team
    tell(task, now, by, ASSIGNED, to=person.name if person else task.team)


@dataclass(slots=True)
class Crew:
    """The staff of a workspace who are at work, and what they have to do."""

    people: list[Staff]
    load: Counter[int] = field(default_factory=Counter)
    #: contact -> its advisers, the newest friend first; group -> the key of its owner.
    advisers: dict[int, list[int]] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    #: Whom a guard has paused, with the trip, who get nothing; and slowed down, who get what nobody else can do.
    paused: dict[str, int] = field(default_factory=dict)
    slowed: frozenset[str] = frozenset()
    #: Everybody at work, also those who are paused.
    present: list[Staff] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, workspace_id: int, tasks: Sequence[StaffTask], now: datetime) -> Crew:
        """Who is at work now, and what these tasks need to know."""
        at_work = (Staff.away_until.is_(None)) | (Staff.away_until <= now)
        people = session.scalars(
            select(Staff).where(Staff.workspace_id == workspace_id, Staff.active, at_work).order_by(Staff.key)
        ).all()
        trips = session.execute(
            select(GuardTrip.subject, GuardTrip.action, GuardTrip.id).where(
                GuardTrip.workspace_id == workspace_id, GuardTrip.per == "staff", GuardTrip.until.is_(None)
            )
        ).all()
        paused = {key: number for key, action, number in trips if action == "pause"}
        crew = cls([one for one in people if one.key not in paused], paused=paused, present=list(people))
        crew.slowed = frozenset(key for key, action, _ in trips if action == "slow")
        counts = session.execute(
            select(StaffTask.staff_id, func.count())
            .where(
                StaffTask.workspace_id == workspace_id,
                StaffTask.closed_at.is_(None),
                StaffTask.staff_id.is_not(None),
            )
            .group_by(StaffTask.staff_id)
        )
        crew.load.update({number: count for number, count in counts if number is not None})
        contacts = {task.contact_id for task in tasks if task.contact_id is not None}
        friends = session.execute(
            select(StaffRelation.contact_id, StaffRelation.staff_id)
            .where(
                StaffRelation.workspace_id == workspace_id,
                among(session, StaffRelation.contact_id, contacts),
                StaffRelation.state == "friend",
                StaffRelation.group_key == "",
            )
            .order_by(StaffRelation.since.desc(), StaffRelation.id)
        )
        for contact, person in friends:
            crew.advisers.setdefault(contact, []).append(person)
        groups = {task.group_id for task in tasks if task.group_id is not None}
        owned = session.execute(
            select(CustomerGroup.id, CustomerGroup.owner).where(
                CustomerGroup.workspace_id == workspace_id, among(session, CustomerGroup.id, groups)
            )
        )
        crew.owners = {number: owner for number, owner in owned if owner}
        return crew

    def waits_for(self, task: StaffTask) -> int | None:
        """The trip of the guard that keeps everybody from a task who could do it; None if it is none."""
        if not self.paused or task.assign == "team":
            return None
        able = Crew(self.present, Counter(self.load), self.advisers, self.owners)
        meant = able.choose(task)
        return self.paused.get(meant.key) if meant is not None else None

    def choose(self, task: StaffTask) -> Staff | None:
        """Who does it: whom its author meant, else whoever of the team has least to do; None is the whole team."""
        found = self._meant(task)
        if found is None and task.assign != "team":
            found = self.least(task.team) if task.team else None
        if found is not None:
            self.load[found.id] += 1
        return found

    def least(self, team: str) -> Staff | None:
        """Whoever of a team has least to do, by key if several have."""
        mine = self.team(team)
        return min(mine, key=lambda one: (self.load[one.id], one.key)) if mine else None

    def team(self, team: str) -> list[Staff]:
        """Its members who are at work, by key; those slowed down only if there is nobody else."""
        mine = [one for one in self.people if one.team == team]
        return [one for one in mine if one.key not in self.slowed] or mine

    def _meant(self, task: StaffTask) -> Staff | None:
        by_id = {one.id: one for one in self.people}
        if task.assign == "person":
            return next((one for one in self.people if one.key == task.person), None)
        if task.assign == "relationship" and task.contact_id is not None:
            advisers = self.advisers.get(task.contact_id, ())
            return next((by_id[number] for number in advisers if number in by_id), None)
        if task.assign == "relationship" and task.group_id is not None:
            owner = self.owners.get(task.group_id)
            return next((one for one in self.people if one.key == owner), None)
        if task.assign == "rota":
            mine = self.team(task.team)
            return mine[turn(task.key, len(mine))] if mine else None
        return None


def turn(key: str, of: int) -> int:
    """Whose turn it is among so many: always the same for one task."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) % of


def remind_some(session: Session, now: datetime) -> int:
    """Remind of some open tasks whose time for it has come."""
    late = session.scalars(
        select(StaffTask)
        .where(StaffTask.remind_at.is_not(None), StaffTask.remind_at <= now)
        .order_by(StaffTask.remind_at, StaffTask.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for task in late:
        at, task.remind_at = task.remind_at or now, None
        if not is_open(task):
            continue
        task.reminded += 1
        task.reminds -= 1
        if task.reminds > 0:
            task.remind_at = max(at, now) + timedelta(seconds=task.remind_secs)
        tell(task, now, JOURNEY, "reminded")
    session.flush()
    return len(late)
