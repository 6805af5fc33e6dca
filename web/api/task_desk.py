"""The cockpit: one list a day for each member of staff, what team leads steer, and unusual cases."""

from __future__ import annotations

import secrets
from datetime import datetime, time
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import case, func, select

from audience import task_acts, tasks, tier_dimensions
from audience.tables import Contact
from audience.tables_people import Staff
from audience.tables_tasks import StaffTask, UnusualCase
from journeys.words import Many, Shape, Text, Words
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Workspace
from web import task_rights
from web.access import STAFF, actor, found, here, scoped
from web.api.tasks import TaskOut, at_work, staff_tasks
from web.errors import Problem, invalid, not_found
from web.fields import At, Filled, OneOf, QueryNumber, RowNumber, several
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.tasks_shown import amount_of, at_once, shown, value_of

unusual = Resource("unusual_cases", "/unusual-cases", description="Cases for which no drawing was made.")
#: Tasks of one person's day.
MOST = 300
VERDICTS = ("changed", "kept")
REVIEWED = Words("这个个案已经复盘过了。", "This case was reviewed already.")
SOMEBODY = Words("请选一个员工或一个团队。", "Choose a person or a team.")


class DayArgs(Shape):
    staff_id = QueryNumber(metadata={"description": "Whose day; one's own if left out"})


class CrewMemberOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    team = fields.Str(required=True)


class TaskCustomerOut(Schema):
    contact_id = fields.Int(required=True, allow_none=True)
    group_id = fields.Int(required=True, allow_none=True)
    name = fields.Str(required=True)
    phone = fields.Str(required=True, metadata={"description": "Masked"})
    levels = fields.List(fields.Str(), required=True, metadata={"description": "Names of its tiers"})
    value = fields.Float(required=True, metadata={"description": "By which the list is ordered"})
    due_at = At(required=True, allow_none=True)
    overdue = fields.Bool(required=True)
    tasks = fields.List(fields.Nested(TaskOut), required=True)


class PausedOut(Schema):
    guard = fields.Str(required=True, metadata={"description": "The name of the guard"})
    since = At(required=True)


class TaskDayOut(Schema):
    date = fields.Str(required=True)
    person = fields.Nested(CrewMemberOut, required=True, allow_none=True)
    paused = fields.Nested(
        PausedOut,
        required=True,
        allow_none=True,
        metadata={"description": "Why nothing new comes, and nothing of the team's may be taken"},
    )
    open = fields.Int(required=True)
    overdue = fields.Int(required=True)
    done_today = fields.Int(required=True)
    customers = fields.List(fields.Nested(TaskCustomerOut), required=True)


class NamedChoiceOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)


class DimensionChoiceOut(NamedChoiceOut):
    levels = fields.List(fields.Nested(NamedChoiceOut), required=True)


class CrewOut(Schema):
    people = fields.List(fields.Nested(CrewMemberOut), required=True)
    teams = fields.List(fields.Str(), required=True)
    dimensions = fields.List(fields.Nested(DimensionChoiceOut), required=True)


class TaskLoadOut(Schema):
    staff_id = fields.Int(required=True, allow_none=True)
    name = fields.Str(required=True)
    team = fields.Str(required=True)
    away_until = At(required=True, allow_none=True)
    open = fields.Int(required=True)
    overdue = fields.Int(required=True)
    done_today = fields.Int(required=True)


class TaskLoadListOut(Schema):
    items = fields.List(fields.Nested(TaskLoadOut), required=True)


class ByHandArgs(Shape):
    title = Filled(required=True, longest=200)
    instructions = Text(longest=4000, load_default="")
    contact_id = RowNumber(allow_none=True)
    staff_id = RowNumber(allow_none=True)
    team = Text(longest=200, load_default="")
    due_at = At(allow_none=True)


class ReassignArgs(Shape):
    ids = Many(RowNumber(), required=True, validate=several(200))
    staff_id = RowNumber(required=True)
    note = Text(longest=2000, load_default="")


class ReassignedOut(Schema):
    moved = fields.Int(required=True)


class CaseListArgs(PageArgs):
    state = OneOf(("open", "reviewed"), load_default="open")


class ReviewArgs(Shape):
    verdict = OneOf(VERDICTS, required=True)
    answer = Text(longest=2000, load_default="")


class UnusualCaseOut(Schema):
    id = fields.Int(required=True)
    task_id = fields.Int(required=True, allow_none=True)
    journey_id = fields.Int(required=True, allow_none=True)
    step = fields.Str(required=True)
    contact_id = fields.Int(required=True, allow_none=True)
    contact_name = fields.Str(required=True)
    title = fields.Str(required=True)
    reason = fields.Str(required=True)
    at = At(required=True)
    by = fields.Str(required=True)
    override = fields.Dict(required=True, allow_none=True)
    state = fields.Str(required=True, metadata={"enum": ["open", "reviewed"]})
    verdict = fields.Str(required=True)
    answer = fields.Str(required=True)
    reviewed_at = At(required=True, allow_none=True)


@staff_tasks.get("/day", least=STAFF)
@staff_tasks.arguments(DayArgs, location="query")
@staff_tasks.response(200, TaskDayOut)
def day(args: dict[str, Any]) -> dict[str, Any]:
    """All that one person has to do, over all journeys, merged by customer: what matters most first."""
    session = db.session()
    person = task_rights.me()
    if "staff_id" in args and (person is None or args["staff_id"] != person.id):
        if actor().role == STAFF:
            raise not_found()
        person = found(Staff, args["staff_id"])
    now, begins = clock.now(session), _today()
    mine = (StaffTask.workspace_id == here(), task_rights.own(person))
    query = select(StaffTask).where(*mine, StaffTask.closed_at.is_(None))
    rows = session.scalars(query.order_by(StaffTask.due_at, StaffTask.id).limit(MOST)).all()
    done = select(func.count()).where(*mine, StaffTask.state == tasks.DONE, StaffTask.closed_at >= begins)
    customers = _customers(list(rows), now)
    paused = tasks.pause_of(session, person) if person is not None else None
    return {
        "date": begins.astimezone(_zone()).date().isoformat(),
        "person": person,
        "paused": {"guard": paused[0], "since": paused[1]} if paused else None,
        "open": len(rows),
        "overdue": sum(1 for row in rows if row.due_at is not None and row.due_at < now),
        "done_today": session.scalar(done) or 0,
        "customers": customers,
    }


@staff_tasks.get("/crew", least=STAFF)
@staff_tasks.response(200, CrewOut)
def crew() -> dict[str, Any]:
    """To whom a task may be handed over, and the tiers that may be given for a while."""
    people = db.session.scalars(_of(Staff).where(Staff.active).order_by(Staff.team, Staff.name)).all()
    dimensions = [row for row in tier_dimensions.all_of(db.session(), here()) if row.kind == "rules"]
    return {
        "people": people,
        "teams": sorted({one.team for one in people if one.team}),
        "dimensions": [{"key": row.key, "name": row.name, "levels": row.levels} for row in dimensions],
    }


@staff_tasks.get("/load", least="editor")
@staff_tasks.response(200, TaskLoadListOut)
def load() -> dict[str, Any]:
    """How much each member of staff has to do; one line a team for what nobody has taken."""
    session, now, begins = db.session(), clock.now(db.session()), _today()
    is_open = StaffTask.closed_at.is_(None)

    def count(which: Any) -> Any:
        return func.sum(case((which, 1), else_=0))

    done = (StaffTask.state == tasks.DONE) & (StaffTask.closed_at >= begins)
    by = case((StaffTask.staff_id.is_(None), StaffTask.team), else_="")
    query = (
        select(StaffTask.staff_id, by, count(is_open), count(is_open & (StaffTask.due_at < now)), count(done))
        .where(StaffTask.workspace_id == here(), is_open | (StaffTask.closed_at >= begins))
        .group_by(StaffTask.staff_id, by)
    )
    counts = {(number, team): tuple(map(int, rest)) for number, team, *rest in session.execute(query)}
    people = session.scalars(_of(Staff).where(Staff.active).order_by(Staff.team, Staff.name)).all()
    items = [
        _load(one.id, one.name, one.team, one.away_until, counts.get((one.id, ""), (0, 0, 0)))
        for one in people
    ]
    items += [
        _load(None, "", team, None, rest)
        for (number, team), rest in sorted(counts.items(), key=str)
        if number is None
    ]
    return {"items": items}


@staff_tasks.post("", least="editor")
@staff_tasks.arguments(ByHandArgs)
@staff_tasks.response(201, TaskOut)
def by_hand(args: dict[str, Any]) -> dict[str, Any]:
    """Ask for something by hand: for a customer, or for nobody, such as preparing next week's member day."""
    session = db.session()
    now = clock.now(session)
    person = at_work(args["staff_id"]) if args.get("staff_id") else None
    if person is None and not args["team"]:
        raise invalid(("team", SOMEBODY))
    contact = found(Contact, args["contact_id"]) if args.get("contact_id") else None
    key = f"hand:{secrets.token_hex(12)}"
    row = {
        "workspace_id": here(), "key": key, "title": args["title"], "instructions": args["instructions"],
        "contact_id": contact.id if contact else None, "team": args["team"] or (person.team if person else ""),
        "assign": "person" if person else "load", "person": person.key if person else "", "given_at": now,
        "due_at": args.get("due_at"), "results": [{"exit": "done", "name": "完成"}], "by": actor().name,
    }  # fmt: skip
    tasks.given(session, [row])
    task = session.scalars(_of(StaffTask).where(StaffTask.key == key)).one()
    tasks.hand_to(task, person or tasks.Crew.of(session, here(), [task], now).choose(task), now, actor().name)
    session.flush()
    audit.record(session, here(), actor().name, "task.given", f"task:{task.id}", {"team": task.team}, now)
    return shown([task])[0]


@staff_tasks.post("/reassign", least="editor")
@staff_tasks.arguments(ReassignArgs)
@staff_tasks.response(200, ReassignedOut)
def reassign(args: dict[str, Any]) -> dict[str, Any]:
    """Give several open tasks to one person; those that are over stay as they are."""
    session = db.session()
    now, person = clock.now(session), at_work(args["staff_id"])
    mine = _of(StaffTask).where(StaffTask.id.in_(args["ids"])).order_by(StaffTask.id).with_for_update()
    rows = session.scalars(mine).all()
    moved = task_acts.reassign(session, rows, person, actor().name, now, args["note"])
    note = {"tasks": [row.id for row in rows], "moved": moved}
    audit.record(session, here(), actor().name, "task.reassigned", f"staff:{person.id}", note, now)
    return {"moved": moved}


@unusual.get("", least="editor")
@unusual.arguments(CaseListArgs, location="query")
@unusual.response(200, page_of(UnusualCaseOut))
def cases(args: dict[str, Any]) -> dict[str, Any]:
    """Unusual cases, newest first: what the drawing does not know yet."""
    query = scoped(UnusualCase).where(UnusualCase.state == args["state"])
    return page(query, UnusualCase.id, args, shown=_cases)


@unusual.post("/<id:case_id>/review", least="editor")
@unusual.arguments(ReviewArgs)
@unusual.response(200, UnusualCaseOut)
def review(args: dict[str, str], case_id: int) -> dict[str, Any]:
    """Say what follows from a case: the journey is changed, or stays as it is."""
    session = db.session()
    row, now = found(UnusualCase, case_id), clock.now(session)
    if row.state != "open":
        raise Problem(409, "reviewed", REVIEWED)
    task_acts.review(row, args["verdict"], args["answer"], actor().name, now)
    session.flush()
    note = {"verdict": row.verdict}
    audit.record(session, here(), actor().name, "case.reviewed", f"case:{row.id}", note, now)
    return _cases([row])[0]


def _customers(rows: list[StaffTask], now: datetime) -> list[dict[str, Any]]:
    """The tasks merged by customer, those that matter most first, then what is due first."""
    told = {one["id"]: one for one in shown(rows)}
    groups: dict[tuple[int | None, int | None, int], list[StaffTask]] = {}
    for row in rows:
        alone = row.id if row.contact_id is None and row.group_id is None else 0
        groups.setdefault((row.contact_id, row.group_id, alone), []).append(row)
    ids = {row.contact_id for row in rows if row.contact_id is not None}
    people = {row.id: row for row in db.session.scalars(_of(Contact).where(Contact.id.in_(ids)))}
    dimensions = tier_dimensions.all_of(db.session(), here())
    ranks: dict[str, dict[str, float]] = {}
    names: dict[tuple[str, str], str] = {}
    for dimension in dimensions:
        count = max(len(dimension.levels), 1)
        for place, level in enumerate(dimension.levels):
            ranks.setdefault(dimension.key, {})[level["key"]] = (count - place) / count
            names[dimension.key, level["key"]] = level["name"]
    found_: list[tuple[float, datetime, int, dict[str, Any]]] = []
    for (contact_id, group_id, _), mine in groups.items():
        contact = people.get(contact_id or 0)
        value = value_of(contact, ranks, max(amount_of(row) for row in mine))
        first = told[mine[0].id]
        levels = [names[pair] for pair in ((contact.tiers or {}) if contact else {}).items() if pair in names]
        dues = [row.due_at for row in mine if row.due_at is not None]
        one = {
            "contact_id": contact_id, "group_id": group_id, "phone": first["phone"],
            "name": first["contact_name"] or first["group_name"], "levels": levels, "value": value,
            "due_at": min(dues, default=None), "overdue": any(told[row.id]["overdue"] for row in mine),
            "tasks": [told[row.id] for row in mine],
        }  # fmt: skip
        found_.append((-value, at_once(mine, now), mine[0].id, one))
    return [one for *_, one in sorted(found_, key=lambda entry: entry[:3])]


def _cases(rows: Any) -> list[dict[str, Any]]:
    ids = {row.contact_id for row in rows if row.contact_id is not None}
    query = select(Contact.id, Contact.name).where(Contact.workspace_id == here(), Contact.id.in_(ids))
    names = dict(db.session.execute(query).all()) if ids else {}
    same = [name for name in UnusualCaseOut().fields if name != "contact_name"]
    return [
        {name: getattr(row, name) for name in same} | {"contact_name": names.get(row.contact_id or 0, "")}
        for row in rows
    ]


def _load(number: int | None, name: str, team: str, away: Any, counts: Any) -> dict[str, Any]:
    told = dict(zip(("open", "overdue", "done_today"), counts, strict=True))
    return {"staff_id": number, "name": name, "team": team, "away_until": away, **told}


def _of(model: Any) -> Any:
    """Rows of this workspace."""
    return scoped(model)


def _zone() -> Any:
    return zone_of(db.session.get_one(Workspace, here()).timezone)


def _today() -> datetime:
    """When today began by the workspace's clock."""
    local = clock.now(db.session()).astimezone(_zone())
    return datetime.combine(local.date(), time(), local.tzinfo)
