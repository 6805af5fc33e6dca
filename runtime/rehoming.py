"""Bringing people from one version of a journey to another, a batch in a transaction, while others advance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from audience import coupons
from journeys.position import ENDED, HOLDOUT, NEW, Facts, Move, Position, from_json, to_json
from journeys.rehoming import Rehoming, bring_back, has_place, rehome
from journeys.tables import Enrollment, JourneyMove, Knock, MovedPerson, Version
from runtime import facts, faults, reaching
from runtime.advance import horizon
from runtime.cohorts import Cohort
from runtime.database import Database, Transaction
from runtime.facts import UNKNOWN
from runtime.moving import Moving
from runtime.plans import Compiled
from runtime.routes import Routes
from runtime.rows import Standing

#: People moved in one transaction.
BATCH = 500
QUIETLY = {"synchronize_session": False}


@dataclass(slots=True)
class _Task:
    """One batch of one move."""

    move: JourneyMove
    old: Compiled
    new: Compiled
    how: Rehoming
    #: Before which time an alarm must have rung already.
    before: datetime
    until: datetime


class Rehomings:
    """Carries out the moves that were asked for; any number of workers may do so at the same time."""

    def __init__(self, database: Database, routes: Routes, now: Callable[[Session], datetime]) -> None:
        self.database, self.routes, self.now = database, routes, now

    def run(self) -> bool:
        """One batch of each running move; True if anybody was moved, or a move came to its end."""
        with self.database.reading() as tx:
            running = tx.session.scalars(select(JourneyMove.id).where(JourneyMove.state == "running"))
            ids = sorted(running)
        done = [self._batch(number) for number in ids]
        return any(done)

    def _batch(self, number: int) -> bool:
        with self.database.transaction() as tx:
            before, until = horizon(tx, self.routes, self.now)
            move = tx.session.scalars(
                select(JourneyMove)
                .where(JourneyMove.id == number, JourneyMove.state == "running")
                .with_for_update(skip_locked=True)
            ).one_or_none()
            task = self._task(tx, move, before, until) if move is not None else None
            if task is None:
                return False
            come = self._bring_back(tx, task) if task.move.undoes_id else self._come_over(tx, task)
            task.move.moved += come
            ended = not come and not self._somebody_left(tx, task)
            if ended:
                self._end(tx, task)
            tx.session.flush()
            faults.hit("publish.mid")
        return bool(come or ended)

    def _task(self, tx: Transaction, move: JourneyMove, before: datetime, until: datetime) -> _Task | None:
        journey = move.journey_id
        old = self.routes.compiled(tx, journey, move.from_version_id)
        new = self.routes.compiled(tx, journey, move.to_version_id)
        if old is None or new is None:
            return None
        ids = (move.from_version_id, move.to_version_id)
        numbers = dict(
            tx.session.execute(select(Version.id, Version.number).where(Version.id.in_(ids))).all()
        )
        how = Rehoming(
            targets=move.targets,
            recompute=move.mode == "recompute",
            paused=journey in self.routes.paused,
            pauses=self.routes.pauses(tx, journey),
            note={"from": numbers[ids[0]], "to": numbers[ids[1]]},
        )
        return _Task(move, old, new, how, before, until)

    # -- to another version ---------------------------------------------------------------------------------

    def _come_over(self, tx: Transaction, task: _Task) -> int:
        """Move a batch of those who have a place to come to; returns how many came."""
        waiting = self._opened(tx, task)
        free = select(Enrollment.id).where(*_movable(task)).limit(BATCH).with_for_update(skip_locked=True)
        if not task.how.paused:
            # Whoever is due, or has something to hear, lives up to now on the version on which it came so far.
            free = free.where(or_(Enrollment.due_at.is_(None), Enrollment.due_at >= task.before))
            free = free.where(~exists().where(Knock.enrollment_id == Enrollment.id))
        ids = list(tx.session.scalars(free))
        if not task.how.paused:
            # What knocked before the rows were locked is seen by now; what knocks from here on wakes them afterwards.
            knocking = _knocking(tx, ids)
            ids = [number for number in ids if number not in knocking]
        standings = tx.sql.claim_some(tx.cursor, ids) if ids else []
        before = {standing.id: standing.position for standing in standings}
        known = self._known(tx, task, standings)
        moves = rehome(task.old.plan, task.new.plan, list(before.values()), known, task.until, task.how)
        moved = [(s, move) for s, move in zip(standings, moves, strict=True) if move is not None]
        self._write(tx, task, moved)
        if moved:
            tx.session.execute(
                insert(MovedPerson),
                [_before(task.move, standing, before[standing.id], move) for standing, move in moved],
            )
        return waiting + len(moved)

    def _opened(self, tx: Transaction, task: _Task) -> int:
        """Whoever has been opened and not yet begun begins on the new version, if his entry is still there."""
        entries = [entry.id for entry in task.new.plan.entries]
        found = tx.session.execute(
            update(Enrollment)
            .where(
                Enrollment.version_id == task.move.from_version_id,
                Enrollment.status == NEW,
                Enrollment.entry_id.in_(entries),
            )
            .values(version_id=task.move.to_version_id, epoch=Enrollment.epoch + 1)
            .execution_options(**QUIETLY)
        )
        return int(found.rowcount)

    def _somebody_left(self, tx: Transaction, task: _Task) -> bool:
        """True while somebody who can come over was due, or held by another worker, and is to be tried again."""
        if task.move.undoes_id:
            query = select(MovedPerson.enrollment_id).where(
                MovedPerson.move_id == task.move.undoes_id, MovedPerson.handled.is_(False)
            )
        else:
            query = select(Enrollment.id).where(*_movable(task))
        return tx.session.scalars(query.limit(1)).first() is not None

    def _end(self, tx: Transaction, task: _Task) -> None:
        move, now = task.move, self.now(tx.session)
        move.state, move.ended_at = "done", now
        if move.undoes_id:
            tx.session.execute(
                update(JourneyMove)
                .where(JourneyMove.id == move.undoes_id)
                .values(state="undone")
                .execution_options(**QUIETLY)
            )

    # -- and back -------------------------------------------------------------------------------------------

    def _bring_back(self, tx: Transaction, task: _Task) -> int:
        """Bring back a batch of those whom another move brought over; returns how many came."""
        records = {
            record.enrollment_id: record
            for record in tx.session.scalars(
                select(MovedPerson)
                .where(MovedPerson.move_id == task.move.undoes_id, MovedPerson.handled.is_(False))
                .order_by(MovedPerson.enrollment_id)
                .limit(BATCH)
            )
        }
        standings = tx.sql.claim_some(tx.cursor, sorted(records)) if records else []
        moved: list[tuple[Standing, Move]] = []
        handled: list[int] = []
        here = [s for s in standings if s.version_id == task.move.from_version_id]
        knocking = set() if task.how.paused else _knocking(tx, [s.id for s in here])
        known = dict(zip((s.id for s in here), self._known(tx, task, here), strict=True))
        for standing in standings:
            if standing.id not in known or standing.position.status == ENDED:
                handled.append(standing.id)
                continue
            if not task.how.paused and standing.due_at is not None and standing.due_at < task.before:
                continue
            if standing.id in knocking:
                continue
            handled.append(standing.id)
            move = _back(task, records[standing.id], standing.position, known[standing.id])
            if move is not None:
                moved.append((standing, move))
        self._write(tx, task, moved)
        if handled:
            tx.session.execute(
                update(MovedPerson)
                .where(MovedPerson.move_id == task.move.undoes_id, MovedPerson.enrollment_id.in_(handled))
                .values(handled=True)
                .execution_options(**QUIETLY)
            )
        return len(moved)

    def _known(self, tx: Transaction, task: _Task, standings: Sequence[Standing]) -> list[Facts]:
        if not standings:
            return []
        workspace_id, subjects = standings[0].workspace_id, [standing.subject_id for standing in standings]
        old, new = task.old.plan, task.new.plan
        # The tags of a stage left come off, also where the new drawing asks for none.
        reads = replace(new.reads, tags=old.reads.tags or new.reads.tags)
        if new.reserves:
            reaching.lock_subjects(tx, workspace_id, subjects)
        known = facts.load(tx, workspace_id, subjects, reads)
        told = reaching.tell(tx, self.routes, new, standings, known, task.until)
        if new.reads.pools:
            allowed = coupons.allowed(tx.session, workspace_id, subjects, new.reads.pools, task.until)
            told = {n: replace(one, coupons=allowed[n]) for n, one in told.items()}
        return [told.get(subject, UNKNOWN).of(subject) for subject in subjects]

    # -- writing --------------------------------------------------------------------------------------------

    def _write(self, tx: Transaction, task: _Task, moved: Sequence[tuple[Standing, Move]]) -> None:
        if not moved:
            return
        to = task.move.to_version_id
        cohorts = [Cohort([standing], move) for standing, move in moved]
        Moving(tx, self.routes, task.until).take_over(task.old, task.new, to, cohorts)
        ids = [standing.id for standing, _ in moved]
        if task.how.paused and (knocking := _knocking(tx, ids)):
            # They are parked as they were, so that resuming wakes them at once.
            parked = update(Enrollment).where(Enrollment.id.in_(knocking)).values(due_at=None)
            tx.session.execute(parked.execution_options(**QUIETLY))
        tx.session.execute(
            update(Enrollment)
            .where(Enrollment.id.in_(ids))
            .values(version_id=to)
            .execution_options(**QUIETLY)
        )
        if task.old.plan.goals or task.new.plan.goals:
            until = task.new.plan.goals_until
            rows = [{"id": s.id, "goal_until": until(s.position.entered_journey)} for s, _ in moved]
            tx.session.execute(update(Enrollment), rows)


def _back(task: _Task, record: MovedPerson, position: Position, known: Facts) -> Move | None:
    """Exactly to where he was if nothing has moved him since; else by the same id, or the author's target."""
    kept = dict(record.before)
    after = (record.visit, record.seq, *kept.pop("after"))
    if (position.visit, position.seq, position.status, position.stage, position.step) == after:
        before = from_json(kept)
        return bring_back(task.old.plan, task.new.plan, position, before, known, task.until, task.how)
    return rehome(task.old.plan, task.new.plan, [position], [known], task.until, task.how)[0]


def _before(move: JourneyMove, standing: Standing, before: Position, made: Move) -> dict[str, Any]:
    after = made.position
    return {
        "move_id": move.id,
        "enrollment_id": standing.id,
        "workspace_id": standing.workspace_id,
        "before": to_json(before) | {"after": [after.status, after.stage, after.step]},
        "visit": after.visit,
        "seq": after.seq,
        "handled": False,
    }


def _knocking(tx: Transaction, ids: Sequence[int]) -> set[int]:
    """Those of these who have a signal to hear."""
    return (
        set(tx.session.scalars(select(Knock.enrollment_id).where(Knock.enrollment_id.in_(ids))))
        if ids
        else set()
    )


def _movable(task: _Task) -> Iterable[Any]:
    """Who has a place in the new drawing: at steps and in stages that are still there or have a target."""
    old, new, targets = task.old.plan, task.new.plan, task.how.targets
    steps = [step for step in old.steps if has_place(new, step, targets)]
    stages = [stage for stage in old.stages if has_place(new, stage, targets)]
    return (
        Enrollment.version_id == task.move.from_version_id,
        Enrollment.status.not_in((ENDED, NEW)),
        or_(
            Enrollment.step.in_(steps),
            and_(Enrollment.step.is_(None), Enrollment.stage.in_(stages)),
            Enrollment.status == HOLDOUT,
        ),
    )
