"""Messages: what was sent, or would have been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from audience.tables_groups import CustomerGroup
from journeys.tables import Journey
from store.database import db
from store.subjects import of_group
from store.tables import Outbox
from web import held_back, names
from web.access import found, here, scoped
from web.api.catalogue import WordsOut
from web.fields import At, OneOf, QueryNumber
from web.finding import the_contact
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.shown import names_of, whose

messages = Resource("messages", "/messages", description="What left, or would have left.")
KINDS = ("no_worker", "switched_off", "connection_broken", "connection_off", "provider_silent", "policy")
STATES = ("pending", "sending", "sent", "delivered", "failed", "withdrawn", "expired", "refused", "unknown")


class MessageArgs(PageArgs):
    contact_id = QueryNumber()
    group_id = QueryNumber()
    journey_id = QueryNumber()
    status = OneOf(STATES)


class MessageOut(Schema):
    id = fields.Int(required=True)
    journey_id = fields.Int(required=True)
    journey_name = fields.Str(required=True)
    version = fields.Int(required=True, allow_none=True)
    enrollment_id = fields.Int(required=True)
    contact_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a group"})
    group_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a contact"})
    contact_name = fields.Str(required=True, metadata={"description": "Of the contact or the group"})
    step = fields.Str(required=True)
    step_name = fields.Str(required=True)
    carrier = fields.Str(required=True)
    content = fields.Str(required=True, metadata={"description": "Key of the material"})
    status = fields.Str(required=True, metadata={"enum": list(STATES)})
    reason = fields.Str(required=True, allow_none=True)
    rendered = fields.Dict(required=True, allow_none=True, metadata={"description": "What was really said"})
    tries = fields.Int(required=True)
    due_at = At(required=True)
    not_before = At(required=True)
    valid_until = At(required=True, allow_none=True)
    sent_at = At(required=True, allow_none=True)


@messages.get("", least="viewer")
@messages.arguments(MessageArgs, location="query")
@messages.response(200, page_of(MessageOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """Messages, newest first; of one contact, one journey or in one status if asked."""
    query = scoped(Outbox)
    if "contact_id" in args:
        query = query.where(Outbox.contact_id == the_contact(args["contact_id"]).id)
    if "group_id" in args:
        query = query.where(Outbox.contact_id == of_group(found(CustomerGroup, args["group_id"]).id))
    if "journey_id" in args:
        query = query.where(Outbox.journey_id == found(Journey, args["journey_id"]).id)
    if "status" in args:
        query = query.where(Outbox.state == args["status"])
    return page(query, Outbox.id, args, shown=shown)


class HeldBackOut(Schema):
    kind = fields.Str(required=True, metadata={"enum": list(KINDS)})
    carrier = fields.Str(
        required=True, allow_none=True, metadata={"description": "null if it is about all of them"}
    )
    waiting = fields.Int(required=True, metadata={"description": "Messages, 1000 at the most"})
    words = fields.Nested(WordsOut, required=True)
    todo = fields.Nested(WordsOut, required=True, metadata={"description": "What can be done about it"})


@messages.get("/held", least="viewer")
@messages.response(200, page_of(HeldBackOut))
def held() -> dict[str, Any]:
    """What keeps messages back now, and what can be done about it; nothing if they go as they should."""
    return whole(held_back.reasons(db.session(), here()))


@messages.get("/<id:message_id>", least="viewer")
@messages.response(200, MessageOut)
def one(message_id: int) -> dict[str, Any]:
    """One message."""
    return shown([found(Outbox, message_id)])[0]


def shown(rows: Sequence[Outbox]) -> list[dict[str, Any]]:
    """Messages as the API gives them."""
    versions = names.drawn(row.version_id for row in rows)
    journeys = names.journeys(row.journey_id for row in rows)
    people = names_of(row.contact_id for row in rows)
    told = []
    for row in rows:
        drawing = versions.get(row.version_id)
        told.append(
            {
                "id": row.id,
                "journey_id": row.journey_id,
                "journey_name": journeys.get(row.journey_id, ""),
                "version": drawing.number if drawing else None,
                "enrollment_id": row.enrollment_id,
                **whose(row.contact_id),
                "contact_name": people.get(row.contact_id, ""),
                "step": row.step,
                "step_name": (drawing.name(row.step) if drawing else None) or row.step,
                "carrier": row.carrier,
                "content": row.content,
                "status": row.state,
                "reason": row.reason,
                "rendered": row.rendered,
                "tries": row.tries,
                "due_at": row.due_at,
                "not_before": row.not_before,
                "valid_until": row.valid_until,
                "sent_at": row.sent_at,
            }
        )
    return told
