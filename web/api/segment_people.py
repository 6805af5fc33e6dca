"""The people of segments: listed, put on lists and taken off, uploaded, counted where segments overlap, day by day."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import segment_lists as lists
from audience.segment_looking import history, members, overlap, today
from audience.segment_making import BadSegment
from audience.tables import Contact
from journeys.words import Many, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, here
from web.api.contacts import ContactOut, WrongOut
from web.api.imports import NO_FILE, NO_FORM
from web.api.segments import all_kept, kept
from web.errors import Problem, invalid
from web.fields import OneOf, QueryNumber, RowNumber, between
from web.language import say
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import contacts as shown_contacts
from web.shown import located, places

segment_people = Resource("segment-people", "/segments", description="Who is in segments.")

LEAST, MOST = 2, 4
MOST_AT_ONCE = 1000
TWO_TO_FOUR = Words("请给出 2 到 4 个不同的人群。", "Give two to four different segments.")
NOBODY = Words("请给出要加入或移出的客户。", "Say whom to put in or take out.")
TOO_MANY = Words(
    f"一次最多 {MOST_AT_ONCE} 人；更多请上传文件。",
    f"At most {MOST_AT_ONCE} at once; upload a file for more.",
)


class MemberArgs(PageArgs):
    also = Text(longest=300, metadata={"description": "Keys, by commas: only those who are in these as well"})
    out = Text(longest=300, metadata={"description": "Keys, by commas: only those who are in none of these"})


class PeopleArgs(Shape):
    act = OneOf(("add", "remove"), load_default="add")
    contact_ids = Many(RowNumber())
    external_ids = Many(Text(longest=255))
    identities = Many(fields.Dict(), metadata={"description": '[{"phone": "13800138000"}, …]'})

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        number = sum(len(data.get(name, ())) for name in ("contact_ids", "external_ids", "identities"))
        if not number:
            raise ValidationError(NOBODY)
        if number > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)


class OverlapArgs(Shape):
    keys = Many(Text(longest=64), required=True, metadata={"minItems": LEAST, "maxItems": MOST})

    @validates_schema(skip_on_field_errors=True)
    def some(self, data: dict[str, Any], **_: Any) -> None:
        if not LEAST <= len(data["keys"]) <= MOST or len(set(data["keys"])) < len(data["keys"]):
            raise ValidationError({"keys": [TWO_TO_FOUR]})


class DaysArgs(PageArgs):
    days = QueryNumber(load_default=30, validate=between(1, 366), metadata={"minimum": 1, "maximum": 366})


class PutOut(Schema):
    added = fields.Int(required=True)
    removed = fields.Int(required=True)
    count = fields.Int(required=True, metadata={"description": "How many are in it now"})
    errors = fields.List(fields.Nested(WrongOut), required=True)


class UploadProblemOut(Schema):
    row = fields.Int(required=True, metadata={"description": "Counted from 1, the header being row 1"})
    cell = fields.Str(required=True)
    message = fields.Str(required=True)


class UploadOut(Schema):
    column = fields.Str(required=True, metadata={"description": "The column that people were looked up by"})
    kind = fields.Str(required=True, metadata={"description": "external_id, phone, email, …"})
    rows = fields.Int(required=True)
    added = fields.Int(required=True)
    already = fields.Int(required=True)
    failed = fields.Int(required=True)
    count = fields.Int(required=True)
    errors = fields.List(
        fields.Nested(UploadProblemOut), required=True, metadata={"description": "The first 200"}
    )


class RegionOut(Schema):
    inside = fields.List(
        fields.Str(), required=True, metadata={"description": "In all of these and no other"}
    )
    count = fields.Int(required=True)


class SetOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    count = fields.Int(required=True)


class OverlapOut(Schema):
    segments = fields.List(fields.Nested(SetOut), required=True)
    regions = fields.List(fields.Nested(RegionOut), required=True)


class SegmentDayOut(Schema):
    day = fields.Date(required=True)
    entered = fields.Int(required=True)
    left = fields.Int(required=True)
    count = fields.Int(required=True, metadata={"description": "At the end of the day"})


@segment_people.get("/<segment_key>/contacts", least="viewer")
@segment_people.arguments(MemberArgs, location="query")
@segment_people.response(200, page_of(ContactOut))
def inside(args: dict[str, Any], segment_key: str) -> dict[str, Any]:
    """Who is in a segment, newest contacts first; with `also` and `out` one region of an overlap."""
    also, out = (_keys(args, name) for name in ("also", "out"))
    query = members(here(), kept(segment_key), all_kept(also, "also"), all_kept(out, "out"))
    return page(query, Contact.id, args, shown=shown_contacts)


@segment_people.post("/<segment_key>/contacts", least="editor")
@segment_people.arguments(PeopleArgs)
@segment_people.response(200, PutOut)
def put(args: dict[str, Any], segment_key: str) -> dict[str, Any]:
    """Put up to 1,000 contacts on a list or take them off; who is not there is named in `errors`."""
    session, segment = db.session(), kept(segment_key)
    now = clock.now(session)
    found, problems = lists.find(session, here(), args)
    if problems and not found:
        raise invalid(*located(problems))
    act = lists.add if args["act"] == "add" else lists.take_off
    try:
        moved = act(session, segment, found, now)
    except BadSegment as bad:
        raise invalid(*located(bad.problems)) from None
    told = {"added": len(moved.entered), "removed": len(moved.left)}
    audit.record(
        session,
        here(),
        actor().name,
        "segment.contacts",
        f"segment:{segment_key}",
        {**told, "refused": len(problems)},
        now,
    )
    session.refresh(segment)
    return {**told, "count": segment.count, "errors": places(problems)}


@segment_people.post("/<segment_key>/upload", least="editor", uploads=True)
@segment_people.response(200, UploadOut)
@segment_people.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV of up to 200,000 rows",
                        },
                        "column": {
                            "type": "string",
                            "description": "The column with names; guessed if left out",
                        },
                        "kind": {"type": "string", "description": "external_id, phone, email, unionid, …"},
                    },
                }
            }
        },
    }
)
def upload(segment_key: str) -> dict[str, Any]:
    """Put everybody whom a CSV names on a list; rows that name nobody are told by number."""
    session, segment = db.session(), kept(segment_key)
    if request.mimetype != "multipart/form-data":
        raise Problem(415, "unsupported-media-type", NO_FORM)
    file = request.files.get("file")
    if file is None:
        raise invalid(("file", NO_FILE))
    now = clock.now(session)
    column, kind = (request.form.get(name, "")[:255] for name in ("column", "kind"))
    try:
        done = lists.upload(session, segment, file.read(), now, column=column, kind=kind)
    except BadSegment as bad:
        raise invalid(*located(bad.problems)) from None
    told = {"rows": done.rows, "added": done.added, "already": done.already, "failed": done.failed}
    audit.record(session, here(), actor().name, "segment.uploaded", f"segment:{segment_key}", told, now)
    session.refresh(segment)
    wrong = [
        {"row": row, "cell": cell, "message": _said(words)}
        for row, cell, words in sorted(done.errors, key=lambda e: e[0])
    ]
    return {**told, "column": done.column, "kind": done.kind, "count": segment.count, "errors": wrong}


@segment_people.get("/<segment_key>/history", least="viewer")
@segment_people.arguments(DaysArgs, location="query")
@segment_people.response(200, page_of(SegmentDayOut))
def days(args: dict[str, Any], segment_key: str) -> dict[str, Any]:
    """How many came and went on each day, oldest first, and how many were in it at its end."""
    session, segment = db.session(), kept(segment_key)
    until = today(session, here(), clock.now(session))
    return {"items": history(session, here(), [segment], until, args["days"])[segment.id], "next": None}


@segment_people.post("/overlap", least="viewer", reads=True)
@segment_people.arguments(OverlapArgs)
@segment_people.response(200, OverlapOut)
def overlapping(args: dict[str, Any]) -> dict[str, Any]:
    """How many people are in exactly which of two to four segments: every region of their overlap."""
    asked = all_kept(args["keys"])
    return {"segments": asked, "regions": overlap(db.session(), asked)}


def _keys(args: dict[str, Any], name: str) -> list[str]:
    return [key for key in args.get(name, "").split(",") if key][:MOST]


def _said(words: dict[str, str]) -> str:
    return say(Words(words["zh"], words["en"]))
