"""Guards: what watches how people take our messages, what it would have done, and what it has done."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from insights import guard_preview
from journeys.words import Number, Part, Shape, Whole, Words
from rules import guards as rules
from store import audit, clock, trips
from store.database import db
from store.tables_guards import Guard, GuardTrip
from web import guarded
from web.access import actor, found, here, scoped
from web.api.catalogue import WordsOut
from web.errors import Problem, not_found
from web.fields import At, Filled, OneOf, QueryNumber, between
from web.paging import PageArgs, page, page_of
from web.resource import Resource

guards = Resource(
    "guards", "/guards", description="What slows down or pauses messages that people do not like."
)

ON, OFF, GONE = "on", "off", "gone"
RELEASED = Words("它已经放行了。", "It has been released already.")
TOO_MANY = Words("一个工作区最多 50 条守护。", "A workspace has at most 50 guards.")
MOST = 50


class GuardRuleIn(Shape):
    measure = OneOf(rules.MEASURES, required=True)
    per = OneOf(rules.PERS, required=True)
    within_hours = Whole(load_default=24, validate=between(1, rules.MOST_HOURS))
    over_hours = Whole(load_default=72, validate=between(1, rules.MOST_HOURS))
    percent = Number(required=True, validate=between(0.1, 100))
    minimum = Whole(required=True, validate=between(1, 100_000))
    action = OneOf(rules.ACTIONS, required=True)
    factor = Number(
        load_default=0.25,
        validate=between(0.05, 0.9),
        metadata={"description": "Of `slow`: the part of its rate at which it goes on"},
    )


class GuardArgs(Shape):
    name = Filled(required=True, longest=100)
    rule = Part(GuardRuleIn, required=True)


class GuardChangeArgs(Shape):
    name = Filled(longest=100)
    rule = Part(GuardRuleIn)
    state = OneOf((ON, OFF))


class GuardPreviewArgs(Shape):
    rule = Part(GuardRuleIn, required=True)


class TripListArgs(PageArgs):
    state = OneOf(("open", "released"))
    journey_id = QueryNumber(validate=between(1, 2**53))


class TripReleaseArgs(Shape):
    note = Filled(
        required=True, longest=500, metadata={"description": "What was changed, or why it may go on"}
    )


class GuardOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    rule = fields.Dict(required=True)
    state = fields.Str(required=True, metadata={"enum": [ON, OFF]})
    open = fields.Int(required=True, metadata={"description": "Trips that stand now"})
    tripped = fields.Int(required=True, metadata={"description": "Trips so far"})
    last_trip = At(required=True, allow_none=True)
    updated_at = At(required=True)


class OfferedOut(Schema):
    key = fields.Str(required=True)
    name = fields.Nested(WordsOut, required=True)
    rule = fields.Dict(required=True)


class GuardsOut(Schema):
    items = fields.List(fields.Nested(GuardOut), required=True)
    offered = fields.List(fields.Nested(OfferedOut), required=True)


class WouldTripOut(Schema):
    at = At(required=True)
    title = fields.Str(required=True)
    touches = fields.Int(required=True)
    hits = fields.Int(required=True)


class GuardPreviewOut(Schema):
    known = fields.Bool(
        required=True, metadata={"description": "False where nothing is kept by which to tell"}
    )
    days = fields.Int(required=True)
    messages = fields.Int(required=True)
    hits = fields.Int(required=True)
    count = fields.Int(required=True, metadata={"description": "How often it would have tripped"})
    trips = fields.List(fields.Nested(WouldTripOut), required=True, metadata={"description": "The last 20"})


class TripOut(Schema):
    id = fields.Int(required=True)
    guard_id = fields.Int(required=True)
    guard = fields.Str(required=True)
    per = fields.Str(required=True)
    subject = fields.Str(required=True)
    title = fields.Str(required=True, metadata={"description": "What it is about, in names"})
    journey_id = fields.Int(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    rule = fields.Dict(required=True)
    action = fields.Str(required=True)
    held = fields.Bool(required=True, metadata={"description": "True while its messages wait"})
    interval_secs = fields.Float(required=True)
    at = At(required=True)
    touches = fields.Int(required=True)
    hits = fields.Int(required=True)
    until = At(required=True, allow_none=True)
    released_by = fields.Str(required=True)
    note = fields.Str(required=True)


@guards.get("", least="viewer")
@guards.response(200, GuardsOut)
def every() -> dict[str, Any]:
    """The guards, and those that are offered to begin with."""
    rows = db.session.scalars(scoped(Guard).where(Guard.state != GONE).order_by(Guard.id)).all()
    return {"items": _shown(rows), "offered": guarded.offered()}


@guards.post("", least="owner")
@guards.arguments(GuardArgs)
@guards.response(201, GuardOut)
def make(args: dict[str, Any]) -> dict[str, Any]:
    """Set up a guard; it counts from now on."""
    session = db.session()
    now = clock.now(session)
    if len(session.scalars(scoped(Guard).where(Guard.state != GONE)).all()) >= MOST:
        raise Problem(409, "too-many", TOO_MANY)
    row = Guard(
        workspace_id=here(), name=args["name"], rule=args["rule"], state=ON, since=now, updated_at=now,
        updated_by=actor().name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, here(), actor().name, "guard.made", f"guard:{row.id}", args, now)
    return _shown([row])[0]


@guards.patch("/<id:guard_id>", least="owner")
@guards.arguments(GuardChangeArgs)
@guards.response(200, GuardOut)
def change(args: dict[str, Any], guard_id: int) -> dict[str, Any]:
    """Change a guard, or switch it on or off; with another rule it counts anew. What it holds it goes on holding."""
    session, row = db.session(), _one(guard_id)
    now = clock.now(session)
    if args.get("rule", row.rule) != row.rule or (args.get("state") == ON and row.state != ON):
        row.since = now
    for name, value in args.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by = now, actor().name
    session.flush()
    audit.record(session, here(), actor().name, "guard.changed", f"guard:{row.id}", args, now)
    return _shown([row])[0]


@guards.delete("/<id:guard_id>", least="owner")
@guards.response(204)
def remove(guard_id: int) -> str:
    """Take a guard away; whatever it holds goes on, and its history stays."""
    session, row = db.session(), _one(guard_id)
    now = clock.now(session)
    row.state, row.updated_at, row.updated_by = GONE, now, actor().name
    mine = GuardTrip.workspace_id == here(), GuardTrip.guard_id == row.id, GuardTrip.until.is_(None)
    for trip in session.scalars(select(GuardTrip).where(*mine)).all():
        trip.until, trip.released_by = max(now, trip.at), actor().name
    session.flush()
    audit.record(session, here(), actor().name, "guard.removed", f"guard:{row.id}", {"name": row.name}, now)
    return ""


@guards.post("/preview", least="viewer", reads=True)
@guards.arguments(GuardPreviewArgs)
@guards.response(200, GuardPreviewOut)
def preview(args: dict[str, Any]) -> dict[str, Any]:
    """How often a rule would have tripped in the last 30 days, by the messages that went out then."""
    session = db.session()
    told = guard_preview.preview(session, here(), rules.read(args["rule"]), clock.now(session))
    names = guarded.subjects((args["rule"]["per"], trip.subject) for trip in told.trips)
    return {
        **{name: getattr(told, name) for name in ("known", "messages", "hits")},
        "days": guard_preview.DAYS,
        "count": len(told.trips),
        "trips": [
            {
                **{name: getattr(trip, name) for name in ("at", "touches", "hits")},
                "title": names[args["rule"]["per"], trip.subject]["title"],
            }
            for trip in reversed(told.trips[-20:])
        ],
    }


@guards.get("/trips", least="viewer")
@guards.arguments(TripListArgs, location="query")
@guards.response(200, page_of(TripOut))
def tripped(args: dict[str, Any]) -> dict[str, Any]:
    """What guards have done, the newest first."""
    query = scoped(GuardTrip)
    if "state" in args:
        query = query.where(
            GuardTrip.until.is_(None) if args["state"] == "open" else GuardTrip.until.is_not(None)
        )
    if "journey_id" in args:
        mine = GuardTrip.subject.startswith(f"{args['journey_id']}:", autoescape=True)
        query = query.where(GuardTrip.per == "step", mine)
    return page(query, GuardTrip.id, args, shown=guarded.trips_shown)


@guards.post("/trips/<id:trip_id>/release", least="editor")
@guards.arguments(TripReleaseArgs)
@guards.response(200, TripOut)
def release(args: dict[str, Any], trip_id: int) -> dict[str, Any]:
    """Let go on what a guard holds or slows; it counts anew from here, so that old numbers do not trip it again."""
    session, row = db.session(), found(GuardTrip, trip_id)
    if row.until is not None:
        raise Problem(409, "released", RELEASED)
    trips.let_go(session, row, actor().name, args["note"], clock.now(session))
    return guarded.trips_shown([row])[0]


def _one(guard_id: int) -> Guard:
    row = found(Guard, guard_id)
    if row.state == GONE:
        raise not_found()
    return row


def _shown(rows: Any) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    theirs = db.session.scalars(
        select(GuardTrip).where(GuardTrip.workspace_id == here(), GuardTrip.guard_id.in_(ids))
    )
    every_trip = theirs.all()
    return [guarded.shown(row, every_trip) for row in rows]
