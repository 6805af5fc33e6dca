"""Referral campaigns: their ladder, who brought whom, the leaders, and hints at fraud."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import func, select

from audience import referrals as counting
from audience.tables import Contact
from audience.tables_referrals import Referral, ReferralProgram, ReferralReward
from journeys.fields import EventName
from journeys.words import Many, Part, Shape, Text, Whole, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.points import names_of
from web.errors import invalid
from web.fields import At, Filled, OneOf, between
from web.paging import PageArgs, page, page_of
from web.resource import Resource
from web.reward_keys import Shelf, named

referrals = Resource(
    "referrals", "/referrals", description="Who brings whom, and what the ladder gives for it."
)

MOST_STEPS = 10
TWICE = Words("每一级的人数不能相同。", "Each step of the ladder has a number of its own.")


class StepIn(Shape):
    at = Whole(required=True, validate=between(1, 100_000), metadata={"description": "People brought"})
    pool = Text(longest=64, allow_none=True)
    scheme = Text(longest=64, allow_none=True)
    points = Whole(allow_none=True, validate=between(1, 10_000_000))


class ProgramChangeArgs(Shape):
    name = Filled(longest=100)
    event = EventName(metadata={"description": "The event of the one who was invited"})
    property = Filled(longest=64, metadata={"description": "The property with the inviter's code"})
    ladder = Many(Part(StepIn), metadata={"maxItems": MOST_STEPS})
    hints = Many(
        Text(longest=64), metadata={"maxItems": 5, "description": "Properties such as device and ip"}
    )
    hint_over = Whole(validate=between(1, 1000))
    link = Text(longest=500, metadata={"description": "{code} stands for the code"})
    state = OneOf(("on", "off"))


class ProgramArgs(ProgramChangeArgs):
    key = Text(longest=50)
    name = Filled(required=True, longest=100)


class ProgramOut(Schema):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    event = fields.Str(required=True)
    property = fields.Str(required=True)
    ladder = fields.List(
        fields.Dict(), required=True, metadata={"description": "{at, pool, scheme, points, reached}"}
    )
    hints = fields.List(fields.Str(), required=True)
    hint_over = fields.Int(required=True)
    link = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": ["on", "off"]})
    counted = fields.Int(required=True)
    refused = fields.Int(required=True)
    inviters = fields.Int(required=True)
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class ReferralOut(Schema):
    id = fields.Int(required=True)
    inviter_id = fields.Int(required=True)
    inviter = fields.Str(required=True)
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    state = fields.Str(required=True, metadata={"enum": ["counted", "refused"]})
    reason = fields.Str(required=True, metadata={"description": "self, loop or same_person of those refused"})
    at = At(required=True)


class LeaderOut(Schema):
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    count = fields.Int(required=True)
    steps = fields.List(fields.Int(), required=True)
    last_at = At(required=True)


class HintOut(Schema):
    contact_id = fields.Int(required=True)
    name = fields.Str(required=True)
    property = fields.Str(required=True)
    value = fields.Str(required=True)
    count = fields.Int(required=True)


class ReferralBoardOut(Schema):
    leaders = fields.List(fields.Nested(LeaderOut), required=True)
    hints = fields.List(fields.Nested(HintOut), required=True)


class CodeOut(Schema):
    code = fields.Str(required=True)
    links = fields.List(fields.Dict(), required=True, metadata={"description": "{program, link}"})


@referrals.get("", least="viewer")
@referrals.arguments(PageArgs, location="query")
@referrals.response(200, page_of(ProgramOut))
def listed(args: dict[str, Any]) -> dict[str, Any]:
    """The campaigns, newest first."""
    return page(scoped(ReferralProgram), ReferralProgram.id, args, shown=shown)


@referrals.post("", least="editor")
@referrals.arguments(ProgramArgs)
@referrals.response(201, ProgramOut)
def create(args: dict[str, Any]) -> dict[str, Any]:
    """Make a campaign."""
    return shown([SHELF.make(args, ladder=[], hints=[])])[0]


@referrals.get("/<program_key>", least="viewer")
@referrals.response(200, ProgramOut)
def one(program_key: str) -> dict[str, Any]:
    """One campaign."""
    return shown([named(ReferralProgram, program_key)])[0]


@referrals.patch("/<program_key>", least="editor")
@referrals.arguments(ProgramChangeArgs)
@referrals.response(200, ProgramOut)
def change(args: dict[str, Any], program_key: str) -> dict[str, Any]:
    """Change a campaign; steps that were given stay given."""
    return shown([SHELF.change(program_key, args)])[0]


@referrals.get("/<program_key>/people", least="viewer")
@referrals.arguments(PageArgs, location="query")
@referrals.response(200, page_of(ReferralOut))
def people(args: dict[str, Any], program_key: str) -> dict[str, Any]:
    """Who was brought by whom, the last first, also those that do not count."""
    query = scoped(Referral).where(Referral.program_id == named(ReferralProgram, program_key).id)
    return page(query, Referral.id, args, shown=_people)


@referrals.get("/<program_key>/board", least="viewer")
@referrals.response(200, ReferralBoardOut)
def board(program_key: str) -> dict[str, Any]:
    """Who brought most, and what looks like fraud: many of one inviter's from one device or address."""
    session, program = db.session(), named(ReferralProgram, program_key)
    leaders, hints = counting.leaders(session, program.id), counting.suspicious(session, program)
    names = names_of({number for number, *_ in leaders} | {one["contact_id"] for one in hints})
    steps = counting.rewards_of(session, program.id, [number for number, *_ in leaders])
    return {
        "leaders": [
            {
                "contact_id": number,
                "name": names.get(number, ""),
                "count": count,
                "steps": steps.get(number, []),
                "last_at": last,
            }
            for number, count, last in leaders
        ],
        "hints": [{**one, "name": names.get(one["contact_id"], "")} for one in hints],
    }


@referrals.post("/contacts/<id:contact_id>/code", least="editor")
@referrals.response(200, CodeOut)
def code(contact_id: int) -> dict[str, Any]:
    """The contact's code for inviting others, made at the first asking, with the links of all campaigns."""
    session, contact = db.session(), found(Contact, contact_id)
    now = clock.now(session)
    made = counting.code_of(session, here(), contact.id, now)
    audit.record(session, here(), actor().name, "referral.code", f"contact:{contact.id}", {}, now)
    programs = session.scalars(scoped(ReferralProgram).order_by(ReferralProgram.id)).all()
    links = [{"program": one.key, "link": one.link.replace("{code}", made)} for one in programs if one.link]
    return {"code": made, "links": links}


def _set(row: ReferralProgram, args: dict[str, Any], now: datetime) -> None:
    if "ladder" in args:
        steps = sorted(args["ladder"], key=lambda step: step["at"])
        if len({step["at"] for step in steps}) < len(steps) or len(steps) > MOST_STEPS:
            raise invalid(("ladder", TWICE))
        args["ladder"] = [{"pool": None, "scheme": None, "points": None, **step} for step in steps]
    for name, value in args.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by = now, actor().name


SHELF = Shelf(ReferralProgram, "referral", _set)


def shown(rows: Sequence[ReferralProgram]) -> list[dict[str, Any]]:
    """Campaigns as the API gives them."""
    session, ids = db.session(), [row.id for row in rows]
    counts: dict[tuple[int, str], int] = {}
    query = (
        select(Referral.program_id, Referral.state, func.count())
        .where(Referral.workspace_id == here(), Referral.program_id.in_(ids))
        .group_by(Referral.program_id, Referral.state)
    )
    for number, state, count in session.execute(query):
        counts[number, state] = count
    inviters = dict(
        session.execute(
            select(Referral.program_id, func.count(Referral.inviter_id.distinct()))
            .where(Referral.workspace_id == here(), Referral.state == "counted", Referral.program_id.in_(ids))
            .group_by(Referral.program_id)
        ).all()
    )
    reached: dict[tuple[int, int], int] = {}
    rewards = (
        select(ReferralReward.program_id, ReferralReward.step, func.count())
        .where(ReferralReward.workspace_id == here(), ReferralReward.program_id.in_(ids))
        .group_by(ReferralReward.program_id, ReferralReward.step)
    )
    for number, step, count in session.execute(rewards):
        reached[number, step] = count
    columns = (
        "key",
        "name",
        "event",
        "property",
        "hints",
        "hint_over",
        "link",
        "state",
        "updated_at",
        "updated_by",
    )
    return [
        {column: getattr(row, column) for column in columns}
        | {
            "ladder": [{**step, "reached": reached.get((row.id, step["at"]), 0)} for step in row.ladder],
            "counted": counts.get((row.id, "counted"), 0),
            "refused": counts.get((row.id, "refused"), 0),
            "inviters": inviters.get(row.id, 0),
        }
        for row in rows
    ]


def _people(rows: Sequence[Referral]) -> list[dict[str, Any]]:
    names = names_of({number for row in rows for number in (row.contact_id, row.inviter_id)})
    columns = ("id", "inviter_id", "contact_id", "state", "reason", "at")
    return [
        {column: getattr(row, column) for column in columns}
        | {"inviter": names.get(row.inviter_id, ""), "name": names.get(row.contact_id, "")}
        for row in rows
    ]
