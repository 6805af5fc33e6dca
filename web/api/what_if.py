"""What if: a real contact and invented events, played on a virtual clock; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import func, select

from audience.tables import Contact
from journeys.definition import digest
from journeys.fields import DurationField, EventName
from journeys.foreseeing import IMAGINED
from journeys.naming import Drawing
from journeys.plan import Plan
from journeys.position import ENDED, Facts, Signal
from journeys.rehoming import Rehoming, rehome
from journeys.suggesting import Suggestions
from journeys.tables import Enrollment, Journey, Version
from journeys.what_if import Answer, Past, comes_in, goes_on
from journeys.words import Many, Shape, Text, Whole, Words
from rules.duration import Duration
from store import clock
from store.database import db
from web import catalogue, foretold
from web.access import found, here
from web.api.catalogue import WordsOut
from web.api.publishing import drawing_of, version_of
from web.errors import Problem, invalid
from web.fields import At, Bag, Definition, RowNumber, between, several
from web.real import facts_of, pauses_of, plan_of, position_of
from web.resource import Resource
from web.telling import SawOut
from web.titles import titles

what_if = Resource("what-if", "/journeys", description="What would become of one contact.")

MOST_EVENTS, MOST_DAYS = 200, 400
ONE_DRAWING = Words("definition 和 version 只能给一个。", "Give definition or version, not both.")
ONE_TIME = Words("after 和 at 只能给一个。", "Give after or at, not both.")
NOT_PLAYABLE = Words(
    "这张图还有缺漏，暂时不能试走；请先解决标出的问题。",
    "The drawing is not complete enough to be played; solve the problems listed first.",
)
OUTSIDE = Words("这个时间不在试走的天数之内。", "This time does not lie within the days that are played.")
NO_PLACE = Words(
    "这个客户现在所在的位置，这张图里没有，也推断不出去处。",
    "This drawing does not have the place at which the contact stands, nor a way from it.",
)


class HappeningArgs(Shape):
    name = EventName(required=True)
    after = DurationField(metadata={"type": "string", "description": "From now: P1D, PT2H"})
    at = At()
    properties = Bag(load_default=dict)

    @validates_schema(skip_on_field_errors=True)
    def one_time(self, data: dict[str, Any], **_: Any) -> None:
        if "after" in data and "at" in data:
            raise ValidationError({"at": [ONE_TIME]})


class WhatIfArgs(Shape):
    contact_id = RowNumber(required=True)
    definition = Definition(metadata={"description": "A drawing, saved or not"})
    version = RowNumber(
        metadata={
            "description": "Of a version; if both are left out, the one he is inside on, else the draft"
        }
    )
    events = Many(fields.Nested(HappeningArgs), validate=several(MOST_EVENTS))
    entry = Text(longest=64, metadata={"description": "Of somebody who is not inside: by which he is put in"})
    days = Whole(load_default=30, validate=between(1, MOST_DAYS))

    @validates_schema(skip_on_field_errors=True)
    def one_drawing(self, data: dict[str, Any], **_: Any) -> None:
        if "definition" in data and "version" in data:
            raise ValidationError({"version": [ONE_DRAWING]})


class StandingOut(Schema):
    enrollment_id = fields.Int(required=True)
    version = fields.Int(required=True)
    status = fields.Str(required=True)
    stage = fields.Str(required=True, allow_none=True)
    stage_name = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    step_name = fields.Str(required=True, allow_none=True)
    next_at = At(required=True, allow_none=True)


class EnteredOut(Schema):
    entry = fields.Str(required=True)
    at = At(required=True)


class KeptOutOut(Schema):
    entry = fields.Str(required=True, allow_none=True)
    words = fields.Nested(WordsOut, required=True)
    saw = fields.List(fields.Nested(SawOut), required=True)


class PlayedLineOut(Schema):
    at = At(required=True)
    op = fields.Str(required=True)
    stage = fields.Str(required=True, allow_none=True)
    stage_name = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    step_name = fields.Str(required=True, allow_none=True)
    exit = fields.Str(required=True, allow_none=True)
    arrow = fields.Str(required=True, allow_none=True)
    words = fields.Nested(WordsOut, required=True)
    saw = fields.List(fields.Nested(SawOut), required=True)


class PlayedMessageOut(Schema):
    at = At(required=True)
    step = fields.Str(required=True)
    step_name = fields.Str(required=True)
    carrier = fields.Str(required=True)
    content = fields.Str(required=True)
    text = fields.Str(
        required=True, allow_none=True, metadata={"description": "As this contact would read it"}
    )
    state = fields.Str(required=True, metadata={"enum": ["sent", "held", "skipped"]})
    until = At(required=True, allow_none=True, metadata={"description": "Of a message held"})
    because = fields.Nested(WordsOut, required=True, allow_none=True)


class ReachedOut(Schema):
    goal = fields.Str(required=True)
    name = fields.Str(required=True)
    at = At(required=True)


class EndsOut(Schema):
    result = fields.Str(required=True)
    at = At(required=True)


class PlaceThenOut(Schema):
    status = fields.Str(required=True)
    stage = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    next_at = At(required=True, allow_none=True)


class WhatIfOut(Schema):
    now = At(required=True)
    until = At(required=True)
    standing = fields.Nested(
        StandingOut,
        required=True,
        allow_none=True,
        metadata={"description": "Where he really is; null if outside"},
    )
    entered = fields.Nested(EnteredOut, required=True, allow_none=True)
    kept_out = fields.Nested(
        KeptOutOut, required=True, allow_none=True, metadata={"description": "Why he would not get in"}
    )
    trail = fields.List(fields.Nested(PlayedLineOut), required=True)
    messages = fields.List(fields.Nested(PlayedMessageOut), required=True)
    goals = fields.List(fields.Nested(ReachedOut), required=True)
    ends = fields.Nested(EndsOut, required=True, allow_none=True)
    place = fields.Nested(
        PlaceThenOut, required=True, allow_none=True, metadata={"description": "Where he would be then"}
    )


@what_if.post("/<id:journey_id>/what-if", least="viewer", reads=True)
@what_if.arguments(WhatIfArgs)
@what_if.response(200, WhatIfOut)
def play(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """What would become of a real contact if these things happened, and why; he begins where he really is."""
    session = db.session()
    journey, contact = found(Journey, journey_id), found(Contact, args["contact_id"])
    row = _inside(journey, contact)
    definition = _definition(journey, args, row)
    now = clock.now(session)
    until = now + timedelta(days=args["days"])
    plan = plan_of(journey, definition)
    events = _events(args.get("events", ()), now, until, plan)
    if row is not None:
        answer = _goes_on(journey, contact, row, definition, plan, now, until, events)
    else:
        facts = _facts(contact, [plan])
        answer = comes_in(plan, facts, _past(journey, contact), now, until, events, args.get("entry"))
    drawing = Drawing(definition, titles())
    told = {"now": now, "until": until, "standing": _standing(row)}
    return told | foretold.told(answer, drawing, plan, contact)


def _definition(journey: Journey, args: Mapping[str, Any], row: Enrollment | None) -> dict[str, Any]:
    """The drawing asked for, or the one he is inside on; 422 if it cannot be played."""
    if "version" in args:
        chosen: dict[str, Any] = version_of(journey, args["version"]).definition
    elif "definition" in args or row is None:
        chosen = drawing_of(journey.id, dict(args))
    else:
        chosen = db.session().get_one(Version, row.version_id).definition
    broken = [p for p in catalogue.judge(db.session(), here())(chosen) if p.code == "shape"]
    if broken:
        errors = [(p.path, p.message) for p in broken]
        raise Problem(422, "not-playable", NOT_PLAYABLE, errors, problems=[p.json() for p in broken])
    return chosen


def _inside(journey: Journey, contact: Contact) -> Enrollment | None:
    """The newest enrollment in which the contact is inside this journey."""
    return db.session.scalars(
        select(Enrollment)
        .where(*_of(journey, contact), Enrollment.status != ENDED)
        .order_by(Enrollment.id.desc())
        .limit(1)
    ).first()


def _past(journey: Journey, contact: Contact) -> Past:
    count, ended = db.session.execute(
        select(func.count(), func.max(Enrollment.ended_at)).where(*_of(journey, contact))
    ).one()
    return Past(count > 0, ended)


def _of(journey: Journey, contact: Contact) -> tuple[Any, ...]:
    return (
        Enrollment.workspace_id == here(),
        Enrollment.journey_id == journey.id,
        Enrollment.subject_kind == "contact",
        Enrollment.subject_id == contact.id,
    )


def _facts(contact: Contact, plans: Sequence[Plan]) -> Facts:
    return facts_of([contact.id], plans)[contact.id]


def _events(given: Sequence[Mapping[str, Any]], now: datetime, until: datetime, plan: Plan) -> list[Signal]:
    """The invented events in the order of their time; one whose time is past happens now."""
    signals = []
    for place, event in enumerate(given):
        try:
            after = Duration.parse(event["after"]).add(now, plan.zone) if "after" in event else now
        except (OverflowError, ValueError):
            after = until + timedelta(days=1)
        at = max(event.get("at", after), now)
        if at > until:
            raise invalid((f"events[{place}].{'at' if 'at' in event else 'after'}", OUTSIDE))
        signals.append(Signal(IMAGINED - place - 1, "event", event["name"], at, at, event["properties"]))
    return sorted(signals, key=lambda signal: signal.at)


def _goes_on(
    journey: Journey,
    contact: Contact,
    row: Enrollment,
    definition: dict[str, Any],
    plan: Plan,
    now: datetime,
    until: datetime,
    events: Sequence[Signal],
) -> Answer:
    """From where he stands; on another drawing than his own he is brought there first."""
    version = db.session().get_one(Version, row.version_id)
    pauses = pauses_of(journey)
    position = position_of(row)
    if version.digest == digest(definition):
        return goes_on(plan, position, _facts(contact, [plan]), now, until, events, pauses)
    old = plan_of(journey, version.definition)
    facts = _facts(contact, [plan, old])
    begun = goes_on(old, position, facts, now, now, (), pauses).course
    assert begun is not None
    if begun.position.status == ENDED:
        return Answer(begun)
    suggested = Suggestions(version.definition, definition)
    place = begun.position.step or begun.position.stage or ""
    target = suggested.of(place)
    how = Rehoming({} if target in (None, place) else {place: str(target)}, pauses=pauses)
    (move,) = rehome(old, plan, [begun.position], [begun.facts], now, how)
    if move is None:
        raise Problem(409, "no-place", NO_PLACE)
    begun.settle(move)
    answer = goes_on(plan, begun.position, begun.facts, now, until, events, pauses)
    assert answer.course is not None
    answer.course.trail[:0] = begun.trail
    answer.course.messages[:0] = begun.messages
    answer.course.goals[:0] = begun.goals
    return answer


def _standing(row: Enrollment | None) -> dict[str, Any] | None:
    if row is None:
        return None
    version = db.session().get_one(Version, row.version_id)
    drawing, position = Drawing(version.definition), position_of(row)
    return {
        "enrollment_id": row.id,
        "version": version.number,
        "status": row.status,
        "stage": row.stage,
        "stage_name": drawing.name(row.stage) if row.stage else None,
        "step": row.step,
        "step_name": drawing.name(row.step) if row.step else None,
        "next_at": position.due_at,
    }
