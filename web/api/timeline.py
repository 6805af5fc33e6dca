"""What happened to one contact or customer group, from all sources in one line of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from marshmallow import INCLUDE, Schema, fields
from sqlalchemy import select

from audience.tables import Event
from journeys.tables import Enrollment, Trail
from store.database import db
from store.tables import Outbox
from web import changes_of_people, names, telling
from web.access import here
from web.api.catalogue import WordsOut
from web.errors import invalid
from web.fields import At
from web.paging import BAD_CURSOR, USUAL, decode, encode
from web.shown import properties_of_events

KINDS = ("event", "message", "trail", "attribute", "tag", "tier", "segment", "consent", "merge")


class TimelineEntryOut(Schema):
    """An event, a message or a step; the other keys depend on `type`."""

    class Meta:
        unknown = INCLUDE

    at = At(required=True)
    type = fields.Str(required=True, metadata={"enum": list(KINDS)})
    id = fields.Int(required=True)
    name = fields.Str(metadata={"description": "Of an event"})
    properties = fields.Dict(metadata={"description": "Of an event"})
    journey_id = fields.Int()
    journey_name = fields.Str()
    enrollment_id = fields.Int()
    step = fields.Str(allow_none=True)
    step_name = fields.Str(allow_none=True)
    stage = fields.Str(allow_none=True)
    stage_name = fields.Str(allow_none=True)
    exit = fields.Str(allow_none=True)
    arrow = fields.Str(allow_none=True)
    op = fields.Str(metadata={"description": "Of a trail line: open, stage, step, hold, rest, end …"})
    detail = fields.Dict(allow_none=True)
    words = fields.Nested(WordsOut, metadata={"description": "Of a trail line"})
    saw = fields.List(fields.Nested(telling.SawOut), metadata={"description": "Of a trail line"})
    carrier = fields.Str(metadata={"description": "Of a message"})
    content = fields.Str(metadata={"description": "Of a message: the material's key"})
    status = fields.Str(metadata={"description": "Of a message"})
    rendered = fields.Dict(allow_none=True, metadata={"description": "Of a message: what was really sent"})
    by = fields.Str(allow_none=True, metadata={"description": "Who did it: account:3, key:5, rule:KEY …"})
    tag = fields.Str(metadata={"description": "Of a tag put on or taken off"})
    put_on = fields.Bool(metadata={"description": "Of a tag: false if it was taken off"})
    dimension = fields.Str(metadata={"description": "Of a change of tier: the key of the dimension"})
    dimension_name = fields.Str()
    field = fields.Str(metadata={"description": "Of an attribute: attribute.NAME, name or timezone"})
    old = fields.Raw(allow_none=True, metadata={"description": "Of an attribute or a tier: what it was"})
    new = fields.Raw(allow_none=True, metadata={"description": "Of an attribute or a tier: what it became"})
    because = fields.Str(metadata={"description": "Of a change of tier"})
    segment = fields.Str(
        allow_none=True,
        metadata={"description": "Of coming into a segment or leaving it: its key, null once it is deleted"},
    )
    segment_name = fields.Str(allow_none=True)
    entered = fields.Bool(metadata={"description": "Of a segment: false if the contact left it"})
    topic = fields.Str(metadata={"description": "Of consent: marketing, profiling or a carrier"})
    granted = fields.Bool(metadata={"description": "Of consent"})
    source = fields.Str(metadata={"description": "Of consent: how it was said"})
    note = fields.Str(metadata={"description": "Of consent"})
    gone = fields.Int(metadata={"description": "Of a merge: the id that became part of this contact"})


def timeline(subject: int, args: dict[str, Any]) -> dict[str, Any]:
    """One page of the line, newest first; what happened at the very same time is never torn apart."""
    limit = args.get("limit", USUAL)
    before = _moment(decode(args.get("cursor")))
    wanted = [args["kind"]] if "kind" in args else KINDS
    entries = [entry for kind in wanted for entry in SOURCES[kind](subject, before, limit)]
    entries.sort(key=lambda entry: (entry["at"], entry["type"], entry["id"]), reverse=True)
    shown = entries[:limit]
    if len(entries) > limit:
        last = shown[-1]["at"]
        shown += [entry for entry in entries[limit:] if entry["at"] == last]
    more = len(entries) > len(shown) or len(shown) >= limit
    return {"items": shown, "next": encode(shown[-1]["at"].isoformat()) if shown and more else None}


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise invalid(("cursor", BAD_CURSOR)) from None


def _events(subject: int, before: datetime | None, limit: int) -> Iterable[dict[str, Any]]:
    query = select(Event).where(Event.workspace_id == here(), Event.contact_id == subject)
    if before is not None:
        query = query.where(Event.occurred_at < before)
    said = properties_of_events()
    for row in db.session.scalars(query.order_by(Event.occurred_at.desc(), Event.id.desc()).limit(limit + 1)):
        yield {
            "at": row.occurred_at,
            "type": "event",
            "id": row.id,
            "name": row.name,
            "properties": said(row.properties),
        }


def _messages(subject: int, before: datetime | None, limit: int) -> Iterable[dict[str, Any]]:
    query = select(Outbox).where(Outbox.workspace_id == here(), Outbox.contact_id == subject)
    if before is not None:
        query = query.where(Outbox.due_at < before)
    rows = db.session.scalars(query.order_by(Outbox.due_at.desc(), Outbox.id.desc()).limit(limit + 1)).all()
    journeys = names.journeys(row.journey_id for row in rows)
    versions = names.drawn(row.version_id for row in rows)
    for row in rows:
        drawing = versions.get(row.version_id)
        yield {
            "at": row.due_at,
            "type": "message",
            "id": row.id,
            "journey_id": row.journey_id,
            "journey_name": journeys.get(row.journey_id, ""),
            "enrollment_id": row.enrollment_id,
            "step": row.step,
            "step_name": drawing.name(row.step) if drawing else row.step,
            "carrier": row.carrier,
            "content": row.content,
            "status": row.state,
            "rendered": row.rendered,
        }


def _trail(subject: int, before: datetime | None, limit: int) -> Iterable[dict[str, Any]]:
    query = (
        select(Trail, Enrollment.journey_id)
        .join(Enrollment, Enrollment.id == Trail.enrollment_id)
        .where(
            Trail.workspace_id == here(),
            Enrollment.workspace_id == here(),
            Enrollment.subject_id == subject,
        )
    )
    if before is not None:
        query = query.where(Trail.at < before)
    rows = db.session.execute(query.order_by(Trail.at.desc(), Trail.id.desc()).limit(limit + 1)).all()
    journeys = names.journeys(journey_id for _, journey_id in rows)
    versions = names.drawn(row.version_id for row, _ in rows)
    speak = telling.tellers(row.version_id for row, _ in rows)
    for row, journey_id in rows:
        entry = crumb(row, versions.get(row.version_id)) | telling.told(row, speak.get(row.version_id))
        yield entry | {
            "type": "trail",
            "journey_id": journey_id,
            "journey_name": journeys.get(journey_id, ""),
            "enrollment_id": row.enrollment_id,
        }


def crumb(row: Trail, drawing: names.Drawn | None) -> dict[str, Any]:
    """One line of a trail, with the author's names beside the ids."""
    return {
        "id": row.id,
        "at": row.at,
        "op": row.op,
        "stage": row.stage,
        "stage_name": drawing.name(row.stage) if drawing else row.stage,
        "step": row.step,
        "step_name": drawing.name(row.step) if drawing else row.step,
        "exit": row.exit,
        "arrow": row.arrow,
        "visit": row.visit,
        "seq": row.seq,
        "detail": row.detail,
    }


SOURCES: dict[str, Callable[[int, datetime | None, int], Iterable[dict[str, Any]]]] = {
    "event": _events,
    "message": _messages,
    "trail": _trail,
    **changes_of_people.SOURCES,
}
