"""What is read from a connected WeCom, and customers handed from one member of staff to another there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import reading_state, transfers
from audience.tables import Contact
from audience.tables_wecom import WecomTransfer
from journeys.words import Flag, Many, Shape, Text, Whole, Words
from store import audit
from store.database import db
from store.tables_connections import ON, Connection
from web import handing_on
from web.access import actor, found, here, scoped
from web.confirming import confirmed
from web.errors import Problem
from web.fields import At, OneOf, QueryNumber, RowNumber, several
from web.paging import PageArgs, page, page_of
from web.resource import Resource

wecom = Resource("wecom", description="Reading a company from WeCom, and handing customers on.")
NO_READING = Words("这个连接没有可同步的内容。", "There is nothing to read from this connection.")
OFF = Words("请先启用这个连接。", "Switch this connection on first.")
WHO = Words("请给出 contact_ids，或用 all 表示全部客户。", "Give either contact_ids, or all.")


class ReadingOut(Schema):
    state = fields.Str(required=True, metadata={"enum": list(reading_state.STATES)})
    stage = fields.Str(required=True, allow_none=True, metadata={"enum": list(reading_state.STAGES)})
    done = fields.Int(required=True, metadata={"description": "Customers read in this round"})
    last = fields.Int(required=True, metadata={"description": "Customers of the round before"})
    finished_at = At(required=True, allow_none=True)
    next_at = At(required=True, allow_none=True)
    customers = fields.Int(required=True, metadata={"description": "Contacts that are somebody's customers"})
    groups = fields.Int(required=True)
    tags = fields.Int(required=True, metadata={"description": "Tags of the company"})
    looks = fields.Int(required=True, metadata={"description": "Changes told of and not read yet"})
    tags_waiting = fields.Int(required=True, metadata={"description": "Tag changes on their way there"})
    tags_failed = fields.Int(required=True)


class TransferArgs(Shape):
    from_staff_id = RowNumber(required=True)
    to_staff_id = RowNumber(required=True)
    contact_ids = Many(RowNumber(), validate=several(transfers.MOST))
    all = Flag(metadata={"description": "Every customer of the one who gives"})
    words = Text(longest=200, load_default="", metadata={"description": "What WeCom tells the customers"})
    confirm = Whole(metadata={"description": "How many customers, if they are more than 1,000"})

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if ("contact_ids" in data) == bool(data.get("all")):
            raise ValidationError(WHO)


class TransferRefusedOut(Schema):
    contact_id = fields.Int(required=True)
    reason = fields.Str(required=True, metadata={"enum": ["no_relation", "under_way"]})


class TransferAskedOut(Schema):
    asked = fields.Int(required=True)
    refused = fields.List(fields.Nested(TransferRefusedOut), required=True)


class TransferListArgs(PageArgs):
    contact_id = QueryNumber()
    state = OneOf(
        (*transfers.UNDER_WAY, transfers.DONE, transfers.REFUSED, transfers.LIMIT, transfers.FAILED)
    )


class TransferOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    contact_name = fields.Str(required=True)
    from_key = fields.Str(required=True)
    from_name = fields.Str(required=True)
    to_key = fields.Str(required=True)
    to_name = fields.Str(required=True)
    resigned = fields.Bool(required=True)
    state = fields.Str(required=True)
    reason = fields.Str(required=True, allow_none=True)
    created_at = At(required=True)
    asked_at = At(required=True, allow_none=True)
    ended_at = At(required=True, allow_none=True)


@wecom.get("/connections/<id:connection_id>/sync", least="viewer")
@wecom.response(200, ReadingOut)
def reading(connection_id: int) -> dict[str, Any]:
    """How far the company has been read, and what is on its way there."""
    return reading_state.of(db.session(), _company(connection_id).id)


@wecom.post("/connections/<id:connection_id>/sync", least="editor")
@wecom.response(202, ReadingOut)
def read_now(connection_id: int) -> dict[str, Any]:
    """Read the company anew now and not in the night; a reading under way goes on."""
    row, session = _company(connection_id), db.session()
    if row.state != ON:
        raise Problem(409, "connection-off", OFF)
    reading_state.hasten(session, row.workspace_id, row.id)
    audit.record(
        session,
        here(),
        actor().name,
        "connection.synced",
        f"connection:{row.id}",
        {"name": row.name},
        datetime.now(UTC),
    )
    return reading_state.of(session, row.id)


@wecom.get("/transfers", least="viewer")
@wecom.arguments(TransferListArgs, location="query")
@wecom.response(200, page_of(TransferOut))
def every(args: dict[str, Any]) -> dict[str, Any]:
    """Customers handed on, the newest first."""
    query = scoped(WecomTransfer)
    if "contact_id" in args:
        query = query.where(WecomTransfer.contact_id == args["contact_id"])
    if "state" in args:
        query = query.where(WecomTransfer.state == args["state"])
    return page(query, WecomTransfer.id, args, shown=_shown)


@wecom.post("/transfers", least="editor")
@wecom.arguments(TransferArgs)
@wecom.response(201, TransferAskedOut)
def hand_on(args: dict[str, Any]) -> dict[str, Any]:
    """Hand customers from one member of staff to another: WeCom asks them, and after a day it is so. Journeys go on."""
    session = db.session()
    gives, takes = handing_on.both(args)
    company = handing_on.company()
    ids = args.get("contact_ids") or transfers.customers_of(session, company, gives.key)
    confirmed(len(ids), args.get("confirm"))
    asked, refused = transfers.ask(session, company, ids, gives, takes, args["words"], actor().name)
    return handing_on.answer("contact", asked, refused, gives, takes)


def _company(connection_id: int) -> Connection:
    row = found(Connection, connection_id)
    if row.connector != "wecom":
        raise Problem(409, "nothing-to-read", NO_READING)
    return row


def _shown(rows: Sequence[WecomTransfer]) -> list[dict[str, Any]]:
    return handing_on.shown(rows, "contact", Contact, "asked_at")
