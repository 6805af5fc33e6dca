"""Moving those inside from version to version: looked at before, asked for, watched, taken back."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from journeys import lifecycle, moves, versions
from journeys.moves import Group
from journeys.tables import Journey, JourneyMove, Version
from journeys.words import Many, Shape, Whole, Words
from store import clock
from store.database import db
from web import ahead, catalogue, groups
from web.access import actor, found, here, scoped
from web.api.comparing import DRAFT, DrawnOut, Which, chosen
from web.api.publishing import FindingOut, version_of
from web.confirming import confirmed, needs_confirm
from web.errors import invalid, not_found
from web.fields import Definition, OneOf, between, several
from web.groups import GroupArgs, GroupsArgs, MoveOut, MovesOut, Targets
from web.paging import PageArgs, page, page_of
from web.resource import Resource

moving = Resource("moving", "/journeys", description="Moving people between versions, and back.")

#: So far real people are played ahead.
MOST_DAYS = 60
NO_TARGET = Words("那个版本里没有这个阶段、步骤或终点。", "That version has no such stage, step or end.")


class MovePreviewArgs(Shape):
    to = Which(load_default=DRAFT, metadata={"description": "draft, live or a version's number"})
    definition = Definition(metadata={"description": "In place of `to`: a drawing not saved yet"})
    groups = Many(
        fields.Nested(GroupArgs),
        validate=several(groups.MOST_GROUPS),
        metadata={"description": "All older versions with people inside, staying, if left out"},
    )
    days = Whole(load_default=7, validate=between(1, MOST_DAYS))


class PlaceOut(Schema):
    place = fields.Str(required=True, metadata={"description": "A step, or a stage for those who rest in it"})
    stage = fields.Str(required=True, allow_none=True)
    stage_name = fields.Str(required=True, allow_none=True)
    step = fields.Str(required=True, allow_none=True)
    step_name = fields.Str(required=True, allow_none=True)
    kind = fields.Str(required=True, allow_none=True)
    here = fields.Int(required=True)
    kept = fields.Bool(required=True, metadata={"description": "The new drawing has it, too"})
    changed = fields.Bool(required=True, metadata={"description": "It is there, but not as it was"})
    target = fields.Str(required=True, allow_none=True)
    target_name = fields.Str(required=True, allow_none=True)
    suggestion = fields.Str(required=True, allow_none=True)


class MovedGroupOut(Schema):
    version = fields.Int(required=True)
    inside = fields.Int(required=True)
    mode = fields.Str(required=True, metadata={"enum": list(moves.MODES)})
    places = fields.List(fields.Nested(PlaceOut), required=True)
    missing = fields.List(
        fields.Str(), required=True, metadata={"description": "Places that need a target to be moved"}
    )


class ForeseenOut(Schema):
    messages_first_hour = fields.Int(required=True)
    messages = fields.Int(required=True)
    late = fields.Int(
        required=True, metadata={"description": "Touches left out because their time had passed"}
    )
    held = fields.Dict(
        keys=fields.Str(),
        values=fields.Int(),
        required=True,
        metadata={"description": "Touches that the policies hold: {because: how many}"},
    )
    refused = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    ended = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    per_day = fields.List(fields.Int(), required=True, metadata={"description": "Messages"})


class DryRunOut(Schema):
    sample = fields.Int(required=True, metadata={"description": "So many real people were played"})
    of = fields.Int(required=True)
    days = fields.Int(required=True)
    stay = fields.Nested(ForeseenOut, required=True)
    move = fields.Nested(ForeseenOut, required=True)


class MovePreviewOut(Schema):
    to = fields.Nested(DrawnOut, required=True)
    people = fields.Int(required=True, metadata={"description": "To be moved"})
    needs_confirm = fields.Bool(required=True)
    groups = fields.List(fields.Nested(MovedGroupOut), required=True)
    before = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    after = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    dry_run = fields.Nested(
        DryRunOut,
        required=True,
        allow_none=True,
        metadata={"description": "If no groups were given, as if all of them moved as suggested"},
    )
    problems = fields.List(fields.Nested(FindingOut), required=True)


class MovePeopleArgs(GroupsArgs):
    to = Whole(required=True, validate=groups.NUMBER, metadata={"description": "Number of a version"})


class RollbackArgs(Shape):
    to = Whole(required=True, validate=groups.NUMBER, metadata={"description": "Number of a version"})
    people = OneOf(
        ("stay", "back"),
        load_default="stay",
        metadata={"description": "back: those whom the last move took from there go back"},
    )
    targets = Targets(
        load_default=dict, metadata={"description": "For those who have come to places unknown there"}
    )
    confirm = Whole(metadata={"description": "How many people go back, if more than 1,000"})


class RolledBackOut(MovesOut):
    version = fields.Int(required=True)


@moving.post("/<id:journey_id>/move/preview", least="viewer", reads=True)
@moving.arguments(MovePreviewArgs, required=False)
@moving.response(200, MovePreviewOut)
def preview(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """What a move would do: who stands where and would go where, and a dry run with real people on a virtual clock."""
    session, journey = db.session(), found(Journey, journey_id)
    to = chosen(journey, args["to"])
    definition = args.get("definition") or to.definition
    given = "groups" in args
    asked = groups.read(args["groups"]) if given else ahead.all_older(journey, to.number)
    sources = groups.sources(journey, asked, "groups")
    problems = catalogue.judge(session, here())(definition)
    seen = [
        ahead.Seen(group, source, definition, given) for group, source in zip(asked, sources, strict=True)
    ]
    people = sum(one.inside for one in seen if one.group.mode != moves.STAY)
    now = clock.now(session)
    playable = all(problem.code != "shape" for problem in problems)
    return {
        "to": to.json(),
        "people": people,
        "needs_confirm": needs_confirm(people),
        "groups": [one.json() for one in seen],
        "before": ahead.counted(one.before for one in seen),
        "after": ahead.counted(one.after for one in seen),
        "dry_run": ahead.dry_run(journey, seen, definition, now, args["days"], given) if playable else None,
        "problems": [problem.json() for problem in problems],
    }


@moving.post("/<id:journey_id>/move", least="editor")
@moving.arguments(MovePeopleArgs)
@moving.response(202, MovesOut)
def move(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Move people to a published version, without publishing; the engine does it in a moment."""
    session, journey = db.session(), found(Journey, journey_id)
    lifecycle.after(journey.status, "publish")
    target = version_of(journey, args["to"])
    begun = groups.begin(
        journey,
        target,
        groups.read(args["groups"]),
        confirm=args.get("confirm"),
        now=clock.now(session),
        path="groups",
    )
    return {"moves": groups.told(begun)}


@moving.post("/<id:journey_id>/rollback", least="editor")
@moving.arguments(RollbackArgs)
@moving.response(200, RolledBackOut)
def roll_back(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Make an earlier version the live one again, and let those go back whom the last move took from it, if asked."""
    session, journey = db.session(), found(Journey, journey_id)
    now = clock.now(session)
    target = version_of(journey, args["to"])
    places = moves.places_of(target.definition)
    unknown = [(f"targets.{at}", NO_TARGET) for at, to in args["targets"].items() if to not in places]
    if unknown:
        raise invalid(*unknown, code="target-missing")
    versions.go_live(session, journey, target, now=now, actor=actor().name)
    begun: list[JourneyMove] = []
    undone = moves.undoable(session, journey, target) if args["people"] == "back" else ()
    if undone:
        last = undone[0]
        moves.halt(session, last, now)
        confirmed(last.moved, args.get("confirm"))
        source = session.get_one(Version, last.to_version_id)
        group = Group(source.number, moves.MOVE, args["targets"])
        begun.append(
            moves.start(session, journey, source, target, group, now=now, actor=actor().name, undoes=last)
        )
    return {"version": target.number, "moves": groups.told(begun)}


@moving.get("/<id:journey_id>/moves", least="viewer")
@moving.arguments(PageArgs, location="query")
@moving.response(200, page_of(MoveOut))
def listed(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """The moves of a journey, newest first."""
    query = scoped(JourneyMove).where(JourneyMove.journey_id == found(Journey, journey_id).id)
    return page(query, JourneyMove.id, args, shown=groups.told)


@moving.get("/<id:journey_id>/moves/<id:move_id>", least="viewer")
@moving.response(200, MoveOut)
def one(journey_id: int, move_id: int) -> dict[str, Any]:
    """How far one move has come."""
    row = found(JourneyMove, move_id)
    if row.journey_id != journey_id:
        raise not_found()
    return groups.told([row])[0]
