"""Play a drawing: contacts on a virtual clock, moved by the very function that moves real ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from audience import catalogue as people
from journeys import simulate
from journeys.plan import compile_plan
from journeys.tables import Journey
from journeys.words import Number, Shape, Text, Whole, Words
from store import clock
from store.database import db
from store.tables import Workspace
from web import catalogue
from web.access import found, here
from web.api.publishing import drawing_of
from web.errors import Problem
from web.fields import At, Definition, between
from web.resource import Resource

simulating = Resource("simulating", "/journeys", description="Play a drawing on a virtual clock.")

MOST_CONTACTS, MOST_DAYS, MOST_WORK = 5000, 1500, 300_000
NOT_PLAYABLE = Words(
    "这张图还有缺漏，暂时不能模拟；请先解决标出的问题。",
    "The drawing is not complete enough to be simulated; solve the problems listed first.",
)
TOO_MUCH = Words(
    "人数乘天数太大；请减少人数或天数。", "That many people for that many days is too much; take fewer."
)


class SimulateArgs(Shape):
    definition = Definition(metadata={"description": "The saved draft if left out"})
    contacts = Whole(load_default=200, validate=between(1, MOST_CONTACTS))
    days = Whole(load_default=60, validate=between(1, MOST_DAYS))
    seed = Whole(load_default=1, validate=between(0, 2**31))
    start = At(metadata={"description": "Now by default"})
    paths = Whole(load_default=50, validate=between(0, 200))
    chances = fields.Dict(
        keys=Text(longest=128),
        values=Number(validate=between(0, 0.95)),
        metadata={"description": "{event name: chance that a contact does it, once more each time}"},
    )


class SimulationOut(Schema):
    start = fields.Str(required=True)
    days = fields.List(fields.Dict(), required=True)
    contacts = fields.Int(required=True)
    entered = fields.Int(required=True)
    nodes = fields.Dict(required=True)
    arrows = fields.Dict(required=True)
    exits = fields.Dict(required=True)
    funnel = fields.List(fields.Dict(), required=True)
    messages = fields.Int(required=True)
    messages_per_day = fields.List(fields.Int(), required=True)
    carriers = fields.Dict(required=True)
    held = fields.Int(required=True)
    skipped = fields.Int(required=True)
    ended = fields.Dict(required=True)
    goals = fields.Dict(required=True)
    unreached = fields.List(fields.Str(), required=True)
    paths = fields.List(fields.Dict(), required=True)


@simulating.post("/<id:journey_id>/simulate", least="viewer", reads=True)
@simulating.arguments(SimulateArgs, required=False)
@simulating.response(200, SimulationOut)
def play(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Play invented contacts through a drawing on a virtual clock, by the very function that moves real ones."""
    if args["contacts"] * args["days"] > MOST_WORK:
        raise Problem(422, "too-much", TOO_MUCH, [("contacts", TOO_MUCH), ("days", TOO_MUCH)])
    session = db.session()
    definition = drawing_of(journey_id, args)
    broken = [p for p in catalogue.judge(session, here())(definition) if p.code == "shape"]
    if broken:
        raise Problem(
            422,
            "not-playable",
            NOT_PLAYABLE,
            [(p.path, p.message) for p in broken],
            problems=[p.json() for p in broken],
        )
    workspace = session.get_one(Workspace, here())
    plan = compile_plan(
        definition,
        journey_key=found(Journey, journey_id).key,
        workspace_zone=workspace.timezone,
        quiet_hours=(workspace.settings or {}).get("quiet_hours"),
    )
    start: datetime = args.get("start") or clock.now(session)
    attributes = _examples(plan.reads.attributes)
    session.rollback()  # a long play holds no connection
    lives = simulate.invent(
        plan,
        args["contacts"],
        start,
        args["days"],
        seed=args["seed"],
        chances=args.get("chances"),
        attributes=attributes,
    )
    return simulate.report(plan, lives, start, args["days"], paths=args["paths"])


def _examples(names: Any) -> dict[str, list[Any]]:
    """Values that the workspace's contacts really have in the attributes that a plan reads."""
    if not names:
        return {}
    return {name: people.values(db.session(), here(), name) for name in sorted(names)[:20]}
