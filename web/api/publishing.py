"""A journey's way into the world: checked, published, paused, resumed, archived; its versions."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import select

from journeys import drafts, versions
from journeys.tables import Journey, Version
from journeys.words import Many, Shape, Whole
from store import clock
from store.database import db
from web import catalogue, groups
from web.access import actor, found, here
from web.api.catalogue import WordsOut
from web.api.journeys import JourneyOut, shown
from web.confirming import confirmed
from web.errors import not_found
from web.exports import export_as
from web.fields import At, Definition, OneOf, QueryNumber, several
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import findings

publishing = Resource("publishing", "/journeys", description="Check, publish, pause; versions and export.")

FILE_FORMS = {
    "application/json": {"schema": {"type": "object"}},
    "text/plain": {"schema": {"type": "string"}},
    "application/xml": {"schema": {"type": "string"}},
}


class CheckArgs(Shape):
    definition = Definition(metadata={"description": "The saved draft if left out"})


class FindingOut(Schema):
    code = fields.Str(required=True)
    severity = fields.Str(required=True, metadata={"enum": ["error", "warning", "info"]})
    node = fields.Str(required=True, metadata={"description": "Id of the part; empty for the journey itself"})
    path = fields.Str(required=True)
    message = fields.Nested(WordsOut, required=True)


class CheckOut(Schema):
    problems = fields.List(fields.Nested(FindingOut), required=True)
    counts = fields.Dict(required=True)


class PublishArgs(Shape):
    revision = Whole(required=True, metadata={"description": "Of the draft that was looked at"})
    inside = Many(
        fields.Nested(groups.GroupArgs),
        validate=several(groups.MOST_GROUPS),
        metadata={"description": "What happens to those inside on older versions; who is not named stays"},
    )
    confirm = Whole(metadata={"description": "How many people move, if more than 1,000"})


class PauseArgs(Shape):
    on_resume = OneOf(versions.ON_RESUME, metadata={"description": "What waits do on resuming"})


class ArchiveArgs(Shape):
    inside = OneOf(
        ("refuse", "exit"),
        load_default="refuse",
        metadata={"description": "exit: everybody inside leaves with the result `archived`"},
    )
    confirm = Whole(metadata={"description": "How many people are inside, if more than 1,000"})


class PublishedOut(Schema):
    version = fields.Int(required=True)
    new = fields.Bool(required=True, metadata={"description": "False if the live version means the same"})
    problems = fields.List(fields.Nested(FindingOut), required=True, metadata={"description": "Warnings"})
    moves = fields.List(fields.Nested(groups.MoveOut), required=True)


class VersionOut(Schema):
    id = fields.Int(required=True)
    number = fields.Int(required=True)
    digest = fields.Str(required=True)
    published_at = At(required=True)
    published_by = fields.Str(required=True)


class WholeVersionOut(VersionOut):
    definition = fields.Dict(required=True)


@publishing.post("/<id:journey_id>/check", least="viewer", reads=True)
@publishing.arguments(CheckArgs, required=False)
@publishing.response(200, CheckOut)
def check(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Every problem of a drawing at once, each with its node and a sentence saying what to do."""
    definition = drawing_of(journey_id, args)
    return findings(catalogue.judge(db.session(), here())(definition))


@publishing.post("/<id:journey_id>/publish", least="editor")
@publishing.arguments(PublishArgs)
@publishing.response(200, PublishedOut)
def publish(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Freeze the draft as a new version that newcomers enter; those inside stay on theirs, or move as told."""
    session = db.session()
    journey = found(Journey, journey_id)
    judge, now = catalogue.judge(session, here()), clock.now(session)
    done = versions.publish(session, journey, args["revision"], judge, now=now, actor=actor().name)
    begun = groups.begin(
        journey,
        done.version,
        groups.read(args.get("inside", ())),
        confirm=args.get("confirm"),
        now=now,
        path="inside",
    )
    warnings = [p.json() for p in judge(done.version.definition) if p.severity != "error"]
    told = {"version": done.version.number, "new": done.new, "problems": warnings}
    return told | {"moves": groups.told(begun)}


@publishing.post("/<id:journey_id>/pause", least="editor")
@publishing.arguments(PauseArgs, required=False)
@publishing.response(200, JourneyOut)
def pause(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Hold everybody where they are; nobody enters until it is resumed."""
    session, journey = db.session(), found(Journey, journey_id)
    now = clock.now(session)
    versions.pause(session, journey, now=now, actor=actor().name, on_resume=args.get("on_resume"))
    return shown([journey])[0]


@publishing.post("/<id:journey_id>/resume", least="editor")
@publishing.arguments(PauseArgs, required=False)
@publishing.response(200, JourneyOut)
def resume(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Let everybody go on; what waits do that rang meanwhile may still be chosen here."""
    session, journey = db.session(), found(Journey, journey_id)
    now = clock.now(session)
    versions.resume(session, journey, now=now, actor=actor().name, on_resume=args.get("on_resume"))
    return shown([journey])[0]


@publishing.post("/<id:journey_id>/archive", least="editor")
@publishing.arguments(ArchiveArgs, required=False)
@publishing.response(200, JourneyOut)
def archive(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Put a journey away for good; 409 while people are inside, unless they are all to leave."""
    session, journey = db.session(), found(Journey, journey_id)
    leave = args["inside"] == "exit"
    if leave:
        confirmed(versions.inside(session, journey), args.get("confirm"))
    versions.archive(session, journey, now=clock.now(session), actor=actor().name, leave=leave)
    return shown([journey])[0]


@publishing.get("/<id:journey_id>/versions", least="viewer")
@publishing.arguments(PageArgs, location="query")
@publishing.response(200, page_of(VersionOut))
def listed(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """The versions published so far, newest first."""
    query = select(Version).where(
        Version.workspace_id == here(), Version.journey_id == found(Journey, journey_id).id
    )
    return page(query, Version.id, args)


@publishing.get("/<id:journey_id>/versions/<id:number>", least="viewer")
@publishing.response(200, WholeVersionOut)
def version(journey_id: int, number: int) -> Version:
    """One version with its definition; it never changes."""
    return version_of(found(Journey, journey_id), number)


class ExportArgs(Shape):
    as_ = OneOf(("json", "mermaid", "scxml"), data_key="as", load_default="json")
    version = QueryNumber(metadata={"description": "Number of a version; the draft if left out"})


@publishing.get("/<id:journey_id>/export", least="viewer")
@publishing.arguments(ExportArgs, location="query")
@publishing.response(200, content_type="application/json", description="The definition as a file")
@publishing.doc(responses={"200": {"content": FILE_FORMS}})
def export(args: dict[str, Any], journey_id: int) -> Response:
    """The definition as JSON, as a Mermaid diagram or as SCXML."""
    journey = found(Journey, journey_id)
    number = args.get("version")
    definition = (
        drafts.opened(db.session(), journey).definition
        if number is None
        else version_of(journey, number).definition
    )
    return export_as(args["as_"], definition, journey.key)


def version_of(journey: Journey, number: int) -> Version:
    """The version of this journey with this number; 404 if there is none."""
    kept = db.session.scalars(
        select(Version).where(
            Version.workspace_id == here(),
            Version.journey_id == journey.id,
            Version.number == min(number, 2**31 - 1),
        )
    ).one_or_none()
    if kept is None:
        raise not_found()
    return kept


def drawing_of(journey_id: int, args: dict[str, Any]) -> dict[str, Any]:
    """The definition that was given, or the saved draft."""
    journey = found(Journey, journey_id)
    given: dict[str, Any] | None = args.get("definition")
    return drafts.opened(db.session(), journey).definition if given is None else given
