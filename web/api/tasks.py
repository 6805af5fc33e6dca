"""Tasks of the staff: the list, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields

from audience import task_acts, tasks
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from audience.tier_overrides import NoSuchLevel
from journeys.words import Part, Shape, Text, Words
from store import audit, clock
from store.database import db
from web import task_rights, task_scripts
from web.access import STAFF, actor, found, here
from web.errors import Problem, invalid, not_found
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.tasks_shown import shown

staff_tasks = Resource("tasks", "/tasks", description="What the staff are asked to do.")
WHO = ("mine", "team", "all")
OPEN, CLOSED = "open", "closed"
SOMEBODY = Words("请选一个员工或一个团队。", "Choose a person or a team.")
NOT_AT_WORK = Words("这位员工已离职。", "This member of staff has left.")
NO_LEVEL = Words("这个维度没有这个等级。", "This dimension has no such level.")
PAST = Words("期限要在现在之后。", "The day must lie ahead.")


class TaskListArgs(PageArgs):
    who = OneOf(WHO, load_default="all")
    state = OneOf((OPEN, CLOSED, *tasks.STATES), load_default=OPEN)
    team = Text(longest=200)
    staff_id = QueryNumber()
    journey_id = QueryNumber()
    contact_id = QueryNumber()
    overdue = OneOf(("true",))


class ResultArgs(Shape):
    result = Filled(required=True, longest=64, metadata={"description": "The `exit` of one of its results"})
    note = Text(longest=2000, load_default="")


class NoteArgs(Shape):
    note = Filled(required=True, longest=2000)


class HandOverArgs(Shape):
    staff_id = RowNumber(allow_none=True)
    team = Text(longest=200, load_default="")
    note = Text(longest=2000, load_default="")


class ForAWhileArgs(Shape):
    dimension = Filled(required=True, longest=64)
    level = Filled(required=True, longest=64)
    until = At(required=True)


class NotSuitableArgs(Shape):
    reason = Filled(required=True, longest=2000)
    override = Part(ForAWhileArgs, allow_none=True)


class TaskWordsOut(Schema):
    zh = fields.Str(required=True)
    en = fields.Str(required=True)


class TaskPieceOut(Schema):
    text = fields.Str(required=True)
    slot = fields.Str(
        required=True, metadata={"description": "The open slot that this is; empty for the core"}
    )
    longest = fields.Int(required=True)


class TaskChoiceOut(Schema):
    exit = fields.Str(required=True)
    name = fields.Str(required=True)


class TaskScriptOut(Schema):
    id = fields.Int(required=True)
    question = fields.Str(required=True)
    answers = fields.List(
        fields.Str(), required=True, metadata={"description": "With the customer's values in them"}
    )
    tags = fields.List(fields.Str(), required=True)
    copies = fields.List(fields.Int(), required=True)


class TaskOut(Schema):
    id = fields.Int(required=True)
    title = fields.Str(required=True)
    instructions = fields.Str(required=True)
    words = fields.List(fields.Nested(TaskPieceOut), required=True, metadata={"description": "What to say"})
    why = fields.Nested(TaskWordsOut, required=True)
    state = fields.Str(required=True, metadata={"enum": list(tasks.STATES)})
    open = fields.Bool(required=True)
    overdue = fields.Bool(required=True)
    results = fields.List(fields.Nested(TaskChoiceOut), required=True)
    given_at = At(required=True)
    due_at = At(required=True, allow_none=True)
    closed_at = At(required=True, allow_none=True)
    team = fields.Str(required=True)
    staff_id = fields.Int(required=True, allow_none=True)
    staff_name = fields.Str(required=True)
    escalated = fields.Bool(required=True)
    reminded = fields.Int(required=True)
    journey_id = fields.Int(required=True, allow_none=True)
    journey_name = fields.Str(required=True)
    contact_id = fields.Int(required=True, allow_none=True)
    contact_name = fields.Str(required=True)
    group_id = fields.Int(required=True, allow_none=True)
    group_name = fields.Str(required=True)
    phone = fields.Str(required=True, metadata={"description": "Masked"})
    result = fields.Str(required=True)
    note = fields.Str(required=True)
    reason = fields.Str(required=True)
    history = fields.List(fields.Dict(), required=True)


@staff_tasks.get("", least=STAFF)
@staff_tasks.arguments(TaskListArgs, location="query")
@staff_tasks.response(200, page_of(TaskOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """Tasks, newest first; the staff see their own, and those of their team that nobody has taken."""
    query = task_rights.visible()
    person = task_rights.me()
    if args["who"] == "mine":
        query = query.where(task_rights.own(person))
    elif args["who"] == "team":
        query = query.where(StaffTask.team == (person.team if person else ""))
    if args["state"] == OPEN:
        query = query.where(StaffTask.closed_at.is_(None))
    elif args["state"] == CLOSED:
        query = query.where(StaffTask.closed_at.is_not(None))
    else:
        query = query.where(StaffTask.state == args["state"])
    for name in ("team", "staff_id", "journey_id", "contact_id"):
        if name in args:
            query = query.where(getattr(StaffTask, name) == args[name])
    if args.get("overdue"):
        query = query.where(StaffTask.due_at < clock.now(db.session()), StaffTask.closed_at.is_(None))
    return page(query, StaffTask.id, args, shown=shown)


@staff_tasks.get("/<id:task_id>", least=STAFF)
@staff_tasks.response(200, TaskOut)
def one(task_id: int) -> dict[str, Any]:
    """One task with its history."""
    return shown([task_rights.the_task(task_id)])[0]


@staff_tasks.get("/<id:task_id>/scripts", least=STAFF)
@staff_tasks.arguments(PageArgs, location="query")
@staff_tasks.response(200, page_of(TaskScriptOut))
def scripts(_: dict[str, Any], task_id: int) -> dict[str, Any]:
    """What customers ask at this point, and what may be answered: those of its stage first."""
    task = db.session.scalars(task_rights.visible().where(StaffTask.id == task_id)).one_or_none()
    if task is None:
        raise not_found()
    return whole(task_scripts.beside(task))


def treat(task_id: int, act: str, do: Callable[[StaffTask], object]) -> dict[str, Any]:
    """Do something with a task, write it into the audit, and show the task."""
    session = db.session()
    row = task_rights.the_task(task_id)
    try:
        do(row)
    except task_acts.TaskError as error:
        raise task_rights.refused(error) from None
    session.flush()
    note = {"journey": row.journey_id, "state": row.state}
    audit.record(session, here(), actor().name, f"task.{act}", f"task:{row.id}", note, clock.now(session))
    return shown([row])[0]


def now() -> Any:
    """The journeys' clock."""
    return clock.now(db.session())


@staff_tasks.post("/<id:task_id>/seen", least=STAFF)
@staff_tasks.response(200, TaskOut)
def see(task_id: int) -> dict[str, Any]:
    """Say that it was looked at."""
    return treat(task_id, "seen", lambda row: task_acts.see(row, actor().name, now()))


@staff_tasks.post("/<id:task_id>/confirm", least=STAFF)
@staff_tasks.response(200, TaskOut)
def confirm(task_id: int) -> dict[str, Any]:
    """Say that it will be done; a task of the whole team becomes one's own."""

    def do(row: StaffTask) -> None:
        task_acts.confirm(row, actor().name, now())
        person = task_rights.me()
        if person is not None:
            task_acts.take_on(db.session(), row, person)

    return treat(task_id, "confirmed", do)


@staff_tasks.post("/<id:task_id>/result", least=STAFF)
@staff_tasks.arguments(ResultArgs)
@staff_tasks.response(200, TaskOut)
def result(args: dict[str, str], task_id: int) -> dict[str, Any]:
    """Say what came of it; the journey goes on by it, once, however often it is said.

    A task of one's whole team becomes one's own by it.
    """
    session = db.session()

    def do(row: StaffTask) -> None:
        person = task_rights.me()
        if person is not None and person.team == row.team:
            task_acts.take_on(session, row, person)
        task_acts.finish(session, row, args["result"], actor().name, now(), args["note"])

    return treat(task_id, "done", do)


@staff_tasks.post("/<id:task_id>/note", least=STAFF)
@staff_tasks.arguments(NoteArgs)
@staff_tasks.response(200, TaskOut)
def note(args: dict[str, str], task_id: int) -> dict[str, Any]:
    """Write a note into its history."""
    return treat(task_id, "noted", lambda row: task_acts.note(row, args["note"], actor().name, now()))


@staff_tasks.post("/<id:task_id>/hand-over", least=STAFF)
@staff_tasks.arguments(HandOverArgs)
@staff_tasks.response(200, TaskOut)
def hand_over(args: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Let somebody else do it, or another team; its history goes along."""
    person = at_work(args["staff_id"]) if args.get("staff_id") else None
    if person is None and not args["team"]:
        raise invalid(("team", SOMEBODY))
    session, more = db.session(), {"person": person, "team": args["team"], "text": args["note"]}

    def do(row: StaffTask) -> None:
        mine = person is not None and person is task_rights.me()
        if mine and row.staff_id is None and person is not None and actor().role == STAFF:
            task_acts.may_take(session, row, person)
        task_acts.hand_over(session, row, actor().name, now(), **more)

    return treat(task_id, "handed_over", do)


@staff_tasks.post("/<id:task_id>/not-suitable", least=STAFF)
@staff_tasks.arguments(NotSuitableArgs)
@staff_tasks.response(200, TaskOut)
def not_suitable(args: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Say why it does not fit this customer: an unusual case to be reviewed; a tier may be given for a while."""
    session, override = db.session(), args.get("override")
    if override and override["until"] <= now():
        raise invalid(("override.until", PAST))

    def do(row: StaffTask) -> None:
        try:
            task_acts.not_suitable(session, row, args["reason"], actor().name, now(), override)
        except NoSuchLevel:
            raise Problem(422, "no-level", NO_LEVEL) from None

    return treat(task_id, "not_suitable", do)


def at_work(staff_id: int) -> Staff:
    """The member of staff with this id; 404 if there is none, 422 for one who has left."""
    person = found(Staff, staff_id)
    if not person.active:
        raise invalid(("staff_id", NOT_AT_WORK))
    return person
