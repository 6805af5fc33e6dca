"""Journeys and their drafts: listed, made, renamed, deleted, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import func, select

from journeys import drafts, lifecycle
from journeys.definition import CONTACT, GROUP
from journeys.tables import Draft, Enrollment, Journey, Version
from journeys.words import Shape, Text, Words
from store import clock
from store.database import db
from web.access import actor, found, here, scoped
from web.fields import At, Definition, Filled, OneOf
from web.language import say
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.revisions import if_match, revision_given, tagged

journeys = Resource(
    "journeys", "/journeys", description="Journeys: drawn, checked, simulated, published, watched."
)

LONGEST_NAME = 200
COPY = Words("（副本）", " (copy)")
IMPORTED = Words("导入的旅程", "Imported journey")


class JourneyListArgs(PageArgs):
    status = OneOf(lifecycle.STATUSES)
    q = Text(longest=200, metadata={"description": "Part of the name"})


class NewJourneyArgs(Shape):
    name = Filled(required=True, longest=LONGEST_NAME)
    definition = Definition(allow_none=True, metadata={"description": "An empty drawing if left out"})


class JourneyArgs(Shape):
    name = Filled(required=True, longest=LONGEST_NAME)


class CopyArgs(Shape):
    name = Filled(longest=LONGEST_NAME, metadata={"description": "The old name and a word, if left out"})


class ImportArgs(Shape):
    definition = Definition(required=True)
    name = Filled(longest=LONGEST_NAME)


class DraftArgs(Shape):
    definition = Definition(required=True)


class LiveVersionOut(Schema):
    number = fields.Int(required=True)
    published_at = At(required=True)


class JourneyOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(
        required=True, metadata={"description": "By which `enroll` steps of other journeys call it"}
    )
    name = fields.Str(required=True)
    subject = fields.Str(
        required=True, metadata={"enum": [CONTACT, GROUP], "description": "Whom it is about, as drawn now"}
    )
    status = fields.Str(required=True, metadata={"enum": list(lifecycle.STATUSES)})
    revision = fields.Int(required=True, metadata={"description": "Of the draft"})
    live_version = fields.Nested(LiveVersionOut, required=True, allow_none=True)
    inside = fields.Int(required=True, metadata={"description": "How many people are in it now"})
    on_resume = fields.Str(required=True)
    paused_at = At(required=True, allow_none=True)
    template = fields.Str(required=True, allow_none=True)
    can = fields.List(
        fields.Str(), required=True, metadata={"description": "publish, pause, resume, archive"}
    )
    created_at = At(required=True)
    updated_at = At(required=True)


class DraftOut(Schema):
    revision = fields.Int(required=True)
    definition = fields.Dict(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class RevisionOut(Schema):
    revision = fields.Int(required=True)


@journeys.get("", least="viewer")
@journeys.arguments(JourneyListArgs, location="query")
@journeys.response(200, page_of(JourneyOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """Journeys, newest first."""
    query = scoped(Journey)
    if "status" in args:
        query = query.where(Journey.status == args["status"])
    if args.get("q"):
        query = query.where(Journey.name.contains(args["q"], autoescape=True))
    return page(query, Journey.id, args, shown=shown)


@journeys.post("", least="editor")
@journeys.arguments(NewJourneyArgs)
@journeys.response(201, JourneyOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a journey; it is a draft until it is published."""
    session = db.session()
    journey = drafts.create(
        session, here(), args["name"], args.get("definition"), now=clock.now(session), actor=actor().name
    )
    return shown([journey])[0]


@journeys.get("/<id:journey_id>", least="viewer")
@journeys.response(200, JourneyOut)
def one(journey_id: int) -> dict[str, Any]:
    """One journey."""
    return shown([found(Journey, journey_id)])[0]


@journeys.patch("/<id:journey_id>", least="editor")
@journeys.arguments(JourneyArgs)
@journeys.response(200, JourneyOut)
def rename(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Call a journey something else."""
    session, journey = db.session(), found(Journey, journey_id)
    drafts.rename(session, journey, args["name"], now=clock.now(session), actor=actor().name)
    return shown([journey])[0]


@journeys.delete("/<id:journey_id>", least="editor")
@journeys.response(204)
def delete(journey_id: int) -> str:
    """Delete a journey that was never published."""
    session = db.session()
    drafts.discard(session, found(Journey, journey_id), now=clock.now(session), actor=actor().name)
    return ""


@journeys.post("/import", least="editor")
@journeys.arguments(ImportArgs)
@journeys.response(201, JourneyOut)
def take_in(args: dict[str, Any]) -> dict[str, Any]:
    """Make a journey of a definition, such as an export."""
    session = db.session()
    name = args.get("name") or say(IMPORTED)
    journey = drafts.create(
        session, here(), name, args["definition"], now=clock.now(session), actor=actor().name
    )
    return shown([journey])[0]


@journeys.post("/<id:journey_id>/clone", least="editor")
@journeys.arguments(CopyArgs, required=False)
@journeys.response(201, JourneyOut)
def clone(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """A new journey that begins with a copy of this one's draft and owes it nothing."""
    session, journey = db.session(), found(Journey, journey_id)
    name = args.get("name") or _copy_of(journey)
    copy = drafts.clone(session, journey, name, now=clock.now(session), actor=actor().name)
    return shown([copy])[0]


def _copy_of(journey: Journey) -> str:
    """The journey's name with a word behind it that says so, cut to what a name may be long."""
    added = say(COPY)
    return f"{journey.name[: LONGEST_NAME - len(added)]}{added}"


@journeys.get("/<id:journey_id>/draft", least="viewer")
@journeys.response(200, DraftOut)
def draft(journey_id: int) -> Response:
    """The drawing as it was saved last; its revision is also the ETag."""
    kept = drafts.opened(db.session(), found(Journey, journey_id))
    return tagged(DraftOut().dump(kept), kept.revision)


@journeys.put("/<id:journey_id>/draft", least="editor")
@journeys.arguments(DraftArgs)
@journeys.response(200, RevisionOut)
@journeys.doc(parameters=[if_match("draft")])
def save(args: dict[str, Any], journey_id: int) -> Response:
    """Save the drawing, finished or not; 409 `draft-moved` if somebody saved it since it was read."""
    session = db.session()
    journey, revision = found(Journey, journey_id), revision_given()
    saved = drafts.save(
        session, journey, args["definition"], revision, now=clock.now(session), actor=actor().name
    )
    return tagged({"revision": saved}, saved)


def shown(rows: Sequence[Journey]) -> list[dict[str, Any]]:
    """Journeys as the API gives them, with draft, version and people in three statements."""
    ids = [row.id for row in rows]
    session = db.session()
    drawn = select(Draft.journey_id, Draft.revision, Draft.definition["subject"].as_string()).where(
        Draft.workspace_id == here(), Draft.journey_id.in_(ids)
    )
    drafts_of = {number: (revision, subject) for number, revision, subject in session.execute(drawn)}
    people = select(Enrollment.journey_id, func.count()).where(
        Enrollment.workspace_id == here(), Enrollment.journey_id.in_(ids), Enrollment.status != "ended"
    )
    inside = dict(session.execute(people.group_by(Enrollment.journey_id)).all())
    live = {
        number: {"number": n, "published_at": at}
        for number, n, at in session.execute(
            select(Version.id, Version.number, Version.published_at).where(
                Version.workspace_id == here(),
                Version.id.in_([r.live_version_id for r in rows if r.live_version_id]),
            )
        )
    }
    return [
        {
            "id": row.id,
            "key": row.key,
            "name": row.name,
            "status": row.status,
            "subject": drafts_of.get(row.id, (0, None))[1] or CONTACT,
            "revision": drafts_of.get(row.id, (0, None))[0],
            "live_version": live.get(row.live_version_id or 0),
            "inside": inside.get(row.id, 0),
            "on_resume": row.on_resume,
            "paused_at": row.paused_at,
            "template": row.template,
            "can": list(lifecycle.allowed(row.status)),
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]
