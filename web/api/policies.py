"""The reach policy: who may be reached how often, when and by which journey first, as one visible list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from audience.tables import Contact
from journeys.tables import Journey
from journeys.words import Part, Shape, Text, Whole, Words
from rules.contact_policy import CARRIERS
from rules.reach import read as read_reach
from store import asking, audit, clock
from store.database import db
from store.tables import Workspace
from store.tables_reach import ReachPolicy
from web import reached
from web.access import actor, found, here
from web.api.catalogue import WordsOut
from web.errors import Problem, invalid
from web.fields import At, OneOf, RowNumber, between
from web.paging import page_of, whole
from web.planned import Planner
from web.policy_forms import PoliciesArgs, ReachSettingIn
from web.resource import Resource

policies = Resource("policies", "/policies", description="Who may be reached how often, and when.")

MOVED = Words(
    "触达策略刚被别人改过；请重新载入。", "Somebody has changed the reach policy since; load it again."
)
NO_LEVEL = Words("没有这个分层或等级。", "There is no such tier, or it has no such level.")
NO_JOURNEY = Words("没有这个旅程。", "There is no such journey.")
TWICE = Words("同一个旅程只能出现一次。", "A journey may be named once only.")


class ReachPolicyOut(Schema):
    kind = fields.Str(required=True)
    where = fields.Str(
        required=True,
        metadata={"description": "Its place in the setting, `caps[0]`; empty if it is always there"},
    )
    title = fields.Nested(WordsOut, required=True)
    words = fields.Nested(WordsOut, required=True)


class PoliciesOut(Schema):
    revision = fields.Int(required=True, metadata={"description": "0 as long as nothing has been set"})
    policies = fields.Dict(
        required=True, metadata={"description": "{hours, one_a_minute, quotas, caps, priority}"}
    )
    quiet_hours = fields.List(fields.Str(), required=True, allow_none=True)
    timezone = fields.Str(required=True)
    list = fields.List(
        fields.Nested(ReachPolicyOut),
        required=True,
        metadata={"description": "In the order in which they are asked"},
    )
    changed_at = At(required=True, allow_none=True)
    changed_by = fields.Str(required=True)


class ReachTemplateOut(Schema):
    key = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    words = fields.Nested(WordsOut, required=True)
    policies = fields.Dict(required=True)
    list = fields.List(fields.Nested(ReachPolicyOut), required=True)


class ReachTryArgs(Shape):
    contact_id = RowNumber(required=True)
    carrier = OneOf(CARRIERS, required=True)
    journey = Text(longest=64, load_default="", metadata={"description": "The key of the journey that asks"})
    at = At(metadata={"description": "Now if left out"})
    policies = Part(ReachSettingIn, metadata={"description": "Instead of what is saved"})


class TouchPlanArgs(Shape):
    days = Whole(load_default=14, validate=between(1, 31))
    policies = Part(ReachSettingIn, metadata={"description": "Instead of what is saved"})


class TouchPlanOut(Schema):
    sample = fields.Int(required=True, metadata={"description": "People who were played ahead"})
    of = fields.Int(required=True, metadata={"description": "People inside of live journeys"})
    exact = fields.Bool(required=True)
    days = fields.List(fields.Str(), required=True, metadata={"description": "Dates, today first"})
    carriers = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "{carrier, per_day: [{sent, moved, held, refused}], …}"},
    )
    reasons = fields.List(fields.Dict(), required=True)
    journeys = fields.List(fields.Dict(), required=True)
    people = fields.List(
        fields.Dict(), required=True, metadata={"description": "Some whose touches are held or left out"}
    )
    staff = fields.List(fields.Dict(), required=True)


class ReachAnswerOut(Schema):
    act = fields.Str(required=True, metadata={"enum": ["go", "hold", "refuse"]})
    because = fields.Str(required=True, allow_none=True)
    until = At(required=True, allow_none=True)
    words = fields.Nested(WordsOut, required=True)


class ReachAskedOut(ReachPolicyOut):
    answer = fields.Nested(ReachAnswerOut, required=True)


class ReachTriedOut(Schema):
    answer = fields.Nested(ReachAnswerOut, required=True)
    asked = fields.List(
        fields.Nested(ReachAskedOut), required=True, metadata={"description": "Each by itself"}
    )
    touches = fields.List(fields.Dict(), required=True, metadata={"description": "{at, carrier} that count"})
    zone = fields.Str(required=True)
    tiers = fields.Dict(required=True)


@policies.get("", least="viewer")
@policies.response(200, PoliciesOut)
def read() -> dict[str, Any]:
    """What is set, and the whole list of policies in words, in the order in which they are asked."""
    return _shown(db.session.get(ReachPolicy, here()))


@policies.put("", least="owner")
@policies.arguments(PoliciesArgs)
@policies.response(200, PoliciesOut)
def change(args: dict[str, Any]) -> dict[str, Any]:
    """Set the policies as a whole; the engine obeys from its next move on, also in journeys under way.

    Whoever is held is asked again soon, and otherwise when the hold was to end.
    """
    session, now = db.session(), clock.now(db.session())
    quiet_given, quiet = "quiet_hours" in args, args.pop("quiet_hours", None)
    revision = args.pop("revision")
    row = session.get(ReachPolicy, here(), with_for_update=True)
    if (row.revision if row else 0) != revision:
        raise Problem(409, "policies-moved", MOVED, theirs=row.revision if row else 0)
    _names_there(args)
    if row is None:
        row = ReachPolicy(workspace_id=here(), revision=0)
        session.add(row)
    row.policies, row.revision = args, row.revision + 1
    row.changed_at, row.changed_by = now, actor().name
    if quiet_given:
        workspace = session.get_one(Workspace, here())
        workspace.settings = {**workspace.settings, "quiet_hours": quiet}
    asking.ask_again(session, here())
    note = {**args, "revision": row.revision} | ({"quiet_hours": quiet} if quiet_given else {})
    audit.record(session, here(), actor().name, "policies.changed", f"workspace:{here()}", note, now)
    session.flush()
    return _shown(row)


@policies.get("/templates", least="viewer")
@policies.response(200, page_of(ReachTemplateOut))
def templates() -> dict[str, Any]:
    """Sensible settings to begin with: the carriers' own quota, a cap for everybody, and caps by tier."""
    quiet = reached.quiet_hours()
    return whole(
        [
            {
                "key": one.key,
                "title": one.title.json(),
                "words": one.words.json(),
                "policies": one.policies,
                "list": reached.listed(one.policies, quiet),
            }
            for one in reached.templates()
        ]
    )


@policies.post("/try", least="viewer", reads=True)
@policies.arguments(ReachTryArgs)
@policies.response(200, ReachTriedOut)
def try_it(args: dict[str, Any]) -> dict[str, Any]:
    """What each policy would say of one message to a contact now, and what they say together."""
    contact = found(Contact, args["contact_id"])
    at: datetime = args.get("at") or clock.now(db.session())
    return reached.tried(contact, args["carrier"], args["journey"], at, args.get("policies"))


@policies.post("/plan", least="viewer", reads=True)
@policies.arguments(TouchPlanArgs)
@policies.response(200, TouchPlanOut)
def plan(args: dict[str, Any]) -> dict[str, Any]:
    """The touches of the coming days over all live journeys: which are sent, held or left out, and because of what.

    Reckoned by the engine's own functions for a sample of those inside, as if nothing happened from outside.
    """
    reach = read_reach(args["policies"]) if "policies" in args else reached.reach_here()
    return Planner(clock.now(db.session()), args["days"], reach).reckon()


def _shown(row: ReachPolicy | None) -> dict[str, Any]:
    setting = reached.setting_of(row)
    workspace = db.session.get_one(Workspace, here())
    quiet: Sequence[str] | None = (workspace.settings or {}).get("quiet_hours")
    return {
        "revision": row.revision if row else 0,
        "policies": setting,
        "quiet_hours": quiet,
        "timezone": workspace.timezone,
        "list": reached.listed(setting, quiet),
        "changed_at": row.changed_at if row else None,
        "changed_by": row.changed_by if row else "",
    }


def _names_there(setting: Mapping[str, Any]) -> None:
    """Refuse levels and journeys that are not there: such a policy would never bite, and nobody would see why."""
    levels = reached.levels()
    wrong = [
        (f"caps[{n}].who", NO_LEVEL)
        for n, cap in enumerate(setting["caps"])
        if (who := cap["who"]) and who.get("tier") and who["level"] not in levels.get(who["tier"], ())
    ]
    keys = (setting["priority"] or {}).get("journeys", [])
    known = (
        set(db.session.scalars(select(Journey.key).where(Journey.workspace_id == here()))) if keys else set()
    )
    wrong += [(f"priority.journeys[{n}]", NO_JOURNEY) for n, key in enumerate(keys) if key not in known]
    wrong += [(f"priority.journeys[{n}]", TWICE) for n, key in enumerate(keys) if key in keys[:n]]
    if wrong:
        raise invalid(*wrong)
