"""The staff, and what they are to contacts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import func, select

from audience import staff as people
from audience.tables_people import Staff, StaffRelation
from journeys.words import Flag, Shape, Text, Words
from store import audit, clock
from store.database import db
from store.tables import Member
from web.access import actor, found, here, scoped
from web.errors import Problem, invalid
from web.fields import At, Filled, OneOf, RowNumber
from web.finding import the_contact
from web.paging import PageArgs, page, page_of
from web.resource import Resource

staff = Resource("staff", description="Members of staff who speak with customers.")
TAKEN = Words("已经有这个工号的员工了。", "There is somebody with this key already.")
NO_MEMBER = Words("工作区里没有这位成员。", "There is no such member in this workspace.")


class StaffArgs(Shape):
    key = Filled(longest=64, required=True, metadata={"description": "The id in WeCom or in your system"})
    name = Filled(longest=200, required=True)
    team = Text(longest=200)
    account_id = RowNumber(allow_none=True, metadata={"description": "The member who is this person"})


class StaffChangeArgs(Shape):
    name = Filled(longest=200)
    team = Text(longest=200)
    account_id = RowNumber(allow_none=True)
    active = Flag()
    away_until = At(allow_none=True, metadata={"description": "On leave until then: gets no tasks"})


class RelationArgs(Shape):
    state = OneOf(people.STATES, required=True)
    since = At(metadata={"description": "Now, if left out and the state changes"})
    remark = Text(longest=200, metadata={"description": "How the staff calls the contact"})
    source = Text(longest=200, metadata={"description": "The channel through which they came together"})
    group_key = Text(longest=128, metadata={"description": "The group in which they meet"})


class StaffOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    team = fields.Str(required=True)
    account_id = fields.Int(required=True, allow_none=True)
    active = fields.Bool(required=True)
    away_until = At(required=True, allow_none=True)
    friends = fields.Int(required=True, metadata={"description": "How many contacts are friends now"})
    created_at = At(required=True)


class RelationOut(Schema):
    staff_id = fields.Int(required=True)
    staff_key = fields.Str(required=True)
    staff_name = fields.Str(required=True)
    team = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": list(people.STATES)})
    since = At(required=True)
    remark = fields.Str(required=True)
    source = fields.Str(required=True)
    group_key = fields.Str(required=True)


@staff.get("/staff", least="viewer")
@staff.arguments(PageArgs, location="query")
@staff.response(200, page_of(StaffOut))
def everybody(args: dict[str, Any]) -> dict[str, Any]:
    """The staff, newest first, with how many friends each has."""
    return page(scoped(Staff), Staff.id, args, shown=_shown)


@staff.post("/staff", least="editor")
@staff.arguments(StaffArgs)
@staff.response(201, StaffOut)
def add(args: dict[str, Any]) -> dict[str, Any]:
    """Add a member of staff."""
    session = db.session()
    now = clock.now(session)
    if session.scalar(select(Staff.id).where(Staff.workspace_id == here(), Staff.key == args["key"])):
        raise Problem(409, "taken", TAKEN)
    _check_member(args.get("account_id"))
    row = Staff(workspace_id=here(), created_at=now, active=True, team=args.pop("team", ""), **args)
    session.add(row)
    session.flush()
    audit.record(session, here(), actor().name, "staff.added", f"staff:{row.id}", {"name": row.name}, now)
    return _shown([row])[0]


@staff.patch("/staff/<id:staff_id>", least="editor")
@staff.arguments(StaffChangeArgs)
@staff.response(200, StaffOut)
def change(args: dict[str, Any], staff_id: int) -> dict[str, Any]:
    """Change what is known of a member of staff; who left the brand is not `active` any more."""
    session = db.session()
    row = found(Staff, staff_id)
    _check_member(args.get("account_id"))
    for name, value in args.items():
        setattr(row, name, value)
    session.flush()
    note = {"fields": sorted(args)}
    audit.record(session, here(), actor().name, "staff.changed", f"staff:{row.id}", note, clock.now(session))
    return _shown([row])[0]


@staff.put("/contacts/<id:contact_id>/staff/<id:staff_id>", least="editor")
@staff.arguments(RelationArgs)
@staff.response(200, RelationOut)
def relate(args: dict[str, Any], contact_id: int, staff_id: int) -> dict[str, Any]:
    """Say what a contact and a member of staff are to each other; a deleted friend is written to by nobody."""
    session = db.session()
    now = clock.now(session)
    contact, person = the_contact(contact_id), found(Staff, staff_id)
    row = people.relate(session, here(), contact.id, person.id, now=now, **args)
    note = {"state": row.state, "staff": person.id}
    audit.record(session, here(), actor().name, "contact.related", f"contact:{contact.id}", note, now)
    return relation(row, person)


def relation(row: StaffRelation, person: Staff) -> dict[str, Any]:
    """A relation as it is shown on its contact."""
    told = {name: getattr(row, name) for name in ("state", "since", "remark", "source", "group_key")}
    return told | {
        "staff_id": person.id,
        "staff_key": person.key,
        "staff_name": person.name,
        "team": person.team,
    }


def _check_member(account_id: int | None) -> None:
    if account_id is None:
        return
    mine = select(Member.id).where(Member.workspace_id == here(), Member.account_id == account_id)
    if db.session.scalar(mine) is None:
        raise invalid(("account_id", NO_MEMBER))


def _shown(rows: Any) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    counts: dict[int, int] = {}
    if ids:
        query = (
            select(StaffRelation.staff_id, func.count())
            .where(
                StaffRelation.workspace_id == here(),
                StaffRelation.staff_id.in_(ids),
                StaffRelation.state == "friend",
                StaffRelation.group_key == "",
            )
            .group_by(StaffRelation.staff_id)
        )
        counts = {number: count for number, count in db.session.execute(query)}  # noqa: C416
    names = ("id", "key", "name", "team", "account_id", "active", "away_until", "created_at")
    return [{name: getattr(row, name) for name in names} | {"friends": counts.get(row.id, 0)} for row in rows]
