"""Which tasks somebody may see and treat: the staff their own and those of their team that are nobody's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from audience import task_acts
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from journeys.words import Words
from store.database import db
from web.access import STAFF, actor, here
from web.errors import Problem, not_found

SAID: dict[str, Words] = {
    "done": Words("这个任务已经填过结果了。", "The result of this task has been given already."),
    "withdrawn": Words("这个任务已经撤回，不需要再做。", "This task was taken back; it is no longer needed."),
    "timed_out": Words("这个任务已经过期。", "The time of this task is over."),
    "no-such-result": Words("这个任务没有这种结果。", "This task has no such result."),
}


def me() -> Staff | None:
    """The member of staff who asks, if the account is one's."""
    account = actor().account_id
    if account is None:
        return None
    mine = select(Staff).where(Staff.workspace_id == here(), Staff.account_id == account)
    return db.session.scalars(mine.order_by(Staff.id)).first()


def own(person: Staff | None) -> ColumnElement[bool]:
    """The tasks of one person, and those of the team that anybody may take."""
    if person is None:
        return false()
    mine: ColumnElement[bool] = StaffTask.staff_id == person.id
    if not person.team:
        return mine
    return or_(mine, and_(StaffTask.staff_id.is_(None), StaffTask.team == person.team))


def seen() -> ColumnElement[bool]:
    """What the actor may see at all."""
    return own(me()) if actor().role == STAFF else true()


def visible() -> Any:
    """A query of the tasks that the actor may see."""
    return select(StaffTask).where(StaffTask.workspace_id == here(), seen())


def the_task(task_id: int) -> StaffTask:
    """The task with this id, held until the transaction ends; 404 for one that is not the actor's to see."""
    if db.session.scalar(visible().with_only_columns(StaffTask.id).where(StaffTask.id == task_id)) is None:
        raise not_found()
    row = task_acts.take(db.session(), here(), task_id)
    if row is None:
        raise not_found()
    return row


def refused(error: task_acts.TaskError) -> Problem:
    """Why a task cannot be treated so, for whoever asked."""
    code = error.code
    words = SAID.get(code, SAID["timed_out"])
    if code == "no-such-result":
        return Problem(422, code, words)
    if code == task_acts.PAUSED:
        return Problem(409, "staff-paused", _paused(error.by))
    task = error.task
    if code == "done" and task.closed_at is not None:
        name = next(
            (str(one.get("name") or one["exit"]) for one in task.results if one["exit"] == task.result),
            task.result,
        )
        words = Words(f"{words}结果是“{name}”。", f"{words.en} It is: {name}.")
    return Problem(409, f"task-{code.replace('_', '-')}", words)


def _paused(guard: str) -> Words:
    return Words(
        f"守护“{guard}”暂停了给您派新任务，团队的任务您暂时不能领。您手上的照常做；这一件请同事领取，或请负责人转交给您，或在“设置 → 守护”放行。",
        f"The guard “{guard}” gives you no new tasks, so you cannot take one of the team's. Go on with your own; let a"
        " colleague take this one, or ask whoever leads the team to hand it to you or to release the guard (Settings → Guards).",
    )
