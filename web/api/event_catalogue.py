"""The catalogue of events: what comes in, how much of it a day, what looks wrong about it, and who listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields
from sqlalchemy import or_, select

from audience import catalogue as people
from audience import event_titles, event_watch
from audience.tables_watch import EventWarning
from journeys.tables import Draft, Journey, Version
from journeys.words import Flag, Shape, Text
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Workspace
from web.access import actor, found, here
from web.errors import not_found
from web.fields import At
from web.language import language
from web.paging import PageArgs, page_of, whole
from web.resource import Resource
from web.shown import COVER, SEES_PEOPLE

event_catalogue = Resource("event_catalogue", "/event-catalogue", description="What the events are like.")

DAYS = 30


class WarningOut(Schema):
    id = fields.Int(required=True, allow_none=True, metadata={"description": "null for one seen just now"})
    name = fields.Str(required=True)
    property = fields.Str(required=True)
    code = fields.Str(
        required=True, metadata={"enum": ["type_changed", "near_duplicate", "not_declared", "property_gone"]}
    )
    detail = fields.Dict(required=True)
    count = fields.Int(required=True)
    first_at = At(required=True, allow_none=True)
    last_at = At(required=True, allow_none=True)


class EventKindOut(Schema):
    name = fields.Str(required=True)
    title = fields.Str(required=True, metadata={"description": "As the workspace has named it; else empty"})
    called = fields.Str(required=True, metadata={"description": "The title, or what everybody calls it"})
    own_doing = fields.Bool(required=True, metadata={"description": "Counts as the contact's activity"})
    properties = fields.Dict(required=True, metadata={"description": "{name: type}"})
    first_seen = At(required=True, allow_none=True)
    last_seen = At(required=True, allow_none=True, metadata={"description": "The hour of the last one"})
    days = fields.List(
        fields.Int(),
        required=True,
        metadata={"description": "How many a day, of the last 30 days, today last"},
    )
    warnings = fields.Int(required=True)


class PropertyOut(Schema):
    name = fields.Str(required=True)
    type = fields.Str(required=True)
    examples = fields.List(fields.Raw(), required=True)


class UsedOut(Schema):
    journey_id = fields.Int(required=True)
    name = fields.Str(required=True)
    live = fields.Bool(required=True)


class EventDetailOut(EventKindOut):
    details = fields.List(fields.Nested(PropertyOut), required=True)
    findings = fields.List(fields.Nested(WarningOut), required=True)
    used_by = fields.List(fields.Nested(UsedOut), required=True)


class EventPatch(Shape):
    title = Text(longest=200)
    own_doing = Flag()


@event_catalogue.get("", least="viewer")
@event_catalogue.arguments(PageArgs, location="query")
@event_catalogue.response(200, page_of(EventKindOut))
def listed(_: dict[str, Any]) -> dict[str, Any]:
    """Every event that was met or declared, with how much of it came in the last 30 days."""
    return whole(_kinds())


@event_catalogue.get("/<event_name>", least="viewer")
@event_catalogue.response(200, EventDetailOut)
def one(event_name: str) -> dict[str, Any]:
    """One event with examples of its properties, what looks wrong, and which journeys listen to it."""
    return _detail(event_name)


def _detail(name: str) -> dict[str, Any]:
    kind = next((kind for kind in _kinds() if kind["name"] == name), None)
    if kind is None:
        raise not_found()
    session = db.session()
    rows = event_watch.latest(session, here(), name)
    shown = event_watch.examples(rows)
    sees = actor().may(SEES_PEOPLE)
    details = [
        {
            "name": prop,
            "type": type_,
            "examples": shown.get(prop, []) if sees else [COVER for _ in shown.get(prop, [])],
        }
        for prop, type_ in sorted(kind["properties"].items())
    ]
    findings: list[Any] = list(event_watch.warnings(session, here(), name))
    findings += [
        {
            "id": None, "name": name, "property": prop, "code": event_watch.PROPERTY_GONE,
            "detail": {"events": event_watch.GONE_AFTER}, "count": 1, "first_at": None, "last_at": None,
        }
        for prop in event_watch.gone(rows, kind["properties"])
    ]  # fmt: skip
    return {**kind, "details": details, "findings": findings, "used_by": list(_used_by(name))}


@event_catalogue.patch("/<event_name>", least="editor")
@event_catalogue.arguments(EventPatch)
@event_catalogue.response(200, EventDetailOut)
def change(args: dict[str, Any], event_name: str) -> dict[str, Any]:
    """Give an event a title, or say whether it is the contact's own doing."""
    session = db.session()
    if args and not people.describe(session, here(), "event", event_name, **args):
        raise not_found()
    now = clock.now(session)
    audit.record(session, here(), actor().name, "event.described", f"event:{event_name}"[:120], args, now)
    return _detail(event_name)


@event_catalogue.post("/warnings/<id:warning_id>/dismiss", least="editor")
@event_catalogue.response(200, WarningOut)
def dismiss(warning_id: int) -> EventWarning:
    """Say that it is well as it is."""
    session = db.session()
    kept = found(EventWarning, warning_id)
    event_watch.dismiss(session, here(), kept.id)
    now = clock.now(session)
    detail = {"code": kept.code, "property": kept.property}
    audit.record(
        session, here(), actor().name, "event.warning_dismissed", f"event:{kept.name}"[:120], detail, now
    )
    return kept


def _kinds() -> list[dict[str, Any]]:
    session = db.session()
    now = clock.now(session)
    zone = zone_of(session.scalar(select(Workspace.timezone).where(Workspace.id == here())))
    volumes = event_watch.volumes(session, here(), now - timedelta(days=DAYS + 1))
    last = event_watch.last_hours(session, here())
    place = 0 if language() == "zh" else 1
    wrong: dict[str, int] = {}
    for warning in event_watch.warnings(session, here()):
        wrong[warning.name] = wrong.get(warning.name, 0) + 1
    return [
        {
            "name": name,
            "title": kind.title,
            "called": kind.title or event_titles.EVENTS.get(name, (name, name))[place],
            "own_doing": kind.own_doing,
            "properties": dict(kind.properties),
            "first_seen": kind.first_seen,
            "last_seen": last.get(name),
            "days": _per_day(volumes.get(name, []), now, zone),
            "warnings": wrong.get(name, 0),
        }
        for name, kind in people.load(session, here()).events.items()
    ]


def _per_day(hours: list[tuple[datetime, int]], now: datetime, zone: ZoneInfo) -> list[int]:
    today = now.astimezone(zone).date()
    days = [0] * DAYS
    for hour, times in hours:
        ago = (today - hour.astimezone(zone).date()).days
        if 0 <= ago < DAYS:
            days[DAYS - 1 - ago] += times
    return days


def _used_by(name: str) -> Iterator[dict[str, Any]]:
    session = db.session()
    rows = session.execute(
        select(Journey.id, Journey.name, Version.definition, Draft.definition)
        .join(Version, Version.id == Journey.live_version_id, isouter=True)
        .join(Draft, Draft.journey_id == Journey.id, isouter=True)
        .where(Journey.workspace_id == here(), Journey.status != "archived")
        .where(or_(Version.id.is_not(None), Draft.journey_id.is_not(None)))
        .order_by(Journey.name)
    )
    for number, title, live, draft in rows:
        is_live = live is not None and _speaks_of(live, name)
        if is_live or (draft is not None and _speaks_of(draft, name)):
            yield {"journey_id": number, "name": title, "live": is_live}


def _speaks_of(part: Any, name: str) -> bool:
    """True if a definition listens to an event, or asks of its history."""
    if isinstance(part, Mapping):
        if part.get("type") == "event" or ("exit" in part and "name" in part and "rule" not in part):
            given = part.get("name")
            if given == name or (isinstance(given, list) and name in given):
                return True
        field = part.get("field")
        if isinstance(field, str) and field.startswith(f"history.{name}."):
            return True
        return any(_speaks_of(below, name) for below in part.values())
    return isinstance(part, list) and any(_speaks_of(below, name) for below in part)
