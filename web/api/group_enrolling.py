"""Putting many customer groups into a journey at once, and how far that has come."""

from __future__ import annotations

import secrets
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy import ColumnElement, func, select

from audience.rule_tables import GroupRuleTables
from audience.tables_groups import GROUP_SUBJECTS, CustomerGroup
from journeys.definition import GROUP
from journeys.lifecycle import LIVE
from journeys.tables import Enrollment, Journey, Version
from journeys.words import Many, Shape, Text, Words
from rules.conditions import parse
from rules.errors import BadRule
from rules.sql import NotForContacts, where
from rules.zones import known_zone, zone_of
from store import audit, clock, inbox
from store.bulk import among
from store.database import db
from store.subjects import of_group
from store.tables import Inbox, Workspace
from web.access import actor, found, here
from web.api.contacts import WrongOut
from web.api.inside import NO_ENTRY, NOT_LIVE
from web.errors import Problem, invalid, not_found
from web.fields import Definition, RowNumber, several
from web.language import say
from web.resource import Resource

group_enrolling = Resource("group-enrolling", "/journeys", description="Many groups into one journey.")
MOST = 1000
#: Signals stored in one statement.
CHUNK = 5000
#: A control character in front, so that no event from outside has such an id by chance.
NAME = "\x1fgroups:{batch}:"
WHO = Words("请给出 group_ids 或 where，二选一。", "Give either group_ids or where.")
STRANGER = Words("该客户群不存在，或已经解散。", "There is no such group, or it was given up.")
OF_PERSONS = Words(
    "这个旅程的主体是个人；请在画布的旅程设置里把主体设为客户群，或换一个旅程。",
    "The subject of this journey is a person; choose a journey of customer groups.",
)
NOT_HERE = Words(
    "这个条件用到了旅程里面才有的内容；请换成属性、标签或历史事件。",
    "This rule looks at what exists only inside a journey; use attributes, tags or history.",
)


class EnrollGroupsArgs(Shape):
    group_ids = Many(RowNumber(), validate=several(MOST))
    where = Definition(
        allow_none=True,
        metadata={"description": "A rule on attributes, tags and history of groups; {} for all of them"},
    )
    entry = Text(
        longest=64, allow_none=True, metadata={"description": "Id of an entry; the first one if left out"}
    )

    @validates_schema(skip_on_field_errors=True)
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if ("group_ids" in data) == ("where" in data):
            raise ValidationError(WHO)


class EnrolledGroupsOut(Schema):
    batch = fields.Str(required=True, metadata={"description": "Under this name its progress is told"})
    accepted = fields.Int(required=True)
    errors = fields.List(fields.Nested(WrongOut), required=True, metadata={"description": "Of ids given"})


class EnrollingProgressOut(Schema):
    batch = fields.Str(required=True)
    total = fields.Int(required=True)
    taken = fields.Int(required=True, metadata={"description": "Looked at by the engine so far"})
    inside = fields.Int(required=True, metadata={"description": "Of these, in the journey now or once"})
    failed = fields.Int(required=True)
    done = fields.Bool(required=True)


@group_enrolling.post("/<id:journey_id>/enroll-groups", least="editor")
@group_enrolling.arguments(EnrollGroupsArgs)
@group_enrolling.response(202, EnrolledGroupsOut)
def enroll(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Put groups in: those named, or all that fit a rule; re-entry rules are asked when each is taken in."""
    journey = found(Journey, journey_id)
    if journey.status != LIVE or journey.live_version_id is None:
        raise Problem(409, "not-live", NOT_LIVE)
    drawn = db.session.get_one(Version, journey.live_version_id).definition
    if drawn.get("subject") != GROUP:
        raise Problem(409, "other-subject", OF_PERSONS)
    if args.get("entry") and args["entry"] not in {e["id"] for e in drawn.get("entries", ())}:
        raise invalid(("entry", NO_ENTRY))
    ids, errors = _wanted(args)
    session = db.session()
    now, batch = clock.now(session), secrets.token_hex(8)
    data = {"by": "hand" if actor().account_id else "api", "entry": args.get("entry")}
    accepted = 0
    for first in range(0, len(ids), CHUNK):
        signals = [
            inbox.NewSignal(
                *(here(), "enroll", journey.key, now, data),
                contact_id=of_group(number),
                event_id=f"{NAME.format(batch=batch)}{number}",
            )
            for number in ids[first : first + CHUNK]
        ]
        accepted += inbox.put(session, signals, now)
    note = {"groups": accepted, "entry": args.get("entry"), "batch": batch}
    audit.record(session, here(), actor().name, "journey.groups_enrolled", f"journey:{journey.id}", note, now)
    return {
        "batch": batch,
        "accepted": accepted,
        "errors": [{"path": path, "message": say(words)} for path, words in errors],
    }


@group_enrolling.get("/<id:journey_id>/enroll-groups/<batch>", least="viewer")
@group_enrolling.response(200, EnrollingProgressOut)
def progress(journey_id: int, batch: str) -> dict[str, Any]:
    """How far such a batch has come."""
    journey = found(Journey, journey_id)
    if not batch.isascii() or not batch.isalnum() or len(batch) > 32:
        raise not_found()
    name = NAME.format(batch=batch)
    # A range and not LIKE: along the index of event ids, whatever the database's order of letters.
    mine = (
        Inbox.workspace_id == here(),
        Inbox.event_id >= name,
        Inbox.event_id < f"{name}:",
        Inbox.kind == "enroll",
        Inbox.name == journey.key,
    )
    states = dict(
        db.session.execute(select(Inbox.state, func.count()).where(*mine).group_by(Inbox.state)).all()
    )
    total = sum(states.values())
    if not total:
        raise not_found()
    inside = db.session.scalar(
        select(func.count(func.distinct(Enrollment.subject_id))).where(
            Enrollment.workspace_id == here(),
            Enrollment.journey_id == journey.id,
            Enrollment.subject_id.in_(select(Inbox.contact_id).where(*mine)),
        )
    )
    waiting = states.get("new", 0)
    counts = {"total": total, "taken": total - waiting, "failed": states.get("failed", 0)}
    return counts | {"batch": batch, "inside": inside or 0, "done": waiting == 0}


def _wanted(args: dict[str, Any]) -> tuple[list[int], list[tuple[str, Words]]]:
    session = db.session()
    query = (
        select(CustomerGroup.id)
        .where(CustomerGroup.workspace_id == here(), CustomerGroup.dismissed_at.is_(None))
        .order_by(CustomerGroup.id)
    )
    if "group_ids" in args:
        known = set(session.scalars(query.where(among(session, CustomerGroup.id, set(args["group_ids"])))))
        errors = [
            (f"group_ids[{n}]", STRANGER) for n, one in enumerate(args["group_ids"]) if one not in known
        ]
        if not known:
            raise invalid(*errors)
        return [one for one in dict.fromkeys(args["group_ids"]) if one in known], errors
    if not args["where"]:
        return list(session.scalars(query)), []
    fitting = select(GROUP_SUBJECTS.c.number).where(
        GROUP_SUBJECTS.c.workspace_id == here(), holds(args["where"])
    )
    return list(session.scalars(query.where(CustomerGroup.id.in_(fitting)))), []


def holds(tree: Any) -> ColumnElement[bool]:
    """A rule about groups as a condition on GROUP_SUBJECTS; 422 for one that cannot be asked here."""
    session = db.session()
    zones = session.scalars(
        select(CustomerGroup.timezone)
        .where(CustomerGroup.workspace_id == here(), CustomerGroup.timezone.is_not(None))
        .distinct()
    )
    names = [name for name in zones if name and known_zone(name)]
    home = zone_of(session.get_one(Workspace, here()).timezone)
    try:
        return where(parse(tree, "where"), GroupRuleTables, clock.now(session), home, zones=names)
    except NotForContacts:
        raise invalid(("where", NOT_HERE)) from None
    except BadRule as bad:
        raise invalid(*((path, Words(said["zh"], said["en"])) for path, said in bad.problems)) from None
