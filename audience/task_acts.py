"""What the staff do with a task: see it, confirm it, say what came of it, hand it over, or say that it does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audience import tasks, tier_overrides
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask, UnusualCase
from audience.tier_overrides import Given
from store import touches
from store.inbox import NewSignal, put
from store.tables_guards import Guard

#: The result of a task that does not fit its customer; a step may have an exit for it.
NOT_SUITABLE = "not_suitable"
#: The result that says that the customer was told: a touch, as a message is.
SENT = "sent"
#: The code for somebody whom a guard has paused.
PAUSED = "paused"
#: The event that a result is for whoever does not stand at its task any more.
TASK_DONE = "task_done"


class TaskError(ValueError):
    """A task cannot be treated so; `code` says why, `task` is the task as it is now, `by` the guard that is against it."""

    def __init__(self, code: str, task: StaffTask, by: str = "") -> None:
        self.code, self.task, self.by = code, task, by
        super().__init__(code)


def take(session: Session, workspace_id: int, task_id: int) -> StaffTask | None:
    """The task as it is now, held until the transaction ends; None if the workspace has none with this id."""
    return session.scalars(
        select(StaffTask)
        .where(StaffTask.workspace_id == workspace_id, StaffTask.id == task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def see(task: StaffTask, by: str, now: datetime) -> bool:
    """Somebody has looked at it; False if that is known, or it is over."""
    if task.state not in (tasks.DRAFT, tasks.ASSIGNED):
        return False
    task.state, task.seen_at = tasks.SEEN, now
    tasks.tell(task, now, by, tasks.SEEN)
    return True


def confirm(task: StaffTask, by: str, now: datetime) -> bool:
    """Somebody says that they will do it. Raises TaskError if it is over."""
    _still_open(task)
    if task.state == tasks.CONFIRMED:
        return False
    task.state, task.confirmed_at = tasks.CONFIRMED, now
    task.seen_at = task.seen_at or now
    tasks.tell(task, now, by, tasks.CONFIRMED)
    return True


def take_on(session: Session, task: StaffTask, person: Staff) -> None:
    """Make a task of the whole team this person's own; one that is somebody's, or over, stays as it is.

    Raises TaskError("paused") if a guard gives the person nothing new: nobody takes what he would not be given.
    """
    if task.staff_id is not None or task.state in (tasks.DONE, tasks.WITHDRAWN):
        return
    may_take(session, task, person)
    task.staff_id = person.id


def may_take(session: Session, task: StaffTask, person: Staff) -> None:
    """Raises TaskError("paused") if a guard gives this person nothing new."""
    paused = tasks.pause_of(session, person)
    if paused is not None:
        raise TaskError(PAUSED, task, paused[0])


def note(task: StaffTask, text: str, by: str, now: datetime) -> None:
    """Write a note into its history; also after it is over."""
    tasks.tell(task, now, by, "note", note=text)


def finish(session: Session, task: StaffTask, result: str, by: str, now: datetime, text: str = "") -> bool:
    """Say what came of it: the journey hears it, once. False if the very same was said before.

    Whose time is over may still be done: the journey, which has gone on, hears it as an event. Raises TaskError for
    a result that there is not, or another than was said before, and for a task that is no longer needed.
    """
    exits = {one["exit"] for one in task.results} | {NOT_SUITABLE}
    if result not in exits:
        raise TaskError("no-such-result", task)
    if task.state == tasks.DONE and task.result == result:
        return False
    if task.state != tasks.TIMED_OUT:
        _still_open(task)
    task.state, task.result, task.note = tasks.DONE, result, text[:2000]
    task.closed_at, task.closed_by, task.remind_at = now, by, None
    task.seen_at = task.seen_at or now
    tasks.tell(task, now, by, tasks.DONE, to=result, note=text)
    session.flush()
    if result == SENT and task.contact_id is not None:
        _count_touch(session, task, now)
    if task.enrollment_id is not None:
        subject = task.contact_id if task.contact_id is not None else -(task.group_id or 0)
        data = {"task_id": task.id, "seq": task.seq, "result": result, "note": text, "step": task.step,
                "title": task.title}  # fmt: skip
        told = NewSignal(
            *(task.workspace_id, "task", TASK_DONE, now, data, subject or None),
            event_id=f"task:{task.key}",
            enrollment_id=task.enrollment_id,
        )
        put(session, [told], now)
    return True


def _count_touch(session: Session, task: StaffTask, now: datetime) -> None:
    """Count for the workspace's guards, if it has any, that somebody has spoken to the customer."""
    if session.scalars(touches.GUARDED.where(Guard.workspace_id == task.workspace_id)).first() is None:
        return
    staff = session.scalar(select(Staff.key).where(Staff.id == task.staff_id)) if task.staff_id else None
    found = touches.subjects_of(task.journey_id, task.step, task.content, staff)
    touches.add(session, {(task.workspace_id, per, subject, False): 1 for per, subject in found}, now)


def hand_over(
    session: Session,
    task: StaffTask,
    by: str,
    now: datetime,
    *,
    person: Staff | None = None,
    team: str = "",
    text: str = "",
) -> None:
    """Let somebody else, or another team, do it; its history goes along. Raises TaskError if it is over."""
    _still_open(task)
    before = session.get(Staff, task.staff_id).name if task.staff_id else task.team  # type: ignore[union-attr]
    if person is not None:
        task.team = team or person.team or task.team
    else:
        task.team = team
        person = tasks.Crew.of(session, task.workspace_id, [task], now).least(team)
    task.state, task.assigned_at, task.seen_at, task.confirmed_at = tasks.ASSIGNED, now, None, None
    task.staff_id, task.held_by = person.id if person else None, None
    to = person.name if person else task.team
    more = {"from": before, "to": to, "note": text, "team": task.team}
    tasks.tell(task, now, by, "handed_over", **more)


def not_suitable(
    session: Session,
    task: StaffTask,
    reason: str,
    by: str,
    now: datetime,
    override: Mapping[str, Any] | None = None,
) -> UnusualCase:
    """Record a case for which the task does not fit, and close it; a tier may be given for a while.

    `override` is {dimension, level, until}. Raises TaskError if the task is over, tier_overrides.NoSuchLevel.
    """
    _still_open(task)
    finish(session, task, NOT_SUITABLE, by, now, reason)
    task.reason = reason
    case = UnusualCase(
        workspace_id=task.workspace_id,
        task_id=task.id,
        journey_id=task.journey_id,
        step=task.step,
        contact_id=task.contact_id,
        title=task.title,
        reason=reason,
        at=now,
        by=by,
        override=None,
        state="open",
        verdict="",
        answer="",
        reviewed_by="",
    )
    if override and task.contact_id is not None:
        until = override["until"]
        given = (task.workspace_id, task.contact_id, override["dimension"], override["level"], now, until)
        tier_overrides.open_one(session, Given(*given, reason=reason[:500], by=by), now)
        case.override = {**override, "until": until.isoformat()}
    session.add(case)
    session.flush()
    return case


def review(case: UnusualCase, verdict: str, answer: str, by: str, now: datetime) -> None:
    """Say what follows from an unusual case: the drawing is changed, or kept."""
    case.state, case.verdict, case.answer, case.reviewed_at, case.reviewed_by = (
        *("reviewed", verdict, answer, now),
        by,
    )


def reassign(
    session: Session, rows: Sequence[StaffTask], person: Staff, by: str, now: datetime, text: str = ""
) -> int:
    """Give several to one person; those that are over are left alone. Returns how many changed hands."""
    moved = [task for task in rows if tasks.is_open(task) and task.staff_id != person.id]
    for task in moved:
        hand_over(session, task, by, now, person=person, team=person.team or task.team, text=text)
    return len(moved)


def _still_open(task: StaffTask) -> None:
    if not tasks.is_open(task):
        raise TaskError(task.state, task)
