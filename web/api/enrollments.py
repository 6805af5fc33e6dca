"""Enrollments: who is in a journey, where, why, and what happened to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, and_, false, or_, select

from journeys.tables import Enrollment, Journey, Trail, Version
from journeys.words import Text, both
from rules.zones import zone_of
from store.database import db
from store.tables import Workspace
from web import names, telling, waiting
from web.access import found, here, scoped
from web.api.catalogue import WordsOut
from web.api.publishing import version_of
from web.api.timeline import crumb
from web.fields import At, OneOf, QueryNumber
from web.finding import the_contact
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import names_of, whose

enrollments = Resource("enrollments", description="Who stands where, why, and what came before.")
STATUSES = ("new", "waiting", "resting", "stopped", "holdout", "ended")


class InsideArgs(PageArgs):
    stage = Text(longest=64)
    step = Text(longest=64)
    end = Text(longest=64, metadata={"description": "Who has left by this end, on whatever version"})
    status = OneOf(STATUSES)
    version = QueryNumber(metadata={"description": "Number of the version on which they are"})


class EnrollmentOut(Schema):
    id = fields.Int(required=True)
    journey_id = fields.Int(required=True)
    journey_name = fields.Str(required=True)
    version = fields.Int(required=True)
    contact_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a group"})
    group_id = fields.Int(required=True, allow_none=True, metadata={"description": "null for a contact"})
    contact_name = fields.Str(required=True, metadata={"description": "Of the contact or the group"})
    status = fields.Str(required=True, metadata={"enum": list(STATUSES)})
    stage = fields.Str(required=True, allow_none=True)
    stage_name = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    step_name = fields.Str(required=True, allow_none=True)
    result = fields.Str(required=True, allow_none=True)
    entered_at = At(required=True)
    ended_at = At(required=True, allow_none=True)
    since = At(required=True, metadata={"description": "Since when it stands here"})
    next_at = At(required=True, allow_none=True, metadata={"description": "When it moves by itself"})
    waiting_for = fields.Nested(WordsOut, required=True, allow_none=True)
    moved_by = fields.Nested(WordsOut, required=True, allow_none=True)


class CrumbOut(Schema):
    id = fields.Int(required=True)
    at = At(required=True)
    op = fields.Str(required=True)
    stage = fields.Str(required=True, allow_none=True)
    stage_name = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    step_name = fields.Str(required=True, allow_none=True)
    exit = fields.Str(required=True, allow_none=True)
    arrow = fields.Str(required=True, allow_none=True)
    visit = fields.Int(required=True)
    seq = fields.Int(required=True)
    detail = fields.Dict(required=True, allow_none=True)
    words = fields.Nested(WordsOut, required=True)
    saw = fields.List(
        fields.Nested(telling.SawOut),
        required=True,
        metadata={"description": "The comparisons that decided it, with what they saw"},
    )


@enrollments.get("/journeys/<id:journey_id>/enrollments", least="viewer")
@enrollments.arguments(InsideArgs, location="query")
@enrollments.response(200, page_of(EnrollmentOut))
def of_journey(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Who is or was in a journey, newest first; at a stage, a step, in a status or on a version if asked."""
    journey = found(Journey, journey_id)
    query = scoped(Enrollment).where(Enrollment.journey_id == journey.id)
    if "version" in args:
        query = query.where(Enrollment.version_id == version_of(journey, args["version"]).id)
    for column in ("stage", "step", "status"):
        if column in args:
            query = query.where(getattr(Enrollment, column) == args[column])
    if "end" in args:
        query = query.where(_left_by(journey, args["end"]))
    return page(query, Enrollment.id, args, shown=shown)


def _left_by(journey: Journey, end: str) -> ColumnElement[bool]:
    """True for those whom an arrow led to this end: as many as its numbers say have passed it."""
    of = (Version.workspace_id == here(), Version.journey_id == journey.id)
    ways: dict[frozenset[str], list[int]] = {}
    for number, drawing in names.drawn(db.session.scalars(select(Version.id).where(*of))).items():
        arrows = frozenset(a["id"] for a in drawing.definition.get("arrows", ()) if a.get("to") == end)
        ways.setdefault(arrows, []).append(number)
    led = [and_(Trail.version_id.in_(on), Trail.arrow.in_(arrows)) for arrows, on in ways.items() if arrows]
    line = select(Trail.id).where(
        Trail.workspace_id == here(),
        Trail.enrollment_id == Enrollment.id,
        Trail.op == "end",
        or_(false(), *led),
    )
    return and_(Enrollment.status == "ended", line.exists())


@enrollments.get("/contacts/<id:contact_id>/enrollments", least="viewer")
@enrollments.arguments(PageArgs, location="query")
@enrollments.response(200, page_of(EnrollmentOut))
def of_contact(args: dict[str, Any], contact_id: int) -> dict[str, Any]:
    """The journeys that a contact is or was in, newest first."""
    query = scoped(Enrollment).where(
        Enrollment.subject_kind == "contact", Enrollment.subject_id == the_contact(contact_id).id
    )
    return page(query, Enrollment.id, args, shown=shown)


@enrollments.get("/enrollments/<id:enrollment_id>", least="viewer")
@enrollments.response(200, EnrollmentOut)
def one(enrollment_id: int) -> dict[str, Any]:
    """Where somebody stands, why, what moves him next, and when."""
    return shown([found(Enrollment, enrollment_id)])[0]


@enrollments.get("/enrollments/<id:enrollment_id>/history", least="viewer")
@enrollments.arguments(PageArgs, location="query")
@enrollments.response(200, page_of(CrumbOut))
def history(args: dict[str, Any], enrollment_id: int) -> dict[str, Any]:
    """The trail, oldest first: each line in words, with what the rules saw that decided it."""
    query = select(Trail).where(
        Trail.workspace_id == here(), Trail.enrollment_id == found(Enrollment, enrollment_id).id
    )
    return page(query, Trail.id, args, newest_first=False, shown=_crumbs)


def _crumbs(rows: Sequence[Trail]) -> list[dict[str, Any]]:
    versions = names.drawn(row.version_id for row in rows)
    speak = telling.tellers(row.version_id for row in rows)
    return [
        crumb(row, versions.get(row.version_id)) | telling.told(row, speak.get(row.version_id))
        for row in rows
    ]


def shown(rows: Sequence[Enrollment]) -> list[dict[str, Any]]:
    """Enrollments as the API gives them, with the author's names and the sentence that explains each."""
    versions = names.drawn(row.version_id for row in rows)
    journeys = names.journeys(row.journey_id for row in rows)
    people = names_of(row.subject_id for row in rows)
    home = db.session.get_one(Workspace, here()).timezone
    return [
        _shown(row, versions[row.version_id], home)
        | {"journey_name": journeys.get(row.journey_id, ""), "contact_name": people.get(row.subject_id, "")}
        for row in rows
    ]


def _shown(row: Enrollment, drawing: names.Drawn, home: str) -> dict[str, Any]:
    zone: ZoneInfo = zone_of((drawing.definition.get("settings") or {}).get("timezone") or home)
    why = waiting.waiting_for(row, drawing.definition, zone)
    by = waiting.moved_by(row, drawing.definition)
    return {
        "id": row.id,
        "journey_id": row.journey_id,
        "version": drawing.number,
        **whose(row.subject_id),
        "status": row.status,
        "stage": row.stage,
        "stage_name": drawing.name(row.stage),
        "step": row.step,
        "step_name": drawing.name(row.step),
        "result": row.result,
        "entered_at": row.entered_journey,
        "ended_at": row.ended_at,
        "since": waiting.since(row),
        "next_at": waiting.next_at(row),
        "waiting_for": None if why is None else both(why),
        "moved_by": None if by is None else both(by),
    }
