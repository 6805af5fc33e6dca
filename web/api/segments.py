"""Segments: made, listed with how they grew, changed, deleted unless somebody needs them; rules counted while written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import select

from audience import segment_making as making
from audience.segment_count import count
from audience.segment_looking import history, sample, today
from audience.tables_segments import Segment
from journeys.words import Many, Shape, Text, Words
from rules.conditions import BadRule, parse
from rules.sql import NotForContacts
from store import audit, clock
from store.database import db
from web.access import actor, here, scoped
from web.api.contacts import ContactOut
from web.errors import Problem, invalid, not_found
from web.fields import At, Bag, Definition, Filled, OneOf
from web.language import language
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.revisions import if_match, revision_given
from web.revisions import tagged as with_revision
from web.segment_use import Use, usage
from web.segment_words import words_of
from web.shown import contacts as shown_contacts
from web.shown import located
from web.titles import rule_titles

segments = Resource("segments", "/segments", description="Groups of contacts that keep themselves right.")

MOVED = Words("这个人群刚被别人改过；请重新载入。", "Somebody has changed this segment since; load it again.")
NO_CHANGE = Words("请给出要改的内容。", "Give something to change.")


class SegmentListArgs(PageArgs):
    q = Text(longest=200, metadata={"description": "Part of the key or the name"})
    kind = OneOf(making.KINDS)


class CombineArgs(Shape):
    all = Many(Text(longest=64), metadata={"description": "In all of these"})
    any = Many(Text(longest=64), metadata={"description": "In one of these at least"})
    none = Many(Text(longest=64), metadata={"description": "In none of these"})


class SegmentArgs(Shape):
    name = Filled(required=True, longest=200)
    kind = OneOf(making.KINDS, required=True)
    key = Text(longest=64, metadata={"description": "Made of the name if left out; never changes"})
    description = Text(longest=1000)
    rule = Definition(metadata={"description": "For the kind rule: the tree of the rule editor"})
    combine = fields.Nested(CombineArgs, metadata={"description": "For the kind combined"})


class SegmentChangeArgs(Shape):
    name = Filled(longest=200)
    description = Text(longest=1000)
    rule = Definition()
    combine = fields.Nested(CombineArgs)

    @validates_schema(skip_on_field_errors=True)
    def something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(NO_CHANGE)


class SegmentCountArgs(Shape):
    rule = Bag(required=True, metadata={"description": "The rule as far as it is written"})


class SegmentOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    description = fields.Str(required=True)
    kind = fields.Str(required=True, metadata={"enum": list(making.KINDS)})
    rule = fields.Dict(required=True, allow_none=True)
    combine = fields.Dict(required=True, allow_none=True)
    words = fields.Str(required=True, metadata={"description": "Who is in it, said in words"})
    count = fields.Int(required=True)
    growth = fields.Int(required=True, metadata={"description": "How many more than 30 days ago"})
    trend = fields.List(fields.Int(), required=True, metadata={"description": "By day, oldest first"})
    state = fields.Str(required=True, metadata={"enum": ["filling", "kept", "static"]})
    progress = fields.Float(required=True, metadata={"description": "Of the first fill, 0 to 1"})
    revision = fields.Int(required=True)
    created_at = At(required=True)
    updated_at = At(required=True)


class SegmentCountOut(Schema):
    count = fields.Int(required=True)
    exact = fields.Bool(required=True, metadata={"description": "False if worked out from a sample"})
    sampled = fields.Int(required=True, allow_none=True)
    took_ms = fields.Float(required=True)
    words = fields.Str(required=True)


class UseOut(Schema):
    kind = fields.Str(required=True, metadata={"enum": ["journey", "segment", "tag", "tier", "scene"]})
    key = fields.Str(required=True, metadata={"description": "A journey's id, else a key"})
    name = fields.Str(required=True)
    live = fields.Bool(required=True, metadata={"description": "Whether it is at work now"})


@segments.get("", least="viewer")
@segments.arguments(SegmentListArgs, location="query")
@segments.response(200, page_of(SegmentOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The segments, newest first, each with its number and how it went for 30 days."""
    query = scoped(Segment)
    if "kind" in args:
        query = query.where(Segment.kind == args["kind"])
    if args.get("q"):
        asked = args["q"]
        query = query.where(
            Segment.key.icontains(asked, autoescape=True) | Segment.name.icontains(asked, autoescape=True)
        )
    return page(query, Segment.id, args, shown=shown)


@segments.post("", least="editor")
@segments.arguments(SegmentArgs)
@segments.response(201, SegmentOut)
def create(args: dict[str, Any]) -> Response:
    """Make a segment; the worker fills it, and `progress` tells how far it is."""
    session = db.session()
    now = clock.now(session)
    try:
        made = making.create(session, here(), now=now, **args)
    except making.BadSegment as bad:
        raise invalid(*located(bad.problems)) from None
    _note(made, "segment.made", now)
    return tagged(made, 201)


@segments.post("/count", least="viewer", reads=True)
@segments.arguments(SegmentCountArgs)
@segments.response(200, SegmentCountOut)
def live_count(args: dict[str, Any]) -> dict[str, Any]:
    """For how many contacts a rule holds now; nothing is stored."""
    session = db.session()
    try:
        rule = parse(args["rule"], "rule")
        found = count(session, here(), rule, clock.now(session))
    except (BadRule, NotForContacts) as bad:
        raise _wrong(bad) from None
    return {
        "count": found.count,
        "exact": found.exact,
        "sampled": found.sampled,
        "took_ms": round(found.took_ms, 1),
        "words": rule.say(language(), rule_titles()),
    }


@segments.post("/preview", least="viewer", reads=True)
@segments.arguments(SegmentCountArgs)
@segments.response(200, page_of(ContactOut))
def preview(args: dict[str, Any]) -> dict[str, Any]:
    """Some of the newest contacts for whom a rule holds, to see whether the right people are meant."""
    session = db.session()
    try:
        found = sample(session, here(), parse(args["rule"], "rule"), clock.now(session))
    except (BadRule, NotForContacts) as bad:
        raise _wrong(bad) from None
    return {"items": shown_contacts(found), "next": None}


@segments.get("/<segment_key>", least="viewer")
@segments.response(200, SegmentOut)
def one(segment_key: str) -> Response:
    """One segment; its revision is also the ETag."""
    return tagged(kept(segment_key))


@segments.patch("/<segment_key>", least="editor")
@segments.arguments(SegmentChangeArgs)
@segments.response(200, SegmentOut)
@segments.doc(parameters=[if_match("segment")])
def change(args: dict[str, Any], segment_key: str) -> Response:
    """Change a segment; a new rule is asked about everybody again, and nobody is told whom that moved."""
    session, segment = db.session(), kept(segment_key)
    now, revision = clock.now(session), revision_given()
    try:
        making.change(session, segment, now=now, revision=revision, **args)
    except making.BadSegment as bad:
        raise invalid(*located(bad.problems)) from None
    except making.SegmentMoved as moved:
        raise Problem(409, "segment-moved", MOVED, theirs=moved.theirs) from None
    _note(segment, "segment.changed", now)
    return tagged(segment)


@segments.delete("/<segment_key>", least="editor")
@segments.response(204)
def remove(segment_key: str) -> str:
    """Delete a segment; 409 while journeys, other segments, tags, tiers or scenes use it."""
    session, segment = db.session(), kept(segment_key)
    using = usage(session, here(), segment_key)
    if using:
        named = [use.name for use in using[:5]]
        words = Words(
            f"还有地方在用这个人群（{'、'.join(named)}），不能删除。",
            f"This segment is still used by: {', '.join(named)}.",
        )
        raise Problem(409, "segment-in-use", words)
    _note(segment, "segment.deleted", clock.now(session))
    making.remove(session, segment)
    return ""


@segments.get("/<segment_key>/usage", least="viewer")
@segments.arguments(PageArgs, location="query")
@segments.response(200, page_of(UseOut))
def used_by(_: dict[str, Any], segment_key: str) -> dict[str, Any]:
    """Which journeys, segments, tags, tiers and scenes name this segment."""
    uses: list[Use] = usage(db.session(), here(), kept(segment_key).key)
    return {"items": uses, "next": None}


def kept(key: str) -> Segment:
    """The segment of this workspace with this key; 404 for any other."""
    mine = select(Segment).where(Segment.workspace_id == here(), Segment.key == key)
    row = db.session.scalars(mine).one_or_none()
    if row is None:
        raise not_found()
    return row


def all_kept(keys: Sequence[str], path: str = "keys") -> list[Segment]:
    """The segments with these keys, in their order; 422 naming those that are not there."""
    mine = select(Segment).where(Segment.workspace_id == here(), Segment.key.in_(keys))
    rows = {row.key: row for row in db.session.scalars(mine)}
    missing = [
        (f"{path}[{place}]", Words(f"没有这个人群：{key}。", f"There is no such segment: {key}."))
        for place, key in enumerate(keys)
        if key not in rows
    ]
    if missing:
        raise invalid(*missing)
    return [rows[key] for key in keys]


def shown(rows: Sequence[Segment]) -> list[dict[str, Any]]:
    """Segments as the API gives them, all their numbers in a few statements."""
    session = db.session()
    until = today(session, here(), clock.now(session))
    days = history(session, here(), rows, until)
    filling = making.progress(session, here()) if rows else {}
    titles = rule_titles() if rows else {}
    return [
        {column: getattr(row, column) for column in ("key", "name", "description", "kind", "rule", "combine")}
        | {
            "words": words_of(row, language(), titles),
            "count": row.count,
            "growth": row.count - days[row.id][0].count,
            "trend": [day.count for day in days[row.id]],
            "state": "filling" if row.key in filling else "static" if row.kind == making.STATIC else "kept",
            "progress": filling.get(row.key, 1.0),
            "revision": row.revision,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]


def tagged(segment: Segment, status: int = 200) -> Response:
    """A segment as an answer with its ETag."""
    body = SegmentOut().dump(shown([segment])[0])
    return with_revision(body, segment.revision, status)


def _wrong(bad: BadRule | NotForContacts) -> Problem:
    return invalid(*((path or "rule", Words(said["zh"], said["en"])) for path, said in bad.problems))


def _note(segment: Segment, action: str, now: datetime) -> None:
    detail = {"key": segment.key, "kind": segment.kind, "revision": segment.revision}
    audit.record(db.session(), here(), actor().name, action, f"segment:{segment.key}", detail, now)
