"""People in a journey as numbers, and the door by which they are put in by hand or by program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import func, or_, select

from audience.tables import Contact
from journeys.lifecycle import LIVE
from journeys.tables import Counter, Enrollment, Journey, Version
from journeys.words import Many, Shape, Text, Words
from store import audit, clock, inbox
from store.bulk import among
from store.database import db, dumps
from store.tables import Outbox
from web import names
from web.access import actor, found, here
from web.api.contacts import WrongOut
from web.api.publishing import version_of
from web.errors import Problem, invalid
from web.fields import At, QueryNumber, RowNumber, several
from web.language import say
from web.resource import Resource
from web.stays import stays

inside = Resource("inside", "/journeys", description="Numbers of a journey, and putting people in.")
MOST = 1000
#: What becomes of messages, in the order in which it is told.
OUTCOMES = ("written", "sent", "delivered", "failed", "refused", "expired", "unknown", "skipped")
NOT_LIVE = Words(
    "旅程没有在运行，不能加入；请先发布或恢复它。", "The journey is not live; publish or resume it first."
)
NO_ENTRY = Words("线上版本没有这个入口。", "The live version has no such entry.")
STRANGER = Words("该联系人不存在。", "There is no such contact.")
WHO = Words("请给出 external_ids 或 contact_ids。", "Give external_ids or contact_ids.")


class StatsArgs(Shape):
    version = QueryNumber(metadata={"description": "Number of a version; the live one if left out"})


class StatsOut(Schema):
    version = fields.Int(required=True, allow_none=True)
    nodes = fields.Dict(
        required=True,
        metadata={
            "description": "{stage | step | entry | end | goal: {here, passed, median_secs}}; the median time of "
            "those who left it last, null if nobody has"
        },
    )
    exits = fields.Dict(required=True, metadata={"description": "{step:exit: passed}"})
    arrows = fields.Dict(required=True, metadata={"description": "{arrow: passed}"})
    resting = fields.Dict(required=True, metadata={"description": "{stage: how many rest in it}"})
    messages = fields.Dict(
        required=True,
        metadata={
            "description": "written = withdrawn + pending + sent + failed + refused + expired + unknown; "
            "sent: a carrier took it; delivered: of these, confirmed; skipped: not written at all"
        },
    )
    inside = fields.Int(required=True)
    inside_all_versions = fields.Int(required=True)
    entered = fields.Int(required=True)
    ended = fields.Dict(required=True, metadata={"description": "{result: how many}"})
    endings = fields.Dict(
        required=True, metadata={"description": "{stage: {result: how many ended there}}, whatever led out"}
    )
    as_of = At(required=True, metadata={"description": "When these were the numbers"})
    sample = fields.Dict(
        required=True, metadata={"description": "{node: of how many who left it the median time is}"}
    )


class EnrollArgs(Shape):
    external_ids = Many(Text(longest=255), validate=several(MOST))
    contact_ids = Many(RowNumber(), validate=several(MOST))
    entry = Text(
        longest=64, allow_none=True, metadata={"description": "Id of an entry; the first one if left out"}
    )

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if ("external_ids" in data) == ("contact_ids" in data):
            raise ValidationError(WHO)


class EnrolledOut(Schema):
    accepted = fields.Int(required=True)
    errors = fields.List(fields.Nested(WrongOut), required=True)


@inside.get("/<id:journey_id>/stats", least="viewer")
@inside.arguments(StatsArgs, location="query")
@inside.response(200, StatsOut)
@inside.doc(responses={"304": {"description": "The numbers are still those of the ETag in If-None-Match"}})
def stats(args: dict[str, Any], journey_id: int) -> Any:
    """Kept numbers of one version: who stands where, what was passed, how it ended. Never counted from the log;
    only the median times are read from the newest lines of the trail, and kept for half a minute."""
    told = _numbers(found(Journey, journey_id), args)
    tag = hashlib.sha256(dumps(told).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
        answer.set_etag(tag, weak=True)
        return answer
    return told | {"as_of": clock.now(db.session())}, {"ETag": f'W/"{tag}"'}


def _numbers(journey: Journey, args: dict[str, Any]) -> dict[str, Any]:
    if "version" in args:
        version_id: int | None = version_of(journey, args["version"]).id
    else:
        version_id = journey.live_version_id
    everywhere = _inside(Enrollment.journey_id == journey.id)
    if version_id is None:
        return _told(None, {}, 0, everywhere, 0)
    told, times = numbers_of(version_id), stays(version_id)
    for node, numbers in told["nodes"].items():
        numbers["median_secs"] = times.median_secs.get(node)
    return told | {"inside_all_versions": everywhere, "sample": times.sample}


def numbers_of(version_id: int) -> dict[str, Any]:
    """The kept numbers of one version of this workspace."""
    counted = {
        node: (here_now, passed)
        for node, here_now, passed in db.session.execute(
            select(Counter.node, Counter.here, Counter.passed).where(
                Counter.workspace_id == here(), Counter.version_id == version_id
            )
        )
    }
    pending = db.session.scalars(
        select(func.count()).where(
            Outbox.workspace_id == here(),
            Outbox.version_id == version_id,
            or_(Outbox.state == "pending", Outbox.state == "sending"),
        )
    ).one()
    drawing = names.drawn([version_id])[version_id]
    inside_now = _inside(Enrollment.version_id == version_id)
    return _told(drawing, counted, inside_now, inside_now, pending)


@inside.post("/<id:journey_id>/enroll", least="editor")
@inside.arguments(EnrollArgs)
@inside.response(202, EnrolledOut)
def enroll(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Put contacts in by hand (a person) or by API (a key); re-entry rules are asked when each is taken in."""
    journey = found(Journey, journey_id)
    if journey.status != LIVE or journey.live_version_id is None:
        raise Problem(409, "not-live", NOT_LIVE)
    version = db.session.get_one(Version, journey.live_version_id)
    if args.get("entry") and args["entry"] not in {e["id"] for e in version.definition.get("entries", ())}:
        raise invalid(("entry", NO_ENTRY))
    wanted = "contact_ids" if "contact_ids" in args else "external_ids"
    known = _known(wanted, args[wanted])
    errors = [
        (f"{wanted}[{number}]", STRANGER) for number, name in enumerate(args[wanted]) if name not in known
    ]
    if not known:
        raise invalid(*errors)
    session = db.session()
    now = clock.now(session)
    data = {"by": "hand" if actor().account_id else "api", "entry": args.get("entry")}
    ids = list(dict.fromkeys(known[name] for name in args[wanted] if name in known))
    signals = [
        inbox.NewSignal(here(), "enroll", journey.key, now, data, contact_id=contact_id) for contact_id in ids
    ]
    accepted = inbox.put(session, signals, now)
    note = {"people": accepted, "entry": args.get("entry")}
    audit.record(session, here(), actor().name, "journey.enrolled", f"journey:{journey.id}", note, now)
    return {"accepted": accepted, "errors": [{"path": path, "message": say(words)} for path, words in errors]}


def _known(wanted: str, given: Iterable[Any]) -> dict[Any, int]:
    column = Contact.id if wanted == "contact_ids" else Contact.external_id
    rows = db.session.execute(
        select(column, Contact.id).where(
            Contact.workspace_id == here(), among(db.session(), column, set(given))
        )
    )
    return dict(rows.all())


def _inside(condition: Any) -> int:
    return db.session.scalars(
        select(func.count()).where(Enrollment.workspace_id == here(), condition, Enrollment.status != "ended")
    ).one()


def _told(
    drawing: names.Drawn | None,
    counted: dict[str, tuple[int, int]],
    inside_now: int,
    everywhere: int,
    pending: int,
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": drawing.number if drawing else None,
        "nodes": {},
        "exits": {},
        "arrows": {},
        "resting": {},
        "messages": dict.fromkeys(OUTCOMES, 0) | {"pending": pending, "withdrawn": 0},
        "inside": inside_now,
        "inside_all_versions": everywhere,
        "entered": 0,
        "ended": {},
        "sample": {},
        "endings": {},
    }
    if drawing is None:
        return told
    sends = {step["id"] for step in drawing.definition.get("steps", ()) if step["kind"] == "send"}
    results = {end["id"]: end.get("result") or "completed" for end in drawing.definition.get("ends", ())}
    for node, (standing, passed) in counted.items():
        first, _, second = node.partition(" ")
        if second == "resting":
            told["resting"][first] = standing
        elif second.startswith("@"):
            told["messages"][second[1:]] += passed
        elif second.startswith(">"):
            told["endings"].setdefault(first, {})[second[1:]] = passed
        elif second:
            told["exits"][f"{first}:{second}"] = passed
            if first in sends and second == "skipped":
                told["messages"]["skipped"] += passed
        elif drawing.parts.get(node) == "arrow":
            told["arrows"][node] = passed
        else:
            told["nodes"][node] = {"here": standing, "passed": passed}
            if drawing.parts.get(node) == "entry":
                told["entered"] += passed
            elif node in results:
                told["ended"][results[node]] = told["ended"].get(results[node], 0) + passed
    said = told["messages"]
    said["sent"] += said["delivered"]
    settled = sum(said[state] for state in ("sent", "failed", "refused", "expired", "unknown"))
    said["withdrawn"] = max(0, said["written"] - settled - pending)
    return told
