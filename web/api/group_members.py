"""Who is in a customer group, and telling that somebody came or left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import events as happenings
from audience.group_members import JOINED, LEFT
from audience.tables_groups import CustomerGroup, GroupMember
from journeys.words import Many, Shape, Text, Whole, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.contacts import WrongOut
from web.errors import invalid
from web.fields import At, Bag, OneOf, Whatever
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located, names_of, places

group_members = Resource("group-members", "/groups", description="Who is in a group.")
MOST = 1000
NOBODY = Words("请给出 joined 或 left。", "Give joined or left.")


class GroupMembersArgs(PageArgs):
    gone = OneOf(("yes", "no"), metadata={"description": "Only those who left, or only those in it"})


class GroupMemberOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    role = fields.Str(required=True)
    invited_by = fields.Str(required=True)
    joined_at = At(required=True)
    left_at = At(required=True, allow_none=True)


class GroupMemberIn(Shape):
    external_id = Text(longest=255, allow_none=True)
    contact_id = Whole(allow_none=True)
    identity = Bag(allow_none=True)
    event_id = Text(longest=255, allow_none=True, metadata={"description": "Taken once per workspace"})
    occurred_at = At(allow_none=True)
    role = Text(longest=32, allow_none=True)
    invited_by = Text(longest=255, allow_none=True)


class GroupStepsArgs(Shape):
    joined = Many(Whatever(GroupMemberIn), metadata={"maxItems": MOST})
    left = Many(Whatever(GroupMemberIn), metadata={"maxItems": MOST})

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("joined") and not data.get("left"):
            raise ValidationError(NOBODY)


class MembersToldOut(Schema):
    accepted = fields.Int(required=True)
    duplicates = fields.Int(required=True)
    errors = fields.List(fields.Nested(WrongOut), required=True)


@group_members.get("/<id:group_id>/members", least="viewer")
@group_members.arguments(GroupMembersArgs, location="query")
@group_members.response(200, page_of(GroupMemberOut))
def listed(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """Members of a group, the newest first; those who left stay listed with the time."""
    query = scoped(GroupMember).where(GroupMember.group_id == found(CustomerGroup, group_id).id)
    if "gone" in args:
        query = query.where(
            GroupMember.left_at.is_not(None) if args["gone"] == "yes" else GroupMember.left_at.is_(None)
        )
    return page(query, GroupMember.id, args, shown=_shown)


@group_members.post("/<id:group_id>/members", least="editor")
@group_members.arguments(GroupStepsArgs)
@group_members.response(202, MembersToldOut)
def step(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """Tell who joined and who left: each is the event `group_joined` or `group_left` of the person and of the group."""
    group = found(CustomerGroup, group_id)
    session = db.session()
    now = clock.now(session)
    given = [
        (f"{field}.{number}", _event(name, one, group.id))
        for field, name in (("joined", JOINED), ("left", LEFT))
        for number, one in enumerate(args.get(field) or ())
    ]
    taken = happenings.take(session, here(), [event for _, event in given], now)
    errors = []
    for wrong in taken.errors:
        _, number, *rest = wrong.path.split(".")
        errors.append(wrong._replace(path=".".join([given[int(number)][0], *rest])))
    if errors and not taken.accepted and not taken.duplicates:
        raise invalid(*located(errors))
    note = {"accepted": taken.accepted, "refused": len(errors)}
    audit.record(session, here(), actor().name, "group.members", f"group:{group_id}", note, now)
    return {"accepted": taken.accepted, "duplicates": taken.duplicates, "errors": places(errors)}


def _event(name: str, member: dict[str, Any], group_id: int) -> dict[str, Any]:
    told = {key: member[key] for key in ("role", "invited_by") if member.get(key)}
    rest = {key: value for key, value in member.items() if key not in ("role", "invited_by")}
    return {"name": name, "group_id": group_id, "properties": told, **rest}


def _shown(rows: Sequence[GroupMember]) -> list[dict[str, Any]]:
    people = names_of(row.contact_id for row in rows)
    columns = ("id", "contact_id", "role", "invited_by", "joined_at", "left_at")
    return [
        {name: getattr(row, name) for name in columns} | {"name": people.get(row.contact_id, "")}
        for row in rows
    ]
