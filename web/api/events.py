"""Events: taken in durably before they are acknowledged, told apart by their id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validates_schema
from marshmallow.exceptions import ValidationError
from sqlalchemy import select

from audience import events as happenings
from audience.tables import Event
from audience.tables_groups import CustomerGroup
from journeys.words import Many, Shape, Text, Whole, Words
from store import clock
from store.database import db
from store.subjects import of_group
from web.access import SENDER, found, here
from web.api.contacts import WrongOut
from web.errors import invalid
from web.fields import At, Bag, QueryNumber, Whatever
from web.finding import the_contact
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located, names_of, places, properties_of_events, whose

events = Resource("events", "/events", description="What customers do; the fuel of every journey.")

AHEAD = timedelta(hours=1)
MOST = 1000
TOO_EARLY = Words(
    "发生时间比现在晚了一个多小时；请检查发送方的时钟。",
    "This happens more than an hour from now; check the sender's clock.",
)
EITHER = Words(
    "要么给出 events 列表，要么给出单个事件的字段。", "Give either `events` or the fields of one event."
)
NOTHING = Words("至少给出一个事件。", "Give at least one event.")


class EventIn(Shape):
    event_id = Text(longest=255, allow_none=True, metadata={"description": "Taken once per workspace"})
    name = Text(longest=128)
    external_id = Text(longest=255, allow_none=True)
    contact_id = Whole(allow_none=True)
    group = Bag(
        allow_none=True,
        metadata={"description": "{key: the chat's id}; alone, or beside a person: then both hear the event"},
    )
    group_id = Whole(allow_none=True)
    identity = Bag(allow_none=True, metadata={"description": "{phone | email | unionid …: value}"})
    occurred_at = At(allow_none=True, metadata={"description": "Now by default; at most one hour ahead"})
    properties = Bag(allow_none=True)


class EventsArgs(EventIn):
    events = Many(
        Whatever(EventIn), metadata={"description": "Up to 1,000 events instead of one", "maxItems": MOST}
    )

    @validates_schema(skip_on_field_errors=True)
    def one_or_many(self, data: dict[str, Any], **_: Any) -> None:
        if "events" in data and len(data) > 1:
            raise ValidationError(EITHER)
        if not data or data.get("events") == []:
            raise ValidationError(NOTHING, "events" if data else "_schema")


class TakenOut(Schema):
    accepted = fields.Int(required=True)
    duplicates = fields.Int(required=True)
    errors = fields.List(fields.Nested(WrongOut), required=True)


class ListArgs(PageArgs):
    contact_id = QueryNumber()
    group_id = QueryNumber()
    name = Text(longest=128)
    after = QueryNumber(
        metadata={"description": "Only those newer than the event with this id: what a live view asks for"}
    )


class EventOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a group"})
    group_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a contact"})
    who = fields.Str(required=True, metadata={"description": "What the contact or group is called"})
    name = fields.Str(required=True)
    event_id = fields.Str(required=True, allow_none=True)
    occurred_at = At(required=True)
    stored_at = At(required=True)
    properties = fields.Dict(required=True)


@events.post("", least=SENDER)
@events.arguments(EventsArgs)
@events.response(202, TakenOut)
def take(args: dict[str, Any]) -> dict[str, Any]:
    """Take one event or up to 1,000: stored when this answers, worked on soon after.

    Refused ones are named in `errors` and the others are taken; if all are refused the answer is a problem.
    """
    single = "events" not in args
    given = [args] if single else args["events"]
    session = db.session()
    now = clock.now(session)
    late = [
        (f"events[{number}].occurred_at", TOO_EARLY)
        for number, event in enumerate(given)
        if _ahead(event.get("occurred_at"), now)
    ]
    if late:
        raise invalid(*((path.removeprefix("events[0].") if single else path, words) for path, words in late))
    taken = happenings.take(session, here(), given, now)
    if taken.errors and not taken.accepted and not taken.duplicates:
        raise invalid(*located(taken.errors, "events.0." if single else ""))
    return {"accepted": taken.accepted, "duplicates": taken.duplicates, "errors": places(taken.errors)}


@events.get("", least="viewer")
@events.arguments(ListArgs, location="query")
@events.response(200, page_of(EventOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """Events that were taken in, newest first; of one contact or group, of one name, or since one of them if asked."""
    query = scoped_events(args)
    return page(query, Event.id, args, shown=_shown)


def _shown(rows: Sequence[Event]) -> list[dict[str, Any]]:
    columns = ("id", "name", "event_id", "occurred_at", "stored_at")
    said = properties_of_events()
    names = names_of(row.contact_id for row in rows)
    return [
        {name: getattr(row, name) for name in columns}
        | {"properties": said(row.properties), "who": names.get(row.contact_id, "")}
        | whose(row.contact_id)
        for row in rows
    ]


def scoped_events(args: dict[str, Any]) -> Any:
    """The events asked for; 404 for a contact that the workspace does not have."""
    query = select(Event).where(Event.workspace_id == here())
    if "contact_id" in args:
        query = query.where(Event.contact_id == the_contact(args["contact_id"]).id)
    if "group_id" in args:
        query = query.where(Event.contact_id == of_group(found(CustomerGroup, args["group_id"]).id))
    if "name" in args:
        query = query.where(Event.name == args["name"])
    if "after" in args:
        query = query.where(Event.id > args["after"])
    return query


def _ahead(occurred_at: Any, now: Any) -> bool:
    try:
        moment = (
            occurred_at
            if occurred_at is None or not isinstance(occurred_at, str)
            else At().deserialize(occurred_at)
        )
        return moment is not None and moment > now + AHEAD
    except (ValidationError, TypeError):
        return False  # not a time at all: the audience says so, at its path
