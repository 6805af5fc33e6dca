"""Customer groups: taken in by batches, found, changed, with their members, numbers and phases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields
from sqlalchemy import func, or_, select

from audience import group_numbers, group_phases
from audience import groups as rooms
from audience.tables_groups import CustomerGroup
from journeys.tables import Enrollment
from journeys.words import Many, Shape, Text
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.subjects import of_group
from store.tables import Workspace
from web.access import actor, found, here, scoped
from web.api.catalogue import WordsOut
from web.api.contacts import BatchOut
from web.api.enrollments import EnrollmentOut
from web.api.enrollments import shown as enrollments_shown
from web.api.timeline import TimelineEntryOut, timeline
from web.errors import invalid
from web.fields import At, Bag, OneOf, QueryNumber, Whatever, between
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.shown import located, places

groups = Resource("groups", "/groups", description="Customer groups: chats with many people in them.")
PHASES = tuple(phase.key for phase in group_phases.PHASES)


class GroupSearchArgs(PageArgs):
    q = Text(longest=200, metadata={"description": "Part of the name, or the whole key or owner"})
    phase = OneOf(PHASES)
    tag = Text(longest=64)
    dismissed = OneOf(("yes", "no"), metadata={"description": "Only those given up, or only the others"})


class CustomerGroupIn(Shape):
    key = Text(longest=255, metadata={"description": "The chat's id at the messenger"})
    name = Text(longest=200, allow_none=True)
    owner = Text(longest=120, allow_none=True)
    notice = Text(longest=4000, allow_none=True)
    timezone = Text(longest=64, allow_none=True)
    attributes = Bag(allow_none=True, metadata={"description": "An attribute null is taken away."})
    tags = Many(Text(longest=64), allow_none=True)
    untag = Many(Text(longest=64), allow_none=True)
    created_at = At(allow_none=True, metadata={"description": "When the chat was opened; now by default"})
    dismissed_at = At(allow_none=True)


class GroupBatchArgs(Shape):
    groups = Many(Whatever(CustomerGroupIn), required=True, metadata={"minItems": 1, "maxItems": 1000})


class GroupChangeArgs(Shape):
    name = Text(longest=200)
    owner = Text(longest=120)
    notice = Text(longest=4000)
    timezone = Text(longest=64)
    attributes = Bag(metadata={"description": "Merged; an attribute null is taken away."})
    tags = Many(Text(longest=64), metadata={"description": "All tags from now on."})
    dismissed_at = At()


class GroupMeasureOut(Schema):
    key = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    unit = fields.Str(required=True, metadata={"enum": ["share", "amount"]})
    value = fields.Float(
        required=True, allow_none=True, metadata={"description": "null where nothing tells it"}
    )
    threshold = fields.Float(required=True, allow_none=True)
    falls = fields.Bool(required=True, metadata={"description": "True if a small value is the good one"})
    low = fields.Bool(required=True, metadata={"description": "True if the remedy is due"})
    remedy = fields.Nested(WordsOut, required=True)


class GroupPhaseOut(Schema):
    key = fields.Str(required=True, metadata={"enum": list(PHASES)})
    title = fields.Nested(WordsOut, required=True)
    measures = fields.List(fields.Nested(GroupMeasureOut), required=True)


class CustomerGroupOut(Schema):
    id = fields.Int(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    owner = fields.Str(required=True)
    notice = fields.Str(required=True)
    timezone = fields.Str(required=True, allow_none=True)
    attributes = fields.Dict(required=True)
    tags = fields.List(fields.Str(), required=True)
    member_count = fields.Int(required=True)
    created_at = At(required=True)
    dismissed_at = At(required=True, allow_none=True)
    days = fields.Int(required=True, metadata={"description": "Whole days since the chat was opened"})
    phase = fields.Nested(GroupPhaseOut, required=True)
    journeys = fields.Int(required=True, metadata={"description": "In how many journeys it stands now"})


class GroupNumbersArgs(Shape):
    days = QueryNumber(load_default=30, validate=between(1, 180), metadata={"minimum": 1, "maximum": 180})


class GroupDayOut(Schema):
    day = fields.Date(required=True)
    joined = fields.Int(required=True)
    left = fields.Int(required=True)
    messages = fields.Int(required=True)
    speaking = fields.Int(required=True, metadata={"description": "Different members who spoke"})
    members = fields.Int(required=True, metadata={"description": "Members at the end of the day"})


class GroupNumbersOut(Schema):
    days = fields.List(fields.Nested(GroupDayOut), required=True)
    phases = fields.List(
        fields.Nested(GroupPhaseOut), required=True, metadata={"description": "Of every phase"}
    )


class GroupPhaseCountOut(Schema):
    key = fields.Str(required=True, metadata={"enum": list(PHASES)})
    title = fields.Nested(WordsOut, required=True)
    from_day = fields.Int(required=True)
    groups = fields.Int(required=True)


class GroupsOverviewOut(Schema):
    total = fields.Int(required=True)
    members = fields.Int(required=True, metadata={"description": "Somebody in two groups counts twice"})
    phases = fields.List(fields.Nested(GroupPhaseCountOut), required=True)


@groups.get("", least="viewer")
@groups.arguments(GroupSearchArgs, location="query")
@groups.response(200, page_of(CustomerGroupOut))
def search(args: dict[str, Any]) -> dict[str, Any]:
    """Groups, newest first, each with its phase and what is measured in it."""
    query = scoped(CustomerGroup)
    asked = args.get("q", "").strip()
    if asked:
        name = CustomerGroup.name.contains(asked, autoescape=True)
        query = query.where(or_(name, CustomerGroup.key == asked, CustomerGroup.owner == asked))
    if "phase" in args:
        after, until = group_phases.bounds(group_phases.BY_KEY[args["phase"]], clock.now(db.session()))
        query = query.where(CustomerGroup.created_at > after) if after else query
        query = query.where(CustomerGroup.created_at <= until) if until else query
    if "tag" in args:
        query = query.where(_wears(args["tag"]))
    if "dismissed" in args:
        gone = CustomerGroup.dismissed_at
        query = query.where(gone.is_not(None) if args["dismissed"] == "yes" else gone.is_(None))
    return page(query, CustomerGroup.id, args, shown=shown)


@groups.get("/overview", least="viewer")
@groups.response(200, GroupsOverviewOut)
def overview() -> dict[str, Any]:
    """How many groups are in each phase of their life."""
    now, there = clock.now(db.session()), CustomerGroup.dismissed_at.is_(None)
    total, members = db.session.execute(
        select(func.count(), func.coalesce(func.sum(CustomerGroup.member_count), 0)).where(
            CustomerGroup.workspace_id == here(), there
        )
    ).one()
    phases = []
    for phase in group_phases.PHASES:
        after, until = group_phases.bounds(phase, now)
        query = (
            select(func.count()).select_from(CustomerGroup).where(CustomerGroup.workspace_id == here(), there)
        )
        query = query.where(CustomerGroup.created_at > after) if after else query
        query = query.where(CustomerGroup.created_at <= until) if until else query
        count = db.session.scalar(query) or 0
        told = {"key": phase.key, "title": phase.title, "from_day": phase.from_day}
        phases.append(told | {"groups": count})
    return {"total": total, "members": members, "phases": phases}


@groups.post("/batch", least="editor")
@groups.arguments(GroupBatchArgs)
@groups.response(200, BatchOut)
def batch(args: dict[str, Any]) -> dict[str, Any]:
    """Create or update up to 1,000 groups, each found by its key.

    Refused ones are named in `errors` and the others are taken; if all are refused the answer is a problem.
    """
    session = db.session()
    now = clock.now(session)
    result = rooms.upsert(session, here(), args["groups"], now)
    if result.errors and not result.created and not result.updated:
        raise invalid(*located(result.errors))
    note = {"created": result.created, "updated": result.updated, "refused": len(result.errors)}
    audit.record(session, here(), actor().name, "groups.taken", "", note, now)
    return {"created": result.created, "updated": result.updated, "errors": places(result.errors)}


@groups.get("/<id:group_id>", least="viewer")
@groups.response(200, CustomerGroupOut)
def one(group_id: int) -> dict[str, Any]:
    """One group."""
    return shown([found(CustomerGroup, group_id)])[0]


@groups.patch("/<id:group_id>", least="editor")
@groups.arguments(GroupChangeArgs)
@groups.response(200, CustomerGroupOut)
def change(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """Change a group; what changed is a signal to the journeys it is in."""
    session = db.session()
    row = found(CustomerGroup, group_id)
    now = clock.now(session)
    item: dict[str, Any] = {"key": row.key, **args}
    if "tags" in args:
        item |= {"untag": sorted(set(row.tags) - set(args["tags"]))}
    result = rooms.upsert(session, here(), [item], now)
    if result.errors:
        raise invalid(*located(result.errors, "groups.0."))
    what = {"fields": sorted(args), "attributes": sorted(args.get("attributes", ()))}
    audit.record(session, here(), actor().name, "group.changed", f"group:{group_id}", what, now)
    session.expire_all()
    return shown([found(CustomerGroup, group_id)])[0]


@groups.get("/<id:group_id>/timeline", least="viewer")
@groups.arguments(PageArgs, location="query")
@groups.response(200, page_of(TimelineEntryOut))
def what_happened(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """Events, messages and steps of this group, newest first."""
    return timeline(of_group(found(CustomerGroup, group_id).id), args)


@groups.get("/<id:group_id>/enrollments", least="viewer")
@groups.arguments(PageArgs, location="query")
@groups.response(200, page_of(EnrollmentOut))
def its_journeys(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """The journeys that a group is or was in, newest first."""
    subject = of_group(found(CustomerGroup, group_id).id)
    return page(
        scoped(Enrollment).where(Enrollment.subject_id == subject),
        Enrollment.id,
        args,
        shown=enrollments_shown,
    )


@groups.get("/<id:group_id>/numbers", least="viewer")
@groups.arguments(GroupNumbersArgs, location="query")
@groups.response(200, GroupNumbersOut)
def numbers(args: dict[str, Any], group_id: int) -> dict[str, Any]:
    """Day by day who joined, left and spoke, and the measures of every phase, as far as events tell them."""
    group = found(CustomerGroup, group_id)
    session = db.session()
    now = clock.now(session)
    values = group_numbers.measured(session, [group], now)[group.id]
    return {
        "days": group_numbers.by_day(session, group, args["days"], _zone(group), now),
        "phases": [group_phases.told(phase, values) for phase in group_phases.PHASES],
    }


def shown(rows: Sequence[CustomerGroup]) -> list[dict[str, Any]]:
    """Groups as the API gives them."""
    session = db.session()
    now = clock.now(session)
    values = group_numbers.measured(session, rows, now)
    subjects = [of_group(row.id) for row in rows]
    standing = dict(
        session.execute(
            select(Enrollment.subject_id, func.count())
            .where(
                Enrollment.workspace_id == here(),
                Enrollment.subject_id.in_(subjects),
                Enrollment.status != "ended",
            )
            .group_by(Enrollment.subject_id)
        ).all()
    )
    columns = ("id", "key", "name", "owner", "notice", "timezone", "attributes", "tags", "member_count")
    return [
        {name: getattr(row, name) for name in (*columns, "created_at", "dismissed_at")}
        | {
            "days": max(0, (now - row.created_at).days),
            "phase": group_phases.told(group_phases.phase_of(row.created_at, now), values[row.id]),
            "journeys": standing.get(of_group(row.id), 0),
        }
        for row in rows
    ]


def _zone(group: CustomerGroup) -> ZoneInfo:
    return zone_of(group.timezone, zone_of(db.session.get_one(Workspace, here()).timezone))


def _wears(tag: str) -> Any:
    """Whether a group wears a tag, in the words of this database."""
    if db.engine.dialect.name == "postgresql":
        return CustomerGroup.tags.op("?")(tag)
    each = func.json_each(CustomerGroup.tags).table_valued("value")
    return select(1).select_from(each).where(each.c.value == tag).exists()
