"""Merging two contacts by hand, and what that would do."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import func, select

from audience import merging
from audience.belongings import tables
from journeys import uniting
from journeys.words import Shape, Words
from store import audit, clock
from store.database import db
from web import merging as rooms
from web import names
from web.access import actor, here
from web.api.contacts import ContactOut
from web.errors import not_found
from web.fields import RowNumber
from web.finding import the_contact
from web.resource import Resource
from web.shown import contacts as shown

unions = Resource("merging", "/contacts/merge", description="Two contacts that are one person.")
TWICE = Words("请选择两位不同的客户。", "Choose two different contacts.")
#: What a preview counts, and under which word.
TOLD = {
    "identity": "identities",
    "event": "events",
    "outbox": "messages",
    "enrollment": "journeys",
    "staff_relation": "staff",
    "segment_member": "segments",
    "group_member": "groups",
}


class MergeArgs(Shape):
    keep = RowNumber(required=True, metadata={"description": "Who stays"})
    merge = RowNumber(required=True, metadata={"description": "Who becomes part of the one who stays"})

    @validates_schema(skip_on_field_errors=True)
    def two(self, data: dict[str, Any], **_: Any) -> None:
        if data["keep"] == data["merge"]:
            raise ValidationError({"merge": [TWICE]})


class EndingOut(Schema):
    journey_id = fields.Int(required=True)
    journey_name = fields.Str(required=True)
    enrollment_id = fields.Int(required=True)


class MergePreviewOut(Schema):
    keep = fields.Nested(ContactOut, required=True)
    merge = fields.Nested(ContactOut, required=True)
    name = fields.Str(required=True, metadata={"description": "The name afterwards"})
    attributes = fields.Dict(required=True, metadata={"description": "Those of the keeper that change"})
    tags = fields.List(fields.Str(), required=True)
    moves = fields.Dict(required=True, metadata={"description": "{what: how many} that come over"})
    ending = fields.List(
        fields.Nested(EndingOut),
        required=True,
        metadata={"description": "Places in journeys that end because both are in the same one"},
    )


@unions.post("/preview", least="editor", reads=True)
@unions.arguments(MergeArgs)
@unions.response(200, MergePreviewOut)
def preview(args: dict[str, Any]) -> dict[str, Any]:
    """What merging two contacts would do; nothing is changed."""
    session = db.session()
    keep, gone = the_contact(args["keep"]), the_contact(args["merge"])
    made = merging.plan(session, here(), keep.id, gone.id)
    if made is None:
        raise not_found()
    ending = uniting.clashes(session, here(), keep.id, gone.id)
    titles = names.journeys(journey for journey, _ in ending)
    both = shown([keep, gone])
    return {
        "keep": both[0],
        "merge": both[1],
        "name": made.name,
        "attributes": dict(made.values),
        "tags": made.tags,
        "moves": _moves(gone.id),
        "ending": [
            {"journey_id": journey, "journey_name": titles.get(journey, ""), "enrollment_id": number}
            for journey, number in ending
        ],
    }


@unions.post("", least="editor")
@unions.arguments(MergeArgs)
@unions.response(200, ContactOut)
def merge(args: dict[str, Any]) -> dict[str, Any]:
    """Let `keep` be both contacts; the other id leads to the keeper from now on."""
    session = db.session()
    merging.take_turn(session, here())
    now = clock.now(session)
    keep, gone = the_contact(args["keep"]).id, the_contact(args["merge"]).id
    if keep == gone or not rooms.merge(session, here(), keep, gone, actor().name, now):
        raise not_found()
    note = {"gone": gone, "because": "hand"}
    audit.record(session, here(), actor().name, "contact.merged", f"contact:{keep}", note, now)
    session.expire_all()
    return shown([the_contact(keep)])[0]


def _moves(contact_id: int) -> dict[str, int]:
    found = {}
    for one, table in tables():
        if one.table in TOLD:
            query = select(func.count()).select_from(table).where(table.c[one.column] == contact_id)
            if one.table == "enrollment":
                query = query.where(table.c.subject_kind == "contact")
            found[TOLD[one.table]] = db.session.scalar(query) or 0
    return found
