"""Customer groups handed from one owner to another at WeCom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import group_transfers
from audience.tables_groups import CustomerGroup
from audience.tables_wecom import WecomGroupTransfer
from journeys.words import Flag, Many, Shape, Whole, Words
from store.database import db
from web import handing_on
from web.access import actor, scoped
from web.confirming import confirmed
from web.fields import At, OneOf, QueryNumber, RowNumber, several
from web.paging import PageArgs, page, page_of
from web.resource import Resource

group_handing = Resource(
    "group-transfers", "/group-transfers", description="Handing customer groups on at WeCom."
)
WHICH = Words("请给出 group_ids，或用 all 表示全部群。", "Give either group_ids, or all.")
MOST = 1000


class GroupTransferArgs(Shape):
    from_staff_id = RowNumber(required=True)
    to_staff_id = RowNumber(required=True)
    group_ids = Many(RowNumber(), validate=several(MOST))
    all = Flag(metadata={"description": "Every group of the one who gives"})
    confirm = Whole(metadata={"description": "How many groups, if they are more than 1,000"})

    @validates_schema(skip_on_field_errors=True)
    def some(self, data: dict[str, Any], **_: Any) -> None:
        if ("group_ids" in data) == bool(data.get("all")):
            raise ValidationError(WHICH)


class GroupTransferRefusedOut(Schema):
    group_id = fields.Int(required=True)
    reason = fields.Str(required=True, metadata={"enum": ["not_owner", "under_way"]})


class GroupTransferAskedOut(Schema):
    asked = fields.Int(required=True)
    refused = fields.List(fields.Nested(GroupTransferRefusedOut), required=True)


class GroupTransferListArgs(PageArgs):
    group_id = QueryNumber()
    state = OneOf(group_transfers.STATES)


class GroupTransferOut(Schema):
    id = fields.Int(required=True)
    group_id = fields.Int(required=True)
    group_name = fields.Str(required=True)
    from_key = fields.Str(required=True)
    from_name = fields.Str(required=True)
    to_key = fields.Str(required=True)
    to_name = fields.Str(required=True)
    resigned = fields.Bool(required=True)
    state = fields.Str(required=True, metadata={"enum": list(group_transfers.STATES)})
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    ended_at = At(required=True, allow_none=True)


@group_handing.get("", least="viewer")
@group_handing.arguments(GroupTransferListArgs, location="query")
@group_handing.response(200, page_of(GroupTransferOut))
def every(args: dict[str, Any]) -> dict[str, Any]:
    """Groups handed on, the newest first."""
    query = scoped(WecomGroupTransfer)
    if "group_id" in args:
        query = query.where(WecomGroupTransfer.group_id == args["group_id"])
    if "state" in args:
        query = query.where(WecomGroupTransfer.state == args["state"])
    return page(query, WecomGroupTransfer.id, args, shown=_shown)


@group_handing.post("", least="editor")
@group_handing.arguments(GroupTransferArgs)
@group_handing.response(201, GroupTransferAskedOut)
def hand_on(args: dict[str, Any]) -> dict[str, Any]:
    """Hand customer groups from one owner to another; members and journeys stay, and messages go in the new name."""
    session = db.session()
    gives, takes = handing_on.both(args)
    company = handing_on.company()
    ids = args.get("group_ids") or group_transfers.groups_of(session, company, gives.key)
    confirmed(len(ids), args.get("confirm"))
    asked, refused = group_transfers.ask(session, company, ids, gives, takes, actor().name)
    return handing_on.answer("group", asked, refused, gives, takes)


def _shown(rows: Sequence[WecomGroupTransfer]) -> list[dict[str, Any]]:
    return handing_on.shown(rows, "group", CustomerGroup)
