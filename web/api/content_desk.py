"""What helps while writing: checks, proposals of names, the mix of the month, and what the workspace asks for."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from audience import catalogue as people
from content import checks, materials, policies, readiness
from content.carriers import CARRIERS
from content.forbidden import READY
from content.sms import segments
from content.tables import Material
from journeys.words import Flag, Many, Shape, Text, Whole, Words
from rules.zones import zone_of
from store import audit, clock
from store.database import db
from store.tables import Workspace
from web import promises
from web.access import actor, here
from web.api.catalogue import WordsOut
from web.errors import invalid
from web.fields import Definition, OneOf, between
from web.resource import Resource

content_desk = Resource(
    "content_desk", "/contents", description="Checks, names, the mix and the rules of texts."
)

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
NO_MONTH = Words("月份写成 2026-03 这样。", "Write the month as 2026-03.")
NO_MIX = Words("三类加起来要等于 100。", "The three have to add up to 100.")


class LookArgs(Shape):
    carrier = OneOf(tuple(CARRIERS), required=True)
    body = Definition(required=True)
    topic = Text(longest=64, load_default="", metadata={"description": "`welcome` is checked as one"})
    key = Text(
        longest=128,
        load_default="",
        metadata={
            "description": "The material's: what channel codes promise that greet with it is looked for"
        },
    )
    promised = Text(longest=500, load_default="", metadata={"description": "What the channel said there is"})


class RemarkOut(Schema):
    code = fields.Str(required=True)
    severity = fields.Str(required=True, metadata={"enum": ["error", "warning", "info"]})
    path = fields.Str(required=True)
    message = fields.Nested(WordsOut, required=True)


class LookOut(Schema):
    findings = fields.List(fields.Nested(RemarkOut), required=True)
    segments = fields.Int(allow_none=True, required=True, metadata={"description": "Of a text message"})


class ProposalArgs(Shape):
    topic = Text(longest=64, required=True)
    category = OneOf(("", *materials.CATEGORIES), load_default="")


class ProposalOut(Schema):
    name = fields.Str(required=True)
    key = fields.Str(required=True)


class MixArgs(Shape):
    month = Text(longest=7, metadata={"description": "As 2026-03; this month if left out"})


class PartOut(Schema):
    category = fields.Str(required=True)
    made = fields.Int(required=True)
    percent = fields.Float(required=True)
    plan = fields.Int(required=True)


class MixOut(Schema):
    month = fields.Str(required=True)
    made = fields.Int(required=True, metadata={"description": "With a category"})
    without = fields.Int(required=True, metadata={"description": "Without one"})
    parts = fields.List(fields.Nested(PartOut), required=True)


class MixPlanArgs(Shape):
    activation = Whole(required=True, validate=between(0, 100))
    conversion = Whole(required=True, validate=between(0, 100))
    brand = Whole(required=True, validate=between(0, 100))


class ListArgs(Shape):
    key = OneOf(tuple(READY), required=True)
    on = Flag(required=True)
    words = Many(Text(longest=40), required=True)


class PolicyArgs(Shape):
    review = OneOf(policies.REVIEWS, metadata={"description": "What publishing makes of unapproved texts"})
    others_review = Flag(metadata={"description": "Nobody approves what he wrote himself"})
    mix = fields.Nested(MixPlanArgs)
    lists = Many(fields.Nested(ListArgs), metadata={"description": "Those that change"})


class ForbiddenListOut(Schema):
    key = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    on = fields.Bool(required=True)
    words = fields.List(fields.Str(), required=True)


class PolicyOut(Schema):
    review = fields.Str(required=True, metadata={"enum": list(policies.REVIEWS)})
    others_review = fields.Bool(required=True)
    mix = fields.Nested(MixPlanArgs, required=True)
    lists = fields.List(fields.Nested(ForbiddenListOut), required=True)


@content_desk.post("/check", least="viewer", reads=True)
@content_desk.arguments(LookArgs)
@content_desk.response(200, LookOut)
def look(args: dict[str, Any]) -> dict[str, Any]:
    """What a careful colleague would say of a text: forbidden words, looks of spam, ways out, the welcome."""
    session = db.session()
    findings = checks.look(
        args["carrier"],
        args["body"],
        topic=args["topic"],
        forbidden=policies.read(session, here()).forbidden(),
        known=people.load(session, here()).attributes,
        promised=args["promised"],
    )
    if args["key"]:
        findings += [
            checks.broken_promise(name, phrase)
            for name, phrase in promises.unkept(session, here(), args["key"], args["body"])
        ]
    text = args["body"].get("text")
    sms = args["carrier"] == "sms" and isinstance(text, str)
    return {
        "findings": [
            {"code": f.code, "severity": f.severity, "path": f.path, "message": {"zh": f.zh, "en": f.en}}
            for f in findings
        ],
        "segments": segments(text).parts if sms else None,
    }


@content_desk.get("/proposal", least="viewer")
@content_desk.arguments(ProposalArgs, location="query")
@content_desk.response(200, ProposalOut)
def proposal(args: dict[str, Any]) -> dict[str, Any]:
    """A name of what it is about and the date, and a key that is still free."""
    session = db.session()
    workspace = session.get_one(Workspace, here())
    day = clock.now(session).astimezone(zone_of(workspace.timezone)).strftime("%Y%m%d")
    topic = args["topic"].strip() or "素材"
    begin = re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-") or args["category"] or "material"
    key = f"{begin[:80]}-{day}"
    taken = set(
        session.scalars(
            select(Material.key).where(Material.workspace_id == here(), Material.key.startswith(key))
        )
    )
    number = 1
    while (free := key if number == 1 else f"{key}-{number}") in taken:
        number += 1
    return {"name": f"{topic}-{day}" + (f"-{number}" if number > 1 else ""), "key": free}


@content_desk.get("/mix", least="viewer")
@content_desk.arguments(MixArgs, location="query")
@content_desk.response(200, MixOut)
def mix(args: dict[str, Any]) -> dict[str, Any]:
    """How many texts of each category were made in a month, against the plan."""
    session = db.session()
    zone = zone_of(session.get_one(Workspace, here()).timezone)
    month = args.get("month") or clock.now(session).astimezone(zone).strftime("%Y-%m")
    if not MONTH.fullmatch(month):
        raise invalid(("month", NO_MONTH))
    year, number = (int(part) for part in month.split("-"))
    begin = datetime.combine(datetime(year, number, 1), time(), zone)
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    made = readiness.made_between(session, here(), begin, datetime.combine(datetime(*after, 1), time(), zone))
    plan = policies.read(session, here()).mix
    total = sum(made.get(category, 0) for category in materials.CATEGORIES)
    parts = [
        {
            "category": category,
            "made": made.get(category, 0),
            "percent": round(100 * made.get(category, 0) / total, 1) if total else 0.0,
            "plan": plan.get(category, 0),
        }
        for category in materials.CATEGORIES
    ]
    return {"month": month, "made": total, "without": made.get("", 0), "parts": parts}


@content_desk.get("/policy", least="viewer")
@content_desk.response(200, PolicyOut)
def policy() -> dict[str, Any]:
    """What the workspace asks of its texts."""
    return _shown(policies.read(db.session(), here()))


@content_desk.put("/policy", least="editor")
@content_desk.arguments(PolicyArgs)
@content_desk.response(200, PolicyOut)
def change(args: dict[str, Any]) -> dict[str, Any]:
    """Change what the workspace asks of its texts; what is left out stays."""
    session = db.session()
    was = policies.read(session, here())
    wanted = args.get("mix", dict(was.mix))
    if sum(wanted.values()) != 100:
        raise invalid(("mix", NO_MIX))
    lists = {key: dict(one) for key, one in was.lists.items()}
    for one in args.get("lists", ()):
        words = list(dict.fromkeys(word.strip() for word in one["words"] if word.strip()))
        if len(words) > policies.MOST_WORDS:
            said = Words(f"最多 {policies.MOST_WORDS} 个词。", f"{policies.MOST_WORDS} words at most.")
            raise invalid(("lists", said))
        lists[one["key"]] = {"on": one["on"], "words": words}
    now = policies.Policy(
        args.get("review", was.review), args.get("others_review", was.others_review), wanted, lists
    )
    policies.write(session, here(), now)
    note = {"fields": sorted(args), "review": now.review, "others_review": now.others_review}
    audit.record(session, here(), actor().name, "content_policy.changed", "", note, clock.now(session))
    return _shown(now)


def _shown(policy: policies.Policy) -> dict[str, Any]:
    lists = [{"key": key, "title": dict(ready.title), **policy.lists[key]} for key, ready in READY.items()]
    return {
        "review": policy.review,
        "others_review": policy.others_review,
        "mix": dict(policy.mix),
        "lists": lists,
    }
