"""Play a drawing: contacts on a virtual clock, moved by the very function that moves real ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from audience import coupons
from journeys import played
from journeys.coming import TooMuch
from journeys.fields import EventName, RuleField
from journeys.plan import Plan, compile_plan
from journeys.tables import Journey
from journeys.words import Many, Number, Part, Shape, Text, Whole, Words
from store import clock
from store.database import db
from store.tables import Workspace
from web import catalogue, crowds
from web.access import found, here
from web.api.publishing import drawing_of, version_of
from web.errors import Problem
from web.fields import At, Bag, Definition, OneOf, RowNumber, between, several
from web.reached import reach_here
from web.resource import Resource

simulating = Resource("simulating", "/journeys", description="Play a drawing on a virtual clock.")

MOST_CONTACTS, MOST_DAYS, MOST_WORK, MOST_LINES = 20_000, 1500, 2_400_000, 600_000
MOST_EVENTS = 20_000
NOT_PLAYABLE = Words(
    "这张图还有缺漏，暂时不能模拟；请先解决标出的问题。",
    "The drawing is not complete enough to be simulated; solve the problems listed first.",
)
TOO_MUCH = Words(
    "人数乘天数太大；请减少人数或天数。", "That many people for that many days is too much; take fewer."
)
NOBODY = Words(
    "没有符合条件的客户；请放宽条件，或改用虚拟客户。",
    "No contact fulfils the rule; widen it, or invent contacts.",
)
NO_EVENTS = Words(
    "这段时间没有事件记录；请换一段时间，或给出 events。",
    "No events are recorded in that time; choose another, or give events.",
)
ONE_DRAWING = Words("definition 和 version 只能给一个。", "Give definition or version, not both.")


class DrawingArgs(Shape):
    definition = Definition(metadata={"description": "The saved draft if left out"})
    version = RowNumber(metadata={"description": "Number of a published version, in place of a definition"})

    @validates_schema(skip_on_field_errors=True)
    def one(self, data: dict[str, Any], **_: Any) -> None:
        if "definition" in data and "version" in data:
            raise ValidationError({"version": [ONE_DRAWING]})


class LogEvent(Shape):
    subject = Text(required=True, longest=255)
    name = EventName(required=True)
    at = At(required=True)
    properties = Bag(load_default=dict)


class FromArgs(Shape):
    kind = OneOf(crowds.KINDS, load_default="invented")
    where = RuleField(metadata={"description": "audience, log: which contacts; all if left out"})
    events = Many(
        fields.Nested(LogEvent),
        validate=several(MOST_EVENTS),
        metadata={"description": f"log: a recorded event log, at most {MOST_EVENTS} events"},
    )
    since = At(metadata={"description": "log: the workspace's own events from here on, in place of events"})


class SimulateArgs(DrawingArgs):
    contacts = Whole(load_default=200, validate=between(1, MOST_CONTACTS))
    days = Whole(load_default=60, validate=between(1, MOST_DAYS))
    seed = Whole(load_default=1, validate=between(0, 2**31))
    start = At(metadata={"description": "Now by default; for a log, its first event"})
    paths = Whole(load_default=50, validate=between(0, 400))
    chances = fields.Dict(
        keys=Text(longest=128),
        values=Number(validate=between(0, 0.95)),
        metadata={"description": "{event name: chance that a contact does it, once more each time}"},
    )
    from_ = Part(
        FromArgs,
        data_key="from",
        load_default=lambda: {"kind": "invented"},
        metadata={"description": "Whom to play"},
    )
    beside = Part(
        DrawingArgs, metadata={"description": "Another drawing, through which the same contacts are played"}
    )


class PlayedOut(Schema):
    start = fields.Str(required=True)
    days = fields.List(fields.Dict(), required=True)
    cut = fields.Int(
        required=True,
        allow_none=True,
        metadata={"description": "Days played, if there was too much to play all of them"},
    )
    contacts = fields.Int(required=True)
    entered = fields.Int(required=True)
    nodes = fields.Dict(required=True, metadata={"description": "{stage | step: {here, passed}} at the end"})
    resting = fields.Dict(required=True, metadata={"description": "{stage: how many rest in it at the end}"})
    arrows = fields.Dict(required=True)
    exits = fields.Dict(required=True)
    funnel = fields.List(fields.Dict(), required=True)
    messages = fields.Int(required=True)
    messages_per_day = fields.List(fields.Int(), required=True)
    carriers = fields.Dict(required=True)
    carriers_per_day = fields.Dict(required=True, metadata={"description": "{carrier: [messages a day]}"})
    coupons = fields.Dict(
        required=True, metadata={"description": "{pool: {issued, empty, left}}; left is null without a limit"}
    )
    points = fields.Dict(required=True, metadata={"description": "{scheme: {added, taken}}"})
    tasks_per_day = fields.List(fields.Int(), required=True)
    policies = fields.Dict(
        required=True,
        metadata={"description": "{held_… | refused_… | late…: {act, reason, words, total, per_day, steps}}"},
    )
    held = fields.Int(required=True)
    skipped = fields.Int(required=True)
    ended = fields.Dict(required=True)
    goals = fields.Dict(required=True)
    unreached = fields.List(fields.Str(), required=True, metadata={"description": "Stages and steps"})
    paths = fields.List(fields.Dict(), required=True)


class SimulationOut(PlayedOut):
    people = fields.Dict(
        required=True,
        metadata={"description": "{kind, taken, of, chances: {event: chance}}: whom was played"},
    )
    beside = fields.Nested(PlayedOut, metadata={"description": "The same contacts through the other drawing"})


@simulating.post("/<id:journey_id>/simulate", least="viewer", reads=True)
@simulating.arguments(SimulateArgs, required=False)
@simulating.response(200, SimulationOut)
def play(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Play contacts through a drawing on a virtual clock, by the very function that moves real ones.

    They are invented, a sample of the real audience with its own habits, or those of a recorded log of events.
    """
    if args["contacts"] * args["days"] > MOST_WORK:
        raise Problem(422, "too-much", TOO_MUCH, [("contacts", TOO_MUCH), ("days", TOO_MUCH)])
    session = db.session()
    drawings = [_drawing(journey_id, args)]
    if "beside" in args:
        drawings.append(_drawing(journey_id, args["beside"], "beside"))
    plans = [_plan(journey_id, drawing) for drawing in drawings]
    wish = crowds.Wish(
        count=args["contacts"],
        days=args["days"],
        seed=args["seed"],
        start=args.get("start") or clock.now(session),
        chances=args.get("chances") or {},
        where=args["from_"].get("where"),
        events=args["from_"].get("events"),
        since=args["from_"].get("since"),
        own_start="start" in args,
    )
    crowd = crowds.gather(args["from_"]["kind"], plans, drawings, wish)
    if not crowd.lives:
        said = NO_EVENTS if args["from_"]["kind"] == "log" else NOBODY
        raise Problem(422, "nobody", said, [("from", said)])
    pools = frozenset[str]().union(*(plan.reads.pools for plan in plans))
    stock = coupons.left(session, here(), pools, wish.start)
    session.rollback()  # a long play holds no connection
    try:
        told, *others = [_play(plan, crowd, args, stock) for plan in plans]
    except TooMuch:
        raise Problem(422, "too-much", TOO_MUCH, [("contacts", TOO_MUCH), ("days", TOO_MUCH)]) from None
    people = {
        "kind": args["from_"]["kind"],
        "taken": len(crowd.lives),
        "of": crowd.of,
        "chances": crowd.chances,
    }
    return told | {"people": people} | ({"beside": others[0]} if others else {})


def _play(plan: Plan, crowd: crowds.Crowd, args: dict[str, Any], stock: dict[str, int]) -> dict[str, Any]:
    start: datetime = crowd.start
    return played.report(
        plan, crowd.lives, start, args["days"], paths=args["paths"], most_lines=MOST_LINES, stock=stock
    )


def _drawing(journey_id: int, args: dict[str, Any], path: str = "") -> dict[str, Any]:
    """A definition that can be played, or 422 with what is wrong with it."""
    if "version" in args:
        definition: dict[str, Any] = version_of(found(Journey, journey_id), args["version"]).definition
    else:
        definition = drawing_of(journey_id, args)
    broken = [p for p in catalogue.judge(db.session(), here())(definition) if p.code == "shape"]
    if broken:
        at = f"{path}." if path else ""
        errors = [(at + p.path, p.message) for p in broken]
        raise Problem(422, "not-playable", NOT_PLAYABLE, errors, problems=[p.json() for p in broken])
    return definition


def _plan(journey_id: int, definition: dict[str, Any]) -> Plan:
    workspace = db.session().get_one(Workspace, here())
    return compile_plan(
        definition,
        journey_key=found(Journey, journey_id).key,
        workspace_zone=workspace.timezone,
        quiet_hours=(workspace.settings or {}).get("quiet_hours"),
        reach=reach_here(),
    )
