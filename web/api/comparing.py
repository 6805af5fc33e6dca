"""Two drawings of one journey side by side: what differs, in words, and how their numbers compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import func, select

from journeys import drafts, versions
from journeys.definition import digest
from journeys.diff import counts, differences
from journeys.tables import GoalHit, Journey, Version
from journeys.words import Shape, Text, Words
from store.database import db
from web.access import found, here
from web.api.catalogue import WordsOut
from web.api.inside import numbers_of
from web.api.publishing import version_of
from web.fields import At
from web.resource import Resource
from web.titles import titles

comparing = Resource("comparing", "/journeys", description="Two drawings or versions side by side.")

MOST_COMPARED = 6
DRAFT, LIVE = "draft", "live"
WHICH = Words("这里应该是版本号、draft 或 live。", "This should be a version's number, draft or live.")
NUMBERS = Words(
    f"这里应该是 1 到 {MOST_COMPARED} 个版本号，例如 4,3。",
    f"This should be 1 to {MOST_COMPARED} numbers of versions, such as 4,3.",
)


class Which(Text):
    """A version's number, the draft, or the live version."""

    def __init__(self, **kwargs: Any):
        super().__init__(longest=16, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = super()._deserialize(value, attr, data, **kwargs)
        if text in (DRAFT, LIVE):
            return str(text)
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise ValidationError(WHICH)
        return int(text)


class Numbers(Text):
    """Numbers of versions, separated by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[int]:
        text = super()._deserialize(value, attr, data, **kwargs)
        parts = [part.strip() for part in text.split(",")]
        if not all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts) or len(parts) > MOST_COMPARED:
            raise ValidationError(NUMBERS)
        return list(dict.fromkeys(int(part) for part in parts))


class DiffArgs(Shape):
    from_ = Which(
        data_key="from", load_default=LIVE, metadata={"description": "live, draft or a version's number"}
    )
    to = Which(load_default=DRAFT, metadata={"description": "draft, live or a version's number"})


class DrawnOut(Schema):
    number = fields.Int(required=True, allow_none=True, metadata={"description": "null for the draft"})
    label = fields.Nested(WordsOut, required=True)


class FieldChangeOut(Schema):
    path = fields.Str(required=True)
    name = fields.Nested(WordsOut, required=True)
    before = fields.Nested(WordsOut, required=True)
    after = fields.Nested(WordsOut, required=True)


class ChangeOut(Schema):
    node = fields.Str(required=True, metadata={"description": "Empty for the journey itself"})
    what = fields.Str(
        required=True,
        metadata={"enum": ["stage", "step", "arrow", "entry", "end", "goal", "note", "settings", "exit"]},
    )
    change = fields.Str(required=True, metadata={"enum": ["added", "removed", "changed", "moved"]})
    name = fields.Str(required=True)
    words = fields.Nested(WordsOut, required=True)
    fields_ = fields.List(fields.Nested(FieldChangeOut), required=True, data_key="fields", attribute="fields")
    part_of = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "The node with which an arrow came or went"},
    )


class DiffOut(Schema):
    from_ = fields.Nested(DrawnOut, required=True, data_key="from", attribute="from")
    to = fields.Nested(DrawnOut, required=True)
    changes = fields.List(fields.Nested(ChangeOut), required=True)
    counts = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    same_meaning = fields.Bool(
        required=True, metadata={"description": "True if publishing would make no new version"}
    )
    definitions = fields.Dict(required=True, metadata={"description": "{from, to}"})


class CompareArgs(Shape):
    versions = Numbers(
        longest=80,
        metadata={"description": f"At most {MOST_COMPARED} numbers, such as 4,3; the newest two if left out"},
    )


class VersionNumbersOut(Schema):
    number = fields.Int(required=True)
    published_at = At(required=True)
    entered = fields.Int(required=True)
    inside = fields.Int(required=True)
    ended = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    goals = fields.Dict(
        required=True,
        metadata={"description": "{goal: {hit, rate}}; without those held out, rate of all who entered"},
    )
    messages = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    nodes = fields.Dict(required=True, metadata={"description": "{node: {here, passed}}"})
    exits = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    arrows = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)


class CompareOut(Schema):
    versions = fields.List(fields.Nested(VersionNumbersOut), required=True)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the two drawings that are compared."""

    number: int | None
    label: Words
    definition: Mapping[str, Any]

    def json(self) -> dict[str, Any]:
        """Number and label."""
        return {"number": self.number, "label": self.label.json()}


@comparing.get("/<id:journey_id>/diff", least="viewer")
@comparing.arguments(DiffArgs, location="query")
@comparing.response(200, DiffOut)
def diff(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """What was changed from one drawing to another, line by line in words; the live version and the draft by default."""
    journey = found(Journey, journey_id)
    one, other = chosen(journey, args["from_"]), chosen(journey, args["to"])
    changes = differences(one.definition, other.definition, titles())
    return {
        "from": one.json(),
        "to": other.json(),
        "changes": [change.json() for change in changes],
        "counts": counts(changes),
        "same_meaning": digest(one.definition) == digest(other.definition),
        "definitions": {"from": one.definition, "to": other.definition},
    }


@comparing.get("/<id:journey_id>/compare", least="viewer")
@comparing.arguments(CompareArgs, location="query")
@comparing.response(200, CompareOut)
def compare(args: dict[str, Any], journey_id: int) -> dict[str, Any]:
    """Kept numbers of some versions side by side, in the order asked for."""
    journey = found(Journey, journey_id)
    if "versions" in args:
        wanted = [version_of(journey, number) for number in args["versions"]]
    else:
        mine = select(Version).where(Version.workspace_id == here(), Version.journey_id == journey.id)
        wanted = list(db.session.scalars(mine.order_by(Version.number.desc()).limit(2)))
    return {"versions": [_numbers(version) for version in wanted]}


def chosen(journey: Journey, which: str | int) -> Chosen:
    """The draft, the live version or a numbered one; before the first publishing, live is an empty drawing."""
    session = db.session()
    if which == DRAFT:
        return Chosen(None, Words("草稿", "Draft"), drafts.opened(session, journey).definition)
    live = versions.live_version(session, journey)
    if which == LIVE and live is None:
        return Chosen(None, Words("尚未发布", "Not published yet"), drafts.EMPTY)
    version = live if which == LIVE and live is not None else version_of(journey, int(which))
    is_live = live is not None and live.id == version.id
    label = Words(
        f"第 {version.number} 版{'（线上）' if is_live else ''}",
        f"Version {version.number}{' (live)' if is_live else ''}",
    )
    return Chosen(version.number, label, version.definition)


def _numbers(version: Version) -> dict[str, Any]:
    told = numbers_of(version.id)
    entered = told["entered"]
    hits = db.session.execute(
        select(GoalHit.goal, func.count())
        .where(GoalHit.workspace_id == here(), GoalHit.version_id == version.id, GoalHit.holdout == 0)
        .group_by(GoalHit.goal)
    )
    reached = {goal["id"]: 0 for goal in version.definition.get("goals", ())} | dict(hits.all())
    goals = {
        goal: {"hit": hit, "rate": round(hit / entered, 4) if entered else None}
        for goal, hit in reached.items()
    }
    kept = ("entered", "inside", "ended", "messages", "nodes", "exits", "arrows")
    return {
        "number": version.number,
        "published_at": version.published_at,
        "goals": goals,
        **{key: told[key] for key in kept},
    }
